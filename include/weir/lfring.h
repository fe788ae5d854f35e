/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.h - a bounded queue for many producers and many consumers that a stopped thread cannot
 * stop.
 *
 * Do this:
 *   WEIR_LFRING(events, struct event)
 *   events q;
 *   if (events_init(&q, 1000) != WEIR_OK) ...;
 *   if (!events_try_push(&q, event)) ...;     // any thread, any signal handler: false, full
 *   if (events_try_pop(&q, &event)) ...;      // likewise: false, empty
 *   events_destroy(&q);                       // when no thread is inside any more
 *
 * Guarantees
 *   Lock-free: whoever is stopped wherever, for good or by a signal whose handler calls the same
 *   operation on the same ring, the others get on. Empty is exact. Full is said only while the
 *   elements and the pushes in flight together reach the capacity: a stopped push costs one slot
 *   until it goes on, a stopped pop none. Each element of a push_n counts as a push of its own.
 *   What one consumer takes from one producer comes in that producer's order.
 *   The number of threads is not limited, and nothing is to be declared.
 *   Memory: capacity * (8 + the element's size, rounded up to its alignment and to 8).
 *   Any number of threads may be in push, pop, push_n, pop_n, len and capacity at once; init and
 *   destroy stand alone. A child of fork() may use a ring in which no other thread was active. A
 *   signal handler may call anything but init and destroy.
 *
 * Invariants. A ticket is {lap, offset} as in ring.h: the byte offset of a slot, below the power of
 * two `lap`, and the count of laps above it. A cell is the place of an element, one beside each
 * slot, and is named by its slot's offset. A slot's word is {lap, cell}: at which lap it was last
 * filled, and where the element lies. A position is *filled* when its slot's word has reached its
 * lap.
 * I1 claimed is the next push's ticket, head the next pop's. head <= claimed <= head + capacity.
 * I2 Positions are filled in order, each once: who fills one has seen the one before filled. So
 * what is filled stays so, and all before it is.
 * I3 Between claimed and head + capacity the slots name the free cells. Claiming a position is
 * taking its cell, and gives a right to fill *a* position, not that one: the first that is not
 * filled. As many are not filled between head and claimed as pushes hold a cell, so there is one;
 * who is stopped in mid-push is overtaken, and finds another position when it goes on.
 * I4 The cell of a filled position from head on is not written: it can be claimed only when head
 * has passed. So a pop reads first and then moves head; if it can, what it read was the element.
 *
 * Orders
 *   O1 push fills a slot, release:   publishes the element.  Read by O2, O3.
 *   O2 pop loads the slot, acquire:  before it reads the element.
 *   O3 push loads slots, acquire:    who sees what it fills sees all that was filled before it.
 *   O4 pop moves head, release:      it has read the element.  Read by O5, O6.
 *   O5 push loads head, acquire:     before it overwrites a cell.
 *   O6 pop loads head, acquire:      sees what was pushed before others popped: empty is exact.
 *   O7 push stores seen, release:    hands on what it learned at O5.  Read by O8.
 *   O8 push loads seen, acquire:     before it overwrites a cell.
 *   O9 push moves claimed, release:  hands on why there was room.  Read by O10.
 *   O10 push loads claimed, acquire: sees the pops that made room for the claims: full is exact.
 *
 * Not for: threads that nothing stops for long, where ring.h takes an eighth to two thirds of the
 * time; elements of kilobytes, which a pop that loses a race has copied in vain: queue pointers;
 * processors without a 64-bit compare-and-swap, where the compiler's substitute takes a lock.
 * Override: WEIR_CACHE_LINE.
 * Source: own work. Cells apart from positions are from R. Nikolaev's SCQD (DISC 2019), filling a
 * slot by a compare-and-swap on {lap, value} from Tsigas and Zhang (SPAA 2001), reading before
 * claiming from Chase and Lev's deque (SPAA 2005). docs/design/lfring.md compares.
 */
#ifndef WEIR_LFRING_H
#define WEIR_LFRING_H

#include <weir/base/atomic.h>
#include <weir/base/cpu.h>
#include <weir/base/ring.h>

WEIR_I_BEGIN

/* A slot and, behind it, a cell. */
typedef struct weir_i_lfring_slot {
    WEIR_I_ATOMIC(uint64_t) word; /* {lap, cell} */
} weir_i_lfring_slot;

/* The raw ring: elements of a size known at run time. Fields are private. */
typedef struct weir_lfring {
    /* Never written after init: shared by all cores. */
    unsigned char *slots;
    uint64_t mask; /* lap - 1 */
    uint64_t lap;  /* the distance of two tickets for one slot */
    uint64_t end;  /* the offset behind the last slot */
    uint64_t gap;  /* from there to the next lap's first ticket */
    size_t capacity;
    weir_i_ring_cell cell;
    weir_allocator allocator;
    /* What producers write, and what consumers write, on lines of their own. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) claimed;
    WEIR_I_ATOMIC(uint64_t) seen; /* where head was when a push last looked, or earlier */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) head;
} weir_lfring;

