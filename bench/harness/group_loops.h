/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * group_loops.h - what once, counts and barriers are asked to do.
 *
 * An adapter of a barrier has meet, called by all parties; its object begins with a bench_meeting,
 * by which the party that keeps the time says which meeting is the last. Others have call, which is
 * called over and over by one thread.
 */
#ifndef BENCH_GROUP_LOOPS_H
#define BENCH_GROUP_LOOPS_H

#include "bench.h"
#include "histogram.h"
#include "wait.h"

typedef struct bench_meeting {
    uint64_t last; /* 0: not known yet */
} bench_meeting;

#define BENCH_MEET_LOOPS(name)                                                                     \
    static void name##_ping(bench_turn *turn) {                                                    \
        bench_meeting *meeting = (bench_meeting *)turn->object;                                    \
        while (!bench_stopped(turn)) {                                                             \
            const uint64_t start = bench_now();                                                    \
            name##_meet(turn->object);                                                             \
            turn->done++;                                                                          \
            bench_histogram_add(turn->delays, bench_now() - start);                                \
        }                                                                                          \
        __atomic_store_n(&meeting->last, turn->done + 1, __ATOMIC_RELAXED);                        \
        name##_meet(turn->object);                                                                 \
    }                                                                                              \
    static void name##_echo(bench_turn *turn) {                                                    \
        const bench_meeting *meeting = (const bench_meeting *)turn->object;                        \
        for (uint64_t n = 1;; n++, turn->done++) {                                                 \
            name##_meet(turn->object);                                                             \
            if (__atomic_load_n(&meeting->last, __ATOMIC_RELAXED) == n)                            \
                return;                                                                            \
        }                                                                                          \
    }

#define BENCH_CALL_LOOPS(name)                                                                     \
    static void name##_pair(bench_turn *turn) {                                                    \
        for (uint64_t left = turn->limit; left > 0; left--)                                        \
            name##_call(turn->object);                                                             \
        turn->done += turn->limit;                                                                 \
    }

/* A subject that has only meet, or only call. */
#define BENCH_MEET_SUBJECT(suite, name, text, note, is_ours)                                       \
    {                                                                                              \
        suite, text, note, 8, is_ours, name##_create, name##_destroy, {                            \
            0, 0, 0, 0, 0, 0, 0, name##_ping, name##_echo, 0                                       \
        }                                                                                          \
    }
#define BENCH_CALL_SUBJECT(suite, name, text, note, is_ours)                                       \
    {                                                                                              \
        suite, text, note, 8, is_ours, name##_create, name##_destroy, {                            \
            0, name##_pair, 0, 0, 0, 0, 0, 0, 0, 0                                                 \
        }                                                                                          \
    }

#endif
