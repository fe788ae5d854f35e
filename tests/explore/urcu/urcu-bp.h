/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * urcu-bp.h - stands in for liburcu in the explorer, which can run no library: what
 * reclaim/urcu.h calls of it, and as weak as its manual allows. A reader is seen by a grace period
 * that began after it, and orders nothing else; a callback runs in a thread of its own, as long as
 * the explorer has threads to give, behind the call_rcu and all readers that were inside then.
 */
#ifndef URCU_BP_STAND_IN_H
#define URCU_BP_STAND_IN_H

#include "explore.h"

#include <weir/base/fence.h>

struct rcu_head {
    void (*func)(struct rcu_head *head);
};

enum { URCU_THREADS = 2 }; /* with the five that programs have, and one to spare */

static WEIR_I_ATOMIC(unsigned) urcu_turns[EXPLORE_THREADS]; /* odd: inside */
static WEIR_I_ATOMIC(unsigned) urcu_queued;
static WEIR_I_ATOMIC(unsigned) urcu_done;
static weir_i_fence_mode urcu_mode;

/* Before there are other threads. */
static inline void urcu_bp_start(void) {
    urcu_mode = weir_i_fence_mode_probe();
}

static inline void urcu_bp_read_lock(void) {
    weir_i_fetch_add(&urcu_turns[explore_thread()], 1, relaxed);
    weir_i_fence_light(urcu_mode);
}

static inline void urcu_bp_read_unlock(void) {
    weir_i_fetch_add(&urcu_turns[explore_thread()], 1, release);
}

static inline void urcu_bp_synchronize_rcu(void) {
    explore_check(weir_i_fence_heavy(urcu_mode));
    for (unsigned i = 0; i < EXPLORE_THREADS; i++) {
        const unsigned turns = weir_i_load(&urcu_turns[i], acquire);
        while (turns % 2 != 0 && weir_i_load(&urcu_turns[i], acquire) == turns)
            weir_explore_relax();
    }
    explore_check(weir_i_fence_heavy(urcu_mode));
}

static inline void urcu_callback(void *argument) {
    struct rcu_head *head = (struct rcu_head *)argument;
    urcu_bp_synchronize_rcu();
    head->func(head);
    weir_i_fetch_add(&urcu_done, 1, release);
}

static inline void urcu_bp_call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head)) {
    head->func = func;
    if (weir_i_fetch_add(&urcu_queued, 1, relaxed) < URCU_THREADS)
        explore_spawn(urcu_callback, head);
    else
        urcu_callback(head);
}

/* Waits for the callbacks that were queued before. */
static inline void urcu_bp_barrier(void) {
    const unsigned queued = weir_i_load(&urcu_queued, relaxed);
    while (weir_i_load(&urcu_done, acquire) < queued)
        weir_explore_relax();
}

#endif
