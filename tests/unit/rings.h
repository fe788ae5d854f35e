/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rings.h - what both rings do in one thread: what each call returns, at every capacity and across
 * the wrap. Included by ring.c and lfring.c; see support/ring_names.h.
 */
#include "support/check.h"
#include "support/faulty_allocator.h"
#include "support/ring_names.h"

#include <limits.h>

/* RING_TEST(name): a test in the suite of the ring at hand. */
#define RING_TEST(name) RING_TEST_IN(RING, name)
#define RING_TEST_IN(suite, name) Test(suite, name)

typedef struct wide {
    uint64_t a, b, c;
} wide;

#pragma GCC diagnostic ignored                                                                     \
    "-Wpsabi" /* such elements by value: inlined, so no ABI is involved */
typedef struct aligned {
    _Alignas(64) unsigned char bytes[64];
} aligned;

typedef struct odd {
    unsigned char bytes[7];
} odd;

RING_OF(numbers, uint64_t)
RING_OF(wides, wide)
RING_OF(bigs, aligned)
RING_OF(odds, odd)
RING_OF(letters, char);

static const size_t capacities[] = {1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 100, 1000};
enum { CAPACITIES = sizeof capacities / sizeof capacities[0] };

/* An empty ring of uint64_t whose tickets are `before` laps from overflowing. */
static void start_near_overflow(numbers *ring, uint64_t before) {
    RING_START(&ring->raw, 0 - before * ring->raw.lap);
}

static void fill_and_empty(numbers *ring, uint64_t *next) {
    const size_t capacity = numbers_capacity(ring);
    const uint64_t first = *next;
    uint64_t out = 0;
    for (size_t i = 0; i < capacity; i++) {
        cr_assert_eq(numbers_len(ring), i);
        cr_assert(numbers_try_push(ring, (*next)++));
    }
    cr_assert_eq(numbers_len(ring), capacity);
    cr_assert_not(numbers_try_push(ring, 0), "capacity %zu is not exact", capacity);
    for (size_t i = 0; i < capacity; i++) {
        cr_assert(numbers_try_pop(ring, &out));
        cr_assert_eq(out, first + i);
        cr_assert_eq(numbers_len(ring), capacity - i - 1);
    }
    cr_assert_not(numbers_try_pop(ring, &out));
}

RING_TEST(holds_exactly_its_capacity_over_many_laps) {
    for (size_t c = 0; c < CAPACITIES; c++) {
        numbers ring;
        uint64_t next = 1;
        cr_assert_eq(numbers_init(&ring, capacities[c]), WEIR_OK);
        cr_assert_eq(numbers_capacity(&ring), capacities[c]);
        for (int lap = 0; lap < 10; lap++)
            fill_and_empty(&ring, &next);
        numbers_destroy(&ring);
    }
}

RING_TEST(tickets_survive_their_overflow_at_any_capacity) {
    for (size_t c = 0; c < CAPACITIES; c++) {
        for (uint64_t before = 1; before <= 3; before++) {
            numbers ring;
            uint64_t next = 1;
            cr_assert_eq(numbers_init(&ring, capacities[c]), WEIR_OK);
            start_near_overflow(&ring, before);
            for (int lap = 0; lap < 6; lap++)
                fill_and_empty(&ring, &next);
            cr_assert_lt(weir_i_load(&ring.raw.RING_TAIL, relaxed), 16 * ring.raw.lap);
            numbers_destroy(&ring);
        }
    }
}

RING_TEST(starts_at_every_phase_of_the_lap) {
    numbers ring;
    uint64_t out = 0;
    uint64_t next = 1;
    cr_assert_eq(numbers_init(&ring, 5), WEIR_OK);
    start_near_overflow(&ring, 2);
    for (int i = 0; i < 30; i++) {
        fill_and_empty(&ring, &next);
        cr_assert(numbers_try_push(&ring, 1));
        cr_assert(numbers_try_pop(&ring, &out));
    }
    numbers_destroy(&ring);
}

RING_TEST(failed_calls_change_nothing) {
    numbers ring;
    uint64_t out = 42;
    uint64_t batch[2] = {7, 8};
    cr_assert_eq(numbers_init(&ring, 1), WEIR_OK);
    cr_assert_not(numbers_try_pop(&ring, &out));
    cr_assert_eq(numbers_pop_n(&ring, batch, 2), 0);
    cr_assert_eq(out, 42);
    cr_assert_eq(batch[0], 7);
    cr_assert(numbers_try_push(&ring, 5));
    cr_assert_not(numbers_try_push(&ring, 6));
    cr_assert_eq(numbers_push_n(&ring, batch, 2), 0);
    cr_assert_eq(numbers_len(&ring), 1);
    cr_assert(numbers_try_pop(&ring, &out));
    cr_assert_eq(out, 5);
    numbers_destroy(&ring);
}

