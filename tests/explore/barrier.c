/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier.c - the barrier, explored: nobody begins a phase before all have ended the last, the
 * completion function runs once in between, and who waited may free the barrier.
 */
#include "explore.h"

#include <weir/barrier.h>

#include <stdlib.h>

static weir_barrier *barrier;
static unsigned parties;
static unsigned ended[3]; /* plain: phases that a party has ended, by party */
static unsigned phases;   /* plain: completed */
static _Atomic unsigned users;

/* One copy of each call, so that each access is one site, which threads share. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY weir_barrier_phase arrive(void) {
    return weir_barrier_arrive(barrier);
}

ONE_COPY weir_status wait_until(weir_barrier_phase phase, weir_time deadline) {
    return weir_barrier_wait_until(barrier, phase, deadline);
}

ONE_COPY weir_status arrive_and_wait_until(weir_time deadline) {
    return weir_barrier_arrive_and_wait_until(barrier, deadline);
}

/* Runs alone, and sees what all did. */
static void complete(void *unused) {
    (void)unused;
    phases++;
    for (unsigned i = 0; i < parties; i++)
        explore_check(ended[i] >= phases);
}

static void start(unsigned n, void (*completion)(void *)) {
    parties = n;
    barrier = malloc(sizeof *barrier);
    explore_check(weir_barrier_init(barrier, n, completion, NULL) == WEIR_OK);
    explore_name(barrier, sizeof *barrier, "barrier");
    atomic_init(&users, n);
}

/* The ways to wait for a phase. */
static void park(weir_barrier_phase phase) {
    explore_check(wait_until(phase, WEIR_FOREVER) == WEIR_OK);
}

static void poll(weir_barrier_phase phase) {
    while (wait_until(phase, WEIR_NOW) != WEIR_OK)
        weir_i_relax();
}

static void timed(weir_barrier_phase phase) {
    while (wait_until(phase, weir_in(1)) != WEIR_OK)
        weir_i_relax();
}

static void leave(void) {
    if (atomic_fetch_sub_explicit(&users, 1, memory_order_acq_rel) == 1)
        free(barrier);
}

/* Two phases of one party. In each it writes, meets, and reads what the others wrote. */
static void two_phases(unsigned me, void (*wait)(weir_barrier_phase)) {
    for (unsigned phase = 1; phase <= 2; phase++) {
        ended[me] = phase;
        wait(arrive());
        explore_check(phases == phase);
        for (unsigned i = 0; i < parties && phase == 2; i++)
            explore_check(ended[i] == 2);
    }
    leave();
}

static void parking(void *me) {
    two_phases((unsigned)(uintptr_t)me, park);
}

static void polling(void *me) {
    two_phases((unsigned)(uintptr_t)me, poll);
}

static void with_deadlines(void *me) {
    two_phases((unsigned)(uintptr_t)me, timed);
}

EXPLORE_PROGRAM(barrier_two_sleep_two_phases) {
    start(2, complete);
    explore_spawn(parking, (void *)0);
    parking((void *)1);
    explore_join_all();
    explore_check(phases == 2);
}

EXPLORE_PROGRAM(barrier_one_sleeps_one_polls) {
    start(2, complete);
    explore_spawn(parking, (void *)0);
    polling((void *)1);
    explore_join_all();
    explore_check(phases == 2);
}

EXPLORE_PROGRAM(barrier_one_sleeps_one_has_deadlines) {
    start(2, complete);
    explore_spawn(parking, (void *)0);
    with_deadlines((void *)1);
    explore_join_all();
    explore_check(phases == 2);
}

EXPLORE_PROGRAM(barrier_three_in_three_ways) {
    start(3, complete);
    explore_spawn(parking, (void *)0);
    explore_spawn(polling, (void *)1);
    with_deadlines((void *)2);
    explore_join_all();
    explore_check(phases == 2);
}

/* The others only arrive; who waits frees it as soon as it knows. */
static void only_arrive(void *me) {
    ended[(uintptr_t)me] = 1;
    (void)arrive();
}

