/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch.c - latch.h as both languages see it; see pair.h. Both count one latch down.
 */
#include <weir/latch.h>

#include "pair.h"

typedef struct shared {
    weir_latch latch;
    weir_latch made;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_latch),
    PAIR_OFFSET(weir_latch, group),
};

static bool PAIR(attempt)(weir_case *c) {
    return c->kind && c->kind->attempt(c);
}

static void *PAIR(make)(void) {
    static shared object;
    const weir_latch four = WEIR_LATCH_INIT(4);
    object.latch = four;
    return weir_latch_init(&object.made, 2) == WEIR_OK ? &object : NULL;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_latch_destroy(&object->latch);
    weir_latch_destroy(&object->made);
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_latch_count_down(&object->latch, 2);
    return !weir_latch_try_wait(&object->latch) &&
           weir_latch_arrive_and_wait_until(&object->made, WEIR_NOW) == WEIR_TIMEOUT;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_case c = weir_latch_case(&object->latch);
    weir_latch_count_down(&object->latch, 1);
    if (PAIR(attempt)(&c))
        return false;
    weir_latch_arrive_and_wait(&object->latch);
    weir_latch_count_down(&object->made, 1);
    weir_latch_wait(&object->made);
    return PAIR(attempt)(&c) && weir_latch_wait_until(&object->latch, WEIR_NOW) == WEIR_OK;
}

PAIR_SIDE
