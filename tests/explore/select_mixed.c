/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select_mixed.c - one select over a semaphore, events, a wait group, a latch and channels,
 * explored: a select that loses a case leaves no trace there, and what came to that case goes to
 * the next who waits for it.
 */
#include "explore.h"
#include "vacant.h"

#include <weir/chan.h>
#include <weir/event.h>
#include <weir/latch.h>
#include <weir/select.h>
#include <weir/semaphore.h>
#include <weir/wait_group.h>

WEIR_CHAN(numbers, uint64_t)

static numbers ch;
static weir_semaphore units;
static weir_event once_each; /* automatic */
static weir_event gate;      /* manual */
static weir_wait_group group;
static weir_latch latch;
static int chosen[4]; /* by thread */

#define ONE_COPY static __attribute__((noinline))

ONE_COPY int select_until(weir_case *cases, size_t n, weir_time deadline) {
    return weir_select_until(cases, n, deadline);
}

ONE_COPY void set(weir_event *event) {
    weir_event_set(event);
}

ONE_COPY void release(uint32_t k) {
    weir_semaphore_release(&units, k);
}

static void start(size_t capacity) {
    explore_check(numbers_init(&ch, capacity) == WEIR_OK);
    explore_check(weir_semaphore_init(&units, 2) == WEIR_OK);
    explore_check(weir_event_init(&once_each, WEIR_EVENT_AUTO, false) == WEIR_OK);
    weir_semaphore_acquire(&units, 2);
    explore_name(&ch, sizeof ch, "ch");
    explore_name(&units, sizeof units, "units");
    explore_name(&once_each, sizeof once_each, "once_each");
    explore_name(&gate, sizeof gate, "gate");
    explore_name(&group, sizeof group, "group");
    explore_name(&latch, sizeof latch, "latch");
}

/* Nobody is in a list, and no object thinks so. */
static void finish(void) {
    explore_join_all();
    explore_check(weir_wait_list_idle(&units.list));
    explore_check(weir_wait_list_idle(&once_each.waiters) && weir_wait_list_idle(&gate.waiters));
    explore_check(weir_wait_list_idle(&group.waiters));
    explore_check(weir_wait_list_idle(&latch.group.waiters));
    explore_check(chan_is_vacant(&ch.raw));
    explore_check((weir_i_load(&once_each.state, relaxed) & WEIR_I_EVENT_WAITED) == 0);
    explore_check((weir_i_load(&gate.state, relaxed) & WEIR_I_EVENT_WAITED) == 0);
    numbers_destroy(&ch);
}

static uint32_t available(void) {
    return (uint32_t)weir_i_load(&units.state, relaxed);
}

/* -- units and sets are neither lost nor used twice ---------------------------------------------
 */

enum { BY_UNIT, BY_SET };

static void unit_or_set_until(unsigned me, weir_time deadline) {
    weir_case cases[] = {weir_semaphore_case(&units, 1), weir_event_case(&once_each)};
    chosen[me] = select_until(cases, 2, deadline);
    explore_check(chosen[me] < 0 || cases[chosen[me]].status == WEIR_OK);
}

static void set_or_unit(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    weir_case cases[] = {weir_event_case(&once_each), weir_semaphore_case(&units, 1)};
    chosen[me] = 1 - select_until(cases, 2, WEIR_FOREVER);
}

static void unit_or_set(void *thread) {
    unit_or_set_until((unsigned)(uintptr_t)thread, WEIR_FOREVER);
}

static void unit_or_set_in_time(void *thread) {
    unit_or_set_until((unsigned)(uintptr_t)thread, weir_in(1000));
}

static void acquire_one(void *unused) {
    (void)unused;
    weir_semaphore_acquire(&units, 1);
}

static void await_set(void *unused) {
    (void)unused;
    weir_event_wait(&once_each);
}

static void set_once(void *unused) {
    (void)unused;
    set(&once_each);
}

static void release_one(void *unused) {
    (void)unused;
    release(1);
}

/* The unit goes to the select or to who waits behind or before it, and so does the set. */
EXPLORE_PROGRAM(select_mixed_a_unit_goes_on_to_the_next) {
    start(0);
    explore_spawn(unit_or_set, (void *)1);
    explore_spawn(acquire_one, NULL);
    explore_spawn(set_once, NULL);
    release(1);
    explore_join(1);
    if (chosen[1] == BY_UNIT)
        release(1);
    finish();
    explore_check(available() == 0);
    explore_check(weir_event_is_set(&once_each) == (chosen[1] == BY_UNIT));
}

