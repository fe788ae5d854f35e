/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.c - the deque and the injector in one thread: what each call returns, at every size, while
 * growing, and across the wrap.
 */
#include "support/check.h"
#include "support/faulty_allocator.h"

#include <weir/deque.h>

typedef struct pair {
    uint64_t a, b;
} pair;

typedef struct odd {
    unsigned char bytes[13];
} odd;

WEIR_DEQUE(numbers, uint64_t)
WEIR_DEQUE_FIFO(lines, uint64_t);
WEIR_DEQUE_BOUNDED(shelves, uint64_t)
WEIR_DEQUE(pairs, pair)
WEIR_DEQUE(odds, odd)
WEIR_DEQUE(letters, char)
WEIR_INJECTOR(inbox, uint64_t, numbers)
WEIR_INJECTOR(any_inbox, uint64_t);

static const size_t initials[] = {0, 1, 2, 3, 4, 5, 8, 100, 1000};
enum { INITIALS = sizeof initials / sizeof initials[0], GAP = 63 };

/* Indices are `before` pushes from overflowing. */
static void start(numbers *d, size_t initial, uint64_t before) {
    cr_assert_eq(numbers_init(d, initial), WEIR_OK);
    weir_i_deque_start(&d->raw, 0 - before);
}

Test(deque, owner_takes_the_youngest_thieves_the_oldest) {
    for (size_t i = 0; i < INITIALS; i++) {
        for (uint64_t before = 0; before < 4; before++) {
            numbers d;
            uint64_t out = 0;
            start(&d, initials[i], before);
            for (uint64_t n = 0; n < 10; n++) {
                cr_assert_eq(numbers_len(&d), n);
                cr_assert_eq(numbers_push(&d, n), WEIR_OK);
            }
            for (uint64_t n = 0; n < 5; n++) {
                cr_assert(numbers_pop(&d, &out) && out == 9 - n);
                cr_assert(numbers_steal(&d, &out) == WEIR_OK && out == n);
            }
            cr_assert_not(numbers_pop(&d, &out));
            cr_assert_eq(numbers_steal(&d, &out), WEIR_AGAIN);
            cr_assert_eq(numbers_len(&d), 0);
            numbers_destroy(&d);
        }
    }
}

Test(deque, pop_of_an_empty_one_at_index_zero) {
    numbers d;
    uint64_t out = 42;
    cr_assert_eq(numbers_init(&d, 1), WEIR_OK);
    for (int i = 0; i < 3; i++) {
        cr_assert_not(numbers_pop(&d, &out), "index 0 less one is no element");
        cr_assert_eq(numbers_steal(&d, &out), WEIR_AGAIN);
        cr_assert_eq(numbers_len(&d), 0);
    }
    cr_assert_eq(out, 42, "nothing is written");
    cr_assert_eq(numbers_push(&d, 1), WEIR_OK);
    cr_assert(numbers_pop(&d, &out) && out == 1);
    cr_assert_not(numbers_pop(&d, &out));
    numbers_destroy(&d);
}

/* The owner's own memory of top must not say empty, or full, after thieves were there. */
Test(deque, every_mix_of_push_pop_and_steal) {
    for (unsigned mix = 0; mix < 3 * 3 * 3 * 3 * 3 * 3 * 3; mix++) {
        numbers d;
        uint64_t model[8];
        size_t first = 0;
        size_t end = 0;
        unsigned rest = mix;
        start(&d, 1, 2);
        for (uint64_t step = 0; step < 7; step++, rest /= 3) {
            uint64_t out = 0;
            if (rest % 3 == 0) {
                cr_assert_eq(numbers_push(&d, step), WEIR_OK);
                model[end++] = step;
            } else if (rest % 3 == 1) {
                cr_assert_eq(numbers_pop(&d, &out), end > first);
                cr_assert(end == first || out == model[--end]);
            } else {
                cr_assert_eq(numbers_steal(&d, &out), end > first ? WEIR_OK : WEIR_AGAIN);
                cr_assert(end == first || out == model[first++]);
            }
            cr_assert_eq(numbers_len(&d), end - first);
        }
        numbers_destroy(&d);
    }
}

