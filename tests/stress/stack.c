/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - the stack under many threads, more than there are cores: each element comes out once
 * and whole, and nodes that come back at once are not mistaken for what they were.
 *
 * WEIR_STRESS=N in the environment multiplies the number of elements.
 */
#include "support/backend.h"
#include "support/check.h"
#include "support/threads.h"

#include <weir/stack.h>

#include <sched.h>

typedef struct parcel {
    uint64_t number;
    uint64_t inverted; /* ~number: a torn copy shows */
} parcel;

WEIR_STACK(parcels, parcel)

enum { TOTAL = 60000 };

typedef struct rally {
    parcels stack;
    unsigned threads;
    unsigned each;
    WEIR_I_ATOMIC(unsigned) torn, left, twice;
    WEIR_I_ATOMIC(uint32_t) came[16 * TOTAL]; /* some machines have no shorter fetch-and-add */
} rally;

static rally r;

static void arrived(parcel p) {
    if (p.inverted != ~p.number || p.number >= (uint64_t)r.threads * r.each)
        weir_i_fetch_add(&r.torn, 1, relaxed);
    else if (weir_i_fetch_add(&r.came[p.number], 1, relaxed) != 0)
        weir_i_fetch_add(&r.twice, 1, relaxed);
    weir_i_fetch_sub(&r.left, 1, relaxed);
}

/* Each thread pushes and pops, one to three at a time. */
static void run(unsigned me, void *unused) {
    (void)unused;
    unsigned pushed = 0;
    backend_enter();
    while (weir_i_load(&r.left, relaxed) > 0) {
        parcel p;
        const unsigned burst = 1 + (pushed + me) % 3;
        for (unsigned i = 0; i < burst && pushed < r.each; i++) {
            const uint64_t number = (uint64_t)me * r.each + pushed;
            const parcel fresh = {number, ~number};
            pushed += parcels_push(&r.stack, fresh) == WEIR_OK;
        }
        for (unsigned i = 0; i < burst; i++) {
            if (parcels_try_pop(&r.stack, &p))
                arrived(p);
            else if (pushed == r.each)
                sched_yield();
        }
    }
    backend_leave();
}

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    const int n = text ? atoi(text) : 1;
    return n < 1 ? 1 : n > 16 ? 16 : (unsigned)n;
}

static void rally_of(unsigned threads) {
    memset((void *)&r, 0, sizeof r);
    backend_enter();
    r.threads = threads;
    r.each = TOTAL * times() / threads;
    weir_i_store(&r.left, r.threads * r.each, relaxed);
    cr_assert_eq(parcels_init(&r.stack), WEIR_OK);
    cr_assert(threads_run(threads, run, NULL));
    cr_assert_eq(weir_i_load(&r.torn, relaxed), 0);
    cr_assert_eq(weir_i_load(&r.twice, relaxed), 0);
    for (unsigned i = 0; i < r.threads * r.each; i++)
        cr_assert_eq(weir_i_load(&r.came[i], relaxed), 1);
    cr_assert(parcels_empty(&r.stack));
    parcels_destroy(&r.stack);
    backend_leave();
}

Test(stack_stress, two_four_and_eight_threads, .timeout = 300) {
    rally_of(2);
    rally_of(4);
    rally_of(8);
}

Test(stack_stress, nodes_that_come_back_at_once, .timeout = 300) {
    backend_set_batch(1);
    rally_of(3);
    backend_set_batch(0);
}

Test(stack_stress, sixty_four_threads, .timeout = 300) {
    rally_of(64);
}
