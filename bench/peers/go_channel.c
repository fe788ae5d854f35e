/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Go's buffered channel as a queue that never blocks. The loops are in Go: go/channel.go. */
#include "../harness/go.h"
#include "../harness/queue_loops.h"

BENCH_GO_QUEUE(channel8)
BENCH_GO_QUEUE(channel16)
BENCH_GO_QUEUE(channel64)

#define SUBJECT(name, size)                                                                        \
    {                                                                                              \
        "ring", "Go channel", "a lock inside; select with default", size, 0, name##_create,        \
            name##_destroy, {                                                                      \
            BENCH_QUEUE_ROLES(name)                                                                \
        }                                                                                          \
    }

const bench_subject bench_peer_go_channel[] = {
    SUBJECT(channel8, 8),
    SUBJECT(channel16, 16),
    SUBJECT(channel64, 64),
    {NULL},
};
