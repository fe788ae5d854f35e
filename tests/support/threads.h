/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * threads.h - runs a function in many threads at once and waits for them all.
 *
 * Do this:
 *   static void worker(unsigned me, void *shared) { ... }
 *   cr_assert(threads_run(8, worker, &shared), "no threads");
 *
 * All leave a common start together. Workers do not assert (check.h says why): they record in
 * shared, the caller asserts after the return.
 */
#ifndef WEIR_TESTS_THREADS_H
#define WEIR_TESTS_THREADS_H

#include <pthread.h>
#include <stdbool.h>

enum { THREADS_MOST = 128 };

typedef void threads_function(unsigned me, void *shared);

/* False if the system would not start a thread; then none has run. */
bool threads_run(unsigned count, threads_function *function, void *shared);

#endif
