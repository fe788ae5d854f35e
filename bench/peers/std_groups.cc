// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// Of C++: call_once and the guard of a static; latch, barrier and binary_semaphore of C++20.
#include "../harness/group_loops.h"
#include "../harness/handoff_loops.h"

#include <barrier>
#include <latch>
#include <mutex>
#include <semaphore>

namespace {

void *std_once_create(size_t) {
    return new std::once_flag;
}

void std_once_destroy(void *object) {
    delete static_cast<std::once_flag *>(object);
}

inline void std_once_call(void *object) {
    std::call_once(*static_cast<std::once_flag *>(object), [] {});
}

struct made {
    int value;
    made() : value(1) {
        __asm__ volatile("" ::: "memory");
    }
};

void *static_once_create(size_t) {
    return nullptr;
}

void static_once_destroy(void *) {}

inline void static_once_call(void *) {
    static made guarded;
    __asm__ volatile("" ::"r"(&guarded) : "memory");
}

void *std_latch_create(size_t) {
    return new std::latch(std::latch::max() / 2);
}

void std_latch_destroy(void *object) {
    delete static_cast<std::latch *>(object);
}

inline void std_latch_call(void *object) {
    static_cast<std::latch *>(object)->count_down();
}

struct room {
    bench_meeting meeting{0};
    alignas(128) std::barrier<> barrier;
    explicit room(size_t parties) : barrier(static_cast<std::ptrdiff_t>(parties)) {}
};

void *std_barrier_create(size_t parties) {
    return new room(parties);
}

void std_barrier_destroy(void *object) {
    delete static_cast<room *>(object);
}

inline void std_barrier_meet(void *object) {
    static_cast<room *>(object)->barrier.arrive_and_wait();
}

struct box {
    uint64_t value = 0;
    alignas(128) std::binary_semaphore full{0};
};

void *semaphore_create(size_t) {
    return new box;
}

void semaphore_destroy(void *object) {
    delete static_cast<box *>(object);
}

void semaphore_put(void *object, uint64_t value) {
    box *b = static_cast<box *>(object);
    b->value = value;
    b->full.release();
}

uint64_t semaphore_take(void *object) {
    box *b = static_cast<box *>(object);
    b->full.acquire();
    return b->value;
}

void semaphore_notify(void *object) { // may not be released twice
    box *b = static_cast<box *>(object);
    b->full.release();
    (void)b->full.try_acquire();
}

BENCH_CALL_LOOPS(std_once)
BENCH_CALL_LOOPS(static_once)
BENCH_CALL_LOOPS(std_latch)
BENCH_MEET_LOOPS(std_barrier)
BENCH_HANDOFF_LOOPS(semaphore)

} // namespace

extern "C" const bench_subject bench_peer_std_groups[] = {
    BENCH_CALL_SUBJECT("once", std_once, "std::call_once", nullptr, 0),
    BENCH_CALL_SUBJECT("once", static_once, "static of C++", "no argument, no failure", 0),
    BENCH_CALL_SUBJECT("latch", std_latch, "std::latch", nullptr, 0),
    BENCH_MEET_SUBJECT("barrier", std_barrier, "std::barrier", nullptr, 0),
    BENCH_HANDOFF_SUBJECT_OF("event", semaphore, "std::binary_semaphore",
                             "pair: released and acquired", 0),
    {},
};
