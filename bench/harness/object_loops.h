/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * object_loops.h - what threads do with a source of objects, be it a pool or malloc.
 *
 * pair: get, write a word, put. pair_n: sixteen times get, then put in the same order. produce:
 * get, write a value, pass the object on; consume: read the value, put. What passes them on is a
 * ring of weir's, the same for all. peers/go/sync_pool.go mirrors this file.
 */
#ifndef BENCH_OBJECT_LOOPS_H
#define BENCH_OBJECT_LOOPS_H

#include "bench.h"
#include "wait.h"

#include <weir/ring.h>

#include <stdlib.h>

#define BENCH_FAST static inline __attribute__((always_inline))

WEIR_RING(bench_belt, uint64_t *)

typedef uint64_t *bench_object_get(void *source);
typedef void bench_object_put(void *source, uint64_t *object);

/* What bench_turn.object points to. */
typedef struct bench_source {
    bench_belt belt;
    void *source;
} bench_source;

static inline void *bench_source_new(size_t capacity, void *source) {
    bench_source *both = aligned_alloc(WEIR_CACHE_LINE, sizeof *both);
    if (!both || bench_belt_init(&both->belt, capacity) != WEIR_OK)
        abort();
    both->source = source;
    return both;
}

static inline void bench_source_delete(void *object) {
    bench_source *both = object;
    bench_belt_destroy(&both->belt);
    free(both);
}

/* Keeps the compiler from leaving out an object that nobody reads. */
BENCH_FAST void bench_mark(uint64_t *object, uint64_t value) {
    *object = value;
    __asm__ volatile("" : : "r"(object) : "memory");
}

BENCH_FAST void bench_objects_pair(bench_turn *turn, bench_object_get *get, bench_object_put *put) {
    void *const source = ((bench_source *)turn->object)->source;
    for (uint64_t left = turn->limit; left > 0; left--) {
        uint64_t *const object = get(source);
        bench_mark(object, left);
        put(source, object);
    }
    turn->done += turn->limit;
}

BENCH_FAST void bench_objects_pair_n(bench_turn *turn, bench_object_get *get,
                                     bench_object_put *put) {
    void *const source = ((bench_source *)turn->object)->source;
    uint64_t *object[BENCH_BATCH];
    for (uint64_t left = turn->limit; left > 0; left -= BENCH_BATCH) {
        for (unsigned i = 0; i < BENCH_BATCH; i++) {
            object[i] = get(source);
            bench_mark(object[i], left);
        }
        for (unsigned i = 0; i < BENCH_BATCH; i++)
            put(source, object[i]);
    }
    turn->done += turn->limit;
}

/* False: stopped while there was no room. */
BENCH_FAST bool bench_objects_pass_on(bench_turn *turn, uint64_t *object) {
    bench_source *const both = turn->object;
    for (unsigned tries = 0; !bench_belt_try_push(&both->belt, object); bench_wait(&tries))
        if (bench_stopped(turn))
            return false;
    return true;
}

BENCH_FAST void bench_objects_produce(bench_turn *turn, bench_object_get *get,
                                      bench_object_put *put) {
    bench_source *const both = turn->object;
    uint64_t value = turn->first;
    while (!bench_stopped(turn)) {
        uint64_t *const object = get(both->source);
        bench_mark(object, value);
        if (bench_objects_pass_on(turn, object))
            value++;
        else
            put(both->source, object);
    }
    turn->done = value - turn->first;
}

BENCH_FAST void bench_objects_consume(bench_turn *turn, bench_object_put *put) {
    bench_source *const both = turn->object;
    uint64_t *object;
    unsigned tries = 0;
    while (!bench_stopped(turn)) {
        if (!bench_belt_try_pop(&both->belt, &object)) {
            bench_wait(&tries);
            continue;
        }
        turn->sum += *object;
        turn->done++;
        put(both->source, object);
        tries = 0;
    }
}

BENCH_FAST void bench_objects_drain(bench_turn *turn, bench_object_put *put) {
    bench_source *const both = turn->object;
    uint64_t *object;
    while (bench_belt_try_pop(&both->belt, &object)) {
        turn->sum += *object;
        turn->done++;
        put(both->source, object);
    }
}

/* The loops over name_take and name_give. */
#define BENCH_OBJECT_LOOPS(name)                                                                   \
    static void name##_pair(bench_turn *turn) {                                                    \
        bench_objects_pair(turn, name##_take, name##_give);                                        \
    }                                                                                              \
    static void name##_pair_n(bench_turn *turn) {                                                  \
        bench_objects_pair_n(turn, name##_take, name##_give);                                      \
    }                                                                                              \
    static void name##_produce(bench_turn *turn) {                                                 \
        bench_objects_produce(turn, name##_take, name##_give);                                     \
    }                                                                                              \
    static void name##_consume(bench_turn *turn) {                                                 \
        bench_objects_consume(turn, name##_give);                                                  \
    }                                                                                              \
    static void name##_drain(bench_turn *turn) {                                                   \
        bench_objects_drain(turn, name##_give);                                                    \
    }

/* What goes between the braces of bench_subject.loop. */
#define BENCH_OBJECT_ROLES(name)                                                                   \
    [BENCH_PAIR] = name##_pair, [BENCH_PAIR_N] = name##_pair_n, [BENCH_PRODUCE] = name##_produce,  \
    [BENCH_CONSUME] = name##_consume, [BENCH_DRAIN] = name##_drain

#endif
