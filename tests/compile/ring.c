/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - ring.h as both languages see it; see pair.h.
 */
#include <weir/ring.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_RING(numbers, short)
WEIR_RING(points, point);

typedef struct shared {
    numbers small;
    points large;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(weir_ring),
    PAIR_SIZE(weir_i_ring_slot),
    PAIR_OFFSET(weir_i_ring_slot, seq),
    PAIR_SIZE(weir_i_ring_cell),
    PAIR_OFFSET(weir_i_ring_cell, size),
    PAIR_OFFSET(weir_i_ring_cell, offset),
    PAIR_OFFSET(weir_i_ring_cell, stride),
    PAIR_OFFSET(weir_ring, slots),
    PAIR_OFFSET(weir_ring, mask),
    PAIR_OFFSET(weir_ring, lap),
    PAIR_OFFSET(weir_ring, gate),
    PAIR_OFFSET(weir_ring, capacity),
    PAIR_OFFSET(weir_ring, cell),
    PAIR_OFFSET(weir_ring, allocator),
    PAIR_OFFSET(weir_ring, tail),
    PAIR_OFFSET(weir_ring, head),
};

static void *PAIR(make)(void) {
    static shared object;
    numbers unused;
    if (numbers_init_with(&unused, 1, NULL) != WEIR_OK)
        return NULL;
    numbers_destroy(&unused);
    if (numbers_init(&object.small, 3) != WEIR_OK)
        return NULL;
    if (points_init_with(&object.large, 3, NULL) != WEIR_OK) {
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
    const short more[] = {2, 3, 4};
    const point p = {1.5, 'p'};
    return numbers_try_push(&object->small, 1) && numbers_push_n(&object->small, more, 3) == 2 &&
           !numbers_try_push(&object->small, 5) && numbers_len(&object->small) == 3 &&
           points_push_n(&object->large, &p, 1) == 1 && points_try_push(&object->large, p) &&
           points_len(&object->large) == 2;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    short one = 0;
    short rest[] = {0, 0, 0};
    point p = {0, 0};
    point q = {0, 0};
    return numbers_try_pop(&object->small, &one) && one == 1 &&
           numbers_pop_n(&object->small, rest, 3) == 2 && rest[0] == 2 && rest[1] == 3 &&
           !numbers_try_pop(&object->small, &one) && numbers_capacity(&object->small) == 3 &&
           points_pop_n(&object->large, &p, 1) == 1 && points_try_pop(&object->large, &q) &&
           p.x > 1 && p.name == 'p' && q.x > 1 && q.name == 'p' &&
           points_capacity(&object->large) == 3;
}

PAIR_SIDE
