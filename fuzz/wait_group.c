/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.c - a wait group and eight who wait for it, against a number and a queue; from near
 * the wrap of what is counted beside it.
 */
#include "crowd.h"
#include "input.h"

#include <weir/wait_group.h>

typedef struct model {
    weir_wait_group group;
    crowd crowd;
    uint32_t count;
} model;

static void add(model *m, uint32_t n) {
    if (n > WEIR_WAIT_GROUP_MOST - m->count)
        n = WEIR_WAIT_GROUP_MOST - m->count;
    weir_wait_group_add(&m->group, (int)n);
    m->count += n;
}

static void take(model *m, uint32_t n) {
    if (n > m->count)
        n = m->count;
    if (n == 1)
        weir_wait_group_done(&m->group);
    else
        weir_wait_group_add(&m->group, -(int)n);
    m->count -= n;
    if (n > 0 && m->count == 0)
        crowd_let_go(&m->crowd, CROWD);
}

static void enter_or_leave(model *m, unsigned who) {
    weir_wait_entry *entry = &m->crowd.entry[who];
    if (m->crowd.of[who] == CROWD_OUTSIDE) {
        const bool enters = weir_i_wait_group_enter(&m->group, entry);
        FUZZ_CHECK(enters == (m->count > 0));
        if (enters)
            crowd_enter(&m->crowd, who);
        return;
    }
    if (m->crowd.of[who] == CROWD_WAITS) {
        FUZZ_CHECK(weir_waiter_cancel(&entry->waiter));
        weir_i_wait_group_leave(&m->group, &entry->node);
    }
    crowd_leave(&m->crowd, who);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    model m = {.count = 0};
    weir_case c = weir_wait_group_case(&m.group);
    uint64_t stamp = 0;
    weir_i_store(&m.group.state, (0 - (uint64_t)fuzz_choose(&input, 4)) << 32, relaxed);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 5)) {
        case 0: add(&m, fuzz_choose(&input, 256)); break;
        case 1: take(&m, fuzz_choose(&input, 256)); break;
        case 2: take(&m, m.count); break;
        case 3: add(&m, 1u << fuzz_choose(&input, 30)); break;
        default: enter_or_leave(&m, fuzz_choose(&input, CROWD)); break;
        }
        crowd_compare(&m.crowd, &m.group.waiters);
        FUZZ_CHECK(weir_wait_group_try_wait(&m.group) == (m.count == 0));
        FUZZ_CHECK((weir_wait_group_wait_until(&m.group, WEIR_NOW) == WEIR_OK) == (m.count == 0));
        FUZZ_CHECK(c.kind->ready(&c, &stamp) == (m.count == 0));
        FUZZ_CHECK(c.kind->attempt(&c) == (m.count == 0));
    }
    return 0;
}
