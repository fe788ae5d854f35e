/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The unbounded queue, and what every unbounded queue is asked to do: threads that each push and
 * pop. */
#include "../harness/queue_loops.h"

#include <weir/queue.h>

#include <stdlib.h>

WEIR_QUEUE(queue8, uint64_t)

static void *queue8_create(size_t unused) {
    queue8 *made = aligned_alloc(WEIR_CACHE_LINE, sizeof *made);
    (void)unused;
    if (!made || queue8_init(made) != WEIR_OK)
        abort();
    return made;
}

static void queue8_delete(void *object) {
    queue8_destroy(object);
    free(object);
}

BENCH_FAST bool queue8_put(void *object, const void *item) {
    return queue8_push(object, *(const uint64_t *)item) == WEIR_OK;
}

BENCH_FAST bool queue8_take(void *object, void *item) {
    return queue8_try_pop(object, item);
}

BENCH_QUEUE_LOOPS(queue8, 8)

const bench_subject bench_case_queue[] = {
    {"queue", "weir", NULL, 8, 1, queue8_create, queue8_delete, {BENCH_QUEUE_ROLES(queue8)}},
    {NULL},
};

const bench_workload bench_workloads_queue[] = {
    {"queue", "pair", 8, 1024, 1, {{BENCH_PAIR, 1}}},
    {"queue", "2 pairs", 8, 1024, 1, {{BENCH_PAIR, 2}}},
    {"queue", "4 pairs", 8, 1024, 0, {{BENCH_PAIR, 4}}},
    {"queue", "8 pairs", 8, 1024, 1, {{BENCH_PAIR, 8}}},
    {NULL},
};
