/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - lfring.h as both languages see it; see pair.h.
 */
#include <weir/lfring.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_LFRING(numbers, short)
WEIR_LFRING(points, point);

typedef struct shared {
    numbers small;
    points large;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(weir_lfring),
    PAIR_SIZE(weir_i_lfring_slot),
    PAIR_OFFSET(weir_i_lfring_slot, word),
    PAIR_SIZE(weir_i_lfring_cell),
    PAIR_OFFSET(weir_i_lfring_cell, size),
    PAIR_OFFSET(weir_i_lfring_cell, offset),
    PAIR_OFFSET(weir_i_lfring_cell, stride),
    PAIR_OFFSET(weir_lfring, slots),
    PAIR_OFFSET(weir_lfring, mask),
    PAIR_OFFSET(weir_lfring, lap),
    PAIR_OFFSET(weir_lfring, end),
    PAIR_OFFSET(weir_lfring, gap),
    PAIR_OFFSET(weir_lfring, capacity),
    PAIR_OFFSET(weir_lfring, cell),
    PAIR_OFFSET(weir_lfring, allocator),
    PAIR_OFFSET(weir_lfring, claimed),
    PAIR_OFFSET(weir_lfring, seen),
    PAIR_OFFSET(weir_lfring, head),
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
