/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.c - one event count and eight entries against a queue of who waits and a set of who was
 * notified. Nothing sleeps: waits have no time.
 */
#include "input.h"

#include <weir/wait.h>

enum { ENTRIES = 8 };

typedef enum state { OUTSIDE, WAITS, NOTIFIED } state;

typedef struct model {
    state of[ENTRIES];
    unsigned queue[ENTRIES]; /* who waits, in order of arrival */
    unsigned length;
} model;

static void model_leave(model *m, unsigned who) {
    unsigned kept = 0;
    for (unsigned i = 0; i < m->length; i++)
        if (m->queue[i] != who)
            m->queue[kept++] = m->queue[i];
    m->length = kept;
}

static void model_notify(model *m, unsigned n) {
    for (; n > 0 && m->length > 0; n--) {
        const unsigned first = m->queue[0];
        model_leave(m, first);
        m->of[first] = NOTIFIED;
    }
}

static void compare(weir_event_count *count, weir_wait_entry *entries, const model *m) {
    weir_wait_list_lock(&count->list);
    const weir_wait_node *node = weir_wait_list_first(&count->list);
    for (unsigned i = 0; i < m->length; i++) {
        FUZZ_CHECK(node == &entries[m->queue[i]].node);
        node = weir_wait_list_next(&count->list, node);
    }
    FUZZ_CHECK(!node);
    weir_wait_list_unlock(&count->list);
    FUZZ_CHECK(weir_wait_list_idle(&count->list) == (m->length == 0));
    for (unsigned i = 0; i < ENTRIES; i++)
        FUZZ_CHECK(m->of[i] == OUTSIDE ||
                   weir_waiter_done(&entries[i].waiter) == (m->of[i] == NOTIFIED));
}

static void enter(weir_event_count *count, weir_wait_entry *entry, model *m, unsigned who) {
    weir_event_count_prepare(count, entry);
    m->of[who] = WAITS;
    m->queue[m->length++] = who;
}

static void leave(weir_event_count *count, weir_wait_entry *entry, model *m, unsigned who) {
    const bool was_notified = m->of[who] == NOTIFIED;
    weir_event_count_cancel(count, entry);
    m->of[who] = OUTSIDE;
    model_leave(m, who);
    if (was_notified)
        model_notify(m, 1);
}

static void wait(weir_event_count *count, weir_wait_entry *entry, model *m, unsigned who) {
    const weir_status status = weir_event_count_wait(count, entry, WEIR_NOW);
    FUZZ_CHECK(status == (m->of[who] == NOTIFIED ? WEIR_OK : WEIR_TIMEOUT));
    m->of[who] = OUTSIDE;
    model_leave(m, who);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    weir_event_count count = WEIR_EVENT_COUNT_INIT;
    weir_wait_entry entries[ENTRIES];
    model m = {{OUTSIDE}, {0}, 0};
    while (fuzz_more(&input)) {
        const unsigned operation = fuzz_choose(&input, 4);
        const unsigned which = fuzz_choose(&input, ENTRIES);
        if (operation == 0) {
            weir_event_count_notify(&count, which);
            model_notify(&m, which);
        } else if (m.of[which] == OUTSIDE) {
            enter(&count, &entries[which], &m, which);
        } else if (operation == 1) {
            leave(&count, &entries[which], &m, which);
        } else {
            wait(&count, &entries[which], &m, which);
        }
        compare(&count, entries, &m);
    }
    weir_event_count_notify_all(&count);
    return 0;
}
