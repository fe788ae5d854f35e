/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.c - cond.h as both languages see it; see pair.h. The object is used by one language after
 * the other.
 */
#include <weir/cond.h>

#include "pair.h"

typedef struct shared {
    weir_mutex mutex;
    weir_cond cond;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_cond),
    PAIR_OFFSET(weir_cond, list),
    PAIR_OFFSET(weir_cond, habit),
    PAIR_SIZE(weir_i_cond_waiter),
    PAIR_OFFSET(weir_i_cond_waiter, mutex),
    PAIR_OFFSET(weir_i_cond_waiter, moved),
};

static void *PAIR(make)(void) {
    static shared object;
    static const weir_mutex mutex = WEIR_MUTEX_INIT;
    static const weir_cond cond = WEIR_COND_INIT;
    object.mutex = mutex;
    object.cond = cond;
    return &object;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_cond_destroy(&object->cond);
    weir_mutex_destroy(&object->mutex);
    (void)object;
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_cond_signal(&object->cond);
    weir_mutex_lock(&object->mutex);
    return weir_cond_wait_until(&object->cond, &object->mutex, WEIR_NOW) == WEIR_TIMEOUT;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    void (*wait)(weir_cond *, weir_mutex *) = weir_cond_wait; /* would wait for ever */
    weir_cond_broadcast(&object->cond);
    weir_mutex_unlock(&object->mutex);
    return wait != NULL && weir_mutex_try_lock(&object->mutex) &&
           (weir_mutex_unlock(&object->mutex), true);
}

PAIR_SIDE
