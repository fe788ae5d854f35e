/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Goroutines as tasks. The loop is in Go: go/tasks.go. */
#include "../harness/go.h"

BENCH_GO_OBJECT(tasks8)
BENCH_GO_LOOP(tasks8, fork)

const bench_subject bench_peer_go_tasks[] = {
    {"fork_join",
     "goroutines",
     NULL,
     8,
     0,
     tasks8_create,
     tasks8_destroy,
     {[BENCH_FORK] = tasks8_fork}},
    {NULL},
};
