/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - the lock-free ring, explored. Every program starts where the tickets overflow on the
 * way, and runs with single calls and with batches, whose accesses are copies of their own. What
 * holds for ring.h, too, is in rings.h.
 */
#include "explore.h"
#include "ring_names.h"

#include <weir/lfring.h>

/* Two words, the second for what tears: an element is whole or an execution fails. */
typedef struct parcel {
    uint64_t value;
    uint64_t inverted;
} parcel;

#define RING lfring
#define RING_OF WEIR_LFRING
RING_OF(cargo, parcel)

static cargo ring;
static bool batches;                 /* single elements, too, go by push_n and pop_n */
static WEIR_I_ATOMIC(unsigned) told; /* what one thread tells another beside the ring */

static void start(size_t capacity) {
    explore_check(cargo_init(&ring, capacity) == WEIR_OK);
    RING_START(&ring.raw, 0 - ring.raw.lap);
    explore_name(&ring, sizeof ring, "ring");
    explore_name(ring.raw.slots, ring.raw.end, "slots");
    batches = explore_choose(2);
}

/* One copy of each operation in this file, so that each of its accesses is one site, which threads
 * share: a copy that only one thread runs could be weakened and nobody would notice. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY bool push_parcel(parcel p) {
    return cargo_try_push(&ring, p);
}

ONE_COPY bool pop_parcel(parcel *p) {
    return cargo_try_pop(&ring, p);
}

ONE_COPY size_t push_parcels(const parcel *p, size_t n) {
    return cargo_push_n(&ring, p, n);
}

ONE_COPY size_t pop_parcels(parcel *p, size_t n) {
    return cargo_pop_n(&ring, p, n);
}

static parcel wrap(uint64_t value) {
    const parcel p = {value, ~value};
    return p;
}

static uint64_t unwrap(parcel p) {
    explore_check(p.inverted == ~p.value);
    return p.value;
}

static size_t push_n(const uint64_t *values, size_t n) {
    parcel p[2] = {{0, 0}, {0, 0}};
    for (size_t i = 0; i < n; i++)
        p[i] = wrap(values[i]);
    return push_parcels(p, n);
}

static size_t pop_n(uint64_t *values, size_t n) {
    parcel p[2];
    const size_t there = pop_parcels(p, n);
    for (size_t i = 0; i < there; i++)
        values[i] = unwrap(p[i]);
    return there;
}

static bool try_push(uint64_t value) {
    return batches ? push_n(&value, 1) == 1 : push_parcel(wrap(value));
}

static bool try_pop(uint64_t *value) {
    parcel p = {7, 7};
    if (batches)
        return pop_n(value, 1) == 1;
    if (!pop_parcel(&p)) {
        explore_check(p.value == 7 && p.inverted == 7); /* nothing is written */
        return false;
    }
    *value = unwrap(p);
    return true;
}

#include "rings.h"

/* Three pushes in flight at once: whoever is ready first fills the first position. */
static void push_one(void *producer) {
    push(16 * (uintptr_t)producer);
}

EXPLORE_PROGRAM(lfring_three_pushes_overtake_each_other) {
    start(3);
    for (uintptr_t i = 0; i < 3; i++)
        explore_spawn(push_one, (void *)i);
    explore_join_all();
    for (int i = 0; i < 3; i++)
        pop(0);
    check_arrivals(3, 1);
    finish(3);
}

/* A pop reads what is being overwritten, and must not return it: another pops and pushes behind its
 * back, through the cell that it reads. */
static void pop_if_any(void *consumer) {
    const unsigned me = (unsigned)(uintptr_t)consumer;
    uint64_t value;
    if (try_pop(&value))
        arrives(me, value);
}

static void pop_and_push_two(void *consumer) {
    pop_if_any(consumer);
    push(1);
    pop_if_any(consumer);
    push(2);
}

EXPLORE_PROGRAM(lfring_pop_returns_no_torn_element) {
    start(1);
    push(0);
    explore_spawn(pop_if_any, (void *)0);
    explore_spawn(pop_and_push_two, (void *)1);
    explore_join_all();
    pop_if_any((void *)2);
    check_arrivals(1, 3);
    finish(1);
}

EXPLORE_PROGRAM(lfring_batches_and_single_calls_capacity_2) {
    batches_beside(2, push_two, pop_two);
}

