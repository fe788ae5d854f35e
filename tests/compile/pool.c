/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.c - pool.h as both languages see it; see pair.h.
 */
#include <weir/pool.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_POOL(numbers, short)
WEIR_POOL(points, point);

typedef struct shared {
    numbers small;
    points large;
    point *held;
    int count;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(numbers_options),
    PAIR_OFFSET(numbers_options, create),
    PAIR_OFFSET(numbers_options, reset),
    PAIR_OFFSET(numbers_options, destroy),
    PAIR_OFFSET(numbers_options, ctx),
    PAIR_OFFSET(numbers_options, max_idle),
    PAIR_OFFSET(numbers_options, age_every),
    PAIR_SIZE(weir_pool_options),
    PAIR_OFFSET(weir_pool_options, max_idle),
    PAIR_OFFSET(weir_pool_options, age_every),
    PAIR_SIZE(weir_i_pool_user),
    PAIR_OFFSET(weir_i_pool_user, reset),
    PAIR_OFFSET(weir_i_pool_user, call),
    PAIR_SIZE(weir_pool),
    PAIR_OFFSET(weir_pool, shards),
    PAIR_OFFSET(weir_pool, mask),
    PAIR_OFFSET(weir_pool, is_plain),
    PAIR_OFFSET(weir_pool, generation),
    PAIR_OFFSET(weir_pool, source),
    PAIR_OFFSET(weir_pool, size),
    PAIR_OFFSET(weir_pool, align),
    PAIR_OFFSET(weir_pool, user),
    PAIR_OFFSET(weir_pool, allocator),
    PAIR_OFFSET(weir_pool, track),
    PAIR_OFFSET(weir_pool, aged),
    PAIR_OFFSET(weir_pool, puts),
    PAIR_SIZE(weir_i_pool_shard),
    PAIR_OFFSET(weir_i_pool_shard, top),
    PAIR_OFFSET(weir_i_pool_shard, near),
    PAIR_OFFSET(weir_i_pool_shard, state),
    PAIR_OFFSET(weir_i_pool_shard, credit),
    PAIR_OFFSET(weir_i_pool_shard, hole),
    PAIR_OFFSET(weir_i_pool_shard, slot),
    PAIR_OFFSET(weir_i_pool_shard, segment),
    PAIR_OFFSET(weir_i_pool_shard, countdown),
    PAIR_OFFSET(weir_i_pool_shard, looked),
    PAIR_SIZE(weir_i_track),
    PAIR_SIZE(weir_i_tracked),
};

static bool PAIR(create)(point *p, void *ctx) {
    p->x = ++*WEIR_I_CAST(int *, ctx);
    return true;
}

static void PAIR(reset)(point *p, void *ctx) {
    (void)ctx;
    p->name = 'r';
}

static void PAIR(destroy)(point *p, void *ctx) {
    (void)p;
    --*WEIR_I_CAST(int *, ctx);
}

static void *PAIR(make)(void) {
    static shared object;
    numbers unused;
    const points_options options = {PAIR(create),  PAIR(reset), PAIR(destroy),
                                    &object.count, 3,           1000000000};
    if (numbers_init(&unused, NULL) != WEIR_OK)
        return NULL;
    numbers_put(&unused, numbers_get(&unused));
    numbers_destroy(&unused);
    if (numbers_init_with(&object.small, NULL, NULL) != WEIR_OK)
        return NULL;
    if (points_init_with(&object.large, &options, NULL) != WEIR_OK) {
        numbers_destroy(&object.small);
        return NULL;
    }
    return &object;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    numbers_destroy(&object->small);
    points_destroy(&object->large);
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    short *n = numbers_get(&object->small);
    point *p = points_get(&object->large);
    object->held = points_get(&object->large);
    if (!n || !p || !object->held || *n != 0 || object->count != 2)
        return false;
    *n = 7;
    numbers_put(&object->small, n);
    numbers_put(&object->small, NULL);
    points_put(&object->large, p);
    return numbers_idle(&object->small) == 1 && points_idle(&object->large) == 1;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    short *n = numbers_get(&object->small);
    point *p = points_get(&object->large);
    if (!n || *n != 7 || !p || p->name != 'r')
        return false;
    numbers_put(&object->small, n);
    points_put(&object->large, p);
    points_put(&object->large, object->held);
    for (int i = 0; i < 2; i++) {
        numbers_age(&object->small);
        points_age(&object->large);
    }
    return object->count == 0 && numbers_idle(&object->small) == 0 &&
           points_idle(&object->large) == 0;
}

PAIR_SIDE
