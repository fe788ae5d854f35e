/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.c - the pool in one thread at a time: what each call does, at every bound, through the ages,
 * without memory, after fork.
 */
#include <stdint.h>
static int64_t pretended_now;
static unsigned clock_readings;
#define WEIR_CLOCK() (clock_readings++, pretended_now)
#include "support/check.h"
#include "support/faulty_allocator.h"
#include "support/pin.h"
#include "support/threads.h"

#include <weir/pool.h>

typedef struct thing {
    unsigned number;
    unsigned resets;
    unsigned char rest[24];
} thing;

WEIR_POOL(things, thing)
WEIR_POOL(letters, char);

typedef struct block {
    _Alignas(256) unsigned char bytes[256];
} block;
WEIR_POOL(blocks, block)

enum { MOST = 2000 };

/* What happened to the things of a pool. */
typedef struct record {
    unsigned created;
    unsigned destroyed;
    unsigned refuse_at; /* the number of the creation that fails */
    unsigned twice;     /* destroyed again */
    bool gone[MOST];
} record;

static bool create(thing *t, void *ctx) {
    record *r = (record *)ctx;
    if (++r->created == r->refuse_at)
        return false;
    t->number = r->created;
    t->resets = 0;
    return true;
}

static void reset(thing *t, void *ctx) {
    (void)ctx;
    t->resets++;
}

static void destroy(thing *t, void *ctx) {
    record *r = (record *)ctx;
    r->twice += r->gone[t->number];
    r->gone[t->number] = true;
    r->destroyed++;
}

static things_options options_of(record *r, size_t max_idle) {
    const things_options options = {
        .create = create, .destroy = destroy, .ctx = r, .max_idle = max_idle};
    return options;
}

static void start(things *pool, record *r, size_t max_idle) {
    const things_options options = options_of(r, max_idle);
    cr_assert_eq(things_init(pool, &options), WEIR_OK);
}

static thing *held[MOST];

static void take(things *pool, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        cr_assert_not_null(held[i] = things_get(pool));
}

static void give(things *pool, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        things_put(pool, held[i]);
}

Test(pool, gives_back_what_was_put_last) {
    const pin was = pin_here();
    static record r;
    things pool;
    start(&pool, &r, 0);
    take(&pool, 3);
    give(&pool, 3);
    cr_assert_eq(things_idle(&pool), 3);
    for (int i = 2; i >= 0; i--)
        cr_assert_eq(things_get(&pool), held[i]);
    cr_assert_eq(things_idle(&pool), 0);
    cr_assert_eq(r.created, 3);
    give(&pool, 3);
    things_destroy(&pool);
    cr_assert_eq(r.destroyed, 3);
    pin_back(&was);
}

Test(pool, all_options_are_optional) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    thing *t = things_get(&pool);
    cr_assert_not_null(t);
    cr_assert_eq(t->number, 0, "zero when it is made");
    t->number = 7;
    things_put(&pool, t);
    t = things_get(&pool);
    cr_assert_eq(t->number, 7, "and as it was when it is used again");
    things_put(&pool, t);
    things_put(&pool, NULL);
    cr_assert_eq(things_idle(&pool), 1);
    things_destroy(&pool);
}

Test(pool, memory_of_an_object_without_create_is_zero_all_over) {
    things pool;
    const thing zero = {0, 0, {0}};
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    for (int i = 0; i < 20; i++) {
        free(memset(malloc(sizeof(thing)), 0xff, sizeof(thing)));
        cr_assert_not_null(held[i] = things_get(&pool));
        cr_assert_eq(memcmp(held[i], &zero, sizeof zero), 0);
    }
    give(&pool, 20);
    things_destroy(&pool);
}

Test(pool, reset_runs_in_put_before_anything_else) {
    static record r;
    things pool;
    things_options options = options_of(&r, 1);
    options.reset = reset;
    cr_assert_eq(things_init(&pool, &options), WEIR_OK);
    take(&pool, 2);
    give(&pool, 1);
    cr_assert_eq(r.destroyed, 0);
    cr_assert_eq(held[1]->resets, 0);
    thing *t = things_get(&pool);
    cr_assert_eq(t, held[0]);
    cr_assert_eq(t->resets, 1);
    give(&pool, 2);
    cr_assert_eq(r.destroyed, 1, "the bound holds with reset, too");
    things_destroy(&pool);
    cr_assert_eq(r.destroyed, 2);
}