Test(deque, growth_keeps_elements_and_their_order_at_every_phase) {
    for (uint64_t before = 0; before < 9; before++) {
        numbers d;
        uint64_t out = 0;
        uint64_t next = 0;
        uint64_t oldest = 0;
        start(&d, 2, before);
        for (int round = 0; round < 12; round++) {
            for (int i = 0; i < 3; i++)
                cr_assert_eq(numbers_push(&d, next++), WEIR_OK);
            cr_assert(numbers_steal(&d, &out) == WEIR_OK && out == oldest++);
        }
        while (numbers_steal(&d, &out) == WEIR_OK)
            cr_assert_eq(out, oldest++);
        cr_assert_eq(oldest, next);
        numbers_destroy(&d);
    }
}

Test(deque, memory_is_the_current_array_and_less_in_older_ones) {
    faulty_allocator faulty = {0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers d;
    cr_assert_eq(numbers_init_with(&d, 0, &allocator), WEIR_OK);
    for (uint64_t n = 0; n < 1000; n++)
        cr_assert_eq(numbers_push(&d, n), WEIR_OK);
    cr_assert_eq(faulty.live, 11, "1, 2, 4, ..., 1024");
    cr_assert_lt(faulty.bytes, 2 * 8 * 1024 + 11 * sizeof(weir_i_deque_array));
    numbers_destroy(&d);
    cr_assert_eq(faulty.live, 0);
    cr_assert_eq(faulty.bytes, 0, "free is told the size that alloc was asked for");
}

Test(deque, out_of_memory_leaves_all_as_it_was) {
    faulty_allocator faulty = {.fail_at = 1};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers d;
    uint64_t out = 0;
    cr_assert_eq(numbers_init_with(&d, 2, &allocator), WEIR_NOMEM);
    cr_assert_eq(faulty.live, 0);
    cr_assert_eq(numbers_init_with(&d, 2, &allocator), WEIR_OK);
    faulty.fail_at = 3;
    cr_assert_eq(numbers_push(&d, 1), WEIR_OK);
    cr_assert_eq(numbers_push(&d, 2), WEIR_OK);
    cr_assert_eq(numbers_push(&d, 3), WEIR_NOMEM);
    cr_assert_eq(numbers_len(&d), 2);
    cr_assert(numbers_steal(&d, &out) == WEIR_OK && out == 1);
    cr_assert_eq(numbers_push(&d, 3), WEIR_OK, "there is room again");
    cr_assert_eq(numbers_push(&d, 4), WEIR_OK, "and memory, too");
    cr_assert(numbers_pop(&d, &out) && out == 4);
    cr_assert(numbers_pop(&d, &out) && out == 3);
    cr_assert(numbers_pop(&d, &out) && out == 2);
    numbers_destroy(&d);
    cr_assert_eq(faulty.live, 0);
}

Test(deque, fifo_owner_takes_the_oldest) {
    for (uint64_t before = 0; before < 4; before++) {
        lines d;
        uint64_t out = 0;
        cr_assert_eq(lines_init(&d, 1), WEIR_OK);
        weir_i_deque_start(&d.raw, 0 - before);
        cr_assert_not(lines_pop(&d, &out));
        for (uint64_t n = 0; n < 5; n++)
            cr_assert_eq(lines_push(&d, n), WEIR_OK);
        cr_assert(lines_pop(&d, &out) && out == 0);
        cr_assert(lines_steal(&d, &out) == WEIR_OK && out == 1);
        for (uint64_t n = 2; n < 5; n++)
            cr_assert(lines_pop(&d, &out) && out == n);
        cr_assert_not(lines_pop(&d, &out));
        cr_assert_eq(lines_steal(&d, &out), WEIR_AGAIN);
        lines_destroy(&d);
    }
}

Test(deque, bounded_holds_exactly_its_capacity) {
    for (size_t capacity = 1; capacity < 20; capacity++) {
        faulty_allocator faulty = {.fail_at = 2};
        const weir_allocator allocator = faulty_allocator_of(&faulty);
        shelves d;
        uint64_t out = 0;
        cr_assert_eq(shelves_init_with(&d, capacity, &allocator), WEIR_OK);
        weir_i_deque_start(&d.raw, 0 - (uint64_t)5);
        for (int round = 0; round < 3; round++) {
            for (uint64_t n = 0; n < capacity; n++)
                cr_assert_eq(shelves_push(&d, n), WEIR_OK);
            cr_assert_eq(shelves_push(&d, 99), WEIR_AGAIN);
            cr_assert_eq(shelves_len(&d), capacity);
            cr_assert(shelves_steal(&d, &out) == WEIR_OK && out == 0);
            cr_assert_eq(shelves_push(&d, 99), WEIR_OK);
            for (uint64_t n = 0; n < capacity; n++)
                cr_assert(shelves_pop(&d, &out));
            cr_assert_not(shelves_pop(&d, &out));
        }
        cr_assert_eq(faulty.calls, 1, "it never allocates again");
        shelves_destroy(&d);
    }
}

Test(deque, steal_half_takes_half_rounded_up_in_order) {
    for (uint64_t count = 0; count < 20; count++) {
        numbers victim;
        numbers own;
        uint64_t out = 0;
        start(&victim, 1, 3);
        start(&own, 1, 2);
        for (uint64_t n = 0; n < count; n++)
            cr_assert_eq(numbers_push(&victim, n), WEIR_OK);
        cr_assert_eq(numbers_push(&own, 100), WEIR_OK);
        cr_assert_eq(numbers_steal_half(&victim, &own), (count + 1) / 2);
        cr_assert_eq(numbers_len(&victim), count / 2);
        cr_assert_eq(numbers_len(&own), 1 + (count + 1) / 2);
        cr_assert(numbers_steal(&own, &out) == WEIR_OK && out == 100);
        for (uint64_t n = 0; n < (count + 1) / 2; n++)
            cr_assert(numbers_steal(&own, &out) == WEIR_OK && out == n);
        cr_assert_eq(numbers_steal_half(&own, &own), 0);
        numbers_destroy(&victim);
        numbers_destroy(&own);
    }
}

Test(deque, fifo_steal_half_takes_half_rounded_up_in_order) {
    for (uint64_t count = 0; count < 20; count++) {
        lines victim;
        lines own;
        uint64_t out = 0;
        cr_assert_eq(lines_init(&victim, 1), WEIR_OK);
        cr_assert_eq(lines_init(&own, 1), WEIR_OK);
        weir_i_deque_start(&victim.raw, 0 - (uint64_t)3);
        weir_i_deque_start(&own.raw, 0 - (uint64_t)2);
        for (uint64_t n = 0; n < count; n++)
            cr_assert_eq(lines_push(&victim, n), WEIR_OK);
        cr_assert_eq(lines_steal_half(&victim, &own), (count + 1) / 2);
        cr_assert_eq(lines_len(&victim), count / 2);
        for (uint64_t n = 0; n < count; n++)
            cr_assert(lines_pop(n < (count + 1) / 2 ? &own : &victim, &out) && out == n);
        cr_assert_eq(lines_steal_half(&own, &own), 0);
        lines_destroy(&victim);
        lines_destroy(&own);
    }
}

Test(deque, steal_half_fits_into_a_bounded_deque) {
    shelves victim;
    shelves own;
    uint64_t out = 0;
    cr_assert_eq(shelves_init(&victim, 10), WEIR_OK);
    cr_assert_eq(shelves_init(&own, 3), WEIR_OK);
    for (uint64_t n = 0; n < 10; n++)
        cr_assert_eq(shelves_push(&victim, n), WEIR_OK);
    cr_assert_eq(shelves_push(&own, 100), WEIR_OK);
    cr_assert_eq(shelves_steal_half(&victim, &own), 2);
    cr_assert_eq(shelves_steal_half(&victim, &own), 0, "no room");
    cr_assert_eq(shelves_len(&victim), 8);
    cr_assert(shelves_pop(&own, &out) && out == 1);
    shelves_destroy(&victim);
    shelves_destroy(&own);
}

Test(deque, steal_half_without_memory_takes_nothing) {
    faulty_allocator faulty = {.fail_at = 2};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers victim;
    numbers own;
    start(&victim, 8, 0);
    cr_assert_eq(numbers_init_with(&own, 1, &allocator), WEIR_OK);
    for (uint64_t n = 0; n < 8; n++)
        cr_assert_eq(numbers_push(&victim, n), WEIR_OK);
    cr_assert_eq(numbers_steal_half(&victim, &own), 0);
    cr_assert_eq(numbers_len(&victim), 8, "room comes first, claims later");
    cr_assert_eq(numbers_len(&own), 0);
    cr_assert_eq(numbers_steal_half(&victim, &own), 4);
    numbers_destroy(&victim);
    numbers_destroy(&own);
}

Test(deque, carries_elements_of_any_size_up_to_sixteen) {
    pairs p;
    odds o;
    letters l;
    const pair both = {1, ~(uint64_t)1};
    const odd thirteen = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}};
    pair pair_out = {0, 0};
    odd odd_out = {{0}};
    char letter = 0;
    cr_assert_eq(pairs_init(&p, 1), WEIR_OK);
    cr_assert_eq(odds_init(&o, 1), WEIR_OK);
    cr_assert_eq(letters_init(&l, 1), WEIR_OK);
    for (int i = 0; i < 9; i++) {
        cr_assert_eq(pairs_push(&p, both), WEIR_OK);
        cr_assert_eq(odds_push(&o, thirteen), WEIR_OK);
        cr_assert_eq(letters_push(&l, (char)('a' + i)), WEIR_OK);
    }
    cr_assert(pairs_pop(&p, &pair_out) && pair_out.a == 1 && pair_out.b == ~(uint64_t)1);
    cr_assert(pairs_steal(&p, &pair_out) == WEIR_OK && pair_out.b == ~(uint64_t)1);
    cr_assert(odds_steal(&o, &odd_out) == WEIR_OK);
    cr_assert_eq(memcmp(&odd_out, &thirteen, sizeof odd_out), 0);
    cr_assert(letters_pop(&l, &letter) && letter == 'i');
    cr_assert(letters_steal(&l, &letter) == WEIR_OK && letter == 'a');
    pairs_destroy(&p);
    odds_destroy(&o);
    letters_destroy(&l);
}

