/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore.h - so many units, taken and given back several at a time, in order of arrival.
 *
 * Do this:
 *   weir_semaphore memory;
 *   if (weir_semaphore_init(&memory, 1000) != WEIR_OK) ...
 *   weir_semaphore_acquire(&memory, 30); ...; weir_semaphore_release(&memory, 30);
 *
 * Guarantees
 *   Who comes first is served first, also if it wants more than is there and those behind it would
 *   be content with less: so a large request is not starved. One whose time is up lets those behind
 *   it go on. Units are given by who releases, to the waiter: a unit given is a unit had, nothing
 * is lost when a release and a timeout meet. try_acquire fails if somebody waits. Free, a call
 * takes one locked instruction. More than there are in all: acquire panics, try_acquire says no,
 *   acquire_until WEIR_INVALID; releasing more than were taken panics. 0 units are granted like
 *   others, in order. A zeroed one is valid and has no units. Release is done with the object by
 *   the access that lets others have the units: who acquired the last may free it.
 *
 * Invariants
 *   I1 state is {version:31, QUEUED:1, available:32}. While QUEUED is set it changes only under the
 *      list's lock. Each change that can make a request possible counts the version up: equal
 *      versions around a look say that none became possible between.
 *   I2 If somebody is in the list QUEUED is set, and the first there wants more than available,
 *      unless the list's lock is held. A select with several cases of one semaphore stands there as
 *      often, its nodes side by side: as the first it wants that in no case of them.
 *   I3 Only who acquires clears QUEUED, under the lock, with the list empty. A release never does:
 *      units that it adds under the lock are seen only by those who take the lock after it. So the
 *      unlock may be its last access.
 *
 * Orders
 *   O1 acquire takes from state, acquire: what was done before the units were released. Reads O2.
 *   O2 release adds to state, release. All changes of state are read-modify-writes, so that whoever
 *      acquires reads from the releases of all units there are.
 *   O3 the same access of one that has to wait, acquire: from then on who grants has the lock after
 *      it, and hands on to the waiter (O3 of wait.h) what was done before all units in state.
 *
 * Selectable: weir_semaphore_case(&s, k) makes a case of weir_select that acquires k.
 * Not for: one unit held by one thread (mutex.h), counting down (latch.h). Source: Go's x/sync
 * semaphore.Weighted for the meaning; here without a lock while nobody waits.
 */
#ifndef WEIR_SEMAPHORE_H
#define WEIR_SEMAPHORE_H

#include <weir/base/panic.h>
#include <weir/wait.h>

WEIR_I_BEGIN

typedef struct weir_semaphore {
    WEIR_I_ATOMIC(uint64_t) state; /* I1 */
    weir_wait_list list;
    weir_wait_habit habit;
    uint32_t units; /* in all */
} weir_semaphore;

/* n units, all of them available. */
#define WEIR_SEMAPHORE_INIT(n)                                                                     \
    { WEIR_I_CAST(uint32_t, n), {0}, {0, 0}, WEIR_I_CAST(uint32_t, n) }

#define WEIR_I_SEMAPHORE_QUEUED ((uint64_t)1 << 32)
#define WEIR_I_SEMAPHORE_VERSION ((uint64_t)1 << 33)

WEIR_I_FUNC uint32_t weir_i_semaphore_available(uint64_t state) {
    return WEIR_I_CAST(uint32_t, state);
}

/* Makes s a semaphore of n units, all of them available; n may be 0. WEIR_OK, always. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_semaphore_init(weir_semaphore *s, uint32_t n) {
    const weir_semaphore fresh = WEIR_SEMAPHORE_INIT(n);
    *s = fresh;
    return WEIR_OK;
}

WEIR_I_FAST void weir_i_semaphore_check(const weir_semaphore *s) {
    if (weir_i_wait_list_buried(&s->list))
        WEIR_PANIC("semaphore: use of a destroyed semaphore");
}

/* -- under the list's lock ----------------------------------------------------------------------
 */

