/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.h - a condition variable: waiting, under a mutex, until another says that something changed.
 *
 * Do this:
 *   weir_mutex m = WEIR_MUTEX_INIT; weir_cond filled = WEIR_COND_INIT;
 *   weir_mutex_lock(&m);
 *   while (queue_empty(&q)) weir_cond_wait(&filled, &m);         // consumer
 *   take(&q); weir_mutex_unlock(&m);
 *   weir_mutex_lock(&m); put(&q); weir_mutex_unlock(&m);         // producer
 *   weir_cond_signal(&filled);                                   // before the unlock is as good
 *
 * Guarantees
 *   Wait returns because of a signal or a broadcast, for no other reason; wait_until also when time
 *   is up. (The loop is still needed where a third thread may take what was put.) A signal wakes
 *   exactly one of those whose wait began before it, the first, and none that came later; broadcast
 *   all of them. A signal and a timeout that meet: the wait says WEIR_OK, or the signal goes to the
 *   next. The mutex need not be held by who signals. Both calls return at once, and cost a load if
 *   nobody waits. Waits on one object may use different mutexes. The object may go when all waits
 *   have returned, those that were signalled too, and all signals: one that is made with the mutex
 *   held returns before the waits that it ends do.
 *
 * How. A signal does not wake: it moves the waiter to the queue of its mutex, behind those who are
 * there. So a broadcast to n waiters under the mutex wakes one, and each unlock the next, instead
 * of n threads to queue up for it again; if the mutex is free the first in its queue is woken at
 * once.
 *
 * Invariants. I1 `moved` is written under the lock of the list, by who takes the node out of it,
 * and before the mutex's queue can be seen to hold the node: whoever wakes the waiter from there
 * may let it return. I2 A waiter whose time is up looks at `moved` under that lock: true, it was
 * signalled, and leaves the mutex's queue as one that tries to lock; false, nobody else knows it.
 *
 * Orders. None of its own: those of the lock of the list (wait.h), and of the mutex. A
 * signal looks at the list without a fence: whose wait began before it, as program order and the
 * mutex have it, is seen.
 *
 * Not for: one flag or one counter (event.h, semaphore.h); what a lock-free object guards (the
 * event count of wait.h). Source: wait morphing as in nsync and the musl of 2014.
 */
#ifndef WEIR_COND_H
#define WEIR_COND_H

#include <weir/mutex.h>
#include <weir/wait.h>

WEIR_I_BEGIN

typedef struct weir_cond {
    weir_wait_list list;
    weir_wait_habit habit;
} weir_cond;

#define WEIR_COND_INIT                                                                             \
    {                                                                                              \
        {0}, {                                                                                     \
            0, 0                                                                                   \
        }                                                                                          \
    }

typedef struct weir_i_cond_waiter {
    weir_i_mutex_waiter waiter; /* first: its node is in the list of one or of the other */
    weir_mutex *mutex;
    bool moved; /* I1 */
} weir_i_cond_waiter;

WEIR_I_FAST void weir_i_cond_check(const weir_cond *c) {
    if (weir_i_wait_list_buried(&c->list))
        WEIR_PANIC("cond: use of a destroyed condition variable");
}

/* -- signal -------------------------------------------------------------------------------------
 */

/* Under the list's lock: moves the first waiter to its mutex; false: there is none. What the mutex
 * had to wake is put at *woken. One whose time is up, but which has not left, is moved too (I2). */
WEIR_I_FUNC bool weir_i_cond_move(weir_cond *c, weir_wait_node **woken) {
    weir_i_cond_waiter *first = (weir_i_cond_waiter *)(void *)weir_wait_list_first(&c->list);
    if (!first)
        return false;
    weir_mutex *mutex = first->mutex;
    weir_wait_list_remove(&c->list, &first->waiter.node);
    first->moved = true;
    weir_i_waiter_moved(&first->waiter.waiter, "a mutex, signalled", mutex);
    weir_wait_node *last =
        weir_i_wait_ring_push(weir_i_mutex_list_lock(mutex), &first->waiter.node);
    *woken = weir_i_mutex_list_unlock(mutex, last, 0);
    return true;
}

