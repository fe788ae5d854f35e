/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.c - once: what each call returns, failure and retry, recursion, and functions that do not
 * return. Built twice, see once_pthread.c.
 */
#define WEIR_CLOCK() coroutines_time_or_real()
#include <stdint.h>
static int64_t coroutines_time_or_real(void);

#include "support/check.h"
#include "support/coroutines.h"
#include "support/threads.h"

#include <weir/once.h>

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

static void count(void *counter) {
    ++*(int *)counter;
}

typedef struct attempts {
    int made;
    int failures; /* so many attempts fail first */
} attempts;

static weir_status attempt(void *argument) {
    attempts *a = argument;
    return ++a->made > a->failures ? WEIR_OK : WEIR_NOMEM;
}

Test(once, runs_the_first_function_and_no_other) {
    weir_once once = WEIR_ONCE_INIT;
    int first = 0;
    int second = 0;
    cr_assert_not(weir_once_done(&once));
    weir_once_do(&once, count, &first);
    cr_assert(weir_once_done(&once));
    weir_once_do(&once, count, &first);
    weir_once_do(&once, count, &second);
    cr_assert_eq(first, 1);
    cr_assert_eq(second, 0);
}

Test(once, zeroed_memory_is_a_fresh_once) {
    weir_once once;
    int calls = 0;
    memset(&once, 0, sizeof once);
    cr_assert_not(weir_once_done(&once));
    weir_once_do(&once, count, &calls);
    cr_assert_eq(calls, 1);
}

Test(once, a_failure_leaves_it_not_done) {
    weir_once once = {0};
    attempts a = {0, 2};
    cr_assert_eq(weir_once_try(&once, attempt, &a), WEIR_NOMEM);
    cr_assert_not(weir_once_done(&once));
    cr_assert_eq(weir_once_try_until(&once, attempt, &a, WEIR_NOW), WEIR_NOMEM);
    cr_assert_eq(weir_once_try(&once, attempt, &a), WEIR_OK);
    cr_assert(weir_once_done(&once));
    cr_assert_eq(weir_once_try(&once, attempt, &a), WEIR_OK);
    cr_assert_eq(weir_once_try_until(&once, attempt, &a, WEIR_NOW), WEIR_OK);
    cr_assert_eq(a.made, 3);
}

Test(once, do_and_try_share_the_success) {
    weir_once once = {0};
    attempts a = {0, 1};
    int calls = 0;
    cr_assert_eq(weir_once_try(&once, attempt, &a), WEIR_NOMEM);
    weir_once_do(&once, count, &calls);
    cr_assert_eq(weir_once_try(&once, attempt, &a), WEIR_OK);
    cr_assert_eq(calls, 1);
    cr_assert_eq(a.made, 1);
}

/* -- values ----------------------------------------------------------------------------------- */

typedef struct point {
    double x, y;
} point;

WEIR_ONCE_VALUE(points, point)
WEIR_ONCE_VALUE(numbers, int);

static bool make_point(point *p, void *times) {
    p->x = 1;
    p->y = ++*(int *)times;
    return *(int *)times > 1;
}

static bool make_number(int *n, void *argument) {
    *n = *(int *)argument;
    return true;
}

Test(once, a_value_is_made_once_and_kept) {
    static numbers n;
    int seven = 7;
    int eight = 8;
    cr_assert_not(numbers_done(&n));
    cr_assert_eq(*numbers_get(&n, make_number, &seven), 7);
    cr_assert_eq(*numbers_get(&n, make_number, &eight), 7);
    cr_assert_eq(numbers_get(&n, make_number, &eight), &n.value);
    cr_assert(numbers_done(&n));
}

Test(once, a_value_that_could_not_be_made_is_tried_again) {
    points p = {0};
    int times = 0;
    cr_assert_null(points_get(&p, make_point, &times));
    cr_assert_not(points_done(&p));
    const point *made = points_get(&p, make_point, &times);
    cr_assert_not_null(made);
    cr_assert_eq(made->y, 2);
    cr_assert_eq(points_get(&p, make_point, &times), made);
    cr_assert_eq(times, 2);
}

/* -- recursion -------------------------------------------------------------------------------- */

static weir_once outer;
static weir_once inner;

static void do_again(void *calls) {
    weir_once_do(&outer, do_again, calls);
}

static weir_status try_again(void *calls) {
    return weir_once_try_until(&outer, try_again, calls, WEIR_NOW);
}

static void do_inner(void *calls) {
    weir_once_do(&inner, do_again, calls);
}

Test(once, a_function_that_does_itself_panics, .signal = SIGABRT) {
    weir_once_do(&outer, do_again, NULL);
}

Test(once, a_function_that_tries_itself_panics, .signal = SIGABRT) {
    (void)!weir_once_try(&outer, try_again, NULL);
}

Test(once, a_function_that_does_itself_by_way_of_another_panics, .signal = SIGABRT) {
    weir_once_do(&outer, do_inner, NULL);
}

static void do_other(void *calls) {
    weir_once_do(&inner, count, calls);
}

Test(once, a_function_may_do_another_once) {
    int calls = 0;
    weir_once_do(&outer, do_other, &calls);
    cr_assert_eq(calls, 1);
}

/* Who failed before is not taken for the runner when another runs. */
static weir_status fail(void *unused) {
    (void)unused;
    return WEIR_CANCELED;
}

/* -- with other threads ------------------------------------------------------------------------ */

typedef struct stage {
    weir_once once;
    WEIR_I_ATOMIC(int) running;
    WEIR_I_ATOMIC(int) go;
    weir_status result; /* of the runner's function */
    weir_status waited;
    int how; /* how the runner ends: 0 returns, 1 exits, 2 is cancelled */
    WEIR_I_ATOMIC(int) second;
} stage;

