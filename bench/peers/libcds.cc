/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Concurrent Data Structures (libcds): Vyukov's bounded queue. */
#include "queue.hpp"

#include <cds/container/vyukov_mpmc_cycle_queue.h>

template <class T> struct vyukov_cycle {
    using item = T;
    cds::container::VyukovMPMCCycleQueue<T> queue;
    explicit vyukov_cycle(size_t capacity) : queue(capacity) {}
    BENCH_PART bool put(const T &value) {
        return queue.enqueue(value);
    }
    BENCH_PART bool take(T &value) {
        return queue.dequeue(value);
    }
};

extern "C" const bench_subject bench_peer_libcds[] = {
    bench::queue<vyukov_cycle<uint64_t>>("ring", "libcds VyukovMPMCCycle"),
    bench::queue<vyukov_cycle<bench_item16>>("ring", "libcds VyukovMPMCCycle"),
    bench::queue<vyukov_cycle<bench_item64>>("ring", "libcds VyukovMPMCCycle"),
    {},
};
