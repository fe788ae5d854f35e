/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.c - the mutex: what each call returns, the order of waiters, deadlines, misuse, and what a
 * signal, a stray wake and a cancelled thread do. Built again with the portable futex.
 */
#include "support/check.h"
#include "support/eventually.h"
#include "support/threads.h"

#include <weir/mutex.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { MILLISECOND = 1000 * 1000 };

/* A waiter in a thread of its own. */
typedef struct client {
    weir_mutex *mutex;
    WEIR_I_ATOMIC(unsigned) *order; /* counts who got it */
    WEIR_I_ATOMIC(unsigned) place;  /* when it got the mutex, from 1; 0: not yet */
    weir_time deadline;
    weir_status status;
    pthread_t thread;
} client;

static void *client_run(void *argument) {
    client *c = (client *)argument;
    c->status = weir_mutex_lock_until(c->mutex, c->deadline);
    if (c->status == WEIR_OK) {
        weir_i_store(&c->place, weir_i_fetch_add(c->order, 1, relaxed) + 1, relaxed);
        weir_mutex_unlock(c->mutex);
    }
    return NULL;
}

static weir_wait_node *last_of(weir_mutex *m) {
    return weir_i_mutex_last(weir_i_load(&m->word, relaxed));
}

/* Starts a client and waits until it stands in the ring, or may have left it. */
static void client_start(client *c, weir_mutex *m, WEIR_I_ATOMIC(unsigned) *order,
                         weir_time deadline) {
    weir_wait_node *before = last_of(m);
    memset(c, 0, sizeof *c);
    c->mutex = m;
    c->order = order;
    c->deadline = deadline;
    cr_assert_eq(pthread_create(&c->thread, NULL, client_run, c), 0);
    cr_assert(EVENTUALLY(last_of(m) != before || weir_now() >= deadline));
}

Test(mutex, is_one_word_and_valid_when_zeroed) {
    static weir_mutex from_storage;
    weir_mutex from_macro = WEIR_MUTEX_INIT;
    weir_mutex from_memset;
    memset(&from_memset, 0, sizeof from_memset);
    cr_assert_eq(sizeof(weir_mutex), sizeof(void *));
    weir_mutex_lock(&from_storage);
    weir_mutex_lock(&from_macro);
    weir_mutex_lock(&from_memset);
    weir_mutex_unlock(&from_storage);
    weir_mutex_unlock(&from_macro);
    weir_mutex_unlock(&from_memset);
    weir_mutex_destroy(&from_memset);
}

Test(mutex, try_lock_says_whether_it_is_free) {
    weir_mutex m = WEIR_MUTEX_INIT;
    cr_assert(weir_mutex_try_lock(&m));
    cr_assert_not(weir_mutex_try_lock(&m));
    weir_mutex_unlock(&m);
    cr_assert(weir_mutex_try_lock(&m));
    weir_mutex_unlock(&m);
}

Test(mutex, a_deadline_does_not_matter_to_a_free_one) {
    weir_mutex m = WEIR_MUTEX_INIT;
    const weir_time deadlines[] = {WEIR_NOW, -1, 0, 1, weir_now(), WEIR_FOREVER};
    for (size_t i = 0; i < sizeof deadlines / sizeof deadlines[0]; i++) {
        cr_assert_eq(weir_mutex_lock_until(&m, deadlines[i]), WEIR_OK);
        weir_mutex_unlock(&m);
    }
}

