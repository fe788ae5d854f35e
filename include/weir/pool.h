/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.h - objects kept for reuse, by any thread, with a bound and with ageing.
 *
 * Do this:
 *   WEIR_POOL(pages, struct page)
 *   pages pool;
 *   const pages_options options = {.create = page_open, .destroy = page_close, .max_idle = 100};
 *   if (pages_init(&pool, &options) != WEIR_OK) ...;
 *   struct page *p = pages_get(&pool);        // any thread: an idle one, else a new one, else NULL
 *   pages_put(&pool, p);                      // any thread, also another one
 *   pages_age(&pool);                         // now and then: what nobody needed goes
 *   pages_destroy(&pool);                     // when no thread is inside any more
 *
 * Guarantees
 *   get, put, age and idle are lock-free (the user's functions and the allocator excepted): who is
 *   stopped anywhere costs the objects that he has in hand, and keeps nobody from anything. They
 *   wait for nobody, and nothing belongs to a thread, so threads may come and go.
 *   What a thread did to an object before its put is seen by the one that gets it.
 *   get makes a new object only when it found none in any shard. It prefers what was put last on
 *   its processor. idle is never above max_idle, at no instant. Each object is destroyed once.
 *   Memory: 512 bytes a shard and, once it held more than 32 objects, 8 bytes for each of at most
 *   twice as many as there ever were; a shard a processor, but no more shards than max_idle.
 *   Any number of threads may be in get, put, age and idle at once; init and destroy stand alone.
 *   The user's functions may call the pool again. A child of fork() may use a pool whatever other
 *   threads did; what they had in hand is lost to it. In a signal handler get and put are as safe
 *   as the user's functions and the allocator are.
 *
 * Invariants. A shard is an array of slots and some hints. I1 a slot holds nothing or one idle
 * object; who takes it out by exchange or compare-and-swap owns it, and nobody looks into an object
 * that he does not own. I2 the slots are the credits: all shards together never have more than
 * max_idle of them, so no count has to be kept, and none can be wrong. I3 `top` is where the next
 * object goes, if nobody interferes; a hint, which costs a search where it is wrong. I4 `state`
 * tells where objects may be: {version, reach}. All are below reach, but for an object whose put
 * has not returned. 0 says that the shard is empty, and saves searching it. I5 only he who has
 * searched all slots after he marked the state may set it to 0, and a put that comes in between
 * takes the mark away. I6 the low bits of a slot are the generation in which its object came.
 *
 * Orders
 *   O1 put fills the slot:  release: what was done to the object, for O2; and seq_cst, before O3.
 *   O2 the slot is emptied, acquire: before the object is touched.
 *   O3 put then loads state, seq_cst:  sees the mark of O4, or else O5 sees the object.
 *   O4 get marks state, seq_cst:  before it searches a last time.
 *   O5 get loads the slots, seq_cst.
 *   O6 a new segment is published:  release, its slots are empty, for O7; and seq_cst, as O1.
 *   O7 the segment is found, acquire:  before its slots are looked at.
 *   O8 get finds the segment after O4, seq_cst:  a search that missed it would miss all in it.
 *   top, hole and the clockwork are relaxed: hints. The generation is relaxed: a put that reads an
 *   old one makes its object older than it is. reach is raised, and set to 0, relaxed: its order
 *   comes from O1, O3, O4, O5 and O8, and from coherence.
 *
 * The checked build (WEIR_CHECKED) panics on an object put twice, or into a pool that did not make
 * it, or written after it was put, and when the pool is destroyed before all objects are back; what
 * is idle reads as 0xdb. It destroys one object in four in put, so code that counts on finding it
 * again fails early. It takes a lock in each call, with all that this means for stopped threads,
 * fork and signals.
 *
 * Not for: objects that differ, or are needed in numbers at once (an arena); limits on how many are
 * in use (semaphore.h).
 * Override: WEIR_CACHE_LINE.
 * Source: Go's sync.Pool for what it is to do; J. Bonwick's magazines (2001) for why a stack by
 * processor. Different here: shards have no owner, so a thread may lose its processor at any
 * moment; a slot is taken by one exchange and filled by one compare-and-swap.
 */
#ifndef WEIR_POOL_H
#define WEIR_POOL_H

#include <weir/base/alloc.h>
#include <weir/base/atomic.h>
#include <weir/base/clock.h>
#include <weir/base/cpu.h>
#include <weir/base/panic.h>
#include <weir/base/status.h>
#include <weir/base/track.h>

#include <string.h>

WEIR_I_BEGIN

/* Slots of a shard that lie in itself; a power of two. The explorer wants few. */
#ifndef WEIR_I_POOL_NEAR
#define WEIR_I_POOL_NEAR 32
#endif

enum {
    WEIR_I_POOL_SEGMENTS = 24,                /* segment k holds NEAR << k more slots */
    WEIR_I_POOL_GRAIN = WEIR_I_POOL_NEAR / 2, /* reach grows by so many slots at once */
    WEIR_I_POOL_AGES = 8,                     /* generations are told apart modulo this, I6 */
    WEIR_I_POOL_SHARDS = 1024,                /* at most */
    WEIR_I_POOL_STRIDE = 16                   /* puts between two looks at the clock, at most */
};

#define WEIR_I_POOL_MOST (WEIR_I_CAST(uint32_t, WEIR_I_POOL_NEAR) << WEIR_I_POOL_SEGMENTS)
/* In the lower half of state: a last search is on. */
#define WEIR_I_POOL_MARK UINT32_C(0x80000000)

/* 0, or the address of an idle object and, in the low bits, the generation that it came in. */
typedef WEIR_I_ATOMIC(uintptr_t) weir_i_pool_slot;

typedef struct weir_i_pool_shard {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(uint32_t) top; /* I3 */
    uint32_t near;                 /* of its credit, the slots in here */
    WEIR_I_ATOMIC(uint64_t) state; /* I4: version << 32 | mark | reach */
    uint32_t credit;               /* slots that it may have, I2 */
    WEIR_I_ATOMIC(uint32_t) hole;  /* the lowest slot below top that may be empty */
    weir_i_pool_slot slot[WEIR_I_POOL_NEAR];
    WEIR_I_ATOMIC(weir_i_pool_slot *) segment[WEIR_I_POOL_SEGMENTS];
    /* The clockwork, of pools that age by themselves: puts until the next look at the clock, the
     * distance of looks, the time of the last. */
    WEIR_I_ATOMIC(uint32_t) countdown;
    WEIR_I_ATOMIC(uint32_t) stride;
    WEIR_I_ATOMIC(weir_time) looked;
} weir_i_pool_shard;

/* Any function; and how to call one that was given as such, with its own types. */
typedef void weir_i_pool_function(void);
typedef bool weir_i_pool_maker(weir_i_pool_function *create, void *object, void *ctx);
typedef void weir_i_pool_caller(weir_i_pool_function *function, void *object, void *ctx);

/* What the user wants, whatever the type of the objects. */
typedef struct weir_i_pool_user {
    weir_i_pool_function *create;
    weir_i_pool_function *reset;
    weir_i_pool_function *destroy;
    void *ctx;
    size_t max_idle;
    weir_time age_every;
    weir_i_pool_maker *make;
    weir_i_pool_caller *call;
} weir_i_pool_user;

/* The raw pool: objects of a size known at run time. Fields are private. */
typedef struct weir_pool {
    /* All but the generation and the time of ageing are never written after init. */
    weir_i_pool_shard *shards;
    unsigned mask; /* shards - 1 */
    bool is_plain; /* put has nothing to do but to keep the object */
    WEIR_I_ATOMIC(uint32_t) generation;
    weir_i_cpu_source source;
    size_t size; /* of an object, and its alignment, as they are allocated */
    size_t align;
    weir_i_pool_user user;
    weir_allocator allocator;
    weir_i_track *track; /* checked build: all objects */
    WEIR_I_ATOMIC(weir_time) aged;
    WEIR_I_ATOMIC(uint32_t) puts; /* checked build: chooses those that are not kept */
} weir_pool;

WEIR_I_STATIC_ASSERT((WEIR_I_POOL_NEAR & (WEIR_I_POOL_NEAR - 1)) == 0 && WEIR_I_POOL_NEAR >= 2 &&
                         WEIR_I_POOL_NEAR <= 64,
                     "weir: a shard holds a power of two of slots, and their numbers fit");

/* -- slots ------------------------------------------------------------------------------------ */

/* The segment that slot i lies in, i >= NEAR. */
WEIR_I_FUNC unsigned weir_i_pool_segment_of(uint32_t i) {
    return 31u - WEIR_I_CAST(unsigned, __builtin_clz(i / WEIR_I_POOL_NEAR));
}

WEIR_I_FUNC weir_i_pool_slot *weir_i_pool_slot_in(weir_i_pool_slot *segment, unsigned k,
                                                  uint32_t i) {
    return segment ? segment + (i - (WEIR_I_CAST(uint32_t, WEIR_I_POOL_NEAR) << k)) : NULL;
}

/* The same for slots in segments; and for those that no shard has. */
WEIR_I_SLOW weir_i_pool_slot *weir_i_pool_slot_far(weir_i_pool_shard *shard, uint32_t i) {
    if (i >= shard->credit)
        return NULL;
    const unsigned k = weir_i_pool_segment_of(i);
    return weir_i_pool_slot_in(weir_i_load(&shard->segment[k], acquire), k, i); /* O7 */
}

/* Slot i; NULL if the shard does not have it, or not yet. */
WEIR_I_FAST weir_i_pool_slot *weir_i_pool_slot_at(weir_i_pool_shard *shard, uint32_t i) {
    return WEIR_I_LIKELY(i < shard->near) ? &shard->slot[i] : weir_i_pool_slot_far(shard, i);
}

/* The same for a search after the mark. */
WEIR_I_FUNC weir_i_pool_slot *weir_i_pool_slot_sought(weir_i_pool_shard *shard, uint32_t i) {
    if (i < shard->near)
        return &shard->slot[i];
    if (i >= shard->credit)
        return NULL;
    const unsigned k = weir_i_pool_segment_of(i);
    return weir_i_pool_slot_in(weir_i_load(&shard->segment[k], seq_cst), k, i); /* O8 */
}

WEIR_I_FUNC size_t weir_i_pool_segment_size(unsigned k) {
    return (WEIR_I_CAST(size_t, WEIR_I_POOL_NEAR) << k) * sizeof(weir_i_pool_slot);
}

/* Slot i, its segment made if need be; NULL without memory. */
WEIR_I_FUNC weir_i_pool_slot *weir_i_pool_slot_made(const weir_pool *pool, weir_i_pool_shard *shard,
                                                    uint32_t i) {
    weir_i_pool_slot *slot = weir_i_pool_slot_at(shard, i);
    if (slot)
        return slot;
    const unsigned k = weir_i_pool_segment_of(i);
    const size_t bytes = weir_i_pool_segment_size(k);
    weir_i_pool_slot *none = NULL;
    weir_i_pool_slot *made = WEIR_I_CAST(
        weir_i_pool_slot *,
        pool->allocator.alloc(bytes, WEIR_I_ALIGNOF(weir_i_pool_slot), pool->allocator.ctx));
    if (!made)
        return NULL;
    memset((void *)made, 0, bytes);
    if (!weir_i_compare_exchange_strong(&shard->segment[k], &none, made, seq_cst, /* O6 */
                                        relaxed))
        pool->allocator.free((void *)made, bytes, pool->allocator.ctx);
    return weir_i_pool_slot_at(shard, i);
}

WEIR_I_FAST void *weir_i_pool_object(uintptr_t value) {
    return (void *)(value & ~WEIR_I_CAST(uintptr_t, WEIR_I_POOL_AGES - 1));
}

/* The shard to try first: that of the processor, so that its objects are in its cache. */
WEIR_I_FAST unsigned weir_i_pool_here(const weir_pool *pool) {
    return weir_i_cpu_current(pool->source) & pool->mask;
}

/* -- where objects may be, I4 ----------------------------------------------------------------- */

WEIR_I_FAST uint32_t weir_i_pool_reach(uint64_t state) {
    return WEIR_I_CAST(uint32_t, state) & ~WEIR_I_POOL_MARK;
}

/* True if state tells of slot i, and nobody wants to say otherwise: one comparison, as the mark is
 * the sign. */
WEIR_I_FAST bool weir_i_pool_covers(uint64_t state, uint32_t i) {
    return WEIR_I_CAST(int32_t, WEIR_I_CAST(uint32_t, state)) > WEIR_I_CAST(int32_t, i);
}

/* Makes state tell of slot i. */
WEIR_I_SLOW void weir_i_pool_cover(weir_i_pool_shard *shard, uint32_t i) {
    uint64_t seen = weir_i_load(&shard->state, relaxed);
    while (!weir_i_pool_covers(seen, i)) {
        const uint32_t grown = (i / WEIR_I_POOL_GRAIN + 1) * WEIR_I_POOL_GRAIN;
        const uint32_t reach = weir_i_pool_reach(seen);
        const uint64_t version = seen >> 32 << 32;
        if (weir_i_compare_exchange_weak(
                &shard->state, &seen, version | (reach > grown ? reach : grown), relaxed, relaxed))
            break;
    }
}

/* Puts an object into slot i, if that is empty. */
WEIR_I_FAST bool weir_i_pool_fill(weir_i_pool_shard *shard, weir_i_pool_slot *slot, uint32_t i,
                                  uintptr_t value) {
    uintptr_t none = 0;
    if (!weir_i_compare_exchange_strong(slot, &none, value, seq_cst, relaxed)) /* O1 */
        return false;
    const uint64_t state = weir_i_load(&shard->state, seq_cst); /* O3 */
    if (WEIR_I_UNLIKELY(!weir_i_pool_covers(state, i)))
        weir_i_pool_cover(shard, i);
    return true;
}

/* -- an object's life ------------------------------------------------------------------------- */

/* Checked build: takes back what was sealed; who wrote it is too late to be stopped. */
WEIR_I_FUNC void weir_i_pool_open(const weir_pool *pool, void *object) {
    if (weir_i_track_open(pool->track, object) == WEIR_I_TRACK_WRITTEN)
        WEIR_PANIC("pool: object written after it was put");
}

/* A new object; NULL without memory or if create fails. */
WEIR_I_SLOW void *weir_i_pool_make(const weir_pool *pool) {
    const weir_allocator *allocator = &pool->allocator;
    const weir_i_pool_user *user = &pool->user;
    void *object = allocator->alloc(pool->size, pool->align, allocator->ctx);
    if (!object)
        return NULL;
    if (!user->create)
        memset(object, 0, pool->size);
    if (!user->create || user->make(user->create, object, user->ctx)) {
        if (!WEIR_CHECKED || weir_i_track_add(pool->track, object))
            return object;
        if (user->destroy)
            user->call(user->destroy, object, user->ctx);
    }
    allocator->free(object, pool->size, allocator->ctx);
    return NULL;
}

/* The end of an object that the caller owns. */
WEIR_I_SLOW void weir_i_pool_end(const weir_pool *pool, void *object) {
    if (WEIR_CHECKED) {
        weir_i_pool_open(pool, object);
        weir_i_track_remove(pool->track, object);
    }
    if (pool->user.destroy)
        pool->user.call(pool->user.destroy, object, pool->user.ctx);
    pool->allocator.free(object, pool->size, pool->allocator.ctx);
}

/* -- ageing ----------------------------------------------------------------------------------- */

/* Destroys what is idle in a shard since two calls of age or more. */
WEIR_I_FUNC void weir_i_pool_age_shard(const weir_pool *pool, weir_i_pool_shard *shard,
                                       uint32_t now) {
    const uint32_t reach = weir_i_pool_reach(weir_i_load(&shard->state, relaxed));
    uint32_t left = 0; /* behind the last object that stays */
    uint32_t hole = reach;
    for (uint32_t i = 0; i < reach; i++) {
        weir_i_pool_slot *slot = weir_i_pool_slot_at(shard, i);
        if (!slot)
            break;
        uintptr_t value = weir_i_load(slot, relaxed);
        const uint32_t age = (now - WEIR_I_CAST(uint32_t, value)) % WEIR_I_POOL_AGES;
        if (value == 0)
            continue;
        /* The two oldest ages are the youngest, of objects that came while others age, too. */
        if (age < 2 || age >= WEIR_I_POOL_AGES - 2) {
            left = i + 1;
        } else if (weir_i_compare_exchange_strong(slot, &value, 0, acquire, relaxed)) { /* O2 */
            weir_i_pool_end(pool, weir_i_pool_object(value));
            hole = i < hole ? i : hole;
        }
    }
    if (left < weir_i_load(&shard->top, relaxed))
        weir_i_store(&shard->top, left, relaxed);
    if (hole < weir_i_load(&shard->hole, relaxed))
        weir_i_store(&shard->hole, hole, relaxed);
}

/* Destroys the objects that were idle all the time since the call before the last one; so what
 * nobody needs goes at the second call. destroy runs in here. Cost: a look at each slot in use. */
WEIR_I_FUNC void weir_pool_age(weir_pool *pool) {
    const uint32_t now = weir_i_fetch_add(&pool->generation, 1, relaxed) + 1;
    for (unsigned s = 0; s <= pool->mask; s++)
        weir_i_pool_age_shard(pool, &pool->shards[s], now);
}

/* Ages if it is time; of several that find so, one does. */
WEIR_I_FUNC void weir_i_pool_age_at(weir_pool *pool, weir_time now) {
    weir_time aged = weir_i_load(&pool->aged, relaxed);
    if (now - aged >= pool->user.age_every &&
        weir_i_compare_exchange_strong(&pool->aged, &aged, now, relaxed, relaxed))
        weir_pool_age(pool);
}

/* Reads the clock at each put while puts are rare, at each 16th when they are many. Counts that
 * threads spoil for each other cost a look too many or too few. */
WEIR_I_FUNC void weir_i_pool_tick(weir_pool *pool, weir_i_pool_shard *shard) {
    const uint32_t left = weir_i_load(&shard->countdown, relaxed);
    if (left > 0) {
        weir_i_store(&shard->countdown, left - 1, relaxed);
        return;
    }
    const weir_time now = weir_now();
    const uint32_t stride = weir_i_load(&shard->stride, relaxed) * 2 + 1;
    const bool often = now - weir_i_load(&shard->looked, relaxed) < pool->user.age_every / 64;
    const uint32_t next = !often                        ? 0
                          : stride < WEIR_I_POOL_STRIDE ? stride
                                                        : WEIR_I_POOL_STRIDE - 1;
    weir_i_store(&shard->looked, now, relaxed);
    weir_i_store(&shard->stride, next, relaxed);
    weir_i_store(&shard->countdown, next, relaxed);
    weir_i_pool_age_at(pool, now);
}

/* -- get -------------------------------------------------------------------------------------- */

/* Takes what lies where the hint says; 0 if there is nothing. */
WEIR_I_FAST uintptr_t weir_i_pool_pop(weir_i_pool_shard *shard) {
    const uint32_t i = weir_i_load(&shard->top, relaxed) - 1;
    weir_i_pool_slot *slot = weir_i_pool_slot_at(shard, i);
    if (WEIR_I_UNLIKELY(!slot))
        return 0;
    const uintptr_t value = weir_i_exchange(slot, 0, acquire); /* O2 */
    if (WEIR_I_LIKELY(value != 0))
        weir_i_store(&shard->top, i, relaxed);
    return value;
}

/* Searches a shard from its top down, then above. */
WEIR_I_SLOW uintptr_t weir_i_pool_search(weir_i_pool_shard *shard, uint32_t reach) {
    const uint32_t top = weir_i_load(&shard->top, relaxed);
    const uint32_t middle = top < reach ? top : reach;
    for (uint32_t n = 0; n < reach; n++) {
        const uint32_t i = n < middle ? middle - 1 - n : n;
        weir_i_pool_slot *slot = weir_i_pool_slot_sought(shard, i);
        if (!slot || weir_i_load(slot, seq_cst) == 0) /* O5 */
            continue;
        const uintptr_t value = weir_i_exchange(slot, 0, acquire); /* O2 */
        if (value != 0) {
            weir_i_store(&shard->top, i, relaxed);
            if (n > middle)
                weir_i_store(&shard->hole, 0, relaxed); /* nothing lies below */
            return value;
        }
    }
    weir_i_store(&shard->top, 0, relaxed);
    return 0;
}

/* Takes an object from a shard; 0 if it has none. Then the next one need not search: see I5. The
 * version keeps him out who marked before others filled and emptied the shard again. */
WEIR_I_SLOW uintptr_t weir_i_pool_take(weir_i_pool_shard *shard) {
    uint64_t state = weir_i_load(&shard->state, relaxed);
    const uint32_t reach = weir_i_pool_reach(state);
    if (WEIR_I_CAST(uint32_t, state) == 0)
        return 0;
    weir_i_prefetch_write(&shard->top);
    uintptr_t value = weir_i_pool_pop(shard);
    if (value == 0)
        value = weir_i_pool_search(shard, reach);
    if (value != 0)
        return value;
    const uint64_t version = ((state >> 32) + 1) << 32;
    uint64_t marked = version | WEIR_I_POOL_MARK | reach;
    if (!weir_i_compare_exchange_strong(&shard->state, &state, marked, seq_cst, relaxed)) /* O4 */
        return 0;
    value = weir_i_pool_search(shard, reach);
    if (value == 0)
        (void)weir_i_compare_exchange_strong(&shard->state, &marked, version, relaxed, relaxed);
    return value;
}

/* An object from any shard, this one first; else a new one. */
WEIR_I_SLOW void *weir_i_pool_get_slow(weir_pool *pool, unsigned here) {
    for (unsigned n = 0; n <= pool->mask; n++) {
        const uintptr_t value = weir_i_pool_take(&pool->shards[(here + n) & pool->mask]);
        if (value != 0)
            return weir_i_pool_object(value);
    }
    if (pool->user.age_every > 0)
        weir_i_pool_age_at(pool, weir_now());
    return NULL;
}

WEIR_I_FAST void *weir_i_pool_get_idle(weir_pool *pool) {
    const unsigned here = weir_i_pool_here(pool);
    const uintptr_t value = weir_i_pool_pop(&pool->shards[here]);
    if (WEIR_I_LIKELY(value != 0))
        return weir_i_pool_object(value);
    return weir_i_pool_get_slow(pool, here);
}

WEIR_I_FAST void *weir_i_pool_get(weir_pool *pool) {
    void *object = weir_i_pool_get_idle(pool);
    if (WEIR_I_UNLIKELY(!object))
        return weir_i_pool_make(pool);
    if (WEIR_CHECKED) {
        weir_i_pool_open(pool, object);
        weir_i_track_out(pool->track, object);
    }
    return object;
}

/* -- put -------------------------------------------------------------------------------------- */

/* Puts an object into the first empty slot from `from` up, and says in the hint where. */
WEIR_I_SLOW bool weir_i_pool_place(const weir_pool *pool, weir_i_pool_shard *shard, uint32_t from,
                                   WEIR_I_ATOMIC(uint32_t) *hint, uintptr_t value) {
    for (uint32_t i = from; i < shard->credit; i++) {
        weir_i_pool_slot *slot = weir_i_pool_slot_made(pool, shard, i);
        if (!slot)
            break;
        if (weir_i_load(slot, relaxed) == 0 && weir_i_pool_fill(shard, slot, i, value)) {
            weir_i_store(hint, i + 1, relaxed);
            return true;
        }
    }
    return false;
}

/* Puts an object onto a shard: on top of what is there, or else where age has left a hole. */
WEIR_I_SLOW bool weir_i_pool_give(const weir_pool *pool, weir_i_pool_shard *shard,
                                  uintptr_t value) {
    uint32_t top = weir_i_load(&shard->top, relaxed);
    if (top > shard->credit)
        top = shard->credit;
    for (; top > 0; top--) { /* where others took what lay below */
        weir_i_pool_slot *below = weir_i_pool_slot_at(shard, top - 1);
        if (below && weir_i_load(below, relaxed) != 0)
            break;
    }
    if (weir_i_pool_place(pool, shard, top, &shard->top, value))
        return true;
    const uint32_t hole = weir_i_load(&shard->hole, relaxed);
    if (hole >= top)
        return false;
    if (weir_i_pool_place(pool, shard, hole, &shard->hole, value))
        return true;
    weir_i_store(&shard->hole, UINT32_MAX, relaxed);
    return false;
}

/* True if nothing lies below slot i: the hint was old, and there is room that it does not tell of.
 * The first slot of a segment is not asked. */
WEIR_I_FAST bool weir_i_pool_floats(weir_i_pool_slot *slot, uint32_t i) {
    const bool has_neighbour = i < WEIR_I_POOL_NEAR ? i > 0 : (i & (i - 1)) != 0;
    return has_neighbour && weir_i_load(slot - 1, relaxed) == 0;
}

WEIR_I_FAST uintptr_t weir_i_pool_tagged(const weir_pool *pool, void *object) {
    return (uintptr_t)object | (weir_i_load(&pool->generation, relaxed) % WEIR_I_POOL_AGES);
}

/* Keeps an object in any shard, this one first; else destroys it. */
WEIR_I_SLOW void weir_i_pool_put_slow(weir_pool *pool, unsigned here, void *object) {
    const uintptr_t value = weir_i_pool_tagged(pool, object);
    for (unsigned n = 0; n <= pool->mask; n++)
        if (weir_i_pool_give(pool, &pool->shards[(here + n) & pool->mask], value))
            return;
    weir_i_pool_end(pool, object);
}

/* Checked build: false if the object may not come back. */
WEIR_I_FUNC bool weir_i_pool_admit(const weir_pool *pool, const void *object) {
    switch (weir_i_track_in(pool->track, object)) {
    case WEIR_I_TRACK_UNKNOWN: WEIR_PANIC("pool: put of what is no object of this pool"); break;
    case WEIR_I_TRACK_TWICE: WEIR_PANIC("pool: put twice"); break;
    default: return true;
    }
    return false;
}

/* Checked build: true for one in four, in no order that a caller could learn to live with. */
WEIR_I_FUNC bool weir_i_pool_drops(weir_pool *pool) {
    uint32_t n = weir_i_fetch_add(&pool->puts, 1, relaxed) * 0x9e3779b1u;
    n = (n ^ n >> 15) * 0x85ebca6bu;
    return (n >> 16) % 4 == 0;
}

/* put with all that it may have to do. */
WEIR_I_SLOW void weir_i_pool_put_careful(weir_pool *pool, void *object) {
    const unsigned here = weir_i_pool_here(pool);
    if (WEIR_CHECKED && !weir_i_pool_admit(pool, object))
        return;
    if (pool->user.reset)
        pool->user.call(pool->user.reset, object, pool->user.ctx);
    if (WEIR_CHECKED && weir_i_pool_drops(pool)) {
        weir_i_pool_end(pool, object);
        return;
    }
    if (WEIR_CHECKED)
        weir_i_track_seal(pool->track, object);
    weir_i_pool_put_slow(pool, here, object);
    if (pool->user.age_every > 0)
        weir_i_pool_tick(pool, &pool->shards[here]);
}

WEIR_I_FAST void weir_i_pool_put(weir_pool *pool, void *object) {
    if (WEIR_I_UNLIKELY(!object))
        return;
    if (WEIR_CHECKED || WEIR_I_UNLIKELY(!pool->is_plain)) {
        weir_i_pool_put_careful(pool, object);
        return;
    }
    const unsigned here = weir_i_pool_here(pool);
    weir_i_pool_shard *shard = &pool->shards[here];
    weir_i_prefetch_write(&shard->top);
    const uint32_t i = weir_i_load(&shard->top, relaxed);
    weir_i_pool_slot *slot = weir_i_pool_slot_at(shard, i);
    if (WEIR_I_LIKELY(slot != NULL) &&
        WEIR_I_LIKELY(weir_i_pool_fill(shard, slot, i, weir_i_pool_tagged(pool, object)))) {
        weir_i_store(&shard->top, i + 1, relaxed);
        if (WEIR_I_UNLIKELY(weir_i_pool_floats(slot, i)))
            weir_i_store(&shard->hole, 0, relaxed);
    } else {
        weir_i_pool_put_slow(pool, here, object);
    }
}

/* -- life ------------------------------------------------------------------------------------- */

/* A shard a processor, as a power of two; no more than there may be idle objects. */
WEIR_I_FUNC unsigned weir_i_pool_shard_count(size_t max_idle) {
    const unsigned cpus = weir_i_cpu_count();
    const size_t shards = WEIR_I_POOL_SHARDS;
    const size_t most = max_idle > 0 && max_idle < shards ? max_idle : shards;
    size_t count = 1;
    while (count < cpus && count * 2 <= most)
        count *= 2;
    return WEIR_I_CAST(unsigned, count);
}

/* Splits max_idle among the shards, I2. */
WEIR_I_FUNC void weir_i_pool_start(weir_pool *pool) {
    const unsigned count = pool->mask + 1;
    const size_t max_idle = pool->user.max_idle > 0 ? pool->user.max_idle : SIZE_MAX;
    memset((void *)pool->shards, 0, count * sizeof *pool->shards);
    for (unsigned s = 0; s < count; s++) {
        weir_i_pool_shard *shard = &pool->shards[s];
        const size_t credit = max_idle / count + (s < max_idle % count);
        shard->credit =
            credit < WEIR_I_POOL_MOST ? WEIR_I_CAST(uint32_t, credit) : WEIR_I_POOL_MOST;
        shard->near = shard->credit < WEIR_I_POOL_NEAR ? shard->credit : WEIR_I_POOL_NEAR;
        weir_i_store(&shard->hole, UINT32_MAX, relaxed);
    }
}

/* Makes pool an empty pool of objects of size bytes, aligned to align, as user wants it. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_i_pool_init(weir_pool *pool, size_t size,
                                                          size_t align, weir_i_pool_user user,
                                                          const weir_allocator *allocator) {
    const size_t most = PTRDIFF_MAX / 4;
    if (size == 0 || size > most || align == 0 || align > most || (align & (align - 1)) != 0 ||
        user.age_every < 0)
        return WEIR_INVALID;
    memset((void *)pool, 0, sizeof *pool);
    pool->allocator = weir_i_allocator(allocator);
    pool->user = user;
    /* At least 8 of both: the low bits of the address are ours, and still point into the object. */
    pool->size = size > WEIR_I_POOL_AGES ? size : WEIR_I_CAST(size_t, WEIR_I_POOL_AGES);
    pool->align = align > WEIR_I_POOL_AGES ? align : WEIR_I_CAST(size_t, WEIR_I_POOL_AGES);
    pool->source = weir_i_cpu_source_probe();
    pool->is_plain = !user.reset && user.age_every == 0;
    if (user.age_every > 0)
        weir_i_store(&pool->aged, weir_now(), relaxed);
    const unsigned count = weir_i_pool_shard_count(user.max_idle);
    pool->mask = count - 1;
    pool->shards = WEIR_I_CAST(
        weir_i_pool_shard *,
        pool->allocator.alloc(count * sizeof *pool->shards, WEIR_CACHE_LINE, pool->allocator.ctx));
    if (!pool->shards)
        return WEIR_NOMEM;
    if (WEIR_CHECKED) {
        pool->track = weir_i_track_new(pool->size, pool->allocator);
        if (!pool->track) {
            pool->allocator.free((void *)pool->shards, count * sizeof *pool->shards,
                                 pool->allocator.ctx);
            return WEIR_NOMEM;
        }
    }
    weir_i_pool_start(pool);
    return WEIR_OK;
}

