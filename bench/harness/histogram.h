/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * histogram.h - times in buckets that grow with the time: each is at most 1/32 of its value wide.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { BENCH_STEPS = 32, BENCH_BUCKETS = 60 * BENCH_STEPS };

struct bench_histogram {
    uint64_t count[BENCH_BUCKETS];
    uint64_t total;
};

/* Nanoseconds of the monotonic clock. */
uint64_t bench_now(void);

void bench_histogram_add(bench_histogram *histogram, uint64_t value);

/* The value that `share` (0 to 1) of all that were added do not exceed, up to the bucket's width.
 */
double bench_histogram_quantile(const bench_histogram *histogram, double share);

#ifdef __cplusplus
}
#endif

#endif
