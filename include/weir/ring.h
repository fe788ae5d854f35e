/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.h - a bounded queue for many producers and many consumers.
 *
 * Do this:
 *   WEIR_RING(jobs, struct job)
 *   jobs q;
 *   if (jobs_init(&q, 1000) != WEIR_OK) ...;
 *   if (!jobs_try_push(&q, job)) ...;         // any thread: false, full
 *   if (jobs_try_pop(&q, &job)) ...;          // any thread: false, empty
 *   jobs_destroy(&q);                         // when no thread is inside any more
 *
 * Guarantees
 *   Every call returns; none waits (one that lost a race pauses for at most some microseconds).
 * Exact while no other operation is in flight. But not lock-free: between a peer's claim of a slot
 * and its publication, push may say full and pop may say empty, although the ring as a whole is
 * neither. If that peer is stopped there, the slot stays so, and soon the ring with it. Where that
 * matters use lfring.h. What one consumer takes from one producer comes in that producer's order.
 *   Memory: capacity * (8 + the element's size, rounded up to its alignment and to 8).
 *   Any number of threads may be in push, pop, push_n, pop_n, len and capacity at once; init and
 *   destroy stand alone. A child of fork() may use a ring in which no other thread was active. A
 *   signal handler may call anything but init and destroy; an operation that it interrupts counts
 *   as in flight.
 *
 * Invariants. A ticket is {lap, offset}: the byte offset of a slot, below the power of two `lap`,
 * and the count of laps above it; so a ring of any capacity wraps cleanly, and the 64-bit ticket
 * too. Behind the last slot stands a gate, which is never ready: a ticket there stands for the
 * first slot of the next lap, and only the slow path meets it. I1 the slot at offset o holds seq =
 * {l, o}: free, and reserved for the push with ticket {l, o}; or seq = {l, o} + stride: holds that
 * push's element, for the pop with ticket {l, o}. I2 tail is the next push's ticket, head the next
 * pop's; each moves by a compare-and-swap, by whole slots, and its mover alone may touch the slots
 * it moved over until it stores their seq. I3 in one lap of pushes a slot's seq only grows, so (seq
 * - expected) tells by its sign whether the slot is a lap behind (full, empty) or the ticket is old
 * (reload).
 *
 * Orders
 *   O1 push stores seq, release:  publishes the element.      Read by O2.
 *   O2 pop loads seq, acquire:    before it copies the element out.
 *   O3 pop stores seq, release:   its copy is done, the slot may be overwritten.  Read by O4.
 *   O4 push loads seq, acquire:   before it copies the element in.
 *   tail and head are relaxed throughout: they hand out tickets, and carry no data.
 *
 * Not for: one producer and one consumer (spsc.h is several times cheaper).
 * Override: WEIR_CACHE_LINE.
 * Source: D. Vyukov's bounded MPMC queue (1024cores.net, 2010); {lap, index} tickets from
 * crossbeam's ArrayQueue. Different here: tickets hold byte offsets and the published seq is the
 * ticket's successor, which saves a multiplication and an addition a side; batches claim any number
 * of slots by one compare-and-swap.
 */
#ifndef WEIR_RING_H
#define WEIR_RING_H

#include <weir/base/atomic.h>
#include <weir/base/cpu.h>
#include <weir/base/ring.h>

WEIR_I_BEGIN

/* What precedes an element in the array. */
typedef struct weir_i_ring_slot {
    WEIR_I_ATOMIC(uint64_t) seq; /* I1 */
} weir_i_ring_slot;

