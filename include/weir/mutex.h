/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.h - mutual exclusion in one word, with a deadline.
 *
 * Do this:
 *   static weir_mutex m = WEIR_MUTEX_INIT;          // or any zeroed memory
 *   weir_mutex_lock(&m); ...; weir_mutex_unlock(&m);
 *   if (weir_mutex_lock_until(&m, weir_in(1000000)) == WEIR_OK) { ...; weir_mutex_unlock(&m); }
 *
 * Guarantees
 *   One pointer in size: its state and the list of who waits. Free it takes one locked instruction
 *   to lock and one to unlock. A thread that runs may take it before one that sleeps (barging),
 *   which keeps it in use while a sleeper wakes up; but whoever has waited for 1 ms, was woken and
 *   lost again is not woken in vain once more: the next unlock hands it over. One exception: an
 *   unlock that meets a thread which is just putting itself into the queue, or leaving it, lets go,
 *   and that thread hands over, unless a third takes the mutex within those few instructions; then
 *   the unlock of that one does. Waiters are woken in the order of their arrival. Unlock is done
 *   with the object by the access that lets the next one in: who gets the mutex last may free it.
 *   Any thread or task may unlock it. Unlocking what is not locked panics. lock_until takes a free
 *   mutex also when time is up, WEIR_TIMEOUT else.
 *
 * Invariants
 *   I1 The word is the last node of the ring of waiters, and three bits: HELD (somebody owns the
 *      mutex), LISTED (somebody changes the ring), WOKEN (a waiter has been taken out of the ring
 *      and told to try: no other will be, until it owns the mutex or is back in the ring).
 *   I2 When nobody is between two steps: if the ring is not empty the mutex is HELD, or WOKEN is
 *      set. Two see to it: unlock wakes the first waiter, unless WOKEN says that one is coming or
 *      LISTED that another will do this; who gives LISTED up wakes one if it finds neither HELD
 *      nor WOKEN. Both hand the mutex to the first if it starves. It is the first while it does:
 *      it went back in front, and nobody else has been woken since.
 *   I3 While one thread has both HELD and LISTED, and WOKEN is clear, nobody else changes the word.
 *
 * Orders
 *   O1 who takes HELD, for itself or for a waiter, acquire: what was done under the mutex before.
 *      Reads O2, O4.
 *   O2 unlock clears HELD, release.
 *   O3 who sets LISTED, acquire: the ring and its nodes as they were left.  Reads O4.
 *   O4 who clears LISTED, release.
 *   A mutex that is handed over is published by the release of the waiter, O3 of wait.h.
 *
 * Spinning. The word has no room to learn in, and a habit shared by mutexes would be one more
 * contended line. So it is fixed: a few looks, ever farther apart, only where nobody sleeps yet,
 * or by one that was woken. The gaps are there so that an owner who locks and unlocks in a row can.
 *
 * WEIR_CHECKED 1 adds the owner, and panics on locking twice in one thread (or task), on an unlock
 * by another, and on destroying or using what is destroyed. The object is two words then.
 *
 * Not for: a critical section that may sleep for long beside many waiters (semaphore.h queues
 * strictly). Override: WEIR_MUTEX_LOOKS, how often to look before sleeping; WEIR_MUTEX_PATIENCE.
 * Source: Go's sync.Mutex for barging with a limit; one word with the list in it after
 * parking_lot's word_lock and nsync. Different here: no mode in the word, each waiter has its own
 * patience.
 */
#ifndef WEIR_MUTEX_H
#define WEIR_MUTEX_H

#include <weir/base/panic.h>
#include <weir/wait.h>

WEIR_I_BEGIN

typedef struct weir_mutex {
    WEIR_I_ATOMIC(uintptr_t) word; /* I1 */
#if WEIR_CHECKED
    WEIR_I_ATOMIC(uintptr_t) owner;
#endif
} weir_mutex;

#ifdef __cplusplus
#define WEIR_MUTEX_INIT                                                                            \
    {}
#else
#define WEIR_MUTEX_INIT                                                                            \
    { 0 }
