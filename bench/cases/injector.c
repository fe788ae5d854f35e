/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The injector: what who owns no deque pushes, and workers take one by one or by batches into their
 * own. It has no bound, so each thread takes about as many as it pushes. */
#include "../harness/deque_loops.h"

#include <weir/deque.h>

#include <stdlib.h>

WEIR_DEQUE(jobs8, uint64_t)
WEIR_INJECTOR(inbox8, uint64_t, jobs8)

static void *inbox8_create(size_t unused) {
    inbox8 *made = aligned_alloc(WEIR_CACHE_LINE, sizeof *made);
    (void)unused;
    if (!made || inbox8_init(made) != WEIR_OK)
        abort();
    return made;
}

static void inbox8_delete(void *object) {
    inbox8_destroy(object);
    free(object);
}

BENCH_FAST bool inbox8_put(void *object, const void *item) {
    return inbox8_push(object, *(const uint64_t *)item) == WEIR_OK;
}

BENCH_FAST bool inbox8_take(void *object, void *item) {
    weir_status status;
    while ((status = inbox8_steal(object, item)) == WEIR_BUSY)
        continue;
    return status == WEIR_OK;
}

BENCH_FAST void inbox8_move(void *object, void *own) {
    inbox8_steal_batch(object, own);
}

BENCH_FAST bool jobs8_take(void *own, void *item) {
    return jobs8_pop(own, item);
}

static void inbox8_pair(bench_turn *turn) {
    bench_pair_loop(turn, turn->object, inbox8_put, inbox8_take, 8);
}

static void inbox8_pair_n(bench_turn *turn) {
    jobs8 own;
    if (jobs8_init(&own, 64) != WEIR_OK)
        abort();
    bench_inject_loop(turn, &own, inbox8_put, inbox8_move, jobs8_take);
    jobs8_destroy(&own);
}

const bench_subject bench_case_injector[] = {
    {"injector",
     "weir",
     NULL,
     8,
     1,
     inbox8_create,
     inbox8_delete,
     {[BENCH_PAIR] = inbox8_pair, [BENCH_PAIR_N] = inbox8_pair_n}},
    {NULL},
};

const bench_workload bench_workloads_injector[] = {
    {"injector", "pair", 8, 1024, 1, {{BENCH_PAIR, 1}}},
    {"injector", "batch pair", 8, 1024, 1, {{BENCH_PAIR_N, 1}}},
    {"injector", "2 pairs", 8, 1024, 1, {{BENCH_PAIR, 2}}},
    {"injector", "2 batch pairs", 8, 1024, 1, {{BENCH_PAIR_N, 2}}},
    {"injector", "8 pairs", 8, 1024, 0, {{BENCH_PAIR, 8}}},
    {"injector", "8 batch pairs", 8, 1024, 0, {{BENCH_PAIR_N, 8}}},
    {NULL},
};
