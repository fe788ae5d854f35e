/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The semaphore: free, as a lock of one unit, and as a way to hand over. */
#include "../harness/handoff_loops.h"
#include "../harness/lock_loops.h"

#include <weir/semaphore.h>

typedef struct locked {
    bench_guarded guarded;
    weir_semaphore semaphore;
    uint64_t value;
} locked;

static void *weir_create(size_t units) {
    locked *made = calloc(1, sizeof *made);
    if (!made || weir_semaphore_init(&made->semaphore, 1) != WEIR_OK)
        abort();
    if (units == 0)
        weir_semaphore_acquire(&made->semaphore, 1);
    return made;
}

static void weir_destroy(void *object) {
    free(object);
}

static inline void weir_lock(void *object) {
    weir_semaphore_acquire(&((locked *)object)->semaphore, 1);
}

static inline void weir_unlock(void *object) {
    weir_semaphore_release(&((locked *)object)->semaphore, 1);
}

BENCH_LOCK_LOOPS(weir)

static void box_put(void *object, uint64_t value) {
    ((locked *)object)->value = value;
    weir_semaphore_release(&((locked *)object)->semaphore, 1);
}

static uint64_t box_take(void *object) {
    weir_semaphore_acquire(&((locked *)object)->semaphore, 1);
    return ((locked *)object)->value;
}

BENCH_BOX_LOOPS(box)

#define box_create weir_create
#define box_destroy weir_destroy

const bench_subject bench_case_semaphore[] = {
    BENCH_LOCK_SUBJECT("semaphore", weir, "weir", NULL, 1),
    BENCH_BOX_SUBJECT("semaphore box", box, "weir", NULL, 1),
    {NULL},
};

const bench_workload bench_workloads_semaphore[] = {
    {"semaphore", "pair", 8, 1, 1, {{BENCH_PAIR, 1}}},
    {"semaphore", "held by 2", 8, 1, 0, {{BENCH_LOCK, 2}}},
    {"semaphore", "held by 8", 8, 1, 0, {{BENCH_LOCK, 8}}},
    {"semaphore box", "round trip", 8, 0, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {NULL},
};
