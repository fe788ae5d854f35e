/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.h - work stealing: one owner's deque that others may steal from, and an injector.
 *
 * Do this:
 *   WEIR_DEQUE(jobs, job *)                       // or WEIR_DEQUE_FIFO, WEIR_DEQUE_BOUNDED
 *   WEIR_INJECTOR(inbox, job *, jobs)             // for who owns no deque
 *   if (jobs_init(&d, 64) != WEIR_OK) ...;
 *   if (jobs_push(&d, job) != WEIR_OK) ...;       // the owner
 *   if (jobs_pop(&d, &job)) ...;                  // the owner: the youngest
 *   if (jobs_steal(&d, &job) == WEIR_OK) ...;     // any thread: the oldest
 *
 * Guarantees
 *   Deque: push and pop are wait-free, growth excepted; steal is lock-free. All are exact: steal
 *   says WEIR_AGAIN only if the deque was empty, WEIR_BUSY only if another took what it was after.
 *   What is pushed is taken exactly once, whoever grows, steals or is stopped meanwhile.
 *   Injector: exact, first in first out, not lock-free. Who took a slot or a batch waits for the
 *   pusher that is inside its copy; who pushes waits for the one that is linking a new block.
 *   Memory: the deque's array is the power of two that held the most elements; older ones are kept
 *   until destroy for thieves that may still read them, and together are smaller than the current
 *   one. Injector: the blocks of 63 elements that hold some, one more, and one for each push in
 *   flight.
 *   One thread at a time is the owner: push, pop, and steal_half and steal_batch into the deque.
 *   Any number may be in steal and len, and in push, steal and len of an injector; init, destroy
 *   and favour_owner stand alone. A signal handler may call steal and len of a deque, also of one
 *   that the thread it interrupted owns, and nothing else. A child of fork() may use a deque or an
 *   injector in which no other thread was active.
 *
 * Invariants. Deque: top and bottom count up from 0 and wrap; element i lies in the current array
 * at i modulo its size. I1 the elements are top..bottom-1, but while a pop is under way bottom may
 * be one too small. I2 top only grows, by compare-and-swap, and who moves it over i has element i;
 * the owner takes i without that only if it saw top below i after it had lowered bottom to i. I3 an
 * index is never filled again before top has passed it, unless the owner took it from the bottom.
 * I4 an array that a thief reads after bottom is no older than the element below that bottom.
 * Injector: tickets count slots, and in each block one more, which means that the next block is
 * being linked. I5 a block is touched only by the holder of a ticket for one of its slots, and
 * freed by the last to be done with its slots.
 *
 * Orders, deque
 *   O1 push stores bottom, release: the element, and the array it lies in.     Read by O2.
 *   O2 a thief loads bottom, acquire: before it reads the array and the element.
 *   O3 growing stores array, release: its size and its copies.                 Read by O4.
 *   O4 a thief loads array, acquire: before it looks into it.
 *   O5 pop stores bottom, release: the elements below, for who reads that store and not O1's.
 *   O6 a thief moves top, release: it has read the element.                    Read by O7.
 *   O7 the owner loads top, acquire: before it fills a slot again.
 *   O17 a FIFO owner moves top, release: the bottom that it knows, so that no thief that sees the
 * new top takes an old bottom for the end.                       Read through a thief's fence. Pop
 * and steal each have a fence between their store (load) and their load, so that one sees the other
 * (fence.h): either pop sees the new top, or the thief the lowered bottom. Orders, injector O8
 * install stores the tail's ticket, release: the block that goes with it.  Read by O9. O9 push
 * loads the tail's ticket, acquire: before it uses the block. O10 install stores next, release: the
 * block behind it.                      Read by O11. O11 a thief loads next, acquire. O12 a thief
 * moves the head's ticket, release: the block that goes with it, and the tail that it saw, so that
 * nobody takes an old tail for the end.                   Read by O13. O13 a thief loads the head's
 * ticket, acquire: before it uses the block or looks at the tail. O14 push stores ready, release:
 * the element.                                Read by O15. O15 a thief loads ready, acquire: before
 * it copies the element out. O16 a thief counts its slots as done, acq_rel: its copies; and who
 * frees, those of all others.
 *
 * Not for: many producers (ring.h, or the injector alone); elements beyond 16 bytes (pointers).
 * Override: WEIR_CACHE_LINE.
 * Source: D. Chase, Y. Lev, Dynamic circular work-stealing deque (2005), with the C11 orders of
 * N. M. Le and others (2013). The injector follows crossbeam's (linked blocks, tickets with a gap).
 * Different here: bottom is published by release stores and no fence, so pop must release too; the
 * owner remembers top, so that push rarely looks at it; elements are words that thieves read as
 * atomics; a block of the injector is freed by a count.
 */
#ifndef WEIR_DEQUE_H
#define WEIR_DEQUE_H

#include <weir/base/alloc.h>
#include <weir/base/atomic.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/fence.h>
#include <weir/base/panic.h>
#include <weir/base/status.h>

WEIR_I_BEGIN

enum {
    WEIR_I_DEQUE_BYTES = 16, /* of an element, at most */
    WEIR_I_DEQUE_WORDS = WEIR_I_DEQUE_BYTES / sizeof(uintptr_t),
    WEIR_I_INJECTOR_LAP = 64 /* tickets for a block: one more than it has slots */
};

/* What a thief reads before it knows that the element is its own: words, each read atomically. */
typedef WEIR_I_ATOMIC(uintptr_t) weir_i_deque_word;

/* On a cache line of its own, which only growth writes; the words follow. */
typedef struct weir_i_deque_array {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) size_t mask; /* elements, a power of two, less one */
    size_t bytes;                                /* as asked of the allocator */
    struct weir_i_deque_array *older;            /* kept for thieves that may still read it */
} weir_i_deque_array;

