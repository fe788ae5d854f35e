/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.c - one thread plays readers of several stripes, queued readers and a writer, against
 * counters: who gets in, who gives up, and whether the sum comes out right.
 */
#include "input.h"

#include <weir/rwmutex.h>

#include <string.h>

enum { MOST = 4 };

typedef struct scene {
    weir_rwmutex lock;
    unsigned readers;
    bool writer;
    weir_wait_entry queue[MOST];
    bool queued[MOST];
} scene;

/* The next calls are those of a thread with this stripe. */
static void become(unsigned place) {
    WEIR_I_RWMUTEX_PLACE = place % WEIR_RWMUTEX_STRIPES + 1;
}

static void read_in(scene *s, unsigned way) {
    bool in = false;
    switch (way % 3) {
    case 0: in = weir_rwmutex_try_rlock(&s->lock); break;
    case 1: in = weir_rwmutex_rlock_until(&s->lock, WEIR_NOW) == WEIR_OK; break;
    default: in = weir_rwmutex_rlock_until(&s->lock, 1) == WEIR_OK; break;
    }
    FUZZ_CHECK(in == !s->writer);
    s->readers += in;
}

static void read_out(scene *s) {
    if (s->readers == 0)
        return;
    s->readers--;
    weir_rwmutex_runlock(&s->lock);
}

static void write_in(scene *s, unsigned way) {
    bool in = false;
    switch (way % 3) {
    case 0: in = weir_rwmutex_try_lock(&s->lock); break;
    case 1: in = weir_rwmutex_lock_until(&s->lock, WEIR_NOW) == WEIR_OK; break;
    default: in = weir_rwmutex_lock_until(&s->lock, 1) == WEIR_OK; break;
    }
    FUZZ_CHECK(in == (!s->writer && s->readers == 0));
    s->writer |= in;
}

/* All who queue up are let in. */
static void write_out(scene *s) {
    if (!s->writer)
        return;
    s->writer = false;
    weir_rwmutex_unlock(&s->lock);
    for (int i = 0; i < MOST; i++) {
        if (!s->queued[i])
            continue;
        FUZZ_CHECK(weir_waiter_done(&s->queue[i].waiter));
        s->queued[i] = false;
        s->readers++;
    }
}

static void queue_up(scene *s) {
    for (int i = 0; i < MOST; i++) {
        if (s->queued[i])
            continue;
        s->queued[i] = weir_i_rwmutex_queue(&s->lock, &s->queue[i]);
        FUZZ_CHECK(s->queued[i] == s->writer);
        return;
    }
}

static void give_up(scene *s, unsigned who) {
    weir_wait_list *list = &s->lock.head.readers;
    who %= MOST;
    if (!s->queued[who])
        return;
    FUZZ_CHECK(weir_waiter_cancel(&s->queue[who].waiter));
    weir_wait_list_lock(list);
    weir_wait_list_remove(list, &s->queue[who].node);
    weir_wait_list_unlock(list);
    s->queued[who] = false;
}

static void compare(const scene *s) {
    uint32_t sum = (weir_i_load(&s->lock.head.gate, relaxed) & ~7u) +
                   (weir_i_load(&s->lock.head.leaving, relaxed) & ~7u);
    for (int i = 0; i < WEIR_RWMUTEX_STRIPES; i++)
        sum += weir_i_load(&s->lock.stripes[i].word, relaxed) & ~7u;
    FUZZ_CHECK(weir_i_rwmutex_count(sum) == (int32_t)s->readers);
    FUZZ_CHECK((weir_i_load(&s->lock.head.gate, relaxed) & WEIR_I_RWMUTEX_CLOSED) == s->writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    scene s;
    memset(&s, 0, sizeof s);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 8)) {
        case 0: become(fuzz_choose(&input, 255)); break;
        case 1: read_in(&s, fuzz_choose(&input, 3)); break;
        case 2: read_out(&s); break;
        case 3: write_in(&s, fuzz_choose(&input, 3)); break;
        case 4: write_out(&s); break;
        case 5: queue_up(&s); break;
        case 6: give_up(&s, fuzz_choose(&input, MOST)); break;
        default:
            if (!s.writer) /* as readers that meet do */
                weir_i_fetch_or(&s.lock.head.gate, WEIR_I_RWMUTEX_SPREAD, relaxed);
        }
        compare(&s);
    }
    return 0;
}
