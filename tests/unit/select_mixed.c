/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select_mixed.c - one select over everything that can stand in one: channels, a semaphore, events
 * of both kinds, a wait group and a latch. What is not chosen stays as it was, and what comes to a
 * select that has chosen something else goes to the next who waits for it.
 */
#include "support/check.h"
#include "support/coroutines.h"
#include "support/eventually.h"
#include "support/spawn.h"
#include "support/vacant.h"

#include <weir/weir.h>

WEIR_CHAN(ints, int)

enum { MILLISECOND = 1000 * 1000, KINDS = 7 };
enum { RECV, SEND, MANUAL, UNITS, AUTO, GROUP, LATCH };

static ints in, out;
static weir_semaphore units;
static weir_event manual, automatic;
static weir_wait_group group;
static weir_latch latch;
static int got;
static const int given = 5;

/* Nothing is ready: `out` is full. */
static void start(void) {
    cr_assert(ints_init(&in, 1) == WEIR_OK && ints_init(&out, 1) == WEIR_OK);
    cr_assert_eq(ints_send(&out, 0), WEIR_OK);
    cr_assert_eq(weir_semaphore_init(&units, 3), WEIR_OK);
    weir_semaphore_acquire(&units, 2);
    cr_assert_eq(weir_event_init(&manual, WEIR_EVENT_MANUAL, false), WEIR_OK);
    cr_assert_eq(weir_event_init(&automatic, WEIR_EVENT_AUTO, false), WEIR_OK);
    cr_assert_eq(weir_latch_init(&latch, 2), WEIR_OK);
    weir_wait_group_add(&group, 1);
    got = 0;
}

static void list_cases(weir_case cases[KINDS]) {
    cases[RECV] = ints_case_recv(&in, &got);
    cases[SEND] = ints_case_send(&out, &given);
    cases[UNITS] = weir_semaphore_case(&units, 2);
    cases[MANUAL] = weir_event_case(&manual);
    cases[AUTO] = weir_event_case(&automatic);
    cases[GROUP] = weir_wait_group_case(&group);
    cases[LATCH] = weir_latch_case(&latch);
    for (int i = 0; i < KINDS; i++)
        cases[i].status = WEIR_BUSY;
}

static void make_ready(int kind) {
    int taken;
    switch (kind) {
    case RECV: cr_assert_eq(ints_send(&in, 7), WEIR_OK); break;
    case SEND: cr_assert_eq(ints_recv(&out, &taken), WEIR_OK); break;
    case UNITS: weir_semaphore_release(&units, 1); break;
    case MANUAL: weir_event_set(&manual); break;
    case AUTO: weir_event_set(&automatic); break;
    case GROUP: weir_wait_group_done(&group); break;
    default: weir_latch_count_down(&latch, 2); break;
    }
}

static bool nobody_waits(void) {
    weir_wait_list *const lists[] = {&units.list, &manual.waiters, &automatic.waiters,
                                     &group.waiters, &latch.group.waiters};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (weir_wait_list_first(lists[i]))
            return false;
    return chan_is_vacant(&in.raw) && chan_is_vacant(&out.raw) &&
           ((weir_i_load(&manual.state, relaxed) | weir_i_load(&automatic.state, relaxed)) &
            WEIR_I_EVENT_WAITED) == 0;
}

/* What has been made ready, and was not chosen, is still there; what was chosen is used up. */
static void check_left(unsigned ready, int chosen) {
    int taken = 0;
    ready &= ~(1u << chosen);
    cr_assert(nobody_waits());
    cr_assert_eq(ints_try_recv(&in, &taken) == WEIR_OK, (ready >> RECV & 1) != 0);
    cr_assert_eq(got, chosen == RECV ? 7 : 0);
    if (ready >> SEND & 1)
        cr_assert_eq(ints_len(&out), 0);
    else
        cr_assert(ints_recv(&out, &taken) == WEIR_OK && taken == (chosen == SEND ? given : 0));
    cr_assert_eq(weir_semaphore_try_acquire(&units, 2), (ready >> UNITS & 1) != 0);
    cr_assert_eq(weir_event_is_set(&automatic), (ready >> AUTO & 1) != 0);
}

static void finish(void) {
    if (!weir_wait_group_try_wait(&group))
        weir_wait_group_done(&group);
    ints_destroy(&in);
    ints_destroy(&out);
}

Test(select_mixed, does_the_one_that_is_ready) {
    for (int kind = 0; kind < KINDS; kind++) {
        weir_case cases[KINDS];
        start();
        list_cases(cases);
        cr_assert_eq(weir_try_select(cases, KINDS), -1);
        cr_assert_eq(weir_select_until(cases, KINDS, weir_in(MILLISECOND / 10)), -1);
        cr_assert(nobody_waits());
        make_ready(kind);
        cr_assert_eq(kind % 2 ? weir_select(cases, KINDS) : weir_try_select(cases, KINDS), kind);
        for (int i = 0; i < KINDS; i++)
            cr_assert_eq(cases[i].status, i == kind ? WEIR_OK : WEIR_BUSY);
        check_left(1u << kind, kind);
        finish();
    }
}

