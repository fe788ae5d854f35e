/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Manuel Poeter's xenium: Vyukov's bounded queue. */
#include "queue.hpp"

#include <xenium/vyukov_bounded_queue.hpp>

template <class T> struct vyukov {
    using item = T;
    xenium::vyukov_bounded_queue<T> queue;
    explicit vyukov(size_t capacity) : queue(capacity) {}
    BENCH_PART bool put(const T &value) {
        return queue.try_push(value);
    }
    BENCH_PART bool take(T &value) {
        return queue.try_pop(value);
    }
};

extern "C" const bench_subject bench_peer_xenium[] = {
    bench::queue<vyukov<uint64_t>>("ring", "xenium vyukov"),
    bench::queue<vyukov<bench_item16>>("ring", "xenium vyukov"),
    bench::queue<vyukov<bench_item64>>("ring", "xenium vyukov"),
    {},
};
