/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan/case.h - a channel as a case of a select: what wait.h's contract asks for.
 */
#ifndef WEIR_CHAN_CASE_H
#define WEIR_CHAN_CASE_H

#include <weir/chan/message.h>

WEIR_I_BEGIN

WEIR_I_FAST weir_chan *weir_i_chan_of(const weir_case *c) {
    return WEIR_I_CAST(weir_chan *, c->object);
}

/* False: full (empty), as far as the next slot shows; no peer is about to write anything else that
 * this looks at. It may be wrong about what goes on meanwhile, never about what happened before. */
WEIR_I_FAST bool weir_i_chan_glimpse(weir_chan *ch, bool sending) {
    const uint64_t word = weir_i_load(weir_i_chan_word(ch, sending), relaxed);
    const uint64_t t = weir_i_chan_ticket(ch, word);
    const uint64_t seq = weir_i_load(&weir_i_chan_slot_at(ch, t)->seq, relaxed);
    return !weir_i_ring_behind(seq, t + (sending ? 0 : ch->cell.stride)) ||
           weir_i_load(&ch->closing, relaxed);
}

WEIR_I_FAST bool weir_i_chan_attempt(weir_case *c, bool sending) {
    weir_chan *ch = weir_i_chan_of(c);
    if (ch->capacity != 0) {
        if (!weir_i_chan_glimpse(ch, sending))
            return false;
        if (sending ? weir_i_chan_send_now(ch, c->value, ch->cell)
                    : weir_i_chan_recv_now(ch, c->value, ch->cell)) {
            c->status = WEIR_OK;
            return true;
        }
    }
    const weir_status status = weir_i_chan_slow(ch, sending, c->value, WEIR_NOW, WEIR_AGAIN);
    if (status == WEIR_AGAIN)
        return false;
    c->status = status;
    return true;
}

/* Is there somebody on the other side of a rendezvous who can be claimed? */
WEIR_I_SLOW bool weir_i_chan_someone(weir_chan *ch, bool sending) {
    weir_wait_list *line = weir_i_chan_line(ch, !sending);
    weir_i_chan_lock(ch, sending);
    weir_wait_node *node = weir_wait_list_first(line);
    while (node && !weir_wait_claimable(node))
        node = weir_wait_list_next(line, node);
    weir_i_chan_unlock(ch, sending);
    return node != NULL;
}

/* At capacity 1: what a try would say. The stamp is the slot: while that stays nobody has come. */
WEIR_I_FUNC bool weir_i_chan_single_ready(weir_chan *ch, bool sending, uint64_t *stamp) {
    const uint64_t own = weir_i_chan_look(weir_i_chan_word(ch, sending));
    const uint64_t t = weir_i_chan_ticket(ch, own);
    const uint64_t seq = weir_i_chan_look(&weir_i_chan_slot_at(ch, t)->seq);
    *stamp = seq;
    if (sending && (own & WEIR_I_CHAN_CLOSED))
        return true;
    return !weir_i_chan_rests(ch, sending, t, seq) &&
           weir_i_chan_why_not(ch, sending, t, seq) != WEIR_I_CHAN_NONE;
}

/* At a rendezvous: the stamp counts arrivals. While it stays nobody has come. */
WEIR_I_FUNC bool weir_i_chan_peer_ready(weir_chan *ch, bool sending, uint64_t *stamp) {
    const uint64_t peers = weir_i_chan_look(weir_i_chan_met(ch, !sending));
    *stamp = peers & ~WEIR_I_CAST(uint64_t, WEIR_I_CHAN_WAITERS);
    if (weir_i_chan_look(&ch->tail) & WEIR_I_CHAN_CLOSED)
        return true;
    return (peers & WEIR_I_CHAN_WAITERS) && weir_i_chan_someone(ch, sending);
}

/* The stamp of a receive is tail, of a send head: while it stays nothing has come, or gone. */
WEIR_I_FUNC bool weir_i_chan_ready(const weir_case *c, bool sending, uint64_t *stamp) {
    weir_chan *ch = weir_i_chan_of(c);
    if (ch->capacity == 1)
        return weir_i_chan_single_ready(ch, sending, stamp);
    if (ch->capacity == 0)
        return weir_i_chan_peer_ready(ch, sending, stamp);
    const uint64_t own = weir_i_chan_look(weir_i_chan_word(ch, sending));
    const uint64_t other = weir_i_chan_look(weir_i_chan_word(ch, !sending));
    *stamp = other & ~WEIR_I_CAST(uint64_t, WEIR_I_CHAN_WAITERS | WEIR_I_CHAN_SETTLED);
    if ((own | other) & WEIR_I_CHAN_CLOSED) /* only in tail */
        return true;
    return (other & WEIR_I_CHAN_WAITERS) ||
           weir_i_chan_ticket(ch, other) + (sending ? ch->lap : 0) != weir_i_chan_ticket(ch, own);
}