Test(select_mixed, does_one_of_all_that_are_ready) {
    unsigned chosen = 0;
    for (int i = 0; i < 2000 && chosen != (1u << KINDS) - 1; i++) {
        weir_case cases[KINDS];
        start();
        for (int kind = 0; kind < KINDS; kind++)
            make_ready(kind);
        list_cases(cases);
        const int one = weir_select(cases, KINDS);
        chosen |= 1u << one;
        check_left((1u << KINDS) - 1, one);
        finish();
    }
    cr_assert_eq(chosen, (1u << KINDS) - 1);
}

/* -- asleep in all of them ----------------------------------------------------------------------
 */

static WEIR_I_ATOMIC(int) came; /* 1 + what the sleeper chose; 0: it sleeps */
static weir_time deadline;

static void *sleep_in_all(void *unused) {
    weir_case cases[KINDS];
    list_cases(cases);
    const int chosen = weir_select_until(cases, KINDS, deadline);
    weir_i_store(&came, 2 + chosen, release);
    return unused;
}

static bool waits_for(weir_wait_list *list) {
    weir_wait_list_lock(list);
    const bool some = weir_wait_list_first(list) != NULL;
    weir_wait_list_unlock(list);
    return some;
}

static void start_sleeper(spawned *threads) {
    start();
    weir_i_store(&came, 0, relaxed);
    spawn(threads, sleep_in_all, NULL);
    cr_assert(EVENTUALLY(waits_for(&latch.group.waiters) && waits_for(&units.list)));
}

Test(select_mixed, each_kind_ends_the_sleep, .timeout = 60) {
    deadline = WEIR_FOREVER;
    for (int kind = 0; kind < KINDS; kind++) {
        spawned threads = {0};
        start_sleeper(&threads);
        make_ready(kind);
        cr_assert(spawn_join(&threads));
        cr_assert_eq(weir_i_load(&came, relaxed), 2 + kind);
        check_left(1u << kind, kind);
        finish();
    }
}

/* All at once: one is chosen, the others are neither lost nor used twice. */
Test(select_mixed, all_kinds_end_the_sleep_at_once, .timeout = 60) {
    deadline = WEIR_FOREVER;
    for (int i = 0; i < 50; i++) {
        spawned threads = {0};
        start_sleeper(&threads);
        for (int kind = 0; kind < KINDS; kind++)
            make_ready((i + kind) % KINDS);
        cr_assert(spawn_join(&threads));
        check_left((1u << KINDS) - 1, weir_i_load(&came, relaxed) - 2);
        finish();
    }
}

Test(select_mixed, time_is_up_while_all_become_ready, .timeout = 60) {
    for (int i = 0; i < 50; i++) {
        spawned threads = {0};
        start();
        weir_i_store(&came, 0, relaxed);
        deadline = weir_in(MILLISECOND / 10);
        spawn(&threads, sleep_in_all, NULL);
        (void)weir_select_until(NULL, 0, deadline - MILLISECOND / 100);
        for (int kind = 0; kind < KINDS; kind++)
            make_ready((i + kind) % KINDS);
        cr_assert(spawn_join(&threads));
        const int chosen = weir_i_load(&came, relaxed) - 2;
        check_left((1u << KINDS) - 1, chosen < 0 ? KINDS : chosen);
        finish();
    }
}

/* -- what comes too late for a select goes to the next ------------------------------------------
 */

static WEIR_I_ATOMIC(unsigned) served;

static void *acquire_two(void *unused) {
    weir_semaphore_acquire(&units, 2);
    weir_i_fetch_add(&served, 1, release);
    return unused;
}

static void *wait_for_automatic(void *unused) {
    weir_event_wait(&automatic);
    weir_i_fetch_add(&served, 1, release);
    return unused;
}

/* The select has been told about `in`, but cannot leave: it is held at the manual event, whose case
 * stands before those of the semaphore and of the automatic event. */
static void hold_a_select_that_has_chosen(spawned *threads, void *(*behind)(void *),
                                          weir_wait_list *line) {
    deadline = WEIR_FOREVER;
    weir_i_store(&served, 0, relaxed);
    start_sleeper(threads);
    if (behind) {
        weir_wait_node *first = weir_wait_list_first(line);
        spawn(threads, behind, NULL);
        cr_assert(EVENTUALLY(weir_i_load(&line->word, acquire) != (uintptr_t)first));
        cr_assert(EVENTUALLY((weir_i_load(&line->word, acquire) & WEIR_I_WAIT_LOCKED) == 0));
    }
    weir_wait_list_lock(&manual.waiters);
    make_ready(RECV);
}

