/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event.c - tokens handed on through automatic events by many threads, gates that let crowds
 * through, and no set lost among those that give up.
 */
#include "support/check.h"
#include "support/stress.h"
#include "support/threads.h"

#include <weir/event.h>

#include <sched.h>

enum { RUNNERS_MOST = 64 };

/* A circle: each waits for its event and sets the next one's. What goes around is plain memory. */
typedef struct circle {
    weir_event turn[RUNNERS_MOST];
    unsigned runners;
    unsigned laps;
    unsigned hops; /* plain */
    WEIR_I_ATOMIC(unsigned) wrong;
} circle;

static void wait_somehow(weir_event *event, unsigned kind) {
    switch (kind % 3) {
    case 0: weir_event_wait(event); break;
    case 1:
        while (!weir_event_try_wait(event))
            sched_yield();
        break;
    default:
        while (weir_event_wait_until(event, weir_in(10000)) != WEIR_OK)
            ;
    }
}

static void run(unsigned me, void *shared) {
    circle *c = shared;
    for (unsigned lap = 0; lap < c->laps; lap++) {
        wait_somehow(&c->turn[me], me + lap);
        if (c->hops++ != lap * c->runners + me)
            weir_i_fetch_add(&c->wrong, 1, relaxed);
        weir_event_set(&c->turn[(me + 1) % c->runners]);
    }
}

static void circle_of(unsigned runners, unsigned hops) {
    static circle c;
    memset(&c, 0, sizeof c);
    c.runners = runners;
    c.laps = hops * stress_times() / runners;
    for (unsigned i = 0; i < runners; i++)
        cr_assert_eq(weir_event_init(&c.turn[i], WEIR_EVENT_AUTO, i == 0), WEIR_OK);
    cr_assert(threads_run(runners, run, &c));
    cr_assert_eq(weir_i_load(&c.wrong, relaxed), 0);
    cr_assert_eq(c.hops, c.runners * c.laps);
    cr_assert(weir_event_try_wait(&c.turn[0]));
}

Test(event_stress, ping_pong, .timeout = 300) {
    circle_of(2, 20000);
}

Test(event_stress, circle_of_eight, .timeout = 300) {
    circle_of(8, 10000);
}

Test(event_stress, circle_of_sixty_four, .timeout = 300) {
    circle_of(64, 10000);
}

/* One event, many who wait for it, some of whom give up: each set that is answered before the next
 * one is taken by exactly one. */
typedef struct counter {
    weir_event event;
    weir_event answer;
    WEIR_I_ATOMIC(unsigned) taken;
    WEIR_I_ATOMIC(unsigned) over;
    unsigned sets;
} counter;

static void take(unsigned me, void *shared) {
    counter *c = shared;
    if (me == 0) {
        for (unsigned i = 0; i < c->sets; i++) {
            weir_event_set(&c->event);
            weir_event_wait(&c->answer);
        }
        weir_i_store(&c->over, 1, release);
        return;
    }
    while (!weir_i_load(&c->over, acquire)) {
        if (weir_event_wait_until(&c->event, weir_in(me % 5 * 3000)) == WEIR_OK) {
            weir_i_fetch_add(&c->taken, 1, relaxed);
            weir_event_set(&c->answer);
        } else if (me % 5 == 0) {
            sched_yield();
        }
    }
}

static void sets_among(unsigned threads, unsigned sets) {
    static counter c;
    memset(&c, 0, sizeof c);
    c.sets = sets * stress_times();
    cr_assert_eq(weir_event_init(&c.event, WEIR_EVENT_AUTO, false), WEIR_OK);
    cr_assert_eq(weir_event_init(&c.answer, WEIR_EVENT_AUTO, false), WEIR_OK);
    cr_assert(threads_run(threads, take, &c));
    cr_assert_eq(weir_i_load(&c.taken, relaxed), c.sets);
    cr_assert_not(weir_event_try_wait(&c.event));
    cr_assert_not(weir_event_try_wait(&c.answer));
    cr_assert(weir_wait_list_idle(&c.event.waiters));
}

Test(event_stress, no_set_is_lost_among_four, .timeout = 300) {
    sets_among(4, 4000);
}

Test(event_stress, no_set_is_lost_among_forty, .timeout = 300) {
    sets_among(40, 2000);
}

/* Gates that open once, on the heap, freed by the last one through. */
enum { GATES = 300 };

typedef struct gates {
    weir_event *gate[GATES];
    WEIR_I_ATOMIC(unsigned) users[GATES];
    unsigned goods[GATES]; /* plain */
    unsigned threads;
    WEIR_I_ATOMIC(unsigned) missed;
} gates;

static void pass(unsigned me, void *shared) {
    gates *g = shared;
    for (unsigned i = 0; i < GATES; i++) {
        if (i % g->threads == me) {
            g->goods[i] = i + 1;
            weir_event_set(g->gate[i]);
            continue;
        }
        if (me % 2)
            weir_event_wait(g->gate[i]);
        else
            while (weir_event_wait_until(g->gate[i], weir_in(10000)) != WEIR_OK)
                ;
        if (g->goods[i] != i + 1)
            weir_i_fetch_add(&g->missed, 1, relaxed);
        if (weir_i_fetch_sub(&g->users[i], 1, acq_rel) == 1) {
            memset(g->gate[i], 0xff, sizeof *g->gate[i]);
            free(g->gate[i]);
        }
    }
}

Test(event_stress, gates_freed_by_the_last_one_through, .timeout = 300) {
    static gates g;
    for (unsigned threads = 2; threads <= 16; threads *= 2) {
        memset(&g, 0, sizeof g);
        g.threads = threads;
        for (unsigned i = 0; i < GATES; i++) {
            g.gate[i] = calloc(1, sizeof *g.gate[i]);
            cr_assert_not_null(g.gate[i]);
            weir_i_store(&g.users[i], threads - 1, relaxed);
        }
        cr_assert(threads_run(threads, pass, &g));
        cr_assert_eq(weir_i_load(&g.missed, relaxed), 0);
    }
}
