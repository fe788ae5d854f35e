/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event.c - events: manual and automatic reset, deadlines, order of arrival, selects. Built twice,
 * see event_pthread.c.
 */
#define WEIR_CLOCK() coroutines_time_or_real()
#define WEIR_CHECKED 1
#include <stdint.h>
static int64_t coroutines_time_or_real(void);

#include "support/check.h"
#include "support/coroutines.h"
#include "support/mini_select.h"
#include "support/threads.h"

#include <weir/event.h>

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

Test(event, is_a_closed_gate_when_zeroed) {
    weir_event event;
    memset(&event, 0, sizeof event);
    cr_assert_not(weir_event_is_set(&event));
    cr_assert_not(weir_event_try_wait(&event));
    cr_assert_eq(weir_event_wait_until(&event, WEIR_NOW), WEIR_TIMEOUT);
    weir_event_set(&event);
    for (int i = 0; i < 3; i++) {
        cr_assert(weir_event_is_set(&event));
        cr_assert(weir_event_try_wait(&event));
        cr_assert_eq(weir_event_wait_until(&event, WEIR_NOW), WEIR_OK);
        weir_event_wait(&event);
    }
    weir_event_reset(&event);
    weir_event_reset(&event);
    cr_assert_not(weir_event_try_wait(&event));
    weir_event_destroy(&event);
}

Test(event, automatic_lets_one_through_for_each_set) {
    weir_event event = WEIR_EVENT_AUTO_INIT;
    cr_assert_not(weir_event_try_wait(&event));
    for (int i = 0; i < 3; i++) {
        weir_event_set(&event);
        cr_assert(weir_event_is_set(&event));
        cr_assert_eq(weir_event_wait_until(&event, WEIR_NOW), WEIR_OK);
        cr_assert_not(weir_event_is_set(&event));
        cr_assert_eq(weir_event_wait_until(&event, WEIR_NOW), WEIR_TIMEOUT);
    }
}

Test(event, automatic_sets_without_a_waiter_merge) {
    weir_event event = WEIR_EVENT_AUTO_INIT;
    weir_event_set(&event);
    weir_event_set(&event);
    weir_event_wait(&event);
    cr_assert_not(weir_event_try_wait(&event));
    weir_event_set(&event);
    weir_event_reset(&event);
    cr_assert_not(weir_event_try_wait(&event));
}

Test(event, init_says_which_kind_and_whether_set) {
    weir_event event;
    weir_event manual = WEIR_EVENT_INIT;
    cr_assert_not(weir_event_try_wait(&manual));
    cr_assert_eq(weir_event_init(&event, WEIR_EVENT_MANUAL, true), WEIR_OK);
    cr_assert(weir_event_try_wait(&event) && weir_event_try_wait(&event));
    cr_assert_eq(weir_event_init(&event, WEIR_EVENT_AUTO, true), WEIR_OK);
    cr_assert(weir_event_try_wait(&event) && !weir_event_try_wait(&event));
    cr_assert_eq(weir_event_init(&event, WEIR_EVENT_AUTO, false), WEIR_OK);
    cr_assert_not(weir_event_try_wait(&event));
    cr_assert_eq(weir_event_init(&event, (weir_event_kind)2, false), WEIR_INVALID);
}

