/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.c - wait.h as both languages see it; see pair.h. One language enters an event count, the
 * other notifies it.
 */
#include <weir/wait.h>

#include "pair.h"

typedef struct shared {
    weir_event_count count;
    weir_wait_entry entry[2];
    weir_case unused;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_waiter),
    PAIR_OFFSET(weir_waiter, task),
    PAIR_SIZE(weir_wait_node),
    PAIR_OFFSET(weir_wait_node, prev),
    PAIR_OFFSET(weir_wait_node, waiter),
    PAIR_OFFSET(weir_wait_node, won),
    PAIR_SIZE(weir_wait_list),
    PAIR_SIZE(weir_wait_habit),
    PAIR_OFFSET(weir_wait_habit, failures),
    PAIR_SIZE(weir_event_count),
    PAIR_OFFSET(weir_event_count, habit),
    PAIR_SIZE(weir_wait_entry),
    PAIR_OFFSET(weir_wait_entry, node),
    PAIR_SIZE(weir_case),
    PAIR_OFFSET(weir_case, object),
    PAIR_OFFSET(weir_case, value),
    PAIR_OFFSET(weir_case, status),
    PAIR_OFFSET(weir_case, detail),
    PAIR_SIZE(weir_selectable),
    PAIR_SIZE(weir_wait_scheduler),
    PAIR_SIZE(weir_wait_task),
};

static bool PAIR(ready)(void *answer) {
    return *WEIR_I_CAST(bool *, answer);
}

static void *PAIR(make)(void) {
    static shared object;
    const weir_event_count none = WEIR_EVENT_COUNT_INIT;
    object.count = none;
    return weir_wait_task_get() ? NULL : &object;
}

static void PAIR(end)(void *memory) {
    (void)memory;
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_event_count_prepare(&object->count, &object->entry[0]);
    weir_event_count_prepare(&object->count, &object->entry[1]);
    return !weir_wait_list_idle(&object->count.list);
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    bool yes = true;
    bool no = false;
    weir_event_count_notify(&object->count, 1);
    weir_event_count_cancel(&object->count, &object->entry[1]);
    weir_event_count_notify_all(&object->count);
    return weir_event_count_wait(&object->count, &object->entry[0], WEIR_NOW) == WEIR_OK &&
           weir_event_count_await(&object->count, PAIR(ready), &yes, WEIR_NOW) == WEIR_OK &&
           weir_event_count_await(&object->count, PAIR(ready), &no, WEIR_NOW) == WEIR_TIMEOUT &&
           weir_wait_list_idle(&object->count.list);
}

PAIR_SIDE
