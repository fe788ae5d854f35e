/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.c - channels in one thread or two: what each call returns, at every capacity and across the
 * overflow of the tickets; close, NULL, deadlines, storage, misuse.
 */
#include "support/check.h"
#include "support/faulty_allocator.h"
#include "support/spawn.h"

#include <weir/chan.h>

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

WEIR_CHAN(numbers, uint64_t)
WEIR_CHAN(wides, wide)
WEIR_CHAN(bigs, aligned)
WEIR_CHAN(odds, odd)
WEIR_CHAN(letters, char);

static const size_t capacities[] = {1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 100, 1000};
enum { CAPACITIES = sizeof capacities / sizeof capacities[0], MILLISECOND = 1000 * 1000 };

static void start_near_overflow(numbers *ch, uint64_t before) {
    weir_i_chan_start(&ch->raw, 0 - before * ch->raw.lap);
}

static void fill_and_empty(numbers *ch, uint64_t *next) {
    const size_t capacity = numbers_capacity(ch);
    const uint64_t first = *next;
    uint64_t out = 0;
    for (size_t i = 0; i < capacity; i++) {
        cr_assert_eq(numbers_len(ch), i);
        cr_assert_eq(i % 2 ? numbers_try_send(ch, *next) : numbers_send(ch, *next), WEIR_OK);
        ++*next;
    }
    cr_assert_eq(numbers_len(ch), capacity);
    cr_assert_eq(numbers_try_send(ch, 0), WEIR_AGAIN, "capacity %zu is not exact", capacity);
    cr_assert_eq(numbers_send_until(ch, 0, WEIR_NOW), WEIR_TIMEOUT);
    for (size_t i = 0; i < capacity; i++) {
        cr_assert_eq(i % 2 ? numbers_try_recv(ch, &out) : numbers_recv(ch, &out), WEIR_OK);
        cr_assert_eq(out, first + i);
        cr_assert_eq(numbers_len(ch), capacity - i - 1);
    }
    cr_assert_eq(numbers_try_recv(ch, &out), WEIR_AGAIN);
    cr_assert_eq(numbers_recv_until(ch, &out, WEIR_NOW), WEIR_TIMEOUT);
}

Test(chan, holds_exactly_its_capacity_across_the_overflow) {
    for (size_t c = 0; c < CAPACITIES; c++) {
        for (uint64_t before = 1; before <= 3; before++) {
            numbers ch;
            uint64_t next = 1;
            cr_assert_eq(numbers_init(&ch, capacities[c]), WEIR_OK);
            cr_assert_eq(numbers_capacity(&ch), capacities[c]);
            start_near_overflow(&ch, before);
            for (int lap = 0; lap < 6; lap++)
                fill_and_empty(&ch, &next);
            numbers_destroy(&ch);
        }
    }
}

Test(chan, starts_at_every_phase_of_the_lap) {
    numbers ch;
    uint64_t out = 0;
    uint64_t next = 1;
    cr_assert_eq(numbers_init(&ch, 5), WEIR_OK);
    start_near_overflow(&ch, 2);
    for (int i = 0; i < 30; i++) {
        fill_and_empty(&ch, &next);
        cr_assert(numbers_send(&ch, 1) == WEIR_OK && numbers_recv(&ch, &out) == WEIR_OK);
    }
    numbers_destroy(&ch);
}

Test(chan, failed_calls_change_nothing) {
    numbers ch;
    uint64_t out = 42;
    cr_assert_eq(numbers_init(&ch, 1), WEIR_OK);
    cr_assert_eq(numbers_try_recv(&ch, &out), WEIR_AGAIN);
    cr_assert_eq(numbers_recv_until(&ch, &out, weir_in(MILLISECOND)), WEIR_TIMEOUT);
    cr_assert_eq(out, 42);
    cr_assert_eq(numbers_send(&ch, 5), WEIR_OK);
    cr_assert_eq(numbers_try_send(&ch, 6), WEIR_AGAIN);
    cr_assert_eq(numbers_send_until(&ch, 6, weir_in(MILLISECOND)), WEIR_TIMEOUT);
    cr_assert_eq(numbers_len(&ch), 1);
    cr_assert(numbers_try_recv(&ch, &out) == WEIR_OK && out == 5);
    numbers_destroy(&ch);
}

