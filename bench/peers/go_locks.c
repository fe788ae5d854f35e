/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Go's sync.Mutex and sync.RWMutex. The loops are in Go: go/locks.go. */
#include "../harness/go.h"
#include "../harness/lock_loops.h"

BENCH_GO_OBJECT(go_mutex)
BENCH_GO_LOOP(go_mutex, pair)
BENCH_GO_LOOP(go_mutex, hold)
BENCH_GO_OBJECT(go_rwmutex)
BENCH_GO_LOOP(go_rwmutex, pair)
BENCH_GO_LOOP(go_rwmutex, hold)
BENCH_GO_LOOP(go_rwmutex, read)
BENCH_GO_LOOP(go_rwmutex, mix)

const bench_subject bench_peer_go_locks[] = {
    BENCH_LOCK_SUBJECT("mutex", go_mutex, "Go sync.Mutex", "on threads, called from C", 0),
    BENCH_READ_SUBJECT("rwmutex", go_rwmutex, "Go sync.RWMutex", "on threads, called from C", 0),
    {NULL},
};
