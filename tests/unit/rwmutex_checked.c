/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex_checked.c - what the checked build finds out. */
#define WEIR_CHECKED 1
#include "support/check.h"
#include "support/threads.h"

#include <weir/rwmutex.h>

#include <pthread.h>
#include <string.h>

static weir_rwmutex m = WEIR_RWMUTEX_INIT;
static unsigned count;

/* It is as new then: the next test may run in this process. */
static void destroy_it(void) {
    weir_rwmutex_destroy(&m);
    memset((void *)&m, 0, sizeof m);
}

static void read_and_write(unsigned me, void *unused) {
    (void)unused;
    for (unsigned i = 0; i < 600; i++) {
        if ((me + i) % 3 == 0) {
            weir_rwmutex_lock(&m);
            count++;
            weir_rwmutex_unlock(&m);
        } else if (i % 2) {
            weir_rwmutex_rlock(&m);
            weir_rwmutex_runlock(&m);
        } else if (weir_rwmutex_rlock_until(&m, weir_in(20000)) == WEIR_OK) {
            weir_rwmutex_runlock(&m);
        }
    }
}

Test(rwmutex_checked, right_use_passes, .timeout = 60) {
    weir_rwmutex_lock(&m);
    cr_assert_not(weir_rwmutex_try_rlock(&m));
    cr_assert_not(weir_rwmutex_try_lock(&m));
    cr_assert_eq(weir_rwmutex_rlock_until(&m, WEIR_NOW), WEIR_TIMEOUT);
    weir_rwmutex_unlock(&m);
    weir_rwmutex_rlock(&m);
    cr_assert(weir_rwmutex_try_rlock(&m));
    cr_assert_eq(weir_rwmutex_lock_until(&m, weir_in(1000)), WEIR_TIMEOUT);
    weir_rwmutex_runlock(&m);
    weir_rwmutex_runlock(&m);
    cr_assert(threads_run(8, read_and_write, NULL));
    cr_assert_eq(count, 8 * 200);
    destroy_it();
}

/* -- recursion ----------------------------------------------------------------------------------
 */

Test(rwmutex_checked, writing_twice_panics, .signal = SIGABRT) {
    weir_rwmutex_lock(&m);
    weir_rwmutex_lock(&m);
}

Test(rwmutex_checked, writing_twice_with_a_deadline_panics, .signal = SIGABRT) {
    weir_rwmutex_lock(&m);
    (void)!weir_rwmutex_lock_until(&m, WEIR_FOREVER);
}

Test(rwmutex_checked, reading_while_writing_panics, .signal = SIGABRT, .timeout = 60) {
    weir_rwmutex_lock(&m);
    weir_rwmutex_rlock(&m);
}

Test(rwmutex_checked, reading_while_writing_with_a_deadline_panics, .signal = SIGABRT,
     .timeout = 60) {
    weir_rwmutex_lock(&m);
    (void)!weir_rwmutex_rlock_until(&m, WEIR_FOREVER);
}

/* -- unlocking ----------------------------------------------------------------------------------
 */

static void *unlock_it(void *unused) {
    weir_rwmutex_unlock(&m);
    return unused;
}

static void *runlock_it(void *unused) {
    weir_rwmutex_runlock(&m);
    return unused;
}

Test(rwmutex_checked, unlock_by_another_thread_panics, .signal = SIGABRT) {
    pthread_t thread;
    weir_rwmutex_lock(&m);
    cr_assert_eq(pthread_create(&thread, NULL, unlock_it, NULL), 0);
    pthread_join(thread, NULL);
}

Test(rwmutex_checked, runlock_by_another_thread_passes) {
    pthread_t thread;
    weir_rwmutex_rlock(&m);
    cr_assert_eq(pthread_create(&thread, NULL, runlock_it, NULL), 0);
    pthread_join(thread, NULL);
    destroy_it();
}

Test(rwmutex_checked, unlocking_twice_panics, .signal = SIGABRT) {
    weir_rwmutex_lock(&m);
    weir_rwmutex_unlock(&m);
    weir_rwmutex_unlock(&m);
}

Test(rwmutex_checked, runlocking_twice_panics, .signal = SIGABRT) {
    weir_rwmutex_rlock(&m);
    weir_rwmutex_runlock(&m);
    weir_rwmutex_runlock(&m);
}

Test(rwmutex_checked, unlocking_what_is_locked_for_reading_panics, .signal = SIGABRT) {
    weir_rwmutex_rlock(&m);
    weir_rwmutex_unlock(&m);
}

/* -- destroying ---------------------------------------------------------------------------------
 */

Test(rwmutex_checked, destroying_one_that_is_read_panics, .signal = SIGABRT) {
    weir_rwmutex_rlock(&m);
    weir_rwmutex_destroy(&m);
}

Test(rwmutex_checked, destroying_one_that_is_written_panics, .signal = SIGABRT) {
    weir_rwmutex_lock(&m);
    weir_rwmutex_destroy(&m);
}

Test(rwmutex_checked, destroying_twice_panics, .signal = SIGABRT) {
    weir_rwmutex_destroy(&m);
    weir_rwmutex_destroy(&m);
}

Test(rwmutex_checked, reading_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_rwmutex_destroy(&m);
    weir_rwmutex_rlock(&m);
}

Test(rwmutex_checked, reading_a_destroyed_one_in_time_panics, .signal = SIGABRT) {
    weir_rwmutex_destroy(&m);
    (void)!weir_rwmutex_rlock_until(&m, WEIR_NOW);
}

Test(rwmutex_checked, trying_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_rwmutex_destroy(&m);
    (void)!weir_rwmutex_try_rlock(&m);
}

Test(rwmutex_checked, writing_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_rwmutex_destroy(&m);
    weir_rwmutex_lock(&m);
}

Test(rwmutex_checked, runlocking_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_rwmutex_destroy(&m);
    weir_rwmutex_runlock(&m);
}
