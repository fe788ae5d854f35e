/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The unbounded stack, and what every unbounded stack is asked to do: threads that each push and
 * pop. */
#include "../harness/queue_loops.h"

#include <weir/stack.h>

#include <stdlib.h>

WEIR_STACK(stack8, uint64_t)

static void *stack8_create(size_t unused) {
    stack8 *made = aligned_alloc(WEIR_CACHE_LINE, sizeof *made);
    (void)unused;
    if (!made || stack8_init(made) != WEIR_OK)
        abort();
    return made;
}

static void stack8_delete(void *object) {
    stack8_destroy(object);
    free(object);
}

BENCH_FAST bool stack8_put(void *object, const void *item) {
    return stack8_push(object, *(const uint64_t *)item) == WEIR_OK;
}

BENCH_FAST bool stack8_take(void *object, void *item) {
    return stack8_try_pop(object, item);
}

BENCH_QUEUE_LOOPS(stack8, 8)

const bench_subject bench_case_stack[] = {
    {"stack", "weir", NULL, 8, 1, stack8_create, stack8_delete, {BENCH_QUEUE_ROLES(stack8)}},
    {NULL},
};

const bench_workload bench_workloads_stack[] = {
    {"stack", "pair", 8, 1024, 1, {{BENCH_PAIR, 1}}},
    {"stack", "2 pairs", 8, 1024, 1, {{BENCH_PAIR, 2}}},
    {"stack", "4 pairs", 8, 1024, 0, {{BENCH_PAIR, 4}}},
    {"stack", "8 pairs", 8, 1024, 1, {{BENCH_PAIR, 8}}},
    {NULL},
};
