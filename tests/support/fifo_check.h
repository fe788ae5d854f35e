/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fifo_check.h - was this a FIFO queue? For long histories: n calls in O(n log n).
 *
 * Do this:
 *   fifo_report report;
 *   if (fifo_check(&past, FIFO_EXACT, &report) != FIFO_OK)
 *       fifo_explain(&report, stderr);
 *
 * The history is that of specs/queue.h (QUEUE_PUSH and QUEUE_POP), ordered by time, complete (join,
 * nothing pending), and no value was pushed twice. The answer is exact for an unbounded queue: the
 * same that linearize() would give, could it finish (docs/design/linearizability.md has the proof).
 * Failed pushes are ignored, so a bounded queue's "full" is not judged here. To have lost elements
 * found, go on until a pop fails after the last push.
 */
#ifndef WEIR_TESTS_FIFO_CHECK_H
#define WEIR_TESTS_FIFO_CHECK_H

#include "history.h"

#include <stdbool.h>
#include <stdio.h>

typedef enum fifo_empties {
    FIFO_EXACT,  /* a pop may fail only if the queue was empty at a moment within the call */
    FIFO_EXCUSED /* or if a successful push was concurrent with it, as in the fast ring */
} fifo_empties;

typedef enum fifo_verdict {
    FIFO_OK,
    FIFO_FRESH,       /* popped, but nobody pushed it */
    FIFO_TWICE,       /* popped twice */
    FIFO_EARLY,       /* the pop ended before its push began */
    FIFO_OVERTAKEN,   /* pushed first, popped last */
    FIFO_LOST,        /* overtaken by a later push that was popped, and never popped itself */
    FIFO_WRONG_EMPTY, /* a pop failed, though at each moment some element was in the queue */
    FIFO_UNSUITED     /* no verdict: a pending call, a value pushed twice, a batch, or no memory */
} fifo_verdict;

typedef struct fifo_report {
    fifo_verdict verdict;
    const history_call *calls[4]; /* those that contradict each other, then NULL */
} fifo_report;

fifo_verdict fifo_check(const history *h, fifo_empties empties, fifo_report *report);
void fifo_explain(const fifo_report *report, FILE *out);

#endif
