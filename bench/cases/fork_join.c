/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Tasks that start tasks: the pool of examples/fork_join.h, which is a deque for each worker, an
 * injector and an event count. The capacity is the number of workers. An element is a call of fib,
 * every second of which is a task: one is forked, the other done meanwhile, then they join. */
#include "../harness/bench.h"

#include "../../examples/fork_join.h"

enum { FIB = 23, CALLS = 92735 };

typedef struct fib {
    task base;
    unsigned n;
    uint64_t result;
} fib;

static void fib_run(worker *w, task *t) {
    fib *const f = (fib *)t;
    if (f->n < 2) {
        f->result = f->n;
        return;
    }
    fib left = {.base.run = fib_run, .n = f->n - 1};
    fib right = {.base.run = fib_run, .n = f->n - 2};
    fork_task(w, &left.base);
    fib_run(w, &right.base);
    join_task(w, &left.base);
    f->result = left.result + right.result;
}

static void *create(size_t workers) {
    pool *const made = pool_new(workers);
    if (!made)
        abort();
    return made;
}

static void destroy(void *object) {
    pool_delete(object);
}

static void fork_fib(bench_turn *turn) {
    fib root = {.base.run = fib_run, .n = FIB};
    if (pool_run(turn->object, &root.base))
        turn->done += CALLS;
}

const bench_subject bench_case_fork_join[] = {
    {"fork_join", "weir", NULL, 8, 1, create, destroy, {[BENCH_FORK] = fork_fib}},
    {NULL},
};

#define WORKERS(count)                                                                             \
    {                                                                                              \
        "fork_join", "fib", 8, count, count == 2, {                                                \
            { BENCH_FORK, 1 }                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_fork_join[] = {WORKERS(1), WORKERS(2), WORKERS(8), {NULL}};
