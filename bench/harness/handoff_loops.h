/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * handoff_loops.h - two threads that wait for each other by turns, by whatever a subject sleeps in.
 *
 * An adapter has put, which stores a value in a box that is empty and wakes who waits for it, and
 * take, which waits for a value; and notify, which tells nobody that there is nothing. The subject
 * waits in its own way: spinning, sleeping and waking are what is compared. PING ends the exchange
 * by a value of its own, so nobody is left asleep at the end of a round.
 */
#ifndef BENCH_HANDOFF_LOOPS_H
#define BENCH_HANDOFF_LOOPS_H

#include "bench.h"
#include "histogram.h"
#include "wait.h"

#define BENCH_OVER UINT64_MAX

/* The loops of a box of which name_put, name_take and name_notify are defined. */
#define BENCH_HANDOFF_LOOPS(name)                                                                  \
    static void name##_ping(bench_turn *turn) {                                                    \
        while (!bench_stopped(turn)) {                                                             \
            const uint64_t start = bench_now();                                                    \
            name##_put(turn->object, ++turn->done);                                                \
            if (name##_take(turn->reply) != turn->done)                                            \
                return; /* cannot happen */                                                        \
            bench_histogram_add(turn->delays, bench_now() - start);                                \
        }                                                                                          \
        name##_put(turn->object, BENCH_OVER);                                                      \
    }                                                                                              \
    static void name##_echo(bench_turn *turn) {                                                    \
        for (uint64_t value; (value = name##_take(turn->object)) != BENCH_OVER; turn->done++)      \
            name##_put(turn->reply, value);                                                        \
    }                                                                                              \
    static void name##_pair(bench_turn *turn) {                                                    \
        for (uint64_t left = turn->limit; left > 0; left--)                                        \
            name##_notify(turn->object);                                                           \
        turn->done += turn->limit;                                                                 \
    }

/* The subject as a member of suite `wait`. */
#define BENCH_HANDOFF_SUBJECT(name, text, note, is_ours)                                           \
    {                                                                                              \
        "wait", text, note, 8, is_ours, name##_create, name##_destroy, {                           \
            0, name##_pair, 0, 0, 0, 0, 0, name##_ping, name##_echo, 0                             \
        }                                                                                          \
    }

#endif