WEIR_I_STATIC_ASSERT(offsetof(weir_lfring, claimed) % WEIR_CACHE_LINE == 0 &&
                         offsetof(weir_lfring, head) - offsetof(weir_lfring, seen) + 8 >=
                             WEIR_CACHE_LINE,
                     "weir: claimed and head of a ring share a cache line");

/* -- tickets ---------------------------------------------------------------------------------- */

WEIR_I_FAST weir_i_lfring_slot *weir_i_lfring_at(const weir_lfring *ring, uint64_t ticket) {
    return (weir_i_lfring_slot *)(void *)(ring->slots + (ticket & ring->mask));
}

/* The words of the cell that a slot's word names. */
WEIR_I_FAST weir_i_word *weir_i_lfring_words(const weir_lfring *ring, uint64_t word,
                                             weir_i_ring_cell cell) {
    return (weir_i_word *)(void *)(ring->slots + (word & ring->mask) + cell.offset);
}

/* Without branches: a jump here makes compilers copy the compare-and-swap behind it. */
WEIR_I_FAST uint64_t weir_i_lfring_next(const weir_lfring *ring, uint64_t ticket, size_t stride) {
    const uint64_t next = ticket + stride;
    return next + ((next & ring->mask) == ring->end ? ring->gap : 0);
}

WEIR_I_FAST uint64_t weir_i_lfring_before(const weir_lfring *ring, uint64_t ticket, size_t stride) {
    return ticket - stride - ((ticket & ring->mask) == 0 ? ring->gap : 0);
}

/* True if the position is filled, by what its slot shows. */
WEIR_I_FAST bool weir_i_lfring_filled(const weir_lfring *ring, uint64_t word, uint64_t ticket) {
    return WEIR_I_CAST(int64_t, (word | ring->mask) - ticket) >= 0;
}

/* -- push ------------------------------------------------------------------------------------- */

/* Whether the position of a ticket may be claimed, by where head stands now. */
WEIR_I_SLOW bool weir_i_lfring_has_room(weir_lfring *ring, uint64_t ticket) {
    const uint64_t head = weir_i_load(&ring->head, acquire); /* O5 */
    if (WEIR_I_CAST(int64_t, ticket - head - ring->lap) >= 0)
        return false;
    weir_i_store(&ring->seen, head, release); /* O7; may set it back: then the next one looks */
    return true;
}

/* Takes a cell: *ticket is the position it comes from, *word what the slot shows there. False:
 * full. The slot cannot change before claimed has passed it (I3): so if claimed can be moved, the
 * word was read in time. */
WEIR_I_FAST bool weir_i_lfring_claim(weir_lfring *ring, size_t stride, uint64_t *ticket,
                                     uint64_t *word) {
    for (;;) {
        uint64_t t = weir_i_load(&ring->claimed, acquire); /* O10 */
        *ticket = t;
        if (WEIR_I_UNLIKELY(t - weir_i_load(&ring->seen, acquire) >= ring->lap) && /* O8 */
            !weir_i_lfring_has_room(ring, t))
            return false;
        *word = weir_i_load(&weir_i_lfring_at(ring, t)->word, relaxed);
        if (WEIR_I_LIKELY(weir_i_compare_exchange_weak(&ring->claimed, &t,
                                                       weir_i_lfring_next(ring, t, stride), release,
                                                       relaxed))) /* O9 */
            return true;
        weir_i_stand_back();
    }
}

