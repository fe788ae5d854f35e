/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.c - the two-thread queue, explored, at capacities where it goes around its end again and
 * again: copies, in place, batches; full and empty only when so; nobody waits for anybody.
 */
#include "explore.h"
#include "judge.h"
#include "specs/queue.h"

#include <weir/base/cpu.h>
#include <weir/spsc.h>

WEIR_SPSC(numbers, uint64_t)

static numbers queue;
static size_t limit;  /* the queue's capacity */
static uint64_t each; /* elements that pass through */

static void start(size_t capacity, uint64_t elements) {
    limit = capacity;
    each = elements;
    explore_check(numbers_init(&queue, capacity) == WEIR_OK);
    explore_name(&queue, sizeof queue, "queue");
}

/* One copy of each operation in this file, so that each of its accesses is one site. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY bool try_push(uint64_t value) {
    return numbers_try_push(&queue, value);
}

ONE_COPY bool try_pop(uint64_t *value) {
    return numbers_try_pop(&queue, value);
}

ONE_COPY uint64_t *reserve(void) {
    return numbers_reserve(&queue);
}

ONE_COPY uint64_t *front(void) {
    return numbers_front(&queue);
}

ONE_COPY size_t push_n(const uint64_t *values, size_t n) {
    return numbers_push_n(&queue, values, n);
}

ONE_COPY size_t pop_n(uint64_t *values, size_t n) {
    return numbers_pop_n(&queue, values, n);
}

static void finish(void) {
    uint64_t value;
    explore_check(numbers_len(&queue) == 0 && !try_pop(&value));
    for (size_t i = 0; i < limit; i++)
        explore_check(try_push(i));
    explore_check(!try_push(0) && numbers_len(&queue) == limit);
    numbers_destroy(&queue);
}

static void push_copies(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < each; i++)
        while (!try_push(i))
            weir_i_relax();
}

static void pop_copies(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < each; i++) {
        uint64_t value;
        while (!try_pop(&value))
            weir_i_relax();
        explore_check(value == i);
    }
}

static void push_in_place(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < each; i++) {
        uint64_t *slot;
        while (!(slot = reserve()))
            weir_i_relax();
        *slot = i;
        numbers_commit(&queue);
    }
}

static void pop_in_place(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < each; i++) {
        uint64_t *slot;
        while (!(slot = front()))
            weir_i_relax();
        explore_check(*slot == i);
        *slot = 99; /* the consumer may scribble until it releases */
        numbers_release(&queue);
    }
}

static void push_batches(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < each;) {
        const uint64_t some[2] = {i, i + 1};
        const size_t went = push_n(some, each - i < 2 ? 1 : 2);
        i += went;
        if (went == 0)
            weir_i_relax();
    }
}

static void pop_batches(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < each;) {
        uint64_t some[3];
        const size_t n = pop_n(some, 3);
        for (size_t k = 0; k < n; k++)
            explore_check(some[k] == i++);
        if (n == 0)
            weir_i_relax();
    }
}

