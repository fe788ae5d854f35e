// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// Boost.Thread's locks, latch and barrier, less thread interruption, which would need its library.
// boost::mutex is pthread's; the others are made of it and of condition variables.
#define BOOST_THREAD_VERSION 4
#define BOOST_THREAD_DONT_PROVIDE_INTERRUPTIONS

#include "../harness/group_loops.h"
#include "../harness/handoff_loops.h"
#include "../harness/lock_loops.h"

#include <boost/thread/lock_guard.hpp>

#include <boost/thread/barrier.hpp>
#include <boost/thread/condition_variable.hpp>
#include <boost/thread/latch.hpp>
#include <boost/thread/mutex.hpp>
#include <boost/thread/shared_mutex.hpp>

namespace {

struct locked {
    bench_guarded guarded{};
    boost::mutex mutex;
    boost::shared_mutex rw;
    boost::condition_variable filled;
    uint64_t value = 0; // 0: empty
};

locked *of(void *object) {
    return static_cast<locked *>(object);
}

void *locked_create(size_t) {
    return new locked;
}

void locked_destroy(void *object) {
    delete of(object);
}

constexpr auto boost_create = locked_create;
constexpr auto boost_destroy = locked_destroy;
constexpr auto shared_create = locked_create;
constexpr auto shared_destroy = locked_destroy;
constexpr auto cond_create = locked_create;
constexpr auto cond_destroy = locked_destroy;

inline void boost_lock(void *object) {
    of(object)->mutex.lock();
}

inline void boost_unlock(void *object) {
    of(object)->mutex.unlock();
}

inline void shared_lock(void *object) {
    of(object)->rw.lock();
}

inline void shared_unlock(void *object) {
    of(object)->rw.unlock();
}

inline void shared_rlock(void *object) {
    of(object)->rw.lock_shared();
}

inline void shared_runlock(void *object) {
    of(object)->rw.unlock_shared();
}

void cond_put(void *object, uint64_t value) {
    boost::lock_guard<boost::mutex> lock(of(object)->mutex);
    of(object)->value = value;
    of(object)->filled.notify_one();
}

uint64_t cond_take(void *object) {
    boost::unique_lock<boost::mutex> lock(of(object)->mutex);
    while (of(object)->value == 0)
        of(object)->filled.wait(lock);
    const uint64_t value = of(object)->value;
    of(object)->value = 0;
    return value;
}

struct room {
    bench_meeting meeting{0};
    alignas(128) boost::barrier barrier;
    explicit room(size_t parties) : barrier(static_cast<unsigned>(parties)) {}
};

void *barrier_create(size_t parties) {
    return new room(parties);
}

void barrier_destroy(void *object) {
    delete static_cast<room *>(object);
}

inline void barrier_meet(void *object) {
    static_cast<room *>(object)->barrier.wait();
}

void *latch_create(size_t) {
    return new boost::latch(SIZE_MAX / 2);
}

void latch_destroy(void *object) {
    delete static_cast<boost::latch *>(object);
}

inline void latch_call(void *object) {
    static_cast<boost::latch *>(object)->count_down();
}

BENCH_LOCK_LOOPS(boost)
BENCH_READ_LOOPS(shared)
BENCH_BOX_LOOPS(cond)
BENCH_MEET_LOOPS(barrier)
BENCH_CALL_LOOPS(latch)

} // namespace

extern "C" const bench_subject bench_peer_boost_locks[] = {
    BENCH_LOCK_SUBJECT("mutex", boost, "boost::mutex", "pthread's", 0),
    BENCH_READ_SUBJECT("rwmutex", shared, "boost::shared_mutex", nullptr, 0),
    BENCH_BOX_SUBJECT("cond", cond, "boost condition", nullptr, 0),
    BENCH_MEET_SUBJECT("barrier", barrier, "boost::barrier", nullptr, 0),
    BENCH_CALL_SUBJECT("latch", latch, "boost::latch", nullptr, 0),
    {},
};