/* Destroys what is idle in a shard, whatever its hints say, and its segments. */
WEIR_I_FUNC void weir_i_pool_empty(const weir_pool *pool, weir_i_pool_shard *shard) {
    for (uint32_t i = 0; i < WEIR_I_POOL_MOST; i++) {
        weir_i_pool_slot *slot = weir_i_pool_slot_at(shard, i);
        if (!slot)
            break;
        const uintptr_t value = weir_i_load(slot, relaxed);
        weir_i_store(slot, 0, relaxed);
        if (value != 0)
            weir_i_pool_end(pool, weir_i_pool_object(value));
    }
    for (unsigned k = 0; k < WEIR_I_POOL_SEGMENTS; k++) {
        weir_i_pool_slot *segment = weir_i_load(&shard->segment[k], relaxed);
        if (segment)
            pool->allocator.free((void *)segment, weir_i_pool_segment_size(k), pool->allocator.ctx);
    }
}

/* Destroys all idle objects and gives the memory back. Objects that are still out are the caller's
 * mistake: nobody can put them back any more. No thread may be inside any call. */
WEIR_I_FUNC void weir_pool_destroy(weir_pool *pool) {
    const size_t count = WEIR_I_CAST(size_t, pool->mask) + 1;
    for (size_t s = 0; s < count; s++)
        weir_i_pool_empty(pool, &pool->shards[s]);
    pool->allocator.free((void *)pool->shards, count * sizeof *pool->shards, pool->allocator.ctx);
    pool->shards = NULL;
    if (WEIR_CHECKED && weir_i_track_delete(pool->track) > 0)
        WEIR_PANIC("pool: destroyed before all objects were put back");
}

