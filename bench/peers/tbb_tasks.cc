/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * oneTBB's task_group in an arena of as many threads as workers are asked for, the caller included.
 */
#include "../harness/bench.h"

#include <memory>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

namespace {

enum { FIB = 23, CALLS = 92735 };

uint64_t fib(unsigned n) {
    if (n < 2)
        return n;
    uint64_t left = 0;
    tbb::task_group group;
    group.run([&left, n] { left = fib(n - 1); });
    const uint64_t right = fib(n - 2);
    group.wait();
    return left + right;
}

struct arena {
    tbb::global_control limit;
    tbb::task_arena inner;
    explicit arena(size_t workers)
        : limit(tbb::global_control::max_allowed_parallelism, workers),
          inner(static_cast<int>(workers)) {
        /* Its threads are made by whom they first work for: not by a thread that is pinned. */
        inner.execute([] { (void)fib(20); });
    }
};

void *create(size_t workers) {
    return new arena(workers);
}

void destroy(void *object) {
    delete static_cast<arena *>(object);
}

void fork_fib(bench_turn *turn) {
    static_cast<arena *>(turn->object)->inner.execute([] { (void)fib(FIB); });
    turn->done += CALLS;
}

constexpr bench_subject subject() {
    bench_subject made{"fork_join", "oneTBB task_group", nullptr, 8, 0, create, destroy, {}};
    made.loop[BENCH_FORK] = fork_fib;
    return made;
}

} // namespace

extern "C" const bench_subject bench_peer_tbb_tasks[] = {subject(), {}};