/* The raw ring: elements of a size known at run time. Fields are private. */
typedef struct weir_ring {
    /* Never written after init: shared by all cores. */
    unsigned char *slots;
    uint64_t mask; /* lap - 1 */
    uint64_t lap;  /* the distance of two tickets for one slot */
    uint64_t gate; /* the offset behind the last slot */
    size_t capacity;
    weir_i_ring_cell cell;
    weir_allocator allocator;
    /* Each on lines of its own: producers write the one, consumers the other. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) tail;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) head;
} weir_ring;

WEIR_I_STATIC_ASSERT(offsetof(weir_ring, tail) % WEIR_CACHE_LINE == 0 &&
                         offsetof(weir_ring, head) - offsetof(weir_ring, tail) >= WEIR_CACHE_LINE,
                     "weir: tail and head of a ring share a cache line");

/* -- tickets ---------------------------------------------------------------------------------- */

WEIR_I_FAST weir_i_ring_slot *weir_i_ring_slot_at(const weir_ring *ring, uint64_t ticket) {
    return (weir_i_ring_slot *)(void *)(ring->slots + (ticket & ring->mask));
}

/* The same ticket, but past the gate. */
WEIR_I_FAST uint64_t weir_i_ring_pass(const weir_ring *ring, uint64_t ticket) {
    return (ticket & ring->mask) == ring->gate ? (ticket | ring->mask) + 1 : ticket;
}

/* I3: true if a slot that should show `expected` is a lap behind. */
WEIR_I_FAST bool weir_i_ring_behind(uint64_t seq, uint64_t expected) {
    return WEIR_I_CAST(int64_t, seq - expected) < 0;
}

/* -- one element ------------------------------------------------------------------------------ */

/* A claimed slot and its ticket; by value, so that the fast path keeps both in registers. */
typedef struct weir_i_ring_claim {
    weir_i_ring_slot *slot; /* NULL: full or empty */
    uint64_t ticket;
} weir_i_ring_claim;

/* The most that a lost race makes a thread wait, in pauses: one to three microseconds. */
enum { WEIR_I_RING_MOST_PAUSES = 64 };

/* The loop behind push and pop, for what the fast path does not meet: a lost race, the gate, a full
 * or empty ring. `turn` is tail or head; a slot is ready that stands `ready` above its ticket. */
WEIR_I_SLOW weir_i_ring_claim weir_i_ring_claim_one(const weir_ring *ring,
                                                    WEIR_I_ATOMIC(uint64_t) *turn, size_t ready) {
    weir_i_ring_claim claim = {NULL, 0};
    uint64_t seen = weir_i_load(turn, relaxed);
    unsigned pauses = 1;
    for (;;) {
        const uint64_t t = weir_i_ring_pass(ring, seen);
        weir_i_ring_slot *slot = weir_i_ring_slot_at(ring, t);
        const uint64_t seq = weir_i_load(&slot->seq, acquire); /* O2, O4 */
        if (seq == t + ready) {
            if (weir_i_compare_exchange_weak(turn, &seen, t + ring->cell.stride, relaxed,
                                             relaxed)) {
                claim.slot = slot;
                claim.ticket = t;
                return claim;
            }
            pauses = weir_i_back_off(pauses, WEIR_I_RING_MOST_PAUSES);
        } else if (weir_i_ring_behind(seq, t + ready)) {
            return claim;
        }
        seen = weir_i_load(turn, relaxed);
    }
}

WEIR_I_FAST bool weir_i_ring_push(weir_ring *ring, const void *element, weir_i_ring_cell cell) {
    uint64_t t = weir_i_load(&ring->tail, relaxed);
    uint64_t filled = t + cell.stride; /* the next ticket, and what the slot will show */
    weir_i_ring_slot *slot = weir_i_ring_slot_at(ring, t);
    const uint64_t seq = weir_i_load(&slot->seq, acquire); /* O4 */
    if (WEIR_I_UNLIKELY(seq != t) ||
        WEIR_I_UNLIKELY(!weir_i_compare_exchange_weak(&ring->tail, &t, filled, relaxed, relaxed))) {
        const weir_i_ring_claim claim = weir_i_ring_claim_one(ring, &ring->tail, 0);
        if (!claim.slot)
            return false;
        slot = claim.slot;
        filled = claim.ticket + cell.stride;
    }
    weir_i_copy((unsigned char *)slot + cell.offset, element, cell.size);
    weir_i_store(&slot->seq, filled, release); /* O1 */
    return true;
}

WEIR_I_FAST bool weir_i_ring_pop(weir_ring *ring, void *element, weir_i_ring_cell cell) {
    const uint64_t first = weir_i_load(&ring->head, relaxed);
    const uint64_t filled = first + cell.stride;
    uint64_t t = first;
    weir_i_ring_slot *slot = weir_i_ring_slot_at(ring, t);
    const uint64_t seq = weir_i_load(&slot->seq, acquire); /* O2 */
    if (WEIR_I_UNLIKELY(seq != filled) ||
        WEIR_I_UNLIKELY(!weir_i_compare_exchange_weak(&ring->head, &t, filled, relaxed, relaxed))) {
        const weir_i_ring_claim claim = weir_i_ring_claim_one(ring, &ring->head, cell.stride);
        if (!claim.slot)
            return false;
        slot = claim.slot;
        t = claim.ticket;
    }
    weir_i_copy(element, (unsigned char *)slot + cell.offset, cell.size);
    weir_i_store(&slot->seq, t + ring->lap, release); /* O3: free, for the next lap's push */
    return true;
}

/* -- batches ---------------------------------------------------------------------------------- */

/* A batch is a run of neighbouring slots, or, around the end, several. Runs are walked in fours. */
enum { WEIR_I_RING_FOUR = 4 };

/* The slot of a ticket; past the gate, if it stands there. */
WEIR_I_FAST weir_i_ring_claim weir_i_ring_at(const weir_ring *ring, uint64_t ticket) {
    const uint64_t t = weir_i_ring_pass(ring, ticket);
    const weir_i_ring_claim at = {weir_i_ring_slot_at(ring, t), t};
    return at;
}

/* How many of n slots from a ticket on lie before the gate. */
WEIR_I_FAST size_t weir_i_ring_run(const weir_ring *ring, uint64_t ticket, size_t n,
                                   size_t stride) {
    const size_t room = WEIR_I_CAST(size_t, ring->gate - (ticket & ring->mask)) / stride;
    return n < room ? n : room;
}

/* The i-th slot behind `at`. */
WEIR_I_FAST weir_i_ring_claim weir_i_ring_behind_by(weir_i_ring_claim at, size_t i, size_t stride) {
    unsigned char *slot = (unsigned char *)at.slot + i * stride;
    const weir_i_ring_claim moved = {(weir_i_ring_slot *)(void *)slot, at.ticket + i * stride};
    return moved;
}

/* 0 if the slot stands `ready` above its ticket. */
WEIR_I_FAST uint64_t weir_i_ring_differs(weir_i_ring_claim at, size_t ready) {
    return weir_i_load(&at.slot->seq, acquire) ^ (at.ticket + ready); /* O2, O4 */
}

/* How many of n slots from `at` on are ready, up to the first that is not. */
WEIR_I_FAST size_t weir_i_ring_ready(weir_i_ring_claim at, size_t ready, size_t n, size_t stride) {
    size_t count = 0;
    for (; count + WEIR_I_RING_FOUR <= n; count += WEIR_I_RING_FOUR) {
        if (weir_i_ring_differs(at, ready) |
            weir_i_ring_differs(weir_i_ring_behind_by(at, 1, stride), ready) |
            weir_i_ring_differs(weir_i_ring_behind_by(at, 2, stride), ready) |
            weir_i_ring_differs(weir_i_ring_behind_by(at, 3, stride), ready))
            break;
        at = weir_i_ring_behind_by(at, WEIR_I_RING_FOUR, stride);
    }
    for (; count < n && weir_i_ring_differs(at, ready) == 0; count++)
        at = weir_i_ring_behind_by(at, 1, stride);
    return count;
}

/* Claims up to n ready slots in a row by one compare-and-swap. Returns how many; *first is the
 * first. A ready slot whose ticket nobody holds cannot change before turn moves (I2). */
WEIR_I_FAST size_t weir_i_ring_claim_n(const weir_ring *ring, WEIR_I_ATOMIC(uint64_t) *turn,
                                       size_t ready, size_t n, size_t stride,
                                       weir_i_ring_claim *first) {
    uint64_t seen = weir_i_load(turn, relaxed);
    unsigned pauses = 1;
    while (n > 0) {
        weir_i_ring_claim at = weir_i_ring_at(ring, seen);
        size_t count = 0;
        size_t run, some;
        *first = at;
        do {
            at = weir_i_ring_at(ring, at.ticket);
            run = weir_i_ring_run(ring, at.ticket, n - count, stride);
            some = weir_i_ring_ready(at, ready, run, stride);
            at = weir_i_ring_behind_by(at, some, stride);
            count += some;
        } while (some == run && count < n);
        if (count == 0) {
            if (weir_i_ring_behind(weir_i_load(&at.slot->seq, relaxed), at.ticket + ready))
                return 0;
        } else if (WEIR_I_LIKELY(
                       weir_i_compare_exchange_weak(turn, &seen, at.ticket, relaxed, relaxed))) {
            return count;
        } else {
            pauses = weir_i_back_off(pauses, WEIR_I_RING_MOST_PAUSES);
        }
        seen = weir_i_load(turn, relaxed);
    }
    return 0;
}

/* The i-th element into the i-th slot behind `at`. */
WEIR_I_FAST void weir_i_ring_fill(weir_i_ring_claim at, const unsigned char *from, size_t i,
                                  weir_i_ring_cell cell) {
    at = weir_i_ring_behind_by(at, i, cell.stride);
    weir_i_copy((unsigned char *)at.slot + cell.offset, from + i * cell.size, cell.size);
    weir_i_store(&at.slot->seq, at.ticket + cell.stride, release); /* O1 */
}

WEIR_I_FAST void weir_i_ring_fill_run(weir_i_ring_claim at, const unsigned char *from, size_t n,
                                      weir_i_ring_cell cell) {
    for (; n >= WEIR_I_RING_FOUR; n -= WEIR_I_RING_FOUR) {
        weir_i_ring_fill(at, from, 0, cell);
        weir_i_ring_fill(at, from, 1, cell);
        weir_i_ring_fill(at, from, 2, cell);
        weir_i_ring_fill(at, from, 3, cell);
        at = weir_i_ring_behind_by(at, WEIR_I_RING_FOUR, cell.stride);
        from += WEIR_I_RING_FOUR * cell.size;
    }
    for (size_t i = 0; i < n; i++)
        weir_i_ring_fill(at, from, i, cell);
}

/* The i-th element out of the i-th slot behind `at`. */
WEIR_I_FAST void weir_i_ring_empty(weir_i_ring_claim at, unsigned char *to, size_t i, uint64_t lap,
                                   weir_i_ring_cell cell) {
    at = weir_i_ring_behind_by(at, i, cell.stride);
    weir_i_copy(to + i * cell.size, (unsigned char *)at.slot + cell.offset, cell.size);
    weir_i_store(&at.slot->seq, at.ticket + lap, release); /* O3 */
}

WEIR_I_FAST void weir_i_ring_empty_run(weir_i_ring_claim at, unsigned char *to, size_t n,
                                       uint64_t lap, weir_i_ring_cell cell) {
    for (; n >= WEIR_I_RING_FOUR; n -= WEIR_I_RING_FOUR) {
        weir_i_ring_empty(at, to, 0, lap, cell);
        weir_i_ring_empty(at, to, 1, lap, cell);
        weir_i_ring_empty(at, to, 2, lap, cell);
        weir_i_ring_empty(at, to, 3, lap, cell);
        at = weir_i_ring_behind_by(at, WEIR_I_RING_FOUR, cell.stride);
        to += WEIR_I_RING_FOUR * cell.size;
    }
    for (size_t i = 0; i < n; i++)
        weir_i_ring_empty(at, to, i, lap, cell);
}

WEIR_I_FAST size_t weir_i_ring_push_n(weir_ring *ring, const void *elements, size_t n,
                                      weir_i_ring_cell cell) {
    const unsigned char *from = (const unsigned char *)elements;
    weir_i_ring_claim at = {NULL, 0};
    const size_t count = weir_i_ring_claim_n(ring, &ring->tail, 0, n, cell.stride, &at);
    for (size_t left = count; left > 0;) {
        const size_t run = weir_i_ring_run(ring, at.ticket, left, cell.stride);
        weir_i_ring_fill_run(at, from, run, cell);
        at = weir_i_ring_at(ring, at.ticket + run * cell.stride);
        from += run * cell.size;
        left -= run;
    }
    return count;
}

WEIR_I_FAST size_t weir_i_ring_pop_n(weir_ring *ring, void *elements, size_t n,
                                     weir_i_ring_cell cell) {
    unsigned char *to = (unsigned char *)elements;
    weir_i_ring_claim at = {NULL, 0};
    const size_t count = weir_i_ring_claim_n(ring, &ring->head, cell.stride, n, cell.stride, &at);
    for (size_t left = count; left > 0;) {
        const size_t run = weir_i_ring_run(ring, at.ticket, left, cell.stride);
        weir_i_ring_empty_run(at, to, run, ring->lap, cell);
        at = weir_i_ring_at(ring, at.ticket + run * cell.stride);
        to += run * cell.size;
        left -= run;
    }
    return count;
}

/* -- life ------------------------------------------------------------------------------------- */

/* Sets an empty ring's tickets to `first`, a multiple of lap. Tests start near the wrap by it. */
WEIR_I_FUNC void weir_i_ring_start(weir_ring *ring, uint64_t first) {
    const uint64_t never = 1; /* tickets are multiples of 8 */
    for (uint64_t offset = 0; offset < ring->gate; offset += ring->cell.stride)
        weir_i_store(&weir_i_ring_slot_at(ring, offset)->seq, first + offset, relaxed);
    weir_i_store(&weir_i_ring_slot_at(ring, ring->gate)->seq, never, relaxed);
    weir_i_store(&ring->tail, first, relaxed);
    weir_i_store(&ring->head, first, relaxed);
}

/* Makes ring an empty ring for capacity elements of size bytes, aligned to align, in memory from
 * allocator (NULL: the default). WEIR_INVALID if capacity or size is 0, align no power of two, or
 * the whole too large for any object; WEIR_NOMEM. Only on WEIR_OK is there something to destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_ring_init_raw_with(weir_ring *ring, size_t capacity,
                                                                 size_t size, size_t align,
                                                                 const weir_allocator *allocator) {
    size_t bytes;
    if (!weir_i_ring_layout(capacity, size, align, &ring->cell, &bytes))
        return WEIR_INVALID;
    ring->allocator = weir_i_allocator(allocator);
    ring->slots = weir_i_ring_slots(&ring->allocator, bytes + sizeof(weir_i_ring_slot), /* gate */
                                    align);
    if (!ring->slots)
        return WEIR_NOMEM;
    ring->capacity = capacity;
    ring->gate = bytes;
    for (ring->lap = 1; ring->lap <= bytes;)
        ring->lap *= 2;
    ring->mask = ring->lap - 1;
    weir_i_ring_start(ring, 0);
    return WEIR_OK;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_ring_init_raw(weir_ring *ring, size_t capacity,
                                                            size_t size, size_t align) {
    return weir_ring_init_raw_with(ring, capacity, size, align, NULL);
}

