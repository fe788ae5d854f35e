/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.h - Go's channels between threads: bounded queues and rendezvous that block, time out, close
 * and stand in a select.
 *
 * Do this:
 *   WEIR_CHAN(jobs, struct job)
 *   jobs ch;
 *   if (jobs_init(&ch, 100) != WEIR_OK) ...;            // 0: a rendezvous
 *   if (jobs_send(&ch, job) == WEIR_CLOSED) ...;         // any thread; waits while full
 *   while (jobs_recv(&ch, &job) == WEIR_OK) ...;         // to the end: closed and drained
 *   jobs_close(&ch);  jobs_destroy(&ch);
 *
 * Guarantees
 *   Each message is received once or still in the channel. A send that said WEIR_OK is never lost,
 *   whatever close does; one that failed left the value with its caller. Messages come in the order
 *   in which they were sent. Who waits is served in order of arrival, and before anybody who does
 *   not wait yet; a waiting receiver gets its message into its own variable.
 *   try_ forms say WEIR_AGAIN only if at one instant within the call the channel was neither ready
 *   nor closed. They may wait for a peer that is inside its copy, hands over to a waiter or enters
 *   a line, and for nothing else: while nobody waits they are lock-free but for the copy.
 *   A send happens before the receive of its message returns; close before a receive that says
 *   WEIR_CLOSED; the k-th receive before the send of message k + capacity returns.
 *   Memory: capacity * (8 + the element's size, each rounded up to its alignment and to 8), plus 8.
 *   Any number of threads may be in any calls at once, but init and destroy. Who got the last
 *   message, or was told WEIR_CLOSED, or whose send to a rendezvous said WEIR_OK, may destroy the
 *   channel at once, although the peer's call has not returned, if no other call is under way.
 *   No call is for signal handlers. A child of fork() may use what no other thread was using.
 *
 * Invariants. Slots and tickets are those of ring.h; the low three bits of tail and head are flags,
 * which make a ticket fit no slot, and so lead into the slow path. I1 CLOSED is set in tail once,
 * and after it tail gives no ticket: who got one is ordered before close. I2 a line (the list of
 * those who wait on one side) is not empty, or its lock is held, if WAITERS stands in its side's
 * ticket word; while it stands only the holder of the line's lock moves that word. I3 the first of
 * a line entered it when, with the line locked, the channel was full (empty) and open. So whoever
 * takes a ticket on the other side later looks at the line's word after that, finds it not zero,
 * and serves the line: it is in charge. Those behind the first may enter at any time. I4 who is in
 * charge publishes under the line's lock, then moves messages between slots and the frames of the
 * waiters, first come, first served. Who gets no ticket because somebody in charge has not finished
 * waits for that one, not in the line. I5 rendezvous: both lines are under the lock of `receivers`,
 * at most one holds waiters that can be claimed by others; tail and head count the arrivals of
 * senders and receivers, and carry the flags. I6 the last access of a call to the channel comes
 * before it publishes, releases or unlocks what lets the peer return.
 *
 * I7 capacity 1: the words stand at the gate, so all calls take the slow path; there a send is done
 * when it stores seq, and so is a receive: full, or empty, is a slot with nobody inside, and who
 * tries need not look at the other side's ticket, which that side is about to write.
 *
 * Orders
 *   O1 a sender stores seq, release: the message.  O2 a receiver loads seq, acquire.
 *   O3 a receiver stores seq, release: its copy is done.  O4 a sender loads seq, acquire.
 *   O5 a ticket is taken, seq_cst, before O6 the other line's word is loaded, seq_cst. Against it:
 *      a line is locked, weir_wait_fence(), then O7 the other side's ticket word is loaded. One of
 *      both sees the other: no wake-up is lost.
 *   O7 a ticket word is looked at, seq_cst: full and empty are exact, whatever other channels say.
 *   O8 close sets CLOSED, seq_cst, then O6. Read by O7, and by O9, acquire: what came before close.
 *   O10 close says that it is done, release.  O11 destroy waits for that, acquire.
 *   O12 I7: seq is exchanged, seq_cst, in the place of O1 and O3, and looked at by O7. Between two
 *      looks that find the same: O13 the other line is empty, acquire, and O14 close has not begun,
 *      seq_cst, which it says, seq_cst, before it does anything else.
 *
 * Not for: queues where nobody waits (ring.h is smaller), one producer and one consumer (spsc.h).
 * Override: WEIR_CACHE_LINE, WEIR_SPIN_MOST.
 * Source: the rules are those of Go's runtime/chan.go; the ring D. Vyukov's; the closed bit in the
 * ticket crossbeam's. Different here: no lock until somebody has to wait, and then a line that
 * stops the fast path, so that nobody is overtaken.
 */
#ifndef WEIR_CHAN_H
#define WEIR_CHAN_H

#include <weir/base/alloc.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/cpus.h>
#include <weir/ring.h>
#include <weir/wait.h>

WEIR_I_BEGIN

/* The raw channel: elements of a size known at run time. Fields are private. */
typedef struct weir_chan {
    /* Never written after init: shared by all cores. */
    unsigned char *slots;
    uint64_t mask;   /* of the offset in a ticket word */
    uint64_t lap;    /* the distance of two tickets for one slot */
    uint64_t gate;   /* the offset behind the last slot */
    size_t capacity; /* 0: a rendezvous */
    weir_i_ring_cell cell;
    weir_allocator allocator; /* without free: the memory is the caller's */
    weir_i_ring_slot nothing; /* the gate of a rendezvous, all it has */
    /* Each on lines of its own: senders write the one, receivers the other, who waits the third. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) tail;
    weir_wait_habit sending;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) head;
    weir_wait_habit receiving;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_wait_list receivers; /* I2 */
    weir_wait_list senders;
    WEIR_I_ATOMIC(bool) closing; /* O14 */
} weir_chan;

WEIR_I_STATIC_ASSERT(offsetof(weir_chan, head) - offsetof(weir_chan, tail) >= WEIR_CACHE_LINE &&
                         offsetof(weir_chan, receivers) - offsetof(weir_chan, head) >=
                             WEIR_CACHE_LINE,
                     "weir: two sides of a channel share a cache line");

/* The flags in tail and head. */
enum {
    WEIR_I_CHAN_CLOSED = 1,  /* tail: I1 */
    WEIR_I_CHAN_SETTLED = 2, /* tail: close has done what it does (O10) */
    WEIR_I_CHAN_WAITERS = 4, /* I2 */
    WEIR_I_CHAN_FLAGS = 7,
    WEIR_I_CHAN_ARRIVAL = 8 /* a unit of a rendezvous's counts */
};

/* -- tickets ---------------------------------------------------------------------------------- */

WEIR_I_FAST weir_i_ring_slot *weir_i_chan_slot_at(const weir_chan *ch, uint64_t word) {
    return (weir_i_ring_slot *)(void *)(ch->slots + (word & ch->mask));
}

/* The ticket in a word, past the gate. */
WEIR_I_FAST uint64_t weir_i_chan_ticket(const weir_chan *ch, uint64_t word) {
    const uint64_t t = word & ~WEIR_I_CAST(uint64_t, WEIR_I_CHAN_FLAGS);
    return (t & ch->mask) == ch->gate ? t - ch->gate + ch->lap : t;
}

WEIR_I_FAST WEIR_I_ATOMIC(uint64_t) *weir_i_chan_word(weir_chan *ch, bool sending) {
    return sending ? &ch->tail : &ch->head;
}

/* Where those wait who send, or receive. */
WEIR_I_FAST weir_wait_list *weir_i_chan_line(weir_chan *ch, bool sending) {
    return sending ? &ch->senders : &ch->receivers;
}

/* What a try for a ticket can come to. */
typedef enum weir_i_chan_turn {
    WEIR_I_CHAN_TAKEN, /* the slot is the caller's */
    WEIR_I_CHAN_END,   /* closed; for a receiver: and drained */
    WEIR_I_CHAN_NONE,  /* full, or empty, at one instant */
    WEIR_I_CHAN_PEER,  /* neither, but a peer has not finished */
    WEIR_I_CHAN_LINE   /* a slot is ready, but others wait for it */
} weir_i_chan_turn;

/* Every look at a ticket word, or for I7 at the slot, on which an answer rests. Not inlined: one
 * access, one order. */
WEIR_I_SLOW uint64_t weir_i_chan_look(WEIR_I_ATOMIC(uint64_t) *word) {
    return weir_i_load(word, seq_cst); /* O7 */
}

/* At capacity 1: is somebody inside the slot of ticket t, which is not ready for it and whose seq
 * was seen? I7 */
WEIR_I_FAST bool weir_i_chan_inside(const weir_chan *ch, bool sending, uint64_t t, uint64_t seq) {
    return ch->capacity == 1 && seq != t + (sending ? ch->cell.stride - ch->lap : 0);
}

/* The slot of ticket t, the caller's side's next, is not ready: is the channel full (empty), or is
 * a peer inside its copy, or in charge of the other line? The caller has looked at its own word
 * first: that cannot have left t if the other one makes it full (empty) now. So there was one
 * instant. */
WEIR_I_SLOW weir_i_chan_turn weir_i_chan_why_not(weir_chan *ch, bool sending, uint64_t t,
                                                 uint64_t seq) {
    const uint64_t other = weir_i_chan_look(weir_i_chan_word(ch, !sending));
    if (weir_i_chan_ticket(ch, other) + (sending ? ch->lap : 0) != t)
        return WEIR_I_CHAN_PEER;
    if (!sending && (other & WEIR_I_CHAN_CLOSED))
        return WEIR_I_CHAN_END;
    if (weir_i_chan_inside(ch, sending, t, seq))
        return WEIR_I_CHAN_PEER;
    return other & WEIR_I_CHAN_WAITERS ? WEIR_I_CHAN_PEER : WEIR_I_CHAN_NONE;
}

/* At capacity 1, the slot being as seen: full (empty), and nobody waits on the other side, and the
 * channel is open, at one instant? False: it may be. I7 */
WEIR_I_FUNC bool weir_i_chan_rests(weir_chan *ch, bool sending, uint64_t t, uint64_t seq) {
    weir_i_ring_slot *slot = weir_i_chan_slot_at(ch, t);
    return ch->capacity == 1 && !weir_i_chan_inside(ch, sending, t, seq) &&
           weir_i_load(&weir_i_chan_line(ch, !sending)->word, acquire) == 0 && /* O13, LB */
           !weir_i_load(&ch->closing, seq_cst) &&                              /* O14 */
           weir_i_chan_look(&slot->seq) == seq;
}

/* Takes a ticket. first: the caller has locked its side's line and nobody, or only whom it serves,
 * is in it; then WAITERS need not be minded. */
WEIR_I_SLOW weir_i_chan_turn weir_i_chan_take(weir_chan *ch, bool sending, bool first,
                                              weir_i_ring_claim *claim) {
    WEIR_I_ATOMIC(uint64_t) *word = weir_i_chan_word(ch, sending);
    const uint64_t ready = sending ? 0 : ch->cell.stride;
    for (;;) {
        uint64_t seen = weir_i_chan_look(word);
        const uint64_t t = weir_i_chan_ticket(ch, seen);
        const uint64_t waiters = seen & WEIR_I_CHAN_WAITERS;
        weir_i_ring_slot *slot = weir_i_chan_slot_at(ch, t);
        const uint64_t seq = weir_i_load(&slot->seq, acquire); /* O2, O4 */
        if (sending && (seen & WEIR_I_CHAN_CLOSED))
            return WEIR_I_CHAN_END;
        if (seq == t + ready) {
            if (waiters && !first)
                return WEIR_I_CHAN_LINE;
            if (weir_i_compare_exchange_weak(word, &seen, (t + ch->cell.stride) | waiters, seq_cst,
                                             relaxed)) { /* O5 */
                claim->slot = slot;
                claim->ticket = t;
                return WEIR_I_CHAN_TAKEN;
            }
            weir_i_relax(); /* let the winner get on */
        } else if (weir_i_ring_behind(seq, t + ready)) {
            if (!first && weir_i_chan_rests(ch, sending, t, seq))
                return WEIR_I_CHAN_NONE;
            return weir_i_chan_why_not(ch, sending, t, seq);
        }
    }
}

/* -- the line --------------------------------------------------------------------------------- */

/* The lock of a side's line: a rendezvous has one for both. */
WEIR_I_FUNC weir_wait_list *weir_i_chan_lock_of(weir_chan *ch, bool sending) {
    return weir_i_chan_line(ch, sending && ch->capacity != 0);
}

WEIR_I_SLOW void weir_i_chan_lock(weir_chan *ch, bool sending) {
    weir_wait_list_lock(weir_i_chan_lock_of(ch, sending));
}

WEIR_I_SLOW void weir_i_chan_unlock(weir_chan *ch, bool sending) {
    weir_wait_list_unlock(weir_i_chan_lock_of(ch, sending));
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

/* Under the lock: takes WAITERS away if nobody waits any more. */
WEIR_I_FUNC void weir_i_chan_line_left(weir_chan *ch, bool sending) {
    if (!weir_i_wait_list_last(weir_i_chan_line(ch, sending)))
        (void)weir_i_fetch_and(weir_i_chan_word(ch, sending),
                               ~WEIR_I_CAST(uint64_t, WEIR_I_CHAN_WAITERS), relaxed);
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

/* -- waiting ---------------------------------------------------------------------------------- */

/* The place of a call that waits, in its own frame. */
typedef struct weir_i_chan_seat {
    weir_waiter waiter;
    weir_wait_node node;
    weir_case wish;
} weir_i_chan_seat;

WEIR_I_FUNC void weir_i_chan_seat_init(weir_i_chan_seat *seat, void *value, weir_status miss) {
    weir_waiter_init(&seat->waiter);
    weir_wait_node_init(&seat->node, &seat->waiter);
    seat->node.of = &seat->wish;
    seat->wish.value = value;
    seat->wish.status = miss;
}

/* Under the lock: enters, or leaves. */
WEIR_I_FUNC void weir_i_chan_enter(weir_chan *ch, bool sending, weir_wait_node *node) {
    WEIR_I_ATOMIC(uint64_t) *word = weir_i_chan_word(ch, sending);
    weir_wait_list_push(weir_i_chan_line(ch, sending), node);
    if (ch->capacity == 0)
        weir_i_store(word, (weir_i_load(word, relaxed) + WEIR_I_CHAN_ARRIVAL) | WEIR_I_CHAN_WAITERS,
                     relaxed);
    else
        (void)weir_i_fetch_or(word, WEIR_I_CAST(uint64_t, WEIR_I_CHAN_WAITERS), relaxed);
}

WEIR_I_FUNC void weir_i_chan_leave(weir_chan *ch, bool sending, weir_wait_node *node) {
    if (!node->next)
        return;
    weir_wait_list_remove(weir_i_chan_line(ch, sending), node);
    weir_i_chan_line_left(ch, sending);
}

/* Between spinning and sleeping a call lets others run some times: if the peer waits for this very
 * processor, it comes at once, and not after two trips through the kernel's queues. */
enum {
    WEIR_I_CHAN_YIELDS = WEIR_SPIN_MOST > 1 ? 6 : WEIR_SPIN_MOST,
    WEIR_I_CHAN_YIELD = 16 /* as weir_i_step_aside() counts: no pauses any more, no naps yet */
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

/* Waits in the line that seat has entered: spins, yields, sleeps. Until it knows that nobody served
 * it, it does not touch the channel. */
WEIR_I_FUNC weir_status weir_i_chan_await(weir_chan *ch, bool sending, weir_i_chan_seat *seat,
                                          weir_wait_habit *habit, weir_time deadline) {
    weir_wait_spin spin;
    bool done = weir_waiter_done(&seat->waiter);
    if (!done && !seat->waiter.task) {
        weir_wait_spin_init(&spin, habit);
        while (!done && weir_wait_spin_more(&spin))
            done = weir_waiter_done(&seat->waiter);
        weir_wait_spin_end(&spin, done);
        for (int i = 0; !done && i < WEIR_I_CHAN_YIELDS; i++) {
            weir_i_step_aside(WEIR_I_CHAN_YIELD);
            done = weir_waiter_done(&seat->waiter);
        }
    }
    const weir_status status = done ? WEIR_OK : weir_i_waiter_sleep(&seat->waiter, deadline);
    if (status != WEIR_OK) {
        weir_i_chan_lock(ch, sending);
        weir_i_chan_leave(ch, sending, &seat->node);
        weir_i_chan_unlock(ch, sending);
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
    weir_i_chan_lock(ch, sending);
    weir_wait_fence(); /* O7 */
    const weir_i_chan_turn turn = weir_i_chan_decide(ch, sending, claim);
    if (turn == WEIR_I_CHAN_NONE)
        weir_i_chan_enter(ch, sending, &seat->node);
    weir_i_chan_unlock(ch, sending);
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
    const weir_i_chan_turn turn = weir_i_chan_take(ch, sending, false, claim);
    if (turn != WEIR_I_CHAN_NONE || weir_wait_task_get()) /* a task does not keep its thread */
        return turn;
    weir_wait_spin_init(&spin, sending ? &ch->sending : &ch->receiving);
    bool changed = false;
    while (!changed && weir_wait_spin_more(&spin))
        changed = weir_i_load(&slot->seq, relaxed) != seq;
    weir_wait_spin_end(&spin, changed);
    for (int i = 0; !changed && i < WEIR_I_CHAN_YIELDS; i++) {
        weir_i_step_aside(WEIR_I_CHAN_YIELD);
        changed = weir_i_load(&slot->seq, relaxed) != seq;
    }
    return weir_i_chan_take(ch, sending, false, claim);
}

/* -- rendezvous ------------------------------------------------------------------------------- */

/* Under the lock: claims the first who waits on the other side, or says NONE or END. */
WEIR_I_FUNC weir_i_chan_turn weir_i_chan_match(weir_chan *ch, bool sending, weir_wait_node **peer) {
    weir_wait_list *line = weir_i_chan_line(ch, !sending);
    if (weir_i_load(&ch->tail, relaxed) & WEIR_I_CHAN_CLOSED)
        return WEIR_I_CHAN_END;
    if (!weir_i_wait_list_last(line))
        return WEIR_I_CHAN_NONE;
    *peer = weir_wait_list_claim(line);
    weir_i_chan_line_left(ch, !sending);
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
    const uint64_t peers = weir_i_chan_look(weir_i_chan_word(ch, !sending));
    if (peers & (WEIR_I_CHAN_WAITERS | WEIR_I_CHAN_CLOSED))
        return true;
    return sending && (weir_i_chan_look(&ch->tail) & WEIR_I_CHAN_CLOSED);
}

WEIR_I_FUNC weir_status weir_i_chan_meet(weir_chan *ch, bool sending, void *value,
                                         weir_time deadline, weir_status miss) {
    weir_i_chan_seat seat;
    weir_wait_node *peer = NULL;
    if (deadline == WEIR_NOW && !weir_i_chan_may_meet(ch, sending))
        return miss;
    weir_i_chan_lock(ch, sending);
    const weir_i_chan_turn turn = weir_i_chan_match(ch, sending, &peer);
    if (turn == WEIR_I_CHAN_NONE && deadline != WEIR_NOW) {
        weir_i_chan_seat_init(&seat, value, miss);
        weir_i_chan_enter(ch, sending, &seat.node);
    }
    weir_i_chan_unlock(ch, sending);
    if (turn == WEIR_I_CHAN_END)
        return WEIR_CLOSED;
    if (turn == WEIR_I_CHAN_NONE)
        return deadline == WEIR_NOW
                   ? miss
                   : weir_i_chan_await(ch, sending, &seat, weir_i_chan_habit(ch), deadline);
    weir_i_chan_hand_over(ch, sending, value, peer);
    return WEIR_OK;
}

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
    if (WEIR_I_LIKELY(ch != NULL) && WEIR_I_LIKELY(weir_i_chan_send_now(ch, value, cell)))
        return WEIR_OK;
    return weir_i_chan_slow(ch, true, (void *)(uintptr_t)value, deadline, miss);
}

WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_i_chan_recv(weir_chan *ch, void *out,
                                                          weir_i_ring_cell cell, weir_time deadline,
                                                          weir_status miss) {
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

/* -- close ------------------------------------------------------------------------------------ */

/* Under the lock of a rendezvous: claims all who wait on a side. */
WEIR_I_FUNC weir_wait_node **weir_i_chan_dismiss(weir_chan *ch, bool sending,
                                                 weir_wait_node **end) {
    weir_wait_node *node;
    while ((node = weir_wait_list_claim(weir_i_chan_line(ch, sending))) != NULL) {
        WEIR_I_CAST(weir_case *, node->of)->status = WEIR_CLOSED;
        *end = node;
        end = &node->prev;
    }
    weir_i_chan_line_left(ch, sending);
    return end;
}

WEIR_I_SLOW bool weir_i_chan_close_rendezvous(weir_chan *ch, weir_wait_node **told) {
    weir_i_chan_lock(ch, true);
    const uint64_t word = weir_i_load(&ch->tail, relaxed);
    const bool first = !(word & WEIR_I_CHAN_CLOSED);
    if (first) {
        weir_i_store(&ch->tail, word | WEIR_I_CHAN_CLOSED | WEIR_I_CHAN_SETTLED,
                     seq_cst); /* O8, O10 */
        (void)weir_i_chan_dismiss(ch, true, weir_i_chan_dismiss(ch, false, told));
    }
    weir_i_chan_unlock(ch, true);
    return first;
}

/* Under I4 the closer is in charge of both lines: senders are told, receivers drain first. */
WEIR_I_SLOW void weir_i_chan_close_line(weir_chan *ch, bool sending, weir_wait_node **told) {
    if (weir_i_load(&weir_i_chan_line(ch, sending)->word, seq_cst) == 0) /* O6 */
        return;
    weir_i_chan_lock(ch, sending);
    (void)weir_i_chan_serve(ch, sending, told);
    weir_i_chan_unlock(ch, sending);
}

/* No more sends; who waits is told. WEIR_CLOSED: it was closed before. WEIR_INVALID: NULL. Safe to
 * ignore. */
WEIR_I_FUNC weir_status weir_chan_close(weir_chan *ch) {
    weir_wait_node *senders = NULL;
    weir_wait_node *receivers = NULL;
    if (!ch)
        return WEIR_INVALID;
    if (ch->capacity == 0) {
        const bool first = weir_i_chan_close_rendezvous(ch, &receivers);
        weir_wait_release_all(receivers);
        return first ? WEIR_OK : WEIR_CLOSED;
    }
    const uint64_t closed = WEIR_I_CHAN_CLOSED;
    weir_i_store(&ch->closing, true, seq_cst);                /* O14 */
    if (weir_i_fetch_or(&ch->tail, closed, seq_cst) & closed) /* O8 */
        return WEIR_CLOSED;
    weir_i_chan_close_line(ch, true, &senders);
    weir_i_chan_close_line(ch, false, &receivers);
    (void)weir_i_fetch_or(&ch->tail, WEIR_I_CAST(uint64_t, WEIR_I_CHAN_SETTLED), release); /* O10 */
    weir_wait_release_all(senders);
    weir_wait_release_all(receivers);
    return WEIR_OK;
}

/* True once close has been called, as far as the caller can know: by what happens before. */
WEIR_I_FUNC bool weir_chan_closed(const weir_chan *ch) {
    return ch && (weir_i_load(&ch->tail, acquire) & WEIR_I_CHAN_CLOSED); /* O9 */
}

/* -- life ------------------------------------------------------------------------------------- */

/* Sets the tickets of an empty channel to `first`, a multiple of lap. Tests start near the wrap. */
WEIR_I_FUNC void weir_i_chan_start(weir_chan *ch, uint64_t first) {
    const uint64_t never = UINT64_MAX; /* all flags at once are never set */
    for (uint64_t offset = 0; offset < ch->gate; offset += ch->cell.stride)
        weir_i_store(&weir_i_chan_slot_at(ch, offset)->seq, first + offset, relaxed);
    weir_i_store(&weir_i_chan_slot_at(ch, ch->gate)->seq, never, relaxed);
    if (ch->capacity == 1) /* I7 */
        first = first - ch->lap + ch->gate;
    weir_i_store(&ch->tail, first, relaxed);
    weir_i_store(&ch->head, first, relaxed);
}

/* How many bytes of memory, and at what alignment, a channel needs beside itself; 0 for a
 * rendezvous. False if no object can be so large, or for a size or an alignment that none has. */
WEIR_I_FUNC bool weir_chan_needs(size_t capacity, size_t size, size_t align, size_t *bytes,
                                 size_t *alignment) {
    const size_t most = PTRDIFF_MAX / 4;
    size_t slots;
    if (size == 0 || size > most || align > most || align == 0 || (align & (align - 1)) != 0)
        return false;
    if (!weir_i_size_multiply(capacity, weir_i_ring_cell_of(size, align).stride, &slots) ||
        slots > most)
        return false;
    *bytes = capacity ? slots + sizeof(weir_i_ring_slot) : 0; /* the gate */
    *alignment = align > sizeof(weir_i_ring_slot) ? align : sizeof(weir_i_ring_slot);
    return true;
}

WEIR_I_FUNC void weir_i_chan_set_up(weir_chan *ch, size_t capacity, size_t size, size_t align,
                                    void *storage) {
    const weir_wait_habit none = {0, 0};
    ch->cell = weir_i_ring_cell_of(size, align);
    ch->capacity = capacity;
    ch->gate = capacity * ch->cell.stride;
    ch->slots = WEIR_I_CAST(unsigned char *, capacity ? storage : &ch->nothing);
    for (ch->lap = 1; ch->lap <= ch->gate;)
        ch->lap *= 2;
    ch->mask = (ch->lap - 1) & ~WEIR_I_CAST(uint64_t, WEIR_I_CHAN_FLAGS);
    weir_i_store(&ch->receivers.word, 0, relaxed);
    weir_i_store(&ch->senders.word, 0, relaxed);
    weir_i_store(&ch->closing, false, relaxed);
    ch->receiving = ch->sending = none;
    weir_i_chan_start(ch, 0);
}

/* Makes ch an open, empty channel for elements of size bytes, aligned to align, in memory from
 * allocator (NULL: the default). capacity 0: a rendezvous, which needs no memory. WEIR_INVALID as
 * weir_chan_needs() says; WEIR_NOMEM. Only on WEIR_OK is there something to destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_init_raw_with(weir_chan *ch, size_t capacity,
                                                                 size_t size, size_t align,
                                                                 const weir_allocator *allocator) {
    size_t bytes;
    size_t alignment;
    void *slots = NULL;
    if (!weir_chan_needs(capacity, size, align, &bytes, &alignment))
        return WEIR_INVALID;
    ch->allocator = weir_i_allocator(allocator);
    if (alignment < WEIR_CACHE_LINE)
        alignment = WEIR_CACHE_LINE;
    if (bytes && !(slots = ch->allocator.alloc(bytes, alignment, ch->allocator.ctx)))
        return WEIR_NOMEM;
    weir_i_chan_set_up(ch, capacity, size, align, slots);
    return WEIR_OK;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_init_raw(weir_chan *ch, size_t capacity,
                                                            size_t size, size_t align) {
    return weir_chan_init_raw_with(ch, capacity, size, align, NULL);
}

/* The same in the caller's memory, which must be large enough and aligned, see weir_chan_needs():
 * else WEIR_INVALID. It is the caller's again after destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_init_raw_in(weir_chan *ch, size_t capacity,
                                                               size_t size, size_t align,
                                                               void *storage, size_t bytes) {
    size_t needed;
    size_t alignment;
    if (!weir_chan_needs(capacity, size, align, &needed, &alignment) || bytes < needed ||
        (uintptr_t)storage % alignment != 0 || (needed && !storage))
        return WEIR_INVALID;
    ch->allocator = weir_i_allocator(NULL);
    ch->allocator.free = NULL;
    weir_i_chan_set_up(ch, capacity, size, align, storage);
    return WEIR_OK;
}

/* Waits for calls that have done what they do and are about to return (I6). */
WEIR_I_SLOW void weir_i_chan_settle(weir_chan *ch) {
    for (unsigned times = 0;; times++) {
        const uint64_t word = weir_i_load(&ch->tail, acquire); /* O11 */
        if (!(word & WEIR_I_CHAN_CLOSED) || (word & WEIR_I_CHAN_SETTLED))
            break;
        weir_i_step_aside(times);
    }
    for (int sending = 0; sending < 2; sending++) {
        weir_i_chan_lock(ch, sending);
        weir_i_chan_unlock(ch, sending);
    }
}

/* The oldest message, in place, or NULL; and away with it. For destroy: no other call is in. */
WEIR_I_FUNC void *weir_i_chan_oldest(weir_chan *ch) {
    const uint64_t t = weir_i_chan_ticket(ch, weir_i_load(&ch->head, relaxed));
    weir_i_ring_slot *slot = weir_i_chan_slot_at(ch, t);
    const uint64_t seq = weir_i_load(&slot->seq, relaxed);
    return seq == t + ch->cell.stride ? (unsigned char *)slot + ch->cell.offset : NULL;
}

WEIR_I_FUNC void weir_i_chan_drop(weir_chan *ch) {
    const uint64_t t = weir_i_chan_ticket(ch, weir_i_load(&ch->head, relaxed));
    weir_i_store(&ch->head, t + ch->cell.stride, relaxed);
}

WEIR_I_FUNC void weir_i_chan_free(weir_chan *ch) {
    if (ch->capacity && ch->allocator.free)
        ch->allocator.free(ch->slots, WEIR_I_CAST(size_t, ch->gate) + sizeof(weir_i_ring_slot),
                           ch->allocator.ctx);
    ch->slots = NULL;
}

/* Gives the memory back. Messages still inside are dropped. No call may be under way or to come,
 * but those of which the guarantees above say that they are only about to return. */
WEIR_I_FUNC void weir_chan_destroy(weir_chan *ch) {
    if (!ch)
        return;
    weir_i_chan_settle(ch);
    weir_i_chan_free(ch);
}

/* How many messages are inside: a snapshot between 0 and capacity, exact while nothing is in
 * flight. Those of senders that wait do not count. */
WEIR_I_FUNC size_t weir_chan_len(const weir_chan *ch) {
    if (!ch || ch->capacity == 0)
        return 0;
    const uint64_t head = weir_i_chan_ticket(ch, weir_i_load(&ch->head, relaxed));
    const uint64_t tail = weir_i_chan_ticket(ch, weir_i_load(&ch->tail, relaxed));
    const uint64_t laps = ((tail & ~ch->mask) - (head & ~ch->mask)) / ch->lap;
    const uint64_t end = (tail & ch->mask) / ch->cell.stride;
    const uint64_t start = (head & ch->mask) / ch->cell.stride;
    if (weir_i_ring_behind(tail, head))
        return 0; /* the reads were torn: head moved past the tail that was read */
    if (laps * ch->capacity + end >= ch->capacity + start)
        return ch->capacity;
    return WEIR_I_CAST(size_t, laps * ch->capacity + end - start);
}

/* The capacity given to init; 0 for NULL. */
WEIR_I_FUNC size_t weir_chan_capacity(const weir_chan *ch) {
    return ch ? ch->capacity : 0;
}

/* -- cases of a select ------------------------------------------------------------------------ */

WEIR_I_FAST weir_chan *weir_i_chan_of(const weir_case *c) {
    return WEIR_I_CAST(weir_chan *, c->object);
}

WEIR_I_FUNC bool weir_i_chan_attempt(weir_case *c, bool sending) {
    const weir_status status =
        weir_i_chan_slow(weir_i_chan_of(c), sending, c->value, WEIR_NOW, WEIR_AGAIN);
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

/* The stamp of a receive is tail, of a send head: while it stays nothing has come, or gone. */
WEIR_I_FUNC bool weir_i_chan_ready(const weir_case *c, bool sending, uint64_t *stamp) {
    weir_chan *ch = weir_i_chan_of(c);
    if (ch->capacity == 1)
        return weir_i_chan_single_ready(ch, sending, stamp);
    const uint64_t own = weir_i_chan_look(weir_i_chan_word(ch, sending));
    const uint64_t other = weir_i_chan_look(weir_i_chan_word(ch, !sending));
    *stamp = other & ~WEIR_I_CAST(uint64_t, WEIR_I_CHAN_WAITERS | WEIR_I_CHAN_SETTLED);
    if ((own | other) & WEIR_I_CHAN_CLOSED) /* only in tail */
        return true;
    if (other & WEIR_I_CHAN_WAITERS)
        return ch->capacity != 0 || weir_i_chan_someone(ch, sending);
    return ch->capacity != 0 &&
           weir_i_chan_ticket(ch, other) + (sending ? ch->lap : 0) != weir_i_chan_ticket(ch, own);
}

WEIR_I_FUNC weir_turn weir_i_chan_case_decide(weir_case *c, bool sending, weir_grip *grip) {
    weir_chan *ch = weir_i_chan_of(c);
    weir_i_ring_claim claim = {NULL, 0};
    weir_wait_node *peer = NULL;
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

/* The functions of one direction. */
#define WEIR_I_CHAN_DIRECTION(direction, sending)                                                  \
    WEIR_I_FUNC bool weir_i_chan_attempt_##direction(weir_case *c) {                               \
        return weir_i_chan_attempt(c, sending);                                                    \
    }                                                                                              \
    WEIR_I_FUNC bool weir_i_chan_ready_##direction(const weir_case *c, uint64_t *stamp) {          \
        return weir_i_chan_ready(c, sending, stamp);                                               \
    }                                                                                              \
    WEIR_I_FUNC weir_wait_list *weir_i_chan_list_##direction(const weir_case *c) {                 \
        return weir_i_chan_lock_of(weir_i_chan_of(c), sending);                                    \
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
                                   NULL}

WEIR_I_CHAN_DIRECTION(recv, false);
WEIR_I_CHAN_DIRECTION(send, true);
#undef WEIR_I_CHAN_DIRECTION

/* A case that receives into *out (NULL discards), or sends *value, which is read only if the case
 * is chosen. A NULL channel is never ready. */
WEIR_I_FUNC weir_case weir_chan_case_recv_raw(weir_chan *ch, void *out) {
    const weir_case c = {ch ? &weir_i_chan_case_recv : NULL, ch, out, WEIR_AGAIN, 0};
    return c;
}

WEIR_I_FUNC weir_case weir_chan_case_send_raw(weir_chan *ch, const void *value) {
    const weir_case c = {ch ? &weir_i_chan_case_send : NULL, ch, (void *)(uintptr_t)value,
                         WEIR_AGAIN, 0};
    return c;
}

/* -- elements of a run-time size -------------------------------------------------------------- */

/* Each takes the size given to init again, and reads or writes that many bytes. */

WEIR_I_FAST weir_i_ring_cell weir_i_chan_cell(const weir_chan *ch, size_t size) {
    weir_i_ring_cell cell = {size, 0, 0};
    if (ch) {
        cell.offset = ch->cell.offset;
        cell.stride = ch->cell.stride;
    }
    return cell;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_send_raw(weir_chan *ch, const void *value,
                                                            size_t size) {
    return weir_i_chan_send(ch, value, weir_i_chan_cell(ch, size), WEIR_FOREVER, WEIR_TIMEOUT);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_try_send_raw(weir_chan *ch, const void *value,
                                                                size_t size) {
    return weir_i_chan_send(ch, value, weir_i_chan_cell(ch, size), WEIR_NOW, WEIR_AGAIN);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_send_until_raw(weir_chan *ch, const void *value,
                                                                  size_t size, weir_time deadline) {
    return weir_i_chan_send(ch, value, weir_i_chan_cell(ch, size), deadline, WEIR_TIMEOUT);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_recv_raw(weir_chan *ch, void *out, size_t size) {
    return weir_i_chan_recv(ch, out, weir_i_chan_cell(ch, size), WEIR_FOREVER, WEIR_TIMEOUT);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_try_recv_raw(weir_chan *ch, void *out,
                                                                size_t size) {
    return weir_i_chan_recv(ch, out, weir_i_chan_cell(ch, size), WEIR_NOW, WEIR_AGAIN);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_chan_recv_until_raw(weir_chan *ch, void *out,
                                                                  size_t size, weir_time deadline) {
    return weir_i_chan_recv(ch, out, weir_i_chan_cell(ch, size), deadline, WEIR_TIMEOUT);
}

WEIR_I_END

/* -- typed channels --------------------------------------------------------------------------- */

/* WEIR_CHAN(name, T): the type `name`, a channel of T, and its functions. Every channel pointer but
 * that of init may be NULL: Go's nil channel, never ready, never closed.
 *   weir_status name_init(name *, size_t capacity)             exact; 0: a rendezvous
 *   weir_status name_init_with(name *, size_t capacity, const weir_allocator *)
 *   weir_status name_init_in(name *, size_t capacity, void *storage, size_t bytes)
 *   size_t      name_storage(size_t capacity)                  bytes that init_in needs; 0: none,
 *                                                              or no object can be so large
 *   void        name_set_dispose(name *, void (*)(T *))        for what destroy finds inside
 *   void        name_destroy(name *)
 *   weir_status name_send(name *, T)                           OK, CLOSED
 *   weir_status name_try_send(name *, T)                       OK, CLOSED, AGAIN
 *   weir_status name_send_until(name *, T, weir_time)          OK, CLOSED, TIMEOUT
 *   weir_status name_recv(name *, T *), try_recv, recv_until   the same; NULL discards
 *   weir_status name_send_n(name *, const T *, size_t n, size_t *went)    waits until all went
 *   weir_status name_recv_n(name *, T *, size_t n, size_t *came)          waits for one at least
 *               try_send_n, try_recv_n: OK if one went; send_n_until, recv_n_until. went and came
 *               say how many in every case, and may be NULL
 *   weir_status name_close(name *)                             OK, CLOSED, INVALID (NULL)
 *   bool        name_closed(const name *)
 *   size_t      name_len(const name *), name_capacity(const name *)
 *   weir_case   name_case_recv(name *, T *), name_case_send(name *, const T *)
 * and views of one direction, by value, that the compiler checks:
 *   name_sender   name_as_sender(name *)    name_sender_send, _try_send, _send_until, _close, _case
 *   name_receiver name_as_receiver(name *)  name_receiver_recv, _try_recv, _recv_until, _case
 * Cost of a send or a receive that does not wait: one locked instruction, two at capacity 1; of a
 * batch: one for all.
 */
#define WEIR_CHAN(name, T)                                                                         \
    WEIR_I_ELEMENT(name, T);                                                                       \
    typedef struct name {                                                                          \
        weir_chan raw;                                                                             \
        void (*dispose)(T *);                                                                      \
    } name;                                                                                        \
    WEIR_I_CHAN_LIFE(name, T)                                                                      \
    WEIR_I_CHAN_CALLS(name, T)                                                                     \
    WEIR_I_CHAN_BATCHES(name, T)                                                                   \
    WEIR_I_CHAN_VIEWS(name, T)                                                                     \
    WEIR_I_SEMICOLON

#define WEIR_I_CHAN_CELL(T) weir_i_ring_cell_of(sizeof(T), WEIR_I_ALIGNOF(T))
#define WEIR_I_CHAN_RAW(ch) ((ch) ? &(ch)->raw : NULL)

#define WEIR_I_CHAN_LIFE(name, T)                                                                  \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(name *ch_, size_t capacity_,         \
                                                              const weir_allocator *allocator_) {  \
        ch_->dispose = NULL;                                                                       \
        return weir_chan_init_raw_with(&ch_->raw, capacity_, sizeof(T), WEIR_I_ALIGNOF(T),         \
                                       allocator_);                                                \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *ch_, size_t capacity_) {            \
        return name##_init_with(ch_, capacity_, NULL);                                             \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_in(name *ch_, size_t capacity_,           \
                                                            void *storage_, size_t bytes_) {       \
        ch_->dispose = NULL;                                                                       \
        return weir_chan_init_raw_in(&ch_->raw, capacity_, sizeof(T), WEIR_I_ALIGNOF(T), storage_, \
                                     bytes_);                                                      \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_storage(size_t capacity_) {                                          \
        size_t bytes_ = 0;                                                                         \
        size_t align_;                                                                             \
        (void)weir_chan_needs(capacity_, sizeof(T), WEIR_I_ALIGNOF(T), &bytes_, &align_);          \
        return bytes_;                                                                             \
    }                                                                                              \
    WEIR_I_FUNC void name##_set_dispose(name *ch_, void (*dispose_)(T *)) {                        \
        if (ch_)                                                                                   \
            ch_->dispose = dispose_;                                                               \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *ch_) {                                                   \
        if (!ch_)                                                                                  \
            return;                                                                                \
        weir_i_chan_settle(&ch_->raw);                                                             \
        for (T * left_; ch_->dispose && (left_ = WEIR_I_CAST(T *, weir_i_chan_oldest(&ch_->raw))); \
             weir_i_chan_drop(&ch_->raw))                                                          \
            ch_->dispose(left_);                                                                   \
        weir_i_chan_free(&ch_->raw);                                                               \
    }                                                                                              \
    WEIR_I_FUNC weir_status name##_close(name *ch_) {                                              \
        return weir_chan_close(WEIR_I_CHAN_RAW(ch_));                                              \
    }                                                                                              \
    WEIR_I_FUNC bool name##_closed(const name *ch_) {                                              \
        return weir_chan_closed(WEIR_I_CHAN_RAW(ch_));                                             \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_len(const name *ch_) {                                               \
        return weir_chan_len(WEIR_I_CHAN_RAW(ch_));                                                \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_capacity(const name *ch_) {                                          \
        return weir_chan_capacity(WEIR_I_CHAN_RAW(ch_));                                           \
    }

#define WEIR_I_CHAN_CALLS(name, T)                                                                 \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_send_until(name *ch_, T value_,                \
                                                               weir_time deadline_) {              \
        return weir_i_chan_send(WEIR_I_CHAN_RAW(ch_), &value_, WEIR_I_CHAN_CELL(T), deadline_,     \
                                WEIR_TIMEOUT);                                                     \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_send(name *ch_, T value_) {                    \
        return name##_send_until(ch_, value_, WEIR_FOREVER);                                       \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_try_send(name *ch_, T value_) {                \
        return weir_i_chan_send(WEIR_I_CHAN_RAW(ch_), &value_, WEIR_I_CHAN_CELL(T), WEIR_NOW,      \
                                WEIR_AGAIN);                                                       \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_recv_until(name *ch_, T *out_,                 \
                                                               weir_time deadline_) {              \
        return weir_i_chan_recv(WEIR_I_CHAN_RAW(ch_), out_, WEIR_I_CHAN_CELL(T), deadline_,        \
                                WEIR_TIMEOUT);                                                     \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_recv(name *ch_, T *out_) {                     \
        return name##_recv_until(ch_, out_, WEIR_FOREVER);                                         \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_try_recv(name *ch_, T *out_) {                 \
        return weir_i_chan_recv(WEIR_I_CHAN_RAW(ch_), out_, WEIR_I_CHAN_CELL(T), WEIR_NOW,         \
                                WEIR_AGAIN);                                                       \
    }                                                                                              \
    WEIR_I_FUNC weir_case name##_case_recv(name *ch_, T *out_) {                                   \
        return weir_chan_case_recv_raw(WEIR_I_CHAN_RAW(ch_), out_);                                \
    }                                                                                              \
    WEIR_I_FUNC weir_case name##_case_send(name *ch_, T const *value_) {                           \
        return weir_chan_case_send_raw(WEIR_I_CHAN_RAW(ch_), value_);                              \
    }

#define WEIR_I_CHAN_BATCHES(name, T)                                                               \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_send_n_until(                                  \
        name *ch_, T const *values_, size_t n_, size_t *went_, weir_time deadline_) {              \
        return weir_i_chan_batch(WEIR_I_CHAN_RAW(ch_), true, (void *)(uintptr_t)values_, n_, n_,   \
                                 went_, deadline_, WEIR_TIMEOUT);                                  \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_send_n(name *ch_, T const *values_, size_t n_, \
                                                           size_t *went_) {                        \
        return name##_send_n_until(ch_, values_, n_, went_, WEIR_FOREVER);                         \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_try_send_n(name *ch_, T const *values_,        \
                                                               size_t n_, size_t *went_) {         \
        return weir_i_chan_batch(WEIR_I_CHAN_RAW(ch_), true, (void *)(uintptr_t)values_, n_,       \
                                 n_ > 0, went_, WEIR_NOW, WEIR_AGAIN);                             \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_recv_n_until(                                  \
        name *ch_, T *out_, size_t n_, size_t *came_, weir_time deadline_) {                       \
        return weir_i_chan_batch(WEIR_I_CHAN_RAW(ch_), false, out_, n_, n_ > 0, came_, deadline_,  \
                                 WEIR_TIMEOUT);                                                    \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_recv_n(name *ch_, T *out_, size_t n_,          \
                                                           size_t *came_) {                        \
        return name##_recv_n_until(ch_, out_, n_, came_, WEIR_FOREVER);                            \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_try_recv_n(name *ch_, T *out_, size_t n_,      \
                                                               size_t *came_) {                    \
        return weir_i_chan_batch(WEIR_I_CHAN_RAW(ch_), false, out_, n_, n_ > 0, came_, WEIR_NOW,   \
                                 WEIR_AGAIN);                                                      \
    }

#define WEIR_I_CHAN_VIEWS(name, T)                                                                 \
    typedef struct name##_sender {                                                                 \
        name *ch_;                                                                                 \
    } name##_sender;                                                                               \
    typedef struct name##_receiver {                                                               \
        name *ch_;                                                                                 \
    } name##_receiver;                                                                             \
    WEIR_I_FUNC name##_sender name##_as_sender(name *ch_) {                                        \
        const name##_sender view_ = {ch_};                                                         \
        return view_;                                                                              \
    }                                                                                              \
    WEIR_I_FUNC name##_receiver name##_as_receiver(name *ch_) {                                    \
        const name##_receiver view_ = {ch_};                                                       \
        return view_;                                                                              \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_sender_send(name##_sender to_, T value_) {     \
        return name##_send(to_.ch_, value_);                                                       \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_sender_try_send(name##_sender to_, T value_) { \
        return name##_try_send(to_.ch_, value_);                                                   \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_sender_send_until(name##_sender to_, T value_, \
                                                                      weir_time deadline_) {       \
        return name##_send_until(to_.ch_, value_, deadline_);                                      \
    }                                                                                              \
    WEIR_I_FUNC weir_status name##_sender_close(name##_sender to_) {                               \
        return name##_close(to_.ch_);                                                              \
    }                                                                                              \
    WEIR_I_FUNC weir_case name##_sender_case(name##_sender to_, T const *value_) {                 \
        return name##_case_send(to_.ch_, value_);                                                  \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_receiver_recv(name##_receiver from_,           \
                                                                  T *out_) {                       \
        return name##_recv(from_.ch_, out_);                                                       \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_receiver_try_recv(name##_receiver from_,       \
                                                                      T *out_) {                   \
        return name##_try_recv(from_.ch_, out_);                                                   \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_receiver_recv_until(                           \
        name##_receiver from_, T *out_, weir_time deadline_) {                                     \
        return name##_recv_until(from_.ch_, out_, deadline_);                                      \
    }                                                                                              \
    WEIR_I_FUNC weir_case name##_receiver_case(name##_receiver from_, T *out_) {                   \
        return name##_case_recv(from_.ch_, out_);                                                  \
    }

#endif
