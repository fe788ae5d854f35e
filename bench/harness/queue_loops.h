/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue_loops.h - the loops of every queue, ours and the peers', in C and C++.
 *
 * An adapter has small functions that put and take one element; BENCH_QUEUE_LOOPS (C) or
 * bench::queue (peers/queue.hpp) makes the loops of them. `put` and `size` are constants there, so
 * that everything is inlined that the queue itself lets inline. The first word of an element is its
 * value; values are never 0, which one peer reserves.
 */
#ifndef BENCH_QUEUE_LOOPS_H
#define BENCH_QUEUE_LOOPS_H

#include "bench.h"
#include "histogram.h"
#include "wait.h"

/* Of an adapter or a loop: a part of its caller. What the queue itself inlines is up to the queue.
 */
#define BENCH_FAST static inline __attribute__((always_inline))
#define BENCH_LOOP BENCH_FAST void

typedef struct bench_item16 {
    uint64_t word[2];
} bench_item16;

typedef struct bench_item64 {
    uint64_t word[8];
} bench_item64;

typedef bool bench_put(void *object, const void *item);
typedef bool bench_take(void *object, void *item);
typedef size_t bench_put_n(void *object, const void *items, size_t n);
typedef size_t bench_take_n(void *object, void *items, size_t n);

/* The compiler must take the element for read and changed here: no copy of it can be left out. An
 * element of 8 bytes stays in a register. */
BENCH_LOOP bench_touch(uint64_t *item, size_t size) {
    if (size == 8)
        __asm__ volatile("" : "+r"(item[0]));
    else if (size == 16)
        __asm__ volatile("" : "+m"(*(bench_item16 *)(void *)item));
    else
        __asm__ volatile("" : "+m"(*(bench_item64 *)(void *)item));
}

BENCH_LOOP bench_pair_loop(bench_turn *turn, void *object, bench_put *put, bench_take *take,
                           size_t size) {
    uint64_t item[8] = {turn->first};
    uint64_t left = turn->limit;
    for (; left > 0; left--) {
        bench_touch(item, size);
        if (!put(object, item) || !take(object, item))
            break; /* cannot happen; a real program would look, too */
    }
    bench_touch(item, size);
    turn->done += turn->limit - left;
}

BENCH_LOOP bench_produce_loop(bench_turn *turn, void *object, bench_put *put, size_t size) {
    uint64_t item[8] = {turn->first};
    unsigned tries = 0;
    while (!bench_stopped(turn)) {
        bench_touch(item, size);
        if (put(object, item)) {
            item[0]++;
            tries = 0;
        } else {
            bench_wait(&tries);
        }
    }
    turn->done = item[0] - turn->first;
}

BENCH_LOOP bench_consume_loop(bench_turn *turn, void *object, bench_take *take, size_t size) {
    uint64_t item[8] = {0};
    uint64_t sum = 0;
    uint64_t done = 0;
    unsigned tries = 0;
    while (!bench_stopped(turn)) {
        if (take(object, item)) {
            bench_touch(item, size);
            sum += item[0];
            done++;
            tries = 0;
        } else {
            bench_wait(&tries);
        }
    }
    turn->sum = sum;
    turn->done = done;
}

BENCH_LOOP bench_drain_loop(bench_turn *turn, void *object, bench_take *take) {
    uint64_t item[8] = {0};
    while (take(object, item)) {
        turn->sum += item[0];
        turn->done++;
    }
}

/* -- batches ---------------------------------------------------------------------------------- */

enum { BENCH_WORDS = 8 * BENCH_BATCH };

/* Makes a batch of `count` values from `value` up. */
BENCH_LOOP bench_fill(uint64_t *items, uint64_t value, size_t size) {
    for (size_t i = 0; i < BENCH_BATCH; i++)
        items[i * (size / 8)] = value + i;
    __asm__ volatile("" : : "r"(items) : "memory");
}

BENCH_LOOP bench_pair_n_loop(bench_turn *turn, void *object, bench_put_n *put, bench_take_n *take,
                             size_t size) {
    uint64_t items[BENCH_WORDS] = {0};
    bench_fill(items, turn->first, size);
    uint64_t left = turn->limit;
    while (left >= BENCH_BATCH) {
        if (put(object, items, BENCH_BATCH) != BENCH_BATCH ||
            take(object, items, BENCH_BATCH) != BENCH_BATCH)
            break; /* cannot happen */
        left -= BENCH_BATCH;
    }
    turn->done += turn->limit - left;
}