static void only_waiter_frees(void (*wait)(weir_barrier_phase)) {
    start(3, NULL);
    explore_spawn(only_arrive, (void *)0);
    explore_spawn(only_arrive, (void *)1);
    wait(arrive());
    explore_check(ended[0] == 1 && ended[1] == 1);
    free(barrier);
    explore_join_all();
}

EXPLORE_PROGRAM(barrier_freed_by_who_slept) {
    only_waiter_frees(park);
}

EXPLORE_PROGRAM(barrier_freed_by_who_polled) {
    only_waiter_frees(poll);
}

EXPLORE_PROGRAM(barrier_freed_by_who_had_deadlines) {
    only_waiter_frees(timed);
}

/* Several sleep: all are let go. */
static void meet_once(void *me) {
    ended[(uintptr_t)me] = 1;
    weir_barrier_arrive_and_wait(barrier);
    for (unsigned i = 0; i < parties; i++)
        explore_check(ended[i] == 1);
    leave();
}

EXPLORE_PROGRAM(barrier_all_sleepers_are_let_go) {
    start(3, NULL);
    explore_spawn(meet_once, (void *)0);
    explore_spawn(meet_once, (void *)1);
    meet_once((void *)2);
    explore_join_all();
}

static void meet_in_time(void *me) {
    ended[(uintptr_t)me] = 1;
    if (arrive_and_wait_until(weir_in(1)) != WEIR_OK)
        poll(0);
    explore_check(phases == 1);
    for (unsigned i = 0; i < parties; i++)
        explore_check(ended[i] == 1);
    leave();
}

EXPLORE_PROGRAM(barrier_all_meet_in_time) {
    start(2, complete);
    explore_spawn(meet_in_time, (void *)0);
    meet_in_time((void *)1);
    explore_join_all();
}

/* One drops out in the first phase; the second is that of the others. */
static void drop_first(void *me) {
    ended[(uintptr_t)me] = 2;
    (void)weir_barrier_drop(barrier);
    leave();
}

EXPLORE_PROGRAM(barrier_one_drops_out) {
    start(3, complete);
    explore_spawn(parking, (void *)0);
    explore_spawn(drop_first, (void *)2);
    parking((void *)1);
    explore_join_all();
    explore_check(phases == 2);
}

/* A timeout takes nothing back: the arrival stands, and the phase ends without the waiter. */
EXPLORE_PROGRAM(barrier_an_arrival_stands_after_a_timeout) {
    start(2, complete);
    ended[0] = 1;
    explore_check(arrive_and_wait_until(weir_in(1)) == WEIR_TIMEOUT);
    ended[1] = 1;
    explore_check(arrive_and_wait_until(WEIR_NOW) == WEIR_OK);
    explore_check(phases == 1);
    free(barrier);
}

/* What is not promised: a party that is stopped keeps the others from going on. */
static void arrive_stoppable(void *unused) {
    (void)unused;
    explore_begin("arrive");
    (void)arrive();
    explore_end();
}

static void sleep_there(void *unused) {
    (void)unused;
    park(arrive());
}

EXPLORE_PROGRAM(barrier_a_stopped_party_blocks_the_others, .stop = EXPLORE_STOP_BLOCKS,
                .keep_reachable = true) {
    start(2, NULL);
    explore_spawn(arrive_stoppable, NULL);
    explore_spawn(sleep_there, NULL);
    explore_join_all();
    if (!explore_stopped())
        free(barrier);
}

/* What is: arriving and a look wait for nobody while nobody sleeps. */
static void arrive_and_look(void *unused) {
    (void)unused;
    (void)wait_until(arrive(), WEIR_NOW);
}

EXPLORE_PROGRAM(barrier_arriving_waits_for_nobody, .stop = EXPLORE_STOP_PASSES,
                .keep_reachable = true) {
    start(2, NULL);
    explore_spawn(arrive_stoppable, NULL);
    explore_spawn(arrive_and_look, NULL);
    explore_join_all();
    if (!explore_stopped())
        free(barrier);
}
