/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.c - the condition variable: order, exactly one, deadlines, and no return without a reason.
 * Built again with the portable futex.
 */
#include "support/check.h"
#include "support/eventually.h"

#include <weir/cond.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { MILLISECOND = 1000 * 1000 };

typedef struct scene {
    weir_mutex mutex;
    weir_cond cond;
    unsigned waiting; /* under the mutex */
    WEIR_I_ATOMIC(unsigned) returned;
} scene;

typedef struct client {
    scene *scene;
    weir_time deadline;
    weir_status status;
    unsigned place; /* when it returned, from 1 */
    pthread_t thread;
} client;

__attribute__((noinline)) static void *client_run(void *argument) {
    client *c = (client *)argument;
    scene *s = c->scene;
    weir_mutex_lock(&s->mutex);
    s->waiting++;
    c->status = weir_cond_wait_until(&s->cond, &s->mutex, c->deadline);
    c->place = weir_i_fetch_add(&s->returned, 1, relaxed) + 1;
    weir_mutex_unlock(&s->mutex);
    return NULL;
}

static bool waiting(scene *s, unsigned count) {
    weir_mutex_lock(&s->mutex);
    const bool there = s->waiting == count;
    weir_mutex_unlock(&s->mutex);
    return there;
}

/* Starts a client and waits until it waits, as the count-th, or its time is up. */
static void client_start(client *c, scene *s, weir_time deadline, unsigned count) {
    memset(c, 0, sizeof *c);
    c->scene = s;
    c->deadline = deadline;
    cr_assert_eq(pthread_create(&c->thread, NULL, client_run, c), 0);
    cr_assert(EVENTUALLY(waiting(s, count) || weir_now() >= deadline));
}

static void pause_for(int64_t ns) {
    const weir_time until = weir_in(ns);
    while (weir_now() < until)
        sched_yield();
}

Test(cond, is_valid_when_zeroed_and_nobody_needs_to_wait) {
    static weir_cond from_storage;
    weir_cond from_macro = WEIR_COND_INIT;
    weir_cond_signal(&from_storage);
    weir_cond_broadcast(&from_storage);
    weir_cond_signal(&from_macro);
    weir_cond_broadcast(&from_macro);
    weir_cond_destroy(&from_macro);
}

Test(cond, times_out_with_the_mutex_held_not_before_the_deadline) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    const weir_time deadline = weir_in(2 * MILLISECOND);
    weir_mutex_lock(&s.mutex);
    cr_assert_eq(weir_cond_wait_until(&s.cond, &s.mutex, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(weir_cond_wait_until(&s.cond, &s.mutex, -1), WEIR_TIMEOUT);
    cr_assert_eq(weir_cond_wait_until(&s.cond, &s.mutex, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    cr_assert_not(weir_mutex_try_lock(&s.mutex));
    weir_mutex_unlock(&s.mutex);
    cr_assert(weir_wait_list_idle(&s.cond.list));
}

Test(cond, a_signal_wakes_one_the_first, .timeout = 60) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    client clients[4];
    for (unsigned i = 0; i < 4; i++)
        client_start(&clients[i], &s, WEIR_FOREVER, i + 1);
    for (unsigned i = 0; i < 4; i++) {
        weir_cond_signal(&s.cond);
        pthread_join(clients[i].thread, NULL);
        cr_assert_eq(clients[i].status, WEIR_OK);
        cr_assert_eq(clients[i].place, i + 1);
        pause_for(MILLISECOND);
        cr_assert_eq(weir_i_load(&s.returned, relaxed), i + 1);
    }
}

Test(cond, a_broadcast_under_the_mutex_wakes_all_in_order, .timeout = 60) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    client clients[6];
    for (unsigned i = 0; i < 6; i++)
        client_start(&clients[i], &s, WEIR_FOREVER, i + 1);
    weir_mutex_lock(&s.mutex);
    weir_cond_broadcast(&s.cond);
    pause_for(MILLISECOND);
    cr_assert_eq(weir_i_load(&s.returned, relaxed), 0, "the mutex is held");
    weir_mutex_unlock(&s.mutex);
    for (unsigned i = 0; i < 6; i++) {
        pthread_join(clients[i].thread, NULL);
        cr_assert_eq(clients[i].place, i + 1);
    }
}

Test(cond, a_broadcast_without_the_mutex_wakes_all, .timeout = 60) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    client clients[6];
    for (unsigned i = 0; i < 6; i++)
        client_start(&clients[i], &s, WEIR_FOREVER, i + 1);
    weir_cond_broadcast(&s.cond);
    for (unsigned i = 0; i < 6; i++)
        pthread_join(clients[i].thread, NULL);
    cr_assert_eq(weir_i_load(&s.returned, relaxed), 6);
}

