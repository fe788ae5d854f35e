/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - stack.h as both languages see it; see pair.h.
 */
#include <weir/stack.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_STACK(numbers, short)
WEIR_STACK(points, point);

typedef struct shared {
    numbers small;
    points large;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(weir_stack),
    PAIR_SIZE(weir_i_stack_node),
    PAIR_OFFSET(weir_i_stack_node, reclaim),
    PAIR_OFFSET(weir_i_stack_node, next),
    PAIR_SIZE(weir_i_stack_cell),
    PAIR_OFFSET(weir_i_stack_cell, size),
    PAIR_OFFSET(weir_i_stack_cell, offset),
    PAIR_OFFSET(weir_i_stack_cell, node),
    PAIR_OFFSET(weir_i_stack_cell, align),
    PAIR_OFFSET(weir_stack, head),
    PAIR_OFFSET(weir_stack, allocator),
    PAIR_OFFSET(weir_stack, standard),
    PAIR_OFFSET(weir_stack, cell),
    PAIR_OFFSET(weir_stack, group),
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
    return numbers_try_pop(&object->small, &first) && first == 2 &&
           numbers_try_pop(&object->small, &second) && second == 1 &&
           !numbers_try_pop(&object->small, &first) && points_try_pop(&object->large, &p) &&
           p.x > 1 && p.name == 'p' && numbers_empty(&object->small) &&
           points_empty(&object->large);
}

PAIR_SIDE
