/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.c - the tests of Go's sync.RWMutex (src/sync/rwmutex_test.go), said again for
 * weir_rwmutex.
 */
#include "support/check.h"
#include "support/eventually.h"
#include "support/threads.h"

#include <weir/rwmutex.h>

#include <pthread.h>

/* All readers are in at one time. */
typedef struct parallel {
    weir_rwmutex lock;
    unsigned readers;
    WEIR_I_ATOMIC(unsigned) in;
} parallel;

static void read_together(unsigned me, void *shared) {
    parallel *p = (parallel *)shared;
    (void)me;
    weir_rwmutex_rlock(&p->lock);
    weir_i_fetch_add(&p->in, 1, relaxed);
    while (weir_i_load(&p->in, relaxed) < p->readers)
        sched_yield();
    weir_rwmutex_runlock(&p->lock);
}

Test(go_rwmutex, parallel_readers, .timeout = 60) {
    const unsigned readers[] = {1, 3, 4};
    for (int i = 0; i < 3; i++) {
        static parallel p;
        memset(&p, 0, sizeof p);
        p.readers = readers[i];
        cr_assert(threads_run(p.readers, read_together, &p));
    }
}

/* activity: a reader adds 1, a writer 10000; the sums say who is in with whom. */
typedef struct hammered {
    weir_rwmutex lock;
    unsigned iterations;
    WEIR_I_ATOMIC(int) activity;
    WEIR_I_ATOMIC(unsigned) wrong;
} hammered;

static void linger(void) {
    for (volatile int i = 0; i < 100; i++) {
    }
}

static void hammer_reader(hammered *h) {
    for (unsigned i = 0; i < h->iterations; i++) {
        weir_rwmutex_rlock(&h->lock);
        const int n = weir_i_fetch_add(&h->activity, 1, relaxed) + 1;
        if (n < 1 || n >= 10000)
            weir_i_fetch_add(&h->wrong, 1, relaxed);
        linger();
        weir_i_fetch_sub(&h->activity, 1, relaxed);
        weir_rwmutex_runlock(&h->lock);
    }
}

static void hammer_writer(hammered *h) {
    for (unsigned i = 0; i < h->iterations; i++) {
        weir_rwmutex_lock(&h->lock);
        if (weir_i_fetch_add(&h->activity, 10000, relaxed) != 0)
            weir_i_fetch_add(&h->wrong, 1, relaxed);
        linger();
        weir_i_fetch_sub(&h->activity, 10000, relaxed);
        weir_rwmutex_unlock(&h->lock);
    }
}

static void hammer(unsigned me, void *shared) {
    hammered *h = (hammered *)shared;
    if (me < 2)
        hammer_writer(h);
    else
        hammer_reader(h);
}

Test(go_rwmutex, hammer, .timeout = 120) {
    const unsigned readers[] = {1, 3, 5, 10};
    for (int i = 0; i < 4; i++) {
        static hammered h;
        memset(&h, 0, sizeof h);
        h.iterations = 1000;
        cr_assert(threads_run(2 + readers[i], hammer, &h));
        cr_assert_eq(weir_i_load(&h.wrong, relaxed), 0);
    }
}

Test(go_rwmutex, tries) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_rwmutex_lock(&m);
    cr_assert_not(weir_rwmutex_try_lock(&m), "TryLock succeeded with rwmutex locked");
    cr_assert_not(weir_rwmutex_try_rlock(&m), "TryRLock succeeded with rwmutex locked");
    weir_rwmutex_unlock(&m);
    cr_assert(weir_rwmutex_try_lock(&m), "TryLock failed with rwmutex unlocked");
    weir_rwmutex_unlock(&m);
    cr_assert(weir_rwmutex_try_rlock(&m), "TryRLock failed with rwmutex unlocked");
    cr_assert(weir_rwmutex_try_rlock(&m), "TryRLock failed with rwmutex rlocked");
    cr_assert_not(weir_rwmutex_try_lock(&m), "TryLock succeeded with rwmutex rlocked");
    weir_rwmutex_runlock(&m);
    weir_rwmutex_runlock(&m);
}

/* Who writes is not in with readers, who may be many; the lock changes hands in all ways. */
typedef struct locker {
    weir_rwmutex lock;
    WEIR_I_ATOMIC(unsigned) got;
} locker;

static void *write_lock(void *argument) {
    locker *l = (locker *)argument;
    weir_rwmutex_lock(&l->lock);
    weir_i_store(&l->got, 1, relaxed);
    weir_rwmutex_unlock(&l->lock);
    return NULL;
}

static void *read_lock(void *argument) {
    locker *l = (locker *)argument;
    weir_rwmutex_rlock(&l->lock);
    weir_i_store(&l->got, 1, relaxed);
    weir_rwmutex_runlock(&l->lock);
    return NULL;
}

static void stays_out_until(void *(*who)(void *), locker *l, void (*unlock)(weir_rwmutex *)) {
    pthread_t thread;
    weir_i_store(&l->got, 0, relaxed);
    cr_assert_eq(pthread_create(&thread, NULL, who, l), 0);
    const weir_time later = weir_in(2000 * 1000);
    while (weir_now() < later)
        sched_yield();
    cr_assert_eq(weir_i_load(&l->got, relaxed), 0);
    unlock(&l->lock);
    pthread_join(thread, NULL);
    cr_assert_eq(weir_i_load(&l->got, relaxed), 1);
}

Test(go_rwmutex, rlocker, .timeout = 60) {
    static locker l;
    for (int i = 0; i < 10; i++) {
        weir_rwmutex_rlock(&l.lock);
        weir_rwmutex_rlock(&l.lock);
        weir_rwmutex_runlock(&l.lock);
        stays_out_until(write_lock, &l, weir_rwmutex_runlock);
        weir_rwmutex_lock(&l.lock);
        stays_out_until(read_lock, &l, weir_rwmutex_unlock);
    }
}

Test(go_rwmutex, misuse_unlock, .signal = SIGABRT) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_rwmutex_unlock(&m);
}

Test(go_rwmutex, misuse_unlock2, .signal = SIGABRT) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_rwmutex_rlock(&m);
    weir_rwmutex_unlock(&m);
}

Test(go_rwmutex, misuse_unlock3, .signal = SIGABRT) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_rwmutex_lock(&m);
    weir_rwmutex_unlock(&m);
    weir_rwmutex_unlock(&m);
}

Test(go_rwmutex, misuse_runlock, .signal = SIGABRT) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_rwmutex_runlock(&m);
}

Test(go_rwmutex, misuse_runlock2, .signal = SIGABRT) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_rwmutex_lock(&m);
    weir_rwmutex_runlock(&m);
}

Test(go_rwmutex, misuse_runlock3, .signal = SIGABRT) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_rwmutex_rlock(&m);
    weir_rwmutex_runlock(&m);
    weir_rwmutex_runlock(&m);
}
