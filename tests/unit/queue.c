/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.c - the queue in one thread: first in, first out, elements of any size, no memory; and what
 * becomes of its segments.
 */
#include <pthread.h>
#include <weir/queue.h>

#define UNBOUNDED WEIR_QUEUE
#define UNBOUNDED_RAW weir_queue
#define RAW(verb) weir_queue_##verb
#define NTH(i, n) (i)
#define UNIT(name) Test(queue, name)
#include "unbounded.h"

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
