/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * unbounded.h - what the stack and the queue do alike in one thread.
 *
 * Do this:
 *   #include <weir/queue.h>
 *   #define UNBOUNDED WEIR_QUEUE
 *   #define UNBOUNDED_RAW weir_queue
 *   #define RAW(verb) weir_queue_##verb
 *   #define NTH(i, n) (i)              // which of n, pushed in a row, comes out after i others
 *   #define UNIT(name) Test(queue, name)
 *   #include "unbounded.h"
 */
#include "support/backend.h"
#include "support/check.h"
#include "support/faulty_allocator.h"

typedef struct wide {
    uint64_t a, b, c;
} wide;

#pragma GCC diagnostic ignored                                                                     \
    "-Wpsabi" /* such elements by value: inlined, so no ABI is involved */
typedef struct aligned {
    _Alignas(256) unsigned char bytes[256];
} aligned;

typedef struct odd {
    unsigned char bytes[7];
} odd;

UNBOUNDED(numbers, uint64_t)
UNBOUNDED(wides, wide)
UNBOUNDED(bigs, aligned)
UNBOUNDED(odds, odd)
UNBOUNDED(letters, char);

enum { MANY = 5000 };

UNIT(everything_comes_out_in_order) {
    backend_enter();
    numbers object;
    uint64_t out = 0;
    cr_assert_eq(numbers_init(&object), WEIR_OK);
    for (int round = 0; round < 3; round++) {
        cr_assert(numbers_empty(&object));
        for (uint64_t i = 0; i < MANY; i++)
            cr_assert_eq(numbers_push(&object, i), WEIR_OK);
        cr_assert_not(numbers_empty(&object));
        for (uint64_t i = 0; i < MANY; i++) {
            cr_assert(numbers_try_pop(&object, &out));
            cr_assert_eq(out, NTH(i, MANY));
        }
        out = 42;
        cr_assert_not(numbers_try_pop(&object, &out));
        cr_assert_eq(out, 42, "written, although empty");
    }
    numbers_destroy(&object);
    backend_leave();
}

UNIT(elements_of_any_size_arrive_whole) {
    backend_enter();
    wides w;
    bigs b;
    odds o;
    letters l;
    cr_assert_eq(wides_init(&w), WEIR_OK);
    cr_assert_eq(bigs_init(&b), WEIR_OK);
    cr_assert_eq(odds_init(&o), WEIR_OK);
    cr_assert_eq(letters_init(&l), WEIR_OK);
    for (unsigned i = 0; i < 3000; i++) {
        wide x = {i, i + 1, i + 2};
        aligned y;
        odd z;
        char c = (char)i;
        memset(&y, (int)i & 255, sizeof y);
        memset(&z, (int)(i * 3) & 255, sizeof z);
        cr_assert(wides_push(&w, x) == WEIR_OK && bigs_push(&b, y) == WEIR_OK &&
                  odds_push(&o, z) == WEIR_OK && letters_push(&l, c) == WEIR_OK);
        memset(&x, 0, sizeof x);
        memset(&y, 0, sizeof y);
        memset(&z, 0, sizeof z);
        c = 0;
        cr_assert(wides_try_pop(&w, &x) && bigs_try_pop(&b, &y) && odds_try_pop(&o, &z) &&
                  letters_try_pop(&l, &c));
        cr_assert(x.a == i && x.b == i + 1 && x.c == i + 2);
        for (int byte = 0; byte < 256; byte++)
            cr_assert_eq(y.bytes[byte], i & 255);
        for (int byte = 0; byte < 7; byte++)
            cr_assert_eq(z.bytes[byte], i * 3 & 255);
        cr_assert_eq(c, (char)i);
    }
    wides_destroy(&w);
    bigs_destroy(&b);
    odds_destroy(&o);
    letters_destroy(&l);
    backend_leave();
}

UNIT(raw_calls_take_a_run_time_size) {
    backend_enter();
    UNBOUNDED_RAW raw;
    unsigned char in[13], out[13];
    cr_assert_eq(RAW(init_raw)(&raw, sizeof in, 1), WEIR_OK);
    for (int i = 0; i < 13; i++)
        in[i] = (unsigned char)(100 + i);
    cr_assert(RAW(empty)(&raw));
    cr_assert_eq(RAW(push_raw)(&raw, in, sizeof in), WEIR_OK);
    cr_assert_not(RAW(empty)(&raw));
    cr_assert(RAW(try_pop_raw)(&raw, out, sizeof out));
    cr_assert_eq(memcmp(in, out, sizeof in), 0);
    cr_assert_not(RAW(try_pop_raw)(&raw, out, sizeof out));
    RAW(destroy)(&raw);
    backend_leave();
}

UNIT(impossible_sizes_are_refused) {
    backend_enter();
    UNBOUNDED_RAW raw;
    cr_assert_eq(RAW(init_raw)(&raw, 0, 1), WEIR_INVALID);
    cr_assert_eq(RAW(init_raw)(&raw, 8, 0), WEIR_INVALID);
    cr_assert_eq(RAW(init_raw)(&raw, 8, 3), WEIR_INVALID);
    cr_assert_eq(RAW(init_raw)(&raw, SIZE_MAX, 8), WEIR_INVALID);
    cr_assert_eq(RAW(init_raw)(&raw, PTRDIFF_MAX, 8), WEIR_INVALID);
    backend_leave();
}

/* Each allocation fails in turn: a status, all that went in is still inside, and nothing leaks. */
UNIT(no_memory_leaves_it_as_it_was) {
    backend_enter();
    for (size_t fail = 1; fail <= 6; fail++) {
        faulty_allocator faulty = {.fail_at = fail};
        const weir_allocator allocator = faulty_allocator_of(&faulty);
        numbers object;
        uint64_t pushed = 0;
        uint64_t out = 0;
        if (numbers_init_with(&object, &allocator) != WEIR_OK) {
            cr_assert_eq(fail, 1);
            cr_assert_eq(faulty.live, 0);
            continue;
        }
        while (faulty.calls < fail)
            pushed += numbers_push(&object, pushed) == WEIR_OK;
        cr_assert_eq(numbers_push(&object, pushed++), WEIR_OK, "the next one goes");
        for (uint64_t i = 0; i < pushed; i++) {
            cr_assert(numbers_try_pop(&object, &out));
            cr_assert_eq(out, NTH(i, pushed));
        }
        cr_assert_not(numbers_try_pop(&object, &out));
        numbers_destroy(&object);
        cr_assert_eq(faulty.live, 0);
        cr_assert_eq(faulty.bytes, 0);
    }
    backend_leave();
}

UNIT(destroy_drops_what_is_inside) {
    backend_enter();
    faulty_allocator faulty = {.fail_at = 0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers object;
    uint64_t out = 0;
    cr_assert_eq(numbers_init_with(&object, &allocator), WEIR_OK);
    for (uint64_t i = 0; i < MANY; i++)
        cr_assert_eq(numbers_push(&object, i), WEIR_OK);
    for (uint64_t i = 0; i < MANY / 2; i++)
        cr_assert(numbers_try_pop(&object, &out));
    numbers_destroy(&object);
    cr_assert_eq(faulty.live, 0, "what was popped is given back, too");
    backend_leave();
}
