/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select_mixed.c - many threads that each select over a semaphore, an automatic event, channels and
 * a manual event, against others that use one of these alone; most with deadlines. A wait group and
 * a latch end it. Nothing is lost: all units are back, the one set is there, messages balance.
 *
 * WEIR_STRESS=N in the environment multiplies the number of turns.
 */
#include <weir/weir.h>

#include "support/check.h"
#include "support/threads.h"

WEIR_CHAN(numbers, uint64_t)

enum { TURNS = 12000, UNITS = 3, MICROSECOND = 1000 };

typedef struct table {
    weir_semaphore units;
    weir_event baton; /* automatic: set while nobody has it */
    weir_event noon;  /* manual: set now and then, and reset */
    numbers meet;     /* a rendezvous */
    numbers box;
    weir_wait_group eating; /* above zero until all turns are over */
    weir_latch closing;     /* open when all have been told so */
    unsigned threads;
    WEIR_I_ATOMIC(int) in_use;  /* units */
    WEIR_I_ATOMIC(int) holders; /* of the baton */
    WEIR_I_ATOMIC(int) wrong;
    WEIR_I_ATOMIC(uint64_t) sent, received, sent_sum, received_sum;
    uint64_t turns; /* of each thread */
} table;

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void use_units(table *t, uint32_t k) {
    if (weir_i_fetch_add(&t->in_use, (int)k, relaxed) + (int)k > UNITS)
        weir_i_fetch_add(&t->wrong, 1, relaxed);
    weir_i_fetch_sub(&t->in_use, (int)k, relaxed);
    weir_semaphore_release(&t->units, k);
}

static void use_baton(table *t) {
    if (weir_i_fetch_add(&t->holders, 1, relaxed) != 0)
        weir_i_fetch_add(&t->wrong, 1, relaxed);
    weir_i_fetch_sub(&t->holders, 1, relaxed);
    weir_event_set(&t->baton);
}

static void note_sent(table *t, uint64_t value) {
    weir_i_fetch_add(&t->sent, 1, relaxed);
    weir_i_fetch_add(&t->sent_sum, value, relaxed);
}

static void note_received(table *t, uint64_t value) {
    weir_i_fetch_add(&t->received, 1, relaxed);
    weir_i_fetch_add(&t->received_sum, value, relaxed);
}

enum { TAKE_UNITS, TAKE_BATON, SEND, RECV, SEND_BOX, RECV_BOX, NOON, OVER, KINDS };

/* Selects over some of the cases, from the `turn`-th on. The end of all turns is a case of each. */
static int select_some(table *t, uint64_t turn, const uint64_t *mine, uint64_t *theirs, uint32_t k,
                       weir_time deadline) {
    const weir_case all[OVER] = {
        weir_semaphore_case(&t->units, k), weir_event_case(&t->baton),
        numbers_case_send(&t->meet, mine), numbers_case_recv(&t->meet, theirs),
        numbers_case_send(&t->box, mine),  numbers_case_recv(&t->box, theirs),
        weir_event_case(&t->noon)};
    weir_case cases[KINDS];
    int kinds[KINDS];
    unsigned n = 0;
    for (unsigned i = 0; i < OVER; i++) {
        const unsigned kind = (unsigned)(turn + i) % OVER;
        if (((turn >> 3) + i) & 3) {
            kinds[n] = (int)kind;
            cases[n++] = all[kind];
        }
    }
    kinds[n] = OVER;
    cases[n++] = weir_wait_group_case(&t->eating);
    const int chosen = weir_select_until(cases, n, deadline);
    return chosen < 0 ? -1 : kinds[chosen];
}

static void by_select(table *t, unsigned me, uint64_t turn) {
    const uint64_t mine = (uint64_t)me << 32 | turn;
    const uint32_t k = 1 + (uint32_t)(turn % UNITS);
    uint64_t theirs = 0;
    const int kind = select_some(t, turn + me, &mine, &theirs, k, weir_in(20 * MICROSECOND));
    if (kind == TAKE_UNITS)
        use_units(t, k);
    else if (kind == TAKE_BATON)
        use_baton(t);
    else if (kind == SEND || kind == SEND_BOX)
        note_sent(t, mine);
    else if (kind == RECV || kind == RECV_BOX)
        note_received(t, theirs);
    else if (kind == OVER)
        weir_i_fetch_add(&t->wrong, 1, relaxed);
}

