/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.c - the queue in one thread: first in, first out, elements of any size, no memory.
 */
#include "support/backend.h"
#include "support/check.h"
#include "support/faulty_allocator.h"

#include <pthread.h>
#include <weir/queue.h>

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

WEIR_QUEUE(numbers, uint64_t)
WEIR_QUEUE(wides, wide)
WEIR_QUEUE(bigs, aligned)
WEIR_QUEUE(odds, odd)
WEIR_QUEUE(letters, char);

enum { MANY = 5000 };

Test(queue, is_first_in_first_out) {
    backend_enter();
    numbers queue;
    uint64_t out = 0;
    cr_assert_eq(numbers_init(&queue), WEIR_OK);
    for (int round = 0; round < 3; round++) {
        cr_assert(numbers_empty(&queue));
        for (uint64_t i = 0; i < MANY; i++)
            cr_assert_eq(numbers_push(&queue, i), WEIR_OK);
        cr_assert_not(numbers_empty(&queue));
        for (uint64_t i = 0; i < MANY; i++) {
            cr_assert(numbers_try_pop(&queue, &out));
            cr_assert_eq(out, i);
        }
        out = 42;
        cr_assert_not(numbers_try_pop(&queue, &out));
        cr_assert_eq(out, 42, "written, although empty");
    }
    numbers_destroy(&queue);
    backend_leave();
}

