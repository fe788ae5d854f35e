/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event.h - something has happened: for all, until it is reset; or each time for one.
 *
 * Do this:
 *   weir_event ready = {0};                       // manual reset: a gate, closed
 *   weir_event_wait(&ready);                      // any number of threads
 *   weir_event_set(&ready);                       // lets all of them go, and who comes later
 * or:
 *   weir_event turn = WEIR_EVENT_AUTO_INIT;       // automatic reset: each set for one wait
 *   weir_event_set(&turn);                        // lets one go, now or when it comes
 *
 * Guarantees
 *   A wait that says WEIR_OK sees what was done before the set that ended it. A set lets all who
 *   wait then go, even if a reset follows at once; with automatic reset it lets the first one go,
 *   and if nobody waits it is remembered: once, however often, so sets that nobody waited for merge
 *   into one, and no other is lost. Who waits is let go in order of arrival; with automatic reset
 *   who arrives can overtake only by taking a set that was remembered.
 *
 *   What was done before any set is seen after a reset that took it back: so who resets, then looks
 *   for work, then waits, misses none.
 *
 *   set costs one locked instruction if nobody sleeps, reset one, try_wait none or, if automatic,
 *   one when it takes the set. None of them waits for a condition; waiting is blocking.
 *   The memory may go: a waiter that knows of no other user but the setter may free the event as
 *   soon as its wait has said WEIR_OK, even while set has not returned.
 *   Any thread may call anything at any time, but init and destroy.
 *
 * Invariants. The state is one word: {how many sets it took : 62, WAITED, SET}.
 *   I1 WAITED is set and cleared with the lock of the list, and stands while somebody is in it.
 *   I2 without WAITED a set is one compare-and-swap, its last access. With it the waiters (all, or
 *      the first) are claimed with the lock, and WAITED cleared if none is left. The set of an
 *      automatic event is then used up, and never visible. Else it is published as before, without
 *      the lock; or, if others have come, it starts again. Only then are the claimed let go.
 *
 * Orders
 *   O1 set publishes, release: what was done before it.   Read by O2 to O4.
 *   O2 a waiter loads the state, acquire.
 *   O3 a waiter takes the set of an automatic event, acquire.
 *   O4 reset, acquire: what was done before the sets that it takes back.
 *   The list, and what a claimed waiter sees, is ordered by wait.h.
 *
 * Override: WEIR_PANIC. WEIR_CHECKED: destroy panics if somebody waits, and so does any later use.
 * Source: the event objects of Windows; the one-shot use is folly's Baton.
 */
#ifndef WEIR_EVENT_H
#define WEIR_EVENT_H

#include <weir/base/panic.h>
#include <weir/wait.h>

WEIR_I_BEGIN

typedef enum weir_event_kind { WEIR_EVENT_MANUAL = 0, WEIR_EVENT_AUTO = 1 } weir_event_kind;

enum { WEIR_I_EVENT_SET = 1, WEIR_I_EVENT_WAITED = 2, WEIR_I_EVENT_ONE = 4 };

/* All zero: manual reset, not set. Fields are private. */
typedef struct weir_event {
    WEIR_I_ATOMIC(uint64_t) state; /* I1, I2 */
    weir_wait_list waiters;
    weir_wait_habit habit;
    weir_event_kind kind;
} weir_event;

#define WEIR_I_EVENT_INIT(kind)                                                                    \
    { 0, {0}, {0, 0}, kind }
#define WEIR_EVENT_INIT WEIR_I_EVENT_INIT(WEIR_EVENT_MANUAL)
#define WEIR_EVENT_AUTO_INIT WEIR_I_EVENT_INIT(WEIR_EVENT_AUTO)

/* Makes event an event of that kind, set or not. WEIR_INVALID: no such kind. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_event_init(weir_event *event, weir_event_kind kind,
                                                         bool set) {
    const weir_event fresh = WEIR_EVENT_INIT;
    if (kind != WEIR_EVENT_MANUAL && kind != WEIR_EVENT_AUTO)
        return WEIR_INVALID;
    *event = fresh;
    event->kind = kind;
    weir_i_store(&event->state, set ? WEIR_I_EVENT_SET : 0, relaxed);
    return WEIR_OK;
}

WEIR_I_FAST void weir_i_event_check(const weir_event *event) {
    if (weir_i_wait_list_buried(&event->waiters))
        WEIR_PANIC("weir_event: used after it was destroyed");
}

/* Nothing needs to be done before the memory goes; the checked build panics if somebody waits. */
WEIR_I_FUNC void weir_event_destroy(weir_event *event) {
    weir_i_event_check(event);
    if (WEIR_CHECKED && !weir_wait_list_idle(&event->waiters))
        WEIR_PANIC("weir_event: destroyed while in use");
    weir_i_wait_list_bury(&event->waiters);
}

