/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan/message.h - sends and receives, of one message and of many.
 * Invariants and orders: see chan.h.
 */
#ifndef WEIR_CHAN_MESSAGE_H
#define WEIR_CHAN_MESSAGE_H

#include <weir/chan/rendezvous.h>

WEIR_I_BEGIN

/* -- one message ------------------------------------------------------------------------------ */

/* Go's nil channel. */
WEIR_I_SLOW weir_status weir_i_chan_never(weir_time deadline, weir_status miss) {
    weir_waiter waiter;
    weir_waiter_init(&waiter);
    if (deadline != WEIR_NOW)
        (void)weir_i_waiter_sleep(&waiter, deadline);
    return miss;
}

/* Uses and ends the caller's ticket. */
WEIR_I_SLOW void weir_i_chan_finish(weir_chan *ch, bool sending, void *value,
                                    weir_i_ring_slot *slot, uint64_t ticket) {
    const uint64_t seq = weir_i_chan_done(ch, sending, ticket);
    weir_i_chan_copy(ch, sending, slot, value);
    if (weir_i_chan_waited_for(ch, !sending))
        weir_i_chan_take_charge(ch, !sending, slot, seq);
    else
        weir_i_chan_set(ch, slot, seq);
}

/* What the fast path does not meet. miss: what to say when time is up. */
WEIR_I_SLOW weir_status weir_i_chan_slow(weir_chan *ch, bool sending, void *value,
                                         weir_time deadline, weir_status miss) {
    const bool waits = deadline != WEIR_NOW;
    weir_i_ring_claim claim = {NULL, 0};
    weir_i_chan_seat seat;
    weir_i_chan_check(ch);
    if (!ch)
        return weir_i_chan_never(deadline, miss);
    if (ch->capacity == 0)
        return weir_i_chan_meet(ch, sending, value, deadline, miss);
    for (unsigned times = 0;; times++) {
        weir_i_chan_turn turn = waits ? weir_i_chan_take_soon(ch, sending, &claim)
                                      : weir_i_chan_take(ch, sending, false, &claim);
        if (turn == WEIR_I_CHAN_NONE && !waits)
            return miss;
        if (turn == WEIR_I_CHAN_NONE || (turn == WEIR_I_CHAN_LINE && waits)) {
            weir_i_chan_seat_init(&seat, value, miss);
            turn = weir_i_chan_line_up(ch, sending, &seat, &claim);
            if (turn == WEIR_I_CHAN_NONE)
                return weir_i_chan_await(ch, sending, &seat, weir_i_chan_habit(ch), deadline);
        }
        if (turn == WEIR_I_CHAN_END)
            return WEIR_CLOSED;
        if (turn == WEIR_I_CHAN_TAKEN)
            break;
        weir_i_step_aside(times);
    }
    weir_i_chan_finish(ch, sending, value, claim.slot, claim.ticket);
    return WEIR_OK;
}

WEIR_I_FAST bool weir_i_chan_send_now(weir_chan *ch, const void *value, weir_i_ring_cell cell) {
    uint64_t t = weir_i_load(&ch->tail, relaxed);
    const uint64_t filled = t + cell.stride;
    weir_i_ring_slot *slot = weir_i_chan_slot_at(ch, t);
    const uint64_t seq = weir_i_load(&slot->seq, acquire); /* O4 */
    if (WEIR_I_UNLIKELY(seq != t) || WEIR_I_UNLIKELY(!weir_i_compare_exchange_weak(
                                         &ch->tail, &t, filled, seq_cst, relaxed))) /* O5 */
        return false;
    weir_i_copy((unsigned char *)slot + cell.offset, value, cell.size);
    weir_i_chan_publish(ch, true, slot, filled);
    return true;
}

WEIR_I_FAST bool weir_i_chan_recv_now(weir_chan *ch, void *out, weir_i_ring_cell cell) {
    const uint64_t first = weir_i_load(&ch->head, relaxed);
    const uint64_t filled = first + cell.stride;
    uint64_t t = first;
    weir_i_ring_slot *slot = weir_i_chan_slot_at(ch, t);
    const uint64_t seq = weir_i_load(&slot->seq, acquire); /* O2 */
    if (WEIR_I_UNLIKELY(seq != filled) || WEIR_I_UNLIKELY(!weir_i_compare_exchange_weak(
                                              &ch->head, &t, filled, seq_cst, relaxed))) /* O5 */
        return false;
    if (out)
        weir_i_copy(out, (unsigned char *)slot + cell.offset, cell.size);
    weir_i_chan_publish(ch, false, slot, first + ch->lap);
    return true;
}

