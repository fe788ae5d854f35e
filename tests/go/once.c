/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.c - the tests of Go's src/sync/once_test.go and the one of values in oncefunc_test.go, said
 * again for weir/once.h.
 *
 * Different here: a function that does not return (Go: that panics) leaves the once not done, so
 * the next caller runs its own. Not here, since there is nothing like it in C: OnceFunc's panics
 * that are thrown again in each caller.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/once.h>

#include <pthread.h>

enum { N = 10 };

typedef struct once_of_ten {
    weir_once once;
    int one; /* plain */
    int seen[N];
} once_of_ten;

static void increment(void *one) {
    ++*(int *)one;
}

static void do_once(unsigned me, void *shared) {
    once_of_ten *o = shared;
    weir_once_do(&o->once, increment, &o->one);
    o->seen[me] = o->one;
}

Test(go_once, once) {
    once_of_ten o = {0};
    cr_assert(threads_run(N, do_once, &o));
    for (int i = 0; i < N; i++)
        cr_assert_eq(o.seen[i], 1, "once failed inside run: %d is not 1", o.seen[i]);
    cr_assert_eq(o.one, 1, "once failed outside run: %d is not 1", o.one);
}

static weir_once panicking;

static void leave_thread(void *unused) {
    (void)unused;
    pthread_exit(NULL);
}

static void *do_and_leave(void *unused) {
    weir_once_do(&panicking, leave_thread, unused);
    return &panicking; /* not reached */
}

Test(go_once, once_panic) {
    int runs = 0;
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        void *result = &runs;
        cr_assert_eq(pthread_create(&thread, NULL, do_and_leave, NULL), 0);
        pthread_join(thread, &result);
        cr_assert_null(result, "the function returned");
        cr_assert_not(weir_once_done(&panicking));
    }
    weir_once_do(&panicking, increment, &runs);
    weir_once_do(&panicking, increment, &runs);
    cr_assert_eq(runs, 1, "once called twice");
}

WEIR_ONCE_VALUE(answers, int)

static int calls;

static bool next_call(int *value, void *unused) {
    (void)unused;
    *value = ++calls;
    return true;
}

Test(go_once, once_value) {
    answers value = {0};
    for (int i = 0; i < 5; i++)
        cr_assert_eq(*answers_get(&value, next_call, NULL), 1);
    cr_assert_eq(calls, 1);
}
