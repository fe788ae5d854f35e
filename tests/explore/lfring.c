/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - the lock-free ring, explored. Every program starts where the tickets overflow on the
 * way, and runs with single calls and with batches, whose accesses are copies of their own.
 */
#include "explore.h"
#include "judge.h"
#include "specs/queue.h"

#include <weir/lfring.h>

enum { MOST = 8 };

/* Two words, the second for what tears: an element is whole or an execution fails. */
typedef struct parcel {
    uint64_t value;
    uint64_t inverted;
} parcel;

WEIR_LFRING(parcels, parcel)

static parcels ring;
static bool batches;                /* single elements, too, go by push_n and pop_n */
static unsigned char came[4][MOST]; /* by consumer: the values in order of arrival */
static unsigned arrived[4];
static WEIR_I_ATOMIC(unsigned) told; /* what one thread tells another beside the ring */

static void start(size_t capacity) {
    explore_check(parcels_init(&ring, capacity) == WEIR_OK);
    weir_i_lfring_start(&ring.raw, 0 - ring.raw.lap);
    explore_name(&ring, sizeof ring, "ring");
    explore_name(ring.raw.slots, ring.raw.end, "slots");
    batches = explore_choose(2);
}

/* One copy of each operation in this file, so that each of its accesses is one site, which threads
 * share: a copy that only one thread runs could be weakened and nobody would notice. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY bool push_parcel(parcel p) {
    return parcels_try_push(&ring, p);
}

ONE_COPY bool pop_parcel(parcel *p) {
    return parcels_try_pop(&ring, p);
}

ONE_COPY size_t push_parcels(const parcel *p, size_t n) {
    return parcels_push_n(&ring, p, n);
}

ONE_COPY size_t pop_parcels(parcel *p, size_t n) {
    return parcels_pop_n(&ring, p, n);
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

/* With nothing in flight full and empty are exact, and all cells are there. */
static void finish(size_t capacity) {
    uint64_t value = 0;
    explore_check(parcels_len(&ring) == 0 && !try_pop(&value));
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_push(i));
    explore_check(!try_push(0) && parcels_len(&ring) == capacity);
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_pop(&value) && value == i);
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

EXPLORE_PROGRAM(lfring_two_to_two_capacity_1) {
    two_to_two(1);
}

EXPLORE_PROGRAM(lfring_two_to_two_capacity_2) {
    two_to_two(2);
}

EXPLORE_PROGRAM(lfring_two_to_two_capacity_3) {
    two_to_two(3);
}

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

EXPLORE_PROGRAM(lfring_one_to_one_three_through_one_slot) {
    start(1);
    explore_spawn(push_three, NULL);
    explore_spawn(pop_three, NULL);
    explore_join_all();
    check_arrivals(1, 3);
    finish(1);
}

/* A pop reads what is being overwritten, and must not return it: another pops and pushes behind its
 * back, through the cell that it reads. */