EXPLORE_PROGRAM(select_mixed_a_set_goes_on_to_the_next) {
    start(0);
    explore_spawn(unit_or_set, (void *)1);
    explore_spawn(await_set, NULL);
    explore_spawn(release_one, NULL);
    set(&once_each);
    explore_join(1);
    if (chosen[1] == BY_SET)
        set(&once_each);
    finish();
    explore_check(available() == (chosen[1] == BY_SET));
    explore_check(!weir_event_is_set(&once_each));
}

EXPLORE_PROGRAM(select_mixed_a_select_that_gives_up_lets_go_on) {
    start(0);
    explore_spawn(unit_or_set_in_time, (void *)1);
    explore_spawn(acquire_one, NULL);
    explore_spawn(await_set, NULL);
    set(&once_each);
    release(1);
    explore_join(1);
    if (chosen[1] == BY_UNIT)
        release(1);
    if (chosen[1] == BY_SET)
        set(&once_each);
    finish();
    explore_check(available() == 0 && !weir_event_is_set(&once_each));
}

/* Two selects, the same cases in another order: each gets one of the two. */
EXPLORE_PROGRAM(select_mixed_two_selects_share) {
    start(0);
    explore_spawn(unit_or_set, (void *)1);
    explore_spawn(set_or_unit, (void *)2);
    explore_spawn(set_once, NULL);
    release(1);
    finish();
    explore_check(chosen[1] + chosen[2] == BY_UNIT + BY_SET);
    explore_check(available() == 0 && !weir_event_is_set(&once_each));
}

/* A large wish of a select stands before a small one: when it has left the small one goes on. */
static void two_units_or_set(void *thread) {
    weir_case cases[] = {weir_event_case(&once_each), weir_semaphore_case(&units, 2)};
    chosen[(uintptr_t)thread] = select_until(cases, 2, WEIR_FOREVER);
}

EXPLORE_PROGRAM(select_mixed_a_large_wish_is_taken_back) {
    start(0);
    explore_spawn(two_units_or_set, (void *)1);
    explore_spawn(acquire_one, NULL);
    release(1);
    set(&once_each);
    finish();
    explore_check(chosen[1] == 0 && available() == 0);
}

/* -- channels beside them -----------------------------------------------------------------------
 */

/* Who takes the set gives it to the next. */
static void message_or_set(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    uint64_t value = 99;
    weir_case cases[] = {numbers_case_recv(&ch, &value), weir_event_case(&once_each)};
    chosen[me] = select_until(cases, 2, WEIR_FOREVER);
    explore_check(value == (chosen[me] == 0 ? 7 : 99));
    if (chosen[me] == 1)
        set(&once_each);
}

static void send_in_time(void *unused) {
    (void)unused;
    chosen[3] = numbers_send_until(&ch, 7, weir_in(1000)) == WEIR_OK;
}

static void channel_and_event(size_t capacity) {
    uint64_t value;
    start(capacity);
    explore_spawn(message_or_set, (void *)1);
    explore_spawn(message_or_set, (void *)2);
    explore_spawn(send_in_time, NULL);
    set(&once_each);
    explore_join_all();
    const int left = numbers_try_recv(&ch, &value) == WEIR_OK;
    explore_check(chosen[3] == (chosen[1] == 0) + (chosen[2] == 0) + left);
    explore_check(weir_event_is_set(&once_each));
    finish();
}

EXPLORE_PROGRAM(select_mixed_rendezvous_or_set) {
    channel_and_event(0);
}

EXPLORE_PROGRAM(select_mixed_message_or_set) {
    channel_and_event(1);
}

/* -- what stays true, and what has been true ----------------------------------------------------
 */

/* A set lets go who waits then, even if a reset follows: in a select as well. */
static void gate_or_message(void *thread) {
    uint64_t value = 99;
    weir_case cases[] = {weir_event_case(&gate), numbers_case_recv(&ch, &value)};
    chosen[(uintptr_t)thread] = select_until(cases, 2, WEIR_FOREVER);
}

EXPLORE_PROGRAM(select_mixed_a_short_set_is_not_missed) {
    start(0);
    explore_spawn(gate_or_message, (void *)1);
    while (!(weir_i_load(&gate.state, relaxed) & WEIR_I_EVENT_WAITED))
        weir_i_relax();
    weir_wait_list_lock(&gate.waiters); /* it has entered, and stays unless the gate is set */
    weir_wait_list_unlock(&gate.waiters);
    set(&gate);
    weir_event_reset(&gate);
    finish();
    explore_check(chosen[1] == 0);
}