static void run(size_t capacity, uint64_t elements, void (*producer)(void *),
                void (*consumer)(void *)) {
    start(capacity, elements);
    explore_spawn(producer, NULL);
    explore_spawn(consumer, NULL);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(spsc_copies_capacity_1) {
    run(1, 4, push_copies, pop_copies);
}

EXPLORE_PROGRAM(spsc_copies_capacity_2) {
    run(2, 4, push_copies, pop_copies);
}

/* Once around and into the slots that were read last before the consumer came around. */
EXPLORE_PROGRAM(spsc_copies_capacity_3) {
    run(3, 7, push_copies, pop_copies);
}

EXPLORE_PROGRAM(spsc_in_place_capacity_1) {
    run(1, 4, push_in_place, pop_in_place);
}

EXPLORE_PROGRAM(spsc_in_place_capacity_2) {
    run(2, 4, push_in_place, pop_in_place);
}

EXPLORE_PROGRAM(spsc_batches_capacity_1) {
    run(1, 4, push_batches, pop_batches);
}

EXPLORE_PROGRAM(spsc_batches_capacity_2) {
    run(2, 6, push_batches, pop_batches);
}

EXPLORE_PROGRAM(spsc_batches_capacity_3) {
    run(3, 8, push_batches, pop_batches);
}

EXPLORE_PROGRAM(spsc_batches_to_copies) {
    run(2, 5, push_batches, pop_copies);
}

EXPLORE_PROGRAM(spsc_copies_to_batches) {
    run(3, 7, push_copies, pop_batches);
}

/* Only the consumer takes, so what the producer saw as full was full: capacity + 1 pushes without a
 * pop in between cannot all succeed, and a push after the pop of one cannot fail. */
static void push_until_full(void *count) {
    unsigned *pushed = (unsigned *)count;
    while (try_push(0))
        ++*pushed;
}

EXPLORE_PROGRAM(spsc_is_full_only_when_full) {
    static unsigned pushed, popped;
    uint64_t value;
    start(2, 0);
    const unsigned producer = explore_spawn(push_until_full, &pushed);
    popped += try_pop(&value);
    popped += try_pop(&value);
    explore_join(producer);
    explore_check(pushed >= 2 && pushed <= 2 + popped);
    while (try_pop(&value))
        popped++;
    explore_check(pushed == popped);
    finish();
}

/* Every history is one of a queue, whose failures are right by what their callers can know. */
static void judged_push(uint64_t value) {
    judge_begin(QUEUE_PUSH, value);
    judge_end(try_push(value), 0);
}

static void judged_pop(void) {
    uint64_t value = 0;
    judge_begin(QUEUE_POP, 0);
    const bool came = try_pop(&value);
    judge_end(came, value);
}

static void judged_pushes(void *unused) {
    const uint64_t values[2] = {11, 12};
    (void)unused;
    for (uint64_t i = 1; i <= 3; i++)
        judged_push(i);
    judge_begin(QUEUE_PUSH_N, history_pack(values, 2));
    judge_end((int)push_n(values, 2), 0);
    judged_push(4);
}

static void judged_pops(void *unused) {
    uint64_t values[2];
    (void)unused;
    for (int i = 0; i < 2; i++)
        judged_pop();
    judge_begin(QUEUE_POP_N, 2);
    const size_t n = pop_n(values, 2);
    judge_end((int)n, history_pack(values, n));
    judged_pop();
}

static void judged(size_t capacity, linearize_spec spec) {
    start(capacity, 0);
    judge_start();
    explore_spawn(judged_pushes, NULL);
    explore_spawn(judged_pops, NULL);
    explore_join_all();
    while (numbers_len(&queue) > 0)
        judged_pop();
    judge(spec);
    numbers_destroy(&queue);
}

EXPLORE_PROGRAM(spsc_is_a_queue_capacity_1) {
    judged(1, queue_spec_spsc(1));
}

EXPLORE_PROGRAM(spsc_is_a_queue_capacity_2) {
    judged(2, queue_spec_spsc(2));
}

EXPLORE_PROGRAM(spsc_is_a_queue_capacity_3) {
    judged(3, queue_spec_spsc(3));
}

/* What no queue without a full fence a call can do: the producer is told full, not yet seeing a
 * pop, and the consumer empty, not yet seeing the push before. Each is right by what its caller
 * could know; no single order of all calls explains both (docs/guarantees.md). */
EXPLORE_PROGRAM(spsc_full_and_empty_may_cross, .expect = EXPLORE_CHECK) {
    judged(2, queue_spec(2));
}

/* Exact by what happened before: what a caller can know of, it sees. */
static WEIR_I_ATOMIC(int) filled;
static WEIR_I_ATOMIC(int) emptied;

static void fill_and_refill(void *unused) {
    (void)unused;
    for (size_t i = 0; i < limit; i++)
        explore_check(try_push(i));
    weir_i_store(&filled, 1, release);
    if (weir_i_load(&emptied, acquire))
        explore_check(push_n((const uint64_t[]){7, 8}, limit) == limit);
}

static void empty(void *unused) {
    uint64_t value;
    (void)unused;
    if (!weir_i_load(&filled, acquire))
        return;
    for (size_t i = 0; i < limit; i++)
        explore_check(try_pop(&value) && value == i);
    weir_i_store(&emptied, 1, release);
}

EXPLORE_PROGRAM(spsc_sees_what_happened_before) {
    uint64_t value;
    start(2, 0);
    explore_spawn(fill_and_refill, NULL);
    explore_spawn(empty, NULL);
    explore_join_all();
    while (numbers_len(&queue) > 0)
        explore_check(try_pop(&value));
    explore_check(!try_pop(&value));
    finish();
}

/* Anyone may ask for the length. */
static void look(void *unused) {
    (void)unused;
    explore_check(numbers_len(&queue) <= limit);
    explore_check(numbers_len(&queue) <= limit);
}

EXPLORE_PROGRAM(spsc_len_stays_within_bounds) {
    start(1, 4);
    explore_spawn(push_copies, NULL);
    explore_spawn(pop_copies, NULL);
    explore_spawn(look, NULL);
    explore_join_all();
    finish();
}

/* The producer's role handed over by a join. */
EXPLORE_PROGRAM(spsc_roles_change_hands) {
    start(4, 4);
    const unsigned first = explore_spawn(push_copies, NULL);
    explore_join(first);
    explore_spawn(pop_copies, NULL);
    explore_join_all();
    finish();
}

/* Wait-free: with one side stopped at any step each call of the other returns. */
static void try_to_push(void *unused) {
    const uint64_t values[2] = {1, 2};
    (void)unused;
    for (int i = 0; i < 2; i++) {
        explore_begin("push");
        (void)try_push(1);
        explore_end();
        explore_begin("push_n");
        (void)push_n(values, 2);
        explore_end();
    }
}

static void try_to_pop(void *unused) {
    uint64_t values[2];
    (void)unused;
    for (int i = 0; i < 2; i++) {
        explore_begin("pop");
        (void)try_pop(values);
        explore_end();
        explore_begin("pop_n");
        (void)pop_n(values, 2);
        explore_end();
    }
}

EXPLORE_PROGRAM(spsc_calls_return_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start(1, 0);
    explore_spawn(try_to_push, NULL);
    explore_spawn(try_to_pop, NULL);
    explore_join_all();
    if (!explore_stopped()) /* else what the stopped thread held cannot be given back */
        numbers_destroy(&queue);
}

EXPLORE_PROGRAM(spsc_init_without_memory, .alloc_failures = 1) {
    const weir_status status = numbers_init(&queue, 2);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status == WEIR_OK)
        numbers_destroy(&queue);
}
