/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.c - a sampler fills records in place, a writer averages them in place: nothing is copied.
 */
#include <weir/spsc.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

typedef struct record {
    unsigned number;
    double samples[100];
} record;

WEIR_SPSC(records, record)

enum { RECORDS = 1000 };

static records queue;

static void *sample(void *unused) {
    (void)unused;
    for (unsigned number = 0; number < RECORDS; number++) {
        record *r;
        while (!(r = records_reserve(&queue)))
            sched_yield();
        r->number = number;
        for (int i = 0; i < 100; i++)
            r->samples[i] = (double)number + i;
        records_commit(&queue);
    }
    return NULL;
}

static double mean(const record *r) {
    double sum = 0;
    for (int i = 0; i < 100; i++)
        sum += r->samples[i];
    return sum / 100;
}

int main(void) {
    pthread_t sampler;
    double total = 0;
    if (records_init(&queue, 8) != WEIR_OK || pthread_create(&sampler, NULL, sample, NULL) != 0)
        return 1;
    for (unsigned number = 0; number < RECORDS; number++) {
        const record *r;
        while (!(r = records_front(&queue)))
            sched_yield();
        if (r->number != number)
            return 1;
        total += mean(r);
        records_release(&queue);
    }
    pthread_join(sampler, NULL);
    records_destroy(&queue);
    printf("mean of means %.1f\n", total / (double)RECORDS);
    return 0;
}