/* How many objects are idle: exact while nothing is in flight, else some moment's for each slot; at
 * most max_idle always, as each slot counts once. Cost: a look at each slot in use. */
WEIR_I_FUNC size_t weir_pool_idle(const weir_pool *pool) {
    size_t idle = 0;
    for (unsigned s = 0; s <= pool->mask; s++) {
        weir_i_pool_shard *shard = &pool->shards[s];
        const uint32_t reach = weir_i_pool_reach(weir_i_load(&shard->state, relaxed));
        for (uint32_t i = 0; i < reach; i++) {
            weir_i_pool_slot *slot = weir_i_pool_slot_at(shard, i);
            if (!slot)
                break;
            idle += weir_i_load(slot, relaxed) != 0;
        }
    }
    return idle;
}

/* -- objects of a run-time size --------------------------------------------------------------- */

/* As the options of a typed pool, below. */
typedef struct weir_pool_options {
    bool (*create)(void *object, void *ctx);
    void (*reset)(void *object, void *ctx);
    void (*destroy)(void *object, void *ctx);
    void *ctx;
    size_t max_idle;
    weir_time age_every;
} weir_pool_options;

WEIR_I_FUNC bool weir_i_pool_make_raw(weir_i_pool_function *create, void *object, void *ctx) {
    return ((bool (*)(void *, void *))create)(object, ctx);
}