Test(pool, create_that_fails_gives_null_and_leaves_nothing) {
    static record r;
    faulty_allocator faulty = {0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    things pool;
    const things_options options = options_of(&r, 0);
    r.refuse_at = 2;
    cr_assert_eq(things_init_with(&pool, &options, &allocator), WEIR_OK);
    cr_assert_not_null(held[0] = things_get(&pool));
    const size_t live = faulty.live;
    cr_assert_null(things_get(&pool));
    cr_assert_eq(faulty.live, live);
    cr_assert_not_null(held[1] = things_get(&pool));
    give(&pool, 2);
    things_destroy(&pool);
    cr_assert_eq(r.destroyed, 2);
    cr_assert_eq(faulty.live, 0);
    cr_assert_eq(faulty.bytes, 0);
}

/* One thread alone fills the bound to the last object, whichever shards that takes. */
Test(pool, keeps_exactly_max_idle) {
    static const size_t bounds[] = {1, 2, 3, 4, 5, 7, 31, 32, 33, 64, 65, 100, 1000};
    for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++) {
        static record r;
        things pool;
        const unsigned bound = (unsigned)bounds[b];
        memset(&r, 0, sizeof r);
        start(&pool, &r, bound);
        for (int round = 0; round < 3; round++) {
            take(&pool, bound + 9);
            cr_assert_eq(things_idle(&pool), 0);
            for (unsigned i = 0; i < bound + 9; i++) {
                things_put(&pool, held[i]);
                cr_assert_eq(things_idle(&pool), i < bound ? i + 1 : bound);
            }
        }
        cr_assert_eq(r.created - r.destroyed, bound);
        cr_assert_eq(r.created, bound + 9 + 2 * 9, "what was kept was used");
        things_destroy(&pool);
        cr_assert_eq(r.created, r.destroyed);
        cr_assert_eq(r.twice, 0);
    }
}

Test(pool, without_a_bound_keeps_all) {
    static record r;
    things pool;
    start(&pool, &r, 0);
    for (int round = 0; round < 3; round++) {
        take(&pool, MOST - 1);
        give(&pool, MOST - 1);
        cr_assert_eq(things_idle(&pool), MOST - 1);
    }
    cr_assert_eq(r.created, MOST - 1);
    things_destroy(&pool);
    cr_assert_eq(r.destroyed, MOST - 1);
    cr_assert_eq(r.twice, 0);
}

Test(pool, a_bound_beyond_all_memory_is_no_problem) {
    things pool;
    const things_options options = {.max_idle = SIZE_MAX};
    cr_assert_eq(things_init(&pool, &options), WEIR_OK);
    take(&pool, 100);
    give(&pool, 100);
    cr_assert_eq(things_idle(&pool), 100);
    things_destroy(&pool);
}

Test(pool, shards_share_out_the_bound) {
    for (size_t bound = 1; bound < 70; bound++) {
        things pool;
        const things_options options = {.max_idle = bound};
        size_t credits = 0;
        cr_assert_eq(things_init(&pool, &options), WEIR_OK);
        for (unsigned s = 0; s <= pool.raw.mask; s++) {
            cr_assert_gt(pool.raw.shards[s].credit, 0);
            credits += pool.raw.shards[s].credit;
        }
        cr_assert_eq(credits, bound);
        things_destroy(&pool);
    }
}

/* -- ageing ----------------------------------------------------------------------------------- */

Test(pool, what_was_idle_through_two_calls_is_destroyed) {
    static record r;
    things pool;
    start(&pool, &r, 0);
    take(&pool, 100);
    give(&pool, 50);
    things_age(&pool);
    cr_assert_eq(things_idle(&pool), 50);
    for (unsigned i = 50; i < 100; i++)
        things_put(&pool, held[i]);
    things_age(&pool);
    cr_assert_eq(things_idle(&pool), 50, "half has seen one call");
    for (unsigned i = 1; i <= 100; i++)
        cr_assert_eq(r.gone[i], i <= 50);
    things_age(&pool);
    cr_assert_eq(things_idle(&pool), 0);
    things_age(&pool);
    things_destroy(&pool);
    cr_assert_eq(r.destroyed, 100);
    cr_assert_eq(r.twice, 0);
}

Test(pool, what_is_used_stays_young) {
    static record r;
    things pool;
    start(&pool, &r, 0);
    take(&pool, 5);
    give(&pool, 5);
    for (int i = 0; i < 40; i++) { /* more than there are generations */
        take(&pool, 2);
        give(&pool, 2);
        things_age(&pool);
    }
    cr_assert_eq(things_idle(&pool), 2);
    cr_assert_eq(r.created, 5);
    things_destroy(&pool);
}