/* The raw deque: elements of a size known at run time. Fields are private. */
typedef struct weir_deque {
    /* The owner's own: no thief reads this. */
    uint64_t top_seen; /* not above top */
    uint64_t room;     /* elements that fit */
    size_t mask;       /* of the current array, and its words */
    weir_i_deque_word *words;
    weir_allocator allocator;
    bool bounded;
    /* What both sides look at, together on one line: a steal needs all of it, a pop top and bottom,
     * so that each costs one transfer of a line and not two. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) bottom;
    WEIR_I_ATOMIC(uint64_t) top;
    WEIR_I_ATOMIC(weir_i_deque_array *) array;
    weir_i_fence_mode mode; /* this and size: never written after init */
    size_t size;            /* of an element */
} weir_deque;

WEIR_I_STATIC_ASSERT(offsetof(weir_deque, bottom) % WEIR_CACHE_LINE == 0 &&
                         offsetof(weir_deque, array) + sizeof(void *) <=
                             offsetof(weir_deque, bottom) + WEIR_CACHE_LINE,
                     "weir: bottom, top and array of a deque are not one cache line");

/* -- elements as words ------------------------------------------------------------------------ */

WEIR_I_FAST size_t weir_i_deque_words_of(size_t size) {
    return (size + sizeof(uintptr_t) - 1) / sizeof(uintptr_t);
}

WEIR_I_FAST weir_i_deque_word *weir_i_deque_slot(weir_i_deque_word *words, size_t mask,
                                                 uint64_t index, size_t size) {
    return words + (WEIR_I_CAST(size_t, index) & mask) * weir_i_deque_words_of(size);
}

/* An element on its way between two places. */
typedef struct weir_i_deque_element {
    uintptr_t word[WEIR_I_DEQUE_WORDS];
} weir_i_deque_element;

WEIR_I_FAST void weir_i_deque_write(weir_i_deque_word *slot, const void *element, size_t size) {
    weir_i_deque_element e = {{0}};
    weir_i_copy(e.word, element, size);
    for (size_t i = 0; i < weir_i_deque_words_of(size); i++)
        weir_i_store(slot + i, e.word[i], relaxed);
}

WEIR_I_FAST weir_i_deque_element weir_i_deque_read(weir_i_deque_word *slot, size_t size) {
    weir_i_deque_element e = {{0}};
    for (size_t i = 0; i < weir_i_deque_words_of(size); i++)
        e.word[i] = weir_i_load(slot + i, relaxed);
    return e;
}

/* -- arrays ----------------------------------------------------------------------------------- */

WEIR_I_FAST weir_i_deque_word *weir_i_deque_array_words(weir_i_deque_array *array) {
    return (weir_i_deque_word *)(void *)(array + 1);
}

/* capacity is a power of two. NULL if there is no memory, or no object can be that large. */
WEIR_I_FUNC weir_i_deque_array *weir_i_deque_array_new(const weir_deque *deque, uint64_t capacity) {
    const size_t most = PTRDIFF_MAX / 4;
    weir_i_deque_array *array;
    size_t bytes;
    if (capacity > most ||
        !weir_i_size_multiply(WEIR_I_CAST(size_t, capacity),
                              weir_i_deque_words_of(deque->size) * sizeof(uintptr_t), &bytes) ||
        bytes > most)
        return NULL;
    bytes += sizeof *array;
    array = WEIR_I_CAST(weir_i_deque_array *,
                        deque->allocator.alloc(bytes, WEIR_CACHE_LINE, deque->allocator.ctx));
    if (!array)
        return NULL;
    array->mask = WEIR_I_CAST(size_t, capacity) - 1;
    array->bytes = bytes;
    array->older = NULL;
    return array;
}

/* Makes array the owner's. */
WEIR_I_FUNC void weir_i_deque_adopt(weir_deque *deque, weir_i_deque_array *array) {
    deque->mask = array->mask;
    deque->words = weir_i_deque_array_words(array);
}

/* Moves to an array of the given capacity. A thief may be reading the old one, and may take what
 * was copied before or after: top decides, and both arrays hold the same. */
WEIR_I_FUNC bool weir_i_deque_grow(weir_deque *deque, uint64_t bottom, uint64_t capacity) {
    weir_i_deque_array *array = weir_i_deque_array_new(deque, capacity);
    if (!array)
        return false;
    for (uint64_t i = deque->top_seen; i != bottom; i++) {
        const weir_i_deque_element e = weir_i_deque_read(
            weir_i_deque_slot(deque->words, deque->mask, i, deque->size), deque->size);
        weir_i_deque_write(
            weir_i_deque_slot(weir_i_deque_array_words(array), array->mask, i, deque->size), &e,
            deque->size);
    }
    array->older = weir_i_load(&deque->array, relaxed);
    weir_i_deque_adopt(deque, array);
    weir_i_store(&deque->array, array, release); /* O3 */
    deque->room = capacity;
    return true;
}

/* Room for n more elements above bottom, by the owner. Returns for how many there is: n; or fewer
 * in a bounded deque; or 0, no memory. */
WEIR_I_SLOW size_t weir_i_deque_reserve(weir_deque *deque, size_t n) {
    const uint64_t bottom = weir_i_load(&deque->bottom, relaxed);
    uint64_t capacity = deque->room;
    uint64_t used;
    deque->top_seen = weir_i_load(&deque->top, acquire); /* O7, LB */
    used = bottom - deque->top_seen;
    if (n <= capacity - used)
        return n;
    if (deque->bounded)
        return WEIR_I_CAST(size_t, capacity - used);
    while (capacity - used < n && capacity <= PTRDIFF_MAX / 2)
        capacity *= 2;
    return capacity - used >= n && weir_i_deque_grow(deque, bottom, capacity) ? n : 0;
}