Test(chan, rendezvous_alone_is_never_ready) {
    numbers ch;
    uint64_t out = 42;
    cr_assert_eq(numbers_init(&ch, 0), WEIR_OK);
    cr_assert(numbers_capacity(&ch) == 0 && numbers_len(&ch) == 0);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(numbers_try_send(&ch, 1), WEIR_AGAIN);
        cr_assert_eq(numbers_try_recv(&ch, &out), WEIR_AGAIN);
        cr_assert_eq(numbers_send_until(&ch, 1, weir_in(MILLISECOND)), WEIR_TIMEOUT);
        cr_assert_eq(numbers_recv_until(&ch, &out, weir_in(MILLISECOND)), WEIR_TIMEOUT);
        cr_assert_eq(numbers_send_until(&ch, 1, WEIR_NOW), WEIR_TIMEOUT);
        cr_assert_eq(numbers_recv_until(&ch, &out, WEIR_NOW), WEIR_TIMEOUT);
    }
    cr_assert_eq(out, 42);
    numbers_destroy(&ch);
}

Test(chan, ready_calls_succeed_past_their_deadline) {
    numbers ch;
    uint64_t out = 0;
    cr_assert_eq(numbers_init(&ch, 1), WEIR_OK);
    cr_assert_eq(numbers_send_until(&ch, 1, WEIR_NOW), WEIR_OK);
    cr_assert_eq(numbers_recv_until(&ch, &out, weir_now() - 1), WEIR_OK);
    cr_assert_eq(numbers_close(&ch), WEIR_OK);
    cr_assert_eq(numbers_send_until(&ch, 1, WEIR_NOW), WEIR_CLOSED);
    cr_assert_eq(numbers_recv_until(&ch, &out, WEIR_NOW), WEIR_CLOSED);
    numbers_destroy(&ch);
}

Test(chan, a_deadline_is_kept) {
    for (size_t capacity = 0; capacity < 2; capacity++) {
        numbers ch;
        uint64_t out;
        cr_assert_eq(numbers_init(&ch, capacity), WEIR_OK);
        const weir_time before = weir_now();
        cr_assert_eq(numbers_recv_until(&ch, &out, weir_in(20 * MILLISECOND)), WEIR_TIMEOUT);
        const weir_time slept = weir_now() - before;
        cr_assert(slept >= 20 * MILLISECOND, "%lld ns", (long long)slept);
        numbers_destroy(&ch);
    }
}

/* -- close ------------------------------------------------------------------------------------ */

Test(chan, is_drained_before_it_says_closed) {
    for (size_t c = 0; c < CAPACITIES; c++) {
        numbers ch;
        uint64_t out = 0;
        cr_assert_eq(numbers_init(&ch, capacities[c]), WEIR_OK);
        start_near_overflow(&ch, 1);
        for (size_t i = 0; i < capacities[c]; i++)
            cr_assert_eq(numbers_send(&ch, i), WEIR_OK);
        cr_assert_not(numbers_closed(&ch));
        cr_assert_eq(numbers_close(&ch), WEIR_OK);
        cr_assert(numbers_closed(&ch));
        cr_assert_eq(numbers_close(&ch), WEIR_CLOSED);
        cr_assert_eq(numbers_send(&ch, 1), WEIR_CLOSED);
        cr_assert_eq(numbers_try_send(&ch, 1), WEIR_CLOSED);
        cr_assert_eq(numbers_len(&ch), capacities[c]);
        for (size_t i = 0; i < capacities[c]; i++)
            cr_assert(numbers_recv(&ch, &out) == WEIR_OK && out == i);
        out = 42;
        cr_assert_eq(numbers_recv(&ch, &out), WEIR_CLOSED);
        cr_assert_eq(numbers_try_recv(&ch, &out), WEIR_CLOSED);
        cr_assert_eq(out, 42);
        cr_assert_eq(numbers_close(&ch), WEIR_CLOSED);
        numbers_destroy(&ch);
    }
}