WEIR_I_SLOW void weir_i_cond_wake(weir_cond *c, size_t n) {
    weir_wait_node *woken = NULL; /* claimed, through prev, which nobody else uses */
    weir_wait_node **end = &woken;
    weir_wait_list_lock(&c->list);
    while (n > 0 && weir_i_cond_move(c, end)) {
        n--;
        if (*end)
            end = &(*end)->prev;
    }
    weir_wait_list_unlock(&c->list);
    while (woken) {
        weir_wait_node *node = woken;
        woken = node->prev;
        weir_wait_release(node->waiter);
    }
}

/* Wakes the one who has waited longest, if somebody waits. */
WEIR_I_FAST void weir_cond_signal(weir_cond *c) {
    weir_i_cond_check(c);
    if (!weir_wait_list_idle(&c->list))
        weir_i_cond_wake(c, 1);
}

/* Wakes all who wait. */
WEIR_I_FAST void weir_cond_broadcast(weir_cond *c) {
    weir_i_cond_check(c);
    if (!weir_wait_list_idle(&c->list))
        weir_i_cond_wake(c, SIZE_MAX);
}

/* -- wait ---------------------------------------------------------------------------------------
 */

/* Time is up: leaves whichever list it is in. True: it had been signalled before. */
WEIR_I_FUNC bool weir_i_cond_leave(weir_cond *c, weir_i_cond_waiter *me) {
    weir_wait_list_lock(&c->list);
    const bool moved = me->moved;
    if (!moved)
        weir_wait_list_remove(&c->list, &me->waiter.node);
    weir_wait_list_unlock(&c->list);
    if (moved)
        (void)weir_i_mutex_leave(me->mutex, &me->waiter); /* not handed it: it does not starve */
    return moved;
}

/* Puts the caller into the list, and gives the mutex back: in this order, so that who has the mutex
 * next finds it there. */
WEIR_I_FUNC void weir_i_cond_enter(weir_cond *c, weir_i_cond_waiter *me, weir_mutex *m) {
    me->waiter.since_set = me->waiter.starving = me->waiter.owns = me->moved = false;
    me->mutex = m;
    weir_waiter_init(&me->waiter.waiter);
    weir_waiter_of(&me->waiter.waiter, "a condition variable", c);
    weir_wait_node_init(&me->waiter.node, &me->waiter.waiter);
    weir_wait_list_lock(&c->list);
    weir_wait_list_push(&c->list, &me->waiter.node);
    weir_wait_list_unlock(&c->list);
    weir_mutex_unlock(m);
}

WEIR_I_SLOW weir_status weir_i_cond_wait(weir_cond *c, weir_mutex *m, weir_time deadline) {
    weir_i_cond_waiter me;
    weir_i_cond_check(c);
    weir_i_cond_enter(c, &me, m);
    if (weir_waiter_await(&me.waiter.waiter, &c->habit, deadline) != WEIR_OK) {
        const bool signalled = weir_i_cond_leave(c, &me);
        weir_mutex_lock(m);
        return signalled ? WEIR_OK : WEIR_TIMEOUT;
    }
    (void)weir_i_mutex_wait(m, &me.waiter, true, WEIR_FOREVER);
    weir_i_mutex_own(m);
    return WEIR_OK;
}

/* Gives the mutex back, waits for a signal, and takes the mutex again. */
WEIR_I_FUNC void weir_cond_wait(weir_cond *c, weir_mutex *m) {
    (void)weir_i_cond_wait(c, m, WEIR_FOREVER);
}

/* The same, waiting for a signal until deadline; for the mutex it waits however long that takes.
 * WEIR_OK: signalled. WEIR_TIMEOUT: time was up before. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_cond_wait_until(weir_cond *c, weir_mutex *m,
                                                              weir_time deadline) {
    return weir_i_cond_wait(c, m, deadline);
}

/* Need not be called. In the checked build it panics if somebody waits, and so does any later use.
 */
WEIR_I_FUNC void weir_cond_destroy(weir_cond *c) {
    weir_i_cond_check(c);
    if (WEIR_CHECKED && !weir_wait_list_idle(&c->list))
        WEIR_PANIC("cond: destroyed in use");
    weir_i_wait_list_bury(&c->list);
}

WEIR_I_END

#endif
