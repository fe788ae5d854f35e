/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * crowd.h - who waits for an object, as a model: eight entries, each outside, waiting or let go, in
 * order of arrival. Nothing sleeps: an entry is put into the list, and asked later.
 */
#ifndef WEIR_FUZZ_CROWD_H
#define WEIR_FUZZ_CROWD_H

#include "input.h"

#include <weir/wait.h>

enum { CROWD = 8 };

typedef enum crowd_state { CROWD_OUTSIDE, CROWD_WAITS, CROWD_LET_GO } crowd_state;

typedef struct crowd {
    weir_wait_entry entry[CROWD];
    crowd_state of[CROWD];
    unsigned queue[CROWD]; /* who waits, in order of arrival */
    unsigned length;
} crowd;

static inline void crowd_leave(crowd *c, unsigned who) {
    unsigned kept = 0;
    for (unsigned i = 0; i < c->length; i++)
        if (c->queue[i] != who)
            c->queue[kept++] = c->queue[i];
    c->length = kept;
    c->of[who] = CROWD_OUTSIDE;
}

static inline void crowd_enter(crowd *c, unsigned who) {
    c->of[who] = CROWD_WAITS;
    c->queue[c->length++] = who;
}

static inline void crowd_let_go(crowd *c, unsigned n) {
    for (; n > 0 && c->length > 0; n--) {
        const unsigned first = c->queue[0];
        crowd_leave(c, first);
        c->of[first] = CROWD_LET_GO;
    }
}

/* The list holds who waits, in order; who was let go knows, and nobody else. */
static inline void crowd_compare(crowd *c, weir_wait_list *list) {
    weir_wait_list_lock(list);
    const weir_wait_node *node = weir_wait_list_first(list);
    for (unsigned i = 0; i < c->length; i++) {
        FUZZ_CHECK(node == &c->entry[c->queue[i]].node);
        node = weir_wait_list_next(list, node);
    }
    FUZZ_CHECK(!node);
    weir_wait_list_unlock(list);
    FUZZ_CHECK(weir_wait_list_idle(list) == (c->length == 0));
    for (unsigned i = 0; i < CROWD; i++)
        FUZZ_CHECK(c->of[i] == CROWD_OUTSIDE ||
                   weir_waiter_done(&c->entry[i].waiter) == (c->of[i] == CROWD_LET_GO));
}

#endif