/* -- the owner -------------------------------------------------------------------------------- */

WEIR_I_FAST weir_status weir_i_deque_push(weir_deque *deque, const void *element, size_t size) {
    const uint64_t bottom = weir_i_load(&deque->bottom, relaxed);
    if (WEIR_I_UNLIKELY(bottom - deque->top_seen >= deque->room) &&
        weir_i_deque_reserve(deque, 1) == 0)
        return deque->bounded ? WEIR_AGAIN : WEIR_NOMEM;
    weir_i_deque_write(weir_i_deque_slot(deque->words, deque->mask, bottom, size), element, size);
    weir_i_store(&deque->bottom, bottom + 1, release); /* O1 */
    return WEIR_OK;
}

/* The last element goes to whoever moves top over it. */
WEIR_I_FAST bool weir_i_deque_race(weir_deque *deque, uint64_t last, uint64_t top) {
    return top == last &&
           weir_i_compare_exchange_strong(&deque->top, &top, last + 1, relaxed, relaxed);
}

/* Thieves came close after pop had lowered bottom. It is put back only when the race is over: who
 * was told meanwhile that there is nothing must not see the element taken by another later. */
WEIR_I_SLOW bool weir_i_deque_pop_close(weir_deque *deque, uint64_t last, uint64_t top) {
    const bool won = weir_i_deque_race(deque, last, top);
    weir_i_store(&deque->bottom, last + 1, relaxed); /* nothing is below it any more */
    return won;
}

/* The youngest element. Of several one is taken by lowering bottom, which costs a fence; the last
 * one by moving top, as thieves do, which decides by itself. */
WEIR_I_FAST bool weir_i_deque_pop(weir_deque *deque, void *element, size_t size) {
    const uint64_t last = weir_i_load(&deque->bottom, relaxed) - 1;
    uint64_t top = weir_i_load(&deque->top, relaxed);
    weir_i_deque_element e;
    if (WEIR_I_CAST(int64_t, last - top) > 0) {
        weir_i_store(&deque->bottom, last, release); /* O5 */
        weir_i_fence_light(deque->mode);
        top = weir_i_load(&deque->top, relaxed);
        if (WEIR_I_UNLIKELY(WEIR_I_CAST(int64_t, last - top) <= 0) &&
            !weir_i_deque_pop_close(deque, last, top))
            return false;
    } else if (!weir_i_deque_race(deque, last, top)) {
        return false;
    }
    e = weir_i_deque_read(weir_i_deque_slot(deque->words, deque->mask, last, size), size);
    weir_i_copy(element, e.word, size);
    return true;
}

/* The oldest element, for an owner that works first in, first out. It is one of those that race for
 * the top; only a thief's success sends it round again, so it goes round at most once per element.
 */
WEIR_I_FAST bool weir_i_deque_pop_fifo(weir_deque *deque, void *element, size_t size) {
    const uint64_t bottom = weir_i_load(&deque->bottom, relaxed);
    uint64_t top = weir_i_load(&deque->top, relaxed);
    weir_i_deque_element e;
    do {
        if (top == bottom)
            return false;
    } while (!weir_i_compare_exchange_weak(&deque->top, &top, top + 1, release, /* O17 */
                                           relaxed));
    e = weir_i_deque_read(weir_i_deque_slot(deque->words, deque->mask, top, size), size);
    weir_i_copy(element, e.word, size);
    return true;
}

/* -- thieves ---------------------------------------------------------------------------------- */

typedef struct weir_i_deque_view {
    uint64_t top;
    uint64_t count; /* of the elements from top on; 0: none, or (refused) not to be known */
    bool refused;
} weir_i_deque_view;

/* What there is to steal. Where the owner has no fence, this side has one for both, unless there is
 * nothing, so that to look at an empty deque stays cheap. */
WEIR_I_FUNC weir_i_deque_view weir_i_deque_look(weir_deque *deque) {
    weir_i_deque_view view = {weir_i_load(&deque->top, relaxed), 0, false};
    uint64_t bottom;
    weir_i_fence_store_load();
    bottom = weir_i_load(&deque->bottom, acquire); /* O2 */
    if (WEIR_I_UNLIKELY(deque->mode == WEIR_I_FENCE_ASYMMETRIC) && bottom != view.top) {
        view.refused = !weir_i_fence_heavy(deque->mode);
        bottom = weir_i_load(&deque->bottom, relaxed); /* the element at top came with O2 */
    }
    if (!view.refused && WEIR_I_CAST(int64_t, bottom - view.top) > 0)
        view.count = bottom - view.top;
    return view;
}

/* Moves top over n elements, which are then the caller's. One copy for all: it waits for a cache
 * line anyway. */
WEIR_I_SLOW bool weir_i_deque_take(weir_deque *deque, uint64_t top, uint64_t n) {
    return weir_i_compare_exchange_strong(&deque->top, &top, top + n, release, /* O6, LB */
                                          relaxed);
}

/* Reads the element at top, then takes it. What was read is only then known to be an element: the
 * slot may have been filled anew, but not before top had moved. */
WEIR_I_FUNC bool weir_i_deque_claim(weir_deque *deque, uint64_t top, weir_i_deque_element *e,
                                    size_t size) {
    weir_i_deque_array *array = weir_i_load(&deque->array, acquire); /* O4, after O2: I4 */
    *e = weir_i_deque_read(
        weir_i_deque_slot(weir_i_deque_array_words(array), array->mask, top, size), size);
    return weir_i_deque_take(deque, top, 1);
}

