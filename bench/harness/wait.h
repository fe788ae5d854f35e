/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.h - what a thread does that found the queue full or empty: the same for every subject.
 *
 * A few pauses, then sched_yield until it succeeds. peers/rust/src/lib.rs and peers/go/main.go
 * mirror it.
 */
#ifndef BENCH_WAIT_H
#define BENCH_WAIT_H

#include "bench.h"

#include <sched.h>
#include <stdbool.h>

enum { BENCH_SPINS = 8 };

/* One wait. *tries counts those since the last success. */
static inline void bench_wait(unsigned *tries) {
    if (++*tries > BENCH_SPINS) {
        sched_yield();
        return;
    }
#if defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("pause");
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

static inline bool bench_stopped(const bench_turn *turn) {
    return __atomic_load_n(turn->stop, __ATOMIC_RELAXED) != 0;
}

#endif
