/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.c - the two-thread queue, explored, at capacities where it goes around its end again and
 * again: copies, in place, batches; full and empty only when so; nobody waits for anybody.
 */
#include "explore.h"

#include <weir/base/cpu.h>
#include <weir/spsc.h>

typedef struct parcel {
    uint64_t value;
    uint64_t twice;
} parcel;

WEIR_SPSC(parcels, parcel)

enum { EACH = 4 };

static parcels queue;
static size_t limit; /* the queue's capacity */

static void start(size_t capacity) {
    limit = capacity;
    explore_check(parcels_init(&queue, capacity) == WEIR_OK);
    explore_name(&queue, sizeof queue, "queue");
}

static void finish(void) {
    parcel p = {0, 0};
    explore_check(parcels_len(&queue) == 0 && !parcels_try_pop(&queue, &p));
    for (size_t i = 0; i < limit; i++)
        explore_check(parcels_try_push(&queue, p));
    explore_check(!parcels_try_push(&queue, p) && parcels_len(&queue) == limit);
    parcels_destroy(&queue);
}

static void accept(uint64_t expected, parcel p) {
    explore_check(p.value == expected && p.twice == 2 * expected);
}

static void push_copies(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < EACH; i++) {
        const parcel p = {i, 2 * i};
        while (!parcels_try_push(&queue, p))
            weir_i_relax();
    }
}

static void pop_copies(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < EACH; i++) {
        parcel p;
        while (!parcels_try_pop(&queue, &p))
            weir_i_relax();
        accept(i, p);
    }
}

static void push_in_place(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < EACH; i++) {
        parcel *slot;
        while (!(slot = parcels_reserve(&queue)))
            weir_i_relax();
        slot->value = i;
        slot->twice = 2 * i;
        parcels_commit(&queue);
    }
}

static void pop_in_place(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < EACH; i++) {
        parcel *slot;
        while (!(slot = parcels_front(&queue)))
            weir_i_relax();
        accept(i, *slot);
        slot->value = 99; /* the consumer may scribble until it releases */
        parcels_release(&queue);
    }
}

static void push_batches(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < EACH;) {
        const parcel some[2] = {{i, 2 * i}, {i + 1, 2 * i + 2}};
        const size_t went = parcels_push_n(&queue, some, EACH - i < 2 ? 1 : 2);
        i += went;
        if (went == 0)
            weir_i_relax();
    }
}

static void pop_batches(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < EACH;) {
        parcel some[3];
        const size_t n = parcels_pop_n(&queue, some, 3);
        for (size_t k = 0; k < n; k++)
            accept(i++, some[k]);
        if (n == 0)
            weir_i_relax();
    }
}

static void run(size_t capacity, void (*producer)(void *), void (*consumer)(void *)) {
    start(capacity);
    explore_spawn(producer, NULL);
    explore_spawn(consumer, NULL);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(spsc_copies_capacity_1) {
    run(1, push_copies, pop_copies);
}

EXPLORE_PROGRAM(spsc_copies_capacity_2) {
    run(2, push_copies, pop_copies);
}

EXPLORE_PROGRAM(spsc_in_place_capacity_1) {
    run(1, push_in_place, pop_in_place);
}

EXPLORE_PROGRAM(spsc_in_place_capacity_2) {
    run(2, push_in_place, pop_in_place);
}

EXPLORE_PROGRAM(spsc_batches_capacity_1) {
    run(1, push_batches, pop_batches);
}

EXPLORE_PROGRAM(spsc_batches_capacity_2) {
    run(2, push_batches, pop_batches);
}

EXPLORE_PROGRAM(spsc_batches_capacity_3) {
    run(3, push_batches, pop_batches);
}

EXPLORE_PROGRAM(spsc_batches_to_copies) {
    run(2, push_batches, pop_copies);
}

EXPLORE_PROGRAM(spsc_copies_to_batches) {
    run(2, push_copies, pop_batches);
}

/* Only the consumer takes, so what the producer saw as full was full: capacity + 1 pushes without a
 * pop in between cannot all succeed, and a push after the pop of one cannot fail. */
static void push_until_full(void *count) {
    const parcel p = {0, 0};
    unsigned *pushed = (unsigned *)count;
    while (parcels_try_push(&queue, p))
        ++*pushed;
}

EXPLORE_PROGRAM(spsc_is_full_only_when_full) {
    static unsigned pushed, popped;
    parcel p;
    start(2);
    const unsigned producer = explore_spawn(push_until_full, &pushed);
    popped += parcels_try_pop(&queue, &p);
    popped += parcels_try_pop(&queue, &p);
    explore_join(producer);
    explore_check(pushed >= 2 && pushed <= 2 + popped);
    while (parcels_try_pop(&queue, &p))
        popped++;
    explore_check(pushed == popped);
    finish();
}

/* Anyone may ask for the length. */
static void look(void *unused) {
    (void)unused;
    explore_check(parcels_len(&queue) <= limit);
    explore_check(parcels_len(&queue) <= limit);
}

EXPLORE_PROGRAM(spsc_len_stays_within_bounds) {
    start(1);
    explore_spawn(push_copies, NULL);
    explore_spawn(pop_copies, NULL);
    explore_spawn(look, NULL);
    explore_join_all();
    finish();
}

/* The producer's role handed over by a join. */
EXPLORE_PROGRAM(spsc_roles_change_hands) {
    start(EACH);
    const unsigned first = explore_spawn(push_copies, NULL);
    explore_join(first);
    explore_spawn(pop_copies, NULL);
    explore_join_all();
    finish();
}

/* Wait-free: with one side stopped at any step each call of the other returns. */
static void try_to_push(void *unused) {
    const parcel p[2] = {{1, 2}, {1, 2}};
    (void)unused;
    for (int i = 0; i < 2; i++) {
        explore_begin("push");
        (void)parcels_try_push(&queue, p[0]);
        explore_end();
        explore_begin("push_n");
        (void)parcels_push_n(&queue, p, 2);
        explore_end();
    }
}

static void try_to_pop(void *unused) {
    parcel p[2];
    (void)unused;
    for (int i = 0; i < 2; i++) {
        explore_begin("pop");
        (void)parcels_try_pop(&queue, p);
        explore_end();
        explore_begin("pop_n");
        (void)parcels_pop_n(&queue, p, 2);
        explore_end();
    }
}

EXPLORE_PROGRAM(spsc_calls_return_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start(1);
    explore_spawn(try_to_push, NULL);
    explore_spawn(try_to_pop, NULL);
    explore_join_all();
    parcels_destroy(&queue);
}

EXPLORE_PROGRAM(spsc_init_without_memory, .alloc_failures = 1) {
    const weir_status status = parcels_init(&queue, 2);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status == WEIR_OK)
        parcels_destroy(&queue);
}
