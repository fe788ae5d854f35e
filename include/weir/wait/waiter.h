/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait/waiter.h - one sleeping caller, and the claim that ends its sleep.
 * Rules, invariants and orders: see wait.h.
 */
#ifndef WEIR_WAIT_WAITER_H
#define WEIR_WAIT_WAITER_H

#include <weir/base/atomic.h>
#include <weir/base/futex.h>
#include <weir/wait/task.h>

WEIR_I_BEGIN

enum {
    WEIR_I_WAITING = 0,
    WEIR_I_CLAIMED = 1,
    WEIR_I_DONE = 2,
    WEIR_I_CANCELED = 3,
    WEIR_I_ASLEEP = 4 /* a bit */
};

/* One sleeping caller. Fields are private. */
typedef struct weir_waiter {
    weir_i_futex_word state; /* I1 */
    weir_wait_task *task;    /* who is unparked; NULL: who sleeps on state */
#if WEIR_CHECKED
    const char *what; /* the kind of the object, for weir_wait_report; and which one */
    const void *object;
#endif
} weir_waiter;

/* Its place in the list of one object. The object's own code may add to it what a claimer needs, as
 * the struct around it. */
typedef struct weir_wait_node {
    struct weir_wait_node *next; /* I3 */
    struct weir_wait_node *prev;
    weir_waiter *waiter;
    void *of; /* for the object's own code, which a claimer calls: the case, say, or its frame */
    struct weir_wait_node *twin; /* R6: the waiter's other node under the same lock, or NULL */
    int64_t since; /* for an object whose waiters stand in several lists: the order of arrival */
    bool won;      /* R2: true in the one node through which its waiter was claimed */
} weir_wait_node;

WEIR_I_FUNC void weir_waiter_init(weir_waiter *waiter) {
    weir_i_store(&waiter->state, WEIR_I_WAITING, relaxed);
    waiter->task = weir_wait_task_get();
#if WEIR_CHECKED
    waiter->what = "something";
    waiter->object = NULL;
#endif
}

/* Says what the waiter waits for, a literal such as "a mutex", and which one: for the report of the
 * checked build. Nothing in others. */
WEIR_I_FAST void weir_waiter_of(weir_waiter *waiter, const char *what, const void *object) {
#if WEIR_CHECKED
    waiter->what = what;
    waiter->object = object;
#else
    (void)waiter;
    (void)what;
    (void)object;
#endif
}

WEIR_I_FUNC void weir_wait_node_init(weir_wait_node *node, weir_waiter *waiter) {
    node->next = node->prev = NULL;
    node->waiter = waiter;
    node->of = NULL;
    node->twin = NULL;
    node->since = 0;
    node->won = false;
}

/* R1: makes the caller the one who ends the wait of node's waiter. False: another was first, or the
 * waiter left. */
WEIR_I_FUNC bool weir_wait_claim(weir_wait_node *node) {
    weir_waiter *waiter = node->waiter;
    uint32_t state = weir_i_load(&waiter->state, relaxed);
    while ((state & ~WEIR_I_CAST(uint32_t, WEIR_I_ASLEEP)) == WEIR_I_WAITING) {
        if (weir_i_compare_exchange_weak(&waiter->state, &state, state | WEIR_I_CLAIMED, relaxed,
                                         relaxed)) {
            node->won = true;
            return true;
        }
    }
    return false;
}

/* Could it be claimed? With the lock of the node's list. */
WEIR_I_FUNC bool weir_wait_claimable(const weir_wait_node *node) {
    const uint32_t state = weir_i_load(&node->waiter->state, relaxed);
    return (state & ~WEIR_I_CAST(uint32_t, WEIR_I_ASLEEP)) == WEIR_I_WAITING;
}

/* R3: ends the wait that the caller has claimed. The waiter may be gone on return. */
WEIR_I_FUNC void weir_wait_release(weir_waiter *waiter) {
    weir_wait_task *task = waiter->task;
    if (weir_i_exchange(&waiter->state, WEIR_I_DONE, release) & WEIR_I_ASLEEP) { /* O3 */
        if (task)
            task->scheduler->unpark(task);
        else
            weir_i_futex_wake(&waiter->state, 1);
    }
}

/* True once the wait has been ended by a claimer. */
WEIR_I_FUNC bool weir_waiter_done(weir_waiter *waiter) {
    return weir_i_load(&waiter->state, acquire) == WEIR_I_DONE; /* O4 */
}

/* The waiter leaves by itself. False: it was claimed before, and must await the release. */
WEIR_I_FUNC bool weir_waiter_cancel(weir_waiter *waiter) {
    uint32_t state = weir_i_load(&waiter->state, relaxed);
    while ((state & ~WEIR_I_CAST(uint32_t, WEIR_I_ASLEEP)) == WEIR_I_WAITING) {
        if (weir_i_compare_exchange_weak(&waiter->state, &state, WEIR_I_CANCELED, relaxed, relaxed))
            return true;
    }
    return false;
}

/* True once the waiter has left by itself. */
WEIR_I_FUNC bool weir_i_waiter_gone(weir_waiter *waiter) {
    return weir_i_load(&waiter->state, relaxed) == WEIR_I_CANCELED;
}

WEIR_I_END

#endif