WEIR_I_FUNC weir_turn weir_i_chan_case_decide(weir_case *c, bool sending, weir_grip *grip) {
    weir_chan *ch = weir_i_chan_of(c);
    weir_i_ring_claim claim = {NULL, 0};
    weir_wait_node *peer = NULL;
    if (sending && ch->capacity == 0 && weir_i_chan_scattered(ch))
        return WEIR_TURN_AGAIN; /* receivers wait, and the attempt that follows gathers them */
    weir_i_chan_turn turn = ch->capacity ? weir_i_chan_decide(ch, sending, &claim)
                                         : weir_i_chan_match(ch, sending, &peer);
    grip->at = claim.slot;
    grip->ticket = claim.ticket;
    if (peer)
        grip->at = peer;
    if (turn == WEIR_I_CHAN_NONE)
        return WEIR_TURN_NONE;
    return turn == WEIR_I_CHAN_PEER ? WEIR_TURN_AGAIN : WEIR_TURN_DONE;
}

WEIR_I_FUNC void weir_i_chan_case_finish(weir_case *c, bool sending, weir_grip *grip) {
    weir_chan *ch = weir_i_chan_of(c);
    weir_i_ring_slot *slot = WEIR_I_CAST(weir_i_ring_slot *, grip->at);
    c->status = slot ? WEIR_OK : WEIR_CLOSED;
    if (!slot)
        return;
    if (ch->capacity == 0) {
        weir_i_chan_hand_over(ch, sending, c->value, WEIR_I_CAST(weir_wait_node *, grip->at));
        return;
    }
    weir_i_chan_finish(ch, sending, c->value, slot, grip->ticket);
}

WEIR_I_FUNC bool weir_i_chan_collect(weir_case *c, weir_wait_node *node) {
    (void)c;
    (void)node;
    return true; /* who claims a waiter has done what it waits for */
}

/* Before it enters: is the line of receivers to be scattered? I8 */
WEIR_I_FUNC void weir_i_chan_prepare(weir_chan *ch, bool sending) {
    if (!sending && weir_i_load(&ch->crowd, relaxed) >= WEIR_I_CHAN_CROWD &&
        !weir_i_load(&ch->served, relaxed) && !weir_i_chan_scattered(ch))
        weir_i_chan_scatter(ch);
}

/* Not at capacity 1 either: there each look takes the slot from the peer who is about to use it. */
WEIR_I_FUNC bool weir_i_chan_watched(const weir_case *c) {
    return weir_i_chan_of(c)->capacity > 1;
}

/* The functions of one direction. */
#define WEIR_I_CHAN_DIRECTION(direction, sending)                                                  \
    WEIR_I_FUNC bool weir_i_chan_attempt_##direction(weir_case *c) {                               \
        return weir_i_chan_attempt(c, sending);                                                    \
    }                                                                                              \
    WEIR_I_FUNC bool weir_i_chan_ready_##direction(const weir_case *c, uint64_t *stamp) {          \
        return weir_i_chan_ready(c, sending, stamp);                                               \
    }                                                                                              \
    WEIR_I_FUNC weir_wait_list *weir_i_chan_list_##direction(const weir_case *c) {                 \
        return weir_i_chan_place(weir_i_chan_of(c), sending, c);                                   \
    }                                                                                              \
    WEIR_I_FUNC void weir_i_chan_enter_##direction(weir_case *c, weir_wait_node *node) {           \
        node->of = c;                                                                              \
        weir_i_chan_enter(weir_i_chan_of(c), sending, node);                                       \
    }                                                                                              \
    WEIR_I_FUNC void weir_i_chan_leave_##direction(weir_case *c, weir_wait_node *node) {           \
        weir_i_chan_leave(weir_i_chan_of(c), sending, node);                                       \
    }                                                                                              \
    WEIR_I_FUNC weir_turn weir_i_chan_decide_##direction(weir_case *c, weir_grip *grip) {          \
        return weir_i_chan_case_decide(c, sending, grip);                                          \
    }                                                                                              \
    WEIR_I_FUNC void weir_i_chan_finish_##direction(weir_case *c, weir_grip *grip) {               \
        weir_i_chan_case_finish(c, sending, grip);                                                 \
    }                                                                                              \
    WEIR_I_FUNC void weir_i_chan_prepare_##direction(weir_case *c) {                               \
        weir_i_chan_prepare(weir_i_chan_of(c), sending);                                           \
    }                                                                                              \
    static const weir_selectable weir_i_chan_case_##direction                                      \
        __attribute__((unused)) = {weir_i_chan_attempt_##direction,                                \
                                   weir_i_chan_ready_##direction,                                  \
                                   weir_i_chan_list_##direction,                                   \
                                   weir_i_chan_enter_##direction,                                  \
                                   weir_i_chan_leave_##direction,                                  \
                                   weir_i_chan_collect,                                            \
                                   NULL,                                                           \
                                   weir_i_chan_decide_##direction,                                 \
                                   weir_i_chan_finish_##direction,                                 \
                                   NULL,                                                           \
                                   weir_i_chan_prepare_##direction,                                \
                                   weir_i_chan_watched}

WEIR_I_CHAN_DIRECTION(recv, false);
WEIR_I_CHAN_DIRECTION(send, true);
#undef WEIR_I_CHAN_DIRECTION

WEIR_I_END

#endif
