/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * liburcu, memb and bp: a read side, with its inline code, as fast as it comes. */
#define _LGPL_SOURCE
#include "../harness/reclaim_loops.h"

#include <stdlib.h>
#include <urcu/urcu-bp.h>
#include <urcu/urcu-memb.h>

typedef struct place {
    uint64_t *source;
} place;

static void *create(size_t unused) {
    place *p = malloc(sizeof *p);
    (void)unused;
    p->source = malloc(BENCH_NODE);
    p->source[0] = 1;
    return p;
}

static void destroy(void *object) {
    place *p = object;
    free(p->source);
    free(p);
}

static void memb_start(void) {
    static __thread bool started;
    if (!started)
        urcu_memb_register_thread();
    started = true;
}

#define FLAVOUR(name, start)                                                                       \
    BENCH_FAST uint64_t name##_read(void *object) {                                                \
        place *p = object;                                                                         \
        urcu_##name##_read_lock();                                                                 \
        const uint64_t value = *(uint64_t *)__atomic_load_n(&p->source, __ATOMIC_ACQUIRE);         \
        urcu_##name##_read_unlock();                                                               \
        return value;                                                                              \
    }                                                                                              \
    BENCH_PROTECT_LOOP(name##_started, name##_read)                                                \
    static void name##_protect(bench_turn *turn) {                                                 \
        start;                                                                                     \
        name##_started_protect(turn);                                                              \
    }

FLAVOUR(memb, memb_start())
FLAVOUR(bp, (void)0)

const bench_subject bench_peer_urcu[] = {
    BENCH_RECLAIM_SUBJECT("protect", "urcu memb", "no bound", 0, create, destroy, memb_protect),
    BENCH_RECLAIM_SUBJECT("protect", "urcu bp", "no bound", 0, create, destroy, bp_protect),
    {NULL},
};
