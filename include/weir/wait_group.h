/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.h - waits until a number of things that others do are done.
 *
 * Do this:
 *   weir_wait_group group = {0};
 *   weir_wait_group_add(&group, 2);     // before the two start
 *   ... each of the two, in the end: weir_wait_group_done(&group);
 *   weir_wait_group_wait(&group);       // on return both are done; now the group may go, too
 *
 * Guarantees
 *   A wait that says WEIR_OK sees all that was done before the Dones that brought the count to 0.
 *   Add and Done never wait for a condition, and cost one locked instruction each; only the last
 *   Done does more, and only if somebody sleeps. Waiting is blocking.
 *
 *   The memory may go: zero becomes visible only by the last Done's final access to the group. A
 *   waiter that knows of no other waiter may free the group as soon as its wait has said WEIR_OK,
 *   whether it slept, polled or had a deadline, even while the last Done has not returned.
 *
 *   At zero the group is as new: the next round may begin once one wait has said WEIR_OK. An Add
 *   from zero has to happen before a wait that is to wait for it. One that runs beside a wait
 *   breaks nothing: that wait may return for the zero before, or go on.
 *
 *   Misuse panics: a count below zero, or above WEIR_WAIT_GROUP_MOST. Any thread may call anything
 *   at any time.
 *
 * Invariants. The state is one word: {how many were taken from the count : 32, the count : 30,
 * WAITED, CLOSING}.
 *   I1 it says zero if its lower half is 0.
 *   I2 WAITED is set by who enters the list, with its lock, and never while the word says zero.
 *   I3 who brings the count to zero without a bit set is done with the group by that access. Who
 *      makes the word {0, WAITED} is the closer, until it clears CLOSING: with the lock it puts
 *      CLOSING in place of WAITED and claims all waiters, if the count is zero still; unlocks; then
 *      clears CLOSING by a compare-and-swap, or starts again if at zero others have come. That is
 *      its last access, and makes zero visible. It releases the waiters after that: they are
 *      claimed, so they stay (wait.h, R2).
 *   I4 an Add to {0, WAITED} sets CLOSING, too: so there is one closer, whatever comes and goes
 *      meanwhile.
 *
 * Orders
 *   O1 Done, release: what was done before it.
 *   O2 the closer clears CLOSING, release: its use of the list.   Both are read by O3 and O4.
 *   O3 a waiter loads the state, acquire.
 *   O4 the closer sets CLOSING, acquire: what all Dones did, for those whom it lets go.
 *   The list, and what a claimed waiter sees, is ordered by wait.h.
 *
 * Override: WEIR_PANIC. WEIR_CHECKED: destroy panics if the group is in use, and so does any later
 * use.
 * Source: Go's sync.WaitGroup. Different here: deadlines; a group may be freed by who waited for
 * it; the next round may begin before all waiters of the last have returned.
 */
#ifndef WEIR_WAIT_GROUP_H
#define WEIR_WAIT_GROUP_H

#include <weir/base/panic.h>
#include <weir/wait.h>

WEIR_I_BEGIN

#define WEIR_WAIT_GROUP_MOST 0x3fffffff

enum { WEIR_I_WAIT_GROUP_CLOSING = 1, WEIR_I_WAIT_GROUP_WAITED = 2, WEIR_I_WAIT_GROUP_ONE = 4 };

/* All zero: a count of zero. Fields are private. */
typedef struct weir_wait_group {
    WEIR_I_ATOMIC(uint64_t) state; /* I1 to I4 */
    weir_wait_list waiters;
    weir_wait_habit habit;
} weir_wait_group;

#define WEIR_WAIT_GROUP_INIT                                                                       \
    {                                                                                              \
        0, {0}, {                                                                                  \
            0, 0                                                                                   \
        }                                                                                          \
    }

WEIR_I_FAST void weir_i_wait_group_check(const weir_wait_group *group) {
    if (weir_i_wait_list_buried(&group->waiters))
        WEIR_PANIC("weir_wait_group: used after it was destroyed");
}