/* The oldest lie at the bottom; their places are used again, at any bound. */
Test(pool, places_that_age_left_are_filled_again) {
    for (unsigned bound = 2; bound < 80; bound += 7) {
        static record r;
        things pool;
        memset(&r, 0, sizeof r);
        start(&pool, &r, bound);
        for (int round = 0; round < 4; round++) {
            take(&pool, bound);
            give(&pool, bound);
            things_age(&pool);
            take(&pool, bound / 2);
            give(&pool, bound / 2);
            things_age(&pool);
            cr_assert_eq(things_idle(&pool), bound / 2);
        }
        for (unsigned i = 0; i < bound + 3; i++)
            cr_assert_not_null(held[i] = things_get(&pool));
        give(&pool, bound + 3);
        cr_assert_eq(things_idle(&pool), bound);
        things_destroy(&pool);
        cr_assert_eq(r.created, r.destroyed);
        cr_assert_eq(r.twice, 0);
    }
}

Test(pool, ageing_an_empty_pool_does_nothing) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    for (int i = 0; i < 20; i++)
        things_age(&pool);
    cr_assert_eq(things_idle(&pool), 0);
    things_destroy(&pool);
}

/* Looks are counted by shard: so one thread, on one processor. */
static void start_clockwork(things *pool, record *r, weir_time every) {
    things_options options = options_of(r, 0);
    options.age_every = every;
    pretended_now = 1000000;
    cr_assert_eq(things_init(pool, &options), WEIR_OK);
}

Test(pool, ages_by_itself_when_the_period_is_over) {
    const pin was = pin_here();
    static record r;
    things pool;
    start_clockwork(&pool, &r, 1000);
    take(&pool, 3);
    give(&pool, 3);
    for (int i = 0; i < 2; i++) {
        pretended_now += 1000;
        cr_assert_eq(things_idle(&pool), 3);
        things_put(&pool, things_get(&pool));
    }
    cr_assert_eq(things_idle(&pool), 1, "two were never needed");
    things_destroy(&pool);
    pin_back(&was);
    cr_assert_eq(r.destroyed, 3);
}

Test(pool, does_not_age_before_the_period_is_over) {
    const pin was = pin_here();
    static record r;
    things pool;
    start_clockwork(&pool, &r, 1000);
    take(&pool, 3);
    give(&pool, 3);
    for (int i = 0; i < 999; i++) {
        pretended_now += 1;
        things_put(&pool, things_get(&pool));
    }
    cr_assert_eq(things_idle(&pool), 3);
    cr_assert_eq(r.destroyed, 0);
    things_destroy(&pool);
    pin_back(&was);
}

Test(pool, a_get_that_finds_nothing_looks_at_the_clock) {
    const pin was = pin_here();
    static record r;
    things pool;
    start_clockwork(&pool, &r, 1000);
    const uint32_t before = weir_i_load(&pool.raw.generation, relaxed);
    thing *first = things_get(&pool);
    cr_assert_eq(weir_i_load(&pool.raw.generation, relaxed), before);
    pretended_now += 1000;
    take(&pool, 1);
    cr_assert_eq(weir_i_load(&pool.raw.generation, relaxed), before + 1);
    things_put(&pool, held[0]);
    things_put(&pool, first);
    things_destroy(&pool);
    pin_back(&was);
}

/* Frequent puts look at the clock each 16th time at least; rare ones each time. */
Test(pool, looks_at_the_clock_as_often_as_it_must) {
    const pin was = pin_here();
    static record r;
    things pool;
    start_clockwork(&pool, &r, 1000000);
    take(&pool, 1);
    things_put(&pool, held[0]);
    clock_readings = 0;
    for (int i = 0; i < 1600; i++)
        things_put(&pool, things_get(&pool));
    cr_assert_geq(clock_readings, 100);
    cr_assert_leq(clock_readings, 110);
    for (unsigned i = 0; i < 16; i++) {
        pretended_now += 100000;
        things_put(&pool, things_get(&pool));
    }
    clock_readings = 0;
    for (int i = 0; i < 100; i++) {
        pretended_now += 100000;
        things_put(&pool, things_get(&pool));
    }
    cr_assert_eq(clock_readings, 100);
    things_destroy(&pool);
    pin_back(&was);
}

Test(pool, without_a_period_never_looks_at_the_clock) {
    static record r;
    things pool;
    clock_readings = 0;
    start(&pool, &r, 2);
    take(&pool, 5);
    give(&pool, 5);
    things_age(&pool);
    things_destroy(&pool);
    cr_assert_eq(clock_readings, 0);
}

