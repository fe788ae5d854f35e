/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.h - sequential specifications of FIFO queues, bounded and unbounded.
 *
 * They differ in what may fail and in how a batch acts:
 *
 *   queue_spec          exact: full and empty are said only of a queue that is. A batch is a
 *                       sequence of single steps, and falls short only at a full or empty queue.
 *   queue_spec_spsc     one producer, one consumer: exact, and a batch is one step. A batch that
 *                       moved something may fall short while the other side is at work.
 *   queue_spec_fast     the fast ring: a pop may also say empty while a push is in flight, a push
 *                       may say full while a pop is, a batch may fall short while anything is.
 *   queue_spec_lfring   the lock-free ring: empty is exact; a push may say full while the elements
 *                       and the other calls in flight together reach the capacity.
 *   queue_spec_unbounded    exact, never full.
 *
 * "In flight" means concurrent with the failing call. A call with no concurrent one is exact in
 * all.
 */
#ifndef WEIR_TESTS_SPECS_QUEUE_H
#define WEIR_TESTS_SPECS_QUEUE_H

#include "../linearize.h"

/* How to record: argument, status, value. */
enum queue_operation {
    QUEUE_PUSH,   /* the value; true or false (full); 0 */
    QUEUE_POP,    /* 0; true or false (empty); the value */
    QUEUE_PUSH_N, /* the values, packed; how many went; 0 */
    QUEUE_POP_N   /* how many are wanted; how many came; they, packed */
};

linearize_spec queue_spec(size_t capacity);
linearize_spec queue_spec_spsc(size_t capacity);
linearize_spec queue_spec_fast(size_t capacity);
linearize_spec queue_spec_lfring(size_t capacity);
linearize_spec queue_spec_unbounded(void);

#endif
