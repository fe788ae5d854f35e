/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The queue from one producer to one consumer, and what every such queue is asked to do. */
#include "../harness/queue_loops.h"

#include <weir/spsc.h>

#include <stdlib.h>

#define SPSC(name, T)                                                                              \
    WEIR_SPSC(name, T)                                                                             \
    static void *name##_create(size_t capacity) {                                                  \
        name *queue = aligned_alloc(WEIR_CACHE_LINE, sizeof *queue);                               \
        if (!queue || name##_init(queue, capacity) != WEIR_OK)                                     \
            abort();                                                                               \
        return queue;                                                                              \
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

SPSC(spsc8, uint64_t)
SPSC(spsc16, bench_item16)
SPSC(spsc64, bench_item64)

#define OURS(name, size)                                                                           \
    {                                                                                              \
        "spsc", "weir", NULL, size, 1, name##_create, name##_delete, {                             \
            BENCH_QUEUE_ROLES(name), BENCH_QUEUE_BATCH_ROLES(name)                                 \
        }                                                                                          \
    }

const bench_subject bench_case_spsc[] = {
    OURS(spsc8, 8),
    OURS(spsc16, 16),
    OURS(spsc64, 64),
    /* What a batch saves: the same elements without it. */
    {"spsc",
     "weir one by one",
     "batch cells only",
     8,
     0,
     spsc8_create,
     spsc8_delete,
     {[BENCH_PAIR_N] = spsc8_pair,
      [BENCH_PRODUCE_N] = spsc8_produce,
      [BENCH_CONSUME_N] = spsc8_consume,
      [BENCH_DRAIN] = spsc8_drain}},
    {NULL},
};

#define PAIR(item, quick)                                                                          \
    {                                                                                              \
        "spsc", "pair", item, 1024, quick, {                                                       \
            { BENCH_PAIR, 1 }                                                                      \
        }                                                                                          \
    }
#define STREAM(item, capacity, quick)                                                              \
    {                                                                                              \
        "spsc", "1/1", item, capacity, quick, {                                                    \
            {BENCH_PRODUCE, 1}, {                                                                  \
                BENCH_CONSUME, 1                                                                   \
            }                                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_spsc[] = {
    PAIR(8, 1),
    PAIR(16, 0),
    PAIR(64, 0),
    {"spsc", "batch pair", 8, 1024, 1, {{BENCH_PAIR_N, 1}}},
    STREAM(8, 1024, 1),
    STREAM(8, 65536, 1),
    STREAM(16, 1024, 0),
    STREAM(64, 1024, 1),
    {"spsc", "batch 1/1", 8, 1024, 1, {{BENCH_PRODUCE_N, 1}, {BENCH_CONSUME_N, 1}}},
    {"spsc", "round trip", 8, 1024, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
