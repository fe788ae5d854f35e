/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.c - once.h as both languages see it; see pair.h. What one language did, the other finds
 * done.
 */
#include <weir/once.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_ONCE_VALUE(numbers, int)
WEIR_ONCE_VALUE(points, point);

typedef struct shared {
    weir_once once;
    weir_once tried;
    numbers number;
    points place;
    int calls;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_once), PAIR_OFFSET(weir_once, left),
    PAIR_SIZE(numbers),   PAIR_OFFSET(numbers, value),
    PAIR_SIZE(points),    PAIR_OFFSET(points, value),
};

static void PAIR(count)(void *argument) {
    ++WEIR_I_CAST(shared *, argument)->calls;
}

static weir_status PAIR(fail_first)(void *argument) {
    return ++WEIR_I_CAST(shared *, argument)->calls < 3 ? WEIR_NOMEM : WEIR_OK;
}

static bool PAIR(make_number)(int *number, void *argument) {
    *number = 7;
    return argument != NULL;
}

static bool PAIR(make_point)(point *p, void *argument) {
    p->x = 1.5;
    p->name = 'p';
    return argument != NULL;
}

static void *PAIR(make)(void) {
    static shared object;
    const weir_once fresh = WEIR_ONCE_INIT;
    object.once = fresh;
    object.tried = fresh;
    object.calls = 0;
    return &object;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const weir_once fresh = WEIR_ONCE_INIT;
    object->number.once = fresh;
    object->place.once = fresh;
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_once_do(&object->once, PAIR(count), object);
    return weir_once_done(&object->once) && object->calls == 1 &&
           weir_once_try(&object->tried, PAIR(fail_first), object) == WEIR_NOMEM &&
           !numbers_get(&object->number, PAIR(make_number), NULL) &&
           !numbers_done(&object->number) &&
           numbers_get(&object->number, PAIR(make_number), object) == &object->number.value &&
           points_get(&object->place, PAIR(make_point), object) && points_done(&object->place);
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const int *number = numbers_get(&object->number, PAIR(make_number), NULL);
    const point *place = points_get(&object->place, PAIR(make_point), NULL);
    weir_once_do(&object->once, PAIR(count), object);
    return object->calls == 2 && number && *number == 7 && place && place->name == 'p' &&
           weir_once_try_until(&object->tried, PAIR(fail_first), object, WEIR_NOW) == WEIR_OK &&
           object->calls == 3;
}

PAIR_SIDE
