/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan/ticket.h - a channel's fields, and how a ticket for a slot is taken, or refused.
 * Invariants and orders: see chan.h.
 */
#ifndef WEIR_CHAN_TICKET_H
#define WEIR_CHAN_TICKET_H

#include <weir/base/alloc.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/panic.h>
#include <weir/base/ring.h>
#include <weir/ring.h>
#include <weir/wait.h>

WEIR_I_BEGIN

/* One of the lists that the line of receivers may be spread over (I8). On a cache line of its own,
 * but not a WEIR_CACHE_LINE: that would make each channel larger for few. */
typedef struct weir_i_chan_stripe {
    WEIR_I_ALIGNED(64) weir_wait_list list;
} weir_i_chan_stripe;

enum {
    WEIR_I_CHAN_STRIPES = 4,                  /* a power of two */
    WEIR_I_CHAN_CROWD = WEIR_EXPLORE ? 2 : 16 /* entries, from which on there are stripes */
};

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
    WEIR_I_ATOMIC(bool) closing;   /* O14 */
    WEIR_I_ATOMIC(bool) served;    /* I8: the receivers' line has been, once */
    WEIR_I_ATOMIC(uint16_t) crowd; /* how often a receiver has entered behind another before */
    WEIR_I_ATOMIC(uint64_t) senders_met;   /* I5, with WAITERS; */
    WEIR_I_ATOMIC(uint64_t) receivers_met; /* both beside the lock under which they are written */
    weir_wait_node mark;                   /* the last of receivers: they stand in the stripes */
    weir_i_chan_stripe stripes[WEIR_I_CHAN_STRIPES];
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

/* The checked build panics at what is no channel yet, or no more. */
WEIR_I_FAST void weir_i_chan_check(const weir_chan *ch) {
    if (WEIR_CHECKED && ch && !ch->slots)
        WEIR_PANIC("chan: use of one that is not initialised, or destroyed");
}

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

/* Where WAITERS of a side stands: a rendezvous has no tickets, but a count of arrivals. */
WEIR_I_FAST WEIR_I_ATOMIC(uint64_t) *weir_i_chan_met(weir_chan *ch, bool sending) {
    return sending ? &ch->senders_met : &ch->receivers_met;
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

WEIR_I_END

#endif
