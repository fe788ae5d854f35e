/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The fast ring, and what every queue for many producers and consumers is asked to do. */
#include "../harness/bounded.h"

#include <weir/ring.h>

BENCH_BOUNDED(ring8, uint64_t, WEIR_RING)
BENCH_BOUNDED(ring16, bench_item16, WEIR_RING)
BENCH_BOUNDED(ring64, bench_item64, WEIR_RING)

#define OURS(name, size) BENCH_BOUNDED_SUBJECT("ring", "weir", NULL, name, size, 1)

const bench_subject bench_case_ring[] = {
    OURS(ring8, 8), OURS(ring16, 16), OURS(ring64, 64), BENCH_ONE_BY_ONE("ring", ring8, 8), {NULL},
};

#define PAIR(item, quick) BENCH_PAIR_OF("ring", item, quick)
#define MANY(n, item, capacity, quick) BENCH_MANY("ring", n, item, capacity, quick)
#define BATCH(n, quick) BENCH_BATCH("ring", n, quick)

const bench_workload bench_workloads_ring[] = {
    PAIR(8, 1),
    PAIR(16, 0),
    PAIR(64, 0),
    {"ring", "batch pair", 8, 1024, 1, {{BENCH_PAIR_N, 1}}},
    MANY(1, 8, 1024, 1),
    MANY(2, 8, 1024, 0),
    MANY(4, 8, 1024, 0),
    MANY(8, 8, 1024, 1),
    MANY(32, 8, 1024, 1),
    MANY(1, 8, 65536, 0),
    MANY(2, 8, 65536, 1),
    MANY(4, 8, 65536, 0),
    MANY(8, 8, 65536, 0),
    MANY(32, 8, 65536, 0),
    MANY(1, 16, 1024, 0),
    MANY(4, 16, 1024, 0),
    MANY(1, 64, 1024, 0),
    MANY(4, 64, 1024, 0),
    BATCH(1, 0),
    BATCH(4, 1),
    {"ring", "round trip", 8, 1024, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
