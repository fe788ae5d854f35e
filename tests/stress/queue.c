/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.c - the queue under many threads, more than there are cores: exactly once, in each
 * producer's order at each consumer, through many segments.
 *
 * WEIR_STRESS=N in the environment multiplies the number of messages.
 */
#include "support/check.h"
#include "support/quota.h"
#include "support/threads.h"

#define WEIR_QUEUE_SEGMENT 64 /* so that many come and go */
#include "support/backend.h"

#include <weir/queue.h>

#include <sched.h>

typedef struct parcel {
    uint64_t message;
    uint64_t inverted; /* ~message: a torn copy shows */
    uint64_t more;
} parcel;

WEIR_QUEUE(parcels, parcel)

enum { TOTAL = 100000 };

typedef struct rally {
    parcels queue;
    WEIR_I_ATOMIC(unsigned) torn;
    quota quota;
} rally;

static parcel wrap(uint64_t message) {
    const parcel p = {message, ~message, message * 3};
    return p;
}

static void consume(rally *r, unsigned consumer) {
    parcel p;
    if (!parcels_try_pop(&r->queue, &p)) {
        sched_yield();
        return;
    }
    if (p.inverted != ~p.message || p.more != p.message * 3)
        weir_i_fetch_add(&r->torn, 1, relaxed);
    quota_arrived(&r->quota, consumer, p.message);
}

static void run(unsigned me, void *shared) {
    rally *r = (rally *)shared;
    backend_enter();
    if (me < r->quota.producers) {
        for (uint64_t number = 0; number < r->quota.each;)
            number += parcels_push(&r->queue, wrap(quota_message(me, number))) == WEIR_OK;
    } else {
        while (quota_open(&r->quota))
            consume(r, me - r->quota.producers);
    }
    backend_leave();
}

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void rally_of(unsigned producers, unsigned consumers) {
    static rally r;
    backend_enter();
    cr_assert_eq(parcels_init(&r.queue), WEIR_OK);
    quota_start(&r.quota, producers, consumers, (uint64_t)TOTAL * times() / producers);
    cr_assert(threads_run(producers + consumers, run, &r));
    const char *wrong = quota_verdict(&r.quota);
    cr_assert_null(wrong, "%u/%u: %s", producers, consumers, wrong);
    cr_assert_eq(weir_i_load(&r.torn, relaxed), 0, "torn copies");
    cr_assert(parcels_empty(&r.queue));
    parcels_destroy(&r.queue);
    backend_leave();
}

Test(queue_stress, few_to_few, .timeout = 300) {
    rally_of(1, 1);
    rally_of(2, 2);
    rally_of(4, 4);
}

Test(queue_stress, one_to_many_and_many_to_one, .timeout = 300) {
    rally_of(1, 8);
    rally_of(8, 1);
}

Test(queue_stress, thirty_two_to_thirty_two, .timeout = 300) {
    rally_of(32, 32);
}

/* Threads that live for a few calls, on a queue that is nearly empty: poppers meet late pushes. */
static parcels brief;
static WEIR_I_ATOMIC(uint64_t) put, got, sum_put, sum_got;

static void *live_briefly(void *argument) {
    uint64_t first = (uint64_t)(uintptr_t)argument;
    parcel p;
    backend_enter();
    for (uint64_t i = first; i < first + 100; i++) {
        if (parcels_push(&brief, wrap(i)) == WEIR_OK) {
            weir_i_fetch_add(&put, 1, relaxed);
            weir_i_fetch_add(&sum_put, i, relaxed);
        }
        if (parcels_try_pop(&brief, &p)) {
            weir_i_fetch_add(&got, 1, relaxed);
            weir_i_fetch_add(&sum_got, p.message, relaxed);
        }
    }
    backend_leave();
    return NULL;
}

static void spawn_many(unsigned me, void *unused) {
    (void)unused;
    for (uintptr_t life = 0; life < 50; life++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, live_briefly, (void *)(life * 1000 + me)) == 0)
            pthread_join(thread, NULL);
    }
}

Test(queue_stress, threads_that_come_and_go, .timeout = 300) {
    parcel p;
    backend_enter();
    cr_assert_eq(parcels_init(&brief), WEIR_OK);
    cr_assert(threads_run(8, spawn_many, NULL));
    while (parcels_try_pop(&brief, &p)) {
        weir_i_fetch_add(&got, 1, relaxed);
        weir_i_fetch_add(&sum_got, p.message, relaxed);
    }
    cr_assert_eq(weir_i_load(&got, relaxed), weir_i_load(&put, relaxed));
    cr_assert_eq(weir_i_load(&sum_got, relaxed), weir_i_load(&sum_put, relaxed));
    parcels_destroy(&brief);
    backend_leave();
}
