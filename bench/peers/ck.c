/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Samy Al Bahra's Concurrency Kit: ck_ring, many to many and one to one. It holds capacity - 1. */
#include "../harness/queue_loops.h"

#include <ck_ring.h>
#include <stdlib.h>

typedef struct bench_item8 {
    uint64_t word[1];
} bench_item8;

CK_RING_PROTOTYPE(item8, bench_item8)
CK_RING_PROTOTYPE(item16, bench_item16)
CK_RING_PROTOTYPE(item64, bench_item64)

typedef struct ring {
    ck_ring_t ring;
    void *buffer;
} ring;

static void *create(size_t capacity, size_t size) {
    ring *made = aligned_alloc(128, (sizeof *made + 127) / 128 * 128);
    if (!made)
        abort();
    ck_ring_init(&made->ring, (unsigned)capacity);
    made->buffer = aligned_alloc(128, capacity * size);
    return made;
}

static void destroy(void *object) {
    ring *old = object;
    free(old->buffer);
    free(old);
}

#define CK(kind, size)                                                                             \
    static void *kind##size##_create(size_t capacity) {                                            \
        return create(capacity, size);                                                             \
    }                                                                                              \
    BENCH_FAST bool kind##size##_put(void *object, const void *item) {                             \
        ring *to = object;                                                                         \
        bench_item##size copy = *(const bench_item##size *)item;                                   \
        return ck_ring_enqueue_##kind##_item##size(&to->ring, to->buffer, &copy);                  \
    }                                                                                              \
    BENCH_FAST bool kind##size##_take(void *object, void *item) {                                  \
        ring *from = object;                                                                       \
        return ck_ring_dequeue_##kind##_item##size(&from->ring, from->buffer, item);               \
    }                                                                                              \
    BENCH_QUEUE_LOOPS(kind##size, size)

CK(mpmc, 8)
CK(mpmc, 16)
CK(mpmc, 64)
CK(spsc, 8)
CK(spsc, 16)
CK(spsc, 64)

#define SUBJECT(suite, kind, size)                                                                 \
    {                                                                                              \
        suite, "ck_ring " #kind, NULL, size, 0, kind##size##_create, destroy, {                    \
            BENCH_QUEUE_ROLES(kind##size)                                                          \
        }                                                                                          \
    }

const bench_subject bench_peer_ck[] = {
    SUBJECT("ring", mpmc, 8),
    SUBJECT("ring", mpmc, 16),
    SUBJECT("ring", mpmc, 64),
    SUBJECT("spsc", spsc, 8),
    SUBJECT("spsc", spsc, 16),
    SUBJECT("spsc", spsc, 64),
    {NULL},
};
