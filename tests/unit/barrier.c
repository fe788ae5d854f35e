/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier.c - barriers: phases, completion, dropping out, misuse, deadlines. Built twice, see
 * barrier_pthread.c.
 */
#define WEIR_CHECKED 1
#include "support/check.h"
#include "support/coroutines.h"
#include "support/threads.h"

#include <weir/barrier.h>

#include <pthread.h>
#include <sched.h>

enum { MILLISECOND = 1000000 };

static void count(void *counter) {
    ++*(int *)counter;
}

Test(barrier, of_one_party_never_waits) {
    int completed = 0;
    weir_barrier barrier = WEIR_BARRIER_INIT(1, count, &completed);
    for (int i = 0; i < 5; i++) {
        weir_barrier_arrive_and_wait(&barrier);
        cr_assert_eq(completed, i + 1);
    }
    cr_assert_eq(weir_barrier_arrive_and_wait_until(&barrier, WEIR_NOW), WEIR_OK);
    weir_barrier_destroy(&barrier);
}

Test(barrier, a_phase_ends_with_its_last_arrival) {
    weir_barrier barrier;
    int completed = 0;
    cr_assert_eq(weir_barrier_init(&barrier, 3, count, &completed), WEIR_OK);
    for (int round = 0; round < 4; round++) {
        const weir_barrier_phase phase = weir_barrier_arrive(&barrier);
        cr_assert_eq(weir_barrier_arrive(&barrier), phase);
        cr_assert_not(weir_barrier_try_wait(&barrier, phase));
        cr_assert_eq(weir_barrier_wait_until(&barrier, phase, WEIR_NOW), WEIR_TIMEOUT);
        cr_assert_eq(completed, round);
        cr_assert_eq(weir_barrier_arrive(&barrier), phase);
        cr_assert_eq(completed, round + 1);
        cr_assert(weir_barrier_try_wait(&barrier, phase));
        cr_assert_eq(weir_barrier_wait_until(&barrier, phase, WEIR_NOW), WEIR_OK);
        weir_barrier_wait(&barrier, phase);
    }
    weir_barrier_destroy(&barrier);
}

Test(barrier, the_number_of_the_phase_wraps) {
    weir_barrier barrier;
    cr_assert_eq(weir_barrier_init(&barrier, 1, NULL, NULL), WEIR_OK);
    weir_i_store(&barrier.state, (uint64_t)UINT32_MAX << 32 | WEIR_I_BARRIER_ONE, relaxed);
    const weir_barrier_phase last = weir_barrier_arrive(&barrier);
    cr_assert_eq(last, UINT32_MAX);
    cr_assert(weir_barrier_try_wait(&barrier, last));
    cr_assert_eq(weir_barrier_arrive(&barrier), 0);
}

Test(barrier, who_drops_out_is_missed_no_more) {
    weir_barrier barrier;
    cr_assert_eq(weir_barrier_init(&barrier, 3, NULL, NULL), WEIR_OK);
    const weir_barrier_phase first = weir_barrier_arrive(&barrier);
    cr_assert_eq(weir_barrier_drop(&barrier), first);
    cr_assert_not(weir_barrier_try_wait(&barrier, first));
    cr_assert_eq(weir_barrier_arrive(&barrier), first);
    const weir_barrier_phase second = weir_barrier_arrive(&barrier);
    cr_assert_not(weir_barrier_try_wait(&barrier, second));
    cr_assert_eq(weir_barrier_drop(&barrier), second);
    cr_assert(weir_barrier_try_wait(&barrier, second));
    weir_barrier_arrive_and_wait(&barrier);
}

Test(barrier, init_refuses_what_cannot_be) {
    weir_barrier barrier;
    cr_assert_eq(weir_barrier_init(&barrier, 0, NULL, NULL), WEIR_INVALID);
    cr_assert_eq(weir_barrier_init(&barrier, WEIR_BARRIER_MOST + 1u, NULL, NULL), WEIR_INVALID);
    cr_assert_eq(weir_barrier_init(&barrier, WEIR_BARRIER_MOST, NULL, NULL), WEIR_OK);
}

Test(barrier, an_arrival_with_nobody_left_panics, .signal = SIGABRT) {
    weir_barrier barrier = WEIR_BARRIER_INIT(1, NULL, NULL);
    (void)weir_barrier_drop(&barrier);
    (void)weir_barrier_arrive(&barrier);
}

static void arrive_in_completion(void *barrier) {
    (void)weir_barrier_arrive((weir_barrier *)barrier);
}

Test(barrier, an_arrival_while_a_phase_ends_panics, .signal = SIGABRT) {
    weir_barrier barrier;
    cr_assert_eq(weir_barrier_init(&barrier, 1, arrive_in_completion, &barrier), WEIR_OK);
    (void)weir_barrier_arrive(&barrier);
}

Test(barrier, a_zeroed_barrier_has_no_parties, .signal = SIGABRT) {
    weir_barrier barrier = {0};
    (void)weir_barrier_arrive(&barrier);
}