#endif

#if !WEIR_CHECKED
WEIR_I_STATIC_ASSERT(sizeof(weir_mutex) == sizeof(void *), "weir: a mutex is one word");
#endif

enum { WEIR_I_MUTEX_HELD = 1, WEIR_I_MUTEX_LISTED = 2, WEIR_I_MUTEX_WOKEN = 4 };
enum { WEIR_I_MUTEX_BITS = 7 };

/* How long a waiter lets others go first, in nanoseconds. */
#ifndef WEIR_MUTEX_PATIENCE
#define WEIR_MUTEX_PATIENCE 1000000
#endif

/* Before the n-th look a spinning thread pauses 2^n times. */
#ifndef WEIR_MUTEX_LOOKS
#if WEIR_EXPLORE
#define WEIR_MUTEX_LOOKS 1
#else
#define WEIR_MUTEX_LOOKS 5
#endif
#endif

/* Who waits. All but the node is the waiter's own, and the claimer's (R2). */
typedef struct weir_i_mutex_waiter {
    WEIR_I_ALIGNED(8) weir_wait_node node; /* first; its address leaves room for the bits */
    weir_waiter waiter;
    weir_time since; /* when it first lay down, if it has */
    bool since_set;  /* any time may be on the clock, 0 too */
    bool starving;   /* its patience is at an end */
    bool owns;       /* it was handed the mutex */
} weir_i_mutex_waiter;

/* -- the checked build ------------------------------------------------------------------------ */

#if WEIR_CHECKED
enum { WEIR_I_MUTEX_DESTROYED = 1 };

WEIR_I_FUNC uintptr_t weir_i_mutex_self(void) {
    weir_wait_task *task = weir_wait_task_get();
    return task ? (uintptr_t)task : (uintptr_t)&WEIR_I_WAIT_TASK;
}

WEIR_I_FUNC void weir_i_mutex_check_use(weir_mutex *m) {
    if (weir_i_load(&m->owner, relaxed) == WEIR_I_MUTEX_DESTROYED)
        WEIR_PANIC("mutex: use of a destroyed mutex");
}

WEIR_I_FUNC void weir_i_mutex_check_lock(weir_mutex *m) {
    weir_i_mutex_check_use(m);
    if (weir_i_load(&m->owner, relaxed) == weir_i_mutex_self())
        WEIR_PANIC("mutex: locked twice by one thread");
}

WEIR_I_FUNC void weir_i_mutex_own(weir_mutex *m) {
    weir_i_store(&m->owner, weir_i_mutex_self(), relaxed);
}

WEIR_I_FUNC void weir_i_mutex_disown(weir_mutex *m) {
    weir_i_mutex_check_use(m);
    const uintptr_t owner = weir_i_load(&m->owner, relaxed);
    if (owner == 0)
        WEIR_PANIC("mutex: unlock of an unlocked mutex");
    if (owner != weir_i_mutex_self())
        WEIR_PANIC("mutex: unlock by another than the owner");
    weir_i_store(&m->owner, 0, relaxed);
}
#else
WEIR_I_FAST void weir_i_mutex_check_use(weir_mutex *m) {
    (void)m;
}
WEIR_I_FAST void weir_i_mutex_check_lock(weir_mutex *m) {
    (void)m;
}
WEIR_I_FAST void weir_i_mutex_own(weir_mutex *m) {
    (void)m;
}
WEIR_I_FAST void weir_i_mutex_disown(weir_mutex *m) {
    (void)m;
}
#endif

/* -- the ring ------------------------------------------------------------------------------------
 */

WEIR_I_FUNC weir_wait_node *weir_i_mutex_last(uintptr_t word) {
    return (weir_wait_node *)(word & ~WEIR_I_CAST(uintptr_t, WEIR_I_MUTEX_BITS));
}

