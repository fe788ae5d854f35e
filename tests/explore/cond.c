/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.c - the condition variable, explored: no signal is lost, none is doubled, none goes to a
 * thread that came later, whoever holds the mutex, and when time is up meanwhile.
 */
#include "explore.h"

#include <weir/cond.h>

#include <stdlib.h>

static weir_mutex mutex;
static weir_cond cond;
static unsigned waiting;  /* under the mutex: who began to wait */
static unsigned returned; /* under the mutex: whose wait returned */
static unsigned tokens;   /* under the mutex */

#define ONE_COPY static __attribute__((noinline))

ONE_COPY void lock(void) {
    weir_mutex_lock(&mutex);
}

ONE_COPY void unlock(void) {
    weir_mutex_unlock(&mutex);
}

ONE_COPY void signal_one(void) {
    weir_cond_signal(&cond);
}

ONE_COPY void signal_all(void) {
    weir_cond_broadcast(&cond);
}

static void start(void) {
    explore_name(&mutex, sizeof mutex, "mutex");
    explore_name(&cond, sizeof cond, "cond");
}

static void finish(void) {
    explore_join_all();
    explore_check(weir_i_load(&mutex.word, relaxed) == 0);
    explore_check(weir_wait_list_idle(&cond.list));
}

/* Locks when `count` have begun to wait. */
static void lock_when_waiting(unsigned count) {
    for (;;) {
        lock();
        if (waiting >= count)
            return;
        unlock();
        weir_i_relax();
    }
}

/* -- the common use -----------------------------------------------------------------------------
 */

static void take_token(void *unused) {
    (void)unused;
    lock();
    while (tokens == 0)
        weir_cond_wait(&cond, &mutex);
    tokens--;
    unlock();
}

static void give_inside(void *unused) {
    (void)unused;
    lock();
    tokens++;
    signal_one();
    unlock();
}

static void give_outside(void *unused) {
    (void)unused;
    lock();
    tokens++;
    unlock();
    signal_one();
}

EXPLORE_PROGRAM(cond_signal_inside_the_lock) {
    start();
    explore_spawn(take_token, NULL);
    explore_spawn(take_token, NULL);
    give_inside(NULL);
    give_inside(NULL);
    finish();
}

EXPLORE_PROGRAM(cond_signal_outside_the_lock) {
    start();
    explore_spawn(take_token, NULL);
    explore_spawn(take_token, NULL);
    explore_spawn(give_outside, NULL);
    give_outside(NULL);
    finish();
}

EXPLORE_PROGRAM(cond_broadcast_to_two) {
    start();
    explore_spawn(take_token, NULL);
    explore_spawn(take_token, NULL);
    lock();
    tokens = 2;
    signal_all();
    unlock();
    finish();
}

EXPLORE_PROGRAM(cond_broadcast_outside_the_lock) {
    start();
    explore_spawn(take_token, NULL);
    explore_spawn(take_token, NULL);
    lock();
    tokens = 2;
    unlock();
    signal_all();
    finish();
}

/* -- exactly one, the first, and never without a reason -----------------------------------------
 */

/* Waits once, without a loop. */
static unsigned order[4];

static void wait_once(void *me) {
    lock();
    order[(uintptr_t)me] = ++waiting;
    weir_cond_wait(&cond, &mutex);
    returned++;
    explore_check(tokens > 0); /* a signal, and no other reason */
    tokens--;
    explore_check(order[(uintptr_t)me] == returned); /* first come, first woken */
    unlock();
}

/* The tokens are given before they are looked for, so that only waits and signals are counted. */
EXPLORE_PROGRAM(cond_one_signal_wakes_the_first_only) {
    start();
    explore_spawn(wait_once, (void *)0);
    explore_spawn(wait_once, (void *)1);
    lock_when_waiting(2);
    tokens++;
    signal_one();
    unlock();
    for (bool out = false; !out; weir_i_relax()) {
        lock();
        out = returned == 1;
        unlock();
    }
    lock();
    explore_check(returned == 1);
    tokens++;
    signal_one();
    unlock();
    finish();
    explore_check(returned == 2);
}

EXPLORE_PROGRAM(cond_two_signals_wake_two) {
    start();
    explore_spawn(wait_once, (void *)0);
    explore_spawn(wait_once, (void *)1);
    lock_when_waiting(2);
    tokens = 2;
    unlock();
    signal_one();
    signal_one();
    finish();
    explore_check(returned == 2);
}

EXPLORE_PROGRAM(cond_broadcast_wakes_in_order) {
    start();
    explore_spawn(wait_once, (void *)0);
    explore_spawn(wait_once, (void *)1);
    lock_when_waiting(2);
    tokens = 2;
    signal_all();
    unlock();
    finish();
    explore_check(returned == 2);
}

/* A signal is for who waited before it: one that begins to wait later cannot steal it. */
static bool late;

static void wait_late(void *unused) {
    (void)unused;
    lock_when_waiting(1);
    while (!late) {
        unlock();
        weir_i_relax();
        lock();
    }
    waiting++;
    weir_cond_wait(&cond, &mutex);
    explore_check(returned == 1);
    returned++;
    tokens--;
    unlock();
}

EXPLORE_PROGRAM(cond_a_signal_is_not_stolen) {
    start();
    explore_spawn(wait_once, (void *)0);
    explore_spawn(wait_late, NULL);
    lock_when_waiting(1);
    tokens++;
    signal_one();
    late = true;
    unlock();
    lock_when_waiting(2);
    tokens++;
    unlock();
    signal_one();
    finish();
    explore_check(returned == 2);
}