WEIR_I_FUNC weir_status weir_i_deque_steal(weir_deque *deque, void *element, size_t size) {
    const weir_i_deque_view view = weir_i_deque_look(deque);
    weir_i_deque_element e;
    if (view.count > 0) {
        if (!weir_i_deque_claim(deque, view.top, &e, size))
            return WEIR_BUSY;
        weir_i_copy(element, e.word, size);
        return WEIR_OK;
    }
    return view.refused ? WEIR_BUSY : WEIR_AGAIN;
}

/* Puts an element into room that was reserved. */
WEIR_I_FUNC void weir_i_deque_put(weir_deque *own, const void *element, size_t size) {
    const uint64_t bottom = weir_i_load(&own->bottom, relaxed);
    weir_i_deque_write(weir_i_deque_slot(own->words, own->mask, bottom, size), element, size);
    weir_i_store(&own->bottom, bottom + 1, release); /* O1 */
}

/* Half of what view shows, rounded up, and room for so many in own; 0 if that cannot be. */
WEIR_I_FUNC size_t weir_i_deque_half(weir_deque *victim, weir_deque *own, weir_i_deque_view view) {
    if (view.count == 0 || victim == own)
        return 0;
    if (weir_i_load(&victim->top, relaxed) != view.top)
        return 0; /* outrun, and count may be far from what is there: reserve nothing for it */
    return weir_i_deque_reserve(own, WEIR_I_CAST(size_t, (view.count + 1) / 2));
}

/* One at a time: an owner that pops from the other end moves top only for the last element, so
 * several claimed at once could be popped meanwhile. Each arrives before the next is claimed, so a
 * thief that is stopped holds one at most. */
WEIR_I_FUNC size_t weir_i_deque_steal_half(weir_deque *victim, weir_deque *own, size_t size) {
    weir_i_deque_element e;
    size_t taken = 0;
    size_t n = 0;
    do {
        const weir_i_deque_view view = weir_i_deque_look(victim);
        if (taken == 0)
            n = weir_i_deque_half(victim, own, view);
        if (n == 0 || view.count == 0 || !weir_i_deque_claim(victim, view.top, &e, size))
            break;
        weir_i_deque_put(own, &e, size);
    } while (++taken < n);
    return taken;
}

/* All at once, from an owner that takes from the top as thieves do. They are read into the room in
 * own before the claim, and show only after it. */
WEIR_I_FUNC size_t weir_i_deque_steal_half_fifo(weir_deque *victim, weir_deque *own, size_t size) {
    const weir_i_deque_view view = weir_i_deque_look(victim);
    const size_t n = weir_i_deque_half(victim, own, view);
    if (n == 0)
        return 0;
    const uint64_t bottom = weir_i_load(&own->bottom, relaxed);
    weir_i_deque_array *array = weir_i_load(&victim->array, acquire); /* O4, after O2: I4 */
    for (size_t i = 0; i < n; i++) {
        const weir_i_deque_element e = weir_i_deque_read(
            weir_i_deque_slot(weir_i_deque_array_words(array), array->mask, view.top + i, size),
            size);
        weir_i_deque_write(weir_i_deque_slot(own->words, own->mask, bottom + i, size), &e, size);
    }
    if (!weir_i_deque_take(victim, view.top, n))
        return 0;
    weir_i_store(&own->bottom, bottom + n, release); /* O1 */
    return n;
}

/* -- life ------------------------------------------------------------------------------------- */

/* Sets the indices of an empty deque. Tests start near the wrap by it. */
WEIR_I_FUNC void weir_i_deque_start(weir_deque *deque, uint64_t first) {
    weir_i_store(&deque->bottom, first, relaxed);
    weir_i_store(&deque->top, first, relaxed);
    deque->top_seen = first;
}

/* Makes deque an empty deque with room for `initial` elements of size bytes (0 counts as 1) in
 * memory from allocator (NULL: the default); a bounded one never holds more, another grows.
 * WEIR_INVALID if size is not 1 to 16, or the whole too large for any object; WEIR_NOMEM. Only on
 * WEIR_OK is there something to destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_deque_init_raw_with(weir_deque *deque, size_t initial,
                                                                  size_t size, bool bounded,
                                                                  const weir_allocator *allocator) {
    const size_t most = PTRDIFF_MAX / 4;
    weir_i_deque_array *array;
    uint64_t capacity = 1;
    if (initial == 0)
        initial = 1;
    if (size == 0 || size > WEIR_I_DEQUE_BYTES ||
        initial > most / (weir_i_deque_words_of(size) * sizeof(uintptr_t)) / 2)
        return WEIR_INVALID;
    while (capacity < initial)
        capacity *= 2;
    deque->size = size;
    deque->mode = WEIR_I_FENCE_SYMMETRIC;
    deque->bounded = bounded;
    deque->allocator = weir_i_allocator(allocator);
    array = weir_i_deque_array_new(deque, capacity);
    if (!array)
        return WEIR_NOMEM;
    weir_i_deque_adopt(deque, array);
    weir_i_store(&deque->array, array, relaxed);
    deque->room = bounded ? initial : capacity;
    weir_i_deque_start(deque, 0);
    return WEIR_OK;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_deque_init_raw(weir_deque *deque, size_t initial,
                                                             size_t size, bool bounded) {
    return weir_deque_init_raw_with(deque, initial, size, bounded, NULL);
}

/* Before the deque is shared: makes pop cheap and steal dear. Pop then has no barrier, and each
 * steal interrupts every running thread of the process (membarrier(2), some microseconds). For an
 * owner that is stolen from once in ten thousand pops. False, and nothing changes, if the kernel
 * has no such call. */
WEIR_I_FUNC bool weir_deque_favour_owner(weir_deque *deque) {
    deque->mode = weir_i_fence_mode_probe();
    return deque->mode == WEIR_I_FENCE_ASYMMETRIC;
}