/* Sets LISTED, and returns the last node. */
WEIR_I_FUNC weir_wait_node *weir_i_mutex_list_lock(weir_mutex *m) {
    uintptr_t word = weir_i_load(&m->word, relaxed);
    for (unsigned times = 0;;) {
        if (word & WEIR_I_MUTEX_LISTED) {
            weir_i_step_aside(times++);
            word = weir_i_load(&m->word, relaxed);
        } else if (weir_i_compare_exchange_weak(&m->word, &word, word | WEIR_I_MUTEX_LISTED,
                                                acquire, relaxed)) { /* O3 */
            return weir_i_mutex_last(word);
        }
    }
}

/* Takes out and claims the first node that can be, or NULL. */
WEIR_I_FUNC weir_wait_node *weir_i_mutex_claim(weir_wait_node **last) {
    while (*last) {
        weir_wait_node *node = (*last)->next;
        *last = weir_i_wait_ring_remove(*last, node);
        if (weir_wait_claim(node))
            return node;
    }
    return NULL;
}

/* Does the first waiter starve? With LISTED. */
WEIR_I_FUNC bool weir_i_mutex_starves(const weir_wait_node *last) {
    return last && ((const weir_i_mutex_waiter *)(const void *)last->next)->starving;
}

/* With HELD and LISTED, WOKEN clear (I3): the first waiter has the mutex, whether it can be claimed
 * or not: one whose time is up finds that out when it leaves. So HELD is never set for nobody, and
 * a try that it turns away was right. Returns the node, if it is to be released. */
WEIR_I_FUNC weir_wait_node *weir_i_mutex_hand_over(weir_mutex *m, weir_wait_node *last) {
    weir_wait_node *first = last->next;
    last = weir_i_wait_ring_remove(last, first);
    ((weir_i_mutex_waiter *)(void *)first)->owns = true;
    if (!weir_wait_claim(first))
        first = NULL;
    weir_i_store(&m->word, (uintptr_t)last | WEIR_I_MUTEX_HELD, release); /* O4 */
    return first;
}

/* Gives LISTED up, with `last` as the last node, and clears `drop`. Wakes the first if nobody else
 * would (I2), or hands the mutex to it: returns that node, which the caller releases. */
WEIR_I_FUNC weir_wait_node *weir_i_mutex_list_unlock(weir_mutex *m, weir_wait_node *last,
                                                     uintptr_t drop) {
    uintptr_t word = weir_i_load(&m->word, relaxed);
    uintptr_t coming = 0;
    weir_wait_node *first = NULL;
    for (;;) {
        const uintptr_t bits = word & (WEIR_I_MUTEX_HELD | WEIR_I_MUTEX_WOKEN) & ~drop;
        if (!bits && !first && weir_i_mutex_starves(last)) {
            if (weir_i_compare_exchange_weak(
                    &m->word, &word, (uintptr_t)last | WEIR_I_MUTEX_HELD | WEIR_I_MUTEX_LISTED,
                    acquire, relaxed)) /* O1 */
                return weir_i_mutex_hand_over(m, last);
            continue; /* not claimed yet: who was faster will hand it over */
        }
        if (!bits && !first) {
            first = weir_i_mutex_claim(&last);
            coming = first ? WEIR_I_MUTEX_WOKEN : 0;
        }
        if (weir_i_compare_exchange_weak(&m->word, &word, (uintptr_t)last | bits | coming, release,
                                         relaxed)) /* O4 */
            return first;
    }
}

WEIR_I_FUNC void weir_i_mutex_release(weir_wait_node *node) {
    if (node)
        weir_wait_release(node->waiter);
}

/* Puts the waiter into the ring: in front, and no longer WOKEN, if it was woken. If the mutex has
 * become free, the first is woken at once. */
WEIR_I_FUNC void weir_i_mutex_enter(weir_mutex *m, weir_i_mutex_waiter *me, bool woken) {
    weir_waiter_init(&me->waiter);
    weir_waiter_of(&me->waiter, "a mutex", m);
    weir_wait_node_init(&me->node, &me->waiter);
    weir_wait_node *last = weir_i_mutex_list_lock(m);
    last = woken ? weir_i_wait_ring_push_front(last, &me->node)
                 : weir_i_wait_ring_push(last, &me->node);
    weir_i_mutex_release(weir_i_mutex_list_unlock(m, last, woken ? WEIR_I_MUTEX_WOKEN : 0));
}

