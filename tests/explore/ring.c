/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - the ring, explored: every program wraps, because an order that only slot reuse needs
 * goes unnoticed otherwise; all start where the tickets overflow on the way. What holds for
 * lfring.h, too, is in rings.h.
 */
#include "explore.h"
#include "ring_names.h"

#include <weir/ring.h>

#define RING ring
#define RING_OF WEIR_RING
RING_OF(cargo, uint64_t)

static cargo ring;

static void start(size_t capacity) {
    explore_check(cargo_init(&ring, capacity) == WEIR_OK);
    RING_START(&ring.raw, 0 - ring.raw.lap);
    explore_name(&ring, sizeof ring, "ring");
}

/* One copy of each operation in this file, so that each of its accesses is one site, which threads
 * share: a copy that only one thread runs could be weakened and nobody would notice. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY bool try_push(uint64_t value) {
    return cargo_try_push(&ring, value);
}

ONE_COPY bool try_pop(uint64_t *value) {
    return cargo_try_pop(&ring, value);
}

ONE_COPY size_t push_n(const uint64_t *values, size_t n) {
    return cargo_push_n(&ring, values, n);
}

ONE_COPY size_t pop_n(uint64_t *values, size_t n) {
    return cargo_pop_n(&ring, values, n);
}

#include "rings.h"

EXPLORE_PROGRAM(ring_batches_capacity_2) {
    batches_beside(2, push_batch, pop_batch);
}

/* Batches are walked in fours. Each slot of a four must be looked at by itself, and with the order
 * that it needs: its neighbours come from other threads. */
enum { FIVE = 5 };

static void push_fives(void *unused) {
    uint64_t values[2 * FIVE];
    (void)unused;
    for (unsigned i = 0; i < 2 * FIVE; i++)
        values[i] = i;
    for (size_t done = 0; done < 2 * FIVE;) {
        const size_t most = 2 * FIVE - done < FIVE ? 2 * FIVE - done : FIVE;
        const size_t went = push_n(values + done, most);
        done += went;
        if (went == 0)
            weir_i_relax();
    }
}

static void pop_fives(void *unused) {
    uint64_t values[FIVE];
    (void)unused;
    while (arrived[0] < 2 * FIVE) {
        const size_t n = pop_n(values, FIVE);
        for (size_t i = 0; i < n; i++)
            arrives(0, values[i]);
        if (n == 0)
            weir_i_relax();
    }
}

static void push_five(void *producer) {
    for (uint64_t i = 0; i < FIVE; i++)
        push(16 * (uintptr_t)producer + i);
}

static void pop_five(void *consumer) {
    for (unsigned i = 0; i < FIVE; i++)
        pop((unsigned)(uintptr_t)consumer);
}

EXPLORE_PROGRAM(ring_batches_of_five_to_single_pops) {
    start(FIVE);
    explore_spawn(push_fives, NULL);
    explore_spawn(pop_five, (void *)0);
    explore_spawn(pop_five, (void *)1);
    explore_join_all();
    check_arrivals(1, 2 * FIVE);
    finish(FIVE);
}

EXPLORE_PROGRAM(ring_single_pushes_to_batches_of_five) {
    start(FIVE);
    explore_spawn(push_five, (void *)0);
    explore_spawn(push_five, (void *)1);
    explore_spawn(pop_fives, NULL);
    explore_join_all();
    check_arrivals(2, FIVE);
    finish(FIVE);
}

/* Every history is one of a queue, but that a call may fail, or a batch fall short, while another
 * is in flight. */
EXPLORE_PROGRAM(ring_is_a_queue_capacity_1) {
    judged(1, pop_then_push_batch, queue_spec_fast(1));
}

EXPLORE_PROGRAM(ring_is_a_queue_capacity_2) {
    judged(2, pop_then_push_batch, queue_spec_fast(2));
}

/* It is no exact queue: a push that has returned can be invisible behind one that has not. */
EXPLORE_PROGRAM(ring_is_no_exact_queue, .expect = EXPLORE_CHECK) {
    judged(2, pop_then_push_batch, queue_spec(2));
}

EXPLORE_PROGRAM(ring_len_stays_within_bounds) {
    len_stays_within_bounds(1);
}

/* What is not promised: a peer stopped between its claim and its publication keeps others from
 * finishing. This is why the ring is not called lock-free. */
EXPLORE_PROGRAM(ring_push_stopped_blocks_others, .stop = EXPLORE_STOP_BLOCKS) {
    start(2);
    explore_spawn(push_one_stoppable, NULL);
    explore_spawn(push_and_pop_one, NULL);
    explore_join_all();
    abandon();
}

static void pop_or_push_one(void *unused) {
    uint64_t value;
    (void)unused;
    (void)try_pop(&value);
    push(1);
}

EXPLORE_PROGRAM(ring_pop_stopped_blocks_others, .stop = EXPLORE_STOP_BLOCKS) {
    start(1);
    push(0);
    explore_spawn(pop_one_stoppable, NULL);
    explore_spawn(pop_or_push_one, NULL);
    explore_join_all();
    abandon();
}