/* Gives the memory back, of older arrays too. Elements still inside are dropped. No thread may be
 * inside any call. */
WEIR_I_FUNC void weir_deque_destroy(weir_deque *deque) {
    weir_i_deque_array *array = weir_i_load(&deque->array, relaxed);
    while (array) {
        weir_i_deque_array *older = array->older;
        deque->allocator.free(array, array->bytes, deque->allocator.ctx);
        array = older;
    }
    weir_i_store(&deque->array, WEIR_I_CAST(weir_i_deque_array *, NULL), relaxed);
}

/* How many elements are inside, for any thread: exact while nothing is in flight, else top and
 * bottom are read one after the other; of a bounded deque never more than its capacity. */
WEIR_I_FUNC size_t weir_deque_len(const weir_deque *deque) {
    const uint64_t top = weir_i_load(&deque->top, relaxed);
    const uint64_t bottom = weir_i_load(&deque->bottom, relaxed);
    const int64_t count = WEIR_I_CAST(int64_t, bottom - top);
    const bool is_beyond = deque->bounded && bottom - top > deque->room;
    return count <= 0 ? 0 : WEIR_I_CAST(size_t, is_beyond ? deque->room : bottom - top);
}

/* -- elements of a run-time size -------------------------------------------------------------- */

/* Each reads or writes, at element, as many bytes as init was told. */

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_deque_push_raw(weir_deque *deque,
                                                             const void *element) {
    return weir_i_deque_push(deque, element, deque->size);
}

WEIR_I_FUNC bool weir_deque_pop_raw(weir_deque *deque, void *element) {
    return weir_i_deque_pop(deque, element, deque->size);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_deque_steal_raw(weir_deque *deque, void *element) {
    return weir_i_deque_steal(deque, element, deque->size);
}

WEIR_I_FUNC size_t weir_deque_steal_half_raw(weir_deque *victim, weir_deque *own) {
    if (victim->size != own->size)
        WEIR_PANIC("stealing into a deque of other elements");
    return weir_i_deque_steal_half(victim, own, own->size);
}

/* == injector ================================================================================= */

typedef struct weir_i_injector_slot {
    WEIR_I_ATOMIC(uintptr_t) ready; /* 1: e is there */
    weir_i_deque_element e;
} weir_i_injector_slot;

typedef struct weir_i_injector_block {
    WEIR_I_ATOMIC(struct weir_i_injector_block *) next;
    WEIR_I_ATOMIC(uint64_t) done; /* slots that nobody will touch again */
} weir_i_injector_block;          /* the slots follow */

/* One end of the queue. A ticket modulo the lap is a slot of block, or, one above the last, means
 * that the block behind is being linked here. */
typedef struct weir_i_injector_end {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint64_t) ticket;
    WEIR_I_ATOMIC(weir_i_injector_block *) block;
} weir_i_injector_end;

/* The raw injector. Fields are private. */
typedef struct weir_injector {
    size_t size;   /* of an element */
    uint64_t last; /* slots of a block, and so the ticket that is none, modulo the lap */
    size_t bytes;  /* of a block */
    weir_allocator allocator;
    weir_i_injector_end head;
    weir_i_injector_end tail;
} weir_injector;

WEIR_I_FAST weir_i_injector_slot *weir_i_injector_slot_of(weir_i_injector_block *block,
                                                          uint64_t offset) {
    return (weir_i_injector_slot *)(void *)(block + 1) + offset;
}

/* An empty block, or NULL. */
WEIR_I_FUNC weir_i_injector_block *weir_i_injector_block_new(const weir_injector *injector) {
    weir_i_injector_block *block = WEIR_I_CAST(
        weir_i_injector_block *,
        injector->allocator.alloc(injector->bytes, WEIR_CACHE_LINE, injector->allocator.ctx));
    if (!block)
        return NULL;
    weir_i_store(&block->next, WEIR_I_CAST(weir_i_injector_block *, NULL), relaxed);
    weir_i_store(&block->done, 0, relaxed);
    for (uint64_t i = 0; i < injector->last; i++)
        weir_i_store(&weir_i_injector_slot_of(block, i)->ready, 0, relaxed);
    return block;
}

WEIR_I_FUNC void weir_i_injector_block_free(const weir_injector *injector,
                                            weir_i_injector_block *block) {
    injector->allocator.free(block, injector->bytes, injector->allocator.ctx);
}

/* Who claimed the last slot of a block puts the next one behind it. The block lives until then: who
 * takes that slot waits for next. */
WEIR_I_FUNC void weir_i_injector_link(weir_injector *injector, weir_i_injector_block *block,
                                      weir_i_injector_block *fresh, uint64_t ticket) {
    weir_i_store(&injector->tail.block, fresh, relaxed);
    weir_i_store(&injector->tail.ticket, ticket + 2, release); /* O8: over the gap */
    weir_i_store(&block->next, fresh, release);                /* O10 */
}

/* How long a lost race makes a push wait at first and at most, and a steal before it says BUSY, in
 * pauses: half a microsecond, three to six, and one. So the winner goes on while it has the lines.
 */
enum {
    WEIR_I_INJECTOR_LEAST_PAUSES = 16,
    WEIR_I_INJECTOR_MOST_PAUSES = 128,
    WEIR_I_INJECTOR_STEAL_PAUSES = 32
};