/* Fills the first position that is not filled with a cell. It lies at or before the last one
 * claimed, with no other but those of pushes in flight in between. A search that went on from an
 * old ticket instead would walk over all that was pushed while this thread stood still. */
WEIR_I_SLOW void weir_i_lfring_fill_another(const weir_lfring *ring, uint64_t ticket, uint64_t cell,
                                            size_t stride) {
    uint64_t p = ticket;
    for (;;) {
        for (;;) {
            const uint64_t q = weir_i_lfring_before(ring, p, stride);
            const uint64_t before = weir_i_load(&weir_i_lfring_at(ring, q)->word, acquire); /* O3 */
            if (weir_i_lfring_filled(ring, before, q))
                break;
            p = q;
        }
        weir_i_lfring_slot *slot = weir_i_lfring_at(ring, p);
        uint64_t word = weir_i_load(&slot->word, relaxed);
        const uint64_t filled = (p & ~ring->mask) | cell;
        if (!weir_i_lfring_filled(ring, word, p) &&
            weir_i_compare_exchange_weak(&slot->word, &word, filled, release, relaxed)) /* O1 */
            return;
        p = weir_i_lfring_before(ring, weir_i_load(&ring->claimed, relaxed), stride);
    }
}

/* Fills the claimed position if the one before is filled, else an earlier one; I2. */
WEIR_I_FAST void weir_i_lfring_fill(const weir_lfring *ring, uint64_t ticket, uint64_t word,
                                    size_t stride) {
    weir_i_lfring_slot *slot = weir_i_lfring_at(ring, ticket);
    const uint64_t q = weir_i_lfring_before(ring, ticket, stride);
    const uint64_t before = weir_i_load(&weir_i_lfring_at(ring, q)->word, acquire); /* O3 */
    const uint64_t filled = word + ring->lap; /* the same cell, one lap on */
    const uint64_t cell = word & ring->mask;
    if (WEIR_I_UNLIKELY(!weir_i_lfring_filled(ring, before, q)) ||
        WEIR_I_UNLIKELY(
            !weir_i_compare_exchange_weak(&slot->word, &word, filled, release, relaxed))) /* O1 */
        weir_i_lfring_fill_another(ring, ticket, cell, stride);
}

WEIR_I_FAST bool weir_i_lfring_push(weir_lfring *ring, const void *element, weir_i_ring_cell cell) {
    uint64_t ticket;
    uint64_t word;
    if (!weir_i_lfring_claim(ring, cell.stride, &ticket, &word))
        return false;
    weir_i_copy_in(weir_i_lfring_words(ring, word, cell), element, cell.size);
    weir_i_lfring_fill(ring, ticket, word, cell.stride);
    return true;
}

/* One by one: a claim of several cells would cost as many slots if its owner were stopped. */
WEIR_I_FAST size_t weir_i_lfring_push_n(weir_lfring *ring, const void *elements, size_t n,
                                        weir_i_ring_cell cell) {
    const unsigned char *from = (const unsigned char *)elements;
    size_t count = 0;
    while (count < n && weir_i_lfring_push(ring, from + count * cell.size, cell))
        count++;
    return count;
}

/* -- pop -------------------------------------------------------------------------------------- */

/* True if a slot shows the element that the pop with this ticket shall take. */
WEIR_I_FAST bool weir_i_lfring_ready(const weir_lfring *ring, uint64_t word, uint64_t ticket) {
    return (word ^ ticket) < ring->lap;
}

/* On false element may have been written: a copy that came too late. The typed pop hides that. */
WEIR_I_FAST bool weir_i_lfring_pop(weir_lfring *ring, void *element, weir_i_ring_cell cell) {
    for (;;) {
        uint64_t head = weir_i_load(&ring->head, acquire);                               /* O6 */
        const uint64_t word = weir_i_load(&weir_i_lfring_at(ring, head)->word, acquire); /* O2 */
        if (WEIR_I_UNLIKELY(!weir_i_lfring_ready(ring, word, head))) {
            if (!weir_i_lfring_filled(ring, word, head))
                return false; /* so head stood here when the slot was read: empty */
            continue;         /* filled a lap later: head has gone on */
        }
        weir_i_copy_out(element, weir_i_lfring_words(ring, word, cell), cell.size);
        if (WEIR_I_LIKELY(weir_i_compare_exchange_weak(&ring->head, &head,
                                                       weir_i_lfring_next(ring, head, cell.stride),
                                                       release, relaxed))) /* O4 */
            return true;
        weir_i_stand_back();
    }
}