Test(event, a_deadline_is_kept, .timeout = 60) {
    weir_event event = WEIR_EVENT_AUTO_INIT;
    const weir_time deadline = weir_in(2 * MILLISECOND);
    cr_assert_eq(weir_event_wait_until(&event, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    cr_assert_eq(weir_event_wait_until(&event, deadline), WEIR_TIMEOUT);
    cr_assert(weir_wait_list_idle(&event.waiters));
    cr_assert_eq(weir_i_load(&event.state, relaxed), 0);
    weir_event_set(&event);
    cr_assert_eq(weir_event_wait_until(&event, deadline), WEIR_OK);
}

/* -- with others in the list ------------------------------------------------------------------- */

Test(event, automatic_goes_to_the_first_come) {
    weir_event event = WEIR_EVENT_AUTO_INIT;
    weir_wait_entry entry[3];
    for (int i = 0; i < 3; i++)
        cr_assert(weir_i_event_enter(&event, &entry[i]));
    weir_event_set(&event);
    cr_assert(weir_waiter_done(&entry[0].waiter) && !weir_waiter_done(&entry[1].waiter));
    cr_assert_not(weir_event_try_wait(&event));
    weir_event_set(&event);
    weir_event_set(&event);
    cr_assert(weir_waiter_done(&entry[1].waiter) && weir_waiter_done(&entry[2].waiter));
    cr_assert_not(weir_event_try_wait(&event));
    weir_event_set(&event);
    cr_assert(weir_event_try_wait(&event));
}

Test(event, automatic_passes_over_who_is_leaving) {
    weir_event event = WEIR_EVENT_AUTO_INIT;
    weir_wait_entry entry[2];
    cr_assert(weir_i_event_enter(&event, &entry[0]));
    cr_assert(weir_i_event_enter(&event, &entry[1]));
    cr_assert(weir_waiter_cancel(&entry[0].waiter));
    weir_event_set(&event);
    cr_assert(weir_waiter_done(&entry[1].waiter));
    cr_assert_not(weir_event_is_set(&event));
}

Test(event, automatic_remembers_if_all_are_leaving) {
    weir_event event = WEIR_EVENT_AUTO_INIT;
    weir_wait_entry entry;
    cr_assert(weir_i_event_enter(&event, &entry));
    cr_assert(weir_waiter_cancel(&entry.waiter));
    weir_event_set(&event);
    cr_assert(weir_event_try_wait(&event));
}

Test(event, manual_lets_all_go_who_wait_then) {
    weir_event event = WEIR_EVENT_INIT;
    weir_wait_entry entry[3];
    for (int i = 0; i < 3; i++)
        cr_assert(weir_i_event_enter(&event, &entry[i]));
    weir_event_set(&event);
    weir_event_reset(&event);
    for (int i = 0; i < 3; i++)
        cr_assert(weir_waiter_done(&entry[i].waiter));
    cr_assert(weir_wait_list_idle(&event.waiters));
    cr_assert_not(weir_event_is_set(&event));
}

Test(event, destroyed_while_somebody_waits_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_event event = WEIR_EVENT_INIT;
    weir_wait_entry entry;
    cr_assert(weir_i_event_enter(&event, &entry));
    weir_event_destroy(&event);
}

Test(event, setting_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_event event = WEIR_EVENT_INIT;
    weir_event_destroy(&event);
    weir_event_set(&event);
}

Test(event, resetting_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_event event = WEIR_EVENT_INIT;
    weir_event_destroy(&event);
    weir_event_reset(&event);
}

Test(event, looking_at_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_event event = WEIR_EVENT_INIT;
    weir_event_destroy(&event);
    (void)weir_event_is_set(&event);
}

Test(event, waiting_for_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_event event = WEIR_EVENT_INIT;
    weir_event_destroy(&event);
    (void)!weir_event_wait_until(&event, WEIR_NOW);
}

Test(event, destroying_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_event event = WEIR_EVENT_INIT;
    weir_event_destroy(&event);
    weir_event_destroy(&event);
}

Test(event, selecting_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_event event = WEIR_EVENT_INIT;
    weir_event_destroy(&event);
    weir_case c = weir_event_case(&event);
    (void)mini_select_until(&c, 1, WEIR_NOW);
}

Test(event, taking_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_event event = WEIR_EVENT_AUTO_INIT;
    weir_event_destroy(&event);
    (void)weir_event_try_wait(&event);
}

Test(event, a_destroyed_one_can_be_made_again) {
    weir_event event = WEIR_EVENT_INIT;
    weir_event_destroy(&event);
    cr_assert_eq(weir_event_init(&event, WEIR_EVENT_MANUAL, true), WEIR_OK);
    weir_event_wait(&event);
    weir_event_destroy(&event);
}

typedef struct gate {
    weir_event event;
    WEIR_I_ATOMIC(int) through;
} gate;

static void *wait_there(void *argument) {
    gate *g = argument;
    weir_event_wait(&g->event);
    weir_i_fetch_add(&g->through, 1, relaxed);
    return g;
}

Test(event, a_wait_is_no_cancellation_point, .timeout = 60) {
    gate g = {0};
    pthread_t thread;
    void *result = NULL;
    cr_assert_eq(pthread_create(&thread, NULL, wait_there, &g), 0);
    while (!(weir_i_load(&g.event.state, relaxed) & WEIR_I_EVENT_WAITED))
        sched_yield();
    cr_assert_eq(pthread_cancel(thread), 0);
    for (int i = 0; i < 100; i++)
        sched_yield();
    weir_event_set(&g.event);
    pthread_join(thread, &result);
    cr_assert_eq(result, &g, "cancelled in the middle of a wait");
    cr_assert_eq(weir_i_load(&g.through, relaxed), 1);
}

/* -- selects ----------------------------------------------------------------------------------- */

Test(event, a_case_is_ready_when_set_and_takes_what_a_wait_takes) {
    weir_event event = WEIR_EVENT_AUTO_INIT;
    weir_case c = weir_event_case(&event);
    uint64_t before = 0;
    uint64_t after = 0;
    cr_assert_not(c.kind->ready(&c, &before));
    cr_assert_not(c.kind->attempt(&c));
    cr_assert_eq(mini_select_until(&c, 1, WEIR_NOW), -1);
    cr_assert(weir_wait_list_idle(&event.waiters));
    weir_event_set(&event);
    cr_assert(c.kind->ready(&c, &after));
    cr_assert(c.kind->ready(&c, &after), "a look has taken it");
    c.status = WEIR_INVALID;
    cr_assert_eq(mini_select_until(&c, 1, WEIR_NOW), 0);
    cr_assert_eq(c.status, WEIR_OK);
    cr_assert_not(c.kind->ready(&c, &after));
    cr_assert_neq(before, after, "the stamp does not tell that it was set between");
    cr_assert_null(weir_event_case(NULL).kind);
}

static void *set_there(void *argument) {
    weir_event_set(&((gate *)argument)->event);
    return NULL;
}

Test(event, a_select_among_two_says_which, .timeout = 60) {
    for (int i = 0; i < 100; i++) {
        gate g = {WEIR_EVENT_AUTO_INIT, 0};
        weir_event other = WEIR_EVENT_AUTO_INIT;
        pthread_t thread;
        weir_case cases[] = {weir_event_case(&other), weir_event_case(&g.event)};
        cr_assert_eq(pthread_create(&thread, NULL, set_there, &g), 0);
        cr_assert_eq(mini_select_until(cases, 2, WEIR_FOREVER), 1);
        pthread_join(thread, NULL);
        cr_assert_not(weir_event_try_wait(&g.event));
        cr_assert(weir_wait_list_idle(&other.waiters));
    }
}

/* -- tasks ------------------------------------------------------------------------------------ */

static weir_event ping = WEIR_EVENT_AUTO_INIT;
static weir_event pong = WEIR_EVENT_AUTO_INIT;
static int rounds;

static void serve(void *unused) {
    (void)unused;
    for (int i = 0; i < 100; i++) {
        weir_event_set(&ping);
        weir_event_wait(&pong);
        rounds++;
    }
}

static void answer(void *unused) {
    (void)unused;
    for (int i = 0; i < 100; i++) {
        weir_event_wait(&ping);
        weir_event_set(&pong);
    }
}

Test(event, coroutines_play_ping_pong, .timeout = 60) {
    coroutines *c = coroutines_new(NULL);
    coroutines_spawn(c, serve, NULL);
    coroutines_spawn(c, answer, NULL);
    coroutines_run(c);
    cr_assert_eq(rounds, 100);
    coroutines_delete(c);
}

static weir_status late;

static void wait_an_hour(void *unused) {
    (void)unused;
    late = weir_event_wait_until(&ping, weir_in((int64_t)3600 * 1000 * MILLISECOND));
}

Test(event, a_coroutine_times_out_in_virtual_time, .timeout = 60) {
    coroutines *c = coroutines_new(&coroutines_time);
    time_is_virtual = true;
    coroutines_time = 5;
    coroutines_spawn(c, wait_an_hour, NULL);
    coroutines_run(c);
    cr_assert_eq(late, WEIR_TIMEOUT);
    cr_assert_geq(coroutines_time, (int64_t)3600 * 1000 * MILLISECOND);
    coroutines_delete(c);
}