/* Pushes and pops batches of every size from every phase and compares with counting. */
static void batches_at(size_t capacity, uint64_t laps_before_overflow) {
    numbers ring;
    uint64_t values[40];
    uint64_t pushed = 0;
    uint64_t popped = 0;
    cr_assert_eq(numbers_init(&ring, capacity), WEIR_OK);
    start_near_overflow(&ring, laps_before_overflow);
    for (size_t round = 0; round < 400; round++) {
        const size_t in = (round * 7) % 40;
        const size_t room = capacity - (size_t)(pushed - popped);
        for (size_t i = 0; i < in; i++)
            values[i] = pushed + i;
        const size_t went = numbers_push_n(&ring, values, in);
        cr_assert_eq(went, in < room ? in : room);
        pushed += went;
        const size_t want = (round * 11) % 40;
        const size_t there = (size_t)(pushed - popped);
        const size_t came = numbers_pop_n(&ring, values, want);
        cr_assert_eq(came, want < there ? want : there);
        for (size_t i = 0; i < came; i++)
            cr_assert_eq(values[i], popped + i);
        popped += came;
        cr_assert_eq(numbers_len(&ring), pushed - popped);
    }
    numbers_destroy(&ring);
}

RING_TEST(batches_move_all_that_fits_in_order) {
    for (size_t c = 0; c < CAPACITIES; c++)
        for (uint64_t before = 1; before <= 2; before++)
            batches_at(capacities[c], before);
}

