/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lock_loops.h - what locks are asked to do, in C and C++.
 *
 * An adapter's object begins with a bench_guarded, and it has name_lock and name_unlock, for
 * readers also name_rlock and name_runlock. A critical section changes two plain words and finds
 * out if it is not alone; between two of them is a little work of the thread's own. peers/rust and
 * peers/go say the same again.
 */
#ifndef BENCH_LOCK_LOOPS_H
#define BENCH_LOCK_LOOPS_H

#include "bench.h"
#include "wait.h"

#include <stdlib.h>

enum { BENCH_OWN_WORK = 50, BENCH_MIX_READS = 64 };

/* At least a line away from the lock that follows it. */
typedef struct bench_guarded {
    uint64_t word[2];
    unsigned char pad[240];
} bench_guarded;

static inline void bench_change(void *object) {
    volatile uint64_t *word = ((bench_guarded *)object)->word;
    word[0] = word[0] + 1;
    word[1] = word[1] + 1;
    if (word[1] != word[0])
        abort(); /* somebody else is in */
}

static inline void bench_look(void *object) {
    const volatile uint64_t *word = ((bench_guarded *)object)->word;
    if (word[0] != word[1])
        abort();
}

static inline void bench_own_work(void) {
    for (uint64_t i = 0; i < BENCH_OWN_WORK; i++)
        __asm__ volatile("" : "+r"(i)); /* a loop that no compiler unrolls */
}

#define BENCH_LOCK_LOOPS(name)                                                                     \
    static void name##_pair(bench_turn *turn) {                                                    \
        for (uint64_t left = turn->limit; left > 0; left--) {                                      \
            name##_lock(turn->object);                                                             \
            name##_unlock(turn->object);                                                           \
        }                                                                                          \
        turn->done += turn->limit;                                                                 \
    }                                                                                              \
    static void name##_hold(bench_turn *turn) {                                                    \
        for (; !bench_stopped(turn); turn->done++) {                                               \
            name##_lock(turn->object);                                                             \
            bench_change(turn->object);                                                            \
            name##_unlock(turn->object);                                                           \
            bench_own_work();                                                                      \
        }                                                                                          \
    }

#define BENCH_READ_LOOPS(name)                                                                     \
    static void name##_pair(bench_turn *turn) {                                                    \
        for (uint64_t left = turn->limit; left > 0; left--) {                                      \
            name##_rlock(turn->object);                                                            \
            name##_runlock(turn->object);                                                          \
        }                                                                                          \
        turn->done += turn->limit;                                                                 \
    }                                                                                              \
    static void name##_read(bench_turn *turn) {                                                    \
        for (; !bench_stopped(turn); turn->done++) {                                               \
            name##_rlock(turn->object);                                                            \
            bench_look(turn->object);                                                              \
            name##_runlock(turn->object);                                                          \
            bench_own_work();                                                                      \
        }                                                                                          \
    }                                                                                              \
    static void name##_hold(bench_turn *turn) {                                                    \
        for (; !bench_stopped(turn); turn->done++) {                                               \
            name##_lock(turn->object);                                                             \
            bench_change(turn->object);                                                            \
            name##_unlock(turn->object);                                                           \
            bench_own_work();                                                                      \
        }                                                                                          \
    }                                                                                              \
    static void name##_mix(bench_turn *turn) {                                                     \
        for (; !bench_stopped(turn); turn->done++) {                                               \
            if (turn->done % BENCH_MIX_READS == 0) {                                               \
                name##_lock(turn->object);                                                         \
                bench_change(turn->object);                                                        \
                name##_unlock(turn->object);                                                       \
            } else {                                                                               \
                name##_rlock(turn->object);                                                        \
                bench_look(turn->object);                                                          \
                name##_runlock(turn->object);                                                      \
            }                                                                                      \
            bench_own_work();                                                                      \
        }                                                                                          \
    }

/* The hand-over of handoff_loops.h, for boxes without notify. */
#define BENCH_BOX_LOOPS(name)                                                                      \
    static inline void name##_notify(void *object) {                                               \
        (void)object;                                                                              \
    }                                                                                              \
    BENCH_HANDOFF_LOOPS(name)                                                                      \
    static bench_loop *const name##_unused __attribute__((unused)) = name##_pair;

/* By place, since C++ has no other way: PAIR, PING, ECHO; LOCK, READ, MIX. */
typedef char bench_places_of_roles[BENCH_PING == 7 && BENCH_ECHO == 8 && BENCH_LOCK == 13 &&
                                           BENCH_READ == 14 && BENCH_MIX == 15
                                       ? 1
                                       : -1];
#define BENCH_LOCK_SUBJECT(suite, name, text, note, is_ours)                                       \
    {                                                                                              \
        suite, text, note, 8, is_ours, name##_create, name##_destroy, {                            \
            0, name##_pair, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, name##_hold, 0, 0                     \
        }                                                                                          \
    }
#define BENCH_READ_SUBJECT(suite, name, text, note, is_ours)                                       \
    {                                                                                              \
        suite, text, note, 8, is_ours, name##_create, name##_destroy, {                            \
            0, name##_pair, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, name##_hold, name##_read, name##_mix  \
        }                                                                                          \
    }
/* A box: PING and ECHO. */
#define BENCH_BOX_SUBJECT(suite, name, text, note, is_ours)                                        \
    {                                                                                              \
        suite, text, note, 8, is_ours, name##_create, name##_destroy, {                            \
            0, 0, 0, 0, 0, 0, 0, name##_ping, name##_echo, 0, 0, 0, 0                              \
        }                                                                                          \
    }

#endif
