/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore.c - the semaphore: units, order, deadlines, misuse, and its case in a select. Built
 * again with the portable futex.
 */
#include "support/check.h"
#include "support/eventually.h"

#include <weir/semaphore.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { MILLISECOND = 1000 * 1000 };

static uint32_t available(weir_semaphore *s) {
    return (uint32_t)weir_i_load(&s->state, relaxed);
}

typedef struct client {
    weir_semaphore *semaphore;
    uint32_t wants;
    weir_time deadline;
    weir_status status;
    WEIR_I_ATOMIC(bool) done;
    pthread_t thread;
} client;

__attribute__((noinline)) static void *client_run(void *argument) {
    client *c = (client *)argument;
    c->status = weir_semaphore_acquire_until(c->semaphore, c->wants, c->deadline);
    weir_i_store(&c->done, true, release);
    return NULL;
}

static weir_wait_node *last_of(weir_semaphore *s) {
    return weir_i_wait_list_last(&s->list);
}

/* Starts a client and waits until it stands in the list. */
static void client_start(client *c, weir_semaphore *s, uint32_t wants, weir_time deadline) {
    weir_wait_node *before = last_of(s);
    memset(c, 0, sizeof *c);
    c->semaphore = s;
    c->wants = wants;
    c->deadline = deadline;
    cr_assert_eq(pthread_create(&c->thread, NULL, client_run, c), 0);
    cr_assert(EVENTUALLY(last_of(s) != before));
}

static bool done(client *c) {
    return weir_i_load(&c->done, acquire);
}

Test(semaphore, counts_units) {
    weir_semaphore s;
    cr_assert_eq(weir_semaphore_init(&s, 10), WEIR_OK);
    weir_semaphore_acquire(&s, 3);
    cr_assert(weir_semaphore_try_acquire(&s, 7));
    cr_assert_not(weir_semaphore_try_acquire(&s, 1));
    cr_assert(weir_semaphore_try_acquire(&s, 0));
    weir_semaphore_release(&s, 4);
    cr_assert_not(weir_semaphore_try_acquire(&s, 5));
    cr_assert_eq(weir_semaphore_acquire_until(&s, 4, WEIR_NOW), WEIR_OK);
    weir_semaphore_release(&s, 10);
    cr_assert_eq(available(&s), 10);
    weir_semaphore_destroy(&s);
}

Test(semaphore, none_and_the_most_units) {
    static weir_semaphore zeroed;
    weir_semaphore s;
    weir_semaphore t = WEIR_SEMAPHORE_INIT(5);
    cr_assert_eq(weir_semaphore_init(&s, 0), WEIR_OK);
    const size_t unpadded = offsetof(weir_semaphore, units) + sizeof s.units;
    cr_assert_eq(memcmp(&s, &zeroed, unpadded), 0, "no units is what zeroed memory is");
    cr_assert(weir_semaphore_try_acquire(&zeroed, 0));
    cr_assert_not(weir_semaphore_try_acquire(&zeroed, 1));
    cr_assert_eq(weir_semaphore_acquire_until(&zeroed, 1, WEIR_FOREVER), WEIR_INVALID);
    weir_semaphore_release(&zeroed, 0);
    cr_assert(weir_semaphore_try_acquire(&t, 5));
    cr_assert_eq(weir_semaphore_init(&s, UINT32_MAX), WEIR_OK);
    cr_assert(weir_semaphore_try_acquire(&s, UINT32_MAX));
    cr_assert_not(weir_semaphore_try_acquire(&s, 1));
    weir_semaphore_release(&s, UINT32_MAX);
    cr_assert_eq(available(&s), UINT32_MAX);
}

Test(semaphore, more_than_there_are_is_invalid_whatever_the_time) {
    weir_semaphore s;
    cr_assert_eq(weir_semaphore_init(&s, 2), WEIR_OK);
    cr_assert_eq(weir_semaphore_acquire_until(&s, 3, WEIR_NOW), WEIR_INVALID);
    cr_assert_eq(weir_semaphore_acquire_until(&s, 3, WEIR_FOREVER), WEIR_INVALID);
    cr_assert_not(weir_semaphore_try_acquire(&s, 3));
    cr_assert_eq(available(&s), 2);
}

