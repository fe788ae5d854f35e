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
 * Granules are found by open addressing. A stamp per bucket makes the reset free.
 */
#include "view.h"

#include <sys/mman.h>

enum { BUCKETS = 1 << 16, PLACES = 1 << 16 };

typedef struct bucket {
    uintptr_t granule;
    uint32_t stamp; /* of the execution that filled it */
    uint32_t first; /* its places */
} bucket;

static bucket buckets[BUCKETS];
static place places[PLACES];
static uint32_t place_count, stamp;

void places_reset(void) {
    place_count = 1; /* 0 means none */
    stamp++;
}

place *place_at(uint32_t index) {
    return &places[index];
}

static inline bucket *bucket_of(uintptr_t granule) {
    uint32_t i = (uint32_t)((granule * 0x9e3779b97f4a7c15u) >> 48);
    while (buckets[i].stamp == stamp && buckets[i].granule != granule)
        i = (i + 1) % BUCKETS;
    return &buckets[i];
}

static inline uint8_t mask_of(uintptr_t address, size_t size) {
    return (uint8_t)(((1u << size) - 1) << (address & 7));
}

place *place_first(uintptr_t granule) {
    const bucket *b = bucket_of(granule);
    return b->stamp == stamp ? &places[b->first] : NULL;
}

static place *place_make(bucket *b, uintptr_t granule, uint8_t mask) {
    if (place_count == PLACES)
        fail(EXPLORE_MISUSE, 0, "the program touches more than %d places", PLACES);
    place *p = &places[place_count];
    *p = (place){.granule = granule, .mask = mask};
    p->next = b->stamp == stamp ? b->first : 0;
    *b = (bucket){granule, stamp, place_count++};
    if (granule * 8 - heap_base < heap_top - heap_base)
        heap_adopt(p);
    return p;
}

/* The place of just these bytes, made if it is new. */
static inline place *place_exact(uintptr_t granule, uint8_t mask) {
    bucket *b = bucket_of(granule);
    if (b->stamp == stamp)
        for (uint32_t i = b->first; i; i = places[i].next)
            if (places[i].mask == mask)
                return &places[i];
    return place_make(b, granule, mask);
}

place *place_of(uintptr_t address, unsigned size) {
    return place_exact(address / 8, mask_of(address, size));
}

place *place_find(uintptr_t address, unsigned size) {
    const bucket *b = bucket_of(address / 8);
    if (b->stamp == stamp)
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

static noreturn void race(const place *p, block clocks, uintptr_t address, const char *mine,
                          const char *theirs, site from) {
    run.failure.other = (uint8_t)first_beyond(clocks);
    run.failure.address = address;
    (void)p;
    fail(EXPLORE_RACE, from, "data race: this %s and thread %u's %s are not ordered", mine,
         run.failure.other, theirs);
}

/* The two comparisons of every access: with plain accesses, and with atomic ones. */
static inline void check_plain(const place *p, bool write, uintptr_t address, const char *mine,
                               site from) {
    const block now = run.self->now.at[0];
    if (UNLIKELY(!block_within(p->wrote, now)))
        race(p, p->wrote, address, mine, "write", from);
    if (write && UNLIKELY(!block_within(p->read, now)))
        race(p, p->read, address, mine, "read", from);
}

static inline void check_atomic(const place *p, bool write, uintptr_t address, const char *mine,
                                site from) {
    const block now = run.self->now.at[0];
    if (UNLIKELY(!block_within(p->stored, now)))
        race(p, p->stored, address, mine, "atomic store", from);
    if (write && UNLIKELY(!block_within(p->loaded, now)))
        race(p, p->loaded, address, mine, "atomic load", from);
}

/* Another place with some of the same bytes was atomic too. That is well if all that was before
 * (memory that was put to another use), else the explorer cannot judge it. */
static void check_mixed(place *other, site from) {
    const block now = run.self->now.at[0];
    if (!block_within(other->stored, now) || !block_within(other->loaded, now))
        fail(EXPLORE_MISUSE, from, "atomic accesses of two sizes to the same bytes");
    other->dirty = true;
}

void place_atomic_access(place *p, bool write, uintptr_t address, site from) {
    const unsigned me = run.self->id;
    const char *mine = write ? "atomic store" : "atomic load";
    for (place *q = place_first(p->granule); q != places; q = &places[q->next]) {
        if (!(q->mask & p->mask))
            continue;
        check_plain(q, write, address, mine, from);
        if (q != p && q->location && !q->dirty)
            check_mixed(q, from);
    }
    if (write)
        p->stored[me] = run.self->now.at[0][me];
    else
        p->loaded[me] = run.self->now.at[0][me];
}

static inline void granule_access(uintptr_t granule, uint8_t mask, bool write, site from) {
    const unsigned me = run.self->id;
    place *p = place_exact(granule, mask);
    const int16_t clock = run.self->now.at[0][me];
    const bool alone = !p->location && !p->next && place_first(granule) == p;
    if (alone && (write ? p->wrote[me] : p->read[me]) == clock)
        return;
    const char *mine = write ? "write" : "read";
    const uintptr_t address = granule * 8 + (unsigned)__builtin_ctz(mask);
    for (place *q = place_first(granule); q != places; q = &places[q->next]) {
        if (!(q->mask & mask))
            continue;
        check_plain(q, write, address, mine, from);
        check_atomic(q, write, address, mine, from);
        q->dirty |= write;
    }
    if (write)
        p->wrote[me] = clock;
    else
        p->read[me] = clock;
}

void place_plain_access(uintptr_t address, size_t size, bool write, site from) {
    heap_check(address, size, from);
    if (UNLIKELY(run.tracing) && size)
        trace_event((event){.kind = write ? EVENT_WRITE : EVENT_READ, .address = address,
                            .size = (uint8_t)(size > 255 ? 255 : size), .at = from});
    while (size > 0) {
        const size_t room = 8 - address % 8, part = size < room ? size : room;
        granule_access(address / 8, mask_of(address, part), write, from);
        address += part;
        size -= part;
    }
}

/* The memory is going away: that is a write to all of it. */
void place_forget(place *p, site from) {
    const block now = run.self->now.at[0];
    const block *all[] = {&p->wrote, &p->read, &p->stored, &p->loaded};
    static const char *const names[] = {"write", "read", "atomic store", "atomic load"};
    for (int i = 0; i < 4; i++)
        if (!block_within(*all[i], now))
            race(p, *all[i], p->granule * 8 + (unsigned)__builtin_ctz(p->mask), "free", names[i],
                 from);
}