/* The lower half: the count and the bits. */
WEIR_I_FAST uint32_t weir_i_wait_group_low(uint64_t state) {
    return WEIR_I_CAST(uint32_t, state);
}

WEIR_I_FAST bool weir_i_wait_group_zero(const weir_wait_group *group) {
    weir_i_wait_group_check(group);
    return weir_i_wait_group_low(weir_i_load(&group->state, acquire)) == 0; /* O3, I1 */
}

/* -- counting --------------------------------------------------------------------------------- */

/* With the lock: true if the count is zero, which then is on record (I3). */
WEIR_I_FUNC bool weir_i_wait_group_close(weir_wait_group *group) {
    const uint64_t waited = WEIR_I_WAIT_GROUP_WAITED;
    uint64_t state = weir_i_load(&group->state, relaxed);
    while (weir_i_wait_group_low(state) < WEIR_I_WAIT_GROUP_ONE) {
        if (weir_i_compare_exchange_weak(&group->state, &state,
                                         (state & ~waited) | WEIR_I_WAIT_GROUP_CLOSING, acquire,
                                         relaxed)) /* O4 */
            return true;
    }
    return false;
}

/* The closer's last access. False: at zero others have come. */
WEIR_I_FUNC bool weir_i_wait_group_finish(weir_wait_group *group) {
    const uint64_t closing = WEIR_I_WAIT_GROUP_CLOSING;
    uint64_t state = weir_i_load(&group->state, relaxed);
    while (weir_i_wait_group_low(state) != (closing | WEIR_I_WAIT_GROUP_WAITED)) {
        if (weir_i_compare_exchange_weak(&group->state, &state, state & ~closing, release,
                                         relaxed)) /* O2 */
            return true;
    }
    return false;
}

/* The closer's part (I3). Who was claimed cannot come again before it is released: so this ends. */
WEIR_I_SLOW void weir_i_wait_group_let_go(weir_wait_group *group) {
    weir_wait_node *claimed = NULL;
    weir_wait_node **end = &claimed;
    do {
        weir_wait_list_lock(&group->waiters);
        if (weir_i_wait_group_close(group))
            end = weir_wait_list_claim_n(&group->waiters, SIZE_MAX, end);
        weir_wait_list_unlock(&group->waiters);
    } while (!weir_i_wait_group_finish(group));
    weir_wait_release_all(claimed);
}

/* Takes n, at least 1, from the count. False: there were fewer. */
WEIR_I_FAST bool weir_i_wait_group_take(weir_wait_group *group, uint32_t n) {
    weir_i_wait_group_check(group);
    const uint64_t units = WEIR_I_CAST(uint64_t, n) * WEIR_I_WAIT_GROUP_ONE;
    const uint64_t change = (WEIR_I_CAST(uint64_t, 1) << 32) - units;
    const uint64_t old = weir_i_fetch_add(&group->state, change, release); /* O1 */
    if (WEIR_I_UNLIKELY(weir_i_wait_group_low(old) < units))
        return false;
    if (WEIR_I_UNLIKELY(weir_i_wait_group_low(old + change) == WEIR_I_WAIT_GROUP_WAITED))
        weir_i_wait_group_let_go(group);
    return true;
}

/* Adds n, at least 1, whatever the state. */
WEIR_I_SLOW void weir_i_wait_group_put(weir_wait_group *group, uint32_t n) {
    const uint64_t units = WEIR_I_CAST(uint64_t, n) * WEIR_I_WAIT_GROUP_ONE;
    uint64_t state = weir_i_load(&group->state, relaxed);
    uint64_t next;
    do {
        next = state + units;
        if (weir_i_wait_group_low(state) + units > UINT32_MAX)
            WEIR_PANIC("weir_wait_group: count above WEIR_WAIT_GROUP_MOST");
        if (weir_i_wait_group_low(state) == WEIR_I_WAIT_GROUP_WAITED)
            next |= WEIR_I_WAIT_GROUP_CLOSING; /* I4 */
    } while (!weir_i_compare_exchange_weak(&group->state, &state, next, relaxed, relaxed));
}

