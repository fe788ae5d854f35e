/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * config.h - every knob and every compiler difference, once.
 *
 * What a user may define before including any weir header:
 *
 *   WEIR_PANIC(text)     what misuse does                    panic.h, default: print and abort
 *   WEIR_CLOCK()         the monotonic time in nanoseconds   clock.h, default: CLOCK_MONOTONIC
 *   WEIR_CACHE_LINE      bytes that move together            cpu.h, default: by processor
 *   WEIR_CHECKED 1       checks that cost time: misuse that is otherwise undefined panics
 *   WEIR_FUTEX_PTHREAD 1 the portable waiting of futex.h although the system has better
 *   WEIR_STATE           this translation unit defines the state that is one per process
 *   WEIR_STATE_EXTERN    another translation unit does; without either a weak symbol holds it
 *
 * What tools define: WEIR_EXPLORE 1, when tests/explore/engine runs the headers.
 */
#ifndef WEIR_BASE_CONFIG_H
#define WEIR_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(__GNUC__)
#error "weir: needs a compiler with the GNU extensions (gcc, clang)"
#endif

#ifndef WEIR_CHECKED
#define WEIR_CHECKED 0
#endif
#ifndef WEIR_EXPLORE
#define WEIR_EXPLORE 0
#endif
#ifndef WEIR_FUTEX_PTHREAD
#define WEIR_FUTEX_PTHREAD 0
#endif

/* ThreadSanitizer, and not the explorer that borrows its instrumentation: it does not model fences.
 */
#if defined(__SANITIZE_THREAD__) && !WEIR_EXPLORE
#define WEIR_I_TSAN 1
#elif defined(__has_feature) && !WEIR_EXPLORE
#if __has_feature(thread_sanitizer)
#define WEIR_I_TSAN 1
#endif
#endif
#ifndef WEIR_I_TSAN
#define WEIR_I_TSAN 0
#endif

#ifdef __cplusplus
#define WEIR_I_BEGIN extern "C" {
#define WEIR_I_END }
#define WEIR_I_STATIC_ASSERT(condition, text) static_assert(condition, text)
#define WEIR_I_ALIGNOF(T) alignof(T)
#define WEIR_I_CAST(T, value) static_cast<T>(value)
#else
#define WEIR_I_BEGIN
#define WEIR_I_END
#define WEIR_I_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#define WEIR_I_ALIGNOF(T) _Alignof(T)
#define WEIR_I_CAST(T, value) ((T)(value))
#endif

/* A call whose cost matters: short, always inlined, so that a constant element size folds. */
#define WEIR_I_FAST static inline __attribute__((always_inline, unused))
/* What a fast path falls back to: never inlined, so that the fast path stays short. */
#define WEIR_I_SLOW static __attribute__((noinline, unused))
/* Any other function of a header. */
#define WEIR_I_FUNC static inline __attribute__((unused))

#define WEIR_I_NODISCARD __attribute__((warn_unused_result))
#define WEIR_I_ALIGNED(bytes) __attribute__((aligned(bytes)))
#define WEIR_I_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define WEIR_I_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* Ends a macro that makes definitions: correct with and without a semicolon after the call. C++
 * takes a stray one. In C it draws -Wpedantic, unless marked: so something must follow the call. */
#ifdef __cplusplus
#define WEIR_I_SEMICOLON
#else
#define WEIR_I_SEMICOLON __extension__
#endif

/* State that must be one per process, see WEIR_STATE above. */
#if defined(WEIR_STATE)
#define WEIR_I_STATE(T, name, value) T name = value
#elif defined(WEIR_STATE_EXTERN)
#define WEIR_I_STATE(T, name, value) extern T name
#else
#define WEIR_I_STATE(T, name, value) __attribute__((weak)) T name = value
#endif

#endif
