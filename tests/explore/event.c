/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event.c - events, explored: a set is seen with what came before it, by all or by exactly one; it
 * is not lost, whoever leaves; and who waited may free the event while the setter is still inside.
 */
#include "explore.h"
#include "mini_select.h"

#include <weir/event.h>

#include <stdlib.h>

static weir_event *event;
static weir_event *back;
static unsigned work[4]; /* plain */
static unsigned got;     /* plain, written by one thread */

/* One copy of each call, so that each access is one site, which threads share. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY void set(weir_event *one) {
    weir_event_set(one);
}

ONE_COPY void reset(weir_event *one) {
    weir_event_reset(one);
}

ONE_COPY weir_status wait_until(weir_event *one, weir_time deadline) {
    return weir_event_wait_until(one, deadline);
}

static void make(weir_event **one, weir_event_kind kind) {
    *one = calloc(1, sizeof **one);
    explore_check(weir_event_init(*one, kind, false) == WEIR_OK);
    explore_name(*one, sizeof **one, one == &event ? "event" : "back");
}

ONE_COPY bool is_set(weir_event *one) {
    return weir_event_is_set(one);
}

static bool try_wait(weir_event *one) {
    return wait_until(one, WEIR_NOW) == WEIR_OK;
}

/* Two that surely wait: the body enters twice, and later sleeps until both are let go. */
static weir_wait_entry entries[2];

static void enter_twice(void) {
    explore_check(weir_i_event_enter(event, &entries[0]) && weir_i_event_enter(event, &entries[1]));
}

static void sleep_twice(void) {
    explore_check(weir_i_waiter_sleep(&entries[0].waiter, WEIR_FOREVER) == WEIR_OK);
    explore_check(weir_i_waiter_sleep(&entries[1].waiter, WEIR_FOREVER) == WEIR_OK);
}

static void work_and_set(void *number) {
    work[(uintptr_t)number]++;
    set(event);
}

static void set_only(void *unused) {
    (void)unused;
    set(event);
}

/* The ways to wait. */
static void park(void) {
    explore_check(wait_until(event, WEIR_FOREVER) == WEIR_OK);
}

static void poll(void) {
    while (wait_until(event, WEIR_NOW) != WEIR_OK)
        weir_i_relax();
}

static void ask(void) {
    while (!is_set(event))
        weir_i_relax();
}

static void timed(void) {
    while (wait_until(event, weir_in(1)) != WEIR_OK)
        weir_i_relax();
}

static void select_it(void) {
    weir_case c = weir_event_case(event);
    explore_check(mini_select_until(&c, 1, WEIR_FOREVER) == 0 && c.status == WEIR_OK);
}

static void select_in_time(void) {
    weir_case c = weir_event_case(event);
    if (mini_select_until(&c, 1, weir_in(1)) != 0)
        poll();
}

/* The only waiter frees the event as soon as it knows. */
static void only_waiter_frees(weir_event_kind kind, void (*wait)(void)) {
    make(&event, kind);
    explore_spawn(work_and_set, (void *)0);
    wait();
    explore_check(work[0] == 1);
    free(event);
    explore_join_all();
}

EXPLORE_PROGRAM(event_manual_freed_by_who_slept) {
    only_waiter_frees(WEIR_EVENT_MANUAL, park);
}

EXPLORE_PROGRAM(event_auto_freed_by_who_slept) {
    only_waiter_frees(WEIR_EVENT_AUTO, park);
}

EXPLORE_PROGRAM(event_manual_freed_by_who_polled) {
    only_waiter_frees(WEIR_EVENT_MANUAL, poll);
}

EXPLORE_PROGRAM(event_manual_freed_by_who_asked) {
    only_waiter_frees(WEIR_EVENT_MANUAL, ask);
}

EXPLORE_PROGRAM(event_auto_freed_by_who_polled) {
    only_waiter_frees(WEIR_EVENT_AUTO, poll);
}

EXPLORE_PROGRAM(event_manual_freed_by_who_had_deadlines) {
    only_waiter_frees(WEIR_EVENT_MANUAL, timed);
}

EXPLORE_PROGRAM(event_auto_freed_by_who_had_deadlines) {
    only_waiter_frees(WEIR_EVENT_AUTO, timed);
}

EXPLORE_PROGRAM(event_manual_freed_by_who_selected) {
    only_waiter_frees(WEIR_EVENT_MANUAL, select_it);
}