Test(chan, closed_rendezvous_says_so) {
    numbers ch;
    uint64_t out = 42;
    cr_assert_eq(numbers_init(&ch, 0), WEIR_OK);
    cr_assert_eq(numbers_close(&ch), WEIR_OK);
    cr_assert_eq(numbers_close(&ch), WEIR_CLOSED);
    cr_assert(numbers_closed(&ch));
    cr_assert_eq(numbers_send(&ch, 1), WEIR_CLOSED);
    cr_assert_eq(numbers_try_send(&ch, 1), WEIR_CLOSED);
    cr_assert_eq(numbers_recv(&ch, &out), WEIR_CLOSED);
    cr_assert_eq(numbers_try_recv(&ch, &out), WEIR_CLOSED);
    cr_assert_eq(out, 42);
    numbers_destroy(&ch);
}

typedef struct call {
    numbers *ch;
    uint64_t value;
    weir_status status;
} call;

static void *call_send(void *argument) {
    call *c = (call *)argument;
    c->status = numbers_send(c->ch, c->value);
    return NULL;
}

static void *call_recv(void *argument) {
    call *c = (call *)argument;
    c->status = numbers_recv(c->ch, &c->value);
    return NULL;
}

/* What other libraries get wrong: a sender blocked at close hangs, or its message is lost though it
 * was told that it was sent. */
Test(chan, senders_that_wait_are_told_closed_and_keep_their_value, .timeout = 30) {
    for (size_t capacity = 0; capacity < 3; capacity++) {
        numbers ch;
        uint64_t out = 0;
        spawned threads = {0};
        cr_assert_eq(numbers_init(&ch, capacity), WEIR_OK);
        for (size_t i = 0; i < capacity; i++)
            cr_assert_eq(numbers_send(&ch, i), WEIR_OK);
        call calls[4];
        for (unsigned i = 0; i < 4; i++) {
            const call one = {&ch, 100 + i, WEIR_AGAIN};
            calls[i] = one;
            spawn(&threads, call_send, &calls[i]);
        }
        cr_assert_eq(numbers_recv_until(NULL, NULL, weir_in(5 * MILLISECOND)), WEIR_TIMEOUT);
        cr_assert_eq(numbers_close(&ch), WEIR_OK);
        cr_assert(spawn_join(&threads));
        for (unsigned i = 0; i < 4; i++)
            cr_assert(calls[i].status == WEIR_CLOSED && calls[i].value == 100 + i);
        for (size_t i = 0; i < capacity; i++)
            cr_assert(numbers_recv(&ch, &out) == WEIR_OK && out == i);
        cr_assert_eq(numbers_recv(&ch, &out), WEIR_CLOSED);
        numbers_destroy(&ch);
    }
}

Test(chan, receivers_that_wait_are_told_closed, .timeout = 30) {
    for (size_t capacity = 0; capacity < 3; capacity++) {
        numbers ch;
        spawned threads = {0};
        call calls[4];
        cr_assert_eq(numbers_init(&ch, capacity), WEIR_OK);
        for (unsigned i = 0; i < 4; i++) {
            const call one = {&ch, 42, WEIR_AGAIN};
            calls[i] = one;
            spawn(&threads, call_recv, &calls[i]);
        }
        cr_assert_eq(numbers_recv_until(NULL, NULL, weir_in(5 * MILLISECOND)), WEIR_TIMEOUT);
        cr_assert_eq(numbers_close(&ch), WEIR_OK);
        cr_assert(spawn_join(&threads));
        for (unsigned i = 0; i < 4; i++)
            cr_assert(calls[i].status == WEIR_CLOSED && calls[i].value == 42);
        numbers_destroy(&ch);
    }
}

/* -- order ------------------------------------------------------------------------------------ */

static unsigned line_length(numbers *ch, bool sending) {
    unsigned n = 0;
    weir_wait_list *line = weir_i_chan_line(&ch->raw, sending);
    weir_i_chan_lock(&ch->raw, sending);
    for (weir_wait_node *node = weir_wait_list_first(line); node; n++)
        node = weir_wait_list_next(line, node);
    weir_i_chan_unlock(&ch->raw, sending);
    return n;
}

static void until_in_line(numbers *ch, bool sending, unsigned n) {
    while (line_length(ch, sending) < n)
        weir_i_step_aside(20);
}

enum { IN_LINE = 6 };

