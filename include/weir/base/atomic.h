/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * atomic.h - C11 atomics under one spelling for C and C++.
 *
 * Do this:
 *   struct thing { WEIR_I_ATOMIC(uint64_t) seq; };
 *   uint64_t s = weir_i_load(&thing->seq, acquire);
 *   weir_i_store(&thing->seq, s + 1, release);
 *
 * The verbs are those of <stdatomic.h> without `atomic_` and `_explicit`; an order is a bare word,
 * so that every access shows its order and none can be left out. In C a field is `_Atomic`; in C++
 * the same field is plain and every access goes through the __atomic builtins, which makes the two
 * languages share objects (a pair of tests compares every size and offset). The standard's own
 * names are not used because as macros they would break C++'s <atomic>.
 */
#ifndef WEIR_BASE_ATOMIC_H
#define WEIR_BASE_ATOMIC_H

#include <weir/base/config.h>

/* Numbers only: of a pointer gcc adds bytes and clang elements, so that one is refused. */
#define WEIR_I_NUMBER(p) ((void)sizeof(*(p)*1))

#ifdef __cplusplus

#if __SIZEOF_POINTER__ < 8
/* As a field of C is aligned, and as the instruction wants it: i386 has 64-bit integers at
 * multiples of 4 bytes in a struct, but not atomic ones. */
extern "C++" {
template <class T, unsigned size = sizeof(T)> struct weir_i_atomic { typedef T type; };
template <class T> struct weir_i_atomic<T, 8> { typedef T type __attribute__((aligned(8))); };
}
#define WEIR_I_ATOMIC(T) weir_i_atomic<T>::type
#else
#define WEIR_I_ATOMIC(T) T
#endif
#define WEIR_I_ORDER_relaxed __ATOMIC_RELAXED
#define WEIR_I_ORDER_acquire __ATOMIC_ACQUIRE
#define WEIR_I_ORDER_release __ATOMIC_RELEASE
#define WEIR_I_ORDER_acq_rel __ATOMIC_ACQ_REL
#define WEIR_I_ORDER_seq_cst __ATOMIC_SEQ_CST

#define weir_i_load(p, order) __atomic_load_n((p), WEIR_I_ORDER_##order)
#define weir_i_store(p, value, order) __atomic_store_n((p), (value), WEIR_I_ORDER_##order)
#define weir_i_exchange(p, value, order) __atomic_exchange_n((p), (value), WEIR_I_ORDER_##order)
#define weir_i_compare_exchange_strong(p, expected, desired, success, failure)                     \
    __atomic_compare_exchange_n((p), (expected), (desired), false, WEIR_I_ORDER_##success,         \
                                WEIR_I_ORDER_##failure)
#define weir_i_compare_exchange_weak(p, expected, desired, success, failure)                       \
    __atomic_compare_exchange_n((p), (expected), (desired), true, WEIR_I_ORDER_##success,          \
                                WEIR_I_ORDER_##failure)
#define weir_i_fetch_add(p, value, order)                                                          \
    (WEIR_I_NUMBER(p), __atomic_fetch_add((p), (value), WEIR_I_ORDER_##order))
#define weir_i_fetch_sub(p, value, order)                                                          \
    (WEIR_I_NUMBER(p), __atomic_fetch_sub((p), (value), WEIR_I_ORDER_##order))
#define weir_i_fetch_and(p, value, order) __atomic_fetch_and((p), (value), WEIR_I_ORDER_##order)
#define weir_i_fetch_or(p, value, order) __atomic_fetch_or((p), (value), WEIR_I_ORDER_##order)
#define weir_i_fetch_xor(p, value, order) __atomic_fetch_xor((p), (value), WEIR_I_ORDER_##order)

#else

#include <stdatomic.h>

#define WEIR_I_ATOMIC(T) _Atomic(T)
#define weir_i_load(p, order) atomic_load_explicit((p), memory_order_##order)
#define weir_i_store(p, value, order) atomic_store_explicit((p), (value), memory_order_##order)
#define weir_i_exchange(p, value, order)                                                           \
    atomic_exchange_explicit((p), (value), memory_order_##order)
#define weir_i_compare_exchange_strong(p, expected, desired, success, failure)                     \
    atomic_compare_exchange_strong_explicit((p), (expected), (desired), memory_order_##success,    \
                                            memory_order_##failure)
#define weir_i_compare_exchange_weak(p, expected, desired, success, failure)                       \
    atomic_compare_exchange_weak_explicit((p), (expected), (desired), memory_order_##success,      \
                                          memory_order_##failure)
#define weir_i_fetch_add(p, value, order)                                                          \
    (WEIR_I_NUMBER(p), atomic_fetch_add_explicit((p), (value), memory_order_##order))
#define weir_i_fetch_sub(p, value, order)                                                          \
    (WEIR_I_NUMBER(p), atomic_fetch_sub_explicit((p), (value), memory_order_##order))
#define weir_i_fetch_and(p, value, order)                                                          \
    atomic_fetch_and_explicit((p), (value), memory_order_##order)
#define weir_i_fetch_or(p, value, order)                                                           \
    atomic_fetch_or_explicit((p), (value), memory_order_##order)
#define weir_i_fetch_xor(p, value, order)                                                          \
    atomic_fetch_xor_explicit((p), (value), memory_order_##order)

#endif

#endif