WEIR_I_FUNC void weir_i_pool_call_raw(weir_i_pool_function *function, void *object, void *ctx) {
    ((void (*)(void *, void *))function)(object, ctx);
}

/* The user's wishes from options of any type. */
#define WEIR_I_POOL_USER(options, make, call)                                                      \
    {                                                                                              \
        (weir_i_pool_function *)(options)->create, (weir_i_pool_function *)(options)->reset,       \
            (weir_i_pool_function *)(options)->destroy, (options)->ctx, (options)->max_idle,       \
            (options)->age_every, (make), (call)                                                   \
    }

/* Makes pool an empty pool of objects of size bytes, aligned to align. options may be NULL, as each
 * member, and so may allocator. WEIR_INVALID if size is 0, align no power of two, or age_every
 * negative; WEIR_NOMEM. Only on WEIR_OK is there something to destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_pool_init_raw_with(weir_pool *pool,
                                                                 const weir_pool_options *options,
                                                                 size_t size, size_t align,
                                                                 const weir_allocator *allocator) {
    const weir_pool_options none = {NULL, NULL, NULL, NULL, 0, 0};
    const weir_pool_options *chosen = options ? options : &none;
    const weir_i_pool_user user =
        WEIR_I_POOL_USER(chosen, weir_i_pool_make_raw, weir_i_pool_call_raw);
    return weir_i_pool_init(pool, size, align, user, allocator);
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_pool_init_raw(weir_pool *pool,
                                                            const weir_pool_options *options,
                                                            size_t size, size_t align) {
    return weir_pool_init_raw_with(pool, options, size, align, NULL);
}

WEIR_I_FUNC void *weir_pool_get_raw(weir_pool *pool) {
    return weir_i_pool_get(pool);
}

WEIR_I_FUNC void weir_pool_put_raw(weir_pool *pool, void *object) {
    weir_i_pool_put(pool, object);
}

WEIR_I_END

/* -- typed pools ------------------------------------------------------------------------------ */

