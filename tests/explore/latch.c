/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch.c - the latch, explored. Its waiting is that of wait_group.c; here it is used as a latch
 * is: all who arrive wait for each other, and the last one to leave frees it.
 */
#include "explore.h"
#include "mini_select.h"

#include <weir/latch.h>

#include <stdlib.h>

static weir_latch *latch;
static unsigned work[3]; /* plain */
static _Atomic unsigned users;

/* One copy of each call, so that each access is one site, which threads share. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY void count_down(unsigned n) {
    weir_latch_count_down(latch, n);
}

ONE_COPY weir_status wait_until(weir_time deadline) {
    return weir_latch_wait_until(latch, deadline);
}

static void start(unsigned n) {
    latch = malloc(sizeof *latch);
    explore_check(weir_latch_init(latch, n) == WEIR_OK);
    explore_name(latch, sizeof *latch, "latch");
    atomic_init(&users, n);
}

static void leave(unsigned workers) {
    for (unsigned i = 0; i < workers; i++)
        explore_check(work[i] == 1);
    if (atomic_fetch_sub_explicit(&users, 1, memory_order_acq_rel) == 1)
        free(latch);
}

static void arrive_and_wait(void *number) {
    work[(uintptr_t)number]++;
    weir_latch_arrive_and_wait(latch);
    leave(2);
}

static void arrive_and_wait_in_time(void *number) {
    work[(uintptr_t)number]++;
    if (weir_latch_arrive_and_wait_until(latch, weir_in(1)) != WEIR_OK)
        while (!weir_latch_try_wait(latch))
            weir_i_relax();
    leave(2);
}

EXPLORE_PROGRAM(latch_two_meet) {
    start(2);
    explore_spawn(arrive_and_wait, (void *)0);
    arrive_and_wait((void *)1);
    explore_join_all();
}

EXPLORE_PROGRAM(latch_two_meet_one_with_a_deadline) {
    start(2);
    explore_spawn(arrive_and_wait, (void *)0);
    arrive_and_wait_in_time((void *)1);
    explore_join_all();
}

static void work_and_count(void *number) {
    work[(uintptr_t)number]++;
    count_down(1);
}

static void work_and_count_two(void *number) {
    work[(uintptr_t)number]++;
    count_down(2);
}

EXPLORE_PROGRAM(latch_freed_by_who_slept) {
    start(3);
    explore_spawn(work_and_count, (void *)0);
    explore_spawn(work_and_count_two, (void *)1);
    explore_check(wait_until(WEIR_FOREVER) == WEIR_OK);
    explore_check(work[0] == 1 && work[1] == 1);
    free(latch);
    explore_join_all();
}

EXPLORE_PROGRAM(latch_freed_by_who_had_deadlines) {
    start(2);
    explore_spawn(work_and_count, (void *)0);
    explore_spawn(work_and_count, (void *)1);
    while (wait_until(weir_in(1)) != WEIR_OK)
        weir_i_relax();
    explore_check(work[0] == 1 && work[1] == 1);
    free(latch);
    explore_join_all();
}

EXPLORE_PROGRAM(latch_freed_by_who_selected) {
    start(1);
    weir_case c = weir_latch_case(latch);
    explore_spawn(work_and_count, (void *)0);
    explore_check(mini_select_until(&c, 1, WEIR_FOREVER) == 0 && c.status == WEIR_OK);
    explore_check(work[0] == 1);
    free(latch);
    explore_join_all();
}

/* What is not promised: a count_down that is stopped keeps those asleep who sleep. */
static void count_stoppable(void *unused) {
    (void)unused;
    explore_begin("count_down");
    count_down(1);
    explore_end();
}

static void sleep_there(void *unused) {
    (void)unused;
    explore_check(wait_until(WEIR_FOREVER) == WEIR_OK);
}

EXPLORE_PROGRAM(latch_a_stopped_count_down_blocks_waiters, .stop = EXPLORE_STOP_BLOCKS,
                .keep_reachable = true) {
    start(1);
    explore_spawn(count_stoppable, NULL);
    explore_spawn(sleep_there, NULL);
    explore_join_all();
    if (!explore_stopped())
        free(latch);
}

/* What is: counting and a look wait for nobody while nobody sleeps. */
static void count_and_look(void *unused) {
    (void)unused;
    count_down(1);
    (void)wait_until(WEIR_NOW);
}

EXPLORE_PROGRAM(latch_counting_waits_for_nobody, .stop = EXPLORE_STOP_PASSES,
                .keep_reachable = true) {
    start(2);
    explore_spawn(count_stoppable, NULL);
    explore_spawn(count_and_look, NULL);
    explore_join_all();
    if (!explore_stopped())
        free(latch);
}
