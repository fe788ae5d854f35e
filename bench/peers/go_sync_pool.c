/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Go's sync.Pool. The loops are in Go: go/sync_pool.go. */
#include "../harness/go.h"

#define POOL(name)                                                                                 \
    BENCH_GO_OBJECT(name)                                                                          \
    BENCH_GO_LOOP(name, pair)                                                                      \
    BENCH_GO_LOOP(name, pair_n)                                                                    \
    BENCH_GO_LOOP(name, produce)                                                                   \
    BENCH_GO_LOOP(name, consume)                                                                   \
    BENCH_GO_LOOP(name, drain)

POOL(pool256)
POOL(pool65536)

#define SUBJECT(name, size)                                                                        \
    {                                                                                              \
        "pool", "Go sync.Pool", "GOMAXPROCS 8", size, 0, name##_create, name##_destroy,            \
            {[BENCH_PAIR] = name##_pair,                                                           \
             [BENCH_PAIR_N] = name##_pair_n,                                                       \
             [BENCH_PRODUCE] = name##_produce,                                                     \
             [BENCH_CONSUME] = name##_consume,                                                     \
             [BENCH_DRAIN] = name##_drain},                                                        \
            NULL                                                                                   \
    }

const bench_subject bench_peer_go_sync_pool[] = {
    SUBJECT(pool256, 256),
    SUBJECT(pool65536, 65536),
    {NULL},
};
