/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.c - the wait group: counting, misuse, deadlines, rounds, selects. Built twice, see
 * wait_group_pthread.c.
 */
#define WEIR_CLOCK() coroutines_time_or_real()
#define WEIR_CHECKED 1
#include <stdint.h>
static int64_t coroutines_time_or_real(void);

#include "support/check.h"
#include "support/coroutines.h"
#include "support/mini_select.h"
#include "support/threads.h"

#include <weir/wait_group.h>

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

enum { MILLISECOND = 1000000 };

static bool time_is_virtual;

static int64_t coroutines_time_or_real(void) {
    struct timespec now;
    if (time_is_virtual)
        return coroutines_time;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

Test(wait_group, is_zero_when_zeroed) {
    weir_wait_group group = WEIR_WAIT_GROUP_INIT;
    weir_wait_group same;
    memset(&same, 0, sizeof same);
    weir_wait_group_wait(&group);
    weir_wait_group_wait(&same);
    cr_assert(weir_wait_group_try_wait(&same));
    cr_assert_eq(weir_wait_group_wait_until(&same, WEIR_NOW), WEIR_OK);
    cr_assert_eq(weir_wait_group_wait_until(&same, WEIR_FOREVER), WEIR_OK);
    weir_wait_group_destroy(&same);
}

Test(wait_group, counts_up_and_down) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, 3);
    weir_wait_group_add(&group, 0);
    weir_wait_group_done(&group);
    cr_assert_eq(weir_wait_group_wait_until(&group, WEIR_NOW), WEIR_TIMEOUT);
    weir_wait_group_add(&group, 2);
    weir_wait_group_add(&group, -3);
    cr_assert_not(weir_wait_group_try_wait(&group));
    weir_wait_group_done(&group);
    cr_assert(weir_wait_group_try_wait(&group));
    weir_wait_group_wait(&group);
}

Test(wait_group, counts_to_its_limit) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, WEIR_WAIT_GROUP_MOST);
    cr_assert_not(weir_wait_group_try_wait(&group));
    weir_wait_group_add(&group, -WEIR_WAIT_GROUP_MOST);
    cr_assert(weir_wait_group_try_wait(&group));
    weir_wait_group_add(&group, WEIR_WAIT_GROUP_MOST - 1);
    weir_wait_group_add(&group, 1);
    for (int i = 0; i < 1000; i++)
        weir_wait_group_done(&group);
    weir_wait_group_add(&group, 1000 - WEIR_WAIT_GROUP_MOST);
    cr_assert(weir_wait_group_try_wait(&group));
}

/* How many were taken is counted modulo 2^32, and must not spill into the count. */
Test(wait_group, what_was_taken_wraps) {
    weir_wait_group group = {0};
    weir_i_store(&group.state, (uint64_t)UINT32_MAX << 32, relaxed);
    cr_assert(weir_wait_group_try_wait(&group));
    weir_wait_group_add(&group, 2);
    weir_wait_group_done(&group);
    cr_assert_not(weir_wait_group_try_wait(&group));
    weir_wait_group_done(&group);
    cr_assert(weir_wait_group_try_wait(&group));
    cr_assert_eq(weir_i_load(&group.state, relaxed) >> 32, 1);
}

Test(wait_group, a_done_too_many_panics, .signal = SIGABRT) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, 1);
    weir_wait_group_done(&group);
    weir_wait_group_done(&group);
}

Test(wait_group, taking_more_than_there_are_panics, .signal = SIGABRT) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, 2);
    weir_wait_group_add(&group, -3);
}

Test(wait_group, taking_the_most_negative_number_panics, .signal = SIGABRT) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, 1);
    weir_wait_group_add(&group, INT_MIN);
}

Test(wait_group, a_count_above_the_limit_panics, .signal = SIGABRT) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, WEIR_WAIT_GROUP_MOST);
    weir_wait_group_add(&group, 1);
}

