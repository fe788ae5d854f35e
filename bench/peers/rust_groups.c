/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Rust's Once and Barrier, parking_lot's Once, crossbeam's WaitGroup. The loops are in Rust:
 * rust/src/groups.rs. */
#include "../harness/group_loops.h"

#define DECLARE(name)                                                                              \
    void *name##_create(size_t capacity);                                                          \
    void name##_destroy(void *object);

DECLARE(rust_once)
DECLARE(parking_once)
DECLARE(rust_wait_group)
DECLARE(rust_barrier)
bench_loop rust_once_pair, parking_once_pair, rust_wait_group_pair, rust_barrier_ping,
    rust_barrier_echo;

const bench_subject bench_peer_rust_groups[] = {
    BENCH_CALL_SUBJECT("once", rust_once, "Rust std Once", NULL, 0),
    BENCH_CALL_SUBJECT("once", parking_once, "parking_lot Once", NULL, 0),
    BENCH_CALL_SUBJECT("wait_group", rust_wait_group, "crossbeam WaitGroup", "clone and drop", 0),
    BENCH_MEET_SUBJECT("barrier", rust_barrier, "Rust std Barrier", NULL, 0),
    {NULL},
};
