/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore.c - semaphore.h as both languages see it; see pair.h. The object is emptied by one
 * language and filled by the other.
 */
#include <weir/semaphore.h>

#include "pair.h"

typedef struct shared {
    weir_semaphore semaphore;
    weir_semaphore fixed;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_semaphore),          PAIR_OFFSET(weir_semaphore, state),
    PAIR_OFFSET(weir_semaphore, list),  PAIR_OFFSET(weir_semaphore, habit),
    PAIR_OFFSET(weir_semaphore, units),
};

static void *PAIR(make)(void) {
    static shared object;
    static const weir_semaphore fixed = WEIR_SEMAPHORE_INIT(2);
    object.fixed = fixed;
    if (weir_semaphore_init(&object.semaphore, 5) != WEIR_OK)
        return NULL;
    return &object;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_semaphore_destroy(&object->semaphore);
    weir_semaphore_destroy(&object->fixed);
    (void)object;
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_case c = weir_semaphore_case(&object->semaphore, 1);
    weir_semaphore_acquire(&object->semaphore, 2);
    return weir_semaphore_try_acquire(&object->semaphore, 2) && c.kind->attempt(&c) &&
           weir_semaphore_acquire_until(&object->semaphore, 1, WEIR_NOW) == WEIR_TIMEOUT;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const bool empty = !weir_semaphore_try_acquire(&object->semaphore, 1);
    weir_semaphore_release(&object->semaphore, 5);
    const bool full = weir_semaphore_try_acquire(&object->semaphore, 5);
    weir_semaphore_release(&object->semaphore, 5);
    return empty && full && weir_semaphore_try_acquire(&object->fixed, 2) &&
           (weir_semaphore_release(&object->fixed, 2), true);
}

PAIR_SIDE
