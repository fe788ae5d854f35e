/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The mutex: free, and wanted by as many as there are processors and more. */
#include "../harness/lock_loops.h"

#include <weir/mutex.h>

typedef struct locked {
    bench_guarded guarded;
    weir_mutex mutex;
} locked;

static void *weir_create(size_t unused) {
    locked *made = calloc(1, sizeof *made);
    (void)unused;
    if (!made)
        abort();
    return made;
}

static void weir_destroy(void *object) {
    free(object);
}

static inline void weir_lock(void *object) {
    weir_mutex_lock(&((locked *)object)->mutex);
}

static inline void weir_unlock(void *object) {
    weir_mutex_unlock(&((locked *)object)->mutex);
}

BENCH_LOCK_LOOPS(weir)

const bench_subject bench_case_mutex[] = {
    BENCH_LOCK_SUBJECT("mutex", weir, "weir", NULL, 1),
    {NULL},
};

#define HELD_BY(n, quick)                                                                          \
    {                                                                                              \
        "mutex", "held by " #n, 8, 1, quick, {                                                     \
            { BENCH_LOCK, n }                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_mutex[] = {
    {"mutex", "pair", 8, 1, 1, {{BENCH_PAIR, 1}}},
    HELD_BY(2, 1),
    HELD_BY(4, 1),
    HELD_BY(8, 0),
    HELD_BY(32, 1),
    {NULL},
};
