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

/* Without memory for a record the thread takes a slot of the reserve, which has a few; if all are
 * taken it waits for one. */
WEIR_I_SLOW weir_i_guard weir_i_guard_enter_poor(void) {
    weir_hazard_domain *domain = weir_hazard_default();
    weir_i_guard guard = {domain->reserve.slot, &domain->reserve, weir_i_hazard_mode(domain)};
    for (;; guard.slot++) {
        const void *nothing = NULL;
        if (guard.slot == domain->reserve.slot + WEIR_I_HAZARD_SLOTS) {
            weir_i_relax();
            guard.slot = domain->reserve.slot;
        }
        if (weir_i_compare_exchange_strong(&guard.slot->node, &nothing, (const void *)domain,
                                           acquire, relaxed)) /* after the last one's clear */
            return guard;
    }
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
    weir_hazard_clear(&guard);
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
