/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - the ring, explored: every program wraps, because an order that only slot reuse needs
 * goes unnoticed otherwise; all start where the tickets overflow on the way.
 */
#include "explore.h"

#include <weir/ring.h>

enum { MOST = 8 };

typedef struct parcel {
    uint64_t value;
    uint64_t twice; /* a torn or unordered copy shows, beside the race detector */
} parcel;

WEIR_RING(parcels, parcel)

static parcels ring;
static unsigned char came[4][MOST]; /* by consumer: the values in order of arrival */
static unsigned arrived[4];

static void start(size_t capacity) {
    explore_check(parcels_init(&ring, capacity) == WEIR_OK);
    weir_i_ring_start(&ring.raw, 0 - ring.raw.lap);
    explore_name(&ring, sizeof ring, "ring");
}

static void push(uint64_t value) {
    const parcel p = {value, 2 * value};
    while (!parcels_try_push(&ring, p))
        weir_i_relax();
}

static void accept(unsigned consumer, parcel p) {
    explore_check(p.twice == 2 * p.value);
    came[consumer][arrived[consumer]++] = (unsigned char)p.value;
}

static void pop(unsigned consumer) {
    parcel p;
    while (!parcels_try_pop(&ring, &p))
        weir_i_relax();
    accept(consumer, p);
}

/* Values are 16 * producer + number. Each came once; at one consumer those of one producer rose. */
static void check_arrivals(unsigned producers, unsigned each) {
    unsigned total = 0;
    bool seen[64] = {false};
    for (unsigned c = 0; c < 4; c++) {
        int last[4] = {-1, -1, -1, -1};
        for (unsigned i = 0; i < arrived[c]; i++, total++) {
            const unsigned value = came[c][i];
            explore_check(value / 16 < producers && value % 16 < each && !seen[value]);
            explore_check((int)(value % 16) > last[value / 16]);
            seen[value] = true;
            last[value / 16] = (int)(value % 16);
        }
    }
    explore_check(total == producers * each);
}

/* With nothing in flight full and empty are exact. */
static void finish(size_t capacity) {
    parcel p = {0, 0};
    explore_check(parcels_len(&ring) == 0 && !parcels_try_pop(&ring, &p));
    for (size_t i = 0; i < capacity; i++)
        explore_check(parcels_try_push(&ring, p));
    explore_check(!parcels_try_push(&ring, p) && parcels_len(&ring) == capacity);
    parcels_destroy(&ring);
}

static void push_two(void *producer) {
    const uint64_t first = 16 * (uintptr_t)producer;
    push(first);
    push(first + 1);
}

static void pop_two(void *consumer) {
    pop((unsigned)(uintptr_t)consumer);
    pop((unsigned)(uintptr_t)consumer);
}

static void two_to_two(size_t capacity) {
    start(capacity);
    explore_spawn(push_two, (void *)0);
    explore_spawn(push_two, (void *)1);
    explore_spawn(pop_two, (void *)0);
    explore_spawn(pop_two, (void *)1);
    explore_join_all();
    check_arrivals(2, 2);
    finish(capacity);
}

EXPLORE_PROGRAM(ring_two_to_two_capacity_1) {
    two_to_two(1);
}

EXPLORE_PROGRAM(ring_two_to_two_capacity_2) {
    two_to_two(2);
}

EXPLORE_PROGRAM(ring_two_to_two_capacity_3) {
    two_to_two(3);
}

/* Three through one slot: the slot is used three times, the gate passed three times. */
static void push_three(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < 3; i++)
        push(i);
}

static void pop_three(void *unused) {
    (void)unused;
    for (int i = 0; i < 3; i++)
        pop(0);
}

EXPLORE_PROGRAM(ring_one_to_one_three_through_one_slot) {
    start(1);
    explore_spawn(push_three, NULL);
    explore_spawn(pop_three, NULL);
    explore_join_all();
    check_arrivals(1, 3);
    finish(1);
}

/* Batches against batches and against single calls. */
static void push_batch(void *producer) {
    const uint64_t first = 16 * (uintptr_t)producer;
    const parcel both[2] = {{first, 2 * first}, {first + 1, 2 * first + 2}};
    for (size_t done = 0; done < 2;) {
        const size_t went = parcels_push_n(&ring, both + done, 2 - done);
        done += went;
        if (went == 0)
            weir_i_relax();
    }
}