RING_TEST(batch_of_nothing_and_batch_beyond_capacity) {
    numbers ring;
    uint64_t in[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    uint64_t out[10] = {0};
    cr_assert_eq(numbers_init(&ring, 3), WEIR_OK);
    cr_assert_eq(numbers_push_n(&ring, in, 0), 0);
    cr_assert_eq(numbers_pop_n(&ring, out, 0), 0);
    cr_assert_eq(numbers_push_n(&ring, in, 10), 3);
    cr_assert_eq(numbers_push_n(&ring, in, 0), 0);
    cr_assert_eq(numbers_pop_n(&ring, out, SIZE_MAX), 3);
    for (uint64_t i = 0; i < 3; i++)
        cr_assert_eq(out[i], i);
    numbers_destroy(&ring);
}

RING_TEST(carries_elements_of_any_size_and_alignment) {
    wides w;
    odds o;
    letters l;
    bigs a;
    wide wide_out = {0, 0, 0};
    odd odd_out = {{0}};
    char letter = 0;
    aligned aligned_out;
    const odd seven = {{1, 2, 3, 4, 5, 6, 7}};
    const aligned big = {{9}};
    cr_assert_eq(wides_init(&w, 3), WEIR_OK);
    cr_assert_eq(odds_init(&o, 3), WEIR_OK);
    cr_assert_eq(letters_init(&l, 3), WEIR_OK);
    cr_assert_eq(bigs_init(&a, 3), WEIR_OK);
    for (uint64_t i = 0; i < 10; i++) {
        const wide in = {i, i + 1, i + 2};
        cr_assert(wides_try_push(&w, in) && wides_try_pop(&w, &wide_out));
        cr_assert(wide_out.a == i && wide_out.b == i + 1 && wide_out.c == i + 2);
        cr_assert(odds_try_push(&o, seven) && odds_try_pop(&o, &odd_out));
        cr_assert_eq(memcmp(&seven, &odd_out, sizeof seven), 0);
        cr_assert(letters_try_push(&l, (char)('a' + i)) && letters_try_pop(&l, &letter));
        cr_assert_eq(letter, (char)('a' + i));
        cr_assert(bigs_try_push(&a, big) && bigs_try_pop(&a, &aligned_out));
        cr_assert_eq(aligned_out.bytes[0], 9);
    }
    cr_assert_eq((uintptr_t)(a.raw.slots + a.raw.cell.offset) % 64, 0);
    cr_assert_eq(a.raw.cell.stride % 64, 0);
    wides_destroy(&w);
    odds_destroy(&o);
    letters_destroy(&l);
    bigs_destroy(&a);
}

RING_TEST(alignment_beyond_a_cache_line_is_kept) {
    for (size_t align = 1; align <= 8192; align *= 2) {
        RING_RAW ring;
        cr_assert_eq(RING_CALL(init_raw)(&ring, 2, 3, align), WEIR_OK);
        cr_assert_eq((uintptr_t)(ring.slots + ring.cell.offset) % align, 0);
        cr_assert_eq(ring.cell.stride % align, 0);
        RING_CALL(destroy)(&ring);
    }
}

RING_TEST(eight_byte_elements_take_sixteen_byte_cells) {
    numbers ring;
    cr_assert_eq(numbers_init(&ring, 10), WEIR_OK);
    cr_assert_eq(ring.raw.cell.stride, 16);
    numbers_destroy(&ring);
}

RING_TEST(raw_calls_carry_run_time_sizes) {
    for (size_t size = 1; size <= 100; size++) {
        RING_RAW ring;
        unsigned char in[300];
        unsigned char out[300] = {0};
        for (size_t i = 0; i < sizeof in; i++)
            in[i] = (unsigned char)(i * 31 + size);
        cr_assert_eq(RING_CALL(init_raw)(&ring, 3, size, 1), WEIR_OK);
        for (int lap = 0; lap < 4; lap++) {
            cr_assert(RING_CALL(try_push_raw)(&ring, in, size));
            cr_assert_eq(RING_CALL(push_n_raw)(&ring, in + size, 3, size), 2);
            cr_assert(RING_CALL(try_pop_raw)(&ring, out, size));
            cr_assert_eq(RING_CALL(pop_n_raw)(&ring, out + size, 3, size), 2);
            cr_assert_eq(memcmp(in, out, 3 * size), 0);
        }
        RING_CALL(destroy)(&ring);
    }
}

RING_TEST(init_refuses_what_cannot_be) {
    numbers ring;
    RING_RAW raw;
    cr_assert_eq(numbers_init(&ring, 0), WEIR_INVALID);
    cr_assert_eq(numbers_init(&ring, SIZE_MAX), WEIR_INVALID);
    cr_assert_eq(numbers_init(&ring, SIZE_MAX / 16), WEIR_INVALID);
    cr_assert_eq(numbers_init(&ring, SIZE_MAX / 64), WEIR_INVALID);
    cr_assert_eq(numbers_init(&ring, SIZE_MAX / 16 + 2), WEIR_INVALID);
    cr_assert_eq(RING_CALL(init_raw)(&raw, 1, 0, 1), WEIR_INVALID);
    cr_assert_eq(RING_CALL(init_raw)(&raw, 1, 8, 0), WEIR_INVALID);
    cr_assert_eq(RING_CALL(init_raw)(&raw, 1, 8, 3), WEIR_INVALID);
    cr_assert_eq(RING_CALL(init_raw)(&raw, 1, SIZE_MAX, 1), WEIR_INVALID);
    cr_assert_eq(RING_CALL(init_raw)(&raw, 1, 8, SIZE_MAX / 2 + 1), WEIR_INVALID);
}

RING_TEST(out_of_memory_is_a_status_and_leaves_nothing_behind) {
    faulty_allocator faulty = {.fail_at = 1};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers ring;
    cr_assert_eq(numbers_init_with(&ring, 10, &allocator), WEIR_NOMEM);
    cr_assert_eq(faulty.live, 0);
    cr_assert_eq(numbers_init_with(&ring, 10, &allocator), WEIR_OK);
    cr_assert_eq(faulty.live, 1);
    cr_assert(numbers_try_push(&ring, 1), "elements left inside are no leak");
    numbers_destroy(&ring);
    cr_assert_eq(faulty.live, 0);
    cr_assert_eq(faulty.bytes, 0, "free is told the size that alloc was asked for");
}

RING_TEST(len_is_within_bounds_for_any_torn_reading) {
    numbers ring;
    uint64_t out;
    uint64_t tickets[64];
    size_t count = 0;
    cr_assert_eq(numbers_init(&ring, 3), WEIR_OK);
    start_near_overflow(&ring, 1);
    for (int i = 0; i < 20; i++) {
        tickets[count++] = weir_i_load(&ring.raw.RING_TAIL, relaxed);
        cr_assert(numbers_try_push(&ring, 1) && numbers_try_pop(&ring, &out));
    }
    for (size_t head = 0; head < count; head++) {
        for (size_t tail = 0; tail < count; tail++) {
            const size_t expected = tail < head ? 0 : tail - head > 3 ? 3 : tail - head;
            weir_i_store(&ring.raw.head, tickets[head], relaxed);
            weir_i_store(&ring.raw.RING_TAIL, tickets[tail], relaxed);
            cr_assert_eq(numbers_len(&ring), expected);
        }
    }
    numbers_destroy(&ring);
}