Test(deque, raw_calls_carry_run_time_sizes) {
    for (size_t size = 1; size <= 16; size++) {
        weir_deque d;
        weir_deque own;
        weir_injector injector;
        unsigned char in[16];
        unsigned char out[18];
        for (size_t i = 0; i < 16; i++)
            in[i] = (unsigned char)(i * 31 + size);
        memset(out, 7, sizeof out);
        cr_assert_eq(weir_deque_init_raw(&d, 1, size, false), WEIR_OK);
        cr_assert_eq(weir_deque_init_raw(&own, 1, size, false), WEIR_OK);
        cr_assert_eq(weir_injector_init_raw(&injector, size), WEIR_OK);
        for (int i = 0; i < 3; i++) {
            cr_assert_eq(weir_deque_push_raw(&d, in), WEIR_OK);
            cr_assert_eq(weir_injector_push_raw(&injector, in), WEIR_OK);
        }
        cr_assert(weir_deque_pop_raw(&d, out));
        cr_assert_eq(memcmp(in, out, size), 0);
        cr_assert_eq(out[size], 7, "not a byte more");
        cr_assert_eq(weir_deque_steal_half_raw(&d, &own), 1);
        cr_assert_eq(weir_deque_steal_raw(&own, out), WEIR_OK);
        cr_assert_eq(memcmp(in, out, size), 0);
        cr_assert_eq(weir_injector_steal_batch_raw(&injector, &own), 2);
        cr_assert_eq(weir_injector_steal_raw(&injector, out), WEIR_OK);
        cr_assert_eq(memcmp(in, out, size), 0);
        cr_assert_eq(out[size], 7);
        weir_deque_destroy(&d);
        weir_deque_destroy(&own);
        weir_injector_destroy(&injector);
    }
}