Test(semaphore, times_out_not_before_the_deadline) {
    weir_semaphore s;
    const weir_time deadline = weir_in(2 * MILLISECOND);
    cr_assert_eq(weir_semaphore_init(&s, 1), WEIR_OK);
    weir_semaphore_acquire(&s, 1);
    cr_assert_eq(weir_semaphore_acquire_until(&s, 1, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(weir_semaphore_acquire_until(&s, 1, -1), WEIR_TIMEOUT);
    cr_assert_eq(weir_semaphore_acquire_until(&s, 1, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    weir_semaphore_release(&s, 1);
    cr_assert_eq(weir_semaphore_acquire_until(&s, 1, 1), WEIR_OK, "there, though time is up");
}

Test(semaphore, acquire_of_more_than_there_are_panics, .signal = SIGABRT) {
    weir_semaphore s;
    (void)!weir_semaphore_init(&s, 2);
    weir_semaphore_acquire(&s, 3);
}

Test(semaphore, case_of_more_than_there_are_panics, .signal = SIGABRT) {
    weir_semaphore s;
    (void)!weir_semaphore_init(&s, 2);
    (void)weir_semaphore_case(&s, 3);
}

Test(semaphore, release_of_more_than_were_acquired_panics, .signal = SIGABRT) {
    weir_semaphore s;
    (void)!weir_semaphore_init(&s, 5);
    weir_semaphore_acquire(&s, 2);
    weir_semaphore_release(&s, 3);
}

Test(semaphore, the_same_beside_an_empty_queue, .signal = SIGABRT) {
    weir_semaphore s;
    (void)!weir_semaphore_init(&s, 5);
    weir_semaphore_acquire(&s, 2);
    (void)!weir_semaphore_acquire_until(&s, 5, 1);
    weir_semaphore_release(&s, 3);
}

Test(semaphore, first_come_first_served_whatever_they_want, .timeout = 60) {
    weir_semaphore s;
    client large;
    client small;
    cr_assert_eq(weir_semaphore_init(&s, 10), WEIR_OK);
    weir_semaphore_acquire(&s, 5);
    client_start(&large, &s, 8, WEIR_FOREVER);
    client_start(&small, &s, 1, WEIR_FOREVER);
    cr_assert_not(weir_semaphore_try_acquire(&s, 1), "somebody waits");
    cr_assert_eq(weir_semaphore_acquire_until(&s, 1, WEIR_NOW), WEIR_TIMEOUT);
    weir_semaphore_release(&s, 2);
    cr_assert(!done(&large) && !done(&small));
    weir_semaphore_release(&s, 1);
    pthread_join(large.thread, NULL);
    cr_assert_not(done(&small), "no unit is left");
    weir_semaphore_release(&s, 8);
    pthread_join(small.thread, NULL);
    cr_assert(large.status == WEIR_OK && small.status == WEIR_OK);
    weir_semaphore_release(&s, 3);
    cr_assert_eq(available(&s), 10);
}

Test(semaphore, one_release_serves_many, .timeout = 60) {
    weir_semaphore s;
    client clients[5];
    cr_assert_eq(weir_semaphore_init(&s, 15), WEIR_OK);
    weir_semaphore_acquire(&s, 15);
    for (uint32_t i = 0; i < 5; i++)
        client_start(&clients[i], &s, i + 1, WEIR_FOREVER);
    weir_semaphore_release(&s, 15);
    for (int i = 0; i < 5; i++)
        pthread_join(clients[i].thread, NULL);
    cr_assert_eq(available(&s), 0);
    weir_semaphore_release(&s, 15);
}

Test(semaphore, one_whose_time_is_up_lets_those_behind_go_on, .timeout = 60) {
    weir_semaphore s;
    client large;
    client small;
    cr_assert_eq(weir_semaphore_init(&s, 4), WEIR_OK);
    weir_semaphore_acquire(&s, 2);
    client_start(&large, &s, 4, weir_in(500 * MILLISECOND));
    client_start(&small, &s, 2, WEIR_FOREVER);
    pthread_join(large.thread, NULL);
    cr_assert_eq(large.status, WEIR_TIMEOUT);
    pthread_join(small.thread, NULL);
    cr_assert_eq(small.status, WEIR_OK);
    weir_semaphore_release(&s, 4);
    cr_assert_eq(available(&s), 4);
}

static void ignore(int number) {
    (void)number;
}

/* Signals, stray wakes, a cancellation: the wait goes on until it is granted. */
static void *acquire_then_test(void *argument) {
    (void)client_run(argument);
    pthread_testcancel();
    return NULL;
}

Test(semaphore, nothing_but_a_grant_ends_a_wait, .timeout = 60) {
    weir_semaphore s;
    client c;
    void *result;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    memset(&c, 0, sizeof c);
    action.sa_handler = ignore;
    sigaction(SIGUSR1, &action, NULL);
    cr_assert_eq(weir_semaphore_init(&s, 1), WEIR_OK);
    weir_semaphore_acquire(&s, 1);
    c.semaphore = &s;
    c.wants = 1;
    c.deadline = WEIR_FOREVER;
    cr_assert_eq(pthread_create(&c.thread, NULL, acquire_then_test, &c), 0);
    cr_assert(EVENTUALLY(last_of(&s) != NULL));
    pthread_cancel(c.thread);
    for (int i = 0; i < 20; i++) {
        const weir_time until = weir_in(MILLISECOND / 2);
        pthread_kill(c.thread, SIGUSR1);
        weir_wait_list_lock(&s.list);
        weir_i_futex_wake(&last_of(&s)->waiter->state, 1);
        weir_wait_list_unlock(&s.list);
        while (weir_now() < until)
            sched_yield();
    }
    cr_assert_not(done(&c));
    weir_semaphore_release(&s, 1);
    pthread_join(c.thread, &result);
    cr_assert_eq(result, PTHREAD_CANCELED);
    cr_assert_eq(c.status, WEIR_OK);
}

/* A task's scheduler is unknown code: whoever calls it holds no lock. */
typedef struct lone_task {
    weir_wait_task task; /* first */
    weir_i_futex_word tokens;
    WEIR_I_ATOMIC(bool) parked;
    weir_semaphore *semaphore;
    bool called_under_the_lock;
} lone_task;

static bool lone_park(weir_wait_task *task, weir_time deadline) {
    lone_task *self = (lone_task *)(void *)task;
    weir_i_store(&self->parked, true, release);
    while (weir_i_load(&self->tokens, acquire) == 0)
        (void)!weir_i_futex_wait(&self->tokens, 0, deadline);
    weir_i_store(&self->tokens, 0, relaxed);
    return true;
}

static void lone_unpark(weir_wait_task *task) {
    lone_task *self = (lone_task *)(void *)task;
    self->called_under_the_lock =
        (weir_i_load(&self->semaphore->list.word, relaxed) & WEIR_I_WAIT_LOCKED) != 0;
    weir_i_store(&self->tokens, 1, release);
    weir_i_futex_wake(&self->tokens, 1);
}

__attribute__((noinline)) static void *lone_run(void *argument) {
    lone_task *self = (lone_task *)argument;
    weir_wait_task_set(&self->task);
    weir_semaphore_acquire(self->semaphore, 1);
    weir_wait_task_set(NULL);
    return NULL;
}

/* The select stands first and wants too much; when its time is up the task behind it goes on. */
Test(semaphore, who_leaves_a_select_wakes_no_task_under_the_lock, .timeout = 30) {
    static const weir_wait_scheduler scheduler = {lone_park, lone_unpark};
    weir_semaphore s;
    cr_assert_eq(weir_semaphore_init(&s, 2), WEIR_OK);
    weir_semaphore_acquire(&s, 1);
    lone_task lone = {{&scheduler}, 0, false, &s, true};
    weir_case c = weir_semaphore_case(&s, 2);
    weir_waiter waiter;
    weir_wait_node node;
    pthread_t thread;
    weir_waiter_init(&waiter);
    weir_wait_node_init(&node, &waiter);
    weir_grip grip = {NULL, 0};
    weir_wait_list_lock(&s.list);
    cr_assert_eq(c.kind->decide(&c, &grip), WEIR_TURN_NONE);
    c.kind->enter(&c, &node);
    weir_wait_list_unlock(&s.list);
    cr_assert_eq(pthread_create(&thread, NULL, lone_run, &lone), 0);
    cr_assert(EVENTUALLY(weir_i_load(&lone.parked, acquire)));
    cr_assert(weir_waiter_cancel(&waiter));
    weir_wait_list_lock(&s.list);
    c.kind->leave(&c, &node);
    weir_wait_list_unlock(&s.list);
    c.kind->left(&c, &node);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    cr_assert_not(lone.called_under_the_lock);
}

Test(semaphore, its_case_in_a_select) {
    weir_semaphore s;
    uint64_t before;
    uint64_t after;
    cr_assert_eq(weir_semaphore_init(&s, 2), WEIR_OK);
    weir_case c = weir_semaphore_case(&s, 2);
    cr_assert_null(weir_semaphore_case(NULL, 2).kind, "never ready");
    c.status = WEIR_TIMEOUT;
    cr_assert(c.kind->ready(&c, &before));
    cr_assert_eq(c.status, WEIR_TIMEOUT);
    cr_assert(c.kind->attempt(&c));
    cr_assert_eq(c.status, WEIR_OK);
    cr_assert(!c.kind->ready(&c, &before) && !c.kind->attempt(&c));
    cr_assert(!c.kind->ready(&c, &after) && before == after);
    weir_semaphore_release(&s, 1);
    cr_assert(!c.kind->ready(&c, &after) && before != after);
    weir_semaphore_release(&s, 1);
    cr_assert(c.kind->ready(&c, &after));
}
