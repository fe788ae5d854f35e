/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore_checked.c - what the checked build finds out. */
#define WEIR_CHECKED 1
#include "support/check.h"
#include "support/eventually.h"
#include "support/threads.h"

#include <weir/select.h>
#include <weir/semaphore.h>

#include <pthread.h>

static weir_semaphore units;

static void *acquire_all(void *unused) {
    weir_semaphore_acquire(&units, 2);
    weir_semaphore_release(&units, 2);
    return unused;
}

static void start(void) {
    cr_assert_eq(weir_semaphore_init(&units, 2), WEIR_OK);
}

static void come_and_go(unsigned me, void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 500; i++) {
        const uint32_t k = 1 + (me + i) % 2;
        if (weir_semaphore_acquire_until(&units, k, i % 3 ? WEIR_FOREVER : weir_in(20000)) ==
            WEIR_OK)
            weir_semaphore_release(&units, k);
    }
}

/* A unit has no owner: it may be released by another. */
Test(semaphore_checked, right_use_passes, .timeout = 60) {
    pthread_t thread;
    start();
    weir_semaphore_acquire(&units, 2);
    cr_assert_not(weir_semaphore_try_acquire(&units, 1));
    cr_assert_eq(pthread_create(&thread, NULL, acquire_all, NULL), 0);
    weir_semaphore_release(&units, 1);
    weir_semaphore_release(&units, 1);
    pthread_join(thread, NULL);
    cr_assert(threads_run(8, come_and_go, NULL));
    weir_semaphore_destroy(&units);
    start(); /* the memory is free for another one */
    cr_assert(weir_semaphore_try_acquire(&units, 2));
}

Test(semaphore_checked, releasing_twice_panics, .signal = SIGABRT) {
    start();
    weir_semaphore_acquire(&units, 1);
    weir_semaphore_release(&units, 1);
    weir_semaphore_release(&units, 1);
}

Test(semaphore_checked, destroying_it_without_all_units_panics, .signal = SIGABRT) {
    start();
    weir_semaphore_acquire(&units, 1);
    weir_semaphore_destroy(&units);
}

/* All units are there, but somebody is in the line. */
Test(semaphore_checked, destroying_it_under_a_waiter_panics, .signal = SIGABRT, .timeout = 60) {
    pthread_t thread;
    start();
    weir_semaphore_acquire(&units, 1);
    cr_assert_eq(pthread_create(&thread, NULL, acquire_all, NULL), 0);
    cr_assert(EVENTUALLY(weir_i_wait_list_last(&units.list) != NULL));
    weir_i_fetch_add(&units.state, 1, relaxed);
    weir_semaphore_destroy(&units);
}

Test(semaphore_checked, destroying_twice_panics, .signal = SIGABRT) {
    start();
    weir_semaphore_destroy(&units);
    weir_semaphore_destroy(&units);
}

Test(semaphore_checked, acquiring_from_a_destroyed_one_panics, .signal = SIGABRT) {
    start();
    weir_semaphore_destroy(&units);
    weir_semaphore_acquire(&units, 1);
}

Test(semaphore_checked, acquiring_in_time_from_a_destroyed_one_panics, .signal = SIGABRT) {
    start();
    weir_semaphore_destroy(&units);
    (void)!weir_semaphore_acquire_until(&units, 1, weir_in(1000));
}

Test(semaphore_checked, trying_a_destroyed_one_panics, .signal = SIGABRT) {
    start();
    weir_semaphore_destroy(&units);
    (void)!weir_semaphore_try_acquire(&units, 1);
}

Test(semaphore_checked, releasing_to_a_destroyed_one_panics, .signal = SIGABRT) {
    start();
    weir_semaphore_destroy(&units);
    weir_semaphore_release(&units, 0);
}

Test(semaphore_checked, selecting_a_destroyed_one_panics, .signal = SIGABRT) {
    start();
    weir_case c = weir_semaphore_case(&units, 1);
    weir_semaphore_destroy(&units);
    (void)weir_try_select(&c, 1);
}
