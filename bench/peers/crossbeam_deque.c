/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * crossbeam's Worker and Stealer, and its Injector. The loops are in Rust: rust/src/deque.rs,
 * injector.rs. */
#include "../harness/deque_loops.h"

#define DECLARE(name)                                                                              \
    void *name##_create(size_t capacity);                                                          \
    void name##_destroy(void *object);                                                             \
    bench_loop name##_pair, name##_stack, name##_owner, name##_thief, name##_drain;

DECLARE(worker_lifo8)
DECLARE(worker_lifo16)
DECLARE(worker_fifo8)

void *injector8_create(size_t capacity);
void injector8_destroy(void *object);
bench_loop injector8_pair, injector8_pair_n;

#define SUBJECT(label, name, size)                                                                 \
    {                                                                                              \
        "deque", label, NULL, size, 0, name##_create, name##_destroy, {                            \
            BENCH_DEQUE_ROLES(name)                                                                \
        }                                                                                          \
    }

const bench_subject bench_peer_crossbeam_deque[] = {
    SUBJECT("crossbeam LIFO", worker_lifo8, 8),
    SUBJECT("crossbeam LIFO", worker_lifo16, 16),
    SUBJECT("crossbeam FIFO", worker_fifo8, 8),
    {"injector",
     "crossbeam Injector",
     NULL,
     8,
     0,
     injector8_create,
     injector8_destroy,
     {[BENCH_PAIR] = injector8_pair, [BENCH_PAIR_N] = injector8_pair_n}},
    {NULL},
};