Test(wait_group, adding_the_largest_number_panics, .signal = SIGABRT) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, INT_MAX);
}

Test(wait_group, destroyed_above_zero_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, 1);
    weir_wait_group_destroy(&group);
}

Test(wait_group, adding_to_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_wait_group group = WEIR_WAIT_GROUP_INIT;
    weir_wait_group_destroy(&group);
    weir_wait_group_add(&group, 1);
}

Test(wait_group, waiting_for_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_wait_group group = WEIR_WAIT_GROUP_INIT;
    weir_wait_group_destroy(&group);
    weir_wait_group_wait(&group);
}

Test(wait_group, looking_at_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_wait_group group = WEIR_WAIT_GROUP_INIT;
    weir_wait_group_destroy(&group);
    (void)weir_wait_group_try_wait(&group);
}

Test(wait_group, destroying_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_wait_group group = WEIR_WAIT_GROUP_INIT;
    weir_wait_group_destroy(&group);
    weir_wait_group_destroy(&group);
}

Test(wait_group, selecting_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_wait_group group = WEIR_WAIT_GROUP_INIT;
    weir_wait_group_destroy(&group);
    weir_case c = weir_wait_group_case(&group);
    (void)mini_select_until(&c, 1, WEIR_NOW);
}

Test(wait_group, a_deadline_is_kept, .timeout = 60) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, 1);
    const weir_time deadline = weir_in(2 * MILLISECOND);
    cr_assert_eq(weir_wait_group_wait_until(&group, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    cr_assert_eq(weir_wait_group_wait_until(&group, deadline), WEIR_TIMEOUT);
    cr_assert(weir_wait_list_idle(&group.waiters));
    weir_wait_group_done(&group);
    cr_assert_eq(weir_wait_group_wait_until(&group, deadline), WEIR_OK);
}

/* -- with other threads ------------------------------------------------------------------------ */

typedef struct gate {
    weir_wait_group group;
    WEIR_I_ATOMIC(int) through;
} gate;

static void *wait_there(void *argument) {
    gate *g = argument;
    weir_wait_group_wait(&g->group);
    weir_i_fetch_add(&g->through, 1, relaxed);
    return g;
}

static size_t sleepers(gate *g) {
    size_t n = 0;
    weir_wait_list_lock(&g->group.waiters);
    for (weir_wait_node *node = weir_wait_list_first(&g->group.waiters); node;
         node = weir_wait_list_next(&g->group.waiters, node))
        n++;
    weir_wait_list_unlock(&g->group.waiters);
    return n;
}

Test(wait_group, all_sleepers_are_let_go, .timeout = 60) {
    gate g = {0};
    pthread_t threads[8];
    weir_wait_group_add(&g.group, 2);
    for (int i = 0; i < 8; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, wait_there, &g), 0);
    while (sleepers(&g) < 8)
        sched_yield();
    weir_wait_group_done(&g.group);
    cr_assert_eq(sleepers(&g), 8);
    weir_wait_group_done(&g.group);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(weir_i_load(&g.through, relaxed), 8);
    cr_assert(weir_wait_list_idle(&g.group.waiters));
    cr_assert_eq(weir_i_wait_group_low(weir_i_load(&g.group.state, relaxed)), 0);
}

Test(wait_group, a_wait_is_no_cancellation_point, .timeout = 60) {
    gate g = {0};
    pthread_t thread;
    void *result = NULL;
    weir_wait_group_add(&g.group, 1);
    cr_assert_eq(pthread_create(&thread, NULL, wait_there, &g), 0);
    while (sleepers(&g) < 1)
        sched_yield();
    cr_assert_eq(pthread_cancel(thread), 0);
    for (int i = 0; i < 100; i++)
        sched_yield();
    weir_wait_group_done(&g.group);
    pthread_join(thread, &result);
    cr_assert_eq(result, &g, "cancelled in the middle of a wait");
}

