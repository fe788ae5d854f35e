/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.c - the tests of Go's sync.Cond (src/sync/cond_test.go), said again for weir_cond. What Go
 * passes through channels is counted under the mutex.
 */
#include "support/check.h"
#include "support/eventually.h"
#include "support/threads.h"

#include <weir/cond.h>

#include <pthread.h>
#include <string.h>

enum { MOST = 200 };

typedef struct scene {
    weir_mutex mutex;
    weir_cond cond;
    unsigned running; /* under the mutex: have begun to wait */
    unsigned awake;   /* under the mutex */
    bool exit;
    pthread_t threads[MOST];
} scene;

/* One of the counters, under the mutex. */
static unsigned look(scene *s, const unsigned *counter) {
    weir_mutex_lock(&s->mutex);
    const unsigned value = *counter;
    weir_mutex_unlock(&s->mutex);
    return value;
}

static void *wait_once(void *argument) {
    scene *s = (scene *)argument;
    weir_mutex_lock(&s->mutex);
    s->running++;
    weir_cond_wait(&s->cond, &s->mutex);
    s->awake++;
    weir_mutex_unlock(&s->mutex);
    return NULL;
}

static void start(scene *s, unsigned n, void *(*run)(void *)) {
    memset(s, 0, sizeof *s);
    for (unsigned i = 0; i < n; i++)
        cr_assert_eq(pthread_create(&s->threads[i], NULL, run, s), 0);
}

static void join(scene *s, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        pthread_join(s->threads[i], NULL);
}

Test(go_cond, signal, .timeout = 60) {
    static scene s;
    start(&s, 2, wait_once);
    cr_assert(EVENTUALLY(look(&s, &s.running) == 2));
    for (unsigned woken = 0; woken < 2; woken++) {
        cr_assert_eq(look(&s, &s.awake), woken, "goroutine not asleep");
        weir_mutex_lock(&s.mutex);
        weir_cond_signal(&s.cond);
        weir_mutex_unlock(&s.mutex);
        cr_assert(EVENTUALLY(look(&s, &s.awake) == woken + 1));
        sched_yield();
        cr_assert_eq(look(&s, &s.awake), woken + 1, "too many goroutines awake");
    }
    weir_cond_signal(&s.cond);
    join(&s, 2);
}

/* Each round a signal wakes one generation, and the order is that of arrival. */
static unsigned next_in[MOST];
static unsigned next_out[MOST];

static void *wait_in_generation(void *argument) {
    scene *s = (scene *)argument;
    weir_mutex_lock(&s->mutex);
    const unsigned me = s->running++;
    next_in[me] = me;
    weir_cond_wait(&s->cond, &s->mutex);
    next_out[s->awake++] = me;
    weir_mutex_unlock(&s->mutex);
    return NULL;
}

Test(go_cond, signal_generations, .timeout = 60) {
    static scene s;
    const unsigned n = 100;
    memset(&s, 0, sizeof s);
    for (unsigned i = 0; i < n; i++) {
        cr_assert_eq(pthread_create(&s.threads[i], NULL, wait_in_generation, &s), 0);
        if (i > 0)
            cr_assert(EVENTUALLY(look(&s, &s.awake) == i));
        cr_assert(EVENTUALLY(look(&s, &s.running) == i + 1));
        weir_mutex_lock(&s.mutex);
        weir_cond_signal(&s.cond);
        weir_mutex_unlock(&s.mutex);
    }
    join(&s, n);
    for (unsigned i = 0; i < n; i++)
        cr_assert_eq(next_out[i], i, "wrong goroutine woke up");
}

static void *wait_again_and_again(void *argument) {
    scene *s = (scene *)argument;
    weir_mutex_lock(&s->mutex);
    while (!s->exit) {
        s->running++;
        weir_cond_wait(&s->cond, &s->mutex);
        s->awake++;
    }
    weir_mutex_unlock(&s->mutex);
    return NULL;
}

