/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A hand-over by an event with automatic reset, and what a set costs that nobody waits for. */
#include "../harness/handoff_loops.h"

#include <weir/event.h>

#include <stdlib.h>

typedef struct box {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) uint64_t value;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_event filled;
} box;

static void *event_create(size_t unused) {
    box *b = aligned_alloc(WEIR_CACHE_LINE, sizeof *b);
    (void)unused;
    if (!b || weir_event_init(&b->filled, WEIR_EVENT_AUTO, false) != WEIR_OK)
        abort();
    return b;
}

static void event_destroy(void *object) {
    free(object);
}

static void event_put(void *object, uint64_t value) {
    box *b = object;
    b->value = value;
    weir_event_set(&b->filled);
}

static uint64_t event_take(void *object) {
    box *b = object;
    weir_event_wait(&b->filled);
    return b->value;
}

static inline void event_notify(void *object) {
    weir_event_set(&((box *)object)->filled);
}

BENCH_HANDOFF_LOOPS(event)

const bench_subject bench_case_event[] = {
    BENCH_HANDOFF_SUBJECT_OF("event", event, "weir", NULL, 1),
    {NULL},
};

const bench_workload bench_workloads_event[] = {
    {"event", "pair", 8, 1, 0, {{BENCH_PAIR, 1}}}, /* a set that nobody waits for */
    {"event", "round trip", 8, 1, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
