/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan/rendezvous.h - channels of capacity 0: who comes finds a peer or enters (I5 of chan.h).
 */
#ifndef WEIR_CHAN_RENDEZVOUS_H
#define WEIR_CHAN_RENDEZVOUS_H

#include <weir/chan/wait.h>

WEIR_I_BEGIN

/* Under the lock: claims the first who waits on the other side, or says NONE or END. */
WEIR_I_FUNC weir_i_chan_turn weir_i_chan_match(weir_chan *ch, bool sending, weir_wait_node **peer) {
    weir_wait_list *line = weir_i_chan_line(ch, !sending);
    if (weir_i_load(&ch->tail, relaxed) & WEIR_I_CHAN_CLOSED)
        return WEIR_I_CHAN_END;
    if (!weir_i_wait_list_last(line))
        return WEIR_I_CHAN_NONE;
    weir_i_chan_fetch_seat(weir_i_wait_list_last(line)); /* one waits alone, mostly */
    *peer = weir_wait_list_claim(line);
    weir_i_chan_line_left(ch, !sending);
    if (*peer && (*peer)->twin) /* who waits on the caller's side, too */
        weir_i_chan_leave(ch, sending, (*peer)->twin);
    return *peer ? WEIR_I_CHAN_TAKEN : WEIR_I_CHAN_NONE;
}

/* Without the lock: the message goes from frame to frame, and the peer on its way. */
WEIR_I_FUNC void weir_i_chan_hand_over(const weir_chan *ch, bool sending, void *value,
                                       weir_wait_node *peer) {
    weir_case *other = WEIR_I_CAST(weir_case *, peer->of);
    void *to = sending ? other->value : value;
    if (to)
        weir_i_copy(to, sending ? value : other->value, ch->cell.size);
    other->status = WEIR_OK;
    weir_wait_release(peer->waiter);
}

/* Without the lock: could a peer be there, or the end? False: not at one instant. */
WEIR_I_FUNC bool weir_i_chan_may_meet(weir_chan *ch, bool sending) {
    const uint64_t peers = weir_i_chan_look(weir_i_chan_met(ch, !sending));
    return (peers & WEIR_I_CHAN_WAITERS) || (weir_i_chan_look(&ch->tail) & WEIR_I_CHAN_CLOSED);
}

/* A small message goes to the seat, or comes from there. */
WEIR_I_FUNC bool weir_i_chan_seat_small(weir_i_chan_seat *seat, bool sending, const void *value,
                                        size_t size) {
    if (!value || size > sizeof seat->small)
        return false;
    seat->wish.value = &seat->small;
    if (sending)
        weir_i_copy(&seat->small, value, size);
    return true;
}

/* With the lock of its place: enters, and waits without it. The seat's status says how to miss. */
WEIR_I_FUNC weir_status weir_i_chan_wait_to_meet(weir_chan *ch, bool sending, weir_wait_list *place,
                                                 weir_i_chan_seat *seat, void *value,
                                                 weir_time deadline) {
    const size_t size = ch->cell.size; /* afterwards the channel may be gone: I6 */
    weir_i_chan_seat_init(seat, value, seat->wish.status);
    const bool small = weir_i_chan_seat_small(seat, sending, value, size);
    weir_i_chan_enter(ch, sending, &seat->node);
    weir_wait_list_unlock(place);
    const weir_status status =
        weir_i_chan_await(ch, sending, seat, weir_i_chan_habit(ch), deadline);
    weir_i_chan_fetch_seat(&seat->node); /* the next call's will be in the same place, mostly */
    if (small && !sending && status == WEIR_OK)
        weir_i_copy(value, &seat->small, size);
    return status;
}

#if !WEIR_EXPLORE
/* Where the thread met its last peer: mostly it will stand there again. No more than a guess at
 * what to fetch while the lock's line is still on its way; a number, since nobody looks there. */
WEIR_I_STATE(__thread uintptr_t, weir_i_chan_last_peer, 0);
#endif

WEIR_I_FAST void weir_i_chan_expect_peer(void) {
#if !WEIR_EXPLORE
    if (weir_i_chan_last_peer)
        weir_i_chan_fetch_seat((const weir_wait_node *)weir_i_chan_last_peer);
#endif
}

WEIR_I_FAST void weir_i_chan_remember_peer(const weir_wait_node *peer) {
#if WEIR_EXPLORE
    (void)peer;
#else
    weir_i_chan_last_peer = (uintptr_t)peer;
#endif
}

WEIR_I_FUNC weir_status weir_i_chan_meet(weir_chan *ch, bool sending, void *value,
                                         weir_time deadline, weir_status miss) {
    weir_i_chan_seat seat;
    weir_wait_node *peer = NULL;
    if (deadline == WEIR_NOW && !weir_i_chan_may_meet(ch, sending))
        return miss;
    weir_i_prefetch_write(weir_i_chan_lock_of(ch, sending));
    weir_i_chan_expect_peer();
    weir_wait_list *place = weir_i_chan_lock_place(ch, sending, &seat.wish);
    const weir_i_chan_turn turn = weir_i_chan_match(ch, sending, &peer);
    if (turn == WEIR_I_CHAN_NONE && deadline != WEIR_NOW) {
        seat.wish.status = miss;
        return weir_i_chan_wait_to_meet(ch, sending, place, &seat, value, deadline);
    }
    weir_wait_list_unlock(place);
    if (turn != WEIR_I_CHAN_TAKEN)
        return turn == WEIR_I_CHAN_END ? WEIR_CLOSED : miss;
    weir_i_chan_remember_peer(peer);
    weir_i_chan_hand_over(ch, sending, value, peer);
    return WEIR_OK;
}

WEIR_I_END

#endif
