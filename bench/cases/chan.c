/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Channels, and what every channel is asked to do. A capacity of 0 is a rendezvous. */
#include "../harness/chan_loops.h"

#include <weir/chan.h>

#include <stdlib.h>

WEIR_CHAN(chan8, uint64_t)

static void *create(size_t capacity) {
    chan8 *made = aligned_alloc(WEIR_CACHE_LINE, sizeof *made);
    if (!made || chan8_init(made, capacity) != WEIR_OK)
        abort();
    return made;
}

static void delete (void *object) {
    chan8_destroy(object);
    free(object);
}

BENCH_FAST bool chan_put(void *object, const void *item) {
    const uint64_t value = *(const uint64_t *)item;
    return chan8_try_send(object, value) == WEIR_OK ||
           chan8_send_until(object, value, weir_in(BENCH_PATIENCE)) == WEIR_OK;
}

BENCH_FAST bool chan_take(void *object, void *item) {
    return chan8_try_recv(object, item) == WEIR_OK ||
           chan8_recv_until(object, item, weir_in(BENCH_PATIENCE)) == WEIR_OK;
}

BENCH_FAST bool chan_try_take(void *object, void *item) {
    return chan8_try_recv(object, item) == WEIR_OK;
}

BENCH_CHAN_LOOPS(chan)

const bench_subject bench_case_chan[] = {
    {"chan", "weir", NULL, 8, 1, create, delete, {BENCH_CHAN_ROLES(chan)}},
    {NULL},
};

#define MANY(senders, receivers, capacity, quick)                                                  \
    {                                                                                              \
        "chan", #senders "/" #receivers, 8, capacity, quick, {                                     \
            {BENCH_PRODUCE, senders}, {                                                            \
                BENCH_CONSUME, receivers                                                           \
            }                                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_chan[] = {
    {"chan", "pair", 8, 1024, 1, {{BENCH_PAIR, 1}}},
    MANY(1, 1, 1024, 1),
    MANY(4, 4, 1024, 1),
    MANY(4, 1, 1024, 0),
    MANY(1, 1, 1, 1),
    MANY(4, 4, 1, 0),
    MANY(4, 1, 1, 0),
    MANY(1, 1, 0, 1),
    MANY(4, 4, 0, 0),
    MANY(4, 1, 0, 0),
    {NULL},
};
