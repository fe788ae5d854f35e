/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What Add and Done cost, and a hand-over by wait groups: who waits for one unit of work adds the
 * next before it answers. */
#include "../harness/handoff_loops.h"

#include <weir/wait_group.h>

#include <stdlib.h>

typedef struct box {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) uint64_t value;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_wait_group filled;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_wait_group idle;
} box;

static void *wait_group_create(size_t unused) {
    box *b = aligned_alloc(WEIR_CACHE_LINE, sizeof *b);
    (void)unused;
    if (!b)
        abort();
    *b = (box){0};
    weir_wait_group_add(&b->filled, 1);
    return b;
}

static void wait_group_destroy(void *object) {
    free(object);
}

static void wait_group_put(void *object, uint64_t value) {
    box *b = object;
    b->value = value;
    weir_wait_group_done(&b->filled);
}

static uint64_t wait_group_take(void *object) {
    box *b = object;
    weir_wait_group_wait(&b->filled);
    const uint64_t value = b->value;
    weir_wait_group_add(&b->filled, 1);
    return value;
}

static inline void wait_group_notify(void *object) {
    weir_wait_group_add(&((box *)object)->idle, 1);
    weir_wait_group_done(&((box *)object)->idle);
}

BENCH_HANDOFF_LOOPS(wait_group)

const bench_subject bench_case_wait_group[] = {
    BENCH_HANDOFF_SUBJECT_OF("wait_group", wait_group, "weir", NULL, 1),
    {NULL},
};

const bench_workload bench_workloads_wait_group[] = {
    {"wait_group", "pair", 8, 1, 1, {{BENCH_PAIR, 1}}}, /* Add and Done */
    {"wait_group", "round trip", 8, 1, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
