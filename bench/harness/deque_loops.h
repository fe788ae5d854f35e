/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque_loops.h - the loops of every work-stealing deque: those of queue_loops.h, where put and
 * take are the owner's ends and thieves consume by `steal`; and two of an owner. And one of an
 * injector, from which batches come.
 */
#ifndef BENCH_DEQUE_LOOPS_H
#define BENCH_DEQUE_LOOPS_H

#include "queue_loops.h"

/* `limit` pushes, then as many pops. */
BENCH_LOOP bench_stack_loop(bench_turn *turn, void *object, bench_put *put, bench_take *take,
                            size_t size) {
    uint64_t item[8] = {turn->first};
    for (uint64_t n = turn->limit; n > 0; n--) {
        bench_touch(item, size);
        if (!put(object, item))
            return; /* cannot happen */
    }
    for (uint64_t n = turn->limit; n > 0; n--) {
        if (!take(object, item))
            return;
        bench_touch(item, size);
    }
    turn->done += turn->limit;
}

enum { BENCH_OWNER_PUSHES = 8, BENCH_OWNER_POPS = 4, BENCH_OWNER_CYCLES = 250 };

/* The owner of a deque beside thieves: it pushes twice as fast as it pops, for 2000 elements; then
 * it pops until nothing is left. So all that is pushed is taken, by whoever is faster, and a
 * backlog of more than 1000 is no way to look fast. */
BENCH_LOOP bench_owner_loop(bench_turn *turn, void *object, bench_put *put, bench_take *take,
                            size_t size) {
    uint64_t item[8] = {turn->first};
    uint64_t out[8] = {0};
    uint64_t sum = 0;
    uint64_t done = 0;
    for (unsigned cycle = 1; !bench_stopped(turn); cycle++) {
        const uint64_t pops = cycle % BENCH_OWNER_CYCLES ? BENCH_OWNER_POPS : UINT64_MAX;
        for (unsigned i = 0; i < BENCH_OWNER_PUSHES; i++) {
            bench_touch(item, size);
            item[0] += put(object, item);
        }
        for (uint64_t i = 0; i < pops && take(object, out); i++) {
            bench_touch(out, size);
            sum += out[0];
            done++;
        }
    }
    turn->limit = item[0] - turn->first;
    turn->sum = sum;
    turn->done = done;
}

/* Moves some of an injector's into the caller's deque. */
typedef void bench_move(void *injector, void *own);

/* Pushes a batch, one by one, and moves others into a deque of its own, and pops them, until as
 * many have come or nothing is left, as when somebody else took more than a batch. */
BENCH_LOOP bench_inject_loop(bench_turn *turn, void *own, bench_put *put, bench_move *move,
                             bench_take *take) {
    uint64_t item[8] = {turn->first};
    for (uint64_t left = turn->limit; left >= BENCH_BATCH; left -= BENCH_BATCH) {
        for (unsigned i = 0; i < BENCH_BATCH; i++) {
            bench_touch(item, 8);
            if (!put(turn->object, item))
                return; /* cannot happen */
        }
        uint64_t came = 0;
        for (uint64_t before = UINT64_MAX; came < BENCH_BATCH && came != before;) {
            before = came;
            move(turn->object, own);
            for (; take(own, item); came++)
                bench_touch(item, 8);
        }
        turn->done += came;
    }
}

/* The loops of a deque of which name_put, name_take and name_take_oldest are defined. */
#define BENCH_DEQUE_LOOPS(name, size)                                                              \
    static void name##_pair(bench_turn *turn) {                                                    \
        bench_pair_loop(turn, turn->object, name##_put, name##_take, size);                        \
    }                                                                                              \
    static void name##_stack(bench_turn *turn) {                                                   \
        bench_stack_loop(turn, turn->object, name##_put, name##_take, size);                       \
    }                                                                                              \
    static void name##_owner(bench_turn *turn) {                                                   \
        bench_owner_loop(turn, turn->object, name##_put, name##_take, size);                       \
    }                                                                                              \
    static void name##_thief(bench_turn *turn) {                                                   \
        bench_consume_loop(turn, turn->object, name##_take_oldest, size);                          \
    }                                                                                              \
    static void name##_drain(bench_turn *turn) {                                                   \
        bench_drain_loop(turn, turn->object, name##_take);                                         \
    }

#define BENCH_DEQUE_ROLES(name)                                                                    \
    [BENCH_PAIR] = name##_pair, [BENCH_STACK] = name##_stack, [BENCH_OWNER] = name##_owner,        \
    [BENCH_CONSUME] = name##_thief, [BENCH_DRAIN] = name##_drain

#endif
