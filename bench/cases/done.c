/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Workers that each wait for work of their own and all for one done channel, as Go programs do: a
 * worker's select enters and leaves the done channel's line at each wait. Nothing ever comes there.
 */
#include "../harness/chan_loops.h"

#include <weir/chan.h>
#include <weir/select.h>

#include <stdlib.h>

WEIR_CHAN(chan8, uint64_t)

enum { BENCH_WORKERS = 64 };

typedef struct office {
    chan8 work[BENCH_WORKERS];
    chan8 done;
    uint32_t producers; /* how many have got a channel */
    uint32_t consumers;
} office;

static void *create(size_t capacity) {
    office *made = aligned_alloc(WEIR_CACHE_LINE, sizeof *made);
    if (!made || chan8_init(&made->done, 0) != WEIR_OK)
        abort();
    for (int i = 0; i < BENCH_WORKERS; i++) {
        if (chan8_init(&made->work[i], capacity) != WEIR_OK)
            abort();
    }
    made->producers = made->consumers = 0;
    return made;
}

/* The same, whose done channel is never striped. */
static void *create_with_one_list(size_t capacity) {
    office *made = create(capacity);
    weir_i_store(&made->done.raw.served, true, relaxed);
    return made;
}

static void delete (void *object) {
    office *old = object;
    for (int i = 0; i < BENCH_WORKERS; i++)
        chan8_destroy(&old->work[i]);
    chan8_destroy(&old->done);
    free(old);
}

static chan8 *own(office *o, uint32_t *taken) {
    return &o->work[__atomic_fetch_add(taken, 1, __ATOMIC_RELAXED) % BENCH_WORKERS];
}

BENCH_FAST bool work_put(void *object, const void *item) {
    return chan8_send_until(object, *(const uint64_t *)item, weir_in(BENCH_PATIENCE)) == WEIR_OK;
}

static void work_produce(bench_turn *turn) {
    office *o = turn->object;
    bench_send_loop(turn, own(o, &o->producers), work_put);
}

static void work_consume(bench_turn *turn) {
    office *o = turn->object;
    chan8 *mine = own(o, &o->consumers);
    uint64_t value = 0;
    uint64_t sum = 0;
    uint64_t done = 0;
    weir_case cases[] = {chan8_case_recv(mine, &value), chan8_case_recv(&o->done, NULL)};
    while (!bench_stopped(turn)) {
        if (weir_select_until(cases, 2, weir_in(BENCH_PATIENCE)) == 0) {
            sum += value;
            done++;
        }
    }
    turn->sum = sum;
    turn->done = done;
}

static void work_drain(bench_turn *turn) {
    office *o = turn->object;
    uint64_t value;
    for (int i = 0; i < BENCH_WORKERS; i++) {
        for (; chan8_try_recv(&o->work[i], &value) == WEIR_OK; turn->done++)
            turn->sum += value;
    }
}

#define SUBJECT(name, is_ours, create)                                                             \
    {                                                                                              \
        "done", name, NULL, 8, is_ours, create, delete, {                                          \
            [BENCH_PRODUCE] = work_produce, [BENCH_CONSUME] = work_consume,                        \
            [BENCH_DRAIN] = work_drain                                                             \
        }                                                                                          \
    }

const bench_subject bench_case_done[] = {
    SUBJECT("weir", 1, create),
    SUBJECT("weir, one list", 0, create_with_one_list),
    {NULL},
};

#define WORKERS(n, capacity, quick)                                                                \
    {                                                                                              \
        "done", #n "/" #n, 8, capacity, quick, {                                                   \
            {BENCH_PRODUCE, n}, {                                                                  \
                BENCH_CONSUME, n                                                                   \
            }                                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_done[] = {
    WORKERS(4, 0, 1), WORKERS(4, 1, 0), WORKERS(32, 0, 1), WORKERS(32, 1, 0), {NULL},
};
