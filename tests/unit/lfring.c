/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - the lock-free ring in one thread: what both rings do, in rings.h; and here what pushes
 * in flight cost, and batches, which this ring takes in steps.
 */
#include <weir/lfring.h>

#define RING lfring
#define RING_OF WEIR_LFRING
#define RING_TAIL claimed
#include "rings.h"

/* What pushes in flight leave behind, made by hand: a push that has claimed and goes no further. */
static uint64_t claim_and_stop(numbers *ring, uint64_t *word) {
    uint64_t ticket = 0;
    cr_assert(weir_i_lfring_claim(&ring->raw, ring->raw.cell.stride, &ticket, word));
    return ticket;
}

static void go_on(numbers *ring, uint64_t ticket, uint64_t word, uint64_t value) {
    const weir_i_ring_cell cell = ring->raw.cell;
    weir_i_copy_in(weir_i_lfring_words(&ring->raw, word, cell), &value, sizeof value);
    weir_i_lfring_fill(&ring->raw, ticket, word, cell.stride);
}

/* As after more pushes and pops than anybody lives to see; what is in flight does not know. */
static void later_by(numbers *ring, uint64_t laps) {
    weir_lfring *raw = &ring->raw;
    const uint64_t by = laps * raw->lap;
    weir_i_fetch_add(&raw->claimed, by, relaxed);
    weir_i_fetch_add(&raw->head, by, relaxed);
    weir_i_fetch_add(&raw->seen, by, relaxed);
    for (uint64_t at = 0; at < raw->end; at += raw->cell.stride)
        weir_i_fetch_add(&weir_i_lfring_at(raw, at)->word, by, relaxed);
}

/* A search from the old ticket would walk over every position filled meanwhile. */
Test(lfring, a_push_that_stood_still_for_long_finds_its_position_at_once, .timeout = 60) {
    numbers ring;
    uint64_t out = 0;
    uint64_t word = 0;
    cr_assert_eq(numbers_init(&ring, 3), WEIR_OK);
    start_near_overflow(&ring, 1000);
    const uint64_t ticket = claim_and_stop(&ring, &word);
    for (uint64_t turn = 0; turn < 100; turn++) {
        for (uint64_t i = 0; i < 5; i++) {
            cr_assert(numbers_try_push(&ring, turn + i));
            cr_assert(numbers_try_pop(&ring, &out) && out == turn + i);
        }
        if (turn < 4)
            later_by(&ring, UINT64_C(1) << 52);
    }
    go_on(&ring, ticket, word, 42);
    cr_assert(numbers_try_pop(&ring, &out) && out == 42);
    cr_assert_not(numbers_try_pop(&ring, &out));
    numbers_destroy(&ring);
}

/* More than a batch takes by one move of head, and with the end of the array in between. */
Test(lfring, large_batches_go_in_several_steps) {
    enum { MANY = 1000 };
    static uint64_t in[MANY];
    static uint64_t out[MANY];
    numbers ring;
    cr_assert_eq(numbers_init(&ring, MANY), WEIR_OK);
    start_near_overflow(&ring, 1);
    for (uint64_t i = 0; i < MANY; i++)
        in[i] = i;
    cr_assert_eq(numbers_push_n(&ring, in, 300), 300);
    cr_assert_eq(numbers_pop_n(&ring, out, 300), 300);
    cr_assert_eq(numbers_push_n(&ring, in, MANY), MANY);
    cr_assert_eq(numbers_pop_n(&ring, out, MANY), MANY);
    cr_assert_eq(memcmp(in, out, sizeof in), 0);
    numbers_destroy(&ring);
}

/* Elements of which one alone is more than a batch copies at once. */
typedef struct page {
    uint64_t words[512];
} page;

WEIR_LFRING(pages, page)

Test(lfring, batches_of_elements_of_kilobytes) {
    static page in[3];
    static page out[3];
    pages ring;
    cr_assert_eq(pages_init(&ring, 2), WEIR_OK);
    for (uint64_t i = 0; i < 3 * 512; i++)
        in[i / 512].words[i % 512] = i;
    for (int lap = 0; lap < 3; lap++) {
        cr_assert_eq(pages_push_n(&ring, in, 3), 2);
        cr_assert_eq(pages_pop_n(&ring, out, 3), 2);
        cr_assert_eq(memcmp(in, out, 2 * sizeof(page)), 0);
    }
    pages_destroy(&ring);
}

Test(lfring, stopped_pushes_cost_one_slot_each_until_they_go_on) {
    for (size_t capacity = 1; capacity <= 9; capacity++) {
        for (size_t stopped = 1; stopped <= capacity; stopped++) {
            numbers ring;
            uint64_t out = 0;
            uint64_t ticket[9];
            uint64_t word[9];
            cr_assert_eq(numbers_init(&ring, capacity), WEIR_OK);
            start_near_overflow(&ring, 1);
            for (size_t i = 0; i < stopped; i++)
                ticket[i] = claim_and_stop(&ring, &word[i]);
            cr_assert_eq(numbers_len(&ring), stopped, "a push in flight counts");
            cr_assert_not(numbers_try_pop(&ring, &out), "and is not there");
            for (uint64_t lap = 0; lap < 5; lap++) {
                for (size_t i = 0; i < capacity - stopped; i++)
                    cr_assert(numbers_try_push(&ring, lap * 10 + i));
                cr_assert_not(numbers_try_push(&ring, 0));
                for (size_t i = 0; i < capacity - stopped; i++)
                    cr_assert(numbers_try_pop(&ring, &out) && out == lap * 10 + i);
                cr_assert_not(numbers_try_pop(&ring, &out));
            }
            for (size_t i = 0; i < stopped; i++)
                go_on(&ring, ticket[stopped - 1 - i], word[stopped - 1 - i], i);
            for (size_t i = 0; i < stopped; i++)
                cr_assert(numbers_try_pop(&ring, &out) && out == i, "in the order of readiness");
            for (uint64_t lap = 0, next = 1; lap < 3; lap++)
                fill_and_empty(&ring, &next);
            numbers_destroy(&ring);
        }
    }
}
