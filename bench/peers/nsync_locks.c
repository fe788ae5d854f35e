/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * nsync: its lock, for writers and for readers, and its condition variable. */
#include "../harness/handoff_loops.h"
#include "../harness/lock_loops.h"

#include <nsync.h>

typedef struct locked {
    bench_guarded guarded;
    nsync_mu mu;
    nsync_cv filled;
    uint64_t value;
} locked;

static locked *of(void *object) {
    return object;
}

static void *nsync_create(size_t unused) {
    locked *made = calloc(1, sizeof *made);
    (void)unused;
    if (!made)
        abort();
    return made;
}

static void nsync_destroy(void *object) {
    free(object);
}

static inline void nsync_lock(void *object) {
    nsync_mu_lock(&of(object)->mu);
}
static inline void nsync_unlock(void *object) {
    nsync_mu_unlock(&of(object)->mu);
}

BENCH_LOCK_LOOPS(nsync)

#define nsyncrw_create nsync_create
#define nsyncrw_destroy nsync_destroy
#define nsyncrw_lock nsync_lock
#define nsyncrw_unlock nsync_unlock

static inline void nsyncrw_rlock(void *object) {
    nsync_mu_rlock(&of(object)->mu);
}
static inline void nsyncrw_runlock(void *object) {
    nsync_mu_runlock(&of(object)->mu);
}

BENCH_READ_LOOPS(nsyncrw)

#define nsyncbox_create nsync_create
#define nsyncbox_destroy nsync_destroy

static void nsyncbox_put(void *object, uint64_t value) {
    nsync_lock(object);
    of(object)->value = value;
    nsync_cv_signal(&of(object)->filled);
    nsync_unlock(object);
}
static uint64_t nsyncbox_take(void *object) {
    nsync_lock(object);
    while (of(object)->value == 0)
        nsync_cv_wait(&of(object)->filled, &of(object)->mu);
    const uint64_t value = of(object)->value;
    of(object)->value = 0;
    nsync_unlock(object);
    return value;
}

BENCH_BOX_LOOPS(nsyncbox)

const bench_subject bench_peer_nsync_locks[] = {
    BENCH_LOCK_SUBJECT("mutex", nsync, "nsync_mu", NULL, 0),
    BENCH_READ_SUBJECT("rwmutex", nsyncrw, "nsync_mu", NULL, 0),
    BENCH_BOX_SUBJECT("cond", nsyncbox, "nsync_cv", NULL, 0),
    {NULL},
};
