/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * quota.h - stress of a queue: each message arrives exactly once, in its producer's order.
 *
 * Do this:
 *   static quota q;
 *   quota_start(&q, producers, consumers, messages_each);
 *   producer p: push quota_message(p, n) for n = 0, 1, ..., messages_each - 1
 *   consumer c: while (quota_open(&q)) if (pop(&m)) quota_arrived(&q, c, m);
 *   after the join: cr_assert_null(quota_verdict(&q));
 *
 * A message is {producer, number}. A consumer remembers the last number it saw of each producer:
 * that checks order. The sum over all consumers of numbers and counts checks exactly once: with the
 * numbers of one producer strictly rising at each consumer, a lost or doubled message shows in the
 * count or in the two sums (of numbers, and of their squares).
 */
#ifndef WEIR_TESTS_QUOTA_H
#define WEIR_TESTS_QUOTA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { QUOTA_THREADS = 64 };

typedef struct quota_seen {
    uint64_t next; /* the least number that may come */
    uint64_t count;
    uint64_t sum;
    uint64_t squares;
} quota_seen;

typedef struct quota_consumer {
    _Alignas(128) quota_seen of[QUOTA_THREADS]; /* by producer */
    uint64_t disorder;
    uint64_t foreign;
} quota_consumer;

typedef struct quota {
    unsigned producers;
    unsigned consumers;
    uint64_t each;
    _Alignas(128) _Atomic(uint64_t) arrived;
    quota_consumer consumer[QUOTA_THREADS];
} quota;

void quota_start(quota *q, unsigned producers, unsigned consumers, uint64_t each);

static inline uint64_t quota_message(unsigned producer, uint64_t number) {
    return (uint64_t)producer << 48 | number;
}

/* True while messages are missing. */
static inline bool quota_open(quota *q) {
    return atomic_load_explicit(&q->arrived, memory_order_relaxed) < q->producers * q->each;
}

void quota_arrived(quota *q, unsigned consumer, uint64_t message);

/* NULL if all is well, else what went wrong. */
const char *quota_verdict(const quota *q);

/* Prints the least and the most that came to one consumer, as parts of their mean. */
void quota_report(const quota *q, const char *what);

#endif
