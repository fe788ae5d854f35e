/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event.c - event.h as both languages see it; see pair.h. One sets, the other waits.
 */
#include <weir/event.h>

#include "pair.h"

typedef struct shared {
    weir_event manual;
    weir_event automatic;
    weir_event made;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_event),
    PAIR_OFFSET(weir_event, waiters),
    PAIR_OFFSET(weir_event, habit),
    PAIR_OFFSET(weir_event, kind),
};

static bool PAIR(attempt)(weir_case *c) {
    return c->kind && c->kind->attempt(c);
}

static void *PAIR(make)(void) {
    static shared object;
    const weir_event manual = WEIR_EVENT_INIT;
    const weir_event automatic = WEIR_EVENT_AUTO_INIT;
    object.manual = manual;
    object.automatic = automatic;
    return weir_event_init(&object.made, WEIR_EVENT_AUTO, false) == WEIR_OK ? &object : NULL;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_event_destroy(&object->manual);
    weir_event_destroy(&object->automatic);
    weir_event_destroy(&object->made);
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const bool set = weir_event_is_set(&object->manual) || weir_event_try_wait(&object->automatic);
    weir_event_set(&object->manual);
    weir_event_set(&object->automatic);
    return !set && weir_event_wait_until(&object->made, WEIR_NOW) == WEIR_TIMEOUT;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_case c = weir_event_case(&object->made);
    weir_event_wait(&object->manual);
    weir_event_wait(&object->automatic);
    if (!weir_event_is_set(&object->manual) || weir_event_is_set(&object->automatic))
        return false;
    weir_event_reset(&object->manual);
    weir_event_set(&object->made);
    return !weir_event_try_wait(&object->manual) && PAIR(attempt)(&c) && !PAIR(attempt)(&c);
}

PAIR_SIDE