/* Appends an element. WEIR_NOMEM, if a block is needed and there is none: nothing changed. */
WEIR_I_FUNC weir_status weir_i_injector_push(weir_injector *injector, const void *element,
                                             size_t size) {
    const uint64_t last = injector->last;
    weir_i_injector_block *fresh = NULL;
    weir_i_injector_block *block;
    uint64_t ticket = weir_i_load(&injector->tail.ticket, acquire); /* O9 */
    uint64_t offset;
    unsigned pauses = WEIR_I_INJECTOR_LEAST_PAUSES;
    for (;;) {
        offset = ticket & last;
        if (offset != last) {
            block = weir_i_load(&injector->tail.block, relaxed); /* this ticket's, or it is old */
            if (offset + 1 == last && !fresh && !(fresh = weir_i_injector_block_new(injector)))
                return WEIR_NOMEM;
            if (weir_i_compare_exchange_weak(&injector->tail.ticket, &ticket, ticket + 1, relaxed,
                                             relaxed))
                break;
            pauses = weir_i_back_off(pauses, WEIR_I_INJECTOR_MOST_PAUSES);
        } else {
            weir_i_relax(); /* let who links a block get on */
        }
        ticket = weir_i_load(&injector->tail.ticket, acquire); /* O9 */
    }
    if (offset + 1 == last) {
        weir_i_injector_link(injector, block, fresh, ticket);
        fresh = NULL;
    }
    weir_i_copy(weir_i_injector_slot_of(block, offset)->e.word, element, size);
    weir_i_store(&weir_i_injector_slot_of(block, offset)->ready, 1, release); /* O14 */
    if (WEIR_I_UNLIKELY(fresh != NULL))
        weir_i_injector_block_free(injector, fresh); /* another thread linked its own */
    return WEIR_OK;
}

/* Slots from one ticket to a later one; last is also the mask, as the lap is a power of two. */
WEIR_I_FAST uint64_t weir_i_injector_between(uint64_t head, uint64_t tail, uint64_t last) {
    const uint64_t laps = ((tail & ~last) - (head & ~last)) / (last + 1);
    return laps * last + (tail & last) - (head & last);
}

/* A claim of n slots from offset on in block. */
typedef struct weir_i_injector_claim {
    weir_i_injector_block *block;
    uint64_t offset;
    uint64_t n; /* 0: see status */
    weir_status status;
} weir_i_injector_claim;

/* What lies at the head, and how much of it one may take: up to `most`, half of what there is,
 * within one block. Nothing is claimed yet. */
WEIR_I_FUNC weir_i_injector_claim weir_i_injector_look(const weir_injector *injector,
                                                       uint64_t *ticket, size_t most) {
    const uint64_t last = injector->last;
    weir_i_injector_claim claim = {NULL, 0, 0, WEIR_AGAIN};
    uint64_t tail;
    *ticket = weir_i_load(&injector->head.ticket, acquire); /* O13 */
    tail = weir_i_load(&injector->tail.ticket, relaxed);    /* O13: not below that */
    claim.offset = *ticket & last;
    if (claim.offset == last) {
        claim.status = WEIR_BUSY; /* the one that took the last slot is not yet through */
        return claim;
    }
    claim.block = weir_i_load(&injector->head.block, relaxed); /* this ticket's, or it is old */
    claim.n = (weir_i_injector_between(*ticket, tail, last) + 1) / 2;
    if (claim.n > last - claim.offset)
        claim.n = last - claim.offset;
    if (claim.n > most)
        claim.n = most;
    return claim;
}

/* Claims what look found. With the last slot of a block comes the duty to move the head on. */
WEIR_I_SLOW bool weir_i_injector_claim_now(weir_injector *injector,
                                           const weir_i_injector_claim *claim, uint64_t ticket) {
    const uint64_t end = ticket + claim->n;
    weir_i_injector_block *next;
    if (!weir_i_compare_exchange_strong(&injector->head.ticket, &ticket, end, release, /* O12 */
                                        relaxed)) {
        weir_i_delay(WEIR_I_INJECTOR_STEAL_PAUSES);
        return false;
    }
    if (claim->offset + claim->n == injector->last) {
        while (!(next = weir_i_load(&claim->block->next, acquire))) /* O11 */
            weir_i_relax();
        weir_i_store(&injector->head.block, next, relaxed);
        weir_i_store(&injector->head.ticket, end + 1, release); /* O12 */
    }
    return true;
}

/* The slot's element; waits for its pusher. */
WEIR_I_FUNC const void *weir_i_injector_await(weir_i_injector_slot *slot) {
    while (weir_i_load(&slot->ready, acquire) == 0) /* O15 */
        weir_i_relax();
    return slot->e.word;
}

/* n slots of block are done with; frees it if they were the last. */
WEIR_I_FUNC void weir_i_injector_done(weir_injector *injector, weir_i_injector_block *block,
                                      uint64_t n) {
    if (weir_i_fetch_add(&block->done, n, acq_rel) + n == injector->last) /* O16 */
        weir_i_injector_block_free(injector, block);
}

WEIR_I_FUNC weir_status weir_i_injector_steal(weir_injector *injector, void *element, size_t size) {
    uint64_t ticket;
    const weir_i_injector_claim claim = weir_i_injector_look(injector, &ticket, 1);
    if (claim.n == 0)
        return claim.status;
    if (!weir_i_injector_claim_now(injector, &claim, ticket))
        return WEIR_BUSY;
    weir_i_copy(element, weir_i_injector_await(weir_i_injector_slot_of(claim.block, claim.offset)),
                size);
    weir_i_injector_done(injector, claim.block, 1);
    return WEIR_OK;
}

/* Half of what there is, within one block, into own, by own's owner. Room is reserved first; each
 * element shows in own at once. Returns how many: 0 if there was none, or it was outrun, or own has
 * no room or memory. */
