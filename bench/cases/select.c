/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Select over four channels: receivers select, or both sides do; and alone, over four that are
 * always ready. */
#include "../harness/chan_loops.h"

#include <weir/chan.h>
#include <weir/select.h>

#include <stdlib.h>

WEIR_CHAN(chan8, uint64_t)

typedef struct fan {
    chan8 channels[BENCH_CHANNELS];
    uint32_t next; /* whose turn it is to get a channel */
} fan;

static void *create(size_t capacity) {
    fan *made = aligned_alloc(WEIR_CACHE_LINE, sizeof *made);
    if (!made)
        abort();
    for (int i = 0; i < BENCH_CHANNELS; i++) {
        if (chan8_init(&made->channels[i], capacity) != WEIR_OK)
            abort();
    }
    made->next = 0;
    return made;
}

static void delete (void *object) {
    fan *old = object;
    for (int i = 0; i < BENCH_CHANNELS; i++)
        chan8_destroy(&old->channels[i]);
    free(old);
}

static chan8 *own_channel(fan *f) {
    return &f->channels[__atomic_fetch_add(&f->next, 1, __ATOMIC_RELAXED) % BENCH_CHANNELS];
}

BENCH_FAST bool plain_put(void *object, const void *item) {
    const uint64_t value = *(const uint64_t *)item;
    return chan8_try_send(object, value) == WEIR_OK ||
           chan8_send_until(object, value, weir_in(BENCH_PATIENCE)) == WEIR_OK;
}

BENCH_FAST int select_now_or_soon(weir_case *cases) {
    const int chosen = weir_try_select(cases, BENCH_CHANNELS);
    return chosen >= 0 ? chosen : weir_select_until(cases, BENCH_CHANNELS, weir_in(BENCH_PATIENCE));
}

BENCH_FAST bool select_take(void *object, void *item) {
    fan *f = object;
    weir_case cases[BENCH_CHANNELS];
    for (int i = 0; i < BENCH_CHANNELS; i++)
        cases[i] = chan8_case_recv(&f->channels[i], item);
    return select_now_or_soon(cases) >= 0;
}

BENCH_FAST bool select_put(void *object, const void *item) {
    fan *f = object;
    weir_case cases[BENCH_CHANNELS];
    for (int i = 0; i < BENCH_CHANNELS; i++)
        cases[i] = chan8_case_send(&f->channels[i], item);
    return select_now_or_soon(cases) >= 0;
}

BENCH_FAST bool select_try_take(void *object, void *item) {
    fan *f = object;
    weir_case cases[BENCH_CHANNELS];
    for (int i = 0; i < BENCH_CHANNELS; i++)
        cases[i] = chan8_case_recv(&f->channels[i], item);
    return weir_try_select(cases, BENCH_CHANNELS) >= 0;
}

BENCH_CHAN_LOOPS(select)

static void produce_to_one(bench_turn *turn) {
    bench_send_loop(turn, own_channel(turn->object), plain_put);
}

/* Four channels with a message in each: what a select takes is sent again to the same channel. */
static void select_ready(bench_turn *turn) {
    fan *f = turn->object;
    uint64_t value = turn->first;
    uint64_t left = turn->limit;
    weir_case cases[BENCH_CHANNELS];
    for (int i = 0; i < BENCH_CHANNELS; i++) {
        cases[i] = chan8_case_recv(&f->channels[i], &value);
        if (chan8_try_send(&f->channels[i], value) != WEIR_OK)
            abort();
    }
    for (; left > 0; left--) {
        const int chosen = weir_select(cases, BENCH_CHANNELS);
        if (chosen < 0 || chan8_send(&f->channels[chosen], value) != WEIR_OK)
            break;
    }
    turn->done += turn->limit - left;
    while (select_try_take(f, &value))
        ;
}

const bench_subject bench_case_select[] = {
    {"select",
     "weir",
     NULL,
     8,
     1,
     create,
     delete,
     {[BENCH_PAIR] = select_ready,
      [BENCH_PRODUCE] = produce_to_one,
      [BENCH_CONSUME] = select_consume,
      [BENCH_PRODUCE_N] = select_produce,
      [BENCH_CONSUME_N] = select_consume,
      [BENCH_DRAIN] = select_drain}},
    {NULL},
};

#define SELECT_RX(receivers, capacity, quick)                                                      \
    {                                                                                              \
        "select", "rx 4/" #receivers, 8, capacity, quick, {                                        \
            {BENCH_PRODUCE, 4}, {                                                                  \
                BENCH_CONSUME, receivers                                                           \
            }                                                                                      \
        }                                                                                          \
    }
#define SELECT_BOTH(n, capacity, quick)                                                            \
    {                                                                                              \
        "select", "both " #n "/" #n, 8, capacity, quick, {                                         \
            {BENCH_PRODUCE_N, n}, {                                                                \
                BENCH_CONSUME_N, n                                                                 \
            }                                                                                      \
        }                                                                                          \
    }

const bench_workload bench_workloads_select[] = {
    {"select", "four ready", 8, 1024, 1, {{BENCH_PAIR, 1}}},
    SELECT_RX(1, 1024, 1),
    SELECT_RX(1, 1, 0),
    SELECT_RX(1, 0, 1),
    SELECT_BOTH(1, 0, 0),
    SELECT_BOTH(4, 1024, 0),
    SELECT_BOTH(4, 1, 0),
    SELECT_BOTH(4, 0, 1),
    {NULL},
};
