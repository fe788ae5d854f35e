/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Readers beside each other, readers with a write in 64, writers only. */
#include "../harness/lock_loops.h"

#include <weir/rwmutex.h>

typedef struct locked {
    bench_guarded guarded;
    weir_rwmutex lock;
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
    weir_rwmutex_lock(&((locked *)object)->lock);
}

static inline void weir_unlock(void *object) {
    weir_rwmutex_unlock(&((locked *)object)->lock);
}

static inline void weir_rlock(void *object) {
    weir_rwmutex_rlock(&((locked *)object)->lock);
}

static inline void weir_runlock(void *object) {
    weir_rwmutex_runlock(&((locked *)object)->lock);
}

BENCH_READ_LOOPS(weir)

const bench_subject bench_case_rwmutex[] = {
    BENCH_READ_SUBJECT("rwmutex", weir, "weir", NULL, 1),
    {NULL},
};

#define CREW(text, role, n, quick)                                                                 \
    {                                                                                              \
        "rwmutex", text, 8, 1, quick, {                                                            \
            { role, n }                                                                            \
        }                                                                                          \
    }

const bench_workload bench_workloads_rwmutex[] = {
    CREW("pair", BENCH_PAIR, 1, 1),      CREW("readers 2", BENCH_READ, 2, 1),
    CREW("readers 8", BENCH_READ, 8, 0), CREW("mixed 2", BENCH_MIX, 2, 1),
    CREW("mixed 8", BENCH_MIX, 8, 0),    CREW("writers 1", BENCH_LOCK, 1, 0),
    CREW("writers 2", BENCH_LOCK, 2, 0), {NULL},
};
