/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * reclaim/urcu.h - how stack.h and queue.h free memory, if you choose liburcu for it.
 *
 * Do this, before any weir header, in every translation unit that sees the stack or the queue:
 *   #define WEIR_RECLAIM_URCU_BP 1     // link with -lurcu-bp; or
 *   #define WEIR_RECLAIM_URCU_MEMB 1   // link with -lurcu-memb
 *
 * The trade. A read costs no store that another could wait for, and with many objects protected at
 * once it costs nothing for each. But a reader that is stopped keeps everything that is retired
 * from then on: memory has no bound. Elements are freed by liburcu's own thread (call_rcu), so an
 * allocator of yours is called from there. destroy waits for a grace period (rcu_barrier) if
 * anything was retired; it must not be called by that thread, so not by a reclaimer. After a fork
 * the child needs what liburcu's manual says.
 *
 * With memb each thread registers itself (urcu_memb_register_thread) before it calls push, try_pop,
 * empty or destroy, and unregisters before it exits. bp does that by itself.
 *
 * Licence: liburcu is LGPL-2.1 or later. This file calls its library functions and includes none of
 * its inline code, unless you define _LGPL_SOURCE, which makes reads faster and puts LGPL code into
 * your object files. That is why it stands apart and nothing in weir includes it unasked.
 */
#ifndef WEIR_RECLAIM_URCU_H
#define WEIR_RECLAIM_URCU_H

#include <weir/base/atomic.h>
#include <weir/base/fence.h>

#if defined(WEIR_RECLAIM_URCU_MEMB)
#include <urcu/urcu-memb.h>
#define WEIR_I_RCU(verb) urcu_memb_##verb
#else
#include <urcu/urcu-bp.h>
#define WEIR_I_RCU(verb) urcu_bp_##verb
#endif

WEIR_I_BEGIN

typedef struct weir_i_reclaim_group {
    WEIR_I_ATOMIC(bool) retired; /* something, since the last drain */
} weir_i_reclaim_group;

typedef struct weir_i_reclaim_node {
    struct rcu_head head; /* the first member */
    void (*reclaim)(struct weir_i_reclaim_node *node);
    weir_i_reclaim_group *group;
} weir_i_reclaim_node;

typedef struct weir_i_guard {
    weir_i_fence_mode mode;
} weir_i_guard;

WEIR_I_FAST weir_i_guard weir_i_guard_enter(void) {
    const weir_i_guard guard = {WEIR_I_FENCE_ASYMMETRIC};
    WEIR_I_RCU(read_lock)();
    return guard;
}

WEIR_I_FAST bool weir_i_guard_enter_fast(weir_i_guard *guard) {
    *guard = weir_i_guard_enter();
    return true;
}

WEIR_I_FAST void weir_i_guard_leave(weir_i_guard guard) {
    (void)guard;
    WEIR_I_RCU(read_unlock)();
}

#define WEIR_I_GUARD_PROTECT(guard, source) ((void)(guard), weir_i_load((source), acquire))
#define WEIR_I_GUARD_TRY(guard, source, out)                                                       \
    ((void)(guard), *(out) = weir_i_load((source), acquire), true)

WEIR_I_FUNC weir_i_fence_mode weir_i_reclaim_mode(void) {
    return weir_i_fence_mode_probe();
}

WEIR_I_FUNC void weir_i_reclaim_call(struct rcu_head *head) {
    weir_i_reclaim_node *node = (weir_i_reclaim_node *)(void *)head;
    node->reclaim(node);
}

WEIR_I_FAST void weir_i_reclaim(weir_i_reclaim_node *node,
                                void (*reclaim)(weir_i_reclaim_node *node)) {
    node->reclaim = reclaim;
    node->group = NULL;
    WEIR_I_RCU(call_rcu)(&node->head, weir_i_reclaim_call);
}

WEIR_I_FUNC void weir_i_reclaim_group_init(weir_i_reclaim_group *group) {
    weir_i_store(&group->retired, false, relaxed);
}

WEIR_I_FUNC void weir_i_reclaim_in(weir_i_reclaim_group *group, weir_i_reclaim_node *node,
                                   void (*reclaim)(weir_i_reclaim_node *node), unsigned weight) {
    (void)weight;                               /* call_rcu runs soon anyway */
    if (!weir_i_load(&group->retired, relaxed)) /* no count, which could wrap */
        weir_i_store(&group->retired, true, relaxed);
    node->reclaim = reclaim;
    node->group = group;
    WEIR_I_RCU(call_rcu)(&node->head, weir_i_reclaim_call);
}

WEIR_I_FUNC weir_i_reclaim_group *weir_i_reclaim_group_of(weir_i_reclaim_node *node) {
    return node->group;
}

WEIR_I_FUNC void weir_i_reclaim_group_drain(weir_i_reclaim_group *group) {
    if (weir_i_exchange(&group->retired, false, relaxed))
        WEIR_I_RCU(barrier)();
}

WEIR_I_END

#endif