WEIR_I_FUNC size_t weir_i_injector_steal_batch(weir_injector *injector, weir_deque *own,
                                               size_t size) {
    uint64_t ticket;
    weir_i_injector_claim claim;
    if (own->size != size)
        WEIR_PANIC("a batch into a deque of other elements");
    claim = weir_i_injector_look(injector, &ticket, WEIR_I_INJECTOR_LAP / 2);
    if (claim.n > 0)
        claim.n = weir_i_deque_reserve(own, WEIR_I_CAST(size_t, claim.n));
    if (claim.n == 0 || !weir_i_injector_claim_now(injector, &claim, ticket))
        return 0;
    for (uint64_t i = 0; i < claim.n; i++)
        weir_i_deque_put(
            own, weir_i_injector_await(weir_i_injector_slot_of(claim.block, claim.offset + i)),
            size);
    weir_i_injector_done(injector, claim.block, claim.n);
    return WEIR_I_CAST(size_t, claim.n);
}

/* Makes both ends stand at `first`, a multiple of the lap, in block. */
WEIR_I_FUNC void weir_i_injector_start(weir_injector *injector, weir_i_injector_block *block,
                                       uint64_t first) {
    weir_i_store(&injector->head.block, block, relaxed);
    weir_i_store(&injector->tail.block, block, relaxed);
    weir_i_store(&injector->head.ticket, first, relaxed);
    weir_i_store(&injector->tail.ticket, first, relaxed);
}

/* With blocks of lap - 1 slots, lap a power of two: tests take small ones. */
WEIR_I_FUNC weir_status weir_i_injector_init(weir_injector *injector, size_t size, uint64_t lap,
                                             uint64_t first, const weir_allocator *allocator) {
    weir_i_injector_block *block;
    if (size == 0 || size > WEIR_I_DEQUE_BYTES)
        return WEIR_INVALID;
    injector->size = size;
    injector->last = lap - 1;
    injector->bytes = sizeof *block + WEIR_I_CAST(size_t, lap - 1) * sizeof(weir_i_injector_slot);
    injector->allocator = weir_i_allocator(allocator);
    block = weir_i_injector_block_new(injector);
    if (!block)
        return WEIR_NOMEM;
    weir_i_injector_start(injector, block, first);
    return WEIR_OK;
}

/* Makes injector an empty one for elements of size bytes, in memory from allocator (NULL: the
 * default). WEIR_INVALID if size is not 1 to 16; WEIR_NOMEM. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status
weir_injector_init_raw_with(weir_injector *injector, size_t size, const weir_allocator *allocator) {
    return weir_i_injector_init(injector, size, WEIR_I_INJECTOR_LAP, 0, allocator);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_injector_init_raw(weir_injector *injector,
                                                                size_t size) {
    return weir_injector_init_raw_with(injector, size, NULL);
}

/* Gives the memory back. Elements still inside are dropped. No thread may be inside any call. */
WEIR_I_FUNC void weir_injector_destroy(weir_injector *injector) {
    weir_i_injector_block *block = weir_i_load(&injector->head.block, relaxed);
    while (block) {
        weir_i_injector_block *next = weir_i_load(&block->next, relaxed);
        weir_i_injector_block_free(injector, block);
        block = next;
    }
    weir_i_store(&injector->head.block, WEIR_I_CAST(weir_i_injector_block *, NULL), relaxed);
}

/* How many elements are inside: exact while nothing is in flight, else a snapshot, never negative.
 */
WEIR_I_FUNC size_t weir_injector_len(const weir_injector *injector) {
    const uint64_t head = weir_i_load(&injector->head.ticket, relaxed);
    const uint64_t tail = weir_i_load(&injector->tail.ticket, relaxed);
    if (WEIR_I_CAST(int64_t, tail - head) <= 0)
        return 0;
    return WEIR_I_CAST(size_t, weir_i_injector_between(head, tail, injector->last));
}