/* -- exactness --------------------------------------------------------------------------------- */

/* Every history is one of a queue, with empty exact, and full while elements and calls in flight
 * reach the capacity. */
static void pop_then_push(void *thread) {
    judged_pop();
    judged_push(10 * (uintptr_t)thread + 1);
    judged_pop();
}

EXPLORE_PROGRAM(lfring_is_a_queue_capacity_1) {
    judged(1, pop_then_push, queue_spec_lfring(1));
}

EXPLORE_PROGRAM(lfring_is_a_queue_capacity_2) {
    judged(2, pop_then_push, queue_spec_lfring(2));
}

EXPLORE_PROGRAM(lfring_is_a_queue_with_batches_capacity_2) {
    judged(2, pop_then_push_batch, queue_spec_lfring(2));
}

EXPLORE_PROGRAM(lfring_is_a_queue_with_batches_capacity_3) {
    judged(3, pop_then_push_batch, queue_spec_lfring(3));
}

/* One element is always inside: another thread pushes before it pops. Who sees that pop sees the
 * push before it. */
static void pop_what_is_there(void *consumer) {
    uint64_t value;
    const bool there = try_pop(&value);
    explore_check(there);
    arrives((unsigned)(uintptr_t)consumer, value);
}

EXPLORE_PROGRAM(lfring_is_not_empty_while_something_is_inside) {
    start(2);
    push(0);
    explore_spawn(push_and_pop_one, NULL);
    explore_spawn(pop_what_is_there, (void *)1);
    explore_join_all();
    check_arrivals(1, 2);
    finish(2);
}

/* A push that has returned is found, although it overtook one that was first, and although its
 * pusher knows of the other only by the slot before its own. */
static void push_and_tell(void *producer) {
    push(16 * (uintptr_t)producer);
    weir_i_store(&told, 1, release); /* the program's own */
}

static void pop_when_told(void *consumer) {
    if (weir_i_load(&told, acquire) == 1)
        pop_what_is_there(consumer);
    else
        pop((unsigned)(uintptr_t)consumer);
}

EXPLORE_PROGRAM(lfring_is_not_empty_after_a_push) {
    start(2);
    explore_spawn(push_one, (void *)0);
    explore_spawn(push_and_tell, (void *)1);
    explore_spawn(pop_when_told, (void *)0);
    explore_join_all();
    pop(1);
    check_arrivals(2, 1);
    finish(2);
}

/* Four slots, never more than two elements and one other call: there is room. Who sees that
 * positions were claimed sees the pops that made room for them. */
static void pop_two_and_push_two(void *unused) {
    (void)unused;
    pop(0);
    pop(0);
    push(2);
    push(3);
}

static void push_where_there_is_room(void *value) {
    const bool went = try_push((uintptr_t)value);
    explore_check(went);
}

EXPLORE_PROGRAM(lfring_is_not_full_while_there_is_room) {
    start(4);
    push(0);
    push(1);
    explore_spawn(pop_two_and_push_two, NULL);
    explore_spawn(push_where_there_is_room, (void *)16);
    explore_join_all();
    pop(0);
    pop(0);
    pop(0);
    explore_check(came[0][0] == 0 && came[0][1] == 1);
    explore_check(came[0][2] + came[0][3] + came[0][4] == 2 + 3 + 16);
    finish(4);
}

/* -- cells that change places ------------------------------------------------------------------ */

/* What two pushes do of which the second is ready first: the slots' cells change places. Who claims
 * them in the next lap must see that, or two elements lie in one cell. By hand, so that the
 * accesses are no sites of the header. Wants an empty ring of capacity 2 at the start of a lap. */
static void push_two_crosswise(void) {
    const weir_i_ring_cell cell = weir_i_ring_cell_of(sizeof(parcel), 8);
    const uint64_t t = weir_i_load(&ring.raw.claimed, relaxed);
    const parcel p[2] = {wrap(0), wrap(1)};
    weir_i_store(&ring.raw.claimed, t + ring.raw.lap, release);
    weir_i_copy_in(weir_i_lfring_words(&ring.raw, cell.stride, cell), &p[0], sizeof(parcel));
    weir_i_copy_in(weir_i_lfring_words(&ring.raw, 0, cell), &p[1], sizeof(parcel));
    weir_i_store(&weir_i_lfring_at(&ring.raw, t)->word, t + cell.stride, release);
    weir_i_store(&weir_i_lfring_at(&ring.raw, t + cell.stride)->word, t, release);
}

