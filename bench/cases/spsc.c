/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The queue from one producer to one consumer, and what every such queue is asked to do. */
#include "../harness/bounded.h"

#include <weir/spsc.h>

BENCH_BOUNDED(spsc8, uint64_t, WEIR_SPSC)
BENCH_BOUNDED(spsc16, bench_item16, WEIR_SPSC)
BENCH_BOUNDED(spsc64, bench_item64, WEIR_SPSC)

#define OURS(name, size) BENCH_BOUNDED_SUBJECT("spsc", "weir", NULL, name, size, 1)

const bench_subject bench_case_spsc[] = {
    OURS(spsc8, 8), OURS(spsc16, 16), OURS(spsc64, 64), BENCH_ONE_BY_ONE("spsc", spsc8, 8), {NULL},
};

#define PAIR(item, quick) BENCH_PAIR_OF("spsc", item, quick)
#define STREAM(item, capacity, quick) BENCH_MANY("spsc", 1, item, capacity, quick)

const bench_workload bench_workloads_spsc[] = {
    PAIR(8, 1),
    PAIR(16, 0),
    PAIR(64, 0),
    {"spsc", "batch pair", 8, 1024, 1, {{BENCH_PAIR_N, 1}}},
    STREAM(8, 1024, 1),
    STREAM(8, 65536, 1),
    STREAM(16, 1024, 0),
    STREAM(64, 1024, 1),
    BENCH_BATCH("spsc", 1, 1),
    {"spsc", "round trip", 8, 1024, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