Test(queue, elements_of_any_size_arrive_whole) {
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

Test(queue, raw_calls_take_a_run_time_size) {
    backend_enter();
    weir_queue raw;
    unsigned char in[13], out[13];
    cr_assert_eq(weir_queue_init_raw(&raw, sizeof in, 1), WEIR_OK);
    for (int i = 0; i < 13; i++)
        in[i] = (unsigned char)(100 + i);
    cr_assert(weir_queue_empty(&raw));
    cr_assert_eq(weir_queue_push_raw(&raw, in, sizeof in), WEIR_OK);
    cr_assert_not(weir_queue_empty(&raw));
    cr_assert(weir_queue_try_pop_raw(&raw, out, sizeof out));
    cr_assert_eq(memcmp(in, out, sizeof in), 0);
    cr_assert_not(weir_queue_try_pop_raw(&raw, out, sizeof out));
    weir_queue_destroy(&raw);
    backend_leave();
}

Test(queue, impossible_sizes_are_refused) {
    backend_enter();
    weir_queue raw;
    cr_assert_eq(weir_queue_init_raw(&raw, 0, 1), WEIR_INVALID);
    cr_assert_eq(weir_queue_init_raw(&raw, 8, 0), WEIR_INVALID);
    cr_assert_eq(weir_queue_init_raw(&raw, 8, 3), WEIR_INVALID);
    cr_assert_eq(weir_queue_init_raw(&raw, SIZE_MAX, 8), WEIR_INVALID);
    cr_assert_eq(weir_queue_init_raw(&raw, PTRDIFF_MAX, 8), WEIR_INVALID);
    backend_leave();
}

/* Each allocation fails in turn: a status, all that went in is still inside, and nothing leaks. */
Test(queue, no_memory_leaves_it_as_it_was) {
    backend_enter();
    for (size_t fail = 1; fail <= 6; fail++) {
        faulty_allocator faulty = {.fail_at = fail};
        const weir_allocator allocator = faulty_allocator_of(&faulty);
        numbers queue;
        uint64_t pushed = 0;
        uint64_t out = 0;
        if (numbers_init_with(&queue, &allocator) != WEIR_OK) {
            cr_assert_eq(fail, 1);
            cr_assert_eq(faulty.live, 0);
            continue;
        }
        while (faulty.calls < fail)
            pushed += numbers_push(&queue, pushed) == WEIR_OK;
        cr_assert_eq(numbers_push(&queue, pushed++), WEIR_OK, "the next one goes");
        for (uint64_t i = 0; i < pushed; i++) {
            cr_assert(numbers_try_pop(&queue, &out));
            cr_assert_eq(out, i);
        }
        cr_assert_not(numbers_try_pop(&queue, &out));
        numbers_destroy(&queue);
        cr_assert_eq(faulty.live, 0);
        cr_assert_eq(faulty.bytes, 0);
    }
    backend_leave();
}

Test(queue, destroy_drops_what_is_inside) {
    backend_enter();
    faulty_allocator faulty = {.fail_at = 0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers queue;
    uint64_t out = 0;
    cr_assert_eq(numbers_init_with(&queue, &allocator), WEIR_OK);
    for (uint64_t i = 0; i < MANY; i++)
        cr_assert_eq(numbers_push(&queue, i), WEIR_OK);
    for (uint64_t i = 0; i < MANY / 2; i++)
        cr_assert(numbers_try_pop(&queue, &out));
    numbers_destroy(&queue);
    cr_assert_eq(faulty.live, 0, "what was popped is given back, too");
    backend_leave();
}

Test(queue, a_burst_gives_its_memory_back) {
    backend_enter();
    faulty_allocator faulty = {.fail_at = 0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers queue;
    uint64_t out = 0;
    cr_assert_eq(numbers_init_with(&queue, &allocator), WEIR_OK);
    for (uint64_t i = 0; i < 200000; i++)
        cr_assert_eq(numbers_push(&queue, i), WEIR_OK);
    cr_assert_geq(faulty.live, 200000 / WEIR_QUEUE_SEGMENT);
    for (uint64_t i = 0; i < 200000; i++)
        cr_assert(numbers_try_pop(&queue, &out) && out == i);
    backend_drain();
    cr_assert_leq(faulty.live, 2, "%zu segments after the burst", faulty.live);
    numbers_destroy(&queue);
    cr_assert_eq(faulty.live, 0);
    backend_leave();
}

/* A queue that is never long uses the same segments again. */
Test(queue, segments_are_used_again, .disabled = !BACKEND_HAS_BOUND) {
    backend_enter();
    faulty_allocator faulty = {.fail_at = 0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers queue;
    uint64_t out = 0;
    cr_assert_eq(numbers_init_with(&queue, &allocator), WEIR_OK);
    backend_set_batch(1);
    for (uint64_t i = 0; i < 1000000; i++)
        cr_assert(numbers_push(&queue, i) == WEIR_OK && numbers_try_pop(&queue, &out) && out == i);
    cr_assert_leq(faulty.live, 64);
    numbers_destroy(&queue);
    cr_assert_eq(faulty.live, 0);
    backend_set_batch(0);
    backend_leave();
}

/* Those of large elements are cleared cell by cell. */
Test(queue, segments_of_large_elements_are_used_again, .disabled = !BACKEND_HAS_BOUND) {
    backend_enter();
    bigs queue;
    aligned element;
    memset(&element, 7, sizeof element);
    cr_assert_eq(bigs_init(&queue), WEIR_OK);
    backend_set_batch(1);
    for (int i = 0; i < 6 * WEIR_QUEUE_SEGMENT; i++) {
        cr_assert_not(bigs_try_pop(&queue, &element));
        cr_assert(bigs_push(&queue, element) == WEIR_OK && bigs_try_pop(&queue, &element));
    }
    bigs_destroy(&queue);
    backend_set_batch(0);
    backend_leave();
}

/* A push that has its cell and does not go on is passed over, and finds so. */
Test(queue, a_late_push_is_passed_over) {
    backend_enter();
    numbers queue;
    uint64_t out = 0;
    cr_assert_eq(numbers_init(&queue), WEIR_OK);
    weir_i_queue_segment *segment = weir_i_load(&queue.raw.tail, relaxed);
    const size_t at = weir_i_fetch_add(&segment->tail, queue.raw.layout.stride, relaxed);
    cr_assert_eq(at, 0); /* it stops here */
    cr_assert_not(numbers_try_pop(&queue, &out));
    cr_assert_eq(numbers_push(&queue, 5), WEIR_OK);
    cr_assert_not(numbers_empty(&queue));
    cr_assert(numbers_try_pop(&queue, &out));
    cr_assert_eq(out, 5);
    cr_assert(numbers_empty(&queue));
    numbers_destroy(&queue);
    backend_leave();
}

/* Refused pushes count up the tail of the full segment. Else it came round, some day, and two
 * elements stood in one cell. */
Test(queue, refused_pushes_do_not_wear_the_tail_out) {
    backend_enter();
    faulty_allocator faulty = {.fail_at = 2};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers queue;
    cr_assert_eq(numbers_init_with(&queue, &allocator), WEIR_OK);
    for (uint64_t i = 0; i < WEIR_QUEUE_SEGMENT; i++)
        cr_assert_eq(numbers_push(&queue, i), WEIR_OK);
    weir_i_queue_segment *segment = weir_i_load(&queue.raw.tail, relaxed);
    for (int i = 0; i < 100; i++) {
        faulty.calls = 1;
        cr_assert_eq(numbers_push(&queue, 0), WEIR_NOMEM);
    }
    cr_assert_leq(weir_i_load(&segment->tail, relaxed),
                  (WEIR_QUEUE_SEGMENT + 2) * queue.raw.layout.stride);
    numbers_destroy(&queue);
    cr_assert_eq(faulty.live, 0);
    backend_leave();
}

/* An allocator that itself uses a queue, and takes so long that others go round: the push that
 * called it must hold nothing that they or it could take away. */
typedef struct nesting {
    numbers *other;
    numbers *queue;
    void *(*beside)(void *nesting);
    uint64_t wrong;
} nesting;

static void *nesting_alloc(size_t size, size_t align, void *ctx) {
    nesting *n = ctx;
    void *(*beside)(void *) = n->beside;
    pthread_t thread;
    uint64_t out = 0;
    n->beside = NULL;
    if (beside) {
        n->wrong += numbers_push(n->other, 1) != WEIR_OK || !numbers_try_pop(n->other, &out);
        n->wrong +=
            pthread_create(&thread, NULL, beside, n) != 0 || pthread_join(thread, NULL) != 0;
    }
    return weir_i_default_alloc(size, align, NULL);
}

static void nesting_free(void *memory, size_t size, void *ctx) {
    (void)ctx;
    weir_i_default_free(memory, size, NULL);
}

/* Pops all, and pushes until the first segment has come back, and is not full. */
static void *go_round(void *ctx) {
    nesting *n = ctx;
    uint64_t out = 0;
    backend_enter();
    n->wrong += numbers_push(n->queue, 7) != WEIR_OK;
    for (uint64_t i = 0; i <= WEIR_QUEUE_SEGMENT; i++)
        n->wrong += !numbers_try_pop(n->queue, &out);
    n->wrong += !numbers_empty(n->queue);
    backend_drain();
    for (uint64_t i = 0; i < WEIR_QUEUE_SEGMENT; i++)
        n->wrong += numbers_push(n->queue, i) != WEIR_OK || !numbers_try_pop(n->queue, &out);
    backend_leave();
    return NULL;
}

Test(queue, allocators_may_use_queues) {
    backend_enter();
    numbers other, queue;
    nesting n = {&other, &queue, NULL, 0};
    const weir_allocator allocator = {nesting_alloc, nesting_free, &n};
    uint64_t out = 0;
    cr_assert_eq(numbers_init(&other), WEIR_OK);
    cr_assert_eq(numbers_init_with(&queue, &allocator), WEIR_OK);
    for (uint64_t i = 0; i < WEIR_QUEUE_SEGMENT; i++)
        cr_assert_eq(numbers_push(&queue, i), WEIR_OK);
    n.beside = go_round;
    cr_assert_eq(numbers_push(&queue, 42), WEIR_OK);
    cr_assert(numbers_try_pop(&queue, &out), "pushed, and the queue says empty");
    cr_assert_eq(out, 42);
    cr_assert_eq(n.wrong, 0);
    cr_assert_not(numbers_try_pop(&queue, &out));
    numbers_destroy(&queue);
    numbers_destroy(&other);
    backend_leave();
}
