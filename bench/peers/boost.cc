/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Boost.Lockfree, both of its queues with a capacity that is set when they are made. */
#include "queue.hpp"

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>

template <class T> struct many {
    using item = T;
    boost::lockfree::queue<T> queue;
    explicit many(size_t capacity) : queue(capacity) {}
    BENCH_PART bool put(const T &value) {
        return queue.bounded_push(value);
    }
    BENCH_PART bool take(T &value) {
        return queue.pop(value);
    }
};

template <class T> struct single {
    using item = T;
    boost::lockfree::spsc_queue<T> queue;
    explicit single(size_t capacity) : queue(capacity) {}
    BENCH_PART bool put(const T &value) {
        return queue.push(value);
    }
    BENCH_PART bool take(T &value) {
        return queue.pop(value);
    }
    BENCH_PART size_t put_n(const T *values, size_t n) {
        return queue.push(values, n);
    }
    BENCH_PART size_t take_n(T *values, size_t n) {
        return queue.pop(values, n);
    }
};

extern "C" const bench_subject bench_peer_boost[] = {
    bench::queue<many<uint64_t>>("ring", "boost queue"),
    bench::queue<many<bench_item16>>("ring", "boost queue"),
    bench::queue<many<bench_item64>>("ring", "boost queue"),
    bench::queue<many<uint64_t>>("lfring", "boost queue"),
    bench::queue<many<bench_item16>>("lfring", "boost queue"),
    bench::queue<many<bench_item64>>("lfring", "boost queue"),
    bench::queue<single<uint64_t>>("spsc", "boost spsc_queue"),
    bench::queue<single<bench_item16>>("spsc", "boost spsc_queue"),
    bench::queue<single<bench_item64>>("spsc", "boost spsc_queue"),
    {},
};
