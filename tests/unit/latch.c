/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch.c - latches: counting, misuse, deadlines, meeting. Built twice, see latch_pthread.c.
 */
#define WEIR_CHECKED 1
#include "support/check.h"
#include "support/mini_select.h"
#include "support/threads.h"

#include <weir/latch.h>

#include <string.h>

enum { MILLISECOND = 1000000 };

Test(latch, is_open_when_zeroed) {
    weir_latch latch;
    memset(&latch, 0, sizeof latch);
    cr_assert(weir_latch_try_wait(&latch));
    weir_latch_wait(&latch);
    cr_assert_eq(weir_latch_wait_until(&latch, WEIR_NOW), WEIR_OK);
    weir_latch_destroy(&latch);
}

Test(latch, opens_when_it_has_been_counted_down) {
    weir_latch latch = WEIR_LATCH_INIT(3);
    weir_latch_count_down(&latch, 0);
    weir_latch_count_down(&latch, 1);
    cr_assert_not(weir_latch_try_wait(&latch));
    cr_assert_eq(weir_latch_wait_until(&latch, WEIR_NOW), WEIR_TIMEOUT);
    weir_latch_count_down(&latch, 2);
    cr_assert(weir_latch_try_wait(&latch));
    weir_latch_count_down(&latch, 0);
    cr_assert_eq(weir_latch_wait_until(&latch, WEIR_NOW), WEIR_OK);
}

Test(latch, init_takes_what_can_be_counted) {
    weir_latch latch;
    cr_assert_eq(weir_latch_init(&latch, 0), WEIR_OK);
    cr_assert(weir_latch_try_wait(&latch));
    cr_assert_eq(weir_latch_init(&latch, WEIR_LATCH_MOST), WEIR_OK);
    weir_latch_count_down(&latch, WEIR_LATCH_MOST - 1);
    cr_assert_not(weir_latch_try_wait(&latch));
    weir_latch_arrive_and_wait(&latch);
    cr_assert_eq(weir_latch_init(&latch, WEIR_LATCH_MOST + 1u), WEIR_INVALID);
    cr_assert_eq(weir_latch_init(&latch, UINT32_MAX), WEIR_INVALID);
}

Test(latch, a_count_too_many_panics, .signal = SIGABRT) {
    weir_latch latch = WEIR_LATCH_INIT(1);
    weir_latch_count_down(&latch, 2);
}

Test(latch, the_largest_count_panics, .signal = SIGABRT) {
    weir_latch latch = WEIR_LATCH_INIT(1);
    weir_latch_count_down(&latch, UINT32_MAX);
}

Test(latch, an_arrival_at_an_open_latch_panics, .signal = SIGABRT) {
    weir_latch latch = WEIR_LATCH_INIT(0);
    weir_latch_arrive_and_wait(&latch);
}

Test(latch, destroyed_before_it_opens_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_latch latch = WEIR_LATCH_INIT(1);
    weir_latch_destroy(&latch);
}

Test(latch, counting_down_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_latch latch = WEIR_LATCH_INIT(0);
    weir_latch_destroy(&latch);
    weir_latch_count_down(&latch, 1);
}

Test(latch, waiting_for_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_latch latch = WEIR_LATCH_INIT(0);
    weir_latch_destroy(&latch);
    weir_latch_wait(&latch);
}

Test(latch, looking_at_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_latch latch = WEIR_LATCH_INIT(0);
    weir_latch_destroy(&latch);
    (void)weir_latch_try_wait(&latch);
}

Test(latch, destroying_a_destroyed_one_panics_in_the_checked_build, .signal = SIGABRT) {
    weir_latch latch = WEIR_LATCH_INIT(0);
    weir_latch_destroy(&latch);
    weir_latch_destroy(&latch);
}

Test(latch, a_destroyed_one_can_be_made_again) {
    weir_latch latch = WEIR_LATCH_INIT(0);
    weir_latch_destroy(&latch);
    cr_assert_eq(weir_latch_init(&latch, 1), WEIR_OK);
    weir_latch_arrive_and_wait(&latch);
    weir_latch_destroy(&latch);
}

Test(latch, an_arrival_stands_after_a_timeout, .timeout = 60) {
    weir_latch latch = WEIR_LATCH_INIT(2);
    const weir_time deadline = weir_in(2 * MILLISECOND);
    cr_assert_eq(weir_latch_arrive_and_wait_until(&latch, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    cr_assert_eq(weir_latch_arrive_and_wait_until(&latch, WEIR_NOW), WEIR_OK);
}

Test(latch, a_case_is_ready_when_open) {
    weir_latch latch = WEIR_LATCH_INIT(1);
    weir_case c = weir_latch_case(&latch);
    cr_assert_eq(mini_select_until(&c, 1, WEIR_NOW), -1);
    weir_latch_count_down(&latch, 1);
    cr_assert_eq(mini_select_until(&c, 1, WEIR_NOW), 0);
    cr_assert_null(weir_latch_case(NULL).kind);
}

typedef struct meeting {
    weir_latch latch;
    int came[8];
    WEIR_I_ATOMIC(int) missed;
} meeting;

static void meet(unsigned me, void *shared) {
    meeting *m = shared;
    m->came[me] = 1;
    weir_latch_arrive_and_wait(&m->latch);
    for (int i = 0; i < 8; i++)
        if (!m->came[i])
            weir_i_fetch_add(&m->missed, 1, relaxed);
}

Test(latch, all_meet, .timeout = 60) {
    for (int i = 0; i < 100; i++) {
        meeting m = {WEIR_LATCH_INIT(8), {0}, 0};
        cr_assert(threads_run(8, meet, &m));
        cr_assert_eq(weir_i_load(&m.missed, relaxed), 0);
    }
}