/* -- setting ---------------------------------------------------------------------------------- */

/* With the lock: nobody is in the list any more. */
WEIR_I_FUNC void weir_i_event_unmark(weir_event *event) {
    const uint64_t waited = WEIR_I_EVENT_WAITED;
    if (!weir_wait_list_first(&event->waiters))
        weir_i_fetch_and(&event->state, ~waited, relaxed); /* I1 */
}

/* set, when somebody may be in the list (I2). Who was claimed cannot come again before it is
 * released: so this ends. */
WEIR_I_SLOW void weir_i_event_let_go(weir_event *event, uint64_t state) {
    const bool automatic = event->kind == WEIR_EVENT_AUTO;
    weir_wait_node *claimed = NULL;
    weir_wait_node **end = &claimed;
    uint64_t next;
    do {
        while (state & WEIR_I_EVENT_WAITED) {
            weir_wait_list_lock(&event->waiters);
            end = weir_wait_list_claim_n(&event->waiters, automatic ? 1 : SIZE_MAX, end);
            weir_i_event_unmark(event);
            weir_wait_list_unlock(&event->waiters);
            if (automatic && claimed) {
                weir_wait_release_all(claimed);
                return;
            }
            state = weir_i_load(&event->state, relaxed);
        }
        next = (state + WEIR_I_EVENT_ONE) | WEIR_I_EVENT_SET;
    } while (!weir_i_compare_exchange_weak(&event->state, &state, next, release, relaxed)); /* O1 */
    weir_wait_release_all(claimed);
}

/* Lets all go who wait and opens the event for those who come; or, with automatic reset, lets one
 * go, or is remembered for the next. */
WEIR_I_FAST void weir_event_set(weir_event *event) {
    weir_i_event_check(event);
    uint64_t state = weir_i_load(&event->state, relaxed);
    const uint64_t next = (state + WEIR_I_EVENT_ONE) | WEIR_I_EVENT_SET;
    if (WEIR_I_UNLIKELY(state & WEIR_I_EVENT_WAITED) ||
        WEIR_I_UNLIKELY(
            !weir_i_compare_exchange_weak(&event->state, &state, next, release, relaxed))) /* O1 */
        weir_i_event_let_go(event, state);
}

/* Takes back the sets that came before it. */
WEIR_I_FAST void weir_event_reset(weir_event *event) {
    weir_i_event_check(event);
    const uint64_t set = WEIR_I_EVENT_SET;
    weir_i_fetch_and(&event->state, ~set, acquire); /* O4 */
}

/* -- waiting ---------------------------------------------------------------------------------- */

/* True if it is set, at this moment; nothing is taken. */
WEIR_I_FAST bool weir_event_is_set(const weir_event *event) {
    weir_i_event_check(event);
    return weir_i_load(&event->state, acquire) & WEIR_I_EVENT_SET; /* O2 */
}

WEIR_I_FUNC bool weir_i_event_take(weir_event *event) {
    weir_i_event_check(event);
    const uint64_t set = WEIR_I_EVENT_SET;
    uint64_t state = weir_i_load(&event->state, relaxed);
    while (state & set) {
        if (weir_i_compare_exchange_weak(&event->state, &state, state & ~set, acquire,
                                         relaxed)) /* O3 */
            return true;
    }
    return false;
}

/* True if it was set: with automatic reset the caller has taken that. */
WEIR_I_FAST bool weir_event_try_wait(weir_event *event) {
    return event->kind == WEIR_EVENT_AUTO ? weir_i_event_take(event) : weir_event_is_set(event);
}

/* With the lock: says that somebody is there. */
WEIR_I_FUNC void weir_i_event_mark(weir_event *event) {
    const uint64_t waited = WEIR_I_EVENT_WAITED;
    weir_i_fetch_or(&event->state, waited, relaxed); /* I1 */
}

WEIR_I_FUNC void weir_i_event_leave(weir_event *event, weir_wait_node *node) {
    weir_wait_list_remove(&event->waiters, node);
    weir_i_event_unmark(event);
}

