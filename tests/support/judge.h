/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * judge.h - linearizability in a program of the explorer.
 *
 * Do this, in tests/explore/NAME.c:
 *   static bool push(uint64_t value) {
 *       judge_begin(QUEUE_PUSH, value);
 *       const bool done = numbers_try_push(&numbers, value);
 *       judge_end(done, 0);
 *       return done;
 *   }
 *   EXPLORE_PROGRAM(numbers_are_a_queue) {
 *       judge_start();
 *       ... spawn, join ...
 *       judge(queue_spec_fast(2));   // fails the execution if no order explains the results
 *   }
 *
 * Calls are ordered by happens-before: a thread may miss what it could not know of. So let one
 * thread do more than one thing, or two threads meet, if a program is to find wrong failures. And
 * choose a specification that can hold then (specs/queue.h).
 *
 * This file and the checker belong to the explorer's side: they are compiled without the
 * instrumentation, take no steps, and are not put back between executions.
 */
#ifndef WEIR_TESTS_JUDGE_H
#define WEIR_TESTS_JUDGE_H

#include "linearize.h"

enum { JUDGE_CALLS = 32 }; /* of one thread, at most */

/* First in the body: forgets the execution before. */
void judge_start(void);

/* Around a call, by the thread that makes it. A thread that is stopped leaves its call pending. */
void judge_begin(unsigned operation, uint64_t argument);
void judge_end(int status, uint64_t value);

/* Last in the body, after the join. */
#define judge(spec) judge_at(__FILE__, __LINE__, (spec))
void judge_at(const char *file, int line, linearize_spec spec);

/* What judge() found wrong in this execution, in full; "" if nothing. */
const char *judge_explanation(void);

#endif
