/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.h - sequential specifications of FIFO queues, bounded and unbounded.
 *
 * A batch is a sequence of single steps; where it stops short, the last one failed. The
 * specifications differ in when a step may fail:
 *
 *   queue_spec          exact: only at a full or an empty queue.
 *   queue_spec_unbounded    exact, never full.
 *   queue_spec_spsc     as far as the caller can know: a push may say full if the queue would be,
 * were it not for pops that are concurrent with it; a pop mirrored. Ordered by time on one clock
 * spsc is exact; by happens-before it can be no more than this, since push and pop may miss each
 * other (store buffering). queue_spec_fast     the fast ring: a push may say full when some pop
 * that is concurrent with it has taken effect, a pop may say empty when some such push has. A batch
 * may fall short while anything is concurrent with it. queue_spec_lfring   the lock-free ring:
 * empty is exact; a push may say full while the elements and the other threads' calls in flight
 * together reach the capacity. Batches as above.
 *
 * A call that nothing is concurrent with is exact in all of them.
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
linearize_spec queue_spec_unbounded(void);
linearize_spec queue_spec_spsc(size_t capacity);
linearize_spec queue_spec_fast(size_t capacity);
linearize_spec queue_spec_lfring(size_t capacity);

#endif
