/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool_checked.c - what the checked build says to misuse of a pool, word by word, and that it does
 * not disturb what is right.
 */
#define WEIR_CHECKED 1
#include <stddef.h>
static const char *last_panic;
static unsigned panics;
#define WEIR_PANIC(text) ((void)(last_panic = (text), panics++))
#include "support/check.h"
#include "support/faulty_allocator.h"
#include "support/threads.h"

#include <weir/pool.h>

typedef struct thing {
    unsigned number;
    void *block;
} thing;

WEIR_POOL(things, thing)

static unsigned resets;

static bool create(thing *t, void *ctx) {
    (void)ctx;
    t->block = malloc(10);
    return t->block != NULL;
}

static void destroy(thing *t, void *ctx) {
    ++*(unsigned *)ctx;
    free(t->block);
}

static void reset(thing *t, void *ctx) {
    (void)t;
    (void)ctx;
    resets++;
}

static void expect_panic(const char *text) {
    cr_assert_eq(panics, 1);
    cr_assert_str_eq(last_panic, text);
    panics = 0;
    last_panic = NULL;
}

/* Puts until the object is kept, which one put in four does not do. */
static thing *put_and_keep(things *pool) {
    for (;;) {
        thing *t = things_get(pool);
        things_put(pool, t);
        if (things_idle(pool) > 0)
            return t;
    }
}

Test(pool_checked, keeps_three_in_four_and_their_content) {
    unsigned destroyed = 0;
    const things_options options = {.create = create, .destroy = destroy, .ctx = &destroyed};
    things pool;
    cr_assert_eq(things_init(&pool, &options), WEIR_OK);
    unsigned again = 0;
    for (unsigned i = 1; i <= 4000; i++) {
        thing *t = things_get(&pool);
        const bool is_old = destroyed + 1 != i - again;
        again += is_old;
        t->number = i;
        memset(t->block, 1, 10);
        things_put(&pool, t);
    }
    cr_assert_gt(destroyed, 900);
    cr_assert_lt(destroyed, 1100);
    cr_assert_eq(panics, 0);
    things_destroy(&pool);
    cr_assert_eq(panics, 0);
}

Test(pool_checked, content_comes_back_as_it_was) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    unsigned kept = 0;
    for (unsigned i = 1; i <= 100; i++) {
        thing *t = things_get(&pool);
        t->number = i;
        things_put(&pool, t);
        if (things_idle(&pool) == 1) {
            t = things_get(&pool);
            cr_assert_eq(t->number, i);
            things_put(&pool, t);
            kept++;
        }
    }
    cr_assert_gt(kept, 50);
    things_destroy(&pool);
    cr_assert_eq(panics, 0);
}

Test(pool_checked, what_is_idle_reads_as_poison) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    const thing *t = put_and_keep(&pool);
    const unsigned char *byte = (const unsigned char *)t;
    for (size_t i = 0; i < sizeof *t; i++)
        cr_assert_eq(byte[i], 0xdb);
    things_destroy(&pool);
    cr_assert_eq(panics, 0);
}

Test(pool_checked, put_twice_panics) {
    things pool;
    const things_options options = {.reset = reset};
    cr_assert_eq(things_init(&pool, &options), WEIR_OK);
    thing *t = put_and_keep(&pool);
    const unsigned before = resets;
    things_put(&pool, t);
    expect_panic("pool: put twice");
    cr_assert_eq(resets, before, "reset does not run on what is idle");
    cr_assert_eq(things_idle(&pool), 1);
    things_destroy(&pool);
    cr_assert_eq(panics, 0);
}

Test(pool_checked, put_of_a_stranger_panics_and_touches_nothing) {
    things pool;
    things other;
    thing local = {7, NULL};
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    cr_assert_eq(things_init(&other, NULL), WEIR_OK);
    thing *t = things_get(&other);
    things_put(&pool, t);
    expect_panic("pool: put of what is no object of this pool");
    things_put(&pool, &local);
    expect_panic("pool: put of what is no object of this pool");
    cr_assert_eq(local.number, 7);
    things_put(&pool, (thing *)(uintptr_t)64);
    expect_panic("pool: put of what is no object of this pool");
    things_put(&other, t);
    things_destroy(&pool);
    things_destroy(&other);
    cr_assert_eq(panics, 0);
}

Test(pool_checked, put_of_what_was_destroyed_panics) {
    unsigned destroyed = 0;
    const things_options options = {
        .create = create, .destroy = destroy, .ctx = &destroyed, .max_idle = 1};
    things pool;
    cr_assert_eq(things_init(&pool, &options), WEIR_OK);
    thing *a = things_get(&pool);
    (void)put_and_keep(&pool);
    things_put(&pool, a); /* the bound, if not chance, destroys it */
    things_put(&pool, a);
    expect_panic("pool: put of what is no object of this pool");
    things_destroy(&pool);
}

Test(pool_checked, written_after_put_panics_in_get) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    thing *t = put_and_keep(&pool);
    t->number = 1;
    cr_assert_eq(things_get(&pool), t);
    expect_panic("pool: object written after it was put");
    cr_assert_eq(t->number, 0, "what it was when it was put");
    things_put(&pool, t);
    things_destroy(&pool);
}

Test(pool_checked, written_after_put_panics_in_age_and_destroy) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    thing *t = put_and_keep(&pool);
    t->number = 1;
    things_age(&pool);
    cr_assert_eq(panics, 0);
    things_age(&pool);
    expect_panic("pool: object written after it was put");
    t = put_and_keep(&pool);
    t->number = 1;
    things_destroy(&pool);
    expect_panic("pool: object written after it was put");
}

Test(pool_checked, destroy_tells_of_what_was_not_put_back) {
    things pool;
    cr_assert_eq(things_init(&pool, NULL), WEIR_OK);
    thing *t = things_get(&pool);
    things_destroy(&pool);
    expect_panic("pool: destroyed before all objects were put back");
    free(t);
}

Test(pool_checked, out_of_memory_leaves_nothing_behind) {
    for (size_t fail_at = 1; fail_at < 12; fail_at++) {
        unsigned destroyed = 0;
        faulty_allocator faulty = {.fail_at = fail_at};
        const weir_allocator allocator = faulty_allocator_of(&faulty);
        const things_options options = {.create = create, .destroy = destroy, .ctx = &destroyed};
        things pool;
        const weir_status status = things_init_with(&pool, &options, &allocator);
        cr_assert_eq(status, fail_at <= 2 ? WEIR_NOMEM : WEIR_OK);
        if (status == WEIR_OK) {
            thing *held[5];
            for (int i = 0; i < 5; i++)
                held[i] = things_get(&pool);
            for (int i = 0; i < 5; i++)
                things_put(&pool, held[i]);
            things_destroy(&pool);
        }
        cr_assert_eq(faulty.live, 0);
        cr_assert_eq(faulty.bytes, 0);
        cr_assert_eq(panics, 0);
    }
}

static void use(unsigned me, void *shared) {
    things *pool = (things *)shared;
    for (unsigned i = 0; i < 2000; i++) {
        thing *t = things_get(pool);
        if (t) {
            t->number = me;
            things_put(pool, t);
        }
        if (i % 100 == 0)
            things_age(pool);
    }
}

Test(pool_checked, many_threads_that_do_no_wrong_hear_nothing) {
    unsigned destroyed = 0;
    things pool;
    const things_options options = {.max_idle = 3};
    (void)destroyed;
    cr_assert_eq(things_init(&pool, &options), WEIR_OK);
    cr_assert(threads_run(8, use, &pool));
    things_destroy(&pool);
    cr_assert_eq(panics, 0);
}
