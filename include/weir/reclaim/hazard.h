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
 *   weir_i_guard           what a call holds while it reads: enter, WEIR_I_GUARD_PROTECT, leave
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
WEIR_I_SLOW void weir_i_guard_enter_poor(weir_i_guard *guard) {
    weir_hazard_domain *domain = weir_hazard_default();
    guard->record = &domain->reserve;
    guard->mode = weir_i_hazard_mode(domain);
    for (int i = 0;; i = (i + 1) % WEIR_I_HAZARD_SLOTS) {
        const void *nothing = NULL;
        guard->slot = &domain->reserve.slot[i];
        if (weir_i_compare_exchange_strong(&guard->slot->node, &nothing, (const void *)domain,
                                           acquire, relaxed)) /* after the last one's clear */
            return;
        weir_i_relax();
    }
}

WEIR_I_FAST void weir_i_guard_enter(weir_i_guard *guard) {
    weir_i_hazard_record *record = weir_i_hazard_mine(weir_hazard_default());
    if (WEIR_I_UNLIKELY(!record)) {
        weir_i_guard_enter_poor(guard);
        return;
    }
    guard->slot = record->slot;
    guard->record = record;
    guard->mode = record->mode;
}

#define WEIR_I_GUARD_PROTECT(guard, source) WEIR_HAZARD_PROTECT(guard, source)

WEIR_I_FAST void weir_i_guard_leave(weir_i_guard *guard) {
    weir_hazard_clear(guard);
}

WEIR_I_FAST void weir_i_reclaim(weir_i_reclaim_node *node,
                                void (*reclaim)(weir_i_reclaim_node *node)) {
    node->reclaim = reclaim;
    node->cohort = NULL;
    weir_i_hazard_retire(weir_hazard_default(), node, true);
}

WEIR_I_FUNC void weir_i_reclaim_group_init(weir_i_reclaim_group *group) {
    weir_hazard_cohort_init(group, NULL);
}

WEIR_I_FUNC void weir_i_reclaim_in(weir_i_reclaim_group *group, weir_i_reclaim_node *node,
                                   void (*reclaim)(weir_i_reclaim_node *node)) {
    weir_hazard_cohort_retire(group, node, reclaim);
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
