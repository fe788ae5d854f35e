/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The fast ring, and what every queue for many producers and consumers is asked to do. */
#include "../harness/queue_loops.h"

#include <weir/ring.h>

#include <stdlib.h>

#define RING(name, T)                                                                              \
    WEIR_RING(name, T)                                                                             \
    static void *name##_create(size_t capacity) {                                                  \
        name *ring = aligned_alloc(WEIR_CACHE_LINE, sizeof *ring);                                 \
        if (!ring || name##_init(ring, capacity) != WEIR_OK)                                       \
            abort();                                                                               \
        return ring;                                                                               \
    }                                                                                              \
    static void name##_delete(void *object) {                                                      \
        name##_destroy(object);                                                                    \
        free(object);                                                                              \
    }                                                                                              \
    BENCH_FAST bool name##_put(void *object, const void *item) {                                   \
        return name##_try_push(object, *(const T *)item);                                          \
    }                                                                                              \
    BENCH_FAST bool name##_take(void *object, void *item) {                                        \
        return name##_try_pop(object, item);                                                       \
    }                                                                                              \
    BENCH_FAST size_t name##_put_n(void *object, const void *items, size_t n) {                    \
        return name##_push_n(object, items, n);                                                    \
    }                                                                                              \
    BENCH_FAST size_t name##_take_n(void *object, void *items, size_t n) {                         \
        return name##_pop_n(object, items, n);                                                     \
    }                                                                                              \
    BENCH_QUEUE_LOOPS(name, sizeof(T))                                                             \
    BENCH_QUEUE_BATCH_LOOPS(name, sizeof(T))

RING(ring8, uint64_t)
RING(ring16, bench_item16)
RING(ring64, bench_item64)

#define OURS(name, size)                                                                           \
    {                                                                                              \
        "ring", "weir", NULL, size, 1, name##_create, name##_delete, {                             \
            BENCH_QUEUE_ROLES(name), BENCH_QUEUE_BATCH_ROLES(name)                                 \
        }                                                                                          \
    }

const bench_subject bench_case_ring[] = {
    OURS(ring8, 8),
    OURS(ring16, 16),
    OURS(ring64, 64),
    /* What a batch saves: the same elements without it. */
    {"ring",
     "weir one by one",
     "batch cells only",
     8,
     0,
     ring8_create,
     ring8_delete,
     {[BENCH_PAIR_N] = ring8_pair,
      [BENCH_PRODUCE_N] = ring8_produce,
      [BENCH_CONSUME_N] = ring8_consume,
      [BENCH_DRAIN] = ring8_drain}},
    {NULL},
};

#define PAIR(item, quick)                                                                          \
    {                                                                                              \
        "ring", "pair", item, 1024, quick, {                                                       \
            { BENCH_PAIR, 1 }                                                                      \
        }                                                                                          \
    }
#define MANY(n, item, capacity, quick)                                                             \
    {                                                                                              \
        "ring", #n "/" #n, item, capacity, quick, {                                                \
            {BENCH_PRODUCE, n}, {                                                                  \
                BENCH_CONSUME, n                                                                   \
            }                                                                                      \
        }                                                                                          \
    }
#define BATCH(n, quick)                                                                            \
    {                                                                                              \
        "ring", "batch " #n "/" #n, 8, 1024, quick, {                                              \
            {BENCH_PRODUCE_N, n}, {                                                                \
                BENCH_CONSUME_N, n                                                                 \
            }                                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_ring[] = {
    PAIR(8, 1),
    PAIR(16, 0),
    PAIR(64, 0),
    {"ring", "batch pair", 8, 1024, 1, {{BENCH_PAIR_N, 1}}},
    MANY(1, 8, 1024, 1),
    MANY(2, 8, 1024, 0),
    MANY(4, 8, 1024, 0),
    MANY(8, 8, 1024, 1),
    MANY(32, 8, 1024, 1),
    MANY(1, 8, 65536, 0),
    MANY(2, 8, 65536, 1),
    MANY(4, 8, 65536, 0),
    MANY(8, 8, 65536, 0),
    MANY(32, 8, 65536, 0),
    MANY(1, 16, 1024, 0),
    MANY(4, 16, 1024, 0),
    MANY(1, 64, 1024, 0),
    MANY(4, 64, 1024, 0),
    BATCH(1, 0),
    BATCH(4, 1),
    {"ring", "round trip", 8, 1024, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
