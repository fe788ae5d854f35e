/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What it costs to count a latch down. It is made anew often enough that it never opens. */
#include "../harness/group_loops.h"

#include <weir/latch.h>

#include <stdlib.h>

static void *latch_create(size_t unused) {
    weir_latch *latch = malloc(sizeof *latch);
    (void)unused;
    if (!latch || weir_latch_init(latch, WEIR_LATCH_MOST) != WEIR_OK)
        abort();
    return latch;
}

static void latch_destroy(void *object) {
    free(object);
}

static inline void latch_call(void *object) {
    weir_latch_count_down((weir_latch *)object, 1);
}

BENCH_CALL_LOOPS(latch)

const bench_subject bench_case_latch[] = {
    BENCH_CALL_SUBJECT("latch", latch, "weir", NULL, 1),
    {NULL},
};

const bench_workload bench_workloads_latch[] = {
    {"latch", "pair", 8, 1, 0, {{BENCH_PAIR, 1}}},
    {NULL},
};
