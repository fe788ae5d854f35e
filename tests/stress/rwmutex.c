/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.c - readers and writers, more than there are cores, with deadlines and tries mixed: no
 * reader sees a write half done, no write is lost, the counts come out even.
 *
 * WEIR_STRESS=N in the environment multiplies the number of passes.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/rwmutex.h>

#include <sched.h>

enum { PASSES = 100000 };

typedef struct arena {
    weir_rwmutex lock;
    uint64_t guarded[3]; /* plain, and equal whenever nobody writes */
    unsigned passes;     /* of each thread */
    unsigned write_every;
    WEIR_I_ATOMIC(uint64_t) wrote;
    WEIR_I_ATOMIC(uint64_t) torn;
} arena;

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void look(arena *a) {
    if (a->guarded[0] != a->guarded[1] || a->guarded[1] != a->guarded[2])
        weir_i_fetch_add(&a->torn, 1, relaxed);
}

static void write_one(arena *a, unsigned way) {
    const weir_time deadline = weir_in((int64_t)way % 32 * 1000);
    if (way % 3 == 0) {
        weir_rwmutex_lock(&a->lock);
    } else if (way % 3 == 1 ? weir_rwmutex_lock_until(&a->lock, deadline) != WEIR_OK
                            : !weir_rwmutex_try_lock(&a->lock)) {
        return;
    }
    look(a);
    a->guarded[0]++;
    if (way % 16 == 0)
        sched_yield();
    a->guarded[1]++;
    a->guarded[2]++;
    weir_i_fetch_add(&a->wrote, 1, relaxed);
    weir_rwmutex_unlock(&a->lock);
}

static void read_one(arena *a, unsigned way) {
    const weir_time deadline = weir_in((int64_t)way % 32 * 1000);
    if (way % 4 < 2) {
        weir_rwmutex_rlock(&a->lock);
    } else if (way % 4 == 2 ? weir_rwmutex_rlock_until(&a->lock, deadline) != WEIR_OK
                            : !weir_rwmutex_try_rlock(&a->lock)) {
        return;
    }
    look(a);
    if (way % 128 == 0)
        sched_yield();
    weir_rwmutex_runlock(&a->lock);
}

static void run(unsigned me, void *shared) {
    arena *a = (arena *)shared;
    for (unsigned i = 0; i < a->passes; i++) {
        if ((i + me) % a->write_every == 0)
            write_one(a, i / a->write_every + me);
        else
            read_one(a, i + me);
    }
}

static void arena_of(unsigned threads, unsigned write_every) {
    static arena a;
    memset(&a, 0, sizeof a);
    a.passes = PASSES * times() / threads;
    a.write_every = write_every;
    cr_assert(threads_run(threads, run, &a));
    cr_assert_eq(weir_i_load(&a.torn, relaxed), 0);
    cr_assert_eq(a.guarded[0], weir_i_load(&a.wrote, relaxed));
    cr_assert_eq(a.guarded[0], a.guarded[2]);
    cr_assert(weir_wait_list_idle(&a.lock.head.readers));
    cr_assert(weir_rwmutex_try_lock(&a.lock), "somebody is still counted in");
    weir_rwmutex_unlock(&a.lock);
}

Test(rwmutex_stress, two_threads, .timeout = 300) {
    arena_of(2, 10);
}

Test(rwmutex_stress, many_writes, .timeout = 300) {
    arena_of(8, 2);
}

Test(rwmutex_stress, few_writes, .timeout = 300) {
    arena_of(12, 100);
}

Test(rwmutex_stress, sixty_four_threads, .timeout = 300) {
    arena_of(64, 10);
}