Test(go_cond, broadcast, .timeout = 120) {
    static scene s;
    const unsigned n = MOST;
    start(&s, n, wait_again_and_again);
    for (unsigned i = 0; i < n; i += 10) {
        cr_assert(EVENTUALLY(look(&s, &s.running) == n));
        cr_assert_eq(look(&s, &s.awake), 0, "goroutine not asleep");
        weir_mutex_lock(&s.mutex);
        s.running = 0;
        s.exit = i + 10 >= n;
        weir_cond_broadcast(&s.cond);
        weir_mutex_unlock(&s.mutex);
        cr_assert(EVENTUALLY(look(&s, &s.awake) == n));
        weir_mutex_lock(&s.mutex);
        s.awake = 0;
        weir_mutex_unlock(&s.mutex);
    }
    weir_cond_broadcast(&s.cond);
    join(&s, n);
}

/* Three take turns, each handing on by a broadcast. */
typedef struct race {
    weir_mutex mutex;
    weir_cond cond;
    int x;
    bool wrong;
} race;

static void take_turn(unsigned me, void *shared) {
    race *r = (race *)shared;
    weir_mutex_lock(&r->mutex);
    if (me == 0) {
        r->x = 1;
        weir_cond_wait(&r->cond, &r->mutex);
        r->wrong |= r->x != 2;
        r->x = 3;
        weir_cond_signal(&r->cond);
    } else if (me == 1) {
        while (r->x != 1) {
            weir_mutex_unlock(&r->mutex);
            sched_yield();
            weir_mutex_lock(&r->mutex);
        }
        r->x = 2;
        weir_cond_signal(&r->cond);
    } else {
        while (r->x != 2 && r->x != 3) {
            weir_mutex_unlock(&r->mutex);
            sched_yield();
            weir_mutex_lock(&r->mutex);
        }
        while (r->x == 2) {
            weir_cond_wait(&r->cond, &r->mutex);
            r->wrong |= r->x != 3;
        }
    }
    weir_mutex_unlock(&r->mutex);
}

Test(go_cond, race, .timeout = 60) {
    for (int i = 0; i < 20; i++) {
        race r = {WEIR_MUTEX_INIT, WEIR_COND_INIT, 0, false};
        cr_assert(threads_run(3, take_turn, &r));
        cr_assert_not(r.wrong);
    }
}

/* A signal is for one that waits already: one that comes later must not get it instead. */
typedef struct stealing {
    weir_mutex mutex;
    weir_cond cond;
    bool first_waits;
    bool first_is_up;
    bool done;
} stealing;

static void *first(void *argument) {
    stealing *s = (stealing *)argument;
    weir_mutex_lock(&s->mutex);
    s->first_waits = true;
    weir_cond_wait(&s->cond, &s->mutex);
    s->first_is_up = true;
    weir_mutex_unlock(&s->mutex);
    return NULL;
}

static void *second(void *argument) {
    stealing *s = (stealing *)argument;
    weir_mutex_lock(&s->mutex);
    while (!s->done)
        weir_cond_wait(&s->cond, &s->mutex);
    weir_mutex_unlock(&s->mutex);
    return NULL;
}

static bool flag(stealing *s, const bool *which) {
    weir_mutex_lock(&s->mutex);
    const bool value = *which;
    weir_mutex_unlock(&s->mutex);
    return value;
}

Test(go_cond, signal_stealing, .timeout = 120) {
    for (int i = 0; i < 300; i++) {
        stealing s = {WEIR_MUTEX_INIT, WEIR_COND_INIT, false, false, false};
        pthread_t threads[2];
        cr_assert_eq(pthread_create(&threads[0], NULL, first, &s), 0);
        cr_assert(EVENTUALLY(flag(&s, &s.first_waits)));
        cr_assert_eq(pthread_create(&threads[1], NULL, second, &s), 0);
        weir_cond_signal(&s.cond);
        cr_assert(EVENTUALLY(flag(&s, &s.first_is_up)), "First goroutine did not wake up");
        weir_mutex_lock(&s.mutex);
        s.done = true;
        weir_mutex_unlock(&s.mutex);
        weir_cond_broadcast(&s.cond);
        pthread_join(threads[0], NULL);
        pthread_join(threads[1], NULL);
    }
}
