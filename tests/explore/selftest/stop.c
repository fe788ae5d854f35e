/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stop.c - the stop test tells a lock from a lock-free counter.
 */
#include "explore.h"

#include <stdatomic.h>

static atomic_int count, lock;
static int guarded;

static void add_free(void *unused) {
    (void)unused;
    for (int i = 0; i < 2; i++) {
        explore_begin("add");
        int n = atomic_load(&count);
        while (!atomic_compare_exchange_weak(&count, &n, n + 1))
            continue;
        explore_end();
    }
}

EXPLORE_PROGRAM(counter_is_lock_free, .stop = EXPLORE_STOP_PASSES) {
    explore_spawn(add_free, NULL);
    explore_spawn(add_free, NULL);
    explore_join_all();
    explore_check(count == 4);
}

static void add_locked(void *unused) {
    (void)unused;
    explore_begin("add");
    while (atomic_exchange(&lock, 1))
        weir_explore_relax();
    guarded++;
    atomic_store(&lock, 0);
    explore_end();
}

EXPLORE_PROGRAM(spin_lock_is_not, .stop = EXPLORE_STOP_BLOCKS) {
    explore_spawn(add_locked, NULL);
    explore_spawn(add_locked, NULL);
    explore_join_all();
    explore_check(guarded == 2);
}
