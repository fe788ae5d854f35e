/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan/wait.h - how a call waits at a channel: outside of the line, then in it.
 * Invariants and orders: see chan.h.
 */
#ifndef WEIR_CHAN_WAIT_H
#define WEIR_CHAN_WAIT_H

#include <weir/base/cpus.h>
#include <weir/chan/line.h>

WEIR_I_BEGIN

/* The place of a call that waits, in its own frame: what it looks at while it spins, and reads when
 * it has been served, is one cache line, the rest another. Whoever serves it fetches both at once.
 */
typedef struct weir_i_chan_seat {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_wait_node node;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_waiter waiter;
    weir_case wish;
    uint64_t small; /* a message that fits travels here, at no line of its own */
} weir_i_chan_seat;

WEIR_I_STATIC_ASSERT(offsetof(weir_i_chan_seat, waiter) - offsetof(weir_i_chan_seat, node) ==
                         WEIR_CACHE_LINE,
                     "weir: weir_i_chan_fetch_seat() takes the second line for the next");

WEIR_I_FUNC void weir_i_chan_seat_init(weir_i_chan_seat *seat, void *value, weir_status miss) {
    weir_waiter_init(&seat->waiter);
    weir_wait_node_init(&seat->node, &seat->waiter);
    seat->node.of = &seat->wish;
    seat->wish.value = value;
    seat->wish.status = miss;
}

/* The lines of a seat, if it is one, will be written soon. Nothing happens if it is gone. */
WEIR_I_FAST void weir_i_chan_fetch_seat(const weir_wait_node *node) {
    weir_i_prefetch_write(node);
    weir_i_prefetch_write((const unsigned char *)node + WEIR_CACHE_LINE);
}

/* Under the lock: one more receiver enters behind another. I8 */
WEIR_I_FUNC void weir_i_chan_crowded(weir_chan *ch) {
    const uint16_t crowd = weir_i_load(&ch->crowd, relaxed);
    if (crowd < WEIR_I_CHAN_CROWD)
        weir_i_store(&ch->crowd, WEIR_I_CAST(uint16_t, crowd + 1), relaxed);
}

/* Under the lock of the node's place: enters, or leaves. */
WEIR_I_FUNC void weir_i_chan_enter(weir_chan *ch, bool sending, weir_wait_node *node) {
    const uint64_t waiters = WEIR_I_CHAN_WAITERS;
    WEIR_I_ATOMIC(uint64_t) *met = weir_i_chan_met(ch, sending);
    if (!sending && weir_i_chan_scattered(ch)) { /* WAITERS stands, for the mark */
        node->since = weir_now();
        weir_wait_list_push(weir_i_chan_stripe_of(ch, node->of), node);
        return;
    }
    if (!sending && weir_i_wait_list_last(&ch->receivers))
        weir_i_chan_crowded(ch);
    weir_wait_list_push(weir_i_chan_line(ch, sending), node);
    if (ch->capacity == 0)
        weir_i_store(met, (weir_i_load(met, relaxed) + WEIR_I_CHAN_ARRIVAL) | waiters, relaxed);
    else
        (void)weir_i_fetch_or(weir_i_chan_word(ch, sending), waiters, relaxed);
}

WEIR_I_FUNC void weir_i_chan_leave(weir_chan *ch, bool sending, weir_wait_node *node) {
    if (!node->next)
        return;
    if (!sending && weir_i_chan_scattered(ch)) {
        weir_wait_list_remove(weir_i_chan_stripe_of(ch, node->of), node);
        return;
    }
    weir_wait_list_remove(weir_i_chan_line(ch, sending), node);
    weir_i_chan_line_left(ch, sending);
}

/* Between spinning and sleeping a call lets others run, twice: if the peer waits for this very
 * processor, it comes at once, and not after two trips through the kernel's queues. */
enum {
    WEIR_I_CHAN_YIELDS = WEIR_SPIN_MOST > 1 ? 2 : WEIR_SPIN_MOST,
    WEIR_I_CHAN_ROOMY = 32, /* slots, from which on who found it full waits for room for several */
};

/* Before anything else a call glances this often at what it waits for: so shortly that it need not
 * count as one that spins (wait.h), which costs two writes of a line that all share. */
WEIR_I_FUNC unsigned weir_i_chan_glances(void) {
    return WEIR_SPIN_MOST > 1 && !weir_wait_task_get() && weir_i_cpus() > 1 ? 32 : 0;
}

/* What waiting at a rendezvous has taught. Not in the channel: that may be gone when the wait ends
 * (I6). Channels may share a place here; it only saves time. */
enum { WEIR_I_CHAN_HABITS = 16 };
#define WEIR_I_CHAN_HABITS_INIT                                                                    \
    {                                                                                              \
        { 0, 0 }                                                                                   \
    }
WEIR_I_STATE(weir_wait_habit, weir_i_chan_habits[WEIR_I_CHAN_HABITS], WEIR_I_CHAN_HABITS_INIT);
#undef WEIR_I_CHAN_HABITS_INIT

