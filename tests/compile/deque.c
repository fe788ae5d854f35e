/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.c - deque.h as both languages see it; see pair.h.
 */
#include <weir/deque.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_DEQUE(numbers, short)
WEIR_DEQUE_FIFO(points, point);
WEIR_DEQUE_BOUNDED(bytes, char)
WEIR_INJECTOR(inbox, short, numbers)
WEIR_INJECTOR(any_inbox, point);

typedef struct shared {
    numbers small;
    points large;
    bytes few;
    inbox in;
    any_inbox any;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(bytes),
    PAIR_SIZE(inbox),
    PAIR_SIZE(any_inbox),
    PAIR_SIZE(weir_deque),
    PAIR_OFFSET(weir_deque, top_seen),
    PAIR_OFFSET(weir_deque, room),
    PAIR_OFFSET(weir_deque, mask),
    PAIR_OFFSET(weir_deque, words),
    PAIR_OFFSET(weir_deque, allocator),
    PAIR_OFFSET(weir_deque, bounded),
    PAIR_OFFSET(weir_deque, bottom),
    PAIR_OFFSET(weir_deque, top),
    PAIR_OFFSET(weir_deque, array),
    PAIR_OFFSET(weir_deque, mode),
    PAIR_OFFSET(weir_deque, size),
    PAIR_SIZE(weir_i_deque_array),
    PAIR_OFFSET(weir_i_deque_array, mask),
    PAIR_OFFSET(weir_i_deque_array, bytes),
    PAIR_OFFSET(weir_i_deque_array, older),
    PAIR_SIZE(weir_injector),
    PAIR_OFFSET(weir_injector, size),
    PAIR_OFFSET(weir_injector, last),
    PAIR_OFFSET(weir_injector, bytes),
    PAIR_OFFSET(weir_injector, allocator),
    PAIR_OFFSET(weir_injector, head),
    PAIR_OFFSET(weir_injector, tail),
    PAIR_SIZE(weir_i_injector_end),
    PAIR_OFFSET(weir_i_injector_end, block),
    PAIR_SIZE(weir_i_injector_block),
    PAIR_OFFSET(weir_i_injector_block, done),
    PAIR_SIZE(weir_i_injector_slot),
    PAIR_OFFSET(weir_i_injector_slot, e),
};

static void *PAIR(make)(void) {
    static shared object;
    if (numbers_init_with(&object.small, 1, NULL) != WEIR_OK)
        return NULL;
    numbers_destroy(&object.small);
    if (inbox_init_with(&object.in, NULL) != WEIR_OK)
        return NULL;
    inbox_destroy(&object.in);
    if (numbers_init(&object.small, 1) != WEIR_OK)
        return NULL;
    (void)numbers_favour_owner(&object.small);
    return points_init(&object.large, 1) == WEIR_OK && bytes_init(&object.few, 2) == WEIR_OK &&
                   inbox_init(&object.in) == WEIR_OK && any_inbox_init(&object.any) == WEIR_OK
               ? &object
               : NULL;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    numbers_destroy(&object->small);
    points_destroy(&object->large);
    bytes_destroy(&object->few);
    inbox_destroy(&object->in);
    any_inbox_destroy(&object->any);
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const point p = {1.5, 'p'};
    short first = 0;
    for (short n = 1; n < 8; n++) {
        if (numbers_push(&object->small, n) != WEIR_OK || inbox_push(&object->in, n) != WEIR_OK)
            return false;
    }
    return numbers_steal(&object->small, &first) == WEIR_OK && first == 1 &&
           numbers_len(&object->small) == 6 && inbox_len(&object->in) == 7 &&
           points_push(&object->large, p) == WEIR_OK && points_push(&object->large, p) == WEIR_OK &&
           any_inbox_push(&object->any, p) == WEIR_OK && bytes_push(&object->few, 'a') == WEIR_OK &&
           bytes_push(&object->few, 'b') == WEIR_OK && bytes_push(&object->few, 'c') == WEIR_AGAIN;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    numbers own;
    point p = {0, 0};
    short number = 0;
    char letter = 0;
    if (numbers_init(&own, 1) != WEIR_OK)
        return false;
    const size_t half = numbers_steal_half(&object->small, &own);
    const size_t batch = inbox_steal_batch(&object->in, &own);
    const size_t points_batch = any_inbox_steal_batch(&object->any, &object->large);
    const bool right = half == 3 && batch == 4 && points_batch == 1 && numbers_pop(&own, &number) &&
                       number == 4 && inbox_steal(&object->in, &number) == WEIR_OK && number == 5;
    numbers_destroy(&own);
    while (inbox_steal(&object->in, &number) == WEIR_OK)
        continue;
    while (numbers_pop(&object->small, &number))
        continue;
    return right && points_pop(&object->large, &p) && p.name == 'p' &&
           points_steal_half(&object->large, &object->large) == 0 &&
           points_steal(&object->large, &p) == WEIR_OK && points_len(&object->large) == 1 &&
           points_pop(&object->large, &p) && any_inbox_steal(&object->any, &p) == WEIR_AGAIN &&
           any_inbox_len(&object->any) == 0 && bytes_len(&object->few) == 2 &&
           bytes_pop(&object->few, &letter) && letter == 'b' &&
           bytes_steal(&object->few, &letter) == WEIR_OK && letter == 'a';
}

PAIR_SIDE
