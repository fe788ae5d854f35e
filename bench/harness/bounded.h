/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * bounded.h - the adapter of our typed queues with a capacity, and their usual workloads. `what` is
 * the primitive's name.
 */
#ifndef BENCH_BOUNDED_H
#define BENCH_BOUNDED_H

#include "queue_loops.h"

#include <stdlib.h>

/* The queue `name` of T by the macro QUEUE_OF, and its loops. */
#define BENCH_BOUNDED(name, T, QUEUE_OF)                                                           \
    QUEUE_OF(name, T)                                                                              \
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

#define BENCH_BOUNDED_SUBJECT(what, title, note, name, size, is_ours)                              \
    {                                                                                              \
        what, title, note, size, is_ours, name##_create, name##_delete, {                          \
            BENCH_QUEUE_ROLES(name), BENCH_QUEUE_BATCH_ROLES(name)                                 \
        }                                                                                          \
    }

/* What a batch saves: the same elements without it. */
#define BENCH_ONE_BY_ONE(what, name, size)                                                         \
    {                                                                                              \
        what, "weir one by one", "batch cells only", size, 0, name##_create, name##_delete, {      \
            [BENCH_PAIR_N] = name##_pair, [BENCH_PRODUCE_N] = name##_produce,                      \
            [BENCH_CONSUME_N] = name##_consume, [BENCH_DRAIN] = name##_drain                       \
        }                                                                                          \
    }

/* A thread that pushes and pops; n that push and n that pop; the same by batches. */
#define BENCH_PAIR_OF(what, item, quick)                                                           \
    {                                                                                              \
        what, "pair", item, 1024, quick, {                                                         \
            { BENCH_PAIR, 1 }                                                                      \
        }                                                                                          \
    }
#define BENCH_MANY(what, n, item, capacity, quick)                                                 \
    {                                                                                              \
        what, #n "/" #n, item, capacity, quick, {                                                  \
            {BENCH_PRODUCE, n}, {                                                                  \
                BENCH_CONSUME, n                                                                   \
            }                                                                                      \
        }                                                                                          \
    }
#define BENCH_BATCH(what, n, quick)                                                                \
    {                                                                                              \
        what, "batch " #n "/" #n, 8, 1024, quick, {                                                \
            {BENCH_PRODUCE_N, n}, {                                                                \
                BENCH_CONSUME_N, n                                                                 \
            }                                                                                      \
        }                                                                                          \
    }

#endif
