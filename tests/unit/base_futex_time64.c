/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_futex_time64.c - the same on a kernel that lacks the futex call with wide times: what it
 * says then must not pass for a wake, or who waits would spin.
 */
#define WEIR_I_SYS_FUTEX_TIME64 100000 /* no such call */
#include "base_futex.c"

#include <errno.h>

Test(futex_without_time64, sleeps_until_its_deadline) {
    weir_i_futex_word word = 0;
    const weir_time deadline = weir_in(20 * MILLISECOND);
    unsigned returns = 0;
    while (weir_i_futex_wait(&word, 0, deadline) == WEIR_OK)
        returns++;
    cr_assert_leq(returns, 3, "a failed call was taken for a wake %u times", returns);
    cr_assert_geq(weir_now(), deadline);
}