EXPLORE_PROGRAM(event_auto_freed_by_who_selected) {
    only_waiter_frees(WEIR_EVENT_AUTO, select_it);
}

EXPLORE_PROGRAM(event_auto_freed_by_who_selected_in_vain_and_polled) {
    only_waiter_frees(WEIR_EVENT_AUTO, select_in_time);
}

/* Manual: all go who wait, and the last to know frees it. */
static _Atomic unsigned users;

static void release_use(void) {
    explore_check(work[0] == 1);
    if (atomic_fetch_sub_explicit(&users, 1, memory_order_acq_rel) == 1)
        free(event);
}

static void wait_parked(void *unused) {
    (void)unused;
    park();
    release_use();
}

static void wait_polling(void *unused) {
    (void)unused;
    poll();
    release_use();
}

static void wait_timed(void *unused) {
    (void)unused;
    timed();
    release_use();
}

static void wait_selecting(void *unused) {
    (void)unused;
    select_it();
    release_use();
}

EXPLORE_PROGRAM(event_manual_three_wait_in_three_ways) {
    make(&event, WEIR_EVENT_MANUAL);
    atomic_init(&users, 3);
    explore_spawn(wait_parked, NULL);
    explore_spawn(wait_polling, NULL);
    explore_spawn(wait_timed, NULL);
    work_and_set((void *)0);
    explore_join_all();
}

EXPLORE_PROGRAM(event_manual_two_sleep_and_one_selects) {
    make(&event, WEIR_EVENT_MANUAL);
    atomic_init(&users, 3);
    explore_spawn(wait_parked, NULL);
    explore_spawn(wait_parked, NULL);
    explore_spawn(wait_selecting, NULL);
    work_and_set((void *)0);
    explore_join_all();
}

static void just_park(void *unused) {
    (void)unused;
    park();
}

/* Who waits when it is set goes, though a reset follows. */
static void set_and_reset(void *unused) {
    (void)unused;
    set(event);
    reset(event);
}

EXPLORE_PROGRAM(event_manual_reset_right_after_set) {
    make(&event, WEIR_EVENT_MANUAL);
    enter_twice();
    explore_spawn(set_and_reset, NULL);
    sleep_twice();
    explore_join_all();
    explore_check(!is_set(event));
    free(event);
}

/* Automatic: one set, one wait, and two are two if two wait for them. */
EXPLORE_PROGRAM(event_auto_two_sets_for_two_who_wait) {
    make(&event, WEIR_EVENT_AUTO);
    enter_twice();
    explore_spawn(set_only, NULL);
    explore_spawn(set_only, NULL);
    sleep_twice();
    explore_join_all();
    explore_check(!is_set(event) && weir_wait_list_idle(&event->waiters));
    free(event);
}

EXPLORE_PROGRAM(event_auto_two_sets_and_one_who_asks_between) {
    make(&event, WEIR_EVENT_AUTO);
    enter_twice();
    explore_spawn(set_only, NULL);
    explore_check(!try_wait(event)); /* the set belongs to who waits */
    explore_spawn(set_only, NULL);
    sleep_twice();
    explore_join_all();
    explore_check(!is_set(event));
    free(event);
}

/* Two hand a thing back and forth, touching it by turns. */
static void answer(void *rounds) {
    for (uintptr_t i = 0; i < (uintptr_t)rounds; i++) {
        explore_check(wait_until(event, WEIR_FOREVER) == WEIR_OK);
        work[0]++;
        set(back);
    }
}

EXPLORE_PROGRAM(event_auto_ping_pong) {
    make(&event, WEIR_EVENT_AUTO);
    make(&back, WEIR_EVENT_AUTO);
    explore_spawn(answer, (void *)2);
    for (unsigned i = 1; i <= 2; i++) {
        work[0]++;
        set(event);
        explore_check(wait_until(back, WEIR_FOREVER) == WEIR_OK);
        explore_check(work[0] == 2 * i);
    }
    explore_join_all();
    free(event);
    free(back);
}

/* One who may give up and one who may not: the set goes to one of them. */
static void wait_in_time(void *unused) {
    (void)unused;
    got = wait_until(event, weir_in(1)) == WEIR_OK;
}

