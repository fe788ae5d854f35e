// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// std::counting_semaphore of C++20; std::mutex and its kin are pthread's.
#include "../harness/handoff_loops.h"
#include "../harness/lock_loops.h"

#include <semaphore>

namespace {

struct locked {
    bench_guarded guarded{};
    std::counting_semaphore<> semaphore;
    uint64_t value = 0;
    explicit locked(size_t units) : semaphore(static_cast<std::ptrdiff_t>(units)) {}
};

locked *of(void *object) {
    return static_cast<locked *>(object);
}

void *std_create(size_t units) {
    return new locked(units);
}

void std_destroy(void *object) {
    delete of(object);
}

inline void std_lock(void *object) {
    of(object)->semaphore.acquire();
}

inline void std_unlock(void *object) {
    of(object)->semaphore.release();
}

BENCH_LOCK_LOOPS(std)

void *box_create(size_t units) {
    return new locked(units);
}

void box_destroy(void *object) {
    delete of(object);
}

void box_put(void *object, uint64_t value) {
    of(object)->value = value;
    of(object)->semaphore.release();
}

uint64_t box_take(void *object) {
    of(object)->semaphore.acquire();
    return of(object)->value;
}

BENCH_BOX_LOOPS(box)

} // namespace

extern "C" const bench_subject bench_peer_std_locks[] = {
    BENCH_LOCK_SUBJECT("semaphore", std, "std::counting_semaphore", "not in order", 0),
    BENCH_BOX_SUBJECT("semaphore box", box, "std::counting_semaphore", nullptr, 0),
    {},
};