/* Bytes that a batch copies before it moves head: as much may be in vain when another is faster. */
enum { WEIR_I_LFRING_STEP = 1024 };

/* Up to n elements by one move of head. */
WEIR_I_FAST size_t weir_i_lfring_pop_step(weir_lfring *ring, unsigned char *to, size_t n,
                                          weir_i_ring_cell cell) {
    for (;;) {
        uint64_t head = weir_i_load(&ring->head, acquire); /* O6 */
        uint64_t p = head;
        uint64_t word = 0;
        size_t count = 0;
        for (; count < n; count++) {
            word = weir_i_load(&weir_i_lfring_at(ring, p)->word, acquire); /* O2 */
            if (!weir_i_lfring_ready(ring, word, p))
                break;
            weir_i_copy_out(to + count * cell.size, weir_i_lfring_words(ring, word, cell),
                            cell.size);
            p = weir_i_lfring_next(ring, p, cell.stride);
        }
        if (count == 0 && !weir_i_lfring_filled(ring, word, p))
            return 0; /* empty, as above */
        if (count > 0) {
            if (weir_i_compare_exchange_weak(&ring->head, &head, p, release, relaxed)) /* O4 */
                return count;
            weir_i_stand_back();
        }
    }
}

WEIR_I_FAST size_t weir_i_lfring_pop_n(weir_lfring *ring, void *elements, size_t n,
                                       weir_i_ring_cell cell) {
    unsigned char *to = (unsigned char *)elements;
    const size_t most = cell.size < WEIR_I_LFRING_STEP ? WEIR_I_LFRING_STEP / cell.size : 1;
    size_t count = 0;
    while (count < n) {
        const size_t left = n - count;
        const size_t came =
            weir_i_lfring_pop_step(ring, to + count * cell.size, left < most ? left : most, cell);
        if (came == 0)
            break;
        count += came;
    }
    return count;
}

/* -- life ------------------------------------------------------------------------------------- */

/* Sets an empty ring's tickets to `first`, a multiple of lap. Tests start near the wrap by it. */
WEIR_I_FUNC void weir_i_lfring_start(weir_lfring *ring, uint64_t first) {
    for (uint64_t offset = 0; offset < ring->end; offset += ring->cell.stride)
        weir_i_store(&weir_i_lfring_at(ring, offset)->word, first - ring->lap + offset, relaxed);
    weir_i_store(&ring->claimed, first, relaxed);
    weir_i_store(&ring->seen, first, relaxed);
    weir_i_store(&ring->head, first, relaxed);
}

/* Makes ring an empty ring for capacity elements of size bytes, aligned to align, in memory from
 * allocator (NULL: the default). WEIR_INVALID if capacity or size is 0, align no power of two, or
 * the whole too large for any object; WEIR_NOMEM. Only on WEIR_OK is there something to destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status
weir_lfring_init_raw_with(weir_lfring *ring, size_t capacity, size_t size, size_t align,
                          const weir_allocator *allocator) {
    size_t bytes;
    if (!weir_i_ring_layout(capacity, size, align, &ring->cell, &bytes))
        return WEIR_INVALID;
    ring->allocator = weir_i_allocator(allocator);
    ring->slots = weir_i_ring_slots(&ring->allocator, bytes, align);
    if (!ring->slots)
        return WEIR_NOMEM;
    ring->capacity = capacity;
    ring->end = bytes;
    for (ring->lap = 1; ring->lap < bytes;)
        ring->lap *= 2;
    ring->mask = ring->lap - 1;
    ring->gap = ring->lap - bytes;
    weir_i_lfring_start(ring, 0);
    return WEIR_OK;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_lfring_init_raw(weir_lfring *ring, size_t capacity,
                                                              size_t size, size_t align) {
    return weir_lfring_init_raw_with(ring, capacity, size, align, NULL);
}

/* Gives the memory back. Elements still inside are dropped; the caller's own cleaning of them comes
 * first, by popping. No thread may be inside any call. */
