/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * crossbeam-channel, kanal, flume and std::sync::mpsc. The loops are in Rust: rust/src/channels.rs,
 * mpsc.rs, offices.rs, selects.rs. */
#include "../harness/chan_loops.h"

#define DECLARE(name)                                                                              \
    void *name##_create(size_t capacity);                                                          \
    void name##_destroy(void *object);                                                             \
    bench_loop name##_pair, name##_produce, name##_consume, name##_drain;

DECLARE(crossbeam)
DECLARE(kanal)
DECLARE(flume)
DECLARE(mpsc)
DECLARE(fan)
bench_loop fan_produce_n;
void *office_create(size_t capacity);
void office_destroy(void *object);
bench_loop office_produce, office_consume, office_drain;

#define SUBJECT(name, label)                                                                       \
    {                                                                                              \
        "chan", label, NULL, 8, 0, name##_create, name##_destroy, {                                \
            BENCH_CHAN_ROLES(name)                                                                 \
        }                                                                                          \
    }

const bench_subject bench_peer_rust_channels[] = {
    SUBJECT(crossbeam, "crossbeam channel"),
    SUBJECT(kanal, "kanal"),
    SUBJECT(flume, "flume"),
    {"chan",
     "std::sync::mpsc",
     NULL,
     8,
     0,
     mpsc_create,
     mpsc_destroy,
     {BENCH_CHAN_ROLES(mpsc)},
     .consumers = 1},
    {"select",
     "crossbeam select!",
     NULL,
     8,
     0,
     fan_create,
     fan_destroy,
     {[BENCH_PAIR] = fan_pair,
      [BENCH_PRODUCE] = fan_produce,
      [BENCH_CONSUME] = fan_consume,
      [BENCH_PRODUCE_N] = fan_produce_n,
      [BENCH_CONSUME_N] = fan_consume,
      [BENCH_DRAIN] = fan_drain}},
    {"done",
     "crossbeam select!",
     NULL,
     8,
     0,
     office_create,
     office_destroy,
     {[BENCH_PRODUCE] = office_produce,
      [BENCH_CONSUME] = office_consume,
      [BENCH_DRAIN] = office_drain}},
    {NULL},
};