Test(chan, receivers_are_served_in_order_of_arrival, .timeout = 30) {
    for (size_t capacity = 0; capacity < 4; capacity++) {
        numbers ch;
        spawned threads = {0};
        call calls[IN_LINE];
        cr_assert_eq(numbers_init(&ch, capacity), WEIR_OK);
        for (unsigned i = 0; i < IN_LINE; i++) {
            const call one = {&ch, 42, WEIR_AGAIN};
            calls[i] = one;
            spawn(&threads, call_recv, &calls[i]);
            until_in_line(&ch, false, i + 1);
        }
        for (unsigned i = 0; i < IN_LINE; i++) {
            uint64_t out;
            cr_assert_eq(numbers_send(&ch, i), WEIR_OK);
            cr_assert_eq(numbers_try_recv(&ch, &out), WEIR_AGAIN, "it overtook");
        }
        cr_assert(spawn_join(&threads));
        for (unsigned i = 0; i < IN_LINE; i++)
            cr_assert(calls[i].status == WEIR_OK && calls[i].value == i);
        numbers_destroy(&ch);
    }
}

Test(chan, senders_are_served_in_order_of_arrival, .timeout = 30) {
    for (size_t capacity = 0; capacity < 4; capacity++) {
        numbers ch;
        spawned threads = {0};
        call calls[IN_LINE];
        uint64_t out = 0;
        cr_assert_eq(numbers_init(&ch, capacity), WEIR_OK);
        for (size_t i = 0; i < capacity; i++)
            cr_assert_eq(numbers_send(&ch, 0), WEIR_OK);
        for (unsigned i = 0; i < IN_LINE; i++) {
            const call one = {&ch, 10 + i, WEIR_AGAIN};
            calls[i] = one;
            spawn(&threads, call_send, &calls[i]);
            until_in_line(&ch, true, i + 1);
        }
        for (size_t i = 0; i < capacity + IN_LINE; i++) {
            cr_assert_eq(numbers_recv(&ch, &out), WEIR_OK);
            cr_assert_eq(out, i < capacity ? 0 : 10 + i - capacity);
            if (capacity && i < IN_LINE)
                cr_assert_eq(numbers_try_send(&ch, 99), WEIR_AGAIN, "it overtook");
        }
        cr_assert(spawn_join(&threads));
        numbers_destroy(&ch);
    }
}

/* -- NULL ------------------------------------------------------------------------------------- */

