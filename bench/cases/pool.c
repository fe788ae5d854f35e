/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The pool, and what every source of objects is asked to do: small ones and large ones, one by one
 * and sixteen at once, by threads for themselves and from some threads to others. A pool is made
 * once and keeps its objects from round to round, as malloc does. */
#include "../harness/object_loops.h"

#include <weir/pool.h>

#define POOL(name, size)                                                                           \
    typedef struct name##_object {                                                                 \
        uint64_t word[(size) / 8];                                                                 \
    } name##_object;                                                                               \
    WEIR_POOL(name, name##_object)                                                                 \
    static name name##_kept;                                                                       \
    static void *name##_create(size_t capacity) {                                                  \
        static bool is_made;                                                                       \
        if (!is_made && name##_init(&name##_kept, NULL) != WEIR_OK)                                \
            abort();                                                                               \
        is_made = true;                                                                            \
        return bench_source_new(capacity, &name##_kept);                                           \
    }                                                                                              \
    BENCH_FAST uint64_t *name##_take(void *pool) {                                                 \
        return (uint64_t *)name##_get(pool);                                                       \
    }                                                                                              \
    BENCH_FAST void name##_give(void *pool, uint64_t *object) {                                    \
        name##_put(pool, (name##_object *)object);                                                 \
    }                                                                                              \
    BENCH_OBJECT_LOOPS(name)

POOL(pool256, 256)
POOL(pool65536, 65536)

#define OURS(name, size)                                                                           \
    {                                                                                              \
        "pool", "weir", NULL, size, 1, name##_create, bench_source_delete,                         \
            {BENCH_OBJECT_ROLES(name)}, NULL                                                       \
    }

const bench_subject bench_case_pool[] = {
    OURS(pool256, 256),
    OURS(pool65536, 65536),
    {NULL},
};

#define PAIR(n, item, quick)                                                                       \
    {                                                                                              \
        "pool", n == 1 ? "pair" : #n " threads", item, 1024, quick, {                              \
            { BENCH_PAIR, n }                                                                      \
        }                                                                                          \
    }
#define SIXTEEN(n, item, quick)                                                                    \
    {                                                                                              \
        "pool", n == 1 ? "batch pair" : "batch " #n " threads", item, 1024, quick, {               \
            { BENCH_PAIR_N, n }                                                                    \
        }                                                                                          \
    }
#define PASS(n, item, quick)                                                                       \
    {                                                                                              \
        "pool", #n "/" #n, item, 1024, quick, {                                                    \
            {BENCH_PRODUCE, n}, {                                                                  \
                BENCH_CONSUME, n                                                                   \
            }                                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_pool[] = {
    PAIR(1, 256, 1),
    PAIR(2, 256, 0),
    PAIR(4, 256, 0),
    PAIR(8, 256, 1),
    SIXTEEN(1, 256, 1),
    SIXTEEN(8, 256, 0),
    PASS(1, 256, 1),
    PASS(4, 256, 0),
    PAIR(1, 65536, 1),
    PAIR(2, 65536, 0),
    PAIR(4, 65536, 0),
    PAIR(8, 65536, 0),
    SIXTEEN(1, 65536, 0),
    SIXTEEN(8, 65536, 0),
    PASS(1, 65536, 1),
    PASS(4, 65536, 0),
    {NULL},
};
