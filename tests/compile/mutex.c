/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.c - mutex.h as both languages see it; see pair.h. The object passes locked from one
 * language to the other.
 */
#include <weir/mutex.h>

#include "pair.h"

typedef struct shared {
    weir_mutex mutex;
    int value;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_mutex),
    PAIR_OFFSET(weir_mutex, word),
    PAIR_SIZE(weir_i_mutex_waiter),
    PAIR_OFFSET(weir_i_mutex_waiter, waiter),
    PAIR_OFFSET(weir_i_mutex_waiter, since),
    PAIR_OFFSET(weir_i_mutex_waiter, owns),
};

static void *PAIR(make)(void) {
    static shared object;
    static const weir_mutex fresh = WEIR_MUTEX_INIT;
    object.mutex = fresh;
    object.value = 0;
    return &object;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_mutex_destroy(&object->mutex);
    (void)object;
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_mutex_lock(&object->mutex);
    object->value = 1;
    return !weir_mutex_try_lock(&object->mutex) &&
           weir_mutex_lock_until(&object->mutex, WEIR_NOW) == WEIR_TIMEOUT;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const bool held = !weir_mutex_try_lock(&object->mutex);
    weir_mutex_unlock(&object->mutex);
    const bool free = weir_mutex_try_lock(&object->mutex);
    weir_mutex_unlock(&object->mutex);
    return held && free && object->value == 1;
}

PAIR_SIDE