BENCH_LOOP bench_produce_n_loop(bench_turn *turn, void *object, bench_put_n *put, size_t size) {
    uint64_t items[BENCH_WORDS] = {0};
    uint64_t value = turn->first;
    unsigned tries = 0;
    while (!bench_stopped(turn)) {
        bench_fill(items, value, size);
        const size_t count = put(object, items, BENCH_BATCH);
        value += count;
        if (count > 0)
            tries = 0;
        else
            bench_wait(&tries);
    }
    turn->done = value - turn->first;
}

BENCH_LOOP bench_consume_n_loop(bench_turn *turn, void *object, bench_take_n *take, size_t size) {
    uint64_t items[BENCH_WORDS] = {0};
    uint64_t sum = 0;
    uint64_t done = 0;
    unsigned tries = 0;
    while (!bench_stopped(turn)) {
        const size_t count = take(object, items, BENCH_BATCH);
        for (size_t i = 0; i < count; i++)
            sum += items[i * (size / 8)];
        done += count;
        if (count > 0)
            tries = 0;
        else
            bench_wait(&tries);
    }
    turn->sum = sum;
    turn->done = done;
}

/* -- hand-off --------------------------------------------------------------------------------- */

BENCH_LOOP bench_ping_loop(bench_turn *turn, bench_put *put, bench_take *take) {
    uint64_t item[8] = {1};
    while (!bench_stopped(turn)) {
        const uint64_t start = bench_now();
        unsigned tries = 0;
        while (!put(turn->object, item) && !bench_stopped(turn))
            bench_wait(&tries);
        tries = 0;
        while (!take(turn->reply, item)) {
            if (bench_stopped(turn))
                return;
            bench_wait(&tries);
        }
        bench_histogram_add(turn->delays, bench_now() - start);
        turn->done++;
    }
}

BENCH_LOOP bench_echo_loop(bench_turn *turn, bench_put *put, bench_take *take) {
    uint64_t item[8] = {0};
    unsigned tries = 0;
    while (!bench_stopped(turn)) {
        if (take(turn->object, item)) {
            while (!put(turn->reply, item) && !bench_stopped(turn))
                bench_wait(&tries);
            turn->done++;
            tries = 0;
        } else {
            bench_wait(&tries);
        }
    }
}

/* -- C adapters ------------------------------------------------------------------------------- */

/* The loops of a queue of which name_put and name_take are defined. */
#define BENCH_QUEUE_LOOPS(name, size)                                                              \
    static void name##_pair(bench_turn *turn) {                                                    \
        bench_pair_loop(turn, turn->object, name##_put, name##_take, size);                        \
    }                                                                                              \
    static void name##_produce(bench_turn *turn) {                                                 \
        bench_produce_loop(turn, turn->object, name##_put, size);                                  \
    }                                                                                              \
    static void name##_consume(bench_turn *turn) {                                                 \
        bench_consume_loop(turn, turn->object, name##_take, size);                                 \
    }                                                                                              \
    static void name##_drain(bench_turn *turn) {                                                   \
        bench_drain_loop(turn, turn->object, name##_take);                                         \
    }                                                                                              \
    static void name##_ping(bench_turn *turn) {                                                    \
        bench_ping_loop(turn, name##_put, name##_take);                                            \
    }                                                                                              \
    static void name##_echo(bench_turn *turn) {                                                    \
        bench_echo_loop(turn, name##_put, name##_take);                                            \
    }

/* The same for name_put_n and name_take_n. */
#define BENCH_QUEUE_BATCH_LOOPS(name, size)                                                        \
    static void name##_pair_n(bench_turn *turn) {                                                  \
        bench_pair_n_loop(turn, turn->object, name##_put_n, name##_take_n, size);                  \
    }                                                                                              \
    static void name##_produce_n(bench_turn *turn) {                                               \
        bench_produce_n_loop(turn, turn->object, name##_put_n, size);                              \
    }                                                                                              \
    static void name##_consume_n(bench_turn *turn) {                                               \
        bench_consume_n_loop(turn, turn->object, name##_take_n, size);                             \
    }

/* What goes between the braces of bench_subject.loop. */
#define BENCH_QUEUE_ROLES(name)                                                                    \
    [BENCH_PAIR] = name##_pair, [BENCH_PRODUCE] = name##_produce,                                  \
    [BENCH_CONSUME] = name##_consume, [BENCH_PING] = name##_ping, [BENCH_ECHO] = name##_echo,      \
    [BENCH_DRAIN] = name##_drain
#define BENCH_QUEUE_BATCH_ROLES(name)                                                              \
    [BENCH_PAIR_N] = name##_pair_n, [BENCH_PRODUCE_N] = name##_produce_n,                          \
    [BENCH_CONSUME_N] = name##_consume_n

#endif
