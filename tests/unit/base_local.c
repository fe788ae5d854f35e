/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_local.c - the pointer per thread and the call at its exit.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/base/atomic.h>
#include <weir/base/local.h>

static WEIR_I_ATOMIC(unsigned) left;
static WEIR_I_ATOMIC(unsigned) stale;

static void count_leave(void *pointer);
WEIR_I_LOCAL(first, count_leave)
WEIR_I_LOCAL(second, count_leave);

static void count_leave(void *pointer) {
    if (first_get() == pointer)
        weir_i_fetch_add(&stale, 1, relaxed);
    weir_i_fetch_add(&left, *(unsigned *)pointer, relaxed);
    free(pointer);
}

static void set_both(unsigned me, void *shared) {
    bool *ok = (bool *)shared;
    unsigned *one = (unsigned *)malloc(sizeof *one);
    unsigned *thousand = (unsigned *)malloc(sizeof *thousand);
    *one = 1;
    *thousand = 1000;
    ok[me] = first_get() == NULL && second_get() == NULL && first_set(one) &&
             second_set(thousand) && first_get() == one && second_get() == thousand;
}

Test(local, each_thread_has_its_own_and_leaves_once) {
    bool ok[20] = {false};
    cr_assert(threads_run(20, set_both, ok));
    for (int i = 0; i < 20; i++)
        cr_assert(ok[i]);
    cr_assert_eq(weir_i_load(&left, relaxed), 20 * 1001);
    cr_assert_eq(weir_i_load(&stale, relaxed), 0, "the hook sees an empty slot");
}

static void set_and_clear(unsigned me, void *shared) {
    static unsigned never = 1000000;
    (void)me;
    (void)shared;
    (void)first_set(&never);
    (void)first_set(NULL);
}

Test(local, a_cleared_pointer_has_no_exit) {
    weir_i_store(&left, 0, relaxed);
    cr_assert(threads_run(4, set_and_clear, NULL));
    cr_assert_eq(weir_i_load(&left, relaxed), 0);
}
