/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cpu.h - what weir must know of the processor: its cache lines and how to wait politely.
 *
 * Override: WEIR_CACHE_LINE.
 */
#ifndef WEIR_BASE_CPU_H
#define WEIR_BASE_CPU_H

#include <weir/base/config.h>

/* Bytes that two threads must not share if they write them: the line, or two where the processor
 * fetches neighbours in pairs. */
#ifndef WEIR_CACHE_LINE
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__) || defined(__powerpc64__)
#define WEIR_CACHE_LINE 128
#elif defined(__s390x__)
#define WEIR_CACHE_LINE 256
#else
#define WEIR_CACHE_LINE 64
#endif
#endif

WEIR_I_STATIC_ASSERT((WEIR_CACHE_LINE & (WEIR_CACHE_LINE - 1)) == 0 && WEIR_CACHE_LINE >= 32,
                     "weir: WEIR_CACHE_LINE is a power of two of at least 32");

WEIR_I_BEGIN

#if WEIR_EXPLORE
void weir_explore_relax(void);
#endif

/* One step of a loop that waits for another thread: frees the core's resources for its sibling. */
WEIR_I_FAST void weir_i_relax(void) {
#if WEIR_EXPLORE
    weir_explore_relax();
#elif defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("pause" ::: "memory");
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory"); /* yield is a no-op on most cores, isb waits a little */
#elif defined(__arm__)
    __asm__ volatile("yield" ::: "memory");
#elif defined(__riscv)
    __asm__ volatile(".insn i 0x0F, 0, x0, x0, 0x010" ::: "memory"); /* pause, a hint everywhere */
#elif defined(__powerpc__)
    __asm__ volatile("or 27,27,27" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* Who has lost a race for a line stays away from it for some operations of the winner, which so
 * works in its cache: with two locked instructions on shared lines in an operation that is worth a
 * factor of two to five. Bounded, so a lock-free loop remains one. */
WEIR_I_SLOW void weir_i_stand_back(void) {
    for (unsigned i = 0; i < (WEIR_EXPLORE ? 1 : 32); i++)
        weir_i_relax();
}

WEIR_I_END

#endif
