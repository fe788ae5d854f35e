/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * reclaim_loops.h - the loops of reclamation: reading what may be retired, and retiring.
 *
 * "protect" reads one word of a node behind a pointer that anybody could replace. "retire" takes a
 * node of 56 bytes from malloc and retires it at once; what is over the plain malloc and free is
 * the price.
 */
#ifndef BENCH_RECLAIM_LOOPS_H
#define BENCH_RECLAIM_LOOPS_H

#include "queue_loops.h"

enum { BENCH_NODE = 56 };

/* BENCH_PROTECT_LOOP(name, read): read(object) is the value, read under protection. */
#define BENCH_PROTECT_LOOP(name, read)                                                             \
    static void name##_protect(bench_turn *turn) {                                                 \
        uint64_t sum = 0;                                                                          \
        for (uint64_t left = turn->limit; left > 0; left--)                                        \
            sum += read(turn->object);                                                             \
        __asm__ volatile("" ::"r"(sum));                                                           \
        turn->done += turn->limit;                                                                 \
    }

/* BENCH_RETIRE_LOOP(name, retire): retire(object, node) gives up a node of BENCH_NODE bytes. */
#define BENCH_RETIRE_LOOP(name, retire)                                                            \
    static void name##_retire(bench_turn *turn) {                                                  \
        for (uint64_t left = turn->limit; left > 0; left--) {                                      \
            uint64_t *node = (uint64_t *)malloc(BENCH_NODE);                                       \
            if (!node)                                                                             \
                abort();                                                                           \
            node[6] = left;                                                                        \
            __asm__ volatile("" ::"r"(node) : "memory");                                           \
            retire(turn->object, node);                                                            \
        }                                                                                          \
        turn->done += turn->limit;                                                                 \
    }

#define BENCH_RECLAIM_SUBJECT(suite, label, note, ours, create, destroy, loop)                     \
    {                                                                                              \
        suite, label, note, 8, ours, create, destroy, {                                            \
            [BENCH_PAIR] = loop                                                                    \
        }                                                                                          \
    }

#endif
