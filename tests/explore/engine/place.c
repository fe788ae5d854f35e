/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * place.c - what is known of each address, and data races.
 *
 * A place is a granule of 8 bytes and a mask of the bytes that some access touched; an access of
 * other bytes of the granule makes another place. Each place keeps, per thread, the clock of its
 * last plain read, plain write, atomic load and atomic store. An access races if a conflicting one
 * (overlapping, one of them a write, one of them plain) is not within the thread's clock.
 *
 * Invariant: every conflicting pair is compared once, when its later access happens. So a thread
 * that repeats an access at the same clock need not compare again: no other thread can have become
 * ordered after it since, and one that was not has been reported.
 *
 * Before the first spawn, and again after the last join, there is nothing to compare with and
 * nothing to remember: all of it happens before whatever a later thread does.
 *
 * Granules are found by open addressing. A stamp per bucket makes the reset free.
 */
#include "place.h"

#include <errno.h>

bucket place_buckets[BUCKETS];
place places[PLACES];
uint32_t place_stamp;
static uint32_t place_count;

void places_reset(void) {
    place_count = 1; /* 0 means none */
    place_stamp++;
}

static place *place_make(bucket *b, uintptr_t granule, uint8_t mask) {
    if (place_count == PLACES)
        fail(EXPLORE_MISUSE, 0, "the program touches more than %d places", PLACES);
    place *p = &places[place_count];
    *p = (place){.granule = granule, .mask = mask};
    p->next = b->stamp == place_stamp ? b->first : 0;
    *b = (bucket){granule, place_stamp, place_count++};
    if (granule * 8 - heap_base < heap_top - heap_base)
        heap_adopt(p);
    return p;
}

/* The place of just these bytes, made if it is new. */
static inline place *place_exact(bucket *b, uintptr_t granule, uint8_t mask) {
    if (b->stamp == place_stamp)
        for (uint32_t i = b->first; i; i = places[i].next)
            if (places[i].mask == mask)
                return &places[i];
    return place_make(b, granule, mask);
}

place *place_find(uintptr_t address, unsigned size) {
    const bucket *b = bucket_of(address / 8);
    if (b->stamp == place_stamp)
        for (uint32_t i = b->first; i; i = places[i].next)
            if (places[i].mask == mask_of(address, size))
                return &places[i];
    return NULL;
}

static unsigned first_beyond(block clocks) {
    unsigned i = 0;
    while (i < LANES - 1 && clocks[i] <= run.self->now.at[0][i])
        i++;
    return i;
}

/* Once a thread was stopped, what it did remains unordered: whoever cleans up after it would race.
 */
static void race(block clocks, uintptr_t address, const char *mine, const char *theirs, site from) {
    if (run.stopped)
        return;
    run.failure.other = (uint8_t)first_beyond(clocks);
    run.failure.address = address;
    fail(EXPLORE_RACE, from, "data race: this %s and thread %u's %s are not ordered", mine,
         run.failure.other, theirs);
}

/* Accesses of q that conflict with mine, if I write and if mine is plain, and are not ordered. */
static inline block conflicts(const place *q, bool write, bool plain) {
    const block now = run.self->now.at[0];
    block found = block_beyond(q->wrote, now);
    if (write)
        found |= block_beyond(q->read, now);
    if (plain)
        found |= block_beyond(q->stored, now);
    if (plain && write)
        found |= block_beyond(q->loaded, now);
    return found;
}

static void report(const place *q, uintptr_t address, bool write, bool plain, site from) {
    const block now = run.self->now.at[0];
    const char *mine = plain ? (write ? "write" : "read") : write ? "atomic store" : "atomic load";
    if (block_any(block_beyond(q->wrote, now)))
        race(q->wrote, address, mine, "write", from);
    if (write && block_any(block_beyond(q->read, now)))
        race(q->read, address, mine, "read", from);
    if (plain && block_any(block_beyond(q->stored, now)))
        race(q->stored, address, mine, "atomic store", from);
    if (plain && write && block_any(block_beyond(q->loaded, now)))
        race(q->loaded, address, mine, "atomic load", from);
}

/* Another place with some of the same bytes was atomic too. That is well if all that was before
 * (memory that was put to another use), else the explorer cannot judge it. */
static void check_mixed(place *other, site from) {
    const block now = run.self->now.at[0];
    if (!run.stopped &&
        block_any(block_beyond(other->stored, now) | block_beyond(other->loaded, now)))
        fail(EXPLORE_MISUSE, from, "atomic accesses of two sizes to the same bytes");
    other->dirty = true;
}

place *place_atomic_access(uintptr_t address, unsigned size, bool write, site from) {
    const unsigned me = run.self->id;
    bucket *b = bucket_of(address / 8);
    place *p = place_exact(b, address / 8, mask_of(address, size));
    for (uint32_t i = b->first; i; i = places[i].next) {
        place *q = &places[i];
        if (!(q->mask & p->mask))
            continue;
        if (UNLIKELY(block_any(conflicts(q, write, false))))
            report(q, address, write, false, from);
        if (q != p && q->location && !q->dirty)
            check_mixed(q, from);
    }
    if (write)
        p->stored[me] = run.self->now.at[0][me];
    else
        p->loaded[me] = run.self->now.at[0][me];
    return p;
}

static inline void granule_compare(const bucket *b, uint8_t mask, bool write, site from) {
    const uintptr_t address = b->granule * 8 + (unsigned)__builtin_ctz(mask);
    for (uint32_t i = b->first; i; i = places[i].next) {
        place *q = &places[i];
        if (!(q->mask & mask))
            continue;
        if (UNLIKELY(block_any(conflicts(q, write, true))))
            report(q, address, write, true, from);
        q->dirty |= write;
    }
}

static inline void granule_access(uintptr_t granule, uint8_t mask, bool write, site from) {
    const unsigned me = run.self->id;
    bucket *b = bucket_of(granule);
    place *p = place_exact(b, granule, mask);
    const int16_t clock = run.self->now.at[0][me];
    granule_compare(b, mask, write, from);
    if (write)
        p->wrote[me] = clock;
    else
        p->read[me] = clock;
}

void place_plain_access(uintptr_t address, size_t size, bool write, site from) {
    /* Each thread has an errno of its own; the logical ones share that of the OS thread, which a
     * call sets just before it returns. */
    if (UNLIKELY(address == (uintptr_t)&errno))
        return;
    heap_check(address, size, from);
    if (UNLIKELY(run.tracing) && size)
        trace_event((event){.kind = write ? EVENT_WRITE : EVENT_READ,
                            .address = address,
                            .size = (uint8_t)(size > 255 ? 255 : size),
                            .at = from});
    if (run.alone)
        return;
    while (size > 0) {
        const size_t room = 8 - address % 8, part = size < room ? size : room;
        granule_access(address / 8, mask_of(address, part), write, from);
        address += part;
        size -= part;
    }
}

/* The memory is going away: what others did there must have happened before. */
void place_forget(place *p, site from) {
    const block now = run.self->now.at[0];
    const block *all[] = {&p->wrote, &p->read, &p->stored, &p->loaded};
    static const char *const names[] = {"write", "read", "atomic store", "atomic load"};
    for (int i = 0; i < 4 && !run.stopped; i++) {
        if (!block_any(block_beyond(*all[i], now)))
            continue;
        run.failure.other = (uint8_t)first_beyond(*all[i]);
        run.failure.address = p->granule * 8 + (unsigned)__builtin_ctz(p->mask);
        fail(EXPLORE_LIFETIME, from, "this free and thread %u's %s are not ordered",
             run.failure.other, names[i]);
    }
}
