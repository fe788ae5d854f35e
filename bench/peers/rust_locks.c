/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * parking_lot's locks. The loops are in Rust: rust/src/locks.rs. */
#include "../harness/lock_loops.h"

void *parking_create(size_t capacity);
void parking_destroy(void *object);
bench_loop parking_pair, parking_hold, parking_ping, parking_echo;
bench_loop parkingrw_pair, parkingrw_hold, parkingrw_read, parkingrw_mix;

#define parkingrw_create parking_create
#define parkingrw_destroy parking_destroy

const bench_subject bench_peer_rust_locks[] = {
    BENCH_LOCK_SUBJECT("mutex", parking, "parking_lot", NULL, 0),
    BENCH_READ_SUBJECT("rwmutex", parkingrw, "parking_lot", NULL, 0),
    BENCH_BOX_SUBJECT("cond", parking, "parking_lot", NULL, 0),
    {NULL},
};
