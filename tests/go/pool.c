/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Copyright (c) 2009 The Go Authors. All rights reserved.
 *
 * pool.c - the tests of Go's sync.Pool (src/sync/pool_test.go), put to weir's pool.
 *
 * What changes: a weir pool makes its objects itself, so "Get gives nil" becomes "get creates";
 * Go's collector becomes name_age; cleanups of dropped objects become calls of destroy.
 * TestPoolChain and TestPoolDequeue, of Go's inner queue, become their claim: one puts, nine take,
 * and each value is seen once. TestNilPool is left out: a NULL pool is undefined in C.
 */
#include "support/check.h"
#include "support/pin.h"
#include "support/threads.h"

#include <weir/pool.h>

#include <sched.h>

WEIR_POOL(numbers, int)

static bool count_up(int *number, void *ctx) {
    *number = ++*(int *)ctx;
    return true;
}

static void count_destroyed(int *number, void *ctx) {
    (void)number;
    ++*(int *)ctx;
}

/* Go keeps one object aside and stacks the others; here the last in is always the first out. */
Test(go_pool, TestPool) {
    numbers p;
    int created = 0;
    int *held[100];
    const pin was = pin_here(); /* Runtime_procPin */
    const numbers_options options = {.create = count_up, .ctx = &created};
    cr_assert_eq(numbers_init(&p, &options), WEIR_OK);
    int *a = numbers_get(&p);
    int *b = numbers_get(&p);
    cr_assert_eq(created, 2, "expected empty");
    numbers_put(&p, a);
    numbers_put(&p, b);
    cr_assert_eq(numbers_get(&p), b);
    cr_assert_eq(numbers_get(&p), a);
    int *c = numbers_get(&p);
    cr_assert_eq(created, 3, "expected a new one");
    numbers_put(&p, a);
    numbers_put(&p, b);
    numbers_put(&p, c);

    /* A large number of objects, so that they spill. */
    for (int i = 0; i < 100; i++)
        held[i] = numbers_get(&p);
    for (int i = 0; i < 100; i++)
        numbers_put(&p, held[i]);
    cr_assert_eq(created, 100);
    /* After one age they are still there. */
    numbers_age(&p);
    cr_assert_eq(numbers_get(&p), held[99]);
    cr_assert_eq(created, 100);
    /* The second drops what was not used since. */
    numbers_age(&p);
    int *fresh = numbers_get(&p);
    cr_assert_eq(created, 101);
    numbers_put(&p, fresh);
    numbers_put(&p, held[99]);
    numbers_destroy(&p);
    pin_back(&was);
}

Test(go_pool, TestPoolNew) {
    numbers p;
    int i = 0;
    const pin was = pin_here();
    const numbers_options options = {.create = count_up, .ctx = &i};
    cr_assert_eq(numbers_init(&p, &options), WEIR_OK);
    int *one = numbers_get(&p);
    int *two = numbers_get(&p);
    cr_assert_eq(*one, 1);
    cr_assert_eq(*two, 2);
    *two = 42;
    numbers_put(&p, two);
    cr_assert_eq(*numbers_get(&p), 42);
    int *three = numbers_get(&p);
    cr_assert_eq(*three, 3);
    numbers_put(&p, one);
    numbers_put(&p, two);
    numbers_put(&p, three);
    numbers_destroy(&p);
    pin_back(&was);
}

/* Drained, the pool holds on to nothing; aged, it lets everything go. */
static void test_pool(bool drain) {
    enum { N = 100 };
    numbers p;
    int destroyed = 0;
    int *held[N];
    const numbers_options options = {.destroy = count_destroyed, .ctx = &destroyed};
    cr_assert_eq(numbers_init(&p, &options), WEIR_OK);
    for (int attempt = 1; attempt <= 3; attempt++) {
        for (int i = 0; i < N; i++)
            held[i] = numbers_get(&p);
        for (int i = 0; i < N; i++)
            numbers_put(&p, held[i]);
        if (drain) {
            for (int i = 0; i < N; i++)
                held[i] = numbers_get(&p);
            numbers_age(&p);
            numbers_age(&p);
            cr_assert_eq(destroyed, 0);
            for (int i = 0; i < N; i++)
                numbers_put(&p, held[i]);
        } else {
            numbers_age(&p);
            numbers_age(&p);
            cr_assert_eq(destroyed, attempt * N, "not all are released on try %d", attempt);
        }
    }
    numbers_destroy(&p);
    cr_assert_eq(destroyed, drain ? N : 3 * N);
}

Test(go_pool, TestPoolGC) {
    test_pool(true);
}

Test(go_pool, TestPoolRelease) {
    test_pool(false);
}

typedef struct stress {
    numbers p;
    WEIR_I_ATOMIC(int) wrong;
} stress;

static void put_and_get(unsigned me, void *shared) {
    stress *s = (stress *)shared;
    int *v = numbers_get(&s->p);
    (void)me;
    for (int j = 0; j < 10000; j++) {
        numbers_put(&s->p, v);
        v = numbers_get(&s->p);
        if (*v != 0)
            weir_i_fetch_add(&s->wrong, 1, relaxed);
    }
    numbers_put(&s->p, v);
}

Test(go_pool, TestPoolStress, .timeout = 300) {
    static stress s;
    cr_assert_eq(numbers_init(&s.p, NULL), WEIR_OK);
    cr_assert(threads_run(10, put_and_get, &s));
    cr_assert_eq(weir_i_load(&s.wrong, relaxed), 0);
    numbers_destroy(&s.p);
}

enum { VALUES = 20000 };

typedef struct chain {
    numbers p;
    int *made[VALUES];
    WEIR_I_ATOMIC(int) have[VALUES];
    WEIR_I_ATOMIC(int) stop;
} chain;

/* A pool that is empty makes an object without a value: as popping from an empty chain fails. */
static bool without_value(int *number, void *ctx) {
    (void)ctx;
    *number = -1;
    return true;
}

static bool record_one(chain *c) {
    int *v = numbers_get(&c->p);
    const int value = *v;
    if (value >= 0)
        weir_i_fetch_add(&c->have[value], 1, relaxed);
    if (value == VALUES - 1)
        weir_i_store(&c->stop, 1, relaxed);
    free(v);
    return value >= 0;
}

static void push_or_pop(unsigned me, void *shared) {
    chain *c = (chain *)shared;
    if (me > 0) {
        while (!weir_i_load(&c->stop, relaxed))
            if (!record_one(c))
                sched_yield();
        return;
    }
    for (int j = 0; j < VALUES; j++) {
        numbers_put(&c->p, c->made[j]);
        if (j % 10 == 0)
            (void)record_one(c);
    }
}

Test(go_pool, TestPoolChain, .timeout = 300) {
    static chain c;
    const numbers_options options = {.create = without_value};
    cr_assert_eq(numbers_init(&c.p, &options), WEIR_OK);
    for (int j = 0; j < VALUES; j++) {
        c.made[j] = numbers_get(&c.p);
        *c.made[j] = j;
    }
    cr_assert(threads_run(10, push_or_pop, &c));
    while (numbers_idle(&c.p) > 0)
        (void)record_one(&c);
    for (int j = 0; j < VALUES; j++)
        cr_assert_eq(weir_i_load(&c.have[j], relaxed), 1, "of value %d", j);
    numbers_destroy(&c.p);
}
