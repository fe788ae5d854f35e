/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.c - the two-thread queue in one thread: every call at every capacity and every phase.
 */
#define WEIR_CHECKED 1
#include "support/check.h"
#include "support/faulty_allocator.h"

#include <weir/spsc.h>

#include <string.h>

typedef struct wide {
    uint64_t a, b, c;
} wide;

typedef struct odd {
    unsigned char byte[3];
} odd;

typedef struct bulk {
    unsigned char byte[100];
} bulk;

WEIR_SPSC(odds, odd)
WEIR_SPSC(bulks, bulk)
WEIR_SPSC(numbers, uint64_t)
WEIR_SPSC(wides, wide);

static const size_t capacities[] = {1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 100, 1000};
enum { CAPACITIES = sizeof capacities / sizeof capacities[0] };

static void fill_and_empty(numbers *queue, uint64_t *next) {
    const size_t capacity = numbers_capacity(queue);
    const uint64_t first = *next;
    uint64_t out = 0;
    for (size_t i = 0; i < capacity; i++) {
        cr_assert_eq(numbers_len(queue), i);
        cr_assert(numbers_try_push(queue, (*next)++));
    }
    cr_assert_eq(numbers_len(queue), capacity);
    cr_assert_not(numbers_try_push(queue, 0), "capacity %zu is not exact", capacity);
    for (size_t i = 0; i < capacity; i++) {
        cr_assert(numbers_try_pop(queue, &out));
        cr_assert_eq(out, first + i);
        cr_assert_eq(numbers_len(queue), capacity - i - 1);
    }
    cr_assert_not(numbers_try_pop(queue, &out));
}

Test(spsc, holds_exactly_its_capacity_from_every_phase) {
    for (size_t c = 0; c < CAPACITIES; c++) {
        numbers queue;
        uint64_t next = 1;
        uint64_t out = 0;
        const size_t phases = capacities[c] < 70 ? capacities[c] + 2 : 3;
        cr_assert_eq(numbers_init(&queue, capacities[c]), WEIR_OK);
        cr_assert_eq(numbers_capacity(&queue), capacities[c]);
        for (size_t phase = 0; phase < phases; phase++) {
            fill_and_empty(&queue, &next);
            cr_assert(numbers_try_push(&queue, 1));
            cr_assert(numbers_try_pop(&queue, &out));
        }
        numbers_destroy(&queue);
    }
}

Test(spsc, failed_calls_change_nothing) {
    numbers queue;
    uint64_t out = 42;
    uint64_t batch[2] = {7, 8};
    cr_assert_eq(numbers_init(&queue, 1), WEIR_OK);
    cr_assert_not(numbers_try_pop(&queue, &out));
    cr_assert_null(numbers_front(&queue));
    cr_assert_eq(numbers_pop_n(&queue, batch, 2), 0);
    cr_assert_eq(out, 42);
    cr_assert_eq(batch[0], 7);
    cr_assert(numbers_try_push(&queue, 5));
    cr_assert_not(numbers_try_push(&queue, 6));
    cr_assert_null(numbers_reserve(&queue));
    cr_assert_eq(numbers_push_n(&queue, batch, 2), 0);
    cr_assert_eq(numbers_len(&queue), 1);
    cr_assert(numbers_try_pop(&queue, &out));
    cr_assert_eq(out, 5);
    numbers_destroy(&queue);
}

/* Found by fuzzing: the first look moved head from the end to the start, the second then took the
 * way to tail, still at the end, for elements. */
Test(spsc, empty_at_the_end_stays_empty_however_often_asked) {
    for (size_t capacity = 1; capacity <= 5; capacity++) {
        numbers queue;
        uint64_t out[9];
        cr_assert_eq(numbers_init(&queue, capacity), WEIR_OK);
        for (size_t phase = 0; phase < 3 * capacity + 3; phase++) {
            for (int again = 0; again < 3; again++) {
                cr_assert_not(numbers_try_pop(&queue, out));
                cr_assert_eq(numbers_pop_n(&queue, out, 9), 0);
                cr_assert_null(numbers_front(&queue));
                cr_assert_eq(numbers_len(&queue), 0);
            }
            cr_assert(numbers_try_push(&queue, phase));
            cr_assert(numbers_try_pop(&queue, out));
            cr_assert_eq(out[0], phase);
        }
        numbers_destroy(&queue);
    }
}

