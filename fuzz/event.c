/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event.c - an event of either kind and eight who wait for it, some by a select, against a flag and
 * a queue.
 */
#include "crowd.h"
#include "input.h"

#include <weir/event.h>

typedef struct model {
    weir_event event;
    crowd crowd;
    bool automatic;
    bool set;
} model;

static void set(model *m) {
    weir_event_set(&m->event);
    if (!m->automatic)
        crowd_let_go(&m->crowd, CROWD);
    if (m->automatic && m->crowd.length > 0)
        crowd_let_go(&m->crowd, 1);
    else
        m->set = true;
}

static void take(model *m, bool by_select) {
    weir_case c = weir_event_case(&m->event);
    const bool taken = by_select ? c.kind->attempt(&c) : weir_event_try_wait(&m->event);
    FUZZ_CHECK(taken == m->set);
    if (m->automatic)
        m->set = false;
}

static void enter(model *m, unsigned who, bool by_select) {
    weir_wait_entry *entry = &m->crowd.entry[who];
    if (by_select) { /* enters also if it is set */
        weir_case c = weir_event_case(&m->event);
        weir_waiter_init(&entry->waiter);
        weir_wait_node_init(&entry->node, &entry->waiter);
        weir_wait_list_lock(&m->event.waiters);
        c.kind->enter(&c, &entry->node);
        weir_wait_list_unlock(&m->event.waiters);
        crowd_enter(&m->crowd, who);
        return;
    }
    const bool enters = weir_i_event_enter(&m->event, entry);
    FUZZ_CHECK(enters == !m->set);
    if (enters)
        crowd_enter(&m->crowd, who);
    else if (m->automatic)
        m->set = false;
}

static void leave(model *m, unsigned who) {
    weir_wait_entry *entry = &m->crowd.entry[who];
    if (m->crowd.of[who] == CROWD_WAITS) {
        FUZZ_CHECK(weir_waiter_cancel(&entry->waiter));
        weir_wait_list_lock(&m->event.waiters);
        weir_i_event_leave(&m->event, &entry->node);
        weir_wait_list_unlock(&m->event.waiters);
    }
    crowd_leave(&m->crowd, who);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    model m = {.automatic = fuzz_choose(&input, 2), .set = fuzz_choose(&input, 2)};
    FUZZ_CHECK(weir_event_init(&m.event, m.automatic ? WEIR_EVENT_AUTO : WEIR_EVENT_MANUAL,
                               m.set) == WEIR_OK);
    while (fuzz_more(&input)) {
        const unsigned operation = fuzz_choose(&input, 6);
        const unsigned who = fuzz_choose(&input, CROWD);
        switch (operation) {
        case 0: set(&m); break;
        case 1:
            weir_event_reset(&m.event);
            m.set = false;
            break;
        case 2:
        case 3: take(&m, operation == 2); break;
        default:
            if (m.crowd.of[who] == CROWD_OUTSIDE)
                enter(&m, who, operation == 4);
            else
                leave(&m, who);
        }
        crowd_compare(&m.crowd, &m.event.waiters);
        FUZZ_CHECK(weir_event_is_set(&m.event) == m.set);
    }
    return 0;
}
