/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.c - queue.h as both languages see it; see pair.h.
 */
#include <weir/queue.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_QUEUE(numbers, short)
WEIR_QUEUE(points, point);

typedef struct shared {
    numbers small;
    points large;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(weir_queue),
    PAIR_SIZE(weir_i_queue_cell),
    PAIR_OFFSET(weir_i_queue_cell, filled),
    PAIR_OFFSET(weir_i_queue_cell, verdict),
    PAIR_SIZE(weir_i_queue_segment),
    PAIR_OFFSET(weir_i_queue_segment, reclaim),
    PAIR_OFFSET(weir_i_queue_segment, next),
    PAIR_OFFSET(weir_i_queue_segment, tail),
    PAIR_OFFSET(weir_i_queue_segment, head),
    PAIR_SIZE(weir_i_queue_layout),
    PAIR_OFFSET(weir_i_queue_layout, start),
    PAIR_OFFSET(weir_i_queue_layout, size),
    PAIR_OFFSET(weir_i_queue_layout, offset),
    PAIR_OFFSET(weir_i_queue_layout, stride),
    PAIR_OFFSET(weir_queue, tail),
    PAIR_OFFSET(weir_queue, head),
    PAIR_OFFSET(weir_queue, kept),
    PAIR_OFFSET(weir_queue, mode),
    PAIR_OFFSET(weir_queue, layout),
    PAIR_OFFSET(weir_queue, bytes),
    PAIR_OFFSET(weir_queue, align),
    PAIR_OFFSET(weir_queue, allocator),
    PAIR_OFFSET(weir_queue, group),
};

static void *PAIR(make)(void) {
    static shared object;
    numbers unused;
    if (numbers_init_with(&unused, NULL) != WEIR_OK)
        return NULL;
    numbers_destroy(&unused);
    if (numbers_init(&object.small) != WEIR_OK)
        return NULL;
    if (points_init_with(&object.large, NULL) != WEIR_OK) {
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
    const point p = {1.5, 'p'};
    return numbers_empty(&object->small) && points_empty(&object->large) &&
           numbers_push(&object->small, 1) == WEIR_OK &&
           numbers_push(&object->small, 2) == WEIR_OK &&
           points_push(&object->large, p) == WEIR_OK && !points_empty(&object->large);
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    short first = 0;
    short second = 0;
    point p = {0, 0};
    return numbers_try_pop(&object->small, &first) && first == 1 &&
           numbers_try_pop(&object->small, &second) && second == 2 &&
           !numbers_try_pop(&object->small, &first) && points_try_pop(&object->large, &p) &&
           p.x > 1 && p.name == 'p' && numbers_empty(&object->small) &&
           points_empty(&object->large);
}

PAIR_SIDE
