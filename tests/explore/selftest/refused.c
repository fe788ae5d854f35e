/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * refused.c - what ends a program's process elsewhere ends an execution here; and what the explorer
 * cannot judge it says so about.
 */
#include "explore.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static union {
    uint64_t whole;
    uint32_t half[2];
} both;

static void halves(void *unused) {
    (void)unused;
    __atomic_store_n(&both.half[1], 1, __ATOMIC_RELAXED);
}

EXPLORE_PROGRAM(two_sizes, .expect = EXPLORE_MISUSE) {
    explore_spawn(halves, NULL);
    (void)__atomic_load_n(&both.whole, __ATOMIC_RELAXED);
    explore_join_all();
}

/* Two sizes one after the other are two uses of the same memory. */
EXPLORE_PROGRAM(two_sizes_in_turn) {
    explore_spawn(halves, NULL);
    explore_join_all();
    explore_check(__atomic_load_n(&both.whole, __ATOMIC_RELAXED) == UINT64_C(1) << 32);
    both.whole = 7;
    explore_check(__atomic_load_n(&both.half[0], __ATOMIC_RELAXED) == 7);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

EXPLORE_PROGRAM(unlock_of_unlocked, .expect = EXPLORE_MISUSE) {
    pthread_mutex_unlock(&mutex);
}

static void nothing(void *unused) {
    (void)unused;
}

EXPLORE_PROGRAM(too_many_threads, .expect = EXPLORE_MISUSE) {
    for (int i = 0; i < EXPLORE_THREADS; i++)
        explore_spawn(nothing, NULL);
}

EXPLORE_PROGRAM(aborts, .expect = EXPLORE_CRASH) {
    abort();
}

EXPLORE_PROGRAM(exits, .expect = EXPLORE_CRASH) {
    exit(0);
}

static int *volatile nowhere;

EXPLORE_PROGRAM(null_pointer, .expect = EXPLORE_CRASH) {
    *nowhere = 1;
}

static int deeper(int n) {
    volatile char room[3000];
    room[n % 3000] = (char)n;
    return n < 0 ? 0 : deeper(n + 1) + room[0];
}

EXPLORE_PROGRAM(stack_overflow, .expect = EXPLORE_CRASH) {
    (void)deeper(0);
}

static void *volatile not_allocated = &both;

EXPLORE_PROGRAM(free_of_no_block, .expect = EXPLORE_LIFETIME) {
    free(not_allocated);
}

atomic_int never; /* not static: the compiler would know that it stays 0 */

EXPLORE_PROGRAM(spins_for_ever, .expect = EXPLORE_LIVELOCK) {
    while (!atomic_load(&never))
        continue;
}

EXPLORE_PROGRAM(waits_for_ever, .expect = EXPLORE_LIVELOCK) {
    while (!atomic_load(&never))
        weir_explore_relax();
}

/* No step at all: the clock of the processor ends it. Run with a small --patience. */
EXPLORE_PROGRAM(runs_without_a_step, .expect = EXPLORE_LIVELOCK) {
    for (volatile int i = 0;; i++)
        __asm__ volatile("");
}
