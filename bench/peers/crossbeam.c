/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * crossbeam's ArrayQueue. The loops are in Rust: rust/src/array_queue.rs. */
#include "../harness/queue_loops.h"

#define DECLARE(name)                                                                              \
    void *name##_create(size_t capacity);                                                          \
    void name##_destroy(void *object);                                                             \
    bench_loop name##_pair, name##_produce, name##_consume, name##_drain, name##_ping, name##_echo;

DECLARE(array8)
DECLARE(array16)
DECLARE(array64)

#define SUBJECT(name, size)                                                                        \
    {                                                                                              \
        "ring", "crossbeam ArrayQueue", NULL, size, 0, name##_create, name##_destroy, {            \
            BENCH_QUEUE_ROLES(name)                                                                \
        }                                                                                          \
    }

const bench_subject bench_peer_crossbeam[] = {
    SUBJECT(array8, 8),
    SUBJECT(array16, 16),
    SUBJECT(array64, 64),
    {NULL},
};