/* Each reads or writes, at element, as many bytes as init was told. */

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_injector_push_raw(weir_injector *injector,
                                                                const void *element) {
    return weir_i_injector_push(injector, element, injector->size);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_injector_steal_raw(weir_injector *injector,
                                                                 void *element) {
    return weir_i_injector_steal(injector, element, injector->size);
}

WEIR_I_FUNC size_t weir_injector_steal_batch_raw(weir_injector *injector, weir_deque *own) {
    return weir_i_injector_steal_batch(injector, own, injector->size);
}

WEIR_I_END

/* == typed ==================================================================================== */

/* WEIR_DEQUE(name, T): the type `name`, a deque of T, and its functions.
 *   weir_status name_init(name *, size_t initial)      room to start with; 0 counts as 1
 *   weir_status name_init_with(name *, size_t initial, const weir_allocator *)
 *   bool        name_favour_owner(name *)              before it is shared: cheap pop, dear steal
 *   void        name_destroy(name *)
 *   weir_status name_push(name *, T)                   owner. WEIR_NOMEM: all is as it was
 *   bool        name_pop(name *, T *)                  owner. false: empty, nothing is written
 *   weir_status name_steal(name *, T *)                any thread. WEIR_AGAIN: empty; WEIR_BUSY:
 *                                                      lost a race, there may be more
 *   size_t      name_steal_half(name *victim, name *own)   own's owner: how many came. 0: empty,
 *                                                      outrun, no room or memory, or its own
 *   size_t      name_len(const name *)                 any thread
 * Cost of a push: no locked instruction; of a pop: a fence, or for the last element a locked
 * instruction; of a steal: both.
 * WEIR_DEQUE_FIFO(name, T): its owner, too, takes the oldest; a batch is stolen by one locked
 * instruction, all or nothing. WEIR_DEQUE_BOUNDED(name, T): never grows beyond the capacity that
 * init was given, and name_push returns WEIR_AGAIN when full. */
#define WEIR_DEQUE(name, T) WEIR_I_DEQUE(name, T, weir_i_deque_pop, weir_i_deque_steal_half, false)
#define WEIR_DEQUE_FIFO(name, T)                                                                   \
    WEIR_I_DEQUE(name, T, weir_i_deque_pop_fifo, weir_i_deque_steal_half_fifo, false)
#define WEIR_DEQUE_BOUNDED(name, T)                                                                \
    WEIR_I_DEQUE(name, T, weir_i_deque_pop, weir_i_deque_steal_half, true)

#define WEIR_I_DEQUE(name, T, pop, steal_half, bounded)                                            \
    WEIR_I_ELEMENT(name, T);                                                                       \
    WEIR_I_STATIC_ASSERT(sizeof(T) <= WEIR_I_DEQUE_BYTES,                                          \
                         "weir: an element of a deque has at most 16 bytes");                      \
    typedef struct name {                                                                          \
        weir_deque raw;                                                                            \
    } name;                                                                                        \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(name *deque_, size_t initial_,       \
                                                              const weir_allocator *allocator_) {  \
        return weir_deque_init_raw_with(&deque_->raw, initial_, sizeof(T), bounded, allocator_);   \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *deque_, size_t initial_) {          \
        return name##_init_with(deque_, initial_, NULL);                                           \
    }                                                                                              \
    WEIR_I_FUNC bool name##_favour_owner(name *deque_) {                                           \
        return weir_deque_favour_owner(&deque_->raw);                                              \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *deque_) {                                                \
        weir_deque_destroy(&deque_->raw);                                                          \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_push(name *deque_, T value_) {                 \
        return weir_i_deque_push(&deque_->raw, &value_, sizeof(T));                                \
    }                                                                                              \
    WEIR_I_FAST bool name##_pop(name *deque_, T *out_) {                                           \
        return pop(&deque_->raw, out_, sizeof(T));                                                 \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_steal(name *deque_, T *out_) {                 \
        return weir_i_deque_steal(&deque_->raw, out_, sizeof(T));                                  \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_steal_half(name *victim_, name *own_) {                              \
        return steal_half(&victim_->raw, &own_->raw, sizeof(T));                                   \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_len(const name *deque_) {                                            \
        return weir_deque_len(&deque_->raw);                                                       \
    }                                                                                              \
    WEIR_I_SEMICOLON

/* WEIR_INJECTOR(name, T, deque): the type `name`, a queue of T for any number of threads, from
 * which batches go into deques of the type `deque`; the compiler checks that its elements are T.
 *   weir_status name_init(name *)
 *   weir_status name_init_with(name *, const weir_allocator *)
 *   void        name_destroy(name *)
 *   weir_status name_push(name *, T)                   WEIR_NOMEM: all is as it was
 *   weir_status name_steal(name *, T *)                WEIR_AGAIN: empty; WEIR_BUSY: lost a race
 *   size_t      name_steal_batch(name *, deque *)      by the deque's owner: how many came, up to
 *                                                      half, and 32. 0: empty, outrun, no room
 *   size_t      name_len(const name *)
 * WEIR_INJECTOR(name, T) is the same for deques of several types: there name_steal_batch takes a
 * pointer to any deque, and panics if the size of its elements is not that of T. */
#define WEIR_INJECTOR(...)                                                                         \
    WEIR_I_INJECTOR_PICK(__VA_ARGS__, WEIR_I_INJECTOR_INTO, WEIR_I_INJECTOR_ANY, unused)           \
    (__VA_ARGS__)
#define WEIR_I_INJECTOR_PICK(name, T, deque, pick, ...) pick

#define WEIR_I_INJECTOR_INTO(name, T, deque)                                                       \
    WEIR_I_INJECTOR(name, T);                                                                      \
    WEIR_I_STATIC_ASSERT(WEIR_I_IS_SAME(weir_i_element_of_##name, weir_i_element_of_##deque),      \
                         "weir: an injector and its deques have the same elements");               \
    WEIR_I_FUNC size_t name##_steal_batch(name *injector_, deque *own_) {                          \
        return weir_i_injector_steal_batch(&injector_->raw, &own_->raw, sizeof(T));                \
    }                                                                                              \
    WEIR_I_SEMICOLON

#define WEIR_I_INJECTOR_ANY(name, T)                                                               \
    WEIR_I_INJECTOR(name, T);                                                                      \
    WEIR_I_FUNC size_t name##_steal_batch(name *injector_, void *own_) {                           \
        return weir_i_injector_steal_batch(&injector_->raw, WEIR_I_CAST(weir_deque *, own_),       \
                                           sizeof(T));                                             \
    }                                                                                              \
    WEIR_I_SEMICOLON

#define WEIR_I_INJECTOR(name, T)                                                                   \
    WEIR_I_ELEMENT(name, T);                                                                       \
    WEIR_I_STATIC_ASSERT(sizeof(T) <= WEIR_I_DEQUE_BYTES,                                          \
                         "weir: an element of an injector has at most 16 bytes");                  \
    typedef struct name {                                                                          \
        weir_injector raw;                                                                         \
    } name;                                                                                        \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(name *injector_,                     \
                                                              const weir_allocator *allocator_) {  \
        return weir_injector_init_raw_with(&injector_->raw, sizeof(T), allocator_);                \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *injector_) {                        \
        return name##_init_with(injector_, NULL);                                                  \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *injector_) {                                             \
        weir_injector_destroy(&injector_->raw);                                                    \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_push(name *injector_, T value_) {              \
        return weir_i_injector_push(&injector_->raw, &value_, sizeof(T));                          \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_steal(name *injector_, T *out_) {              \
        return weir_i_injector_steal(&injector_->raw, out_, sizeof(T));                            \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_len(const name *injector_) {                                         \
        return weir_injector_len(&injector_->raw);                                                 \
    }                                                                                              \
    typedef name weir_i_injector_of_##name

#endif
