/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * crossbeam-epoch. The loops are in Rust: rust/src/epoch.rs. */
#include "../harness/reclaim_loops.h"

void *epoch_create(size_t capacity);
void epoch_destroy(void *object);
bench_loop epoch_protect, epoch_retire;

const bench_subject bench_peer_crossbeam_epoch[] = {
    BENCH_RECLAIM_SUBJECT("protect", "crossbeam-epoch", "no bound; a pin for each read", 0,
                          epoch_create, epoch_destroy, epoch_protect),
    BENCH_RECLAIM_SUBJECT("retire", "crossbeam-epoch", "no bound", 0, epoch_create, epoch_destroy,
                          epoch_retire),
    {NULL},
};