/* Gives the memory back. Elements still inside are dropped; the caller's own cleaning of them comes
 * first, by popping. No thread may be inside any call. */
WEIR_I_FUNC void weir_ring_destroy(weir_ring *ring) {
    ring->allocator.free(ring->slots, WEIR_I_CAST(size_t, ring->gate) + sizeof(weir_i_ring_slot),
                         ring->allocator.ctx);
    ring->slots = NULL;
}

/* How many elements are inside: exact while nothing is in flight, else head and tail are read one
 * after the other, and the answer lies between 0 and capacity. A claimed slot counts. */
WEIR_I_FUNC size_t weir_ring_len(const weir_ring *ring) {
    const uint64_t head = weir_i_load(&ring->head, relaxed);
    const uint64_t tail = weir_i_load(&ring->tail, relaxed);
    return weir_i_ring_distance(head, tail, ring->lap, ring->cell.stride, ring->capacity);
}

/* The capacity given to init. */
WEIR_I_FUNC size_t weir_ring_capacity(const weir_ring *ring) {
    return ring->capacity;
}

/* -- elements of a run-time size -------------------------------------------------------------- */

/* Each takes the size given to init again, and reads or writes that many bytes at element. */

WEIR_I_FUNC bool weir_ring_try_push_raw(weir_ring *ring, const void *element, size_t size) {
    weir_i_ring_cell cell = ring->cell;
    cell.size = size;
    return weir_i_ring_push(ring, element, cell);
}

