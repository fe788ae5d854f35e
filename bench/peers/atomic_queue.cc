/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Maxim Egorushkin's atomic_queue: elements that are atomic themselves, and any elements. */
#include "queue.hpp"

#include <atomic_queue/atomic_queue.h>

template <class Queue, class T> struct adapter {
    using item = T;
    Queue queue;
    explicit adapter(size_t capacity) : queue(static_cast<unsigned>(capacity)) {}
    BENCH_PART bool put(const T &value) {
        return queue.try_push(value);
    }
    BENCH_PART bool take(T &value) {
        return queue.try_pop(value);
    }
};

using word = uint64_t;
using words = std::allocator<word>;
using any = adapter<atomic_queue::AtomicQueueB<word>, word>;
using single = adapter<atomic_queue::AtomicQueueB<word, words, 0, true, false, true>, word>;
template <class T> using any2 = adapter<atomic_queue::AtomicQueueB2<T>, T>;
template <class T>
using single2 = adapter<atomic_queue::AtomicQueueB2<T, std::allocator<T>, true, false, true>, T>;

extern "C" const bench_subject bench_peer_atomic_queue[] = {
    bench::queue<any>("ring", "atomic_queue B"),
    bench::queue<any2<word>>("ring", "atomic_queue B2"),
    bench::queue<any2<bench_item16>>("ring", "atomic_queue B2"),
    bench::queue<any2<bench_item64>>("ring", "atomic_queue B2"),
    bench::queue<single>("spsc", "atomic_queue B, SPSC"),
    bench::queue<single2<bench_item16>>("spsc", "atomic_queue B2, SPSC"),
    bench::queue<single2<bench_item64>>("spsc", "atomic_queue B2, SPSC"),
    {},
};
