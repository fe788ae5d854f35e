/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rings.h - what is explored of both rings; see support/ring_names.h. ring.c and lfring.c include
 * it after these words of theirs: `ring`, a RING_OF(cargo, T); start(capacity), which begins where
 * the tickets overflow on the way; try_push, try_pop, push_n and pop_n of numbers.
 */
#include "arrivals.h"
#include "judge.h"
#include "specs/queue.h"

/* RING_PROGRAM(name), or with members: the program RING_name of the ring at hand. */
#define RING_PROGRAM(...) RING_PROGRAM_OF(RING, __VA_ARGS__)
#define RING_PROGRAM_OF(ring, ...) RING_PROGRAM_NOW(ring, __VA_ARGS__)
#define RING_PROGRAM_NOW(ring, ...) EXPLORE_PROGRAM(ring##_##__VA_ARGS__)

static void push(uint64_t value) {
    while (!try_push(value))
        weir_i_relax();
}

static void pop(unsigned consumer) {
    uint64_t value;
    while (!try_pop(&value))
        weir_i_relax();
    arrives(consumer, value);
}

/* With nothing in flight full and empty are exact, and all cells are there. */
static void finish(size_t capacity) {
    uint64_t value = 0;
    explore_check(cargo_len(&ring) == 0 && !try_pop(&value));
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_push(i));
    explore_check(!try_push(0) && cargo_len(&ring) == capacity);
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_pop(&value) && value == i);
    cargo_destroy(&ring);
}

/* After a stop: what the stopped thread holds cannot be given back. */
static void abandon(void) {
    if (!explore_stopped())
        cargo_destroy(&ring);
}

/* -- singly and in batches --------------------------------------------------------------------- */

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

RING_PROGRAM(two_to_two_capacity_1) {
    two_to_two(1);
}

RING_PROGRAM(two_to_two_capacity_2) {
    two_to_two(2);
}

RING_PROGRAM(two_to_two_capacity_3) {
    two_to_two(3);
}

/* Three through one slot: the slot is used three times, the end passed three times. */
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

RING_PROGRAM(one_to_one_three_through_one_slot) {
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
            arrives(me, both[i]);
        left -= n;
        if (n == 0)
            weir_i_relax();
    }
}

static void batches_beside(size_t capacity, void (*other_push)(void *), void (*other_pop)(void *)) {
    start(capacity);
    explore_spawn(push_batch, (void *)0);
    explore_spawn(other_push, (void *)1);
    explore_spawn(pop_batch, (void *)0);
    explore_spawn(other_pop, (void *)1);
    explore_join_all();
    check_arrivals(2, 2);
    finish(capacity);
}

RING_PROGRAM(batches_capacity_1) {
    batches_beside(1, push_batch, pop_batch);
}

RING_PROGRAM(batches_and_single_calls_capacity_3) {
    batches_beside(3, push_two, pop_two);
}

/* -- histories --------------------------------------------------------------------------------- */

/* Judged by a specification of a queue. Values are 1 to 255. */
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

static void judged(size_t capacity, void (*third)(void *), linearize_spec spec) {
    start(capacity);
    judge_start();
    explore_spawn(push_then_pop, (void *)1);
    explore_spawn(push_then_pop, (void *)2);
    explore_spawn(third, (void *)3);
    explore_join_all();
    judged_pop();
    judged_pop_n();
    judge(spec);
    cargo_destroy(&ring);
}

/* -- the rest ---------------------------------------------------------------------------------- */

static void push_and_pop_one(void *unused) {
    (void)unused;
    push(1);
    pop(0);
}

/* len while others push and pop: within bounds, however far they go between its two reads. */
static void look(void *unused) {
    (void)unused;
    explore_check(cargo_len(&ring) <= cargo_capacity(&ring));
    explore_check(cargo_len(&ring) <= cargo_capacity(&ring));
}

static void len_stays_within_bounds(size_t capacity) {
    start(capacity);
    explore_spawn(push_three, NULL);
    explore_spawn(pop_three, NULL);
    explore_spawn(look, NULL);
    explore_join_all();
    check_arrivals(1, 3);
    finish(capacity);
}

/* No memory: a status, and nothing left behind. */
RING_PROGRAM(init_without_memory, .alloc_failures = 1) {
    const weir_status status = cargo_init(&ring, 2);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status == WEIR_OK)
        cargo_destroy(&ring);
}

/* -- stopped threads --------------------------------------------------------------------------- */

static void push_one_stoppable(void *unused) {
    (void)unused;
    explore_begin("push");
    (void)try_push(0);
    explore_end();
}

static void pop_one_stoppable(void *unused) {
    uint64_t value;
    (void)unused;
    explore_begin("pop");
    (void)try_pop(&value);
    explore_end();
}

/* Whoever is stopped in whatever, every call returns. */
static void call_everything(void *unused) {
    uint64_t values[2] = {1, 2};
    (void)unused;
    (void)try_push(1);
    (void)try_pop(values);
    (void)push_n(values, 2);
    (void)pop_n(values, 2);
    (void)cargo_len(&ring);
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

RING_PROGRAM(calls_return_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start(1);
    explore_spawn(be_stopped, NULL);
    explore_spawn(call_everything, NULL);
    explore_join_all();
    abandon();
}
