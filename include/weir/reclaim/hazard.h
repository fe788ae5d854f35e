/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * reclaim/hazard.h - how stack.h and queue.h free memory: by hazard pointers, in the default
 * domain.
 *
 * A backend is this list of names. reclaim/urcu.h is the other one; WEIR_RECLAIM_URCU_MEMB or
 * WEIR_RECLAIM_URCU_BP chooses it. All of a program that shares a stack or a queue is to choose the
 * same.
 *   weir_i_reclaim_node    the first member of what is reclaimed
 *   weir_i_reclaim_group   one structure's nodes, drained before the structure goes
 *   weir_i_guard           what a call holds while it reads: enter, protect, leave. A call of weir
 *                          enters, protects one thing at a time, and leaves before it calls anybody
 */
#ifndef WEIR_RECLAIM_HAZARD_H
#define WEIR_RECLAIM_HAZARD_H

#include <weir/hazard.h>

WEIR_I_BEGIN

typedef weir_hazard_node weir_i_reclaim_node;
typedef weir_hazard_cohort weir_i_reclaim_group;
typedef weir_hazard weir_i_guard;

WEIR_I_STATIC_ASSERT(WEIR_I_HAZARD_SLOTS < 32, "weir: a bit for each slot of the reserve");

/* Without memory for a record the thread takes a slot of the reserve, which has a few; if all are
 * taken it waits for one. The slot is NULL whenever the guard protects nothing, so a bit says that
 * it is taken. */
WEIR_I_SLOW weir_i_guard weir_i_guard_enter_poor(void) {
    weir_hazard_domain *domain = weir_hazard_default();
    weir_i_guard guard = {NULL, NULL, weir_i_hazard_mode(domain)};
    uint32_t taken = weir_i_load(&domain->guards, relaxed);
    unsigned times = 0;
    for (;;) {
        const uint32_t bit = ~taken & (taken + 1); /* the lowest that is 0 */
        if (bit >> WEIR_I_HAZARD_SLOTS) {
            weir_i_step_aside(times++);
            taken = weir_i_load(&domain->guards, relaxed);
        } else if (weir_i_compare_exchange_weak(&domain->guards, &taken, taken | bit,
                                                acquire, /* after the last one's leave */
                                                relaxed)) {
            guard.slot = &domain->reserve.slot[__builtin_ctz(bit)];
            return guard;
        }
    }
}

WEIR_I_SLOW void weir_i_guard_leave_poor(weir_i_guard guard) {
    weir_hazard_domain *domain = weir_hazard_default();
    const long slot = guard.slot - domain->reserve.slot;
    weir_hazard_clear(&guard);
    weir_i_fetch_and(&domain->guards, ~(UINT32_C(1) << slot), release); /* for the next to enter */
}

WEIR_I_FAST weir_i_guard weir_i_guard_enter(void) {
    weir_i_hazard_record *record = weir_i_hazard_mine(weir_hazard_default());
    if (WEIR_I_UNLIKELY(!record))
        return weir_i_guard_enter_poor();
    const weir_i_guard guard = {record->slot, record, record->mode};
    return guard;
}

#define WEIR_I_GUARD_PROTECT(guard, source) WEIR_HAZARD_PROTECT(guard, source)
#define WEIR_I_GUARD_TRY(guard, source, out) WEIR_HAZARD_TRY_PROTECT(guard, source, out)

WEIR_I_FAST void weir_i_guard_leave(weir_i_guard guard) {
    if (WEIR_I_LIKELY(guard.record))
        weir_hazard_clear(&guard);
    else
        weir_i_guard_leave_poor(guard);
}

/* Enters, if that is all but free: the fence mode is a constant then. False: not entered. */
WEIR_I_FAST bool weir_i_guard_enter_fast(weir_i_guard *guard) {
    weir_i_hazard_record *record = WEIR_I_CAST(weir_i_hazard_record *, weir_i_hazard_local_get());
    if (WEIR_I_UNLIKELY(!record || !weir_i_load(&record->light, relaxed)))
        return false;
    guard->slot = record->slot;
    guard->record = record;
    guard->mode = WEIR_I_FENCE_ASYMMETRIC;
    return true;
}

/* The fence mode on which all guards agree. */
WEIR_I_FUNC weir_i_fence_mode weir_i_reclaim_mode(void) {
    return weir_i_hazard_mode(weir_hazard_default());
}

WEIR_I_FAST void weir_i_reclaim(weir_i_reclaim_node *node,
                                void (*reclaim)(weir_i_reclaim_node *node)) {
    node->reclaim = reclaim;
    node->cohort = NULL;
    weir_i_hazard_retire(weir_hazard_default(), node, 1, true);
}

WEIR_I_FUNC void weir_i_reclaim_group_init(weir_i_reclaim_group *group) {
    weir_hazard_cohort_init(group, NULL);
}

/* weight: for how many small nodes it counts. */
WEIR_I_FUNC void weir_i_reclaim_in(weir_i_reclaim_group *group, weir_i_reclaim_node *node,
                                   void (*reclaim)(weir_i_reclaim_node *node), unsigned weight) {
    weir_i_hazard_cohort_retire(group, node, reclaim, weight);
}

WEIR_I_FUNC weir_i_reclaim_group *weir_i_reclaim_group_of(weir_i_reclaim_node *node) {
    return node->cohort;
}

/* Returns when all nodes of the group are reclaimed. */
WEIR_I_FUNC void weir_i_reclaim_group_drain(weir_i_reclaim_group *group) {
    weir_hazard_cohort_drain(group);
}

WEIR_I_END

#endif
