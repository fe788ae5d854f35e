/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rings.h - both rings under many threads, more than there are cores: exactly once, in order,
 * across the overflow of their tickets, element by element, in batches and mixed. Included by
 * ring.c and lfring.c; see support/ring_names.h. RING_TOTAL is how many messages go through.
 *
 * WEIR_STRESS=N in the environment multiplies it.
 */
#include "support/check.h"
#include "support/quota.h"
#include "support/ring_names.h"
#include "support/stress.h"
#include "support/threads.h"

#include <sched.h>

/* RING_TEST(name): a test in the suite of the ring at hand. */
#define RING_TEST(name) RING_TEST_IN(RING_GLUE(RING, _stress, ), name)
#define RING_TEST_IN(suite, name) Test(suite, name, .timeout = 300)

typedef struct parcel {
    uint64_t message;
    uint64_t inverted; /* ~message: a torn copy shows */
    uint64_t more;
} parcel;

RING_OF(parcels, parcel)

enum { BATCH = 16 };

typedef struct rally {
    parcels ring;
    unsigned batch_every; /* thread n uses batches if n % batch_every == 0; 0: nobody does */
    WEIR_I_ATOMIC(unsigned) torn;
    quota quota;
} rally;

static parcel wrap(uint64_t message) {
    const parcel p = {message, ~message, message * 3};
    return p;
}

static void unwrap(rally *r, unsigned consumer, parcel p) {
    if (p.inverted != ~p.message || p.more != p.message * 3)
        weir_i_fetch_add(&r->torn, 1, relaxed);
    quota_arrived(&r->quota, consumer, p.message);
}

static void produce_one(rally *r, unsigned producer, uint64_t *number) {
    if (parcels_try_push(&r->ring, wrap(quota_message(producer, *number))))
        ++*number;
    else
        sched_yield();
}

static void produce_batch(rally *r, unsigned producer, uint64_t *number) {
    parcel batch[BATCH];
    uint64_t n = r->quota.each - *number;
    if (n > BATCH)
        n = BATCH;
    for (uint64_t i = 0; i < n; i++)
        batch[i] = wrap(quota_message(producer, *number + i));
    const size_t went = parcels_push_n(&r->ring, batch, (size_t)n);
    *number += went;
    if (went == 0)
        sched_yield();
}

static void consume_one(rally *r, unsigned consumer) {
    parcel p;
    if (parcels_try_pop(&r->ring, &p))
        unwrap(r, consumer, p);
    else
        sched_yield();
}

static void consume_batch(rally *r, unsigned consumer) {
    parcel batch[BATCH];
    const size_t came = parcels_pop_n(&r->ring, batch, BATCH);
    for (size_t i = 0; i < came; i++)
        unwrap(r, consumer, batch[i]);
    if (came == 0)
        sched_yield();
}

static void run(unsigned me, void *shared) {
    rally *r = (rally *)shared;
    const bool batches = r->batch_every && me % r->batch_every == 0;
    if (me < r->quota.producers) {
        for (uint64_t number = 0; number < r->quota.each;)
            (batches ? produce_batch : produce_one)(r, me, &number);
    } else {
        while (quota_open(&r->quota))
            (batches ? consume_batch : consume_one)(r, me - r->quota.producers);
    }
}

/* An empty ring whose tickets overflow on the way. */
static void start(parcels *ring, size_t capacity) {
    cr_assert_eq(parcels_init(ring, capacity), WEIR_OK);
    RING_START(&ring->raw, 0 - 5 * ring->raw.lap);
}

static void rally_of(unsigned producers, unsigned consumers, size_t capacity,
                     unsigned batch_every) {
    static rally r;
    start(&r.ring, capacity);
    r.batch_every = batch_every;
    quota_start(&r.quota, producers, consumers, (uint64_t)RING_TOTAL * stress_times() / producers);
    cr_assert(threads_run(producers + consumers, run, &r));
    const char *wrong = quota_verdict(&r.quota);
    quota_report(&r.quota, RING_NAME);
    cr_assert_null(wrong, "%u/%u, capacity %zu: %s", producers, consumers, capacity, wrong);
    cr_assert_eq(weir_i_load(&r.torn, relaxed), 0, "torn copies");
    cr_assert_eq(parcels_len(&r.ring), 0);
    parcels_destroy(&r.ring);
}

static const size_t capacities[] = {1, 2, 3, 100, 1024};

RING_TEST(one_to_one) {
    for (int c = 0; c < 5; c++)
        rally_of(1, 1, capacities[c], 0);
}

RING_TEST(four_to_four_mixed_with_batches) {
    for (int c = 0; c < 5; c++)
        rally_of(4, 4, capacities[c], 2);
}

RING_TEST(batches_only) {
    for (int c = 0; c < 5; c++)
        rally_of(2, 3, capacities[c], 1);
}

RING_TEST(one_to_many_and_many_to_one) {
    rally_of(1, 8, 7, 0);
    rally_of(8, 1, 7, 3);
}

RING_TEST(thirty_two_to_thirty_two) {
    rally_of(32, 32, 1, 0);
    rally_of(32, 32, 5, 3);
    rally_of(32, 32, 1024, 0);
}