/* Takes out of the ring a waiter that has cancelled itself. True: it was handed the mutex all the
 * same. */
WEIR_I_FUNC bool weir_i_mutex_leave(weir_mutex *m, weir_i_mutex_waiter *me) {
    weir_wait_node *last = weir_i_mutex_list_lock(m);
    last = weir_i_wait_ring_remove(last, &me->node);
    weir_i_mutex_release(weir_i_mutex_list_unlock(m, last, 0));
    return me->owns;
}

/* -- lock ---------------------------------------------------------------------------------------
 */

/* Takes the mutex if it is free, clearing `drop`; false: it is HELD, as *word says. */
WEIR_I_FUNC bool weir_i_mutex_take(weir_mutex *m, uintptr_t *word, uintptr_t drop) {
    *word = weir_i_load(&m->word, relaxed);
    while (!(*word & WEIR_I_MUTEX_HELD)) {
        if (weir_i_compare_exchange_weak(&m->word, word, (*word & ~drop) | WEIR_I_MUTEX_HELD,
                                         acquire, relaxed)) /* O1 */
            return true;
    }
    return false;
}

/* The same, looking more than once. */
WEIR_I_FUNC bool weir_i_mutex_spin(weir_mutex *m, bool woken) {
    const uintptr_t drop = woken ? WEIR_I_MUTEX_WOKEN : 0;
    uintptr_t word;
    for (unsigned look = 1;; look++) {
        if (weir_i_mutex_take(m, &word, drop))
            return true;
        if (look > WEIR_MUTEX_LOOKS || (!woken && weir_i_mutex_last(word)) || weir_i_cpus() < 2)
            return false;
        for (unsigned pauses = 1u << look; pauses > 0; pauses--)
            weir_i_relax();
    }
}

/* In the ring: waits to be claimed. One that is about to be handed the mutex is worth a spin. */
WEIR_I_FUNC weir_status weir_i_mutex_await(weir_i_mutex_waiter *me, weir_time deadline) {
    if (me->starving && !me->waiter.task && weir_i_cpus() > 1) {
        for (unsigned pauses = 1u << WEIR_MUTEX_LOOKS; pauses > 0; pauses--) {
            if (weir_waiter_done(&me->waiter))
                return WEIR_OK;
            weir_i_relax();
        }
    }
    return weir_i_waiter_sleep(&me->waiter, deadline);
}

/* Waits for the mutex. woken: the caller has been taken out of the ring, and WOKEN is set for it.
 * Time is looked at only in the ring: a mutex that is free is taken. */
WEIR_I_FUNC weir_status weir_i_mutex_wait(weir_mutex *m, weir_i_mutex_waiter *me, bool woken,
                                          weir_time deadline) {
    while (!weir_i_mutex_spin(m, woken)) {
        const weir_time now = weir_now();
        if (!me->since_set) {
            me->since = now;
            me->since_set = true;
        }
        me->starving = now - me->since >= WEIR_MUTEX_PATIENCE;
        weir_i_mutex_enter(m, me, woken);
        if (weir_i_mutex_await(me, deadline) != WEIR_OK)
            return weir_i_mutex_leave(m, me) ? WEIR_OK : WEIR_TIMEOUT;
        if (me->owns)
            return WEIR_OK;
        woken = true;
    }
    return WEIR_OK;
}

WEIR_I_SLOW weir_status weir_i_mutex_lock_slow(weir_mutex *m, weir_time deadline) {
    weir_i_mutex_waiter me;
    me.since_set = me.owns = false;
    return weir_i_mutex_wait(m, &me, false, deadline);
}

/* Waits until the mutex is free, and takes it. */
WEIR_I_FAST void weir_mutex_lock(weir_mutex *m) {
    uintptr_t word = 0;
    weir_i_mutex_check_lock(m);
    if (WEIR_I_UNLIKELY(!weir_i_compare_exchange_weak(&m->word, &word, WEIR_I_MUTEX_HELD, acquire,
                                                      relaxed))) /* O1 */
        (void)weir_i_mutex_lock_slow(m, WEIR_FOREVER);
    weir_i_mutex_own(m);
}