Test(mutex, a_held_one_times_out_not_before_the_deadline) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_lock(&m);
    cr_assert_eq(weir_mutex_lock_until(&m, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(weir_mutex_lock_until(&m, -1), WEIR_TIMEOUT);
    cr_assert_eq(weir_mutex_lock_until(&m, weir_now()), WEIR_TIMEOUT);
    const weir_time deadline = weir_in(2 * MILLISECOND);
    cr_assert_eq(weir_mutex_lock_until(&m, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    weir_mutex_unlock(&m);
    cr_assert_eq(weir_i_load(&m.word, relaxed), 0, "nothing stays behind");
}

Test(mutex, unlock_of_an_unlocked_one_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_unlock(&m);
}

Test(mutex, second_unlock_panics, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_lock(&m);
    weir_mutex_unlock(&m);
    weir_mutex_unlock(&m);
}

Test(mutex, waiters_get_it_in_the_order_of_their_arrival, .timeout = 60) {
    weir_mutex m = WEIR_MUTEX_INIT;
    WEIR_I_ATOMIC(unsigned) order = 0;
    client clients[8];
    weir_mutex_lock(&m);
    for (int i = 0; i < 8; i++)
        client_start(&clients[i], &m, &order, WEIR_FOREVER);
    weir_mutex_unlock(&m);
    for (unsigned i = 0; i < 8; i++) {
        pthread_join(clients[i].thread, NULL);
        cr_assert_eq(clients[i].place, i + 1);
    }
    cr_assert_eq(weir_i_load(&m.word, relaxed), 0);
}

Test(mutex, those_whose_time_is_up_leave_the_others_in_order, .timeout = 60) {
    weir_mutex m = WEIR_MUTEX_INIT;
    WEIR_I_ATOMIC(unsigned) order = 0;
    client clients[6];
    weir_mutex_lock(&m);
    const weir_time soon = weir_in(1000 * MILLISECOND); /* all but surely are in by then */
    for (int i = 0; i < 6; i++)                         /* first, middle and last leave */
        client_start(&clients[i], &m, &order, i == 1 || i == 4 ? WEIR_FOREVER : soon);
    for (int i = 0; i < 6; i++)
        if (i != 1 && i != 4) {
            pthread_join(clients[i].thread, NULL);
            cr_assert_eq(clients[i].status, WEIR_TIMEOUT);
        }
    cr_assert_geq(weir_now(), soon);
    weir_mutex_unlock(&m);
    pthread_join(clients[1].thread, NULL);
    pthread_join(clients[4].thread, NULL);
    cr_assert_eq(clients[1].place, 1);
    cr_assert_eq(clients[4].place, 2);
    cr_assert_eq(weir_i_load(&m.word, relaxed), 0);
}

/* Whoever lost once after a long wait is handed it: the owner itself cannot get it back. */
Test(mutex, an_impatient_waiter_is_handed_it, .timeout = 60) {
    weir_mutex m = WEIR_MUTEX_INIT;
    WEIR_I_ATOMIC(unsigned) order = 0;
    client c;
    weir_mutex_lock(&m);
    client_start(&c, &m, &order, WEIR_FOREVER);
    while (weir_i_load(&order, relaxed) == 0) { /* holds it nearly always */
        const weir_time until = weir_in(2 * MILLISECOND);
        while (weir_now() < until)
            sched_yield();
        weir_mutex_unlock(&m);
        weir_mutex_lock(&m);
    }
    weir_mutex_unlock(&m);
    pthread_join(c.thread, NULL);
}

/* What is locked in one thread may be unlocked in another. */
static void *unlock_it(void *argument) {
    weir_mutex_unlock((weir_mutex *)argument);
    return NULL;
}

Test(mutex, may_be_unlocked_by_another_thread, .timeout = 60) {
    weir_mutex m = WEIR_MUTEX_INIT;
    pthread_t thread;
    weir_mutex_lock(&m);
    cr_assert_eq(pthread_create(&thread, NULL, unlock_it, &m), 0);
    weir_mutex_lock(&m);
    pthread_join(thread, NULL);
    weir_mutex_unlock(&m);
}

/* Signals without SA_RESTART, and wakes that nobody meant, end no wait. */
static void ignore(int number) {
    (void)number;
}

Test(mutex, signals_and_stray_wakes_end_no_wait, .timeout = 60) {
    weir_mutex m = WEIR_MUTEX_INIT;
    WEIR_I_ATOMIC(unsigned) order = 0;
    client c;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ignore;
    sigaction(SIGUSR1, &action, NULL);
    weir_mutex_lock(&m);
    client_start(&c, &m, &order, WEIR_FOREVER);
    for (int i = 0; i < 20; i++) {
        const weir_time until = weir_in(MILLISECOND / 2);
        pthread_kill(c.thread, SIGUSR1);
        weir_wait_node *last = weir_i_mutex_list_lock(&m);
        weir_i_futex_wake(&last->waiter->state, 1);
        (void)weir_i_mutex_list_unlock(&m, last, 0);
        while (weir_now() < until)
            sched_yield();
    }
    cr_assert_eq(weir_i_load(&order, relaxed), 0);
    cr_assert_not_null(last_of(&m));
    weir_mutex_unlock(&m);
    pthread_join(c.thread, NULL);
    cr_assert_eq(c.status, WEIR_OK);
}

/* A wait is no cancellation point: the thread gets the mutex, and dies where it says so. */
__attribute__((noinline)) static void lock_once(client *c) {
    weir_mutex_lock(c->mutex);
    weir_i_store(&c->place, 1, relaxed);
    weir_mutex_unlock(c->mutex);
}

static void *lock_then_test(void *argument) {
    client *c = (client *)argument;
    lock_once(
        c); /* no local of it may be on the stack: the thread ends without unwinding for ASan */
    pthread_testcancel();
    weir_i_store(&c->place, 2, relaxed);
    return NULL;
}

Test(mutex, a_wait_is_no_cancellation_point, .timeout = 60) {
    weir_mutex m = WEIR_MUTEX_INIT;
    client c;
    void *result;
    memset(&c, 0, sizeof c);
    c.mutex = &m;
    weir_mutex_lock(&m);
    cr_assert_eq(pthread_create(&c.thread, NULL, lock_then_test, &c), 0);
    cr_assert(EVENTUALLY(last_of(&m) != NULL));
    pthread_cancel(c.thread);
    const weir_time until = weir_in(5 * MILLISECOND);
    while (weir_now() < until)
        sched_yield();
    cr_assert_not_null(last_of(&m), "still waiting");
    weir_mutex_unlock(&m);
    pthread_join(c.thread, &result);
    cr_assert_eq(result, PTHREAD_CANCELED);
    cr_assert_eq(c.place, 1);
    cr_assert(weir_mutex_try_lock(&m));
}
