/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors */
#include "histogram.h"

#include <time.h>

uint64_t bench_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Values below BENCH_STEPS have a bucket each; above, each power of two has BENCH_STEPS of them. */
static size_t bucket_of(uint64_t value) {
    if (value < BENCH_STEPS)
        return (size_t)value;
    const unsigned shift = 63u - (unsigned)__builtin_clzll(value) - 5u; /* 2^5 == BENCH_STEPS */
    return (size_t)shift * BENCH_STEPS + (size_t)(value >> shift);
}

static double middle_of(size_t bucket) {
    if (bucket < 2 * BENCH_STEPS)
        return (double)bucket;
    const size_t shift = bucket / BENCH_STEPS - 1;
    const uint64_t low = (uint64_t)(bucket % BENCH_STEPS + BENCH_STEPS) << shift;
    return (double)low + (double)((uint64_t)1 << shift) / 2;
}

void bench_histogram_add(bench_histogram *histogram, uint64_t value) {
    histogram->count[bucket_of(value)]++;
    histogram->total++;
}

double bench_histogram_quantile(const bench_histogram *histogram, double share) {
    const double wanted = share * (double)histogram->total;
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < BENCH_BUCKETS; bucket++) {
        seen += histogram->count[bucket];
        if (seen > 0 && (double)seen >= wanted)
            return middle_of(bucket);
    }
    return 0;
}