static void let_the_select_go(spawned *threads) {
    weir_wait_list_unlock(&manual.waiters);
    cr_assert(spawn_join(threads));
    cr_assert_eq(weir_i_load(&came, relaxed), 2 + RECV);
    cr_assert(nobody_waits());
}

Test(select_mixed, units_for_a_select_that_is_leaving_go_to_the_next, .timeout = 60) {
    spawned threads = {0};
    hold_a_select_that_has_chosen(&threads, acquire_two, &units.list);
    make_ready(UNITS);
    cr_assert(EVENTUALLY(weir_i_load(&served, acquire) == 1));
    cr_assert(waits_for(&group.waiters)); /* it has not left */
    let_the_select_go(&threads);
    cr_assert_not(weir_semaphore_try_acquire(&units, 2));
    finish();
}

Test(select_mixed, a_set_for_a_select_that_is_leaving_goes_to_the_next, .timeout = 60) {
    spawned threads = {0};
    hold_a_select_that_has_chosen(&threads, wait_for_automatic, &automatic.waiters);
    make_ready(AUTO);
    cr_assert(EVENTUALLY(weir_i_load(&served, acquire) == 1));
    let_the_select_go(&threads);
    cr_assert_not(weir_event_is_set(&automatic));
    finish();
}

Test(select_mixed, a_set_for_a_select_that_is_leaving_is_remembered, .timeout = 60) {
    spawned threads = {0};
    hold_a_select_that_has_chosen(&threads, NULL, NULL);
    make_ready(AUTO);
    cr_assert(weir_event_is_set(&automatic));
    let_the_select_go(&threads);
    cr_assert(weir_event_try_wait(&automatic));
    finish();
}

/* -- one object, several cases ------------------------------------------------------------------
 */

static void *want_two_or_one(void *first) {
    const uint32_t most = *(const uint32_t *)first;
    weir_case cases[] = {weir_semaphore_case(&units, most), weir_semaphore_case(&units, 3 - most)};
    const int chosen = weir_select_first(cases, 2);
    weir_i_store(&came, 1 + (int)cases[chosen].detail, release);
    return NULL;
}

/* What defends against: a select that wants two units or one slept on beside one, since its own
 * case for two stood before that for one. */
Test(select_mixed, wants_more_or_less_of_one_semaphore, .timeout = 60) {
    static const uint32_t most[] = {1, 2};
    for (int i = 0; i < 2; i++) {
        spawned threads = {0};
        cr_assert_eq(weir_semaphore_init(&units, 3), WEIR_OK);
        weir_semaphore_acquire(&units, 3);
        weir_i_store(&came, 0, relaxed);
        spawn(&threads, want_two_or_one, (void *)(uintptr_t)&most[i]);
        cr_assert(EVENTUALLY(waits_for(&units.list)));
        weir_semaphore_release(&units, 1);
        cr_assert(EVENTUALLY(weir_i_load(&came, acquire) == 2));
        cr_assert(spawn_join(&threads));
        cr_assert(!weir_semaphore_try_acquire(&units, 1));
        cr_assert_null(weir_wait_list_first(&units.list));
    }
}

Test(select_mixed, names_an_event_and_a_group_twice, .timeout = 60) {
    start();
    weir_case cases[] = {weir_event_case(&automatic), weir_wait_group_case(&group),
                         weir_event_case(&automatic), weir_wait_group_case(&group)};
    cr_assert_eq(weir_select_until(cases, 4, weir_in(MILLISECOND)), -1);
    make_ready(AUTO);
    cr_assert_eq(weir_select_first(cases, 4), 0);
    cr_assert_not(weir_event_is_set(&automatic));
    make_ready(GROUP);
    cr_assert_eq(weir_select_first(cases, 4), 1);
    cr_assert(nobody_waits() && !cases[1].detail && !cases[3].detail);
    finish();
}

/* -- tasks --------------------------------------------------------------------------------------
 */

static void select_as_task(void *unused) {
    deadline = WEIR_FOREVER;
    (void)sleep_in_all(unused);
}

static void wake_as_task(void *kind) {
    coroutines_yield();
    make_ready(*(const int *)kind);
}

Test(select_mixed, a_task_waits_for_each_kind, .timeout = 60) {
    for (int kind = 0; kind < KINDS; kind++) {
        coroutines *c = coroutines_new(NULL);
        start();
        coroutines_spawn(c, select_as_task, NULL);
        coroutines_spawn(c, wake_as_task, &kind);
        coroutines_run(c);
        cr_assert_eq(coroutines_parks(c), 1);
        cr_assert_eq(weir_i_load(&came, relaxed), 2 + kind);
        check_left(1u << kind, kind);
        coroutines_delete(c);
        finish();
    }
}
