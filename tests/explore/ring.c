/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - the ring, explored: every program wraps, because an order that only slot reuse needs
 * goes unnoticed otherwise; all start where the tickets overflow on the way.
 */
#include "explore.h"
#include "judge.h"
#include "specs/queue.h"

#include <weir/ring.h>

enum { MOST = 16 };

WEIR_RING(numbers, uint64_t)

static numbers ring;
static unsigned char came[4][MOST]; /* by consumer: the values in order of arrival */
static unsigned arrived[4];

static void start(size_t capacity) {
    explore_check(numbers_init(&ring, capacity) == WEIR_OK);
    weir_i_ring_start(&ring.raw, 0 - ring.raw.lap);
    explore_name(&ring, sizeof ring, "ring");
}

/* One copy of each operation in this file, so that each of its accesses is one site, which threads
 * share: a copy that only one thread runs could be weakened and nobody would notice. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY bool try_push(uint64_t value) {
    return numbers_try_push(&ring, value);
}

ONE_COPY bool try_pop(uint64_t *value) {
    return numbers_try_pop(&ring, value);
}

ONE_COPY size_t push_n(const uint64_t *values, size_t n) {
    return numbers_push_n(&ring, values, n);
}

ONE_COPY size_t pop_n(uint64_t *values, size_t n) {
    return numbers_pop_n(&ring, values, n);
}

static void push(uint64_t value) {
    while (!try_push(value))
        weir_i_relax();
}

static void pop(unsigned consumer) {
    uint64_t value;
    while (!try_pop(&value))
        weir_i_relax();
    came[consumer][arrived[consumer]++] = (unsigned char)value;
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
    uint64_t value;
    explore_check(numbers_len(&ring) == 0 && !try_pop(&value));
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_push(i));
    explore_check(!try_push(0) && numbers_len(&ring) == capacity);
    numbers_destroy(&ring);
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

/* After a stop: what the stopped thread held cannot be given back. */
static void abandon(void) {
    if (!explore_stopped())
        numbers_destroy(&ring);
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
    const uint64_t both[2] = {first, first + 1};
    for (size_t done = 0; done < 2;) {
        const size_t went = push_n(both + done, 2 - done);
        done += went;
        if (went == 0)
            weir_i_relax();
    }
}

static void pop_batch(void *consumer) {
    const unsigned me = (unsigned)(uintptr_t)consumer;
    uint64_t both[2];
    for (size_t left = 2; left > 0;) {
        const size_t n = pop_n(both, left);
        for (size_t i = 0; i < n; i++)
            came[me][arrived[me]++] = (unsigned char)both[i];
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
            came[0][arrived[0]++] = (unsigned char)values[i];
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
 * is in flight. Values are 1 to 255. */
static void judged_push(uint64_t value) {
    judge_begin(QUEUE_PUSH, value);
    judge_end(try_push(value), 0);
}

static void judged_pop(void) {
    uint64_t value = 0;
    judge_begin(QUEUE_POP, 0);
    const bool came_out = try_pop(&value);
    judge_end(came_out, value);
}

static void judged_push_n(uint64_t first) {
    const uint64_t values[2] = {first, first + 1};
    judge_begin(QUEUE_PUSH_N, history_pack(values, 2));
    judge_end((int)push_n(values, 2), 0);
}

static void judged_pop_n(void) {
    uint64_t values[2];
    judge_begin(QUEUE_POP_N, 2);
    const size_t n = pop_n(values, 2);
    judge_end((int)n, history_pack(values, n));
}

static void push_then_pop(void *thread) {
    const uint64_t first = 10 * (uintptr_t)thread;
    judged_push(first + 1);
    judged_pop();
    judged_push(first + 2);
}

static void pop_then_push_batch(void *thread) {
    judged_pop();
    judged_push_n(10 * (uintptr_t)thread + 1);
    judged_pop_n();
}

static void judged(size_t capacity, linearize_spec spec) {
    start(capacity);
    judge_start();
    explore_spawn(push_then_pop, (void *)1);
    explore_spawn(push_then_pop, (void *)2);
    explore_spawn(pop_then_push_batch, (void *)3);
    explore_join_all();
    judged_pop();
    judged_pop_n();
    judge(spec);
    numbers_destroy(&ring);
}

EXPLORE_PROGRAM(ring_is_a_queue_capacity_1) {
    judged(1, queue_spec_fast(1));
}

EXPLORE_PROGRAM(ring_is_a_queue_capacity_2) {
    judged(2, queue_spec_fast(2));
}

/* It is no exact queue: a push that has returned can be invisible behind one that has not. */
EXPLORE_PROGRAM(ring_is_no_exact_queue, .expect = EXPLORE_CHECK) {
    judged(2, queue_spec(2));
}

/* len while others push and pop: within bounds, however far they go between its two reads. */
static void look(void *unused) {
    (void)unused;
    explore_check(numbers_len(&ring) <= 1);
    explore_check(numbers_len(&ring) <= 1);
}

EXPLORE_PROGRAM(ring_len_stays_within_bounds) {
    start(1);
    explore_spawn(push_three, NULL);
    explore_spawn(pop_three, NULL);
    explore_spawn(look, NULL);
    explore_join_all();
    check_arrivals(1, 3);
    finish(1);
}

/* No memory: a status, and nothing left behind. */
EXPLORE_PROGRAM(ring_init_without_memory, .alloc_failures = 1) {
    const weir_status status = numbers_init(&ring, 2);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status == WEIR_OK)
        numbers_destroy(&ring);
}

/* What is not promised: a peer stopped between its claim and its publication keeps others from
 * finishing. This is why the ring is not called lock-free. */
static void push_one_stoppable(void *unused) {
    (void)unused;
    explore_begin("push");
    (void)try_push(0);
    explore_end();
}

static void push_and_pop_one(void *unused) {
    (void)unused;
    push(1);
    pop(0);
}

EXPLORE_PROGRAM(ring_push_stopped_blocks_others, .stop = EXPLORE_STOP_BLOCKS) {
    start(2);
    explore_spawn(push_one_stoppable, NULL);
    explore_spawn(push_and_pop_one, NULL);
    explore_join_all();
    abandon();
}

static void pop_one_stoppable(void *unused) {
    uint64_t value;
    (void)unused;
    explore_begin("pop");
    (void)try_pop(&value);
    explore_end();
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

/* What is promised: whoever is stopped, every call returns. */
static void call_everything(void *unused) {
    uint64_t values[2] = {1, 2};
    (void)unused;
    (void)try_push(1);
    (void)try_pop(values);
    (void)push_n(values, 2);
    (void)pop_n(values, 2);
    (void)numbers_len(&ring);
}

static void be_stopped(void *unused) {
    uint64_t values[2] = {3, 4};
    (void)unused;
    explore_begin("push");
    (void)try_push(3);
    explore_end();
    explore_begin("pop");
    (void)try_pop(values);
    explore_end();
    explore_begin("push_n");
    (void)push_n(values, 2);
    explore_end();
    explore_begin("pop_n");
    (void)pop_n(values, 2);
    explore_end();
}

EXPLORE_PROGRAM(ring_calls_return_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start(1);
    explore_spawn(be_stopped, NULL);
    explore_spawn(call_everything, NULL);
    explore_join_all();
    abandon();
}
