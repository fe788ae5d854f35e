/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Boost.Lockfree without a bound: the queue and the stack. They keep freed nodes in a list of their
 * own, for good. */
#include "queue.hpp"

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/stack.hpp>

template <class T, class Q> struct unbounded {
    using item = T;
    Q of;
    explicit unbounded(size_t) : of(128) {}
    BENCH_PART bool put(const T &value) {
        return of.push(value);
    }
    BENCH_PART bool take(T &value) {
        return of.pop(value);
    }
};

extern "C" const bench_subject bench_peer_boost_unbounded[] = {
    bench::queue<unbounded<uint64_t, boost::lockfree::queue<uint64_t>>>("queue", "boost queue"),
    bench::queue<unbounded<uint64_t, boost::lockfree::stack<uint64_t>>>("stack", "boost stack"),
    {},
};
