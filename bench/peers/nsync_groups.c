/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * nsync: once, counter, and a mutex with a condition variable as an event. */
#include "../harness/group_loops.h"
#include "../harness/handoff_loops.h"

#include <nsync.h>
#include <stdlib.h>

static nsync_once flag = NSYNC_ONCE_INIT;

static void nothing(void) {}

static void *nsync_run_create(size_t unused) {
    (void)unused;
    return &flag;
}

static void nsync_run_destroy(void *object) {
    (void)object;
}

static inline void nsync_run_call(void *object) {
    nsync_run_once((nsync_once *)object, nothing);
}

static void *nsync_count_create(size_t unused) {
    (void)unused;
    return nsync_counter_new(1); /* not zero: at zero it is done with */
}

static void nsync_count_destroy(void *object) {
    nsync_counter_free(object);
}

static inline void nsync_count_call(void *object) {
    (void)nsync_counter_add((nsync_counter)object, 1);
    (void)nsync_counter_add((nsync_counter)object, -1);
}

typedef struct box {
    nsync_mu mutex;
    nsync_cv filled;
    uint64_t value; /* 0: empty */
} box;

static void *nsync_box_create(size_t unused) {
    box *b = calloc(1, sizeof *b);
    (void)unused;
    if (!b)
        abort();
    nsync_mu_init(&b->mutex);
    nsync_cv_init(&b->filled);
    return b;
}

static void nsync_box_destroy(void *object) {
    free(object);
}

static void nsync_box_put(void *object, uint64_t value) {
    box *b = object;
    nsync_mu_lock(&b->mutex);
    b->value = value;
    nsync_cv_signal(&b->filled);
    nsync_mu_unlock(&b->mutex);
}

static uint64_t nsync_box_take(void *object) {
    box *b = object;
    nsync_mu_lock(&b->mutex);
    while (!b->value)
        nsync_cv_wait(&b->filled, &b->mutex);
    const uint64_t value = b->value;
    b->value = 0;
    nsync_mu_unlock(&b->mutex);
    return value;
}

static void nsync_box_notify(void *object) {
    nsync_cv_signal(&((box *)object)->filled);
}

BENCH_CALL_LOOPS(nsync_run)
BENCH_CALL_LOOPS(nsync_count)
BENCH_HANDOFF_LOOPS(nsync_box)

const bench_subject bench_peer_nsync_groups[] = {
    BENCH_CALL_SUBJECT("once", nsync_run, "nsync_once", NULL, 0),
    BENCH_CALL_SUBJECT("wait_group", nsync_count, "nsync_counter", "not for a second round", 0),
    BENCH_HANDOFF_SUBJECT_OF("event", nsync_box, "nsync_cv", NULL, 0),
    {NULL},
};
