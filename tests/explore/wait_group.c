/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.c - the wait group, explored: who waited sees what was done and may free the group at
 * once, while the last Done is still inside; nobody is left asleep; rounds follow each other.
 */
#include "explore.h"
#include "mini_select.h"

#include <weir/wait_group.h>

#include <stdlib.h>

static weir_wait_group *group;
static unsigned work[4]; /* plain: by number of the worker */
static _Atomic unsigned users;

/* One copy of each call, so that each access is one site, which threads share. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY void add_to(weir_wait_group *one, int n) {
    weir_wait_group_add(one, n);
}

static void add(int n) {
    add_to(group, n);
}

ONE_COPY void done_of(weir_wait_group *one) {
    weir_wait_group_done(one);
}

static void done(void) {
    done_of(group);
}

ONE_COPY weir_status wait_until(weir_time deadline) {
    return weir_wait_group_wait_until(group, deadline);
}

static void start(int n) {
    group = calloc(1, sizeof *group);
    explore_name(group, sizeof *group, "group");
    if (n)
        add(n);
}

static void worker(void *number) {
    work[(uintptr_t)number]++;
    done();
}

/* The ways to wait. Each comes back at zero only. */
static void park(void) {
    explore_check(wait_until(WEIR_FOREVER) == WEIR_OK);
}

static void poll(void) {
    while (wait_until(WEIR_NOW) != WEIR_OK)
        weir_i_relax();
}

static void timed(void) {
    while (wait_until(weir_in(1)) != WEIR_OK)
        weir_i_relax();
}

static void timed_then_poll(void) {
    if (wait_until(weir_in(1)) != WEIR_OK)
        poll();
}

static void select_it(void) {
    weir_case c = weir_wait_group_case(group);
    explore_check(mini_select_until(&c, 1, WEIR_FOREVER) == 0 && c.status == WEIR_OK);
}

static void select_in_time(void) {
    weir_case c = weir_wait_group_case(group);
    if (mini_select_until(&c, 1, weir_in(1)) != 0)
        poll();
}

static void check_work(unsigned workers, unsigned each) {
    for (unsigned i = 0; i < workers; i++)
        explore_check(work[i] == each);
}

/* The only waiter frees the group as soon as it knows. */
static void only_waiter_frees(void (*wait)(void)) {
    start(2);
    explore_spawn(worker, (void *)0);
    explore_spawn(worker, (void *)1);
    wait();
    check_work(2, 1);
    free(group);
    explore_join_all();
}

EXPLORE_PROGRAM(wait_group_freed_by_who_slept) {
    only_waiter_frees(park);
}

EXPLORE_PROGRAM(wait_group_freed_by_who_polled) {
    only_waiter_frees(poll);
}

EXPLORE_PROGRAM(wait_group_freed_by_who_had_deadlines) {
    only_waiter_frees(timed);
}

EXPLORE_PROGRAM(wait_group_freed_by_who_timed_out_and_polled) {
    only_waiter_frees(timed_then_poll);
}

EXPLORE_PROGRAM(wait_group_freed_by_who_selected) {
    only_waiter_frees(select_it);
}

EXPLORE_PROGRAM(wait_group_freed_by_who_selected_in_vain_and_polled) {
    only_waiter_frees(select_in_time);
}

/* Several wait, each in its way; the last one to know frees it. */
static void release_use(void) {
    if (atomic_fetch_sub_explicit(&users, 1, memory_order_acq_rel) == 1)
        free(group);
}

static void wait_parked(void *workers) {
    park();
    check_work((unsigned)(uintptr_t)workers, 1);
    release_use();
}

static void wait_polling(void *workers) {
    poll();
    check_work((unsigned)(uintptr_t)workers, 1);
    release_use();
}

static void wait_timed(void *workers) {
    timed();
    check_work((unsigned)(uintptr_t)workers, 1);
    release_use();
}

static void wait_selecting(void *workers) {
    select_it();
    check_work((unsigned)(uintptr_t)workers, 1);
    release_use();
}

EXPLORE_PROGRAM(wait_group_three_wait_in_three_ways) {
    start(1);
    atomic_init(&users, 3);
    explore_spawn(wait_parked, (void *)1);
    explore_spawn(wait_polling, (void *)1);
    explore_spawn(wait_timed, (void *)1);
    worker((void *)0);
    explore_join_all();
}

EXPLORE_PROGRAM(wait_group_two_sleep_and_one_selects) {
    start(1);
    atomic_init(&users, 3);
    explore_spawn(wait_parked, (void *)1);
    explore_spawn(wait_parked, (void *)1);
    explore_spawn(wait_selecting, (void *)1);
    worker((void *)0);
    explore_join_all();
}

/* A round after the other in one group, with one waiter. */
static void two_rounds(void (*wait)(void)) {
    start(0);
    for (unsigned round = 1; round <= 2; round++) {
        add(1);
        explore_spawn(worker, (void *)0);
        wait();
        check_work(1, round);
    }
    free(group);
    explore_join_all();
}

