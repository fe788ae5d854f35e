/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan_loops.h - how channels take part in the benchmark: their own calls wait.
 *
 * An adapter has `put` and `take`, which try first, and if that does not go wait inside the
 * channel, with its own way of waiting, a millisecond at most: so a round can end, and the clock is
 * looked at only by who waits. peers/rust/src/channels.rs mirrors it.
 *
 * A select takes part as an object of several channels. Producers get one each, in turn; a consumer
 * takes from all. peers/rust/src/selects.rs mirrors it.
 */
#ifndef BENCH_CHAN_LOOPS_H
#define BENCH_CHAN_LOOPS_H

#include "queue_loops.h"

enum { BENCH_PATIENCE = 1000 * 1000, BENCH_CHANNELS = 4 };

/* As those of a queue, but that nobody pauses outside of the channel. */
BENCH_LOOP bench_send_loop(bench_turn *turn, void *object, bench_put *put) {
    uint64_t item = turn->first;
    while (!bench_stopped(turn)) {
        if (put(object, &item))
            item++;
    }
    turn->done = item - turn->first;
}

BENCH_LOOP bench_recv_loop(bench_turn *turn, void *object, bench_take *take) {
    uint64_t item = 0;
    uint64_t sum = 0;
    uint64_t done = 0;
    while (!bench_stopped(turn)) {
        if (take(object, &item)) {
            sum += item;
            done++;
        }
    }
    turn->sum = sum;
    turn->done = done;
}

#define BENCH_CHAN_LOOPS(name)                                                                     \
    static void name##_pair(bench_turn *turn) {                                                    \
        bench_pair_loop(turn, turn->object, name##_put, name##_take, 8);                           \
    }                                                                                              \
    static void name##_produce(bench_turn *turn) {                                                 \
        bench_send_loop(turn, turn->object, name##_put);                                           \
    }                                                                                              \
    static void name##_consume(bench_turn *turn) {                                                 \
        bench_recv_loop(turn, turn->object, name##_take);                                          \
    }                                                                                              \
    static void name##_drain(bench_turn *turn) {                                                   \
        bench_drain_loop(turn, turn->object, name##_try_take);                                     \
    }

#define BENCH_CHAN_ROLES(name)                                                                     \
    [BENCH_PAIR] = name##_pair, [BENCH_PRODUCE] = name##_produce,                                  \
    [BENCH_CONSUME] = name##_consume, [BENCH_DRAIN] = name##_drain

#endif
