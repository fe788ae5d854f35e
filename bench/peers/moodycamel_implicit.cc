/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Cameron Desrochers' ConcurrentQueue without tokens: who comes along may use it, as ours. First in
 * first out only per producer. */
#include "queue.hpp"

#include <concurrentqueue/concurrentqueue.h>

struct implicit {
    using item = uint64_t;
    moodycamel::ConcurrentQueue<uint64_t> of;
    explicit implicit(size_t) {}
    BENCH_PART bool put(const uint64_t &value) {
        return of.enqueue(value);
    }
    BENCH_PART bool take(uint64_t &value) {
        return of.try_dequeue(value);
    }
};

extern "C" const bench_subject bench_peer_moodycamel_implicit[] = {
    bench::queue<implicit>("queue", "moodycamel, no tokens"),
    {},
};
