/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond_checked.c - what the checked build finds out. */
#define WEIR_CHECKED 1
#include "support/check.h"
#include "support/eventually.h"
#include "support/threads.h"

#include <weir/cond.h>

#include <pthread.h>
#include <string.h>

static weir_mutex mutex = WEIR_MUTEX_INIT;
static weir_cond changed = WEIR_COND_INIT;

/* They are as new then: the next test may run in this process. */
static void destroy_both(void) {
    weir_cond_destroy(&changed);
    weir_mutex_destroy(&mutex);
    memset((void *)&changed, 0, sizeof changed);
    memset((void *)&mutex, 0, sizeof mutex);
}

static void *wait_for_change(void *unused) {
    weir_mutex_lock(&mutex);
    weir_cond_wait(&changed, &mutex);
    weir_mutex_unlock(&mutex);
    return unused;
}

static void start_waiter(pthread_t *thread) {
    cr_assert_eq(pthread_create(thread, NULL, wait_for_change, NULL), 0);
    cr_assert(EVENTUALLY(!weir_wait_list_idle(&changed.list)));
    weir_mutex_lock(&mutex); /* free: the waiter has entered */
    weir_mutex_unlock(&mutex);
}

Test(cond_checked, right_use_passes, .timeout = 60) {
    pthread_t thread;
    for (int i = 0; i < 4; i++) {
        start_waiter(&thread);
        if (i % 2)
            weir_mutex_lock(&mutex);
        if (i < 2)
            weir_cond_signal(&changed);
        else
            weir_cond_broadcast(&changed);
        if (i % 2)
            weir_mutex_unlock(&mutex);
        pthread_join(thread, NULL);
        weir_mutex_lock(&mutex);
        cr_assert_eq(weir_cond_wait_until(&changed, &mutex, WEIR_NOW), WEIR_TIMEOUT);
        weir_mutex_unlock(&mutex);
    }
    destroy_both();
}

static void *wait_without_the_mutex(void *unused) {
    weir_cond_wait(&changed, &mutex);
    return unused;
}

Test(cond_checked, waiting_with_a_mutex_of_another_panics, .signal = SIGABRT) {
    pthread_t thread;
    weir_mutex_lock(&mutex);
    cr_assert_eq(pthread_create(&thread, NULL, wait_without_the_mutex, NULL), 0);
    pthread_join(thread, NULL);
}

Test(cond_checked, waiting_with_an_unlocked_mutex_panics, .signal = SIGABRT) {
    (void)!weir_cond_wait_until(&changed, &mutex, WEIR_NOW);
}

Test(cond_checked, locking_again_after_a_wait_panics, .signal = SIGABRT) {
    weir_mutex_lock(&mutex);
    (void)!weir_cond_wait_until(&changed, &mutex, WEIR_NOW);
    weir_mutex_lock(&mutex);
}

Test(cond_checked, destroying_it_under_a_waiter_panics, .signal = SIGABRT, .timeout = 60) {
    pthread_t thread;
    start_waiter(&thread);
    weir_cond_destroy(&changed);
}

Test(cond_checked, destroying_the_mutex_under_a_signalled_waiter_panics, .signal = SIGABRT,
     .timeout = 60) {
    pthread_t thread;
    start_waiter(&thread);
    weir_mutex_lock(&mutex);
    weir_cond_signal(&changed);
    weir_cond_destroy(&changed); /* nobody waits here any more */
    weir_mutex_destroy(&mutex);
}

Test(cond_checked, destroying_twice_panics, .signal = SIGABRT) {
    weir_cond_destroy(&changed);
    weir_cond_destroy(&changed);
}

Test(cond_checked, signalling_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_cond_destroy(&changed);
    weir_cond_signal(&changed);
}

Test(cond_checked, broadcasting_to_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_cond_destroy(&changed);
    weir_cond_broadcast(&changed);
}

Test(cond_checked, waiting_for_a_destroyed_one_panics, .signal = SIGABRT) {
    weir_cond_destroy(&changed);
    weir_mutex_lock(&mutex);
    (void)!weir_cond_wait_until(&changed, &mutex, WEIR_NOW);
}

/* The owner is right after each way out of a wait. */
static unsigned turns;

static void take_turns(unsigned me, void *unused) {
    (void)unused;
    weir_mutex_lock(&mutex);
    for (unsigned i = 0; i < 300; i++) {
        while (turns % 4 != me)
            (void)!weir_cond_wait_until(&changed, &mutex, i % 3 ? WEIR_FOREVER : weir_in(20000));
        turns++;
        weir_cond_broadcast(&changed);
    }
    weir_mutex_unlock(&mutex);
}

Test(cond_checked, owners_change, .timeout = 60) {
    cr_assert(threads_run(4, take_turns, NULL));
    cr_assert_eq(turns, 1200);
    destroy_both();
}
