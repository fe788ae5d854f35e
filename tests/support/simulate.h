/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * simulate.h - random histories that are right by construction, to test the checkers.
 *
 * Threads that exist only as a record take turns at random: each begins a call, lets it take effect
 * at one moment on a sequential object, and returns from it. What the moments were is forgotten; a
 * checker has to find some.
 */
#ifndef WEIR_TESTS_SIMULATE_H
#define WEIR_TESTS_SIMULATE_H

#include "history.h"

#include <stdbool.h>

/* A generator of random numbers (SplitMix64); any seed will do. */
static inline uint64_t random_next(uint64_t *seed) {
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline unsigned random_below(uint64_t *seed, unsigned bound) {
    return (unsigned)(random_next(seed) % bound);
}

typedef struct simulation {
    uint64_t *seed;
    unsigned calls;   /* in all threads together */
    bool interrupted; /* stop when the last call has begun: some stay pending */
    void *object;
    void (*choose)(struct simulation *s, history_call *call); /* sets operation and argument */
    void (*act)(struct simulation *s, history_call *call);    /* the effect: status and value */
} simulation;

/* Adds the calls to an initialised history; its clock is not used. */
void simulate(simulation *s, history *h);

#endif
