/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 */
#include "quota.h"

#include <stdio.h>
#include <string.h>

void quota_start(quota *q, unsigned producers, unsigned consumers, uint64_t each) {
    memset(q, 0, sizeof *q);
    q->producers = producers;
    q->consumers = consumers;
    q->each = each;
}

void quota_arrived(quota *q, unsigned consumer, uint64_t message) {
    quota_consumer *me = &q->consumer[consumer];
    const uint64_t producer = message >> 48;
    const uint64_t number = message & (((uint64_t)1 << 48) - 1);
    if (producer >= q->producers || number >= q->each) {
        me->foreign++;
    } else {
        quota_seen *seen = &me->of[producer];
        me->disorder += number < seen->next;
        seen->next = number + 1;
        seen->count++;
        seen->sum += number;
        seen->squares += number * number;
    }
    atomic_fetch_add_explicit(&q->arrived, 1, memory_order_relaxed);
}

const char *quota_verdict(const quota *q) {
    quota_seen right = {0, 0, 0, 0};
    for (uint64_t number = 0; number < q->each; number++) {
        right.count++;
        right.sum += number;
        right.squares += number * number;
    }
    for (unsigned p = 0; p < q->producers; p++) {
        quota_seen all = {0, 0, 0, 0};
        for (unsigned c = 0; c < q->consumers; c++) {
            if (q->consumer[c].foreign)
                return "a message came that nobody sent";
            if (q->consumer[c].disorder)
                return "a consumer got a producer's messages out of order or twice";
            all.count += q->consumer[c].of[p].count;
            all.sum += q->consumer[c].of[p].sum;
            all.squares += q->consumer[c].of[p].squares;
        }
        if (all.count != right.count || all.sum != right.sum || all.squares != right.squares)
            return "a message was lost or came twice";
    }
    return NULL;
}

void quota_report(const quota *q, const char *what) {
    const double mean = (double)(q->producers * q->each) / q->consumers;
    uint64_t least = UINT64_MAX;
    uint64_t most = 0;
    for (unsigned c = 0; c < q->consumers; c++) {
        uint64_t count = 0;
        for (unsigned p = 0; p < q->producers; p++)
            count += q->consumer[c].of[p].count;
        least = count < least ? count : least;
        most = count > most ? count : most;
    }
    printf("%s %u/%u: a consumer got %.2f to %.2f of the mean\n", what, q->producers, q->consumers,
           (double)least / mean, (double)most / mean);
}