/* The count comes by zero and goes up again, while a select enters that is not to wait for ever:
 * `detail` says so, and is 0 when the select has ended. */
static void group_or_set(void *thread) {
    weir_case cases[] = {weir_wait_group_case(&group), weir_event_case(&once_each)};
    chosen[(uintptr_t)thread] = select_until(cases, 2, WEIR_FOREVER);
    explore_check(cases[0].detail == 0 && cases[1].detail == 0);
    explore_check(cases[chosen[(uintptr_t)thread]].status == WEIR_OK);
}

static void come_by_zero(void *unused) {
    (void)unused;
    weir_wait_group_done(&group);
    weir_wait_group_add(&group, 1);
}

EXPLORE_PROGRAM(select_mixed_a_zero_that_is_over) {
    start(0);
    weir_wait_group_add(&group, 1);
    explore_spawn(group_or_set, (void *)1);
    explore_spawn(come_by_zero, NULL);
    set(&once_each);
    finish();
    explore_check(weir_event_is_set(&once_each) == (chosen[1] == 0));
    weir_wait_group_done(&group);
    explore_check(weir_wait_group_try_wait(&group));
}

/* The last zero lets the select go, whatever it met before. */
EXPLORE_PROGRAM(select_mixed_the_last_zero) {
    start(0);
    weir_wait_group_add(&group, 1);
    explore_spawn(group_or_set, (void *)1);
    come_by_zero(NULL);
    weir_wait_group_done(&group);
    finish();
    explore_check(chosen[1] == 0);
}

/* -- all of them --------------------------------------------------------------------------------
 */

enum { RECV, UNIT, SET, GATE, GROUP, LATCH, KINDS };

static void wake(unsigned kind) {
    switch (kind) {
    case RECV: explore_check(numbers_send(&ch, 7) == WEIR_OK); break;
    case UNIT: release(1); break;
    case SET: set(&once_each); break;
    case GATE: set(&gate); break;
    case GROUP: weir_wait_group_done(&group); break;
    default: weir_latch_count_down(&latch, 1); break;
    }
}

static unsigned kinds[2];

static void wake_one(void *which) {
    wake(kinds[(uintptr_t)which]);
}

static void one_of_all(weir_time deadline) {
    uint64_t value = 99;
    weir_case cases[KINDS] = {numbers_case_recv(&ch, &value), weir_semaphore_case(&units, 1),
                              weir_event_case(&once_each),    weir_event_case(&gate),
                              weir_wait_group_case(&group),   weir_latch_case(&latch)};
    chosen[0] = select_until(cases, KINDS, deadline);
    explore_check(chosen[0] < 0 || cases[chosen[0]].status == WEIR_OK);
    explore_check((value == 7) == (chosen[0] == RECV));
}

/* Two of the six become ready at once: one of them is chosen, the other one is as it would be
 * without the select. */
static void two_of_six(weir_time deadline) {
    uint64_t value;
    start(1);
    weir_wait_group_add(&group, 1);
    explore_check(weir_latch_init(&latch, 1) == WEIR_OK);
    kinds[0] = explore_choose(KINDS);
    kinds[1] = (kinds[0] + 1 + explore_choose(KINDS - 1)) % KINDS;
    explore_spawn(wake_one, (void *)0);
    explore_spawn(wake_one, (void *)1);
    one_of_all(deadline);
    explore_join_all();
    const unsigned ready = (1u << kinds[0] | 1u << kinds[1]);
    const unsigned left = chosen[0] < 0 ? ready : ready & ~(1u << chosen[0]);
    explore_check(deadline != WEIR_FOREVER || (chosen[0] >= 0 && (ready >> chosen[0] & 1)));
    explore_check((numbers_try_recv(&ch, &value) == WEIR_OK) == (left >> RECV & 1));
    explore_check(available() == (left >> UNIT & 1));
    explore_check(weir_event_is_set(&once_each) == (left >> SET & 1));
    explore_check(weir_event_is_set(&gate) == (ready >> GATE & 1));
    finish();
}

EXPLORE_PROGRAM(select_mixed_two_of_six) {
    two_of_six(WEIR_FOREVER);
}

EXPLORE_PROGRAM(select_mixed_two_of_six_in_time) {
    two_of_six(weir_in(1000));
}
