/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * crossbeam's ArrayQueue and SegQueue. The loops are in Rust: rust/src/array_queue.rs,
 * seg_queue.rs. */
#include "../harness/queue_loops.h"

#define DECLARE(name)                                                                              \
    void *name##_create(size_t capacity);                                                          \
    void name##_destroy(void *object);                                                             \
    bench_loop name##_pair, name##_produce, name##_consume, name##_drain, name##_ping, name##_echo;

DECLARE(array8)
DECLARE(array16)
DECLARE(array64)
DECLARE(seg8)

#define SUBJECT(suite, label, name, size)                                                          \
    {                                                                                              \
        suite, "crossbeam " label, NULL, size, 0, name##_create, name##_destroy, {                 \
            BENCH_QUEUE_ROLES(name)                                                                \
        }                                                                                          \
    }

const bench_subject bench_peer_crossbeam[] = {
    SUBJECT("ring", "ArrayQueue", array8, 8),     SUBJECT("ring", "ArrayQueue", array16, 16),
    SUBJECT("ring", "ArrayQueue", array64, 64),   SUBJECT("lfring", "ArrayQueue", array8, 8),
    SUBJECT("lfring", "ArrayQueue", array16, 16), SUBJECT("lfring", "ArrayQueue", array64, 64),
    SUBJECT("queue", "SegQueue", seg8, 8),        {NULL},
};