/* -- selects ----------------------------------------------------------------------------------- */

Test(wait_group, a_case_is_ready_at_zero) {
    weir_wait_group group = {0};
    weir_case c = weir_wait_group_case(&group);
    uint64_t before = 0;
    uint64_t after = 0;
    c.status = WEIR_INVALID;
    cr_assert(c.kind->ready(&c, &before));
    cr_assert(c.kind->attempt(&c));
    cr_assert_eq(c.status, WEIR_OK);
    weir_wait_group_add(&group, 1);
    cr_assert_not(c.kind->ready(&c, &before));
    cr_assert_not(c.kind->attempt(&c));
    cr_assert_eq(mini_select_until(&c, 1, WEIR_NOW), -1);
    cr_assert(weir_wait_list_idle(&group.waiters));
    weir_wait_group_done(&group);
    weir_wait_group_add(&group, 1);
    cr_assert_not(c.kind->ready(&c, &after));
    cr_assert_neq(before, after, "the stamp does not tell that there was a zero between");
    weir_wait_group_done(&group);
    cr_assert_eq(mini_select_until(&c, 1, WEIR_NOW), 0);
}

Test(wait_group, the_case_of_no_group_is_never_ready) {
    cr_assert_null(weir_wait_group_case(NULL).kind);
}

static void *done_there(void *argument) {
    weir_wait_group_done(&((gate *)argument)->group);
    return NULL;
}

Test(wait_group, a_select_among_two_says_which, .timeout = 60) {
    for (int i = 0; i < 100; i++) {
        gate g = {0};
        weir_wait_group other = {0};
        pthread_t thread;
        weir_wait_group_add(&g.group, 1);
        weir_wait_group_add(&other, 1);
        weir_case cases[] = {weir_wait_group_case(&other), weir_wait_group_case(&g.group)};
        cr_assert_eq(pthread_create(&thread, NULL, done_there, &g), 0);
        cr_assert_eq(mini_select_until(cases, 2, WEIR_FOREVER), 1);
        pthread_join(thread, NULL);
        cr_assert(weir_wait_list_idle(&other.waiters));
    }
}

/* -- tasks ------------------------------------------------------------------------------------ */

static weir_wait_group tasks;
static int worked;
static int seen;

static void work(void *unused) {
    (void)unused;
    coroutines_yield();
    worked++;
    weir_wait_group_done(&tasks);
}

static void wait_for_work(void *unused) {
    (void)unused;
    weir_wait_group_wait(&tasks);
    seen += worked;
}

Test(wait_group, coroutines_wait_for_coroutines, .timeout = 60) {
    coroutines *c = coroutines_new(NULL);
    weir_wait_group_add(&tasks, 5);
    coroutines_spawn(c, wait_for_work, NULL);
    coroutines_spawn(c, wait_for_work, NULL);
    for (int i = 0; i < 5; i++)
        coroutines_spawn(c, work, NULL);
    coroutines_run(c);
    cr_assert_eq(seen, 10);
    cr_assert_geq(coroutines_parks(c), 2);
    coroutines_delete(c);
}

static weir_status late;

static void wait_an_hour(void *unused) {
    (void)unused;
    late = weir_wait_group_wait_until(&tasks, weir_in((int64_t)3600 * 1000 * MILLISECOND));
}

Test(wait_group, a_coroutine_times_out_in_virtual_time, .timeout = 60) {
    coroutines *c = coroutines_new(&coroutines_time);
    time_is_virtual = true;
    coroutines_time = 5;
    weir_wait_group_add(&tasks, 1);
    coroutines_spawn(c, wait_an_hour, NULL);
    coroutines_run(c);
    cr_assert_eq(late, WEIR_TIMEOUT);
    cr_assert_geq(coroutines_time, (int64_t)3600 * 1000 * MILLISECOND);
    coroutines_delete(c);
}
