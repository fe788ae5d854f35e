/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.c - two threads, every way of pushing against every way of popping, at small capacities.
 */
#include "support/check.h"
#include "support/quota.h"
#include "support/threads.h"

#include <weir/spsc.h>

#include <sched.h>

typedef struct parcel {
    uint64_t message;
    uint64_t inverted; /* ~message: a torn copy shows */
} parcel;

WEIR_SPSC(parcels, parcel)

enum { TOTAL = 100000, BATCH = 16 };

typedef enum { COPY, IN_PLACE, BATCHES, MIXED, WAYS = MIXED } way;

typedef struct line {
    parcels queue;
    way in;
    way out;
    uint64_t torn;
    uint64_t bad_len;
    quota quota;
} line;

static parcel wrap(uint64_t number) {
    const parcel p = {quota_message(0, number), ~quota_message(0, number)};
    return p;
}

static void unwrap(line *l, parcel p) {
    l->torn += p.inverted != ~p.message;
    quota_arrived(&l->quota, 0, p.message);
}

static size_t push(line *l, way in, uint64_t number) {
    parcel batch[BATCH];
    size_t n = 0;
    parcel *slot;
    switch (in) {
    case COPY: return parcels_try_push(&l->queue, wrap(number));
    case IN_PLACE:
        slot = parcels_reserve(&l->queue);
        if (!slot)
            return 0;
        *slot = wrap(number);
        parcels_commit(&l->queue);
        return 1;
    default:
        for (; n < BATCH && number + n < l->quota.each; n++)
            batch[n] = wrap(number + n);
        return parcels_push_n(&l->queue, batch, n);
    }
}

static size_t pop(line *l, way out) {
    parcel batch[BATCH];
    size_t n = 0;
    const parcel *slot;
    switch (out) {
    case COPY: n = parcels_try_pop(&l->queue, batch); break;
    case IN_PLACE:
        slot = parcels_front(&l->queue);
        if (!slot)
            return 0;
        batch[n++] = *slot;
        parcels_release(&l->queue);
        break;
    default: n = parcels_pop_n(&l->queue, batch, BATCH); break;
    }
    for (size_t i = 0; i < n; i++)
        unwrap(l, batch[i]);
    return n;
}

static void run(unsigned me, void *shared) {
    line *l = (line *)shared;
    if (me == 0) {
        uint64_t number = 0;
        while (number < l->quota.each) {
            const size_t went = push(l, l->in == MIXED ? (way)(number % WAYS) : l->in, number);
            number += went;
            if (went == 0)
                sched_yield();
        }
    } else {
        for (unsigned turn = 0; quota_open(&l->quota); turn++) {
            if (pop(l, l->out == MIXED ? (way)(turn % WAYS) : l->out) == 0)
                sched_yield();
            l->bad_len += parcels_len(&l->queue) > parcels_capacity(&l->queue);
        }
    }
}

static void line_of(size_t capacity, way in, way out) {
    static line l;
    cr_assert_eq(parcels_init(&l.queue, capacity), WEIR_OK);
    l.in = in;
    l.out = out;
    quota_start(&l.quota, 1, 1, TOTAL);
    cr_assert(threads_run(2, run, &l));
    const char *wrong = quota_verdict(&l.quota);
    cr_assert_null(wrong, "capacity %zu, %d to %d: %s", capacity, (int)in, (int)out, wrong);
    cr_assert_eq(l.torn, 0);
    cr_assert_eq(l.bad_len, 0);
    cr_assert_eq(parcels_len(&l.queue), 0);
    parcels_destroy(&l.queue);
}

static const size_t capacities[] = {1, 2, 5, 1000};

Test(spsc_stress, every_way_in_and_out, .timeout = 300) {
    for (int in = COPY; in <= MIXED; in++)
        for (int out = COPY; out <= MIXED; out++)
            for (int c = 0; c < 4; c++)
                line_of(capacities[c], (way)in, (way)out);
}