/* The two calls under all others. miss: what a call says that did not get it by its deadline. */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_i_chan_send(weir_chan *ch, const void *value,
                                                          weir_i_ring_cell cell, weir_time deadline,
                                                          weir_status miss) {
    weir_i_chan_check(ch);
    if (WEIR_I_LIKELY(ch != NULL) && WEIR_I_LIKELY(weir_i_chan_send_now(ch, value, cell)))
        return WEIR_OK;
    return weir_i_chan_slow(ch, true, (void *)(uintptr_t)value, deadline, miss);
}

WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_i_chan_recv(weir_chan *ch, void *out,
                                                          weir_i_ring_cell cell, weir_time deadline,
                                                          weir_status miss) {
    weir_i_chan_check(ch);
    if (WEIR_I_LIKELY(ch != NULL) && WEIR_I_LIKELY(weir_i_chan_recv_now(ch, out, cell)))
        return WEIR_OK;
    return weir_i_chan_slow(ch, false, out, deadline, miss);
}

/* -- batches ---------------------------------------------------------------------------------- */

/* Takes tickets for up to n ready slots in a row by one compare-and-swap. Returns how many; *first
 * is the first. 0: see the slow path. */
WEIR_I_SLOW size_t weir_i_chan_take_n(weir_chan *ch, bool sending, size_t n,
                                      weir_i_ring_claim *first) {
    WEIR_I_ATOMIC(uint64_t) *word = weir_i_chan_word(ch, sending);
    const size_t stride = ch->cell.stride;
    const uint64_t ready = sending ? 0 : stride;
    uint64_t seen = weir_i_load(word, relaxed);
    const uint64_t start = weir_i_chan_ticket(ch, seen);
    uint64_t t = start;
    uint64_t end = seen;
    size_t count = 0;
    if (seen & WEIR_I_CHAN_FLAGS)
        return 0;
    for (; count < n; count++) {
        weir_i_ring_slot *slot = weir_i_chan_slot_at(ch, t);
        if (weir_i_load(&slot->seq, acquire) != t + ready) /* O2, O4 */
            break;
        if (count == 0)
            first->slot = slot;
        end = t + stride;
        t = weir_i_chan_ticket(ch, end);
    }
    first->ticket = start;
    if (count > 0 && !weir_i_compare_exchange_strong(word, &seen, end, seq_cst, relaxed)) /* O5 */
        return 0;
    return count;
}

/* Moves up to n elements that need no waiting. One look at the other line for all of them; if
 * somebody stands there the last one is published under the lock, and serves for all. */
WEIR_I_FUNC size_t weir_i_chan_move_n(weir_chan *ch, bool sending, unsigned char *values,
                                      size_t n) {
    weir_i_ring_claim claim = {NULL, 0};
    const size_t count = weir_i_chan_take_n(ch, sending, n, &claim);
    const size_t size = ch->cell.size;
    uint64_t t = claim.ticket;
    for (size_t i = 0; i < count; i++) {
        weir_i_ring_slot *slot = weir_i_chan_slot_at(ch, t);
        if (i + 1 == count) {
            weir_i_chan_finish(ch, sending, values, slot, t);
            break;
        }
        weir_i_chan_copy(ch, sending, slot, values);
        if (values)
            values += size;
        weir_i_store(&slot->seq, weir_i_chan_done(ch, sending, t), release); /* O1, O3 */
        t = weir_i_chan_ticket(ch, t + ch->cell.stride);
    }
    return count;
}

/* Moves up to n elements, and waits until `least` have gone. */
WEIR_I_FUNC weir_status weir_i_chan_batch(weir_chan *ch, bool sending, void *values, size_t n,
                                          size_t least, size_t *went, weir_time deadline,
                                          weir_status miss) {
    const size_t size = ch ? ch->cell.size : 0;
    unsigned char *next = WEIR_I_CAST(unsigned char *, values);
    size_t done = 0;
    weir_status status = WEIR_OK;
    weir_i_chan_check(ch);
    while (done < n && status == WEIR_OK) {
        size_t moved = ch && ch->capacity ? weir_i_chan_move_n(ch, sending, next, n - done) : 0;
        if (moved == 0) {
            status = weir_i_chan_slow(ch, sending, next, done < least ? deadline : WEIR_NOW, miss);
            moved = status == WEIR_OK;
        }
        done += moved;
        if (moved && next)
            next += moved * size;
    }
    if (went)
        *went = done;
    return done >= least ? WEIR_OK : status;
}

WEIR_I_END

#endif
