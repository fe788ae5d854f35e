/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * bounded.h - two queues with a capacity, made and ended; NAME.c has defined numbers and points.
 */
typedef struct shared {
    numbers small;
    points large;
} shared;

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