Test(chan, null_is_the_nil_channel) {
    numbers *nil = NULL;
    uint64_t value = 42;
    size_t n = 42;
    const weir_time before = weir_now();
    cr_assert_eq(numbers_try_send(nil, 1), WEIR_AGAIN);
    cr_assert_eq(numbers_try_recv(nil, &value), WEIR_AGAIN);
    cr_assert_eq(numbers_send_until(nil, 1, weir_in(MILLISECOND)), WEIR_TIMEOUT);
    cr_assert_eq(numbers_recv_until(nil, &value, weir_in(MILLISECOND)), WEIR_TIMEOUT);
    cr_assert_geq(weir_now() - before, 2 * MILLISECOND);
    cr_assert_eq(numbers_send_until(nil, 1, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(numbers_recv_until(nil, &value, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(numbers_try_send_n(nil, &value, 1, &n), WEIR_AGAIN);
    cr_assert_eq(numbers_try_recv_n(nil, &value, 1, &n), WEIR_AGAIN);
    cr_assert_eq(numbers_close(nil), WEIR_INVALID);
    cr_assert(numbers_len(nil) == 0 && numbers_capacity(nil) == 0 && !numbers_closed(nil));
    cr_assert(value == 42 && n == 0);
    numbers_set_dispose(nil, NULL);
    numbers_destroy(nil);
    cr_assert_null(numbers_case_recv(nil, &value).kind);
    cr_assert_null(numbers_case_send(nil, &value).kind);
}

Test(chan, a_null_out_discards) {
    numbers ch;
    uint64_t out = 0;
    cr_assert_eq(numbers_init(&ch, 2), WEIR_OK);
    cr_assert(numbers_send(&ch, 1) == WEIR_OK && numbers_send(&ch, 2) == WEIR_OK);
    cr_assert_eq(numbers_recv(&ch, NULL), WEIR_OK);
    cr_assert(numbers_recv(&ch, &out) == WEIR_OK && out == 2);
    numbers_destroy(&ch);
}

/* -- elements, storage, memory ---------------------------------------------------------------- */

Test(chan, carries_elements_of_any_size_and_alignment) {
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
        cr_assert(wides_send(&w, in) == WEIR_OK && wides_recv(&w, &wide_out) == WEIR_OK);
        cr_assert(wide_out.a == i && wide_out.b == i + 1 && wide_out.c == i + 2);
        cr_assert(odds_send(&o, seven) == WEIR_OK && odds_recv(&o, &odd_out) == WEIR_OK);
        cr_assert_eq(memcmp(&seven, &odd_out, sizeof seven), 0);
        cr_assert_eq(letters_send(&l, (char)('a' + i)), WEIR_OK);
        cr_assert(letters_recv(&l, &letter) == WEIR_OK && letter == (char)('a' + i));
        cr_assert(bigs_send(&a, big) == WEIR_OK && bigs_recv(&a, &aligned_out) == WEIR_OK);
        cr_assert_eq(aligned_out.bytes[0], 9);
    }
    cr_assert_eq((uintptr_t)(a.raw.slots + a.raw.cell.offset) % 64, 0);
    wides_destroy(&w);
    odds_destroy(&o);
    letters_destroy(&l);
    bigs_destroy(&a);
}

Test(chan, raw_calls_carry_run_time_sizes) {
    for (size_t size = 1; size <= 100; size++) {
        weir_chan ch;
        unsigned char in[100];
        unsigned char out[100] = {0};
        for (size_t i = 0; i < sizeof in; i++)
            in[i] = (unsigned char)(i * 31 + size);
        cr_assert_eq(weir_chan_init_raw(&ch, 2, size, 1), WEIR_OK);
        for (int lap = 0; lap < 4; lap++) {
            cr_assert_eq(weir_chan_send_raw(&ch, in, size), WEIR_OK);
            cr_assert_eq(weir_chan_try_send_raw(&ch, in, size), WEIR_OK);
            cr_assert_eq(weir_chan_send_until_raw(&ch, in, size, WEIR_NOW), WEIR_TIMEOUT);
            cr_assert_eq(weir_chan_recv_raw(&ch, out, size), WEIR_OK);
            cr_assert_eq(memcmp(in, out, size), 0);
            cr_assert_eq(weir_chan_try_recv_raw(&ch, out, size), WEIR_OK);
            cr_assert_eq(weir_chan_recv_until_raw(&ch, out, size, WEIR_NOW), WEIR_TIMEOUT);
        }
        weir_chan_destroy(&ch);
    }
    cr_assert_eq(weir_chan_try_send_raw(NULL, NULL, 1), WEIR_AGAIN);
}

Test(chan, init_refuses_what_cannot_be) {
    numbers ch;
    weir_chan raw;
    cr_assert_eq(numbers_init(&ch, SIZE_MAX), WEIR_INVALID);
    cr_assert_eq(numbers_init(&ch, SIZE_MAX / 16), WEIR_INVALID);
    cr_assert_eq(numbers_init(&ch, SIZE_MAX / 64), WEIR_INVALID);
    cr_assert_eq(numbers_storage(SIZE_MAX / 16), 0);
    cr_assert_eq(weir_chan_init_raw(&raw, 1, 0, 1), WEIR_INVALID);
    cr_assert_eq(weir_chan_init_raw(&raw, 0, 0, 1), WEIR_INVALID);
    cr_assert_eq(weir_chan_init_raw(&raw, 1, 8, 0), WEIR_INVALID);
    cr_assert_eq(weir_chan_init_raw(&raw, 1, 8, 3), WEIR_INVALID);
    cr_assert_eq(weir_chan_init_raw(&raw, 1, SIZE_MAX, 1), WEIR_INVALID);
    cr_assert_eq(weir_chan_init_raw(&raw, 1, 8, SIZE_MAX / 2 + 1), WEIR_INVALID);
}

Test(chan, lives_in_storage_from_the_caller) {
    _Alignas(8) unsigned char storage[1000];
    numbers ch;
    uint64_t next = 1;
    const size_t needed = numbers_storage(3);
    cr_assert_eq(numbers_init_in(&ch, 3, storage, needed - 1), WEIR_INVALID);
    cr_assert_eq(numbers_init_in(&ch, 3, storage + 1, needed), WEIR_INVALID);
    cr_assert_eq(numbers_init_in(&ch, 3, NULL, needed), WEIR_INVALID);
    memset(storage, 0xa5, sizeof storage);
    cr_assert_eq(numbers_init_in(&ch, 3, storage, needed), WEIR_OK);
    for (int lap = 0; lap < 4; lap++)
        fill_and_empty(&ch, &next);
    numbers_destroy(&ch);
    for (size_t i = needed; i < sizeof storage; i++)
        cr_assert_eq(storage[i], 0xa5);
    cr_assert_eq(numbers_storage(0), 0);
    cr_assert_eq(numbers_init_in(&ch, 0, NULL, 0), WEIR_OK);
    numbers_destroy(&ch);
}

Test(chan, out_of_memory_is_a_status_and_leaves_nothing_behind) {
    faulty_allocator faulty = {.fail_at = 1};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers ch;
    cr_assert_eq(numbers_init_with(&ch, 10, &allocator), WEIR_NOMEM);
    cr_assert_eq(faulty.live, 0);
    cr_assert_eq(numbers_init_with(&ch, 10, &allocator), WEIR_OK);
    cr_assert_eq(faulty.live, 1);
    cr_assert_eq(numbers_send(&ch, 1), WEIR_OK);
    numbers_destroy(&ch);
    cr_assert(faulty.live == 0 && faulty.bytes == 0);
    cr_assert_eq(numbers_init_with(&ch, 0, &allocator), WEIR_OK);
    cr_assert_eq(faulty.live, 0, "a rendezvous needs no memory");
    numbers_destroy(&ch);
}

static uint64_t disposed_sum;
static unsigned disposed_count;

static void dispose(uint64_t *left) {
    disposed_sum = disposed_sum * 10 + *left;
    disposed_count++;
}

Test(chan, destroy_disposes_of_what_is_left_in_order) {
    numbers ch;
    uint64_t out;
    cr_assert_eq(numbers_init(&ch, 3), WEIR_OK);
    start_near_overflow(&ch, 1);
    numbers_set_dispose(&ch, dispose);
    for (uint64_t i = 1; i <= 2; i++)
        cr_assert(numbers_send(&ch, i) == WEIR_OK && numbers_recv(&ch, &out) == WEIR_OK);
    for (uint64_t i = 1; i <= 3; i++)
        cr_assert_eq(numbers_send(&ch, i), WEIR_OK);
    cr_assert_eq(numbers_close(&ch), WEIR_OK);
    cr_assert_eq(disposed_count, 0);
    numbers_destroy(&ch);
    cr_assert(disposed_count == 3 && disposed_sum == 123);
    cr_assert_eq(numbers_init(&ch, 1), WEIR_OK);
    numbers_set_dispose(&ch, dispose);
    numbers_destroy(&ch);
    cr_assert_eq(disposed_count, 3);
}

/* -- batches, views, len ---------------------------------------------------------------------- */

Test(chan, batches_move_all_that_fits_in_order) {
    for (size_t c = 0; c < CAPACITIES; c++) {
        numbers ch;
        uint64_t values[40];
        uint64_t sent = 0;
        uint64_t came = 0;
        const size_t capacity = capacities[c];
        cr_assert_eq(numbers_init(&ch, capacity), WEIR_OK);
        start_near_overflow(&ch, 1);
        for (size_t round = 0; round < 300; round++) {
            const size_t in = (round * 7) % 40;
            const size_t want = (round * 11) % 40;
            const size_t room = capacity - (size_t)(sent - came);
            size_t n = 99;
            for (size_t i = 0; i < in; i++)
                values[i] = sent + i;
            const weir_status pushed = numbers_try_send_n(&ch, values, in, &n);
            cr_assert_eq(n, in < room ? in : room);
            cr_assert_eq(pushed, in && !n ? WEIR_AGAIN : WEIR_OK);
            sent += n;
            const size_t there = (size_t)(sent - came);
            const weir_status popped = numbers_try_recv_n(&ch, values, want, &n);
            cr_assert_eq(n, want < there ? want : there);
            cr_assert_eq(popped, want && !n ? WEIR_AGAIN : WEIR_OK);
            for (size_t i = 0; i < n; i++)
                cr_assert_eq(values[i], came + i);
            came += n;
        }
        numbers_destroy(&ch);
    }
}

Test(chan, batches_say_how_far_they_came) {
    numbers ch;
    const uint64_t in[5] = {1, 2, 3, 4, 5};
    uint64_t out[5] = {0};
    size_t n = 99;
    cr_assert_eq(numbers_init(&ch, 3), WEIR_OK);
    cr_assert_eq(numbers_send_n(&ch, in, 0, &n), WEIR_OK);
    cr_assert_eq(n, 0);
    cr_assert_eq(numbers_recv_n(&ch, out, 0, NULL), WEIR_OK);
    cr_assert_eq(numbers_send_n_until(&ch, in, 5, &n, weir_in(MILLISECOND)), WEIR_TIMEOUT);
    cr_assert_eq(n, 3);
    cr_assert_eq(numbers_close(&ch), WEIR_OK);
    cr_assert_eq(numbers_send_n(&ch, in, 5, &n), WEIR_CLOSED);
    cr_assert_eq(n, 0);
    cr_assert_eq(numbers_recv_n(&ch, out, 5, &n), WEIR_OK);
    cr_assert(n == 3 && out[0] == 1 && out[2] == 3 && out[3] == 0);
    cr_assert_eq(numbers_recv_n_until(&ch, out, 5, &n, WEIR_FOREVER), WEIR_CLOSED);
    cr_assert_eq(n, 0);
    numbers_destroy(&ch);
}

Test(chan, views_do_what_the_channel_does) {
    numbers ch;
    uint64_t out = 0;
    const uint64_t in = 4;
    cr_assert_eq(numbers_init(&ch, 4), WEIR_OK);
    const numbers_sender to = numbers_as_sender(&ch);
    const numbers_receiver from = numbers_as_receiver(&ch);
    cr_assert_eq(numbers_sender_send(to, 1), WEIR_OK);
    cr_assert_eq(numbers_sender_try_send(to, 2), WEIR_OK);
    cr_assert_eq(numbers_sender_send_until(to, 3, WEIR_FOREVER), WEIR_OK);
    cr_assert(numbers_receiver_recv(from, &out) == WEIR_OK && out == 1);
    cr_assert(numbers_receiver_try_recv(from, &out) == WEIR_OK && out == 2);
    cr_assert(numbers_receiver_recv_until(from, &out, WEIR_NOW) == WEIR_OK && out == 3);
    cr_assert(numbers_sender_case(to, &in).object == &ch.raw);
    cr_assert(numbers_receiver_case(from, &out).object == &ch.raw);
    cr_assert_eq(numbers_sender_close(to), WEIR_OK);
    cr_assert_eq(numbers_receiver_recv(from, &out), WEIR_CLOSED);
    numbers_destroy(&ch);
}

Test(chan, len_is_within_bounds_for_any_torn_reading) {
    numbers ch;
    uint64_t out;
    uint64_t tickets[64];
    size_t count = 0;
    cr_assert_eq(numbers_init(&ch, 3), WEIR_OK);
    start_near_overflow(&ch, 1);
    for (int i = 0; i < 20; i++) {
        tickets[count++] = weir_i_load(&ch.raw.tail, relaxed);
        cr_assert(numbers_send(&ch, 1) == WEIR_OK && numbers_recv(&ch, &out) == WEIR_OK);
    }
    for (size_t head = 0; head < count; head++) {
        for (size_t tail = 0; tail < count; tail++) {
            const size_t expected = tail < head ? 0 : tail - head > 3 ? 3 : tail - head;
            weir_i_store(&ch.raw.head, tickets[head], relaxed);
            weir_i_store(&ch.raw.tail, tickets[tail] | WEIR_I_CHAN_CLOSED, relaxed);
            cr_assert_eq(numbers_len(&ch), expected);
        }
    }
    weir_i_chan_start(&ch.raw, 0);
    numbers_destroy(&ch);
}

Test(chan, a_batch_without_an_array_is_discarded) {
    numbers ch;
    const uint64_t sent[] = {1, 2, 3};
    size_t n = 0;
    cr_assert_eq(numbers_init(&ch, 3), WEIR_OK);
    cr_assert_eq(numbers_send_n(&ch, sent, 3, &n), WEIR_OK);
    cr_assert_eq(numbers_recv_n(&ch, NULL, 3, &n), WEIR_OK);
    cr_assert_eq(n, 3);
    cr_assert_eq(numbers_len(&ch), 0);
    numbers_destroy(&ch);
}
