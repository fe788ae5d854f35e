/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * simulate.c - random histories; see simulate.h.
 */
#include "simulate.h"

typedef struct actor {
    enum { IDLE, CALLED, ACTED } state;
    history_call *call;  /* in the history: what the world sees */
    history_call effect; /* status and value, unseen until the return */
} actor;

static history_call *begin(simulation *s, history *h, unsigned thread, uint64_t now) {
    history_lane *lane = &h->lanes[thread];
    history_call *call = &lane->calls[lane->count++];
    *call = (history_call){.begin = now, .end = HISTORY_PENDING, .thread = (uint16_t)thread};
    s->choose(s, call);
    return call;
}

static void take_turn(simulation *s, history *h, actor *a, unsigned thread, uint64_t now,
                      unsigned *begun) {
    switch (a->state) {
    case IDLE:
        if (*begun == s->calls || h->lanes[thread].count == h->capacity)
            return;
        a->call = begin(s, h, thread, now);
        ++*begun;
        a->state = CALLED;
        break;
    case CALLED:
        a->effect = *a->call;
        s->act(s, &a->effect);
        a->state = ACTED;
        break;
    case ACTED:
        *a->call = a->effect;
        a->call->end = now;
        a->state = IDLE;
        break;
    }
}

static bool is_over(const simulation *s, const history *h, const actor *actors, unsigned begun) {
    bool idle = true, full = true;
    for (unsigned t = 0; t < h->threads; t++) {
        idle &= actors[t].state == IDLE;
        full &= h->lanes[t].count == h->capacity;
    }
    return (begun == s->calls || full) && (idle || s->interrupted);
}

void simulate(simulation *s, history *h) {
    actor actors[HISTORY_THREADS] = {{0}};
    unsigned begun = 0;
    for (uint64_t now = 1; !is_over(s, h, actors, begun); now++) {
        unsigned thread = random_below(s->seed, h->threads);
        take_turn(s, h, &actors[thread], thread, now, &begun);
    }
}
