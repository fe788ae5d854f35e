/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.c - rwmutex.h as both languages see it; see pair.h. The object is locked by one language
 * and unlocked by the other.
 */
#include <weir/rwmutex.h>

#include "pair.h"

typedef struct shared {
    weir_rwmutex lock;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_rwmutex),
    PAIR_SIZE(weir_i_rwmutex_head),
    PAIR_OFFSET(weir_i_rwmutex_head, gate),
    PAIR_OFFSET(weir_i_rwmutex_head, leaving),
    PAIR_OFFSET(weir_i_rwmutex_head, owned),
    PAIR_OFFSET(weir_i_rwmutex_head, writers),
    PAIR_OFFSET(weir_i_rwmutex_head, readers),
    PAIR_OFFSET(weir_i_rwmutex_head, pending),
    PAIR_OFFSET(weir_i_rwmutex_head, writer_habit),
    PAIR_OFFSET(weir_rwmutex, stripes),
};

static void *PAIR(make)(void) {
    static shared object;
    static const weir_rwmutex fresh = WEIR_RWMUTEX_INIT;
    object.lock = fresh;
    return &object;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_rwmutex_destroy(&object->lock);
    (void)object;
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_rwmutex_lock(&object->lock);
    weir_rwmutex_unlock(&object->lock);
    weir_rwmutex_rlock(&object->lock);
    return weir_rwmutex_try_rlock(&object->lock) && !weir_rwmutex_try_lock(&object->lock) &&
           weir_rwmutex_rlock_until(&object->lock, WEIR_NOW) == WEIR_OK;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    for (int i = 0; i < 3; i++)
        weir_rwmutex_runlock(&object->lock);
    const bool free = weir_rwmutex_lock_until(&object->lock, WEIR_NOW) == WEIR_OK;
    weir_rwmutex_unlock(&object->lock);
    return free;
}

PAIR_SIDE