Test(barrier, destroyed_in_a_phase_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_barrier barrier = WEIR_BARRIER_INIT(2, NULL, NULL);
    (void)weir_barrier_arrive(&barrier);
    weir_barrier_destroy(&barrier);
}

Test(barrier, arriving_at_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_barrier barrier = WEIR_BARRIER_INIT(1, NULL, NULL);
    weir_barrier_destroy(&barrier);
    (void)weir_barrier_arrive(&barrier);
}

Test(barrier, leaving_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_barrier barrier = WEIR_BARRIER_INIT(1, NULL, NULL);
    weir_barrier_destroy(&barrier);
    (void)weir_barrier_drop(&barrier);
}

Test(barrier, waiting_for_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_barrier barrier = WEIR_BARRIER_INIT(1, NULL, NULL);
    weir_barrier_destroy(&barrier);
    weir_barrier_wait(&barrier, 7);
}

Test(barrier, destroying_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_barrier barrier = WEIR_BARRIER_INIT(1, NULL, NULL);
    weir_barrier_destroy(&barrier);
    weir_barrier_destroy(&barrier);
}

Test(barrier, a_destroyed_one_can_be_made_again) {
    weir_barrier barrier = WEIR_BARRIER_INIT(2, NULL, NULL);
    weir_barrier_destroy(&barrier);
    cr_assert_eq(weir_barrier_init(&barrier, 1, NULL, NULL), WEIR_OK);
    weir_barrier_arrive_and_wait(&barrier);
    weir_barrier_destroy(&barrier);
}

Test(barrier, an_arrival_stands_after_a_timeout, .timeout = 60) {
    weir_barrier barrier = WEIR_BARRIER_INIT(2, NULL, NULL);
    const weir_time deadline = weir_in(2 * MILLISECOND);
    cr_assert_eq(weir_barrier_arrive_and_wait_until(&barrier, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    cr_assert(weir_wait_list_idle(&barrier.waiters));
    cr_assert_eq(weir_barrier_arrive_and_wait_until(&barrier, WEIR_NOW), WEIR_OK);
    weir_barrier_destroy(&barrier);
}

/* -- with other threads ------------------------------------------------------------------------ */

static void *wait_there(void *barrier) {
    weir_barrier_arrive_and_wait((weir_barrier *)barrier);
    return barrier;
}

Test(barrier, a_wait_is_no_cancellation_point, .timeout = 60) {
    weir_barrier barrier = WEIR_BARRIER_INIT(2, NULL, NULL);
    pthread_t thread;
    void *result = NULL;
    cr_assert_eq(pthread_create(&thread, NULL, wait_there, &barrier), 0);
    while (weir_wait_list_idle(&barrier.waiters))
        sched_yield();
    cr_assert_eq(pthread_cancel(thread), 0);
    for (int i = 0; i < 100; i++)
        sched_yield();
    (void)weir_barrier_arrive(&barrier);
    pthread_join(thread, &result);
    cr_assert_eq(result, &barrier, "cancelled in the middle of a wait");
}

enum { PARTIES = 5, PHASES = 200 };

typedef struct work {
    weir_barrier barrier;
    int done[PARTIES]; /* plain: phases */
    int completed;
    WEIR_I_ATOMIC(int) wrong;
} work;

static void complete(void *argument) {
    work *w = argument;
    for (int i = 0; i < PARTIES; i++)
        if (w->done[i] != w->completed + 1)
            weir_i_fetch_add(&w->wrong, 1, relaxed);
    w->completed++;
}

static void run(unsigned me, void *shared) {
    work *w = shared;
    for (int phase = 1; phase <= PHASES; phase++) {
        w->done[me]++;
        weir_barrier_arrive_and_wait(&w->barrier);
        if (w->completed != phase)
            weir_i_fetch_add(&w->wrong, 1, relaxed);
    }
}

Test(barrier, nobody_runs_ahead, .timeout = 60) {
    static work w;
    cr_assert_eq(weir_barrier_init(&w.barrier, PARTIES, complete, &w), WEIR_OK);
    cr_assert(threads_run(PARTIES, run, &w));
    cr_assert_eq(weir_i_load(&w.wrong, relaxed), 0);
    cr_assert_eq(w.completed, PHASES);
}

static work tasks;

static void run_task(void *me) {
    run((unsigned)(uintptr_t)me, &tasks);
}

Test(barrier, coroutines_meet, .timeout = 60) {
    coroutines *c = coroutines_new(NULL);
    cr_assert_eq(weir_barrier_init(&tasks.barrier, PARTIES, complete, &tasks), WEIR_OK);
    for (uintptr_t i = 0; i < PARTIES; i++)
        coroutines_spawn(c, run_task, (void *)i);
    coroutines_run(c);
    cr_assert_eq(weir_i_load(&tasks.wrong, relaxed), 0);
    cr_assert_eq(tasks.completed, PHASES);
    coroutines_delete(c);
}