Test(deque, init_refuses_what_cannot_be) {
    numbers d;
    weir_deque raw;
    weir_injector injector;
    cr_assert_eq(numbers_init(&d, SIZE_MAX), WEIR_INVALID);
    cr_assert_eq(numbers_init(&d, SIZE_MAX / 2), WEIR_INVALID);
    cr_assert_eq(numbers_init(&d, SIZE_MAX / 8), WEIR_INVALID);
    cr_assert_eq(numbers_init(&d, SIZE_MAX / 64), WEIR_INVALID);
    cr_assert_eq(weir_deque_init_raw(&raw, 1, 0, false), WEIR_INVALID);
    cr_assert_eq(weir_deque_init_raw(&raw, 1, 17, false), WEIR_INVALID);
    cr_assert_eq(weir_injector_init_raw(&injector, 0), WEIR_INVALID);
    cr_assert_eq(weir_injector_init_raw(&injector, 17), WEIR_INVALID);
}

Test(deque, a_favoured_owner_gets_the_same_answers) {
    numbers d;
    uint64_t out = 0;
    start(&d, 1, 2);
    (void)numbers_favour_owner(&d); /* whether the kernel can or not */
    for (uint64_t n = 0; n < 6; n++)
        cr_assert_eq(numbers_push(&d, n), WEIR_OK);
    for (uint64_t n = 0; n < 3; n++) {
        cr_assert(numbers_pop(&d, &out) && out == 5 - n);
        cr_assert(numbers_steal(&d, &out) == WEIR_OK && out == n);
    }
    cr_assert_not(numbers_pop(&d, &out));
    cr_assert_eq(numbers_steal(&d, &out), WEIR_AGAIN);
    numbers_destroy(&d);
}

