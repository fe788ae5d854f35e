/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.c - the tests of Go's sync.Mutex (src/sync/mutex_test.go), said again for weir_mutex.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/mutex.h>

#include <pthread.h>
#include <time.h>

enum { LOOPS = 1000, MICROSECOND = 1000 };

static void hammer(unsigned me, void *shared) {
    weir_mutex *m = (weir_mutex *)shared;
    (void)me;
    for (int i = 0; i < LOOPS; i++) {
        if (i % 3 == 0) {
            if (weir_mutex_try_lock(m))
                weir_mutex_unlock(m);
            continue;
        }
        weir_mutex_lock(m);
        weir_mutex_unlock(m);
    }
}

Test(go_mutex, hammer, .timeout = 60) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_lock(&m);
    cr_assert_not(weir_mutex_try_lock(&m), "TryLock succeeded with mutex locked");
    weir_mutex_unlock(&m);
    cr_assert(weir_mutex_try_lock(&m), "TryLock failed with mutex unlocked");
    weir_mutex_unlock(&m);
    cr_assert(threads_run(10, hammer, &m));
}

static void nap(void) {
    const struct timespec hundred = {0, 100 * MICROSECOND};
    nanosleep(&hundred, NULL);
}

/* One holds the mutex nearly always, another wants it ten times. */
typedef struct fair {
    weir_mutex mutex;
    WEIR_I_ATOMIC(bool) stop;
    unsigned times;
} fair;

static void hog_or_visit(unsigned me, void *shared) {
    fair *f = (fair *)shared;
    if (me == 0) {
        while (!weir_i_load(&f->stop, relaxed)) {
            weir_mutex_lock(&f->mutex);
            nap();
            weir_mutex_unlock(&f->mutex);
        }
        return;
    }
    for (int i = 0; i < 10; i++) {
        nap();
        weir_mutex_lock(&f->mutex);
        f->times++;
        weir_mutex_unlock(&f->mutex);
    }
    weir_i_store(&f->stop, true, relaxed);
}

Test(go_mutex, fairness, .timeout = 10) {
    fair f = {WEIR_MUTEX_INIT, false, 0};
    cr_assert(threads_run(2, hog_or_visit, &f));
    cr_assert_eq(f.times, 10);
}

Test(go_mutex, misuse_unlock, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_unlock(&m);
}

Test(go_mutex, misuse_unlock2, .signal = SIGABRT) {
    weir_mutex m = WEIR_MUTEX_INIT;
    weir_mutex_lock(&m);
    weir_mutex_unlock(&m);
    weir_mutex_unlock(&m);
}
