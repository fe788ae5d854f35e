/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan/line.h - those who wait on one side of a channel, and how they are served.
 * Invariants and orders: see chan.h.
 */
#ifndef WEIR_CHAN_LINE_H
#define WEIR_CHAN_LINE_H

#include <weir/chan/stripe.h>

WEIR_I_BEGIN

/* The lock of a side's line: a rendezvous has one for both. */
WEIR_I_FUNC weir_wait_list *weir_i_chan_lock_of(weir_chan *ch, bool sending) {
    return weir_i_chan_line(ch, sending && ch->capacity != 0);
}

/* Under the lock: takes WAITERS away if nobody waits any more. */
WEIR_I_FUNC void weir_i_chan_line_left(weir_chan *ch, bool sending) {
    const uint64_t others = ~WEIR_I_CAST(uint64_t, WEIR_I_CHAN_WAITERS);
    WEIR_I_ATOMIC(uint64_t) *met = weir_i_chan_met(ch, sending);
    if (weir_i_wait_list_last(weir_i_chan_line(ch, sending)))
        return;
    if (ch->capacity == 0)
        weir_i_store(met, weir_i_load(met, relaxed) & others, relaxed);
    else
        (void)weir_i_fetch_and(weir_i_chan_word(ch, sending), others, relaxed);
}

/* For whoever serves a line, or adds to it a sender: receivers do not stand in stripes then. */
WEIR_I_SLOW void weir_i_chan_lock(weir_chan *ch, bool sending) {
    weir_wait_list *lock = weir_i_chan_lock_of(ch, sending);
    weir_wait_list_lock(lock);
    if (lock == &ch->receivers && !weir_i_load(&ch->served, relaxed)) {
        weir_i_store(&ch->served, true, relaxed);
        if (weir_i_chan_scattered(ch)) {
            weir_i_chan_gather(ch);
            weir_i_chan_line_left(ch, false);
        }
    }
}

WEIR_I_SLOW void weir_i_chan_unlock(weir_chan *ch, bool sending) {
    weir_wait_list_unlock(weir_i_chan_lock_of(ch, sending));
}

/* The list whose lock a call needs to look, to enter and to leave; `at` is its case. */
WEIR_I_FUNC weir_wait_list *weir_i_chan_place(weir_chan *ch, bool sending, const weir_case *at) {
    if (!sending && weir_i_chan_scattered(ch))
        return weir_i_chan_stripe_of(ch, at);
    return weir_i_chan_lock_of(ch, sending);
}

/* Locks that list, and returns it. */
WEIR_I_SLOW weir_wait_list *weir_i_chan_lock_place(weir_chan *ch, bool sending, weir_case *at) {
    weir_wait_list *place = weir_i_chan_lock_of(ch, sending);
    if (sending) {
        weir_i_chan_lock(ch, true);
        return place;
    }
    for (;;) {
        place = weir_i_chan_place(ch, false, at);
        weir_wait_list_lock(place);
        if (place == weir_i_chan_place(ch, false, at))
            return place;
        weir_wait_list_unlock(place);
    }
}

/* Between a slot that the caller has taken and a variable; NULL discards. */
WEIR_I_FUNC void weir_i_chan_copy(const weir_chan *ch, bool sending, weir_i_ring_slot *slot,
                                  void *value) {
    unsigned char *element = (unsigned char *)slot + ch->cell.offset;
    if (sending)
        weir_i_copy(element, value, ch->cell.size);
    else if (value)
        weir_i_copy(value, element, ch->cell.size);
}

/* Ends a ticket. Not inlined: one access, one order. */
WEIR_I_SLOW void weir_i_chan_set(const weir_chan *ch, weir_i_ring_slot *slot, uint64_t seq) {
    if (ch->capacity == 1)
        (void)weir_i_exchange(&slot->seq, seq, seq_cst); /* O12 */
    else
        weir_i_store(&slot->seq, seq, release); /* O1, O3 */
}

/* What seq shows once the holder of a ticket is done. */
WEIR_I_FUNC uint64_t weir_i_chan_done(const weir_chan *ch, bool sending, uint64_t ticket) {
    return ticket + (sending ? ch->cell.stride : ch->lap);
}

