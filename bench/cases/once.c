/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What a once costs when it is done: the only part of it that is called often. */
#include "../harness/group_loops.h"

#include <weir/once.h>

#include <stdlib.h>

static void nothing(void *unused) {
    (void)unused;
}

static void *once_create(size_t unused) {
    weir_once *once = calloc(1, sizeof *once);
    (void)unused;
    if (!once)
        abort();
    return once;
}

static void once_destroy(void *object) {
    free(object);
}

static inline void once_call(void *object) {
    weir_once_do((weir_once *)object, nothing, NULL);
}

BENCH_CALL_LOOPS(once)

const bench_subject bench_case_once[] = {
    BENCH_CALL_SUBJECT("once", once, "weir", NULL, 1),
    {NULL},
};

const bench_workload bench_workloads_once[] = {
    {"once", "pair", 8, 1, 1, {{BENCH_PAIR, 1}}},
    {NULL},
};