static void batches_at(size_t capacity) {
    numbers queue;
    uint64_t values[40];
    uint64_t pushed = 0;
    uint64_t popped = 0;
    cr_assert_eq(numbers_init(&queue, capacity), WEIR_OK);
    for (size_t round = 0; round < 400; round++) {
        const size_t in = (round * 7) % 40;
        const size_t room = capacity - (size_t)(pushed - popped);
        for (size_t i = 0; i < in; i++)
            values[i] = pushed + i;
        const size_t went = numbers_push_n(&queue, values, in);
        cr_assert_eq(went, in < room ? in : room);
        pushed += went;
        const size_t want = (round * 11) % 40;
        const size_t there = (size_t)(pushed - popped);
        const size_t came = numbers_pop_n(&queue, values, want);
        cr_assert_eq(came, want < there ? want : there);
        for (size_t i = 0; i < came; i++)
            cr_assert_eq(values[i], popped + i);
        popped += came;
        cr_assert_eq(numbers_len(&queue), pushed - popped);
    }
    numbers_destroy(&queue);
}

Test(spsc, batches_move_all_that_fits_in_order) {
    for (size_t c = 0; c < CAPACITIES; c++)
        batches_at(capacities[c]);
}

/* A batch is copied by fours of elements, the rest one by one, and as a whole when it is long: all
 * lengths, around the end too, byte by byte. */