static void pop_batch(void *consumer) {
    parcel both[2];
    for (size_t left = 2; left > 0;) {
        const size_t n = parcels_pop_n(&ring, both, left);
        for (size_t i = 0; i < n; i++)
            accept((unsigned)(uintptr_t)consumer, both[i]);
        left -= n;
        if (n == 0)
            weir_i_relax();
    }
}

static void batches(size_t capacity, void (*other_push)(void *), void (*other_pop)(void *)) {
    start(capacity);
    explore_spawn(push_batch, (void *)0);
    explore_spawn(other_push, (void *)1);
    explore_spawn(pop_batch, (void *)0);
    explore_spawn(other_pop, (void *)1);
    explore_join_all();
    check_arrivals(2, 2);
    finish(capacity);
}

EXPLORE_PROGRAM(ring_batches_capacity_1) {
    batches(1, push_batch, pop_batch);
}

EXPLORE_PROGRAM(ring_batches_capacity_2) {
    batches(2, push_batch, pop_batch);
}

EXPLORE_PROGRAM(ring_batches_and_single_calls_capacity_3) {
    batches(3, push_two, pop_two);
}

/* len while others push and pop: within bounds, whatever it reads. */
static void look(void *unused) {
    (void)unused;
    explore_check(parcels_len(&ring) <= 2);
    explore_check(parcels_len(&ring) <= 2);
}

EXPLORE_PROGRAM(ring_len_stays_within_bounds) {
    start(2);
    explore_spawn(push_two, (void *)0);
    explore_spawn(pop_two, (void *)0);
    explore_spawn(look, NULL);
    explore_join_all();
    check_arrivals(1, 2);
    finish(2);
}

/* No memory: a status, and nothing left behind. */
EXPLORE_PROGRAM(ring_init_without_memory, .alloc_failures = 1) {
    const weir_status status = parcels_init(&ring, 2);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status == WEIR_OK)
        parcels_destroy(&ring);
}

/* What is not promised: a peer stopped between its claim and its publication keeps others from
 * finishing. This is why the ring is not called lock-free. */
static void push_one_stoppable(void *unused) {
    const parcel p = {0, 0};
    (void)unused;
    explore_begin("push");
    while (!parcels_try_push(&ring, p))
        weir_i_relax();
    explore_end();
}

static void push_and_pop_one(void *unused) {
    parcel p = {1, 2};
    (void)unused;
    while (!parcels_try_push(&ring, p))
        weir_i_relax();
    while (!parcels_try_pop(&ring, &p))
        weir_i_relax();
}

EXPLORE_PROGRAM(ring_push_stopped_blocks_others, .stop = EXPLORE_STOP_BLOCKS) {
    start(2);
    explore_spawn(push_one_stoppable, NULL);
    explore_spawn(push_and_pop_one, NULL);
    explore_join_all();
    parcels_destroy(&ring);
}

static void pop_one_stoppable(void *unused) {
    parcel p;
    (void)unused;
    explore_begin("pop");
    (void)parcels_try_pop(&ring, &p);
    explore_end();
}

EXPLORE_PROGRAM(ring_pop_stopped_blocks_others, .stop = EXPLORE_STOP_BLOCKS) {
    start(1);
    push(0);
    explore_spawn(pop_one_stoppable, NULL);
    explore_spawn(push_and_pop_one, NULL);
    explore_join_all();
    parcels_destroy(&ring);
}

/* What is promised: whoever is stopped, every call returns. */
static void try_everything(void *unused) {
    parcel p[2] = {{1, 2}, {1, 2}};
    (void)unused;
    (void)parcels_try_push(&ring, p[0]);
    (void)parcels_try_pop(&ring, p);
    (void)parcels_push_n(&ring, p, 2);
    (void)parcels_pop_n(&ring, p, 2);
    (void)parcels_len(&ring);
}

static void try_push_and_pop(void *unused) {
    parcel p = {1, 2};
    (void)unused;
    explore_begin("push");
    (void)parcels_try_push(&ring, p);
    explore_end();
    explore_begin("pop");
    (void)parcels_try_pop(&ring, &p);
    explore_end();
}

EXPLORE_PROGRAM(ring_calls_return_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start(1);
    explore_spawn(try_push_and_pop, NULL);
    explore_spawn(try_everything, NULL);
    explore_join_all();
    parcels_destroy(&ring);
}
