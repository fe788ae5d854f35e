/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.c - once, explored: it runs once to success, who returns sees what it did, nobody is left
 * asleep, whatever fails, runs late or gives up on the way.
 */
#include "explore.h"

#include <weir/once.h>

static weir_once once;
static unsigned attempts; /* plain: attempts follow each other, or it is a race */
static unsigned failures; /* so many attempts fail */
static unsigned made;     /* what success leaves behind */
static unsigned given_up; /* by thread bits: whose attempts failed or who timed out */

/* One copy of each call, so that each access is one site, which threads share. */
#define ONE_COPY static __attribute__((noinline))

static weir_status attempt(void *unused) {
    (void)unused;
    attempts++;
    if (attempts <= failures)
        return WEIR_NOMEM;
    made++;
    return WEIR_OK;
}

static void act(void *unused) {
    explore_check(attempt(unused) == WEIR_OK);
}

ONE_COPY void call_do(void) {
    weir_once_do(&once, act, NULL);
    explore_check(made == 1); /* and no race with the write */
}

ONE_COPY weir_status call_try(weir_time deadline) {
    const weir_status status = weir_once_try_until(&once, attempt, NULL, deadline);
    if (status == WEIR_OK)
        explore_check(made == 1);
    return status;
}

ONE_COPY bool call_done(void) {
    const bool done = weir_once_done(&once);
    if (done)
        explore_check(made == 1);
    return done;
}

static void do_it(void *unused) {
    (void)unused;
    call_do();
}

static void do_it_twice(void *unused) {
    (void)unused;
    call_do();
    call_do();
}

static void ask(void *unused) {
    (void)unused;
    (void)call_done();
    (void)call_done();
}

EXPLORE_PROGRAM(once_runs_once_and_all_see_it) {
    explore_spawn(do_it, NULL);
    explore_spawn(do_it_twice, NULL);
    explore_spawn(ask, NULL);
    call_do();
    explore_join_all();
    explore_check(attempts == 1 && made == 1 && call_done());
}

/* Each tries until it is done; the first attempts fail. Attempts write `attempts` by plain
 * accesses: the next one must be ordered behind a failed one. */
static void try_until_done(void *unused) {
    (void)unused;
    while (call_try(WEIR_FOREVER) != WEIR_OK)
        ;
}

static void try_once(void *unused) {
    (void)unused;
    const weir_status status = call_try(WEIR_FOREVER);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
}

EXPLORE_PROGRAM(once_a_failure_lets_the_next_one_try) {
    failures = 1;
    explore_spawn(try_once, NULL);
    explore_spawn(try_until_done, NULL);
    explore_join_all();
    explore_check(attempts == 2 && made == 1);
}

/* Whoever fails wakes one: with two waiting, and none of them coming back, each failure has to be
 * handed on, or one sleeps for ever. */
EXPLORE_PROGRAM(once_each_failure_wakes_the_next) {
    failures = 3;
    explore_spawn(try_once, NULL);
    explore_spawn(try_once, NULL);
    explore_spawn(try_once, NULL);
    explore_join_all();
    explore_check(attempts == 3 && made == 0 && !call_done());
    explore_check(call_try(WEIR_NOW) == WEIR_OK && call_done());
}

/* One that waits gives up, whenever its deadline comes; it must not take the wake-up with it. */
static void try_in_time(void *unused) {
    (void)unused;
    const weir_status status = call_try(weir_in(1));
    explore_check(status == WEIR_OK || status == WEIR_NOMEM || status == WEIR_TIMEOUT);
    if (status == WEIR_TIMEOUT)
        given_up++;
}

EXPLORE_PROGRAM(once_giving_up_loses_no_wake_up) {
    failures = 1;
    explore_spawn(try_once, NULL);
    explore_spawn(try_in_time, NULL);
    explore_spawn(try_until_done, NULL);
    explore_join_all();
    explore_check(attempts == 2 && made == 1);
}

static void try_now(void *unused) {
    (void)unused;
    const weir_status status = call_try(WEIR_NOW);
    explore_check(status == WEIR_OK || status == WEIR_TIMEOUT);
}

EXPLORE_PROGRAM(once_now_does_not_wait) {
    explore_spawn(try_now, NULL);
    explore_spawn(do_it, NULL);
    explore_spawn(try_now, NULL);
    explore_join_all();
    explore_check(attempts == 1 && made == 1);
}

/* The number of a runner that failed is gone before the next one runs: it can call again without
 * being taken for itself. */
EXPLORE_PROGRAM(once_who_failed_is_not_the_runner_any_more) {
    failures = 2;
    explore_spawn(try_until_done, NULL);
    explore_spawn(try_until_done, NULL);
    explore_join_all();
    explore_check(attempts == 3 && made == 1);
}

/* What is not promised: a runner that is stopped keeps the others from finishing. */
static void run_stoppable(void *unused) {
    (void)unused;
    explore_begin("do");
    call_do();
    explore_end();
}

EXPLORE_PROGRAM(once_a_stopped_runner_blocks_others, .stop = EXPLORE_STOP_BLOCKS) {
    explore_spawn(run_stoppable, NULL);
    explore_spawn(do_it, NULL);
    explore_join_all();
}

/* What is: once_done waits for nobody. */
EXPLORE_PROGRAM(once_done_returns_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    explore_spawn(run_stoppable, NULL);
    explore_spawn(ask, NULL);
    explore_join_all();
}