/* Takes the mutex if it is free; never waits. */
WEIR_I_FUNC WEIR_I_NODISCARD bool weir_mutex_try_lock(weir_mutex *m) {
    uintptr_t word;
    weir_i_mutex_check_use(m);
    if (!weir_i_mutex_take(m, &word, 0))
        return false;
    weir_i_mutex_own(m);
    return true;
}

/* Waits for the mutex until deadline. WEIR_OK: the caller has it. WEIR_TIMEOUT: it has not. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_mutex_lock_until(weir_mutex *m, weir_time deadline) {
    if (weir_mutex_try_lock(m))
        return WEIR_OK;
    if (deadline == WEIR_NOW)
        return WEIR_TIMEOUT;
    weir_i_mutex_check_lock(m);
    if (weir_i_mutex_lock_slow(m, deadline) != WEIR_OK)
        return WEIR_TIMEOUT;
    weir_i_mutex_own(m);
    return WEIR_OK;
}

/* -- unlock -------------------------------------------------------------------------------------
 */

/* With HELD and LISTED, WOKEN clear (I3): lets the first waiter have the mutex, if it has waited
 * too long, or wakes it. The store is the last access to the mutex. */
WEIR_I_FUNC void weir_i_mutex_pass(weir_mutex *m, weir_wait_node *last) {
    weir_wait_node *node = weir_i_mutex_claim(&last);
    uintptr_t bits = 0;
    if (node) {
        weir_i_mutex_waiter *first = (weir_i_mutex_waiter *)(void *)node;
        first->owns = first->starving;
        bits = first->owns ? WEIR_I_MUTEX_HELD : WEIR_I_MUTEX_WOKEN;
    }
    weir_i_store(&m->word, (uintptr_t)last | bits, release); /* O2 O4 */
    weir_i_mutex_release(node);
}

WEIR_I_SLOW void weir_i_mutex_unlock_slow(weir_mutex *m) {
    uintptr_t word = weir_i_load(&m->word, relaxed);
    for (;;) {
        if (!(word & WEIR_I_MUTEX_HELD))
            WEIR_PANIC("mutex: unlock of an unlocked mutex");
        if (!weir_i_mutex_last(word) || (word & (WEIR_I_MUTEX_LISTED | WEIR_I_MUTEX_WOKEN))) {
            if (weir_i_compare_exchange_weak(&m->word, &word,
                                             word & ~WEIR_I_CAST(uintptr_t, WEIR_I_MUTEX_HELD),
                                             release, relaxed)) /* O2 */
                return;
        } else if (weir_i_compare_exchange_weak(&m->word, &word, word | WEIR_I_MUTEX_LISTED,
                                                acquire, relaxed)) { /* O3 */
            weir_i_mutex_pass(m, weir_i_mutex_last(word));
            return;
        }
    }
}

/* Gives the mutex back. The caller's thread need not be the one that locked it. */
WEIR_I_FAST void weir_mutex_unlock(weir_mutex *m) {
    uintptr_t word = WEIR_I_MUTEX_HELD;
    weir_i_mutex_disown(m);
    if (WEIR_I_UNLIKELY(
            !weir_i_compare_exchange_strong(&m->word, &word, 0, release, relaxed))) /* O2 */
        weir_i_mutex_unlock_slow(m);
}

/* Need not be called. In the checked build it panics if somebody has or wants the mutex, and so
 * does any later use. */
WEIR_I_FUNC void weir_mutex_destroy(weir_mutex *m) {
#if WEIR_CHECKED
    weir_i_mutex_check_use(m);
    if (weir_i_load(&m->word, relaxed) != 0)
        WEIR_PANIC("mutex: destroyed in use");
    weir_i_store(&m->owner, WEIR_I_MUTEX_DESTROYED, relaxed);
#else
    (void)m;
#endif
}

WEIR_I_END

#endif