static void pop_the_two_then_push(void *unused) {
    (void)unused;
    push_two_crosswise();
    pop(0);
    pop(0);
    weir_i_store(&told, 1, relaxed); /* tells that, and no more */
    push(2);
}

static void push_once_told(void *value) {
    while (weir_i_load(&told, relaxed) == 0)
        weir_i_relax();
    push((uintptr_t)value);
}

EXPLORE_PROGRAM(lfring_cells_stay_apart_after_changing_places) {
    start(2);
    explore_spawn(pop_the_two_then_push, NULL);
    explore_spawn(push_once_told, (void *)16);
    explore_join_all();
    pop(0);
    pop(0);
    explore_check(came[0][0] == 0 && came[0][1] == 1 && came[0][2] + came[0][3] == 2 + 16);
    finish(2);
}

EXPLORE_PROGRAM(lfring_len_stays_within_bounds) {
    len_stays_within_bounds(2);
}

/* -- stopped threads --------------------------------------------------------------------------- */

/* The others fill what is left, which takes room, and get back what they put in, in order: each
 * step waits until it is done. A check would not count here, as it could fail for what was lost. */
static void fill_and_empty(void *count) {
    for (unsigned lap = 0; lap < 2; lap++) {
        uint64_t value;
        for (uint64_t i = 0; i < (uintptr_t)count; i++)
            push(16 + i);
        for (uint64_t i = 0; i < (uintptr_t)count; i += value == 16 + i)
            while (!try_pop(&value))
                weir_i_relax();
    }
}

/* Stopped anywhere in a push: it costs one slot, whether its element is inside or not. */
EXPLORE_PROGRAM(lfring_stopped_push_costs_one_slot, .stop = EXPLORE_STOP_PASSES) {
    start(3);
    explore_spawn(push_one_stoppable, NULL);
    explore_spawn(fill_and_empty, (void *)2);
    explore_join_all();
    abandon();
}

/* Stopped anywhere in a pop: it costs nothing. */
static void fill_and_empty_all(void *count) {
    uint64_t value;
    while (cargo_len(&ring) > 0)
        if (!try_pop(&value))
            weir_i_relax();
    for (unsigned lap = 0; lap < 2; lap++) {
        for (uint64_t i = 0; i < (uintptr_t)count; i++)
            push(16 + i);
        /* The stopped one may have taken one of ours, and be stopped behind its claim. */
        while (cargo_len(&ring) > 0)
            if (!try_pop(&value))
                weir_i_relax();
    }
}

EXPLORE_PROGRAM(lfring_stopped_pop_costs_nothing, .stop = EXPLORE_STOP_PASSES) {
    start(2);
    push(0);
    explore_spawn(pop_one_stoppable, NULL);
    explore_spawn(fill_and_empty_all, (void *)2);
    explore_join_all();
    abandon();
}

/* A batch stopped anywhere costs the elements that it has pushed, and one slot: the others push and
 * pop in what is left. */
static void push_two_stoppable(void *unused) {
    const uint64_t both[2] = {0, 1};
    (void)unused;
    explore_begin("push_n");
    (void)push_n(both, 2);
    explore_end();
}

static void pop_two_stoppable(void *unused) {
    uint64_t both[2];
    (void)unused;
    explore_begin("pop_n");
    (void)pop_n(both, 2);
    explore_end();
}

EXPLORE_PROGRAM(lfring_stopped_push_n_costs_what_it_pushed_and_one_slot,
                .stop = EXPLORE_STOP_PASSES) {
    start(3);
    explore_spawn(push_two_stoppable, NULL);
    explore_spawn(fill_and_empty, (void *)1);
    explore_join_all();
    abandon();
}

EXPLORE_PROGRAM(lfring_stopped_pop_n_costs_nothing, .stop = EXPLORE_STOP_PASSES) {
    start(2);
    push(0);
    explore_spawn(pop_two_stoppable, NULL);
    explore_spawn(fill_and_empty_all, (void *)2);
    explore_join_all();
    abandon();
}