/* Whatever two readings len is made of: never negative. */
Test(deque, len_is_never_negative_for_any_torn_reading) {
    numbers d;
    start(&d, 4, 2);
    for (uint64_t top = 0; top < 5; top++) {
        for (uint64_t bottom = 0; bottom < 5; bottom++) {
            weir_i_store(&d.raw.top, top - 2, relaxed);
            weir_i_store(&d.raw.bottom, bottom - 2, relaxed);
            cr_assert_eq(numbers_len(&d), bottom > top ? bottom - top : 0);
        }
    }
    numbers_destroy(&d);
}

/* -- the injector ----------------------------------------------------------------------------- */

static void injector_start(inbox *in, uint64_t lap, uint64_t first) {
    cr_assert_eq(weir_i_injector_init(&in->raw, 8, lap, first, NULL), WEIR_OK);
}

Test(injector, is_a_queue_over_many_blocks_and_the_overflow_of_its_tickets) {
    for (uint64_t lap = 2; lap <= 64; lap *= 2) {
        for (uint64_t laps = 0; laps < 3; laps++) {
            inbox in;
            uint64_t out = 0;
            uint64_t next = 0;
            uint64_t oldest = 0;
            injector_start(&in, lap, 0 - laps * lap);
            for (int round = 0; round < 100; round++) {
                for (int i = 0; i < 3; i++)
                    cr_assert_eq(inbox_push(&in, next++), WEIR_OK);
                cr_assert_eq(inbox_len(&in), next - oldest);
                for (int i = 0; i < 2; i++)
                    cr_assert(inbox_steal(&in, &out) == WEIR_OK && out == oldest++);
                cr_assert_eq(inbox_len(&in), next - oldest);
            }
            while (inbox_steal(&in, &out) == WEIR_OK)
                cr_assert_eq(out, oldest++);
            cr_assert_eq(oldest, next);
            cr_assert_eq(inbox_steal(&in, &out), WEIR_AGAIN);
            inbox_destroy(&in);
        }
    }
}