/* WEIR_POOL(name, T): the type `name`, a pool of T, its options and its functions.
 *   name_options { bool (*create)(T *, void *ctx);   makes an object of raw memory; false: it
 * cannot void (*reset)(T *, void *ctx);    runs in put, on each object void (*destroy)(T *, void
 * *ctx);  before an object's memory is given back void *ctx; size_t max_idle;                  0:
 * no bound weir_time age_every; }            ages by itself in calls, when so many nanoseconds are
 * over; 0: only by name_age Every member is optional. Without create an object is zero when it is
 * made, not when reused. weir_status name_init(name *, const name_options *)     NULL: all defaults
 *   weir_status name_init_with(name *, const name_options *, const weir_allocator *)
 *   void        name_destroy(name *)
 *   T          *name_get(name *)              NULL: out of memory, or create failed
 *   void        name_put(name *, T *)         an object of this pool, or NULL, which does nothing
 *   void        name_age(name *)              what was idle through two calls is destroyed
 *   size_t      name_idle(const name *)
 * Cost of a get or a put of an object at hand: one locked instruction. With reset a call more; with
 * age_every a look at the clock in each put, or in each 16th where they are frequent. */
#define WEIR_POOL(name, T)                                                                         \
    typedef struct name {                                                                          \
        weir_pool raw;                                                                             \
    } name;                                                                                        \
    typedef struct name##_options {                                                                \
        bool (*create)(T *, void *ctx);                                                            \
        void (*reset)(T *, void *ctx);                                                             \
        void (*destroy)(T *, void *ctx);                                                           \
        void *ctx;                                                                                 \
        size_t max_idle;                                                                           \
        weir_time age_every;                                                                       \
    } name##_options;                                                                              \
    WEIR_I_FUNC bool weir_i_make_##name(weir_i_pool_function *create_, void *object_,              \
                                        void *ctx_) {                                              \
        return ((bool (*)(T *, void *))create_)(WEIR_I_CAST(T *, object_), ctx_);                  \
    }                                                                                              \
    WEIR_I_FUNC void weir_i_call_##name(weir_i_pool_function *function_, void *object_,            \
                                        void *ctx_) {                                              \
        ((void (*)(T *, void *))function_)(WEIR_I_CAST(T *, object_), ctx_);                       \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(                                     \
        name *pool_, const name##_options *options_, const weir_allocator *allocator_) {           \
        const name##_options none_ = {NULL, NULL, NULL, NULL, 0, 0};                               \
        const name##_options *chosen_ = options_ ? options_ : &none_;                              \
        const weir_i_pool_user user_ =                                                             \
            WEIR_I_POOL_USER(chosen_, weir_i_make_##name, weir_i_call_##name);                     \
        return weir_i_pool_init(&pool_->raw, sizeof(T), WEIR_I_ALIGNOF(T), user_, allocator_);     \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *pool_,                              \
                                                         const name##_options *options_) {         \
        return name##_init_with(pool_, options_, NULL);                                            \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *pool_) {                                                 \
        weir_pool_destroy(&pool_->raw);                                                            \
    }                                                                                              \
    WEIR_I_FAST T *name##_get(name *pool_) {                                                       \
        return WEIR_I_CAST(T *, weir_i_pool_get(&pool_->raw));                                     \
    }                                                                                              \
    WEIR_I_FAST void name##_put(name *pool_, T *object_) {                                         \
        weir_i_pool_put(&pool_->raw, object_);                                                     \
    }                                                                                              \
    WEIR_I_FUNC void name##_age(name *pool_) {                                                     \
        weir_pool_age(&pool_->raw);                                                                \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_idle(const name *pool_) {                                            \
        return weir_pool_idle(&pool_->raw);                                                        \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
