/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_futex.c - sleeping on a word. Built twice: as the system has it, and by base_futex_pthread.c
 * with the portable body.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/base/cpu.h>
#include <weir/base/futex.h>

#include <sched.h>

enum { MILLISECOND = 1000 * 1000 };

Test(futex, wait_returns_at_once_when_the_value_differs) {
    weir_i_futex_word word = 1;
    cr_assert_eq(weir_i_futex_wait(&word, 0, WEIR_FOREVER), WEIR_OK);
}

Test(futex, deadlines_past_and_near_time_out) {
    weir_i_futex_word word = 0;
    const weir_time before = weir_now();
    const weir_time deadline = weir_in(2 * MILLISECOND);
    weir_status status;
    cr_assert_eq(weir_i_futex_wait(&word, 0, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(weir_i_futex_wait(&word, 0, -1), WEIR_TIMEOUT);
    cr_assert_eq(weir_i_futex_wait(&word, 0, before), WEIR_TIMEOUT);
    do /* a stray return is allowed, an early timeout is not */
        status = weir_i_futex_wait(&word, 0, deadline);
    while (status == WEIR_OK);
    cr_assert_eq(status, WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
}

/* In a time_t of 32 bits the seconds of a deadline in 136 years would be those of one long past. */
Test(futex, a_deadline_that_a_narrow_time_t_cannot_tell_is_its_last_moment) {
    const weir_time second = WEIR_I_SECOND;
    cr_assert_eq(weir_i_seconds(7 * second + 1, 4), 7);
    cr_assert_eq(weir_i_seconds(INT32_MAX * second, 4), INT32_MAX);
    cr_assert_eq(weir_i_seconds((INT32_MAX + 1ll) * second, 4), INT32_MAX);
    cr_assert_eq(weir_i_seconds((1ll << 32) * second, 4), INT32_MAX);
    cr_assert_eq(weir_i_seconds(WEIR_FOREVER - 1, 4), INT32_MAX);
    cr_assert_eq(weir_i_seconds((1ll << 32) * second, 8), 1ll << 32);
    cr_assert_eq(weir_i_seconds(WEIR_FOREVER - 1, 8), (WEIR_FOREVER - 1) / second);
}

Test(futex, wake_without_sleepers_and_of_memory_that_is_gone_is_harmless) {
    weir_i_futex_word word = 0;
    weir_i_futex_wake(&word, 1);
    weir_i_futex_wake((weir_i_futex_word *)64, 1); /* an address that nobody has */
}

/* A token passed around a circle of threads: each hop is one wake of one sleeper among others. */
typedef struct circle {
    weir_i_futex_word turn; /* hops so far; thread (turn % count) is next */
    unsigned count;
    unsigned hops;
    unsigned hopped[THREADS_MOST];
} circle;

static void hop(unsigned me, void *shared) {
    circle *c = (circle *)shared;
    for (;;) {
        uint32_t turn = weir_i_load(&c->turn, acquire);
        while (turn < c->hops && turn % c->count != me) {
            (void)!weir_i_futex_wait(&c->turn, turn, WEIR_FOREVER);
            turn = weir_i_load(&c->turn, acquire);
        }
        if (turn >= c->hops)
            return;
        c->hopped[me]++;
        weir_i_store(&c->turn, turn + 1, release);
        weir_i_futex_wake(&c->turn, (int)c->count);
    }
}

Test(futex, no_wake_is_lost_with_more_threads_than_cores, .timeout = 60) {
    circle c = {.count = 16, .hops = 4000};
    unsigned hopped = 0;
    cr_assert(threads_run(c.count, hop, &c));
    for (unsigned i = 0; i < c.count; i++)
        hopped += c.hopped[i];
    cr_assert_eq(hopped, c.hops);
}

/* Wakes of one word must not be used up by sleepers on another. */
typedef struct pair {
    weir_i_futex_word words[64]; /* enough to share buckets of any table */
} pair;

static void sleep_on_own_word(unsigned me, void *shared) {
    pair *p = (pair *)shared;
    if (me == 64) {
        for (int i = 0; i < 64; i++) {
            weir_i_store(&p->words[i], 1, release);
            weir_i_futex_wake(&p->words[i], 1);
        }
        return;
    }
    while (weir_i_load(&p->words[me], acquire) == 0)
        (void)!weir_i_futex_wait(&p->words[me], 0, WEIR_FOREVER);
}

Test(futex, a_wake_reaches_its_own_word_among_many, .timeout = 60) {
    for (int round = 0; round < 5; round++) {
        static pair p;
        memset(&p, 0, sizeof p);
        cr_assert(threads_run(65, sleep_on_own_word, &p));
    }
}

/* Eight sleep once each; it must take as many wakes of one to get them up. */
typedef struct beds {
    weir_i_futex_word word; /* stays 0 */
    WEIR_I_ATOMIC(unsigned) up;
    unsigned wakes;
} beds;

static void sleep_or_wake_one(unsigned me, void *shared) {
    beds *b = (beds *)shared;
    weir_i_futex_word nobody = 0;
    if (me < 8) {
        (void)!weir_i_futex_wait(&b->word, 0, WEIR_FOREVER);
        weir_i_fetch_add(&b->up, 1, relaxed);
        return;
    }
    while (weir_i_load(&b->up, relaxed) < 8) {
        (void)!weir_i_futex_wait(&nobody, 0, weir_in(5 * MILLISECOND)); /* all have lain down */
        weir_i_futex_wake(&b->word, 1);
        b->wakes++;
    }
}

Test(futex, a_wake_of_one_wakes_no_more, .timeout = 60) {
    beds b = {0, 0, 0};
    cr_assert(threads_run(9, sleep_or_wake_one, &b));
    cr_assert_geq(b.wakes, 8);
}

/* The deadlines of some pass while others wait; the one wake may come to any of them. */
typedef struct gate {
    weir_i_futex_word open;
    WEIR_I_ATOMIC(int) through;
} gate;

static void pass_gate(unsigned me, void *shared) {
    gate *g = (gate *)shared;
    (void)me;
    while (weir_i_load(&g->open, acquire) == 0)
        (void)!weir_i_futex_wait(&g->open, 0, weir_in(20 * MILLISECOND));
    weir_i_fetch_add(&g->through, 1, relaxed);
}

static void *open_gate(void *shared) {
    gate *g = (gate *)shared;
    const weir_time later = weir_in(5 * MILLISECOND);
    while (weir_now() < later)
        sched_yield();
    weir_i_store(&g->open, 1, release);
    weir_i_futex_wake(&g->open, 1);
    return NULL;
}

Test(futex, sleepers_with_deadlines_unlink_themselves, .timeout = 60) {
    gate g = {0, 0};
    pthread_t opener;
    cr_assert_eq(pthread_create(&opener, NULL, open_gate, &g), 0);
    cr_assert(threads_run(8, pass_gate, &g));
    pthread_join(opener, NULL);
    cr_assert_eq(weir_i_load(&g.through, relaxed), 8);
}

/* A cancelled sleeper stays until it is woken, then goes, and leaves nothing locked. */
static void *sleep_for_ever(void *shared) {
    gate *g = (gate *)shared;
    weir_i_fetch_add(&g->through, 1, release);
    while (weir_i_load(&g->open, acquire) == 0)
        (void)!weir_i_futex_wait(&g->open, 0, WEIR_FOREVER);
    pthread_testcancel();
    return g;
}

Test(futex, cancelling_a_sleeper_leaves_nothing_locked, .timeout = 60) {
    gate g = {0, 0};
    pthread_t sleeper;
    void *result = NULL;
    cr_assert_eq(pthread_create(&sleeper, NULL, sleep_for_ever, &g), 0);
    while (weir_i_load(&g.through, acquire) == 0)
        sched_yield();
    cr_assert_eq(pthread_cancel(sleeper), 0);
    cr_assert_eq(weir_i_futex_wait(&g.open, 0, weir_in(MILLISECOND)), WEIR_TIMEOUT);
    weir_i_store(&g.open, 1, release);
    weir_i_futex_wake(&g.open, 1);
    cr_assert_eq(pthread_join(sleeper, &result), 0);
    cr_assert_eq(result, PTHREAD_CANCELED);
    weir_i_futex_wake(&g.open, 1);
}