Test(injector, memory_follows_what_is_inside) {
    faulty_allocator faulty = {0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    inbox in;
    uint64_t out = 0;
    cr_assert_eq(inbox_init_with(&in, &allocator), WEIR_OK);
    for (uint64_t n = 0; n < 10000; n++) {
        cr_assert_eq(inbox_push(&in, n), WEIR_OK);
        cr_assert(inbox_steal(&in, &out) == WEIR_OK && out == n);
        cr_assert_leq(faulty.live, 2);
    }
    for (uint64_t n = 0; n < 10 * GAP; n++)
        cr_assert_eq(inbox_push(&in, n), WEIR_OK);
    cr_assert_leq(faulty.live, 12);
    inbox_destroy(&in);
    cr_assert_eq(faulty.live, 0, "elements left inside are no leak");
    cr_assert_eq(faulty.bytes, 0);
}

Test(injector, out_of_memory_leaves_all_as_it_was) {
    faulty_allocator faulty = {.fail_at = 1};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    inbox in;
    uint64_t out = 0;
    cr_assert_eq(inbox_init_with(&in, &allocator), WEIR_NOMEM);
    cr_assert_eq(inbox_init_with(&in, &allocator), WEIR_OK);
    faulty.fail_at = 3;
    for (uint64_t n = 0; n < GAP - 1; n++)
        cr_assert_eq(inbox_push(&in, n), WEIR_OK);
    cr_assert_eq(inbox_push(&in, GAP - 1), WEIR_NOMEM, "the last slot needs the next block");
    cr_assert_eq(inbox_len(&in), GAP - 1);
    cr_assert_eq(inbox_push(&in, GAP - 1), WEIR_OK);
    cr_assert_eq(inbox_push(&in, GAP), WEIR_OK);
    for (uint64_t n = 0; n <= GAP; n++)
        cr_assert(inbox_steal(&in, &out) == WEIR_OK && out == n);
    inbox_destroy(&in);
    cr_assert_eq(faulty.live, 0);
}

Test(injector, a_batch_is_half_up_to_32_within_a_block) {
    for (uint64_t count = 0; count < 150; count++) {
        inbox in;
        numbers own;
        uint64_t out = 0;
        uint64_t oldest = 0;
        cr_assert_eq(inbox_init(&in), WEIR_OK);
        start(&own, 1, 3);
        for (uint64_t n = 0; n < count; n++)
            cr_assert_eq(inbox_push(&in, n), WEIR_OK);
        while (inbox_len(&in) > 0) {
            uint64_t expected = (count - oldest + 1) / 2;
            if (expected > 32)
                expected = 32;
            if (expected > GAP - oldest % GAP)
                expected = GAP - oldest % GAP;
            cr_assert_eq(inbox_steal_batch(&in, &own), expected);
            oldest += expected;
        }
        cr_assert_eq(inbox_steal_batch(&in, &own), 0);
        cr_assert_eq(numbers_len(&own), count);
        for (uint64_t n = 0; n < count; n++)
            cr_assert(numbers_steal(&own, &out) == WEIR_OK && out == n);
        inbox_destroy(&in);
        numbers_destroy(&own);
    }
}

Test(injector, a_batch_fits_into_a_bounded_deque_and_needs_memory_first) {
    any_inbox in;
    shelves own;
    lines grows;
    faulty_allocator faulty = {.fail_at = 2};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    cr_assert_eq(any_inbox_init(&in), WEIR_OK);
    cr_assert_eq(shelves_init(&own, 3), WEIR_OK);
    cr_assert_eq(lines_init_with(&grows, 1, &allocator), WEIR_OK);
    for (uint64_t n = 0; n < 20; n++)
        cr_assert_eq(any_inbox_push(&in, n), WEIR_OK);
    cr_assert_eq(any_inbox_steal_batch(&in, &own), 3);
    cr_assert_eq(any_inbox_steal_batch(&in, &own), 0, "no room");
    cr_assert_eq(any_inbox_steal_batch(&in, &grows), 0, "no memory");
    cr_assert_eq(any_inbox_len(&in), 17);
    cr_assert_eq(any_inbox_steal_batch(&in, &grows), 9);
    any_inbox_destroy(&in);
    shelves_destroy(&own);
    lines_destroy(&grows);
}

Test(injector, a_batch_into_a_deque_of_other_elements_panics, .signal = SIGABRT) {
    any_inbox in;
    letters own;
    cr_assert_eq(any_inbox_init(&in), WEIR_OK);
    cr_assert_eq(letters_init(&own, 3), WEIR_OK);
    (void)any_inbox_steal_batch(&in, &own);
}

Test(deque, steal_half_between_deques_of_other_elements_panics, .signal = SIGABRT) {
    letters own;
    numbers victim;
    cr_assert_eq(letters_init(&own, 3), WEIR_OK);
    start(&victim, 1, 0);
    (void)weir_deque_steal_half_raw(&victim.raw, &own.raw);
}
