/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Go's sync.Once and sync.WaitGroup. The loops are in Go: go/groups.go. */
#include "../harness/go.h"
#include "../harness/group_loops.h"

BENCH_GO_OBJECT(go_once)
BENCH_GO_LOOP(go_once, pair)
BENCH_GO_OBJECT(go_wait_group)
BENCH_GO_LOOP(go_wait_group, pair)

const bench_subject bench_peer_go_groups[] = {
    BENCH_CALL_SUBJECT("once", go_once, "Go sync.Once", NULL, 0),
    BENCH_CALL_SUBJECT("wait_group", go_wait_group, "Go sync.WaitGroup", NULL, 0),
    {NULL},
};