Test(cond, one_whose_time_is_up_takes_no_signal_along, .timeout = 60) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    client late;
    client other;
    client_start(&late, &s, weir_in(500 * MILLISECOND), 1);
    client_start(&other, &s, WEIR_FOREVER, 2);
    pthread_join(late.thread, NULL);
    cr_assert_eq(late.status, WEIR_TIMEOUT);
    weir_cond_signal(&s.cond);
    pthread_join(other.thread, NULL);
    cr_assert_eq(other.status, WEIR_OK);
}

/* Moved to the queue of the mutex, time is up there: it was signalled, and says so. */
Test(cond, a_signalled_wait_is_no_timeout, .timeout = 60) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    client c;
    client_start(&c, &s, weir_in(500 * MILLISECOND), 1);
    weir_mutex_lock(&s.mutex);
    weir_cond_signal(&s.cond);
    pause_for(40 * MILLISECOND);
    weir_mutex_unlock(&s.mutex);
    pthread_join(c.thread, NULL);
    if (weir_now() < c.deadline)
        cr_assert_eq(c.status, WEIR_OK);
    cr_assert_eq(weir_i_load(&s.mutex.word, relaxed), 0);
}

static void ignore(int number) {
    (void)number;
}

Test(cond, signals_and_stray_wakes_end_no_wait, .timeout = 60) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    client c;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ignore;
    sigaction(SIGUSR1, &action, NULL);
    client_start(&c, &s, WEIR_FOREVER, 1);
    for (int i = 0; i < 20; i++) {
        pthread_kill(c.thread, SIGUSR1);
        weir_wait_list_lock(&s.cond.list);
        weir_i_futex_wake(&weir_wait_list_first(&s.cond.list)->waiter->state, 1);
        weir_wait_list_unlock(&s.cond.list);
        pause_for(MILLISECOND / 2);
    }
    cr_assert_eq(weir_i_load(&s.returned, relaxed), 0);
    weir_cond_signal(&s.cond);
    pthread_join(c.thread, NULL);
    cr_assert_eq(c.status, WEIR_OK);
}

/* A wait is no cancellation point: the thread dies where it says so, without the mutex. */
static void *wait_then_test(void *argument) {
    client *c = (client *)argument;
    (void)client_run(c);
    pthread_testcancel();
    c->place = 0;
    return NULL;
}

Test(cond, a_wait_is_no_cancellation_point, .timeout = 60) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    client c;
    void *result;
    memset(&c, 0, sizeof c);
    c.scene = &s;
    c.deadline = WEIR_FOREVER;
    cr_assert_eq(pthread_create(&c.thread, NULL, wait_then_test, &c), 0);
    cr_assert(EVENTUALLY(waiting(&s, 1)));
    pthread_cancel(c.thread);
    pause_for(5 * MILLISECOND);
    cr_assert_eq(weir_i_load(&s.returned, relaxed), 0);
    weir_cond_signal(&s.cond);
    pthread_join(c.thread, &result);
    cr_assert_eq(result, PTHREAD_CANCELED);
    cr_assert_eq(c.place, 1);
    cr_assert(weir_mutex_try_lock(&s.mutex));
}

Test(cond, waiting_without_the_mutex_panics, .signal = SIGABRT) {
    scene s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, 0};
    (void)!weir_cond_wait_until(&s.cond, &s.mutex, WEIR_NOW);
}