#define BATCHES_OF(name, T)                                                                        \
    static void batches_of_##name(void) {                                                          \
        static T in[40], out[40];                                                                  \
        unsigned char next = 0;                                                                    \
        name queue;                                                                                \
        cr_assert_eq(name##_init(&queue, 37), WEIR_OK);                                            \
        for (size_t n = 1; n <= 37; n++) {                                                         \
            for (size_t i = 0; i < n * sizeof(T); i++)                                             \
                ((unsigned char *)in)[i] = next++;                                                 \
            memset(out, 0, sizeof out);                                                            \
            cr_assert_eq(name##_push_n(&queue, in, n), n);                                         \
            cr_assert_eq(name##_pop_n(&queue, out, 40), n);                                        \
            cr_assert_eq(memcmp(in, out, n * sizeof(T)), 0, #T ", a batch of %zu", n);             \
            cr_assert_eq(((unsigned char *)out)[n * sizeof(T)], 0, "a byte too many");             \
        }                                                                                          \
        name##_destroy(&queue);                                                                    \
    }

BATCHES_OF(odds, odd)
BATCHES_OF(bulks, bulk)
BATCHES_OF(wides, wide)

Test(spsc, batches_of_every_length_carry_every_byte) {
    batches_of_odds();
    batches_of_bulks();
    batches_of_wides();
}

/* Who is alone with the queue must not go on pausing because it once found the queue empty, or
 * full. */
Test(spsc, a_slip_ends_when_no_more_than_one_comes_at_a_time) {
    numbers queue;
    uint64_t out;
    cr_assert_eq(numbers_init(&queue, 2), WEIR_OK);
    cr_assert_not(numbers_try_pop(&queue, &out));
    cr_assert_eq(queue.raw.empty_at, queue.raw.slots, "it was stuck here");
    for (int i = 0; i < 2; i++)
        cr_assert(numbers_try_push(&queue, 1) && numbers_try_pop(&queue, &out));
    cr_assert_null(queue.raw.empty_at);
    cr_assert(numbers_try_push(&queue, 1) && numbers_try_push(&queue, 2));
    cr_assert_not(numbers_try_push(&queue, 3));
    cr_assert_not_null(queue.raw.full_at);
    for (int i = 0; i < 2; i++)
        cr_assert(numbers_try_pop(&queue, &out) && numbers_try_push(&queue, 3));
    cr_assert_null(queue.raw.full_at);
    numbers_destroy(&queue);
}

/* It goes on while a few come at a time, and ends when the queue holds more. */
Test(spsc, a_slip_goes_on_while_the_other_side_is_near) {
    numbers queue;
    uint64_t out[100] = {0};
    cr_assert_eq(numbers_init(&queue, 1000), WEIR_OK);
    cr_assert_not(numbers_try_pop(&queue, out));
    for (int i = 0; i < 10; i++) {
        cr_assert_eq(numbers_push_n(&queue, out, 3), 3);
        for (int k = 0; k < 3; k++)
            cr_assert(numbers_try_pop(&queue, out));
        cr_assert_not_null(queue.raw.empty_at, "round %d", i);
    }
    cr_assert_eq(numbers_push_n(&queue, out, 100), 100);
    cr_assert(numbers_try_pop(&queue, out));
    cr_assert_null(queue.raw.empty_at);
    numbers_destroy(&queue);
}

Test(spsc, batch_of_nothing_and_batch_beyond_capacity) {
    numbers queue;
    uint64_t in[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    uint64_t out[10] = {0};
    cr_assert_eq(numbers_init(&queue, 3), WEIR_OK);
    cr_assert_eq(numbers_push_n(&queue, in, 0), 0);
    cr_assert_eq(numbers_pop_n(&queue, out, 0), 0);
    cr_assert_eq(numbers_push_n(&queue, in, 10), 3);
    cr_assert_eq(numbers_push_n(&queue, in, 0), 0);
    cr_assert_eq(numbers_pop_n(&queue, out, SIZE_MAX), 3);
    for (uint64_t i = 0; i < 3; i++)
        cr_assert_eq(out[i], i);
    cr_assert_eq(numbers_push_n(&queue, in, 3), 3);
    cr_assert_eq(numbers_pop_n(&queue, out, SIZE_MAX / 8 + 1), 3, "its bytes overflow to 0");
    numbers_destroy(&queue);
}

Test(spsc, alignment_beyond_a_cache_line_is_kept) {
    for (size_t align = 1; align <= 8192; align *= 2) {
        weir_spsc queue;
        cr_assert_eq(weir_spsc_init_raw(&queue, 2, 3 * align, align), WEIR_OK);
        cr_assert_eq((uintptr_t)queue.slots % align, 0);
        weir_spsc_destroy(&queue);
    }
}

Test(spsc, len_is_within_bounds_for_any_torn_reading) {
    numbers queue;
    cr_assert_eq(numbers_init(&queue, 3), WEIR_OK);
    for (size_t head = 0; head <= 4; head++) {
        for (size_t tail = 0; tail <= 4; tail++) {
            const size_t expected = (tail + 4 - head) % 4; /* position 4 is position 0 */
            weir_i_store(&queue.raw.head, queue.raw.slots + 8 * head, relaxed);
            weir_i_store(&queue.raw.tail, queue.raw.slots + 8 * tail, relaxed);
            cr_assert_eq(numbers_len(&queue), expected);
        }
    }
    numbers_destroy(&queue);
}

/* Writes in place, reads in place, mixed with copies: one queue, one order. */
Test(spsc, reserve_and_front_work_in_place_in_order) {
    for (size_t capacity = 1; capacity <= 5; capacity++) {
        wides queue;
        cr_assert_eq(wides_init(&queue, capacity), WEIR_OK);
        for (uint64_t i = 0; i < 40; i++) {
            wide *slot = wides_reserve(&queue);
            cr_assert_not_null(slot);
            cr_assert_eq(wides_reserve(&queue), slot, "a second reserve names the same slot");
            cr_assert_eq(wides_len(&queue), 0, "what is not committed is not there");
            *slot = (wide){i, i + 1, i + 2};
            wides_commit(&queue);
            const wide *front = wides_front(&queue);
            cr_assert_eq(front, slot);
            cr_assert(front->a == i && front->b == i + 1 && front->c == i + 2);
            cr_assert_eq(wides_front(&queue), front);
            cr_assert_eq(wides_len(&queue), 1, "what is not released is still there");
            wides_release(&queue);
            cr_assert_null(wides_front(&queue));
        }
        wides_destroy(&queue);
    }
}

Test(spsc, raw_calls_carry_run_time_sizes) {
    for (size_t size = 1; size <= 100; size++) {
        weir_spsc queue;
        unsigned char in[300];
        unsigned char out[300] = {0};
        for (size_t i = 0; i < sizeof in; i++)
            in[i] = (unsigned char)(i * 31 + size);
        cr_assert_eq(weir_spsc_init_raw(&queue, 3, size, 1), WEIR_OK);
        for (int lap = 0; lap < 5; lap++) {
            cr_assert(weir_spsc_try_push_raw(&queue, in, size));
            void *slot = weir_spsc_reserve_raw(&queue);
            memcpy(slot, in + size, size);
            weir_spsc_commit_raw(&queue, size);
            cr_assert_eq(weir_spsc_push_n_raw(&queue, in + 2 * size, 2, size), 1);
            cr_assert(weir_spsc_try_pop_raw(&queue, out, size));
            cr_assert_eq(memcmp(weir_spsc_front_raw(&queue), in + size, size), 0);
            cr_assert_eq(weir_spsc_pop_n_raw(&queue, out + size, 9, size), 2);
            cr_assert_eq(memcmp(in, out, 3 * size), 0);
        }
        weir_spsc_destroy(&queue);
    }
}

Test(spsc, init_refuses_what_cannot_be) {
    numbers queue;
    weir_spsc raw;
    cr_assert_eq(numbers_init(&queue, 0), WEIR_INVALID);
    cr_assert_eq(numbers_init(&queue, SIZE_MAX), WEIR_INVALID);
    cr_assert_eq(numbers_init(&queue, SIZE_MAX / 8), WEIR_INVALID);
    cr_assert_eq(weir_spsc_init_raw(&raw, 1, 0, 1), WEIR_INVALID);
    cr_assert_eq(weir_spsc_init_raw(&raw, 1, 8, 0), WEIR_INVALID);
    cr_assert_eq(weir_spsc_init_raw(&raw, 1, 8, 3), WEIR_INVALID);
    cr_assert_eq(weir_spsc_init_raw(&raw, 1, 12, 8), WEIR_INVALID);
    cr_assert_eq(weir_spsc_init_raw(&raw, SIZE_MAX, 1, 1), WEIR_INVALID);
}

Test(spsc, out_of_memory_is_a_status_and_leaves_nothing_behind) {
    faulty_allocator faulty = {.fail_at = 1};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers queue;
    cr_assert_eq(numbers_init_with(&queue, 10, &allocator), WEIR_NOMEM);
    cr_assert_eq(faulty.live, 0);
    cr_assert_eq(numbers_init_with(&queue, 10, &allocator), WEIR_OK);
    cr_assert_eq(faulty.live, 1);
    cr_assert(numbers_try_push(&queue, 1), "elements left inside are no leak");
    numbers_destroy(&queue);
    cr_assert_eq(faulty.live, 0);
    cr_assert_eq(faulty.bytes, 0, "free is told the size that alloc was asked for");
}

Test(spsc, checked_commit_of_a_full_queue_panics, .signal = SIGABRT) {
    numbers queue;
    cr_assert_eq(numbers_init(&queue, 1), WEIR_OK);
    cr_assert(numbers_try_push(&queue, 1));
    numbers_commit(&queue);
}

Test(spsc, checked_release_of_an_empty_queue_panics, .signal = SIGABRT) {
    numbers queue;
    cr_assert_eq(numbers_init(&queue, 1), WEIR_OK);
    numbers_release(&queue);
}