/* -- deadlines ----------------------------------------------------------------------------------
 */

static weir_status first_said;

static void wait_in_time(void *unused) {
    (void)unused;
    lock();
    waiting++;
    first_said = weir_cond_wait_until(&cond, &mutex, weir_in(1000));
    returned++;
    unlock();
}

static void wait_for_ever(void *unused) {
    (void)unused;
    lock_when_waiting(1);
    waiting++;
    weir_cond_wait(&cond, &mutex);
    returned++;
    unlock();
}

/* One signal, two waiters: the first, unless its time is up before; then the second. */
static void one_signal_for_two(bool inside) {
    start();
    explore_spawn(wait_in_time, NULL);
    explore_spawn(wait_for_ever, NULL);
    lock_when_waiting(2);
    if (inside)
        signal_one();
    unlock();
    if (!inside)
        signal_one();
    explore_join(1);
    if (first_said == WEIR_OK)
        signal_one();
    finish();
    explore_check(returned == 2);
}

EXPLORE_PROGRAM(cond_timeout_loses_no_signal) {
    one_signal_for_two(true);
}

EXPLORE_PROGRAM(cond_timeout_loses_no_signal_outside_the_lock) {
    one_signal_for_two(false);
}

/* Time is up for one that has been moved, while others queue for the mutex. */
EXPLORE_PROGRAM(cond_timeout_in_the_queue_of_the_mutex) {
    start();
    explore_spawn(wait_in_time, NULL);
    explore_spawn(wait_in_time, NULL);
    lock_when_waiting(2);
    explore_spawn(give_outside, NULL);
    signal_all();
    unlock();
    lock();
    unlock();
    finish();
    explore_check(returned == 2);
}

EXPLORE_PROGRAM(cond_nobody_signals) {
    start();
    explore_spawn(wait_in_time, NULL);
    lock();
    explore_check(weir_cond_wait_until(&cond, &mutex, WEIR_NOW) == WEIR_TIMEOUT);
    explore_check(weir_cond_wait_until(&cond, &mutex, 1) == WEIR_TIMEOUT);
    returned++;
    unlock();
    finish();
    explore_check(returned == 2 && first_said == WEIR_TIMEOUT);
}

/* -- memory -------------------------------------------------------------------------------------
 */

/* The last to leave frees mutex and condition variable. */
typedef struct shared {
    weir_mutex mutex;
    weir_cond cond;
    unsigned users;
    bool ready;
} shared;

static void leave(shared *s) {
    const bool last = --s->users == 0;
    weir_mutex_unlock(&s->mutex);
    if (last)
        free(s);
}

static void wait_and_leave(void *argument) {
    shared *s = (shared *)argument;
    weir_mutex_lock(&s->mutex);
    while (!s->ready)
        weir_cond_wait(&s->cond, &s->mutex);
    leave(s);
}

EXPLORE_PROGRAM(cond_is_freed_by_the_last) {
    shared *s = (shared *)calloc(1, sizeof *s);
    s->users = 3;
    explore_spawn(wait_and_leave, s);
    explore_spawn(wait_and_leave, s);
    weir_mutex_lock(&s->mutex);
    s->ready = true;
    weir_cond_broadcast(&s->cond);
    leave(s);
    explore_join_all();
}

static weir_cond *heap;

static void signal_after_the_lock(void *unused) {
    (void)unused;
    weir_mutex_lock(&mutex);
    weir_mutex_unlock(&mutex);
    weir_cond_signal(heap);
}

static void signal_in_the_lock(void *unused) {
    (void)unused;
    weir_mutex_lock(&mutex);
    weir_cond_signal(heap);
    weir_mutex_unlock(&mutex);
}

static void lock_and_unlock(void *unused) {
    (void)unused;
    weir_mutex_lock(&mutex);
    weir_mutex_unlock(&mutex);
}

/* Waits once, for the one signal there is, and frees the condition variable. */
static void wait_and_free(void (*signaller)(void *)) {
    heap = (weir_cond *)calloc(1, sizeof *heap);
    weir_mutex_lock(&mutex);
    explore_spawn(signaller, NULL);
    explore_spawn(lock_and_unlock, NULL);
    weir_cond_wait(heap, &mutex);
    free(heap);
    weir_mutex_unlock(&mutex);
    explore_join_all();
}

EXPLORE_PROGRAM(cond_is_freed_by_who_was_signalled_in_the_lock) {
    wait_and_free(signal_in_the_lock);
}

/* What is not promised: a third may unlock the mutex, and so let the waiter go, while the signal
 * has not returned. */
EXPLORE_PROGRAM(cond_signal_outside_the_lock_keeps_it_from_being_freed,
                .expect = EXPLORE_LIFETIME) {
    wait_and_free(signal_after_the_lock);
}

/* Two mutexes at one condition variable. */
static weir_mutex other;

static void wait_with_other(void *unused) {
    (void)unused;
    weir_mutex_lock(&other);
    (void)!weir_cond_wait_until(&cond, &other, weir_in(1000));
    weir_mutex_unlock(&other);
}

EXPLORE_PROGRAM(cond_with_two_mutexes) {
    start();
    explore_spawn(wait_with_other, NULL);
    explore_spawn(wait_in_time, NULL);
    lock_when_waiting(1);
    unlock();
    signal_all();
    signal_all();
    finish();
}