static void pop_if_any(void *consumer) {
    const unsigned me = (unsigned)(uintptr_t)consumer;
    uint64_t value;
    if (try_pop(&value))
        came[me][arrived[me]++] = (unsigned char)value;
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

EXPLORE_PROGRAM(lfring_batches_capacity_1) {
    batches_beside(1, push_batch, pop_batch);
}

EXPLORE_PROGRAM(lfring_batches_and_single_calls_capacity_2) {
    batches_beside(2, push_two, pop_two);
}

EXPLORE_PROGRAM(lfring_batches_and_single_calls_capacity_3) {
    batches_beside(3, push_two, pop_two);
}

/* -- exactness --------------------------------------------------------------------------------- */

/* Every history is one of a queue, with empty exact, and full while elements and calls in flight
 * reach the capacity. Values are 1 to 255. */
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

static void pop_then_push(void *thread) {
    judged_pop();
    judged_push(10 * (uintptr_t)thread + 1);
    judged_pop();
}

static void pop_then_push_batch(void *thread) {
    judged_pop();
    judged_push_n(10 * (uintptr_t)thread + 1);
    judged_pop_n();
}

static void judged(size_t capacity, void (*third)(void *)) {
    start(capacity);
    judge_start();
    explore_spawn(push_then_pop, (void *)1);
    explore_spawn(push_then_pop, (void *)2);
    explore_spawn(third, (void *)3);
    explore_join_all();
    judged_pop();
    judged_pop_n();
    judge(queue_spec_lfring(capacity));
    parcels_destroy(&ring);
}

EXPLORE_PROGRAM(lfring_is_a_queue_capacity_1) {
    judged(1, pop_then_push);
}

EXPLORE_PROGRAM(lfring_is_a_queue_capacity_2) {
    judged(2, pop_then_push);
}

EXPLORE_PROGRAM(lfring_is_a_queue_with_batches_capacity_2) {
    judged(2, pop_then_push_batch);
}

EXPLORE_PROGRAM(lfring_is_a_queue_with_batches_capacity_3) {
    judged(3, pop_then_push_batch);
}

/* One element is always inside: another thread pushes before it pops. Who sees that pop sees the
 * push before it. */
static void push_and_pop_one(void *unused) {
    (void)unused;
    push(1);
    pop(0);
}

static void pop_what_is_there(void *consumer) {
    uint64_t value;
    const bool there = try_pop(&value);
    explore_check(there);
    came[(uintptr_t)consumer][arrived[(uintptr_t)consumer]++] = (unsigned char)value;
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
    const weir_i_lfring_cell cell = weir_i_lfring_cell_of(sizeof(parcel), 8);
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

/* -- the rest ---------------------------------------------------------------------------------- */

/* len while others push and pop: within bounds, however far they go between its two reads. */
static void look(void *unused) {
    (void)unused;
    explore_check(parcels_len(&ring) <= 2);
    explore_check(parcels_len(&ring) <= 2);
}

EXPLORE_PROGRAM(lfring_len_stays_within_bounds) {
    start(2);
    explore_spawn(push_three, NULL);
    explore_spawn(pop_three, NULL);
    explore_spawn(look, NULL);
    explore_join_all();
    check_arrivals(1, 3);
    finish(2);
}

/* No memory: a status, and nothing left behind. */
EXPLORE_PROGRAM(lfring_init_without_memory, .alloc_failures = 1) {
    const weir_status status = parcels_init(&ring, 2);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status == WEIR_OK)
        parcels_destroy(&ring);
}

/* -- stopped threads --------------------------------------------------------------------------- */

/* After a stop: what the stopped thread holds cannot be given back. */
static void abandon(void) {
    if (!explore_stopped())
        parcels_destroy(&ring);
}

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
static void push_one_stoppable(void *unused) {
    (void)unused;
    explore_begin("push");
    (void)try_push(0);
    explore_end();
}

EXPLORE_PROGRAM(lfring_stopped_push_costs_one_slot, .stop = EXPLORE_STOP_PASSES) {
    start(3);
    explore_spawn(push_one_stoppable, NULL);
    explore_spawn(fill_and_empty, (void *)2);
    explore_join_all();
    abandon();
}

/* Stopped anywhere in a pop: it costs nothing. */
static void pop_one_stoppable(void *unused) {
    uint64_t value;
    (void)unused;
    explore_begin("pop");
    (void)try_pop(&value);
    explore_end();
}

static void fill_and_empty_all(void *count) {
    uint64_t value;
    while (parcels_len(&ring) > 0)
        if (!try_pop(&value))
            weir_i_relax();
    for (unsigned lap = 0; lap < 2; lap++) {
        for (uint64_t i = 0; i < (uintptr_t)count; i++)
            push(16 + i);
        /* The stopped one may have taken one of ours, and be stopped behind its claim. */
        while (parcels_len(&ring) > 0)
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

/* Whoever is stopped in whatever, every call returns. */
static void call_everything(void *unused) {
    uint64_t values[2] = {1, 2};
    (void)unused;
    (void)try_push(1);
    (void)try_pop(values);
    (void)push_n(values, 2);
    (void)pop_n(values, 2);
    (void)parcels_len(&ring);
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

EXPLORE_PROGRAM(lfring_calls_return_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start(1);
    explore_spawn(be_stopped, NULL);
    explore_spawn(call_everything, NULL);
    explore_join_all();
    abandon();
}
