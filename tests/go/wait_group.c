/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.c - the tests of Go's src/sync/waitgroup_test.go, said again for weir/wait_group.h.
 *
 * Different here: an Add from zero beside a wait, and a round that begins before the waiters of the
 * last have returned, are no misuse. So where misuse2 and misuse3 expect a panic at least once in a
 * million runs, here nothing may go wrong in any.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/wait_group.h>

#include <pthread.h>

enum { N = 16 };

typedef struct two_groups {
    weir_wait_group first;
    weir_wait_group second;
    WEIR_I_ATOMIC(int) exited;
} two_groups;

static void *done_and_wait(void *argument) {
    two_groups *g = argument;
    weir_wait_group_done(&g->first);
    weir_wait_group_wait(&g->second);
    weir_i_fetch_add(&g->exited, 1, relaxed);
    return NULL;
}

Test(go_wait_group, wait_group, .timeout = 60) {
    static two_groups g;
    for (int round = 0; round < 8; round++) {
        pthread_t threads[N];
        int early = 0;
        weir_i_store(&g.exited, 0, relaxed);
        weir_wait_group_add(&g.first, N);
        weir_wait_group_add(&g.second, N);
        for (int i = 0; i < N; i++)
            cr_assert_eq(pthread_create(&threads[i], NULL, done_and_wait, &g), 0);
        weir_wait_group_wait(&g.first);
        for (int i = 0; i < N; i++) {
            early += weir_i_load(&g.exited, relaxed);
            weir_wait_group_done(&g.second);
        }
        for (int i = 0; i < N; i++)
            pthread_join(threads[i], NULL);
        cr_assert_eq(early, 0, "the group was released too soon");
        cr_assert_eq(weir_i_load(&g.exited, relaxed), N);
    }
}

Test(go_wait_group, misuse, .signal = SIGABRT) {
    weir_wait_group group = {0};
    weir_wait_group_add(&group, 1);
    weir_wait_group_done(&group);
    weir_wait_group_done(&group);
}

typedef struct misused {
    weir_wait_group group;
    unsigned runs;
    pthread_barrier_t start;
    pthread_barrier_t end;
} misused;

static void misuse2(unsigned me, void *shared) {
    misused *m = shared;
    for (unsigned i = 0; i < m->runs; i++) {
        if (me == 0)
            weir_wait_group_add(&m->group, 1);
        pthread_barrier_wait(&m->start);
        if (me == 1) {
            weir_wait_group_wait(&m->group);
        } else if (me == 2) {
            weir_wait_group_add(&m->group, 1); /* the bad guy */
            weir_wait_group_done(&m->group);
        } else {
            weir_wait_group_done(&m->group);
        }
        pthread_barrier_wait(&m->end);
    }
}

static void add_done_wait(misused *m, bool add) {
    if (add)
        weir_wait_group_add(&m->group, 1);
    else
        weir_wait_group_done(&m->group);
}

static void misuse3(unsigned me, void *shared) {
    misused *m = shared;
    for (unsigned i = 0; i < m->runs; i++) {
        if (me == 0)
            add_done_wait(m, true);
        pthread_barrier_wait(&m->start);
        if (me == 0) {
            add_done_wait(m, false);
        } else if (me == 1) {
            weir_wait_group_wait(&m->group); /* the next round may begin meanwhile */
        } else {
            weir_wait_group_wait(&m->group);
            add_done_wait(m, true);
            add_done_wait(m, false);
            weir_wait_group_wait(&m->group);
        }
        pthread_barrier_wait(&m->end);
    }
}

static void misuse_by(threads_function *function) {
    static misused m;
    memset(&m, 0, sizeof m);
    m.runs = 1000;
    cr_assert_eq(pthread_barrier_init(&m.start, NULL, 3), 0);
    cr_assert_eq(pthread_barrier_init(&m.end, NULL, 3), 0);
    cr_assert(threads_run(3, function, &m));
    cr_assert(weir_wait_group_try_wait(&m.group));
    pthread_barrier_destroy(&m.start);
    pthread_barrier_destroy(&m.end);
}

Test(go_wait_group, misuse2, .timeout = 60) {
    misuse_by(misuse2);
}

Test(go_wait_group, misuse3, .timeout = 60) {
    misuse_by(misuse3);
}

typedef struct counted {
    weir_wait_group group;
    WEIR_I_ATOMIC(int) n;
} counted;

static void *count_and_done(void *argument) {
    counted *c = argument;
    weir_i_fetch_add(&c->n, 1, relaxed);
    weir_wait_group_done(&c->group);
    return NULL;
}

Test(go_wait_group, race, .timeout = 60) {
    for (int i = 0; i < 1000; i++) {
        counted c = {WEIR_WAIT_GROUP_INIT, 0};
        pthread_t threads[2];
        for (int t = 0; t < 2; t++) {
            weir_wait_group_add(&c.group, 1);
            cr_assert_eq(pthread_create(&threads[t], NULL, count_and_done, &c), 0);
        }
        weir_wait_group_wait(&c.group);
        const int n = weir_i_load(&c.n, relaxed);
        for (int t = 0; t < 2; t++)
            pthread_join(threads[t], NULL);
        cr_assert_eq(n, 2, "spurious wakeup from wait");
    }
}

typedef struct unaligned {
    char x;
    weir_wait_group group;
} unaligned;

static void *done_there(void *argument) {
    weir_wait_group_done(&((unaligned *)argument)->group);
    return NULL;
}

Test(go_wait_group, align) {
    unaligned x = {'x', WEIR_WAIT_GROUP_INIT};
    pthread_t thread;
    weir_wait_group_add(&x.group, 1);
    cr_assert_eq(pthread_create(&thread, NULL, done_there, &x), 0);
    weir_wait_group_wait(&x.group);
    pthread_join(thread, NULL);
}
