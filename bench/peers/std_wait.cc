// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// std::atomic's wait and notify, of C++20.
#include "../harness/handoff_loops.h"

#include <atomic>

namespace {

struct box {
    alignas(128) std::atomic<uint64_t> value{0};
};

box *of(void *object) {
    return static_cast<box *>(object);
}

void *atomic_wait_create(size_t) {
    return new box;
}

void atomic_wait_destroy(void *object) {
    delete of(object);
}

void atomic_wait_put(void *object, uint64_t value) {
    of(object)->value.store(value, std::memory_order_release);
    of(object)->value.notify_one();
}

uint64_t atomic_wait_take(void *object) {
    of(object)->value.wait(0, std::memory_order_acquire);
    return of(object)->value.exchange(0, std::memory_order_relaxed);
}

void atomic_wait_notify(void *object) {
    of(object)->value.notify_one();
}

BENCH_HANDOFF_LOOPS(atomic_wait)

} // namespace

extern "C" const bench_subject bench_peer_std_wait[] = {
    BENCH_HANDOFF_SUBJECT(atomic_wait, "std::atomic wait", nullptr, 0),
    {},
};