WEIR_I_FUNC bool weir_ring_try_pop_raw(weir_ring *ring, void *element, size_t size) {
    weir_i_ring_cell cell = ring->cell;
    cell.size = size;
    return weir_i_ring_pop(ring, element, cell);
}

WEIR_I_FUNC size_t weir_ring_push_n_raw(weir_ring *ring, const void *elements, size_t n,
                                        size_t size) {
    weir_i_ring_cell cell = ring->cell;
    cell.size = size;
    return weir_i_ring_push_n(ring, elements, n, cell);
}

WEIR_I_FUNC size_t weir_ring_pop_n_raw(weir_ring *ring, void *elements, size_t n, size_t size) {
    weir_i_ring_cell cell = ring->cell;
    cell.size = size;
    return weir_i_ring_pop_n(ring, elements, n, cell);
}

WEIR_I_END

/* -- typed rings ------------------------------------------------------------------------------ */

/* WEIR_RING(name, T): the type `name`, a ring of T, and its functions.
 *   weir_status name_init(name *, size_t capacity)     any capacity >= 1, kept exactly
 *   weir_status name_init_with(name *, size_t capacity, const weir_allocator *)
 *   void        name_destroy(name *)
 *   bool        name_try_push(name *, T)               false: full, the value stays the caller's
 *   bool        name_try_pop(name *, T *)              false: empty, nothing is written
 *   size_t      name_push_n(name *, const T *, size_t) how many went, in order
 *   size_t      name_pop_n(name *, T *, size_t)        how many came, in order
 *   size_t      name_len(const name *)
 *   size_t      name_capacity(const name *)
 * Cost of a push or a pop: one locked instruction; of a batch: one for the whole batch. */
#define WEIR_RING(name, T)                                                                         \
    WEIR_I_BOUNDED_RING(name, T, weir_ring, weir_i_ring)                                           \
    WEIR_I_FAST bool name##_try_pop(name *ring_, T *out_) {                                        \
        return weir_i_ring_pop(&ring_->raw, out_,                                                  \
                               weir_i_ring_cell_of(sizeof(T), WEIR_I_ALIGNOF(T)));                 \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