WEIR_I_FUNC weir_wait_habit *weir_i_chan_habit(const weir_chan *ch) {
    return &weir_i_chan_habits[(uintptr_t)ch / WEIR_CACHE_LINE % WEIR_I_CHAN_HABITS];
}

/* Waits in the line that seat has entered: glances, spins, yields, sleeps. Until it knows that
 * nobody served it, it does not touch the channel. */
WEIR_I_FUNC weir_status weir_i_chan_await(weir_chan *ch, bool sending, weir_i_chan_seat *seat,
                                          weir_wait_habit *habit, weir_time deadline) {
    weir_wait_spin spin;
    bool done = weir_waiter_done(&seat->waiter);
    for (unsigned left = weir_i_chan_glances(); !done && left > 0; left--) {
        weir_i_relax();
        done = weir_waiter_done(&seat->waiter);
    }
    if (!done && !seat->waiter.task) {
        weir_wait_spin_init(&spin, habit);
        while (!done && weir_wait_spin_more(&spin))
            done = weir_waiter_done(&seat->waiter);
        weir_wait_spin_end(&spin, done);
        for (int i = 0; !done && i < WEIR_I_CHAN_YIELDS; i++) {
            weir_i_yield();
            done = weir_waiter_done(&seat->waiter);
        }
    }
    const weir_status status = done ? WEIR_OK : weir_i_waiter_sleep(&seat->waiter, deadline);
    if (status != WEIR_OK) {
        weir_wait_list *place = weir_i_chan_lock_place(ch, sending, &seat->wish);
        weir_i_chan_leave(ch, sending, &seat->node);
        weir_wait_list_unlock(place);
    }
    return seat->wish.status;
}

/* Under the lock, after the fence: takes a ticket, or says NONE if the caller may enter (I3). */
WEIR_I_FUNC weir_i_chan_turn weir_i_chan_decide(weir_chan *ch, bool sending,
                                                weir_i_ring_claim *claim) {
    const bool first = !weir_i_wait_list_last(weir_i_chan_line(ch, sending));
    const weir_i_chan_turn turn = weir_i_chan_take(ch, sending, first, claim);
    const bool behind = !first && (turn == WEIR_I_CHAN_PEER || turn == WEIR_I_CHAN_LINE);
    return behind ? WEIR_I_CHAN_NONE : turn;
}

/* Enters the line and says NONE, if there still is a reason to wait. */
WEIR_I_FUNC weir_i_chan_turn weir_i_chan_line_up(weir_chan *ch, bool sending,
                                                 weir_i_chan_seat *seat, weir_i_ring_claim *claim) {
    weir_wait_list *place = weir_i_chan_lock_place(ch, sending, &seat->wish);
    weir_wait_fence(); /* O7 */
    const weir_i_chan_turn turn = weir_i_chan_decide(ch, sending, claim);
    if (turn == WEIR_I_CHAN_NONE)
        weir_i_chan_enter(ch, sending, &seat->node);
    weir_wait_list_unlock(place);
    return turn;
}

/* Takes a ticket, if need be after spinning a while outside of the line: at the slot alone, which
 * the peer writes once, and not at the words, which it needs for itself. */
WEIR_I_FUNC weir_i_chan_turn weir_i_chan_take_soon(weir_chan *ch, bool sending,
                                                   weir_i_ring_claim *claim) {
    weir_wait_spin spin;
    const uint64_t word = weir_i_load(weir_i_chan_word(ch, sending), relaxed);
    const uint64_t t = weir_i_chan_ticket(ch, word);
    const uint64_t ready = t + (sending ? 0 : ch->cell.stride);
    weir_i_ring_slot *slot = weir_i_chan_slot_at(ch, t);
    uint64_t seq = weir_i_load(&slot->seq, relaxed);
    if (!(word & WEIR_I_CHAN_FLAGS)) {
        for (unsigned left = weir_i_chan_glances(); seq != ready && left > 0; left--) {
            weir_i_relax();
            seq = weir_i_load(&slot->seq, relaxed);
        }
    }
    if (sending &&
        ch->capacity >= WEIR_I_CHAN_ROOMY) /* for a batch, not for the line of one slot */
        weir_i_stand_back();
    const weir_i_chan_turn turn = weir_i_chan_take(ch, sending, false, claim);
    if (turn != WEIR_I_CHAN_NONE || weir_wait_task_get()) /* a task does not keep its thread */
        return turn;
    weir_wait_spin_init(&spin, sending ? &ch->sending : &ch->receiving);
    bool changed = false;
    while (!changed && weir_wait_spin_more(&spin))
        changed = weir_i_load(&slot->seq, relaxed) != seq;
    weir_wait_spin_end(&spin, changed);
    for (int i = 0; !changed && i < WEIR_I_CHAN_YIELDS; i++) {
        weir_i_yield();
        changed = weir_i_load(&slot->seq, relaxed) != seq;
    }
    return weir_i_chan_take(ch, sending, false, claim);
}

WEIR_I_END

#endif
