/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The lock-free ring: beside queues that say the same of themselves, and beside the fast ring, to
 * show what the guarantee costs. */
#include "../harness/bounded.h"

#include <weir/lfring.h>
#include <weir/ring.h>

BENCH_BOUNDED(lfring8, uint64_t, WEIR_LFRING)
BENCH_BOUNDED(lfring16, bench_item16, WEIR_LFRING)
BENCH_BOUNDED(lfring64, bench_item64, WEIR_LFRING)
BENCH_BOUNDED(fast8, uint64_t, WEIR_RING)
BENCH_BOUNDED(fast16, bench_item16, WEIR_RING)
BENCH_BOUNDED(fast64, bench_item64, WEIR_RING)

#define OURS(name, size) BENCH_BOUNDED_SUBJECT("lfring", "weir", NULL, name, size, 1)
#define FAST(name, size)                                                                           \
    BENCH_BOUNDED_SUBJECT("lfring", "weir ring", "not lock-free", name, size, 0)

const bench_subject bench_case_lfring[] = {
    OURS(lfring8, 8), OURS(lfring16, 16), OURS(lfring64, 64),
    FAST(fast8, 8),   FAST(fast16, 16),   FAST(fast64, 64),
    {NULL},
};

#define PAIR(item, quick) BENCH_PAIR_OF("lfring", item, quick)
#define MANY(n, item, capacity, quick) BENCH_MANY("lfring", n, item, capacity, quick)
#define BATCH(n, quick) BENCH_BATCH("lfring", n, quick)

const bench_workload bench_workloads_lfring[] = {
    PAIR(8, 1),
    PAIR(16, 0),
    PAIR(64, 1),
    {"lfring", "batch pair", 8, 1024, 1, {{BENCH_PAIR_N, 1}}},
    MANY(1, 8, 1024, 1),
    MANY(2, 8, 1024, 1),
    MANY(4, 8, 1024, 1),
    MANY(8, 8, 1024, 0),
    MANY(32, 8, 1024, 1),
    MANY(1, 8, 65536, 0),
    MANY(4, 8, 65536, 0),
    MANY(4, 64, 1024, 0),
    BATCH(4, 1),
    {"lfring", "round trip", 8, 1024, 0, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
