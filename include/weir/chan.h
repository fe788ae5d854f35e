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
 * at most one holds waiters that can be claimed by others; WAITERS stands beside the lock, with a
 * count of those who entered, and tail has the other flags: so one line changes hands, beside the
 * frame of who waits. I6 the last access of a call to the channel comes
 * before it publishes, releases or unlocks what lets the peer return.
 *
 * I7 capacity 1: the words stand at the gate, so all calls take the slow path; there a send is done
 * when it stores seq, and so is a receive: full, or empty, is a slot with nobody inside, and who
 * tries need not look at the other side's ticket, which that side is about to write.
 *
 * I8 many receivers may stand in stripes, lists with locks of their own, and only the mark in their
 * line: once many have entered behind others, until somebody comes who serves the line (a sender,
 * or close), and never again. While the mark stands WAITERS stands, no sender is in line, and who
 * enters counts as one behind the first (I3).
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
 * Override: WEIR_CACHE_LINE, WEIR_SPIN_MOST, WEIR_PANIC. WEIR_CHECKED: use before init or after
 * destroy panics, and so does destroy while somebody waits.
 * Source: the rules are those of Go's runtime/chan.go; the ring D. Vyukov's; the closed bit in the
 * ticket crossbeam's. Different here: no lock until somebody has to wait, and then a line that
 * stops the fast path, so that nobody is overtaken.
 *
 * In chan/, to be read in this order: ticket.h, line.h, wait.h, rendezvous.h, message.h, case.h.
 * Here: what begins and ends a channel, and the typed wrapper.
 */
#ifndef WEIR_CHAN_H
#define WEIR_CHAN_H

#include <weir/chan/case.h>
#include <weir/chan/message.h>
#include <weir/chan/typed.h>

WEIR_I_BEGIN

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
    for (int i = 0; i < WEIR_I_CHAN_STRIPES; i++)
        weir_i_store(&ch->stripes[i].list.word, 0, relaxed);
    weir_i_store(&ch->closing, false, relaxed);
    weir_i_store(&ch->senders_met, 0, relaxed);
    weir_i_store(&ch->receivers_met, 0, relaxed);
    weir_i_store(&ch->served, false, relaxed);
    weir_i_store(&ch->crowd, 0, relaxed);
    weir_wait_node_init(&ch->mark, NULL);
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
    weir_i_chan_check(ch);
    for (unsigned times = 0;; times++) {
        const uint64_t word = weir_i_load(&ch->tail, acquire); /* O11 */
        if (!(word & WEIR_I_CHAN_CLOSED) || (word & WEIR_I_CHAN_SETTLED))
            break;
        weir_i_step_aside(times);
    }
    for (int sending = 0; sending < 2; sending++) {
        weir_i_chan_lock(ch, sending);
        if (WEIR_CHECKED && weir_i_wait_list_last(weir_i_chan_line(ch, sending)))
            WEIR_PANIC("chan: destroyed while somebody waits");
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
    return weir_i_ring_distance(head, tail, ch->lap, ch->cell.stride, ch->capacity);
}

/* The capacity given to init; 0 for NULL. */
WEIR_I_FUNC size_t weir_chan_capacity(const weir_chan *ch) {
    return ch ? ch->capacity : 0;
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
    weir_i_chan_check(ch);
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

/* -- cases of a select ------------------------------------------------------------------------ */

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

#endif
