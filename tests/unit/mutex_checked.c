/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex_checked.c - what the checked build finds out. */
#define WEIR_CHECKED 1
#include "support/check.h"
#include "support/threads.h"

#include <weir/mutex.h>

#include <pthread.h>

static void *unlock_it(void *argument) {
    weir_mutex_unlock((weir_mutex *)argument);
    return NULL;
}

Test(mutex_checked, right_use_passes) {
    weir_mutex m = WEIR_MUTEX_INIT;
    for (int i = 0; i < 3; i++) {
        weir_mutex_lock(&m);
        cr_assert_not(weir_mutex_try_lock(&m));
        weir_mutex_unlock(&m);
        cr_assert(weir_mutex_try_lock(&m));
        weir_mutex_unlock(&m);
        cr_assert_eq(weir_mutex_lock_until(&m, WEIR_NOW), WEIR_OK);
        cr_assert_eq(weir_mutex_lock_until(&m, WEIR_NOW), WEIR_TIMEOUT);
        weir_mutex_unlock(&m);
    }
    weir_mutex_destroy(&m);
}

Test(mutex_checked, locking_twice_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_lock(&m);
    weir_mutex_lock(&m);
}

Test(mutex_checked, locking_twice_with_a_deadline_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_lock(&m);
    (void)!weir_mutex_lock_until(&m, WEIR_FOREVER);
}

Test(mutex_checked, unlocking_twice_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_lock(&m);
    weir_mutex_unlock(&m);
    weir_mutex_unlock(&m);
}

Test(mutex_checked, unlock_by_another_thread_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    pthread_t thread;
    weir_mutex_lock(&m);
    cr_assert_eq(pthread_create(&thread, NULL, unlock_it, &m), 0);
    pthread_join(thread, NULL);
}

Test(mutex_checked, destroying_a_locked_one_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_lock(&m);
    weir_mutex_destroy(&m);
}

Test(mutex_checked, using_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_destroy(&m);
    weir_mutex_lock(&m);
}

Test(mutex_checked, trying_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_destroy(&m);
    (void)!weir_mutex_try_lock(&m);
}

Test(mutex_checked, using_a_destroyed_one_with_a_deadline_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_destroy(&m);
    (void)!weir_mutex_lock_until(&m, WEIR_NOW);
}

Test(mutex_checked, destroying_twice_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_destroy(&m);
    weir_mutex_destroy(&m);
}

/* The owner follows a mutex that is handed from one thread to another. */
typedef struct counter {
    weir_mutex mutex;
    unsigned count;
} counter;

static void count(unsigned me, void *shared) {
    counter *c = (counter *)shared;
    (void)me;
    for (int i = 0; i < 2000; i++) {
        weir_mutex_lock(&c->mutex);
        c->count++;
        weir_mutex_unlock(&c->mutex);
    }
}

Test(mutex_checked, owners_change, .timeout = 60) {
    counter c = {WEIR_MUTEX_INIT, 0};
    cr_assert(threads_run(8, count, &c));
    cr_assert_eq(c.count, 16000);
    weir_mutex_destroy(&c.mutex);
}