/* The node that is to be granted next, or NULL; node->of tells how much it wants. */
WEIR_I_FUNC weir_wait_node *weir_i_semaphore_next(weir_semaphore *s) {
    const uint32_t available = weir_i_semaphore_available(weir_i_load(&s->state, relaxed));
    weir_wait_node *first = weir_wait_list_first(&s->list);
    weir_wait_node *node = first;
    while (node && *(const uint32_t *)node->of > available) {
        node = weir_wait_list_next(&s->list, node);
        if (node && node->waiter != first->waiter)
            return NULL;
    }
    return node;
}

/* I2: grants what can be granted. Returns those who were, claimed, through prev; the caller
 * releases them. */
WEIR_I_FUNC weir_wait_node *weir_i_semaphore_grant(weir_semaphore *s) {
    weir_wait_node *granted = NULL;
    weir_wait_node **end = &granted;
    weir_wait_node *node;
    while ((node = weir_i_semaphore_next(s)) != NULL) {
        const uint32_t wants = *(const uint32_t *)node->of; /* the waiter is still there */
        weir_wait_list_remove(&s->list, node);
        if (!weir_wait_claim(node))
            continue; /* it is leaving */
        weir_i_fetch_sub(&s->state, wants, relaxed);
        *end = node;
        end = &node->prev;
    }
    return granted;
}

WEIR_I_FUNC void weir_i_semaphore_release_all(weir_wait_node *granted) {
    while (granted) {
        weir_wait_node *node = granted;
        granted = node->prev;
        weir_wait_release(node->waiter);
    }
}

/* Takes k if nobody waits and so many are there, and clears QUEUED (I3). Else sets it: from here on
 * releases come to the lock, and find who is in the list then. */
WEIR_I_SLOW bool weir_i_semaphore_take_locked(weir_semaphore *s, uint32_t k) {
    const bool first = weir_wait_list_first(&s->list) == NULL;
    uint64_t state = weir_i_load(&s->state, relaxed);
    for (;;) {
        const bool took = first && weir_i_semaphore_available(state) >= k;
        const uint64_t next =
            took ? (state & ~WEIR_I_SEMAPHORE_QUEUED) - k : state | WEIR_I_SEMAPHORE_QUEUED;
        if (weir_i_compare_exchange_weak(&s->state, &state, next, acquire, relaxed)) /* O1 O3 */
            return took;
    }
}

/* Takes the waiter out, if it still is in: those behind it may be content with what is there. */
WEIR_I_FUNC weir_wait_node *weir_i_semaphore_remove(weir_semaphore *s, weir_wait_node *node) {
    weir_wait_list_remove(&s->list, node);
    weir_i_fetch_add(&s->state, WEIR_I_SEMAPHORE_VERSION, relaxed);
    return weir_i_semaphore_grant(s);
}

/* -- acquire ------------------------------------------------------------------------------------
 */

/* Takes k if nobody waits and so many are there; false, with QUEUED in *state, if the lock must be
 * asked. */
WEIR_I_FAST bool weir_i_semaphore_take(weir_semaphore *s, uint32_t k, uint64_t *state) {
    *state = weir_i_load(&s->state, relaxed);
    while (!(*state & WEIR_I_SEMAPHORE_QUEUED) && weir_i_semaphore_available(*state) >= k) {
        if (weir_i_compare_exchange_weak(&s->state, state, *state - k, acquire, relaxed)) /* O1 */
            return true;
    }
    return false;
}

/* Takes k if nobody waits and so many are there. */
WEIR_I_FUNC WEIR_I_NODISCARD bool weir_semaphore_try_acquire(weir_semaphore *s, uint32_t k) {
    uint64_t state;
    weir_i_semaphore_check(s);
    if (weir_i_semaphore_take(s, k, &state))
        return true;
    if (!(state & WEIR_I_SEMAPHORE_QUEUED))
        return false;
    weir_wait_list_lock(&s->list);
    const bool took = weir_i_semaphore_take_locked(s, k);
    weir_wait_list_unlock(&s->list);
    return took;
}