/* Puts the entry into the list. False: it was set. */
WEIR_I_SLOW bool weir_i_event_enter(weir_event *event, weir_wait_entry *entry) {
    weir_waiter_init(&entry->waiter);
    weir_waiter_of(&entry->waiter, "an event", event);
    weir_wait_node_init(&entry->node, &entry->waiter);
    weir_wait_list_lock(&event->waiters);
    weir_i_event_mark(event);
    const bool set = weir_event_try_wait(event);
    if (set)
        weir_i_event_unmark(event);
    else
        weir_wait_list_push(&event->waiters, &entry->node);
    weir_wait_list_unlock(&event->waiters);
    return !set;
}

/* Looks for a while; a task leaves its thread to others instead. */
WEIR_I_SLOW bool weir_i_event_spin(weir_event *event) {
    weir_wait_spin spin;
    bool set = false;
    if (weir_wait_task_get())
        return false;
    weir_wait_spin_init(&spin, &event->habit);
    while (!set && weir_wait_spin_more(&spin))
        set = weir_event_try_wait(event);
    weir_wait_spin_end(&spin, set);
    return set;
}

WEIR_I_SLOW weir_status weir_i_event_wait(weir_event *event, weir_time deadline) {
    weir_wait_entry entry;
    if (deadline == WEIR_NOW)
        return WEIR_TIMEOUT;
    if (weir_i_event_spin(event) || !weir_i_event_enter(event, &entry))
        return WEIR_OK;
    const weir_status status = weir_i_waiter_sleep(&entry.waiter, deadline);
    if (status != WEIR_OK) {
        weir_wait_list_lock(&event->waiters);
        weir_i_event_leave(event, &entry.node);
        weir_wait_list_unlock(&event->waiters);
    }
    return status;
}

/* Waits until it is set. */
WEIR_I_FAST void weir_event_wait(weir_event *event) {
    if (!weir_event_try_wait(event))
        (void)weir_i_event_wait(event, WEIR_FOREVER);
}

/* Waits until it is set, or until deadline. WEIR_TIMEOUT: it was not, and nothing was taken. */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_event_wait_until(weir_event *event,
                                                               weir_time deadline) {
    return weir_event_try_wait(event) ? WEIR_OK : weir_i_event_wait(event, deadline);
}

/* -- in a select ------------------------------------------------------------------------------ */

WEIR_I_FUNC bool weir_i_event_case_attempt(weir_case *c) {
    if (!weir_event_try_wait(WEIR_I_CAST(weir_event *, c->object)))
        return false;
    c->status = WEIR_OK;
    return true;
}

/* To be set between two looks it takes a set, which counts. */
WEIR_I_FUNC bool weir_i_event_case_ready(const weir_case *c, uint64_t *stamp) {
    *stamp = weir_i_load(&WEIR_I_CAST(weir_event *, c->object)->state, relaxed);
    return *stamp & WEIR_I_EVENT_SET;
}

WEIR_I_FUNC weir_wait_list *weir_i_event_case_list(const weir_case *c) {
    return &WEIR_I_CAST(weir_event *, c->object)->waiters;
}

/* If it is set, the select finds that when it looks again. */
WEIR_I_FUNC void weir_i_event_case_enter(weir_case *c, weir_wait_node *node) {
    weir_event *event = WEIR_I_CAST(weir_event *, c->object);
    weir_i_event_mark(event);
    weir_wait_list_push(&event->waiters, node);
}

WEIR_I_FUNC void weir_i_event_case_leave(weir_case *c, weir_wait_node *node) {
    weir_i_event_leave(WEIR_I_CAST(weir_event *, c->object), node);
}

/* Who claimed the node gave its set to this case. */
WEIR_I_FUNC bool weir_i_event_case_collect(weir_case *c, weir_wait_node *node) {
    (void)node;
    c->status = WEIR_OK;
    return true;
}

static const weir_selectable weir_i_event_kind __attribute__((unused)) = {
    weir_i_event_case_attempt,
    weir_i_event_case_ready,
    weir_i_event_case_list,
    weir_i_event_case_enter,
    weir_i_event_case_leave,
    weir_i_event_case_collect,
    NULL, /* a set that was given is always used */
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
};

/* A case of a select that is chosen when the event is set, and then takes the set as a wait would.
 * NULL: never. */
WEIR_I_FUNC weir_case weir_event_case(weir_event *event) {
    const weir_case c = {event ? &weir_i_event_kind : NULL, event, NULL, WEIR_OK, 0};
    return c;
}

WEIR_I_END

#endif
