// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// oneTBB's locks: spin_mutex and spin_rw_mutex, which never sleep.
#include "../harness/lock_loops.h"

#include <tbb/spin_mutex.h>
#include <tbb/spin_rw_mutex.h>

namespace {

struct locked {
    bench_guarded guarded{};
    tbb::spin_mutex spin;
    tbb::spin_rw_mutex rw;
};

locked *of(void *object) {
    return static_cast<locked *>(object);
}

void *spin_create(size_t) {
    return new locked;
}

void spin_destroy(void *object) {
    delete of(object);
}

inline void spin_lock(void *object) {
    of(object)->spin.lock();
}

inline void spin_unlock(void *object) {
    of(object)->spin.unlock();
}

BENCH_LOCK_LOOPS(spin)

void *rw_create(size_t) {
    return new locked;
}

void rw_destroy(void *object) {
    delete of(object);
}

inline void rw_lock(void *object) {
    of(object)->rw.lock();
}

inline void rw_unlock(void *object) {
    of(object)->rw.unlock();
}

inline void rw_rlock(void *object) {
    of(object)->rw.lock_shared();
}

inline void rw_runlock(void *object) {
    of(object)->rw.unlock_shared();
}

BENCH_READ_LOOPS(rw)

} // namespace

extern "C" const bench_subject bench_peer_tbb_locks[] = {
    BENCH_LOCK_SUBJECT("mutex", spin, "TBB spin_mutex", "never sleeps", 0),
    BENCH_READ_SUBJECT("rwmutex", rw, "TBB spin_rw_mutex", "never sleeps", 0),
    {},
};
