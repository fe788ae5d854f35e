/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Copyright (c) 2009 The Go Authors. All rights reserved.
 *
 * deque.c - the test of the deques inside Go's sync.Pool (src/sync/pool_test.go: TestPoolDequeue,
 * of a bounded one, and TestPoolChain, of one that grows), put to weir's.
 *
 * Go's head is the owner's end (push and pop), its tail the thieves' (steal). One thread pushes and
 * now and then pops, nine steal, and each value is seen once. Go's 2 million values are 200000
 * here, times WEIR_STRESS.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/deque.h>

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

WEIR_DEQUE_BOUNDED(pool_dequeue, unsigned)
WEIR_DEQUE(pool_chain, unsigned)
WEIR_DEQUE_FIFO(fifo_chain, unsigned)

enum { THREADS = 10, VALUES = 200000 };

static pool_dequeue dequeue;
static pool_chain chain;
static fifo_chain fifo;

/* The deque under test. */
typedef struct ends {
    bool (*push_head)(unsigned value);
    bool (*pop_head)(unsigned *value);
    bool (*pop_tail)(unsigned *value);
} ends;

#define ENDS(name, object)                                                                         \
    static bool name##_push_head(unsigned value) {                                                 \
        return name##_push(&(object), value) == WEIR_OK;                                           \
    }                                                                                              \
    static bool name##_pop_head(unsigned *value) {                                                 \
        return name##_pop(&(object), value);                                                       \
    }                                                                                              \
    static bool name##_pop_tail(unsigned *value) {                                                 \
        return name##_steal(&(object), value) == WEIR_OK;                                          \
    }                                                                                              \
    static const ends name##_ends = {name##_push_head, name##_pop_head, name##_pop_tail};

ENDS(pool_dequeue, dequeue)
ENDS(pool_chain, chain)
ENDS(fifo_chain, fifo)

typedef struct trial {
    const ends *d;
    unsigned values;
    atomic_uchar *have; /* by value: how often it was seen */
    atomic_bool stop;
    unsigned popped_head;
} trial;

static void record(trial *t, unsigned value) {
    atomic_fetch_add(&t->have[value], 1);
    if (value == t->values - 1)
        atomic_store(&t->stop, true);
}

static void consume(trial *t) {
    unsigned value;
    unsigned failed = 0;
    while (!atomic_load(&t->stop)) {
        if (t->d->pop_tail(&value)) {
            failed = 0;
            record(t, value);
        } else if (++failed % 100 == 0) {
            sched_yield(); /* allow the pusher to run */
        }
    }
}

static void produce(trial *t) {
    for (unsigned j = 0; j < t->values; j++) {
        unsigned value;
        while (!t->d->push_head(j))
            sched_yield(); /* allow a popper to run */
        if (j % 10 == 0 && t->d->pop_head(&value)) {
            t->popped_head++;
            record(t, value);
        }
    }
}

static void run(unsigned me, void *shared) {
    if (me == 0)
        produce((trial *)shared);
    else
        consume((trial *)shared);
}

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void test_pool_dequeue(const ends *d) {
    trial t = {.d = d, .values = VALUES * times()};
    unsigned wrong = 0;
    t.have = calloc(t.values, sizeof *t.have);
    cr_assert_not_null(t.have);
    cr_assert(threads_run(THREADS, run, &t));
    for (unsigned i = 0; i < t.values; i++)
        wrong += atomic_load(&t.have[i]) != 1;
    free(t.have);
    cr_assert_eq(wrong, 0, "%u values were not seen exactly once", wrong);
    cr_assert_gt(t.popped_head, 0, "popHead never succeeded");
}

Test(go_deque, TestPoolDequeue, .timeout = 300) {
    cr_assert_eq(pool_dequeue_init(&dequeue, 16), WEIR_OK);
    test_pool_dequeue(&pool_dequeue_ends);
    pool_dequeue_destroy(&dequeue);
}

Test(go_deque, TestPoolChain, .timeout = 300) {
    cr_assert_eq(pool_chain_init(&chain, 8), WEIR_OK);
    test_pool_dequeue(&pool_chain_ends);
    pool_chain_destroy(&chain);
}

/* Not in Go: the same for the flavour whose owner takes the oldest. A value that is popped at the
 * head is then an older one, so the last is always stolen last or popped last. */
Test(go_deque, TestPoolChain_fifo, .timeout = 300) {
    cr_assert_eq(fifo_chain_init(&fifo, 8), WEIR_OK);
    test_pool_dequeue(&fifo_chain_ends);
    fifo_chain_destroy(&fifo);
}