EXPLORE_PROGRAM(wait_group_two_rounds_of_sleep) {
    two_rounds(park);
}

EXPLORE_PROGRAM(wait_group_two_rounds_of_polls) {
    two_rounds(poll);
}

/* The next round begins while another waiter of the last is on its way out. */
static void wait_first_round(void *unused) {
    (void)unused;
    park();
    explore_check(work[0] == 1);
}

EXPLORE_PROGRAM(wait_group_next_round_before_all_have_left) {
    start(1);
    explore_spawn(wait_first_round, NULL);
    explore_spawn(worker, (void *)0);
    park();
    check_work(1, 1);
    explore_join(1);
    add(1);
    explore_spawn(worker, (void *)1);
    park();
    check_work(2, 1);
    free(group);
    explore_join_all();
}

/* Who ran out of time adds more: from zero, perhaps, and while the last Done lets go of nobody.
 * Then it waits for all, and frees the group. */
static void add_after_timeout(void (*wait)(void)) {
    start(1);
    explore_check(wait_until(weir_in(1)) == WEIR_TIMEOUT);
    explore_spawn(worker, (void *)0);
    add(1);
    explore_spawn(worker, (void *)1);
    wait();
    check_work(2, 1);
    free(group);
    explore_join_all();
}

EXPLORE_PROGRAM(wait_group_add_from_zero_after_a_timeout) {
    add_after_timeout(park);
}

EXPLORE_PROGRAM(wait_group_add_from_zero_after_a_timeout_and_polls) {
    add_after_timeout(poll);
}

EXPLORE_PROGRAM(wait_group_add_from_zero_after_a_timeout_and_select) {
    add_after_timeout(select_it);
}

/* What counts may grow while others wait: a worker brings another one. */
static void worker_with_help(void *number) {
    add(1);
    explore_spawn(worker, (void *)((uintptr_t)number + 1));
    worker(number);
}

EXPLORE_PROGRAM(wait_group_grows_above_zero) {
    start(1);
    explore_spawn(worker_with_help, (void *)0);
    park();
    check_work(2, 1);
    explore_join_all();
    free(group);
}

/* Add and Done of different sizes: a batch is taken at once. */
static void worker_of_two(void *number) {
    work[(uintptr_t)number]++;
    add(-2);
}

EXPLORE_PROGRAM(wait_group_taken_in_batches) {
    start(3);
    explore_spawn(worker_of_two, (void *)0);
    explore_spawn(worker, (void *)1);
    park();
    check_work(2, 1);
    free(group);
    explore_join_all();
}

/* A select of two groups: the first that is done; the other one forgets it. */
EXPLORE_PROGRAM(wait_group_select_of_two) {
    weir_wait_group *other = calloc(1, sizeof *other);
    start(1);
    add_to(other, 1);
    weir_case cases[2] = {weir_wait_group_case(other), weir_wait_group_case(group)};
    explore_spawn(worker, (void *)0);
    explore_check(mini_select_until(cases, 2, WEIR_FOREVER) == 1);
    check_work(1, 1);
    free(group);
    explore_check(weir_wait_list_idle(&other->waiters));
    done_of(other);
    free(other);
    explore_join_all();
}

/* A zero that is over when the select looks again, and then another one: the select that goes on
 * has to be told of that. */
static void two_zeros(void *unused) {
    (void)unused;
    done();
    add(1);
    worker((void *)0);
}

EXPLORE_PROGRAM(wait_group_select_goes_on_after_a_zero) {
    start(1);
    explore_spawn(two_zeros, NULL);
    select_it();
    explore_join_all();
    check_work(1, 1);
    free(group);
}

/* What is not promised: with somebody asleep a Done that is stopped keeps it asleep. */
static void done_stoppable(void *unused) {
    (void)unused;
    explore_begin("done");
    done();
    explore_end();
}

static void sleep_there(void *unused) {
    (void)unused;
    park();
}

EXPLORE_PROGRAM(wait_group_a_stopped_done_blocks_waiters, .stop = EXPLORE_STOP_BLOCKS,
                .keep_reachable = true) {
    start(1);
    explore_spawn(done_stoppable, NULL);
    explore_spawn(sleep_there, NULL);
    explore_join_all();
    if (!explore_stopped())
        free(group);
}

/* What is: Add, Done and a look wait for nobody while nobody sleeps. */
static void count_stoppable(void *unused) {
    (void)unused;
    explore_begin("add");
    add(1);
    explore_end();
    explore_begin("done");
    done();
    explore_end();
    explore_begin("poll");
    (void)wait_until(WEIR_NOW);
    explore_end();
}

static void count(void *unused) {
    (void)unused;
    add(2);
    done();
    (void)wait_until(WEIR_NOW);
    done();
}

EXPLORE_PROGRAM(wait_group_counting_waits_for_nobody, .stop = EXPLORE_STOP_PASSES,
                .keep_reachable = true) {
    start(1);
    explore_spawn(count_stoppable, NULL);
    explore_spawn(count, NULL);
    explore_join_all();
    if (!explore_stopped())
        free(group);
}