/* -- memory ----------------------------------------------------------------------------------- */

Test(pool, init_refuses_what_cannot_be) {
    weir_pool raw;
    const weir_pool_options negative = {.age_every = -1};
    cr_assert_eq(weir_pool_init_raw(&raw, NULL, 0, 8), WEIR_INVALID);
    cr_assert_eq(weir_pool_init_raw(&raw, NULL, 8, 0), WEIR_INVALID);
    cr_assert_eq(weir_pool_init_raw(&raw, NULL, 8, 12), WEIR_INVALID);
    cr_assert_eq(weir_pool_init_raw(&raw, NULL, SIZE_MAX, 8), WEIR_INVALID);
    cr_assert_eq(weir_pool_init_raw(&raw, NULL, 8, SIZE_MAX / 2 + 1), WEIR_INVALID);
    cr_assert_eq(weir_pool_init_raw(&raw, &negative, 8, 8), WEIR_INVALID);
}

Test(pool, out_of_memory_is_a_status_or_null_and_leaves_nothing_behind) {
    for (size_t fail_at = 1; fail_at < 50; fail_at++) {
        static record r;
        faulty_allocator faulty = {.fail_at = fail_at};
        const weir_allocator allocator = faulty_allocator_of(&faulty);
        const things_options options = options_of(&r, 0);
        things pool;
        unsigned got = 0;
        memset(&r, 0, sizeof r);
        const weir_status status = things_init_with(&pool, &options, &allocator);
        cr_assert_eq(status, fail_at == 1 ? WEIR_NOMEM : WEIR_OK);
        if (status != WEIR_OK) {
            cr_assert_eq(faulty.live, 0);
            continue;
        }
        for (int i = 0; i < 40; i++)
            if ((held[got] = things_get(&pool)))
                got++;
        cr_assert_eq(got, fail_at <= 41 ? 39 : 40);
        give(&pool, got);
        cr_assert_eq(things_idle(&pool) + r.destroyed, got, "what could not be kept is destroyed");
        things_destroy(&pool);
        cr_assert_eq(r.destroyed, got);
        cr_assert_eq(faulty.live, 0);
        cr_assert_eq(faulty.bytes, 0);
    }
}

