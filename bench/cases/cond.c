/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The condition variable: a value handed over under a mutex. */
#include "../harness/handoff_loops.h"
#include "../harness/lock_loops.h"

#include <weir/cond.h>

typedef struct box {
    bench_guarded guarded;
    weir_mutex mutex;
    weir_cond filled;
    uint64_t value; /* 0: empty */
} box;

static void *weir_create(size_t unused) {
    box *made = calloc(1, sizeof *made);
    (void)unused;
    if (!made)
        abort();
    return made;
}

static void weir_destroy(void *object) {
    free(object);
}

static void weir_put(void *object, uint64_t value) {
    box *b = object;
    weir_mutex_lock(&b->mutex);
    b->value = value;
    weir_cond_signal(&b->filled);
    weir_mutex_unlock(&b->mutex);
}

static uint64_t weir_take(void *object) {
    box *b = object;
    weir_mutex_lock(&b->mutex);
    while (b->value == 0)
        weir_cond_wait(&b->filled, &b->mutex);
    const uint64_t value = b->value;
    b->value = 0;
    weir_mutex_unlock(&b->mutex);
    return value;
}

BENCH_BOX_LOOPS(weir)

const bench_subject bench_case_cond[] = {
    BENCH_BOX_SUBJECT("cond", weir, "weir", NULL, 1),
    {NULL},
};

const bench_workload bench_workloads_cond[] = {
    {"cond", "round trip", 8, 0, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