/* Says that n more are to be done, or, if n is below zero, that -n are done. */
WEIR_I_FAST void weir_wait_group_add(weir_wait_group *group, int n) {
    weir_i_wait_group_check(group);
    if (n > 0) {
        const uint64_t units = WEIR_I_CAST(uint64_t, n) * WEIR_I_WAIT_GROUP_ONE;
        uint64_t state = weir_i_load(&group->state, relaxed);
        if (WEIR_I_UNLIKELY(weir_i_wait_group_low(state) == WEIR_I_WAIT_GROUP_WAITED) ||
            WEIR_I_UNLIKELY(weir_i_wait_group_low(state) + units > UINT32_MAX) ||
            WEIR_I_UNLIKELY(!weir_i_compare_exchange_weak(&group->state, &state, state + units,
                                                          relaxed, relaxed)))
            weir_i_wait_group_put(group, WEIR_I_CAST(uint32_t, n));
    } else if (n < 0 && !weir_i_wait_group_take(group, 0u - WEIR_I_CAST(uint32_t, n))) {
        WEIR_PANIC("weir_wait_group: negative count");
    }
}

/* One is done. */
WEIR_I_FAST void weir_wait_group_done(weir_wait_group *group) {
    if (WEIR_I_UNLIKELY(!weir_i_wait_group_take(group, 1)))
        WEIR_PANIC("weir_wait_group: negative count");
}

/* -- waiting ---------------------------------------------------------------------------------- */

/* With the lock of the list: says that somebody is there (I2). False: zero. */
WEIR_I_FUNC bool weir_i_wait_group_mark(weir_wait_group *group) {
    const uint64_t waited = WEIR_I_WAIT_GROUP_WAITED;
    uint64_t state = weir_i_load(&group->state, relaxed);
    while (weir_i_wait_group_low(state) != 0) {
        if ((state & waited) ||
            weir_i_compare_exchange_weak(&group->state, &state, state | waited, relaxed, relaxed))
            return true;
    }
    return false;
}

WEIR_I_FUNC void weir_i_wait_group_leave(weir_wait_group *group, weir_wait_node *node) {
    weir_wait_list_lock(&group->waiters);
    weir_wait_list_remove(&group->waiters, node);
    weir_wait_list_unlock(&group->waiters);
}

/* Puts the entry into the list. False: zero. */
WEIR_I_SLOW bool weir_i_wait_group_enter(weir_wait_group *group, weir_wait_entry *entry) {
    weir_waiter_init(&entry->waiter);
    weir_waiter_of(&entry->waiter, "a wait group", group);
    weir_wait_node_init(&entry->node, &entry->waiter);
    weir_wait_list_lock(&group->waiters);
    const bool marked = weir_i_wait_group_mark(group);
    if (marked)
        weir_wait_list_push(&group->waiters, &entry->node);
    weir_wait_list_unlock(&group->waiters);
    return marked;
}

/* Looks for a while; a task leaves its thread to others instead. */
WEIR_I_SLOW bool weir_i_wait_group_spin(weir_wait_group *group) {
    weir_wait_spin spin;
    bool zero = false;
    if (weir_wait_task_get())
        return false;
    weir_wait_spin_init(&spin, &group->habit);
    while (!zero && weir_wait_spin_more(&spin))
        zero = weir_i_wait_group_zero(group);
    weir_wait_spin_end(&spin, zero);
    return zero;
}

WEIR_I_SLOW weir_status weir_i_wait_group_wait(weir_wait_group *group, weir_time deadline) {
    weir_wait_entry entry;
    if (deadline == WEIR_NOW)
        return WEIR_TIMEOUT;
    if (weir_i_wait_group_spin(group))
        return WEIR_OK;
    if (!weir_i_wait_group_enter(group, &entry)) {
        (void)weir_i_wait_group_zero(group); /* it was; the load orders what follows behind it */
        return WEIR_OK;
    }
    const weir_status status = weir_i_waiter_sleep(&entry.waiter, deadline);
    if (status != WEIR_OK)
        weir_i_wait_group_leave(group, &entry.node);
    return status;
}

