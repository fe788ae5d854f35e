/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * liburcu's flavours: a read side, with its inline code, as fast as it comes. */
#define _LGPL_SOURCE
#include "../harness/reclaim_loops.h"

#include <stdlib.h>
#include <urcu/urcu-bp.h>
#include <urcu/urcu-mb.h>
#include <urcu/urcu-memb.h>
#include <urcu/urcu-qsbr.h>

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

#define START(name)                                                                                \
    static void name##_start(void) {                                                               \
        static __thread bool started;                                                              \
        if (!started)                                                                              \
            urcu_##name##_register_thread();                                                       \
        started = true;                                                                            \
    }

START(memb)
START(mb)
START(qsbr)

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
FLAVOUR(mb, mb_start())
FLAVOUR(bp, (void)0)

/* A read costs nothing here; the thread has to say now and then that it holds nothing, and when it
 * goes away for long. */
static void qsbr_protect(bench_turn *turn) {
    place *p = turn->object;
    uint64_t sum = 0;
    qsbr_start();
    urcu_qsbr_thread_online();
    for (uint64_t left = turn->limit; left > 0; left--) {
        urcu_qsbr_read_lock();
        sum += *(uint64_t *)__atomic_load_n(&p->source, __ATOMIC_ACQUIRE);
        urcu_qsbr_read_unlock();
        if (left % 64 == 0)
            urcu_qsbr_quiescent_state();
    }
    __asm__ volatile("" ::"r"(sum));
    turn->done += turn->limit;
    urcu_qsbr_thread_offline();
}

const bench_subject bench_peer_urcu[] = {
    BENCH_RECLAIM_SUBJECT("protect", "urcu memb", "no bound", 0, create, destroy, memb_protect),
    BENCH_RECLAIM_SUBJECT("protect", "urcu mb", "no bound", 0, create, destroy, mb_protect),
    BENCH_RECLAIM_SUBJECT("protect", "urcu bp", "no bound", 0, create, destroy, bp_protect),
    BENCH_RECLAIM_SUBJECT("protect", "urcu qsbr", "no bound; quiescent after 64 reads", 0, create,
                          destroy, qsbr_protect),
    {NULL},
};
