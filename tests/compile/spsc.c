/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.c - spsc.h as both languages see it; see pair.h.
 */
#include <weir/spsc.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_SPSC(numbers, short)
WEIR_SPSC(points, point);

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),           PAIR_SIZE(points),
    PAIR_SIZE(weir_spsc),         PAIR_OFFSET(weir_spsc, slots),
    PAIR_OFFSET(weir_spsc, end),  PAIR_OFFSET(weir_spsc, capacity),
    PAIR_OFFSET(weir_spsc, size), PAIR_OFFSET(weir_spsc, allocator),
    PAIR_OFFSET(weir_spsc, tail), PAIR_OFFSET(weir_spsc, write_until),
    PAIR_OFFSET(weir_spsc, head), PAIR_OFFSET(weir_spsc, read_until),
};

#include "bounded.h"

/* Writes p in place. */
static bool PAIR(place)(points *queue, point p) {
    point *slot = points_reserve(queue);
    if (!slot)
        return false;
    *slot = p;
    points_commit(queue);
    return true;
}

/* Reads in place and compares with p. */
static bool PAIR(take)(points *queue, point p) {
    const point *slot = points_front(queue);
    if (!slot || slot->name != p.name)
        return false;
    points_release(queue);
    return true;
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const short more[] = {2, 3, 4};
    const point p = {1.5, 'p'};
    short *slot = numbers_reserve(&object->small);
    if (!slot)
        return false;
    *slot = 1;
    numbers_commit(&object->small);
    return numbers_push_n(&object->small, more, 3) == 2 && !numbers_try_push(&object->small, 5) &&
           numbers_len(&object->small) == 3 && points_push_n(&object->large, &p, 1) == 1 &&
           points_try_push(&object->large, p) && PAIR(place)(&object->large, p) &&
           !PAIR(place)(&object->large, p) && points_len(&object->large) == 3;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const short *first = numbers_front(&object->small);
    short rest[] = {0, 0, 0};
    const point p = {1.5, 'p'};
    point q = {0, 0};
    if (!first || *first != 1)
        return false;
    numbers_release(&object->small);
    return numbers_pop_n(&object->small, rest, 3) == 2 && rest[0] == 2 && rest[1] == 3 &&
           !numbers_try_pop(&object->small, rest) && numbers_capacity(&object->small) == 3 &&
           points_pop_n(&object->large, &q, 1) == 1 && points_try_pop(&object->large, &q) &&
           q.name == 'p' && PAIR(take)(&object->large, p) && !PAIR(take)(&object->large, p) &&
           points_capacity(&object->large) == 3;
}

PAIR_SIDE
