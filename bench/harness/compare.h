/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * compare.h - all subjects of a workload side by side, in many short rounds.
 */
#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

#include "bench.h"

#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bench_options {
    const char *filter; /* extended regular expression over cell names such as ring/4/4/8/1024 */
    unsigned rounds;
    double round_ms;
    bool is_quick;  /* the quick workloads only */
    bool list_only; /* the names of the cells, one a line, and nothing else */
    double budget;  /* seconds for all of it, or 0: shorter rounds, then fewer, to stay within;
                     * and fewer still where the machine is slower than planned */
} bench_options;

/* Measures the cells that the filter lets through and writes them to out as a JSON array, each
 * round of each subject; progress goes to stderr. Returns how many cells there were; options then
 * has the rounds as they were. */
unsigned bench_compare(bench_options *options, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