static void select_in_vain(void *unused) {
    (void)unused;
    weir_case c = weir_event_case(event);
    got = mini_select_until(&c, 1, weir_in(1)) == 0;
}

static void auto_beside_who_gives_up(void (*other)(void *)) {
    make(&event, WEIR_EVENT_AUTO);
    const unsigned hasty = explore_spawn_named("other", other, NULL);
    explore_spawn(just_park, NULL);
    set(event);
    explore_join(hasty);
    if (got)
        set(event);
    explore_join_all();
    explore_check(!is_set(event));
    free(event);
}

EXPLORE_PROGRAM(event_auto_giving_up_loses_no_set) {
    auto_beside_who_gives_up(wait_in_time);
}

EXPLORE_PROGRAM(event_auto_select_in_vain_loses_no_set) {
    auto_beside_who_gives_up(select_in_vain);
}

/* Reset, look, wait: no work is missed, though sets merge, or find the event set. */
static _Atomic unsigned found[2];

static void bring(void *number) {
    atomic_store_explicit(&found[(uintptr_t)number], 1, memory_order_relaxed);
    set(event);
}

EXPLORE_PROGRAM(event_manual_reset_look_wait) {
    make(&event, WEIR_EVENT_MANUAL);
    explore_spawn(bring, (void *)0);
    explore_spawn(bring, (void *)1);
    for (;;) {
        reset(event);
        if (atomic_load_explicit(&found[0], memory_order_relaxed) &&
            atomic_load_explicit(&found[1], memory_order_relaxed))
            break;
        park();
    }
    explore_join_all();
    free(event);
}

/* The same with automatic reset: sets that merged are all seen. */
EXPLORE_PROGRAM(event_auto_wait_look) {
    make(&event, WEIR_EVENT_AUTO);
    explore_spawn(bring, (void *)0);
    explore_spawn(bring, (void *)1);
    do
        park();
    while (!atomic_load_explicit(&found[0], memory_order_relaxed) ||
           !atomic_load_explicit(&found[1], memory_order_relaxed));
    explore_join_all();
    free(event);
}

/* A select of two takes one set, of the event that it says. */
static void set_back(void *unused) {
    (void)unused;
    set(back);
}

EXPLORE_PROGRAM(event_auto_select_takes_one_set) {
    make(&event, WEIR_EVENT_AUTO);
    make(&back, WEIR_EVENT_AUTO);
    weir_case cases[2] = {weir_event_case(event), weir_event_case(back)};
    explore_spawn(set_only, NULL);
    explore_spawn(set_back, NULL);
    const int chosen = mini_select_until(cases, 2, WEIR_FOREVER);
    explore_join_all();
    explore_check(chosen == 0 || chosen == 1);
    explore_check(try_wait(event) == (chosen != 0));
    explore_check(try_wait(back) == (chosen != 1));
    explore_check(weir_wait_list_idle(&event->waiters) && weir_wait_list_idle(&back->waiters));
    free(event);
    free(back);
}

/* What is not promised: with somebody asleep a set that is stopped keeps it asleep. */
static void set_stoppable(void *unused) {
    (void)unused;
    explore_begin("set");
    set(event);
    explore_end();
}

EXPLORE_PROGRAM(event_a_stopped_set_blocks_waiters, .stop = EXPLORE_STOP_BLOCKS,
                .keep_reachable = true) {
    make(&event, WEIR_EVENT_MANUAL);
    explore_spawn(set_stoppable, NULL);
    explore_spawn(just_park, NULL);
    explore_join_all();
    if (!explore_stopped())
        free(event);
}

/* What is: set, reset and a look wait for nobody while nobody sleeps. */
static void all_stoppable(void *unused) {
    (void)unused;
    explore_begin("set");
    set(event);
    explore_end();
    explore_begin("look");
    (void)wait_until(event, WEIR_NOW);
    explore_end();
    explore_begin("reset");
    reset(event);
    explore_end();
}

static void all(void *unused) {
    (void)unused;
    set(event);
    (void)wait_until(event, WEIR_NOW);
    reset(event);
    set(event);
}

EXPLORE_PROGRAM(event_calls_return_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES,
                .keep_reachable = true) {
    make(&event, WEIR_EVENT_AUTO);
    explore_spawn(all_stoppable, NULL);
    explore_spawn(all, NULL);
    explore_join_all();
    if (!explore_stopped())
        free(event);
}
