/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The lock-free ring: beside queues that say the same of themselves, and beside the fast ring, to
 * show what the guarantee costs. */
#include "../harness/queue_loops.h"

#include <weir/lfring.h>
#include <weir/ring.h>

#include <stdlib.h>

#define RING(name, T, RING_OF)                                                                     \
    RING_OF(name, T)                                                                               \
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

RING(lfring8, uint64_t, WEIR_LFRING)
RING(lfring16, bench_item16, WEIR_LFRING)
RING(lfring64, bench_item64, WEIR_LFRING)
RING(fast8, uint64_t, WEIR_RING)
RING(fast16, bench_item16, WEIR_RING)
RING(fast64, bench_item64, WEIR_RING)

#define RINGS(name, title, note, size, is_ours)                                                    \
    {                                                                                              \
        "lfring", title, note, size, is_ours, name##_create, name##_delete, {                      \
            BENCH_QUEUE_ROLES(name), BENCH_QUEUE_BATCH_ROLES(name)                                 \
        }                                                                                          \
    }
#define OURS(name, size) RINGS(name, "weir", NULL, size, 1)
#define FAST(name, size) RINGS(name, "weir ring", "not lock-free", size, 0)

const bench_subject bench_case_lfring[] = {
    OURS(lfring8, 8), OURS(lfring16, 16), OURS(lfring64, 64),
    FAST(fast8, 8),   FAST(fast16, 16),   FAST(fast64, 64),
    {NULL},
};

#define PAIR(item, quick)                                                                          \
    {                                                                                              \
        "lfring", "pair", item, 1024, quick, {                                                     \
            { BENCH_PAIR, 1 }                                                                      \
        }                                                                                          \
    }
#define MANY(n, item, capacity, quick)                                                             \
    {                                                                                              \
        "lfring", #n "/" #n, item, capacity, quick, {                                              \
            {BENCH_PRODUCE, n}, {                                                                  \
                BENCH_CONSUME, n                                                                   \
            }                                                                                      \
        }                                                                                          \
    }
#define BATCH(n, quick)                                                                            \
    {                                                                                              \
        "lfring", "batch " #n "/" #n, 8, 1024, quick, {                                            \
            {BENCH_PRODUCE_N, n}, {                                                                \
                BENCH_CONSUME_N, n                                                                 \
            }                                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_lfring[] = {
    PAIR(8, 1),
    PAIR(16, 0),
    PAIR(64, 1),
    {"lfring", "batch pair", 8, 1024, 1, {{BENCH_PAIR_N, 1}}},
    MANY(1, 8, 1024, 1),
    MANY(2, 8, 1024, 1),
    MANY(4, 8, 1024, 1),
    MANY(8, 8, 1024, 0),
    MANY(32, 8, 1024, 1),
    MANY(1, 8, 65536, 0),
    MANY(4, 8, 65536, 0),
    MANY(4, 64, 1024, 0),
    BATCH(4, 1),
    {"lfring", "round trip", 8, 1024, 0, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
