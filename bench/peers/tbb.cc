/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * oneTBB's bounded queue, by its forms that do not wait. */
#include "queue.hpp"

#include <tbb/concurrent_queue.h>

template <class T> struct bounded {
    using item = T;
    tbb::concurrent_bounded_queue<T> queue;
    explicit bounded(size_t capacity) {
        queue.set_capacity(static_cast<std::ptrdiff_t>(capacity));
    }
    BENCH_PART bool put(const T &value) {
        return queue.try_push(value);
    }
    BENCH_PART bool take(T &value) {
        return queue.try_pop(value);
    }
};

extern "C" const bench_subject bench_peer_tbb[] = {
    bench::queue<bounded<uint64_t>>("ring", "oneTBB bounded_queue"),
    bench::queue<bounded<bench_item16>>("ring", "oneTBB bounded_queue"),
    bench::queue<bounded<bench_item64>>("ring", "oneTBB bounded_queue"),
    {},
};