/* One object alone; who waits without a deadline waits for what comes back. */
static void alone(table *t, unsigned me, uint64_t turn) {
    const uint64_t mine = (uint64_t)me << 32 | turn;
    const uint32_t k = 1 + (uint32_t)(turn % UNITS);
    uint64_t theirs;
    switch ((me + turn) % 6) {
    case 0:
        weir_semaphore_acquire(&t->units, k);
        use_units(t, k);
        break;
    case 1:
        weir_event_wait(&t->baton);
        use_baton(t);
        break;
    case 2:
        if (numbers_send_until(&t->meet, mine, weir_in(10 * MICROSECOND)) == WEIR_OK)
            note_sent(t, mine);
        break;
    case 3:
        if (numbers_recv_until(&t->box, &theirs, weir_in(10 * MICROSECOND)) == WEIR_OK)
            note_received(t, theirs);
        break;
    case 4:
        if (weir_semaphore_acquire_until(&t->units, k, weir_in(5 * MICROSECOND)) == WEIR_OK)
            use_units(t, k);
        break;
    default:
        weir_event_set(&t->noon);
        weir_event_reset(&t->noon);
        break;
    }
}

static void sit_down(unsigned me, void *shared) {
    table *t = (table *)shared;
    for (uint64_t turn = 0; turn < t->turns; turn++) {
        if (me % 3)
            by_select(t, me, turn);
        else
            alone(t, me, turn);
    }
    weir_wait_group_done(&t->eating);
    weir_case over[] = {weir_wait_group_case(&t->eating), weir_event_case(&t->noon)};
    while (weir_select(over, 2) != 0)
        weir_i_step_aside(100);
    weir_latch_count_down(&t->closing, 1);
    weir_case closed[] = {numbers_case_recv(&t->meet, NULL), weir_latch_case(&t->closing)};
    if (weir_select(closed, 2) != 1)
        weir_i_fetch_add(&t->wrong, 1, relaxed);
}

static void dinner(unsigned threads) {
    static table t;
    uint64_t value;
    memset((void *)&t, 0, sizeof t);
    t.threads = threads;
    t.turns = (uint64_t)TURNS * times() / threads;
    cr_assert_eq(weir_semaphore_init(&t.units, UNITS), WEIR_OK);
    cr_assert_eq(weir_event_init(&t.baton, WEIR_EVENT_AUTO, true), WEIR_OK);
    cr_assert(numbers_init(&t.meet, 0) == WEIR_OK && numbers_init(&t.box, 2) == WEIR_OK);
    cr_assert_eq(weir_latch_init(&t.closing, threads), WEIR_OK);
    weir_wait_group_add(&t.eating, (int)threads);
    cr_assert(threads_run(threads, sit_down, &t));
    cr_assert_eq(weir_i_load(&t.wrong, relaxed), 0);
    cr_assert(weir_semaphore_try_acquire(&t.units, UNITS));
    cr_assert(weir_event_try_wait(&t.baton));
    while (numbers_try_recv(&t.box, &value) == WEIR_OK)
        note_received(&t, value);
    cr_assert(weir_i_load(&t.sent, relaxed) == weir_i_load(&t.received, relaxed));
    cr_assert(weir_i_load(&t.sent_sum, relaxed) == weir_i_load(&t.received_sum, relaxed));
    cr_assert(weir_i_load(&t.sent, relaxed) > 0);
    weir_wait_list *const lists[] = {&t.units.list, &t.baton.waiters, &t.noon.waiters,
                                     &t.eating.waiters, &t.closing.group.waiters};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        cr_assert(weir_wait_list_idle(lists[i]));
    numbers_destroy(&t.meet);
    numbers_destroy(&t.box);
}

Test(select_mixed_stress, three, .timeout = 300) {
    dinner(3);
}

Test(select_mixed_stress, twelve, .timeout = 300) {
    dinner(12);
}

Test(select_mixed_stress, sixty_four, .timeout = 300) {
    dinner(64);
}
