/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait/list.h - those who wait for one object: in order of arrival, under a lock of one bit.
 * Rules, invariants and orders: see wait.h.
 */
#ifndef WEIR_WAIT_LIST_H
#define WEIR_WAIT_LIST_H

#include <weir/base/cpus.h>
#include <weir/base/fence.h>
#include <weir/wait/waiter.h>

WEIR_I_BEGIN

/* One word, all zero when nobody waits: the last node, and a lock bit. */
typedef struct weir_wait_list {
    WEIR_I_ATOMIC(uintptr_t) word; /* I2 */
} weir_wait_list;

enum { WEIR_I_WAIT_LOCKED = 1 };

/* Locks the list, for a few instructions: nothing that waits, and no call into unknown code. */
WEIR_I_SLOW void weir_wait_list_lock(weir_wait_list *list) {
    for (unsigned times = 0;; times++) {
        uintptr_t word = weir_i_load(&list->word, relaxed);
        if (!(word & WEIR_I_WAIT_LOCKED) &&
            weir_i_compare_exchange_weak(&list->word, &word, word | WEIR_I_WAIT_LOCKED, acquire,
                                         relaxed)) /* O1 */
            return;
        weir_i_step_aside(times);
    }
}

WEIR_I_SLOW void weir_wait_list_unlock(weir_wait_list *list) {
    const uintptr_t word = weir_i_load(&list->word, relaxed);
    const uintptr_t locked = WEIR_I_WAIT_LOCKED;
    weir_i_store(&list->word, word & ~locked, release); /* O2 */
}

/* True if nobody was in the list, and nobody was about to enter or leave. Without the lock: after
 * weir_wait_fence(). */
WEIR_I_FAST bool weir_wait_list_idle(const weir_wait_list *list) {
    return weir_i_load(&list->word, relaxed) == 0;
}

/* For the checked build: marks the list of an object that is destroyed, and tells. Nothing in
 * others. */
WEIR_I_FAST void weir_i_wait_list_bury(weir_wait_list *list) {
#if WEIR_CHECKED
    weir_i_store(&list->word, UINTPTR_MAX, relaxed);
#else
    (void)list;
#endif
}

WEIR_I_FAST bool weir_i_wait_list_buried(const weir_wait_list *list) {
    return WEIR_CHECKED && weir_i_load(&list->word, relaxed) == UINTPTR_MAX;
}

/* Under the lock: the last node, or NULL. */
WEIR_I_FUNC weir_wait_node *weir_i_wait_list_last(const weir_wait_list *list) {
    const uintptr_t word = weir_i_load(&list->word, relaxed);
    return (weir_wait_node *)(word & ~WEIR_I_CAST(uintptr_t, WEIR_I_WAIT_LOCKED));
}

/* Under the lock: makes node the last one. */
WEIR_I_FUNC void weir_i_wait_list_set_last(weir_wait_list *list, weir_wait_node *last) {
    weir_i_store(&list->word, (uintptr_t)last | WEIR_I_WAIT_LOCKED, relaxed);
}

/* Under the lock: the first node, or NULL. */
WEIR_I_FUNC weir_wait_node *weir_wait_list_first(const weir_wait_list *list) {
    weir_wait_node *last = weir_i_wait_list_last(list);
    return last ? last->next : NULL;
}

/* Under the lock: the node behind `node`, or NULL. */
WEIR_I_FUNC weir_wait_node *weir_wait_list_next(const weir_wait_list *list,
                                                const weir_wait_node *node) {
    return node == weir_i_wait_list_last(list) ? NULL : node->next;
}

/* A ring without a word of its own, for objects whose word holds more than a list: known by its
 * last node, NULL when empty. Each returns the last node of what results. */
WEIR_I_FUNC weir_wait_node *weir_i_wait_ring_push_front(weir_wait_node *last,
                                                        weir_wait_node *node) {
    if (!last) {
        node->next = node->prev = node;
        return node;
    }
    node->next = last->next;
    node->prev = last;
    last->next->prev = node;
    last->next = node;
    return last;
}

WEIR_I_FUNC weir_wait_node *weir_i_wait_ring_push(weir_wait_node *last, weir_wait_node *node) {
    (void)weir_i_wait_ring_push_front(last, node);
    return node;
}

/* Nothing happens to a node that is in no ring (I3). */
WEIR_I_FUNC weir_wait_node *weir_i_wait_ring_remove(weir_wait_node *last, weir_wait_node *node) {
    if (!node->next)
        return last;
    if (node == last)
        last = node->next == node ? NULL : node->prev;
    node->next->prev = node->prev;
    node->prev->next = node->next;
    node->next = node->prev = NULL;
    return last;
}

/* Under the lock: puts node before the first one. */
WEIR_I_FUNC void weir_wait_list_push_front(weir_wait_list *list, weir_wait_node *node) {
    weir_i_wait_list_set_last(list, weir_i_wait_ring_push_front(weir_i_wait_list_last(list), node));
}

/* Under the lock: puts node behind the last one. */
WEIR_I_FUNC void weir_wait_list_push(weir_wait_list *list, weir_wait_node *node) {
    weir_i_wait_list_set_last(list, weir_i_wait_ring_push(weir_i_wait_list_last(list), node));
}

/* Under the lock: takes node out; nothing happens if it is in no list. */
WEIR_I_FUNC void weir_wait_list_remove(weir_wait_list *list, weir_wait_node *node) {
    weir_i_wait_list_set_last(list, weir_i_wait_ring_remove(weir_i_wait_list_last(list), node));
}

/* The StoreLoad barrier of all waiting: a waker calls it between its change of the object and its
 * look at the list, a waiter between entering the list and its look at the object. */
WEIR_I_FAST void weir_wait_fence(void) {
    weir_i_fence_store_load(); /* O5 */
}

/* Under the lock: takes out the first node whose waiter can be claimed, and claims it. NULL: nobody
 * waits. Nodes of waiters that are leaving go out, too. */
WEIR_I_FUNC weir_wait_node *weir_wait_list_claim(weir_wait_list *list) {
    weir_wait_node *node;
    while ((node = weir_wait_list_first(list)) != NULL) {
        weir_wait_list_remove(list, node);
        if (weir_wait_claim(node))
            return node;
    }
    return NULL;
}

/* Under the lock: claims up to n waiters, in the order in which they came, and chains their nodes
 * through prev, which nobody else uses now (R2, I3). `end` is where the chain goes on; returns the
 * new end. */
WEIR_I_FUNC weir_wait_node **weir_wait_list_claim_n(weir_wait_list *list, size_t n,
                                                    weir_wait_node **end) {
    for (; n > 0; n--) {
        weir_wait_node *node = weir_wait_list_claim(list);
        if (!node)
            break;
        *end = node;
        end = &node->prev;
    }
    return end;
}

/* Releases the waiters of a chain. Without the lock: nothing of the object is touched. */
WEIR_I_FUNC void weir_wait_release_all(weir_wait_node *claimed) {
    while (claimed) {
        weir_wait_node *node = claimed;
        claimed = node->prev;
        weir_wait_release(node->waiter);
    }
}

WEIR_I_END

#endif
