/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What it costs to hand over to a thread that waits, and to notify when nobody does: event counts
 * beside the ways of the system. */
#include "../harness/handoff_loops.h"

#include <weir/wait.h>

#include <stdlib.h>

typedef struct box {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) value; /* 0: empty */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_event_count filled;
} box;

static void *event_count_create(size_t unused) {
    box *b = aligned_alloc(WEIR_CACHE_LINE, sizeof *b);
    (void)unused;
    if (!b)
        abort();
    *b = (box){0};
    return b;
}

static void event_count_destroy(void *object) {
    free(object);
}

static bool is_filled(void *object) {
    return weir_i_load(&((box *)object)->value, acquire) != 0;
}

static void event_count_put(void *object, uint64_t value) {
    box *b = object;
    weir_i_store(&b->value, value, release);
    weir_event_count_notify(&b->filled, 1);
}

static uint64_t event_count_take(void *object) {
    box *b = object;
    (void)!weir_event_count_await(&b->filled, is_filled, b, WEIR_FOREVER);
    const uint64_t value = weir_i_load(&b->value, relaxed);
    weir_i_store(&b->value, 0, relaxed);
    return value;
}

static void event_count_notify(void *object) {
    weir_event_count_notify(&((box *)object)->filled, 1);
}

BENCH_HANDOFF_LOOPS(event_count)

const bench_subject bench_case_wait[] = {
    BENCH_HANDOFF_SUBJECT(event_count, "weir", NULL, 1),
    {NULL},
};

const bench_workload bench_workloads_wait[] = {
    {"wait", "pair", 8, 1, 1, {{BENCH_PAIR, 1}}}, /* a notification that nobody waits for */
    {"wait", "round trip", 8, 1, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
