/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.c - wait_group.h as both languages see it; see pair.h. One adds, the other is done.
 */
#include <weir/wait_group.h>

#include "pair.h"

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_wait_group),
    PAIR_OFFSET(weir_wait_group, waiters),
    PAIR_OFFSET(weir_wait_group, habit),
};

static bool PAIR(attempt)(weir_case *c) {
    return c->kind && c->kind->attempt(c);
}

static void *PAIR(make)(void) {
    static weir_wait_group object;
    const weir_wait_group zero = WEIR_WAIT_GROUP_INIT;
    object = zero;
    return &object;
}

static void PAIR(end)(void *memory) {
    weir_wait_group_destroy(WEIR_I_CAST(weir_wait_group *, memory));
}

static bool PAIR(fill)(void *memory) {
    weir_wait_group *group = WEIR_I_CAST(weir_wait_group *, memory);
    weir_wait_group_add(group, 4);
    return !weir_wait_group_try_wait(group) &&
           weir_wait_group_wait_until(group, WEIR_NOW) == WEIR_TIMEOUT;
}

static bool PAIR(drain)(void *memory) {
    weir_wait_group *group = WEIR_I_CAST(weir_wait_group *, memory);
    weir_case c = weir_wait_group_case(group);
    weir_wait_group_add(group, -3);
    if (PAIR(attempt)(&c))
        return false;
    weir_wait_group_done(group);
    weir_wait_group_wait(group);
    return PAIR(attempt)(&c) && weir_wait_group_wait_until(group, WEIR_NOW) == WEIR_OK;
}

PAIR_SIDE