/* A shard that cannot grow passes on to the others what it has no room for, then destroys. */
Test(pool, an_object_that_cannot_be_kept_is_destroyed) {
    static record r;
    faulty_allocator faulty = {0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    const things_options options = options_of(&r, 0);
    things pool;
    cr_assert_eq(things_init_with(&pool, &options, &allocator), WEIR_OK);
    const unsigned near = (pool.raw.mask + 1) * WEIR_I_POOL_NEAR;
    if (near + 5 >= MOST)
        return;
    take(&pool, near + 5);
    give(&pool, near);
    const size_t kept = things_idle(&pool);
    cr_assert_eq(r.destroyed, 0);
    cr_assert_eq(kept, near);
    for (unsigned i = 0; i < 5; i++) {
        /* whichever segments exist: without memory nothing new is made */
        faulty.fail_at = 0;
        things_put(&pool, held[near + i]);
    }
    cr_assert_eq(things_idle(&pool), near + 5);
    things_destroy(&pool);
    cr_assert_eq(faulty.live, 0);
}

Test(pool, objects_have_their_alignment) {
    blocks big;
    letters small;
    cr_assert_eq(blocks_init(&big, NULL), WEIR_OK);
    cr_assert_eq(letters_init(&small, NULL), WEIR_OK);
    for (int round = 0; round < 2; round++) {
        block *b[9];
        char *c[9];
        for (int i = 0; i < 9; i++) {
            b[i] = blocks_get(&big);
            c[i] = letters_get(&small);
            cr_assert_eq((uintptr_t)b[i] % 256, 0);
            memset(b[i], 1 + i, sizeof *b[i]);
            *c[i] = (char)i;
        }
        for (int i = 0; i < 9; i++) {
            cr_assert_eq(b[i]->bytes[255], 1 + i);
            cr_assert_eq(*c[i], i);
            blocks_put(&big, b[i]);
            letters_put(&small, c[i]);
        }
        blocks_age(&big);
        letters_age(&small);
    }
    blocks_destroy(&big);
    letters_destroy(&small);
}

static bool raw_create(void *object, void *ctx) {
    *(unsigned *)object = ++*(unsigned *)ctx;
    return true;
}

static void raw_destroy(void *object, void *ctx) {
    (void)object;
    *(unsigned *)ctx += 100;
}

Test(pool, raw_calls_have_run_time_sizes) {
    weir_pool raw;
    unsigned count = 0;
    const weir_pool_options options = {
        .create = raw_create, .destroy = raw_destroy, .ctx = &count, .max_idle = 1};
    cr_assert_eq(weir_pool_init_raw(&raw, &options, 40, 64), WEIR_OK);
    void *a = weir_pool_get_raw(&raw);
    void *b = weir_pool_get_raw(&raw);
    cr_assert_eq((uintptr_t)a % 64, 0);
    cr_assert_eq(*(unsigned *)b, 2);
    weir_pool_put_raw(&raw, a);
    weir_pool_put_raw(&raw, b);
    weir_pool_put_raw(&raw, NULL);
    cr_assert_eq(count, 102);
    cr_assert_eq(weir_pool_idle(&raw), 1);
    weir_pool_age(&raw);
    weir_pool_destroy(&raw);
    cr_assert_eq(count, 202);
}

/* -- from inside, and from outside ------------------------------------------------------------ */

static things *outer;

static void destroy_and_call(thing *t, void *ctx) {
    (void)t;
    ++*(unsigned *)ctx;
    things_put(outer, things_get(outer));
    things_age(outer);
    (void)things_idle(outer);
}

Test(pool, functions_of_the_user_may_call_the_pool) {
    things pool;
    unsigned destroyed = 0;
    const things_options options = {.destroy = destroy_and_call, .ctx = &destroyed, .max_idle = 4};
    cr_assert_eq(things_init(&pool, &options), WEIR_OK);
    outer = &pool;
    take(&pool, 8);
    give(&pool, 8);
    for (int i = 0; i < 4; i++)
        things_age(&pool);
    cr_assert_geq(destroyed, 4);
    cr_assert_leq(things_idle(&pool), 4);
    while (things_idle(&pool) > 0)
        free(things_get(&pool));
    things_destroy(&pool);
}

static void hold_and_leave(unsigned me, void *shared) {
    things *pool = (things *)shared;
    thing *mine[10];
    (void)me;
    for (int i = 0; i < 10; i++)
        mine[i] = things_get(pool);
    for (int i = 0; i < 10; i++)
        things_put(pool, mine[i]);
}

Test(pool, what_a_thread_put_outlives_it) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    cr_assert(threads_run(4, hold_and_leave, &pool));
    const size_t idle = things_idle(&pool);
    cr_assert_geq(idle, 10);
    take(&pool, (unsigned)idle);
    cr_assert_eq(things_idle(&pool), 0);
    give(&pool, (unsigned)idle);
    cr_assert_eq(things_idle(&pool), idle, "every object was found, in whatever shard");
    things_destroy(&pool);
}

Test(pool, a_search_that_finds_nothing_is_not_repeated) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    take(&pool, 100);
    give(&pool, 100);
    take(&pool, 100);
    held[100] = things_get(&pool);
    for (unsigned s = 0; s <= pool.raw.mask; s++)
        cr_assert_eq((uint32_t)weir_i_load(&pool.raw.shards[s].state, relaxed), 0);
    give(&pool, 101);
    cr_assert_eq(things_idle(&pool), 101);
    things_destroy(&pool);
}

/* Hints may be anything, after a race; what they say must not cost room, nor an object. */
Test(pool, a_wrong_hint_hides_neither_room_nor_objects) {
    for (uint32_t wrong = 0; wrong <= 40; wrong++) {
        for (unsigned before = 0; before < 3; before++) {
            static record r;
            things pool;
            memset(&r, 0, sizeof r);
            start(&pool, &r, (size_t)40 * weir_i_pool_shard_count(0));
            const unsigned bound = 40 * (pool.raw.mask + 1);
            if (bound >= MOST - 10)
                return;
            take(&pool, bound);
            give(&pool, before);
            for (unsigned s = 0; s <= pool.raw.mask; s++)
                weir_i_store(&pool.raw.shards[s].top, wrong, relaxed);
            for (unsigned i = before; i < bound; i++)
                things_put(&pool, held[i]);
            cr_assert_eq(things_idle(&pool), bound, "hint %u", wrong);
            for (unsigned s = 0; s <= pool.raw.mask; s++)
                weir_i_store(&pool.raw.shards[s].top, wrong, relaxed);
            take(&pool, bound);
            cr_assert_eq(r.created, bound, "hint %u", wrong);
            give(&pool, bound);
            things_destroy(&pool);
        }
    }
}
