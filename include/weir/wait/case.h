/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait/case.h - the contract between a select and what can stand in it.
 */
#ifndef WEIR_WAIT_CASE_H
#define WEIR_WAIT_CASE_H

#include <weir/base/status.h>
#include <weir/wait/list.h>

WEIR_I_BEGIN

typedef struct weir_selectable weir_selectable;

/* One case of a select: made by the object's case constructor. Only status is for the user to read:
 * WEIR_OK or WEIR_CLOSED in the case that was chosen. */
typedef struct weir_case {
    const weir_selectable *kind; /* NULL: never ready */
    void *object;
    void *value; /* what to send from, or where to put what comes; or NULL */
    weir_status status;
    uint32_t detail; /* the object's own: how many units, say */
} weir_case;

/* What an object must offer to stand in a select, beside others. attempt, ready, list stand alone;
 * enter and leave are called with the lock of list(c) held. In the order of a select that waits:
 *   1. attempt each case; one done: that is the choice.
 *   2. prepare each case; lock the lists of all cases, by address, each once; if another list than
 *      the one that was locked is now that of a case, unlock and go to 1. Attempt none; enter all;
 *      unlock.
 *   3. weir_wait_fence(); if some case is ready now: cancel the waiter, leave all, go to 1; if the
 *      waiter cannot be cancelled it was claimed, so go on.
 *   4. await; lock (and see that it is the case's list still) and leave all cases, but not the one
 *      that won: its claimer took it out, and its twin (R6), and its object may be gone already.
 *      When the lock of a case that was left is gone its `left`, if it has one, is called: whom
 * leave has claimed is released there, for no lock is held while a waiter is released.
 *   5. collect the case whose node won: true, that is the choice; false, it was told to look again:
 *      go to 1, and if in the end another case is chosen or time is up, pass.
 *
 * An object whose operations need both sides at once (a rendezvous) cannot do with 3: two selects
 * that wait for each other would cancel themselves over and over. It offers decide and finish. In
 * step 2, after the locks and a weir_wait_fence(), decide is called before enter; such cases are
 * not asked again in step 3.
 *
 * Of cases of one kind, object and detail one stands in the list for all of them. An object may
 * have two kinds of cases: their lists lie within the object, and no other object's do. If both
 * have the same list, they are twins. If not, a select does not enter both, but starts over: then
 * one of them is ready, or a peer is in the middle of making it so. */
typedef enum weir_turn {
    WEIR_TURN_NONE, /* the case is not ready; whoever makes it so will find who enters now */
    WEIR_TURN_DONE, /* it was, and has been taken: finish follows when the locks are gone */
    WEIR_TURN_AGAIN /* neither: a peer is in the middle of it. Unlock, step aside, start over */
} weir_turn;

/* What a decision has got hold of until it is finished. */
typedef struct weir_grip {
    void *at;
    uint64_t ticket;
} weir_grip;

struct weir_selectable {
    /* Does the case now, if that needs no waiting: true, and c->status is set. False: it was not
     * ready, or only became so meanwhile; ready tells. */
    bool (*attempt)(weir_case *c);
    /* Could it be done now? Changes nothing. Two equal stamps around a false: it was false all the
     * time between. */
    bool (*ready)(const weir_case *c, uint64_t *stamp);
    /* The list in which a waiter for this case stands. It may become another one, but not while its
     * lock is held. */
    weir_wait_list *(*list)(const weir_case *c);
    /* Puts the node into it, or takes it out if it is still there. */
    void (*enter)(weir_case *c, weir_wait_node *node);
    void (*leave)(weir_case *c, weir_wait_node *node);
    /* After the wait, for the node that won. True: the claimer has done the case (a grant), and
     * c->status is set. False: the claimer said to look again. */
    bool (*collect)(weir_case *c, weir_wait_node *node);
    /* R4: a notification that this case got was not used; wake the next. NULL: nothing to pass on,
     * since what this object says stays true. */
    void (*pass)(weir_case *c);
    /* Both or neither. decide is called with the locks of all cases of the select held: it takes no
     * other lock and waits for nothing. */
    weir_turn (*decide)(weir_case *c, weir_grip *grip);
    void (*finish)(weir_case *c, weir_grip *grip);
    /* Follows leave when the lock is gone: releases those that leave has claimed. What leave wants
     * to tell it is in the node, which is in no list any more. NULL: nothing to do. */
    void (*left)(weir_case *c, weir_wait_node *node);
    /* Comes before the lists are locked, when the caller holds no lock and is about to wait. NULL:
     * nothing to do. */
    void (*prepare)(weir_case *c);
    /* True: who makes this case ready does so without finding the waiter in its list, so a select
     * may look for long before it enters. NULL: false, as at a rendezvous, where of two that only
     * look none meets the other. */
    bool (*watched)(const weir_case *c);
};

WEIR_I_END

#endif
