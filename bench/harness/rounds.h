/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rounds.h - one round: a subject does a workload for a few milliseconds.
 *
 * The threads are made once, thread i pinned to the i-th of the processors allowed (modulo their
 * number), and sleep between rounds. In a round they first meet at a barrier. Each round has a new
 * object. What was pushed is checked against what was popped; a difference ends the program.
 */
#ifndef BENCH_ROUNDS_H
#define BENCH_ROUNDS_H

#include "bench.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bench_round {
    double ns;           /* per element (pair, round trip); infinite if none went through */
    double cpu_ns;       /* the same in processor time, of all threads together */
    double delay[3];     /* nanoseconds, see bench_quantiles; 0 without ping */
    double line_ns;      /* just before: a bare cache line there and back; 0 with one thread
                          * or processor */
    double *thread_done; /* in and out, may be NULL: adds what each thread did, in crew order */
} bench_round;

extern const double bench_quantiles[3];

/* Whether subject has a loop for each role of the workload, and elements of its size. */
bool bench_can(const bench_subject *subject, const bench_workload *workload);

/* How many processors this process may use. */
unsigned bench_processors(void);

unsigned bench_threads(const bench_workload *workload);

void bench_run_round(const bench_subject *subject, const bench_workload *workload,
                     uint64_t length_ns, bench_round *round);

#ifdef __cplusplus
}
#endif

#endif
