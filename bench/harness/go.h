/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * go.h - the peers in Go, for peers/go_NAME.c.
 *
 * They are one shared library, peers/go, opened when the first object of a peer in Go is made. Only
 * from then on is Go's runtime in the process: a run whose filter leaves these peers out has none.
 * An adapter says which objects and loops it wants by the names under which peers/go/NAME.go
 * registers them; a name that is not there ends the program.
 */
#ifndef BENCH_GO_H
#define BENCH_GO_H

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes an object, for the main thread only. */
void *bench_go_new(const char *name, size_t capacity);
void bench_go_delete(void *object);

/* Runs a loop. *number, 0 at first, keeps its place; any thread. */
void bench_go_turn(const char *name, int *number, bench_turn *turn);

#ifdef __cplusplus
}
#endif

/* name_create and name_destroy of the object that Go knows by this name. */
#define BENCH_GO_OBJECT(name)                                                                      \
    static void *name##_create(size_t capacity) {                                                  \
        return bench_go_new(#name, capacity);                                                      \
    }                                                                                              \
    static void name##_destroy(void *object) {                                                     \
        bench_go_delete(object);                                                                   \
    }

/* name_role, the loop of that object for one role. */
#define BENCH_GO_LOOP(name, role)                                                                  \
    static void name##_##role(bench_turn *turn) {                                                  \
        static int number;                                                                         \
        bench_go_turn(#name "_" #role, &number, turn);                                             \
    }

/* All that goes for BENCH_QUEUE_ROLES. */
#define BENCH_GO_QUEUE(name)                                                                       \
    BENCH_GO_OBJECT(name)                                                                          \
    BENCH_GO_LOOP(name, pair)                                                                      \
    BENCH_GO_LOOP(name, produce)                                                                   \
    BENCH_GO_LOOP(name, consume)                                                                   \
    BENCH_GO_LOOP(name, drain)                                                                     \
    BENCH_GO_LOOP(name, ping)                                                                      \
    BENCH_GO_LOOP(name, echo)

#endif
