/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier.c - barrier.h as both languages see it; see pair.h. One arrives, the other ends the
 * phase.
 */
#include <weir/barrier.h>

#include "pair.h"

typedef struct shared {
    weir_barrier barrier;
    weir_barrier made;
    weir_barrier_phase phase;
    int completed;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_barrier),
    PAIR_OFFSET(weir_barrier, waiters),
    PAIR_OFFSET(weir_barrier, habit),
    PAIR_OFFSET(weir_barrier, parties),
    PAIR_OFFSET(weir_barrier, completion),
    PAIR_OFFSET(weir_barrier, arg),
    PAIR_SIZE(weir_barrier_phase),
};

static void PAIR(complete)(void *argument) {
    ++WEIR_I_CAST(shared *, argument)->completed;
}

static void *PAIR(make)(void) {
    static shared object;
    const weir_barrier two = WEIR_BARRIER_INIT(2, NULL, NULL);
    object.barrier = two;
    object.completed = 0;
    return weir_barrier_init(&object.made, 2, PAIR(complete), &object) == WEIR_OK ? &object : NULL;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_barrier_destroy(&object->barrier);
    weir_barrier_destroy(&object->made);
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    object->phase = weir_barrier_arrive(&object->made);
    return !weir_barrier_try_wait(&object->made, object->phase) &&
           weir_barrier_arrive_and_wait_until(&object->barrier, WEIR_NOW) == WEIR_TIMEOUT;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_barrier_arrive_and_wait(&object->barrier);
    (void)weir_barrier_drop(&object->made);
    weir_barrier_wait(&object->made, object->phase);
    weir_barrier_arrive_and_wait(&object->made);
    return object->completed == 2 &&
           weir_barrier_wait_until(&object->made, object->phase, WEIR_NOW) == WEIR_OK;
}

PAIR_SIDE