WEIR_I_SLOW weir_status weir_i_semaphore_wait(weir_semaphore *s, uint32_t k, weir_time deadline) {
    weir_wait_entry me;
    weir_waiter_init(&me.waiter);
    weir_waiter_of(&me.waiter, "a semaphore", s);
    weir_wait_node_init(&me.node, &me.waiter);
    me.node.of = &k;
    weir_wait_list_lock(&s->list);
    const bool took = weir_i_semaphore_take_locked(s, k);
    if (!took)
        weir_wait_list_push(&s->list, &me.node);
    weir_wait_list_unlock(&s->list);
    if (took || weir_waiter_await(&me.waiter, &s->habit, deadline) == WEIR_OK)
        return WEIR_OK;
    weir_wait_list_lock(&s->list);
    weir_wait_node *granted = weir_i_semaphore_remove(s, &me.node);
    weir_wait_list_unlock(&s->list);
    weir_i_semaphore_release_all(granted);
    return WEIR_TIMEOUT;
}

/* Waits for k units, until deadline. WEIR_OK: the caller has them. WEIR_TIMEOUT; WEIR_INVALID:
 * there are not so many in all. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_semaphore_acquire_until(weir_semaphore *s, uint32_t k,
                                                                      weir_time deadline) {
    uint64_t state;
    weir_i_semaphore_check(s);
    if (k > s->units)
        return WEIR_INVALID;
    if (deadline == WEIR_NOW)
        return weir_semaphore_try_acquire(s, k) ? WEIR_OK : WEIR_TIMEOUT;
    if (weir_i_semaphore_take(s, k, &state))
        return WEIR_OK;
    return weir_i_semaphore_wait(s, k, deadline);
}

/* Waits for k units. Panics if there are not so many in all. */
WEIR_I_FUNC void weir_semaphore_acquire(weir_semaphore *s, uint32_t k) {
    uint64_t state;
    weir_i_semaphore_check(s);
    if (WEIR_I_UNLIKELY(k > s->units))
        WEIR_PANIC("semaphore: acquire of more units than there are");
    if (WEIR_I_UNLIKELY(!weir_i_semaphore_take(s, k, &state)))
        (void)weir_i_semaphore_wait(s, k, WEIR_FOREVER);
}

/* -- release ------------------------------------------------------------------------------------
 */

WEIR_I_SLOW void weir_i_semaphore_release_slow(weir_semaphore *s, uint32_t k) {
    weir_wait_list_lock(&s->list);
    const uint64_t state =
        weir_i_fetch_add(&s->state, k + WEIR_I_SEMAPHORE_VERSION, release); /* O2 */
    if (s->units - weir_i_semaphore_available(state) < k)
        WEIR_PANIC("semaphore: release of more units than were acquired");
    weir_wait_node *granted = weir_i_semaphore_grant(s);
    weir_wait_list_unlock(&s->list);
    weir_i_semaphore_release_all(granted);
}

/* Gives k units back. Panics if fewer had been taken. */
WEIR_I_FUNC void weir_semaphore_release(weir_semaphore *s, uint32_t k) {
    const uint32_t units = s->units;
    weir_i_semaphore_check(s);
    uint64_t state = weir_i_load(&s->state, relaxed);
    while (!(state & WEIR_I_SEMAPHORE_QUEUED)) {
        if (WEIR_I_UNLIKELY(units - weir_i_semaphore_available(state) < k))
            WEIR_PANIC("semaphore: release of more units than were acquired");
        if (weir_i_compare_exchange_weak(&s->state, &state, state + k + WEIR_I_SEMAPHORE_VERSION,
                                         release, relaxed)) /* O2 */
            return;
    }
    weir_i_semaphore_release_slow(s, k);
}

/* Need not be called. In the checked build it panics if somebody waits or has units, and so does
 * any later use. */
WEIR_I_FUNC void weir_semaphore_destroy(weir_semaphore *s) {
    weir_i_semaphore_check(s);
    if (WEIR_CHECKED && (!weir_wait_list_idle(&s->list) ||
                         weir_i_semaphore_available(weir_i_load(&s->state, relaxed)) != s->units))
        WEIR_PANIC("semaphore: destroyed in use");
    weir_i_wait_list_bury(&s->list);
}