/* Under the lock: who is first now can be served; or WEIR_I_CHAN_END, or another reason not to. */
WEIR_I_FUNC weir_i_chan_turn weir_i_chan_peek(weir_chan *ch, bool sending) {
    const uint64_t seen = weir_i_load(weir_i_chan_word(ch, sending), relaxed);
    const uint64_t t = weir_i_chan_ticket(ch, seen);
    const uint64_t seq = weir_i_load(&weir_i_chan_slot_at(ch, t)->seq, relaxed);
    if (sending && (seen & WEIR_I_CHAN_CLOSED))
        return WEIR_I_CHAN_END;
    if (seq == t + (sending ? 0 : ch->cell.stride))
        return WEIR_I_CHAN_LINE;
    return weir_i_chan_why_not(ch, sending, t, seq);
}

/* Under the lock: does what the claimed waiter of node waits for, or tells it that it is closed. */
WEIR_I_FUNC bool weir_i_chan_grant(weir_chan *ch, bool sending, weir_wait_node *node) {
    weir_case *c = WEIR_I_CAST(weir_case *, node->of);
    weir_i_ring_claim claim = {NULL, 0};
    if (weir_i_chan_take(ch, sending, true, &claim) != WEIR_I_CHAN_TAKEN) {
        c->status = WEIR_CLOSED;
        return false;
    }
    weir_i_chan_copy(ch, sending, claim.slot, c->value);
    weir_i_chan_set(ch, claim.slot, weir_i_chan_done(ch, sending, claim.ticket));
    c->status = WEIR_OK;
    return true;
}

/* Under the lock: serves the line while there is something to give, and puts those served at *end,
 * to be released without the lock. Returns whether a ticket was taken: the other line may want to
 * know. */
WEIR_I_SLOW bool weir_i_chan_serve(weir_chan *ch, bool sending, weir_wait_node **end) {
    weir_wait_list *line = weir_i_chan_line(ch, sending);
    bool moved = false;
    weir_wait_node *node;
    while ((node = weir_wait_list_first(line)) != NULL) {
        const weir_i_chan_turn turn = weir_i_chan_peek(ch, sending);
        if (turn != WEIR_I_CHAN_LINE && turn != WEIR_I_CHAN_END)
            return moved;
        weir_wait_list_remove(line, node);
        if (!weir_wait_claim(node))
            continue;
        if (weir_i_chan_grant(ch, sending, node))
            moved = true;
        *end = node;
        end = &node->prev;
    }
    weir_i_chan_line_left(ch, sending);
    return moved;
}

/* Serves a line, then the other if that made it possible, and so on. The caller is in charge (I4)
 * and publishes its own slot under the lock, unless slot is NULL. */
WEIR_I_SLOW void weir_i_chan_take_charge(weir_chan *ch, bool sending, weir_i_ring_slot *slot,
                                         uint64_t seq) {
    bool more = true;
    weir_wait_node *served = NULL; /* nobody is let go before the last access to the channel */
    weir_wait_node **end = &served;
    while (more) {
        weir_i_chan_lock(ch, sending);
        if (slot)
            weir_i_chan_set(ch, slot, seq);
        slot = NULL;
        more = weir_i_chan_serve(ch, sending, end) &&
               weir_i_load(&weir_i_chan_line(ch, !sending)->word, seq_cst) != 0; /* O6 */
        weir_i_chan_unlock(ch, sending);
        while (*end)
            end = &(*end)->prev;
        sending = !sending;
    }
    weir_wait_release_all(served);
}

/* Does anybody wait on that side, or enter? After a ticket of the other side was taken. */
WEIR_I_FAST bool weir_i_chan_waited_for(weir_chan *ch, bool sending) {
    return weir_i_load(&weir_i_chan_line(ch, sending)->word, seq_cst) != 0; /* O6 */
}

/* Ends the caller's ticket: who waits on the other side is served, if somebody does. Not at
 * capacity 1. */
WEIR_I_FAST void weir_i_chan_publish(weir_chan *ch, bool sending, weir_i_ring_slot *slot,
                                     uint64_t seq) {
    if (WEIR_I_UNLIKELY(weir_i_chan_waited_for(ch, !sending)))
        weir_i_chan_take_charge(ch, !sending, slot, seq);
    else
        weir_i_store(&slot->seq, seq, release); /* O1, O3 */
}

WEIR_I_END

#endif
