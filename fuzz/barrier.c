/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier.c - a barrier of up to 32 parties and eight who wait at it, against two numbers and a
 * queue; from near the wrap of its phases.
 */
#include "crowd.h"
#include "input.h"

#include <weir/barrier.h>

typedef struct model {
    weir_barrier barrier;
    crowd crowd;
    weir_barrier_phase phase;
    unsigned parties; /* of the next phase */
    unsigned missing;
    unsigned completed;
} model;

static void complete(void *argument) {
    model *m = argument;
    FUZZ_CHECK(m->missing == 1);
    m->completed++;
}

static void arrive(model *m, bool drop) {
    if (m->missing == 0)
        return;
    if (drop)
        m->parties--;
    const unsigned completed = m->completed;
    const weir_barrier_phase phase =
        drop ? weir_barrier_drop(&m->barrier) : weir_barrier_arrive(&m->barrier);
    FUZZ_CHECK(phase == m->phase);
    FUZZ_CHECK(m->completed == completed + (m->missing == 1));
    if (--m->missing > 0)
        return;
    m->phase++;
    m->missing = m->parties;
    crowd_let_go(&m->crowd, CROWD);
}

static void enter_or_leave(model *m, unsigned who) {
    weir_wait_entry *entry = &m->crowd.entry[who];
    if (m->crowd.of[who] == CROWD_OUTSIDE) {
        FUZZ_CHECK(!weir_i_barrier_enter(&m->barrier, m->phase - 1, entry));
        FUZZ_CHECK(weir_i_barrier_enter(&m->barrier, m->phase, entry));
        crowd_enter(&m->crowd, who);
        return;
    }
    if (m->crowd.of[who] == CROWD_WAITS) {
        FUZZ_CHECK(weir_waiter_cancel(&entry->waiter));
        weir_wait_list_lock(&m->barrier.waiters);
        weir_wait_list_remove(&m->barrier.waiters, &entry->node);
        weir_wait_list_unlock(&m->barrier.waiters);
    }
    crowd_leave(&m->crowd, who);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    model m = {.parties = 1 + fuzz_choose(&input, 32)};
    m.missing = m.parties;
    m.phase = 0 - fuzz_choose(&input, 4);
    FUZZ_CHECK(weir_barrier_init(&m.barrier, m.parties, complete, &m) == WEIR_OK);
    weir_i_store(&m.barrier.state, (uint64_t)m.phase << 32 | m.parties * 4, relaxed);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 5)) {
        case 0: arrive(&m, true); break;
        case 1:
        case 2: arrive(&m, false); break;
        default: enter_or_leave(&m, fuzz_choose(&input, CROWD)); break;
        }
        crowd_compare(&m.crowd, &m.barrier.waiters);
        FUZZ_CHECK(!weir_barrier_try_wait(&m.barrier, m.phase));
        FUZZ_CHECK(weir_barrier_try_wait(&m.barrier, m.phase - 1));
        FUZZ_CHECK(weir_barrier_wait_until(&m.barrier, m.phase, WEIR_NOW) == WEIR_TIMEOUT);
    }
    return 0;
}
