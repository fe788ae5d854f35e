/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch.c - a latch and eight who wait for it, against a number and a queue.
 */
#include "crowd.h"
#include "input.h"

#include <weir/latch.h>

typedef struct model {
    weir_latch latch;
    crowd crowd;
    uint32_t count;
} model;

static void count_down(model *m, uint32_t n) {
    if (n > m->count)
        n = m->count;
    weir_latch_count_down(&m->latch, n);
    m->count -= n;
    if (m->count == 0)
        crowd_let_go(&m->crowd, CROWD);
}

static void arrive(model *m) {
    if (m->count == 0)
        return;
    const weir_status status = weir_latch_arrive_and_wait_until(&m->latch, WEIR_NOW);
    m->count--;
    FUZZ_CHECK(status == (m->count == 0 ? WEIR_OK : WEIR_TIMEOUT));
    if (m->count == 0)
        crowd_let_go(&m->crowd, CROWD);
}

static void enter_or_leave(model *m, unsigned who) {
    weir_wait_entry *entry = &m->crowd.entry[who];
    if (m->crowd.of[who] == CROWD_OUTSIDE) {
        const bool enters = weir_i_wait_group_enter(&m->latch.group, entry);
        FUZZ_CHECK(enters == (m->count > 0));
        if (enters)
            crowd_enter(&m->crowd, who);
        return;
    }
    if (m->crowd.of[who] == CROWD_WAITS) {
        FUZZ_CHECK(weir_waiter_cancel(&entry->waiter));
        weir_i_wait_group_leave(&m->latch.group, &entry->node);
    }
    crowd_leave(&m->crowd, who);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    model m = {.count = fuzz_choose(&input, 256)};
    if (fuzz_choose(&input, 8) == 0)
        m.count += WEIR_LATCH_MOST - 255;
    FUZZ_CHECK(weir_latch_init(&m.latch, m.count) == WEIR_OK);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 5)) {
        case 0: count_down(&m, fuzz_choose(&input, 256)); break;
        case 1: count_down(&m, 1u << fuzz_choose(&input, 31)); break;
        case 2: arrive(&m); break;
        default: enter_or_leave(&m, fuzz_choose(&input, CROWD)); break;
        }
        crowd_compare(&m.crowd, &m.latch.group.waiters);
        FUZZ_CHECK(weir_latch_try_wait(&m.latch) == (m.count == 0));
        FUZZ_CHECK((weir_latch_wait_until(&m.latch, WEIR_NOW) == WEIR_OK) == (m.count == 0));
    }
    return 0;
}