/* Waits until the count is zero. */
WEIR_I_FAST void weir_wait_group_wait(weir_wait_group *group) {
    if (!weir_i_wait_group_zero(group))
        (void)weir_i_wait_group_wait(group, WEIR_FOREVER);
}

/* True if the count is zero. */
WEIR_I_FAST bool weir_wait_group_try_wait(weir_wait_group *group) {
    return weir_i_wait_group_zero(group);
}

/* Waits until the count is zero, or until deadline. WEIR_OK: zero, also if it is so with WEIR_NOW.
 * WEIR_TIMEOUT: it was not. */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_wait_group_wait_until(weir_wait_group *group,
                                                                    weir_time deadline) {
    return weir_i_wait_group_zero(group) ? WEIR_OK : weir_i_wait_group_wait(group, deadline);
}

/* Nothing needs to be done before the memory goes; the checked build panics if the group is in use:
 * above zero, or with somebody waiting. */
WEIR_I_FUNC void weir_wait_group_destroy(weir_wait_group *group) {
    if (WEIR_CHECKED && (!weir_i_wait_group_zero(group) || !weir_wait_list_idle(&group->waiters)))
        WEIR_PANIC("weir_wait_group: destroyed while in use");
    weir_i_wait_list_bury(&group->waiters);
}

/* -- in a select ------------------------------------------------------------------------------ */

WEIR_I_FUNC bool weir_i_wait_group_case_attempt(weir_case *c) {
    if (!weir_i_wait_group_zero(WEIR_I_CAST(weir_wait_group *, c->object)))
        return false;
    c->status = WEIR_OK;
    return true;
}

/* Between two zeros something was taken from the count, and the upper half tells. */
WEIR_I_FUNC bool weir_i_wait_group_case_ready(const weir_case *c, uint64_t *stamp) {
    *stamp = weir_i_load(&WEIR_I_CAST(weir_wait_group *, c->object)->state, relaxed);
    return weir_i_wait_group_low(*stamp) == 0 || c->detail;
}

WEIR_I_FUNC weir_wait_list *weir_i_wait_group_case_list(const weir_case *c) {
    return &WEIR_I_CAST(weir_wait_group *, c->object)->waiters;
}

/* At zero it stays out, and detail says so until it leaves: the case is ready, even if the count is
 * above zero again when the select looks. */
WEIR_I_FUNC void weir_i_wait_group_case_enter(weir_case *c, weir_wait_node *node) {
    weir_wait_group *group = WEIR_I_CAST(weir_wait_group *, c->object);
    c->detail = !weir_i_wait_group_mark(group);
    if (!c->detail)
        weir_wait_list_push(&group->waiters, node);
}

WEIR_I_FUNC void weir_i_wait_group_case_leave(weir_case *c, weir_wait_node *node) {
    weir_wait_list_remove(&WEIR_I_CAST(weir_wait_group *, c->object)->waiters, node);
    c->detail = 0;
}

/* Who claimed the node was the last Done: that is what was waited for. */
WEIR_I_FUNC bool weir_i_wait_group_case_collect(weir_case *c, weir_wait_node *node) {
    (void)node;
    c->status = WEIR_OK;
    return true;
}

static const weir_selectable weir_i_wait_group_kind __attribute__((unused)) = {
    weir_i_wait_group_case_attempt,
    weir_i_wait_group_case_ready,
    weir_i_wait_group_case_list,
    weir_i_wait_group_case_enter,
    weir_i_wait_group_case_leave,
    weir_i_wait_group_case_collect,
    NULL, /* zero stays true */
    NULL,
    NULL,
    NULL,
    NULL,
    NULL,
};

/* A case of a select that is chosen when the count is zero. NULL: never. */
WEIR_I_FUNC weir_case weir_wait_group_case(weir_wait_group *group) {
    const weir_case c = {group ? &weir_i_wait_group_kind : NULL, group, NULL, WEIR_OK, 0};
    return c;
}

WEIR_I_END

#endif