/* -- in a select --------------------------------------------------------------------------------
 */

WEIR_I_FUNC weir_semaphore *weir_i_semaphore_of(const weir_case *c) {
    return (weir_semaphore *)c->object;
}

WEIR_I_FUNC bool weir_i_semaphore_case_attempt(weir_case *c) {
    if (!weir_semaphore_try_acquire(weir_i_semaphore_of(c), c->detail))
        return false;
    c->status = WEIR_OK;
    return true;
}

/* Somebody in the list: not ready, since a grant is what comes then. */
WEIR_I_FUNC bool weir_i_semaphore_case_ready(const weir_case *c, uint64_t *stamp) {
    weir_semaphore *s = weir_i_semaphore_of(c);
    bool queue = false;
    uint64_t state = weir_i_load(&s->state, relaxed);
    if (state & WEIR_I_SEMAPHORE_QUEUED) {
        weir_wait_list_lock(&s->list);
        queue = weir_wait_list_first(&s->list) != NULL;
        state = weir_i_load(&s->state, relaxed);
        weir_wait_list_unlock(&s->list);
    }
    *stamp = state / WEIR_I_SEMAPHORE_VERSION;
    return !queue && weir_i_semaphore_available(state) >= c->detail;
}

WEIR_I_FUNC weir_wait_list *weir_i_semaphore_case_list(const weir_case *c) {
    return &weir_i_semaphore_of(c)->list;
}

/* The select's own node; c lives until the select has left. */
WEIR_I_FUNC void weir_i_semaphore_case_enter(weir_case *c, weir_wait_node *node) {
    node->of = &c->detail;
    weir_wait_list_push(&weir_i_semaphore_of(c)->list, node);
}

/* Those behind may be content with what is there. They are granted it here, and released when the
 * lock is gone: till then the node that left leads to them. */
WEIR_I_FUNC void weir_i_semaphore_case_leave(weir_case *c, weir_wait_node *node) {
    node->prev = weir_i_semaphore_remove(weir_i_semaphore_of(c), node);
}

WEIR_I_FUNC void weir_i_semaphore_case_left(weir_case *c, weir_wait_node *node) {
    (void)c;
    weir_i_semaphore_release_all(node->prev);
}

WEIR_I_FUNC bool weir_i_semaphore_case_collect(weir_case *c, weir_wait_node *node) {
    (void)node;
    c->status = WEIR_OK;
    return true;
}

WEIR_I_FUNC weir_turn weir_i_semaphore_case_decide(weir_case *c, weir_grip *grip) {
    (void)grip;
    return weir_i_semaphore_take_locked(weir_i_semaphore_of(c), c->detail) ? WEIR_TURN_DONE
                                                                           : WEIR_TURN_NONE;
}

WEIR_I_FUNC void weir_i_semaphore_case_finish(weir_case *c, weir_grip *grip) {
    (void)grip;
    c->status = WEIR_OK;
}

static const weir_selectable weir_i_semaphore_kind __attribute__((unused)) = {
    weir_i_semaphore_case_attempt,
    weir_i_semaphore_case_ready,
    weir_i_semaphore_case_list,
    weir_i_semaphore_case_enter,
    weir_i_semaphore_case_leave,
    weir_i_semaphore_case_collect,
    NULL, /* what was granted is the choice: nothing to pass on */
    weir_i_semaphore_case_decide,
    weir_i_semaphore_case_finish,
    weir_i_semaphore_case_left,
    NULL,
    NULL,
};

/* A case of a select that is chosen when it has acquired k units of s. NULL: never. Panics if there
 * are not so many in all. */
WEIR_I_FUNC weir_case weir_semaphore_case(weir_semaphore *s, uint32_t k) {
    weir_case c = {s ? &weir_i_semaphore_kind : NULL, s, NULL, WEIR_OK, k};
    if (s && k > s->units)
        WEIR_PANIC("semaphore: acquire of more units than there are");
    return c;
}

#undef WEIR_I_SEMAPHORE_QUEUED
#undef WEIR_I_SEMAPHORE_VERSION

WEIR_I_END

#endif