WEIR_I_FUNC void weir_lfring_destroy(weir_lfring *ring) {
    ring->allocator.free(ring->slots, WEIR_I_CAST(size_t, ring->end), ring->allocator.ctx);
    ring->slots = NULL;
}

/* How many elements are inside: exact while nothing is in flight, else head and claimed are read
 * one after the other, and the answer lies between 0 and capacity. A push in flight counts. */
WEIR_I_FUNC size_t weir_lfring_len(const weir_lfring *ring) {
    const uint64_t head = weir_i_load(&ring->head, relaxed);
    const uint64_t claimed = weir_i_load(&ring->claimed, relaxed);
    return weir_i_ring_distance(head, claimed, ring->lap, ring->cell.stride, ring->capacity);
}

/* The capacity given to init. */
WEIR_I_FUNC size_t weir_lfring_capacity(const weir_lfring *ring) {
    return ring->capacity;
}

/* -- elements of a run-time size -------------------------------------------------------------- */

/* Each takes the size given to init again, and reads or writes that many bytes at element. A pop
 * may write there also when it says false, and a batch behind what came: copies that came too late.
 */

WEIR_I_FUNC bool weir_lfring_try_push_raw(weir_lfring *ring, const void *element, size_t size) {
    weir_i_ring_cell cell = ring->cell;
    cell.size = size;
    return weir_i_lfring_push(ring, element, cell);
}

WEIR_I_FUNC bool weir_lfring_try_pop_raw(weir_lfring *ring, void *element, size_t size) {
    weir_i_ring_cell cell = ring->cell;
    cell.size = size;
    return weir_i_lfring_pop(ring, element, cell);
}

WEIR_I_FUNC size_t weir_lfring_push_n_raw(weir_lfring *ring, const void *elements, size_t n,
                                          size_t size) {
    weir_i_ring_cell cell = ring->cell;
    cell.size = size;
    return weir_i_lfring_push_n(ring, elements, n, cell);
}

WEIR_I_FUNC size_t weir_lfring_pop_n_raw(weir_lfring *ring, void *elements, size_t n, size_t size) {
    weir_i_ring_cell cell = ring->cell;
    cell.size = size;
    return weir_i_lfring_pop_n(ring, elements, n, cell);
}

WEIR_I_END

/* -- typed rings ------------------------------------------------------------------------------ */

/* WEIR_LFRING(name, T): the type `name`, a strictly lock-free ring of T, and its functions.
 *   weir_status name_init(name *, size_t capacity)     any capacity >= 1, kept exactly
 *   weir_status name_init_with(name *, size_t capacity, const weir_allocator *)
 *   void        name_destroy(name *)
 *   bool        name_try_push(name *, T)               false: full, the value stays the caller's
 *   bool        name_try_pop(name *, T *)              false: empty, nothing is written
 *   size_t      name_push_n(name *, const T *, size_t) how many went, in order
 *   size_t      name_pop_n(name *, T *, size_t)        how many came, in order; the rest of the
 *                                                      array may have been overwritten
 *   size_t      name_len(const name *)
 *   size_t      name_capacity(const name *)
 * Cost of a push: two locked instructions, also in a batch; of a pop: one; of a batch of pops: one
 * for each kilobyte. */
#define WEIR_LFRING(name, T)                                                                       \
    WEIR_I_BOUNDED_RING(name, T, weir_lfring, weir_i_lfring)                                       \
    WEIR_I_FAST bool name##_try_pop(name *ring_, T *out_) {                                        \
        WEIR_I_ALIGNED(WEIR_I_ALIGNOF(T)) unsigned char value_[sizeof(T)];                         \
        if (!weir_i_lfring_pop(&ring_->raw, value_,                                                \
                               weir_i_ring_cell_of(sizeof(T), WEIR_I_ALIGNOF(T))))                 \
            return false;                                                                          \
        weir_i_copy(out_, value_, sizeof(T));                                                      \
        return true;                                                                               \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
