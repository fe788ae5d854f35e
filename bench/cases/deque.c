/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The work-stealing deque: an owner alone, and beside thieves that have to take half. */
#include "../harness/deque_loops.h"

#include <weir/deque.h>

#include <stdlib.h>

#define DEQUE(make, name, T, prepare)                                                              \
    make(name, T) static void *name##_create(size_t capacity) {                                    \
        name *deque = aligned_alloc(WEIR_CACHE_LINE, sizeof *deque);                               \
        if (!deque || name##_init(deque, capacity) != WEIR_OK)                                     \
            abort();                                                                               \
        prepare(deque);                                                                            \
        return deque;                                                                              \
    }                                                                                              \
    static void name##_delete(void *object) {                                                      \
        name##_destroy(object);                                                                    \
        free(object);                                                                              \
    }                                                                                              \
    BENCH_FAST bool name##_put(void *object, const void *item) {                                   \
        return name##_push(object, *(const T *)item) == WEIR_OK;                                   \
    }                                                                                              \
    BENCH_FAST bool name##_take(void *object, void *item) {                                        \
        return name##_pop(object, item);                                                           \
    }                                                                                              \
    BENCH_FAST bool name##_take_oldest(void *object, void *item) {                                 \
        return name##_steal(object, item) == WEIR_OK;                                              \
    }                                                                                              \
    BENCH_DEQUE_LOOPS(name, sizeof(T))

#define AS_IT_IS(deque) (void)(deque)

DEQUE(WEIR_DEQUE, lifo8, uint64_t, AS_IT_IS)
DEQUE(WEIR_DEQUE, lifo16, bench_item16, AS_IT_IS)
DEQUE(WEIR_DEQUE_FIFO, fifo8, uint64_t, AS_IT_IS)
DEQUE(WEIR_DEQUE_BOUNDED, bounded8, uint64_t, AS_IT_IS)
DEQUE(WEIR_DEQUE, favoured8, uint64_t, favoured8_favour_owner)

#define SUBJECT(label, note, size, is_ours, name)                                                  \
    {                                                                                              \
        "deque", label, note, size, is_ours, name##_create, name##_delete, {                       \
            BENCH_DEQUE_ROLES(name)                                                                \
        }                                                                                          \
    }

const bench_subject bench_case_deque[] = {
    SUBJECT("weir", NULL, 8, 1, lifo8),
    SUBJECT("weir", NULL, 16, 1, lifo16),
    SUBJECT("weir, FIFO owner", NULL, 8, 0, fifo8),
    SUBJECT("weir, favoured owner", "no fence in pop, a system call in steal", 8, 0, favoured8),
    {"deque",
     "weir, bounded",
     NULL,
     8,
     0,
     bounded8_create,
     bounded8_delete,
     {[BENCH_PAIR] = bounded8_pair,
      [BENCH_STACK] = bounded8_stack,
      [BENCH_DRAIN] = bounded8_drain}},
    {NULL},
};

#define ALONE(name, role, item)                                                                    \
    {                                                                                              \
        "deque", name, item, 1024, item == 8, {                                                    \
            { role, 1 }                                                                            \
        }                                                                                          \
    }
#define STOLEN(name, item, thieves)                                                                \
    {                                                                                              \
        "deque", name, item, 1024, item == 8, {                                                    \
            {BENCH_OWNER, 1}, {                                                                    \
                BENCH_CONSUME, thieves                                                             \
            }                                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_deque[] = {
    ALONE("pair", BENCH_PAIR, 8),   ALONE("pair", BENCH_PAIR, 16),
    ALONE("stack", BENCH_STACK, 8), ALONE("stack", BENCH_STACK, 16),
    STOLEN("1 thief", 8, 1),        STOLEN("1 thief", 16, 1),
    STOLEN("3 thieves", 8, 3),      {NULL},
};