/* A cancellation point, and one that ThreadSanitizer does not stand in for: what runs when a thread
 * is cancelled inside of an interceptor it does not follow. */
static void nap(void) {
    sched_yield();
    pthread_testcancel();
}

static weir_status run_until_go(void *argument) {
    stage *s = argument;
    weir_i_store(&s->running, 1, release);
    while (!weir_i_load(&s->go, acquire))
        nap();
    if (s->how == 1)
        pthread_exit(NULL);
    return s->result;
}

static void *first(void *argument) {
    stage *s = argument;
    (void)!weir_once_try(&s->once, run_until_go, s);
    return NULL;
}

static weir_status run_second(void *argument) {
    weir_i_fetch_add(&((stage *)argument)->second, 1, relaxed);
    return WEIR_OK;
}

static void *second(void *argument) {
    stage *s = argument;
    s->waited = weir_once_try(&s->once, run_second, s);
    return s;
}

static void start_first(stage *s, pthread_t *thread) {
    cr_assert_eq(pthread_create(thread, NULL, first, s), 0);
    while (!weir_i_load(&s->running, acquire))
        sched_yield();
}

static void start_second(stage *s, pthread_t *thread) {
    cr_assert_eq(pthread_create(thread, NULL, second, s), 0);
    while (weir_wait_list_idle(&s->once.left.list))
        sched_yield();
}

Test(once, a_call_beside_a_runner_times_out, .timeout = 60) {
    stage s = {.result = WEIR_OK};
    pthread_t runner;
    start_first(&s, &runner);
    cr_assert_eq(weir_once_try_until(&s.once, run_second, &s, WEIR_NOW), WEIR_TIMEOUT);
    const weir_time deadline = weir_in(MILLISECOND);
    cr_assert_eq(weir_once_try_until(&s.once, run_second, &s, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    cr_assert_not(weir_once_done(&s.once));
    weir_i_store(&s.go, 1, release);
    cr_assert_eq(weir_once_try_until(&s.once, run_second, &s, WEIR_FOREVER), WEIR_OK);
    pthread_join(runner, NULL);
    cr_assert_eq(weir_i_load(&s.second, relaxed), 0);
}

static void runner_ends(stage *s, bool cancel, weir_status waited, int seconds) {
    pthread_t runner;
    pthread_t waiter;
    start_first(s, &runner);
    start_second(s, &waiter);
    if (cancel)
        cr_assert_eq(pthread_cancel(runner), 0);
    else
        weir_i_store(&s->go, 1, release);
    pthread_join(runner, NULL);
    pthread_join(waiter, NULL);
    cr_assert_eq(s->waited, waited);
    cr_assert_eq(weir_i_load(&s->second, relaxed), seconds);
    cr_assert(weir_once_done(&s->once));
}

Test(once, who_waits_sees_the_success, .timeout = 60) {
    stage s = {.result = WEIR_OK};
    runner_ends(&s, false, WEIR_OK, 0);
}

Test(once, who_waits_tries_after_a_failure, .timeout = 60) {
    stage s = {.result = WEIR_NOMEM};
    runner_ends(&s, false, WEIR_OK, 1);
}

Test(once, who_waits_tries_after_the_runner_exited, .timeout = 60) {
    stage s = {.how = 1};
    runner_ends(&s, false, WEIR_OK, 1);
}

Test(once, who_waits_tries_after_the_runner_was_cancelled, .timeout = 60) {
    stage s = {.how = 2};
    runner_ends(&s, true, WEIR_OK, 1);
}

Test(once, a_wait_is_no_cancellation_point, .timeout = 60) {
    stage s = {.result = WEIR_OK};
    pthread_t runner;
    pthread_t waiter;
    void *result = NULL;
    start_first(&s, &runner);
    start_second(&s, &waiter);
    cr_assert_eq(pthread_cancel(waiter), 0);
    for (int i = 0; i < 100; i++)
        sched_yield();
    weir_i_store(&s.go, 1, release);
    pthread_join(runner, NULL);
    pthread_join(waiter, &result);
    cr_assert_eq(result, &s, "cancelled in the middle of a wait");
}

Test(once, who_failed_is_not_taken_for_the_runner, .timeout = 60) {
    stage s = {.result = WEIR_OK};
    pthread_t runner;
    cr_assert_eq(weir_once_try(&s.once, fail, NULL), WEIR_CANCELED);
    start_first(&s, &runner);
    cr_assert_eq(weir_once_try_until(&s.once, run_second, &s, WEIR_NOW), WEIR_TIMEOUT);
    weir_i_store(&s.go, 1, release);
    weir_once_do(&s.once, count, NULL);
    pthread_join(runner, NULL);
}

/* -- tasks ------------------------------------------------------------------------------------ */

static weir_once task_once;
static int task_runs;
static int task_sees;

static void run_slowly(void *unused) {
    (void)unused;
    coroutines_yield();
    coroutines_yield();
    task_runs++;
}

static void task(void *unused) {
    (void)unused;
    weir_once_do(&task_once, run_slowly, NULL);
    task_sees += task_runs;
}

Test(once, a_runner_among_coroutines_of_one_thread, .timeout = 60) {
    coroutines *c = coroutines_new(NULL);
    for (int i = 0; i < 5; i++)
        coroutines_spawn(c, task, NULL);
    coroutines_run(c);
    cr_assert_eq(task_runs, 1);
    cr_assert_eq(task_sees, 5);
    cr_assert_geq(coroutines_parks(c), 1);
    coroutines_delete(c);
}
