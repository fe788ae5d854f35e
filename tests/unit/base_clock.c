/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_clock.c - the real clock (base.c pretends another).
 */
#include "support/check.h"

#include <weir/base/clock.h>

Test(clock, never_goes_back) {
    weir_time last = weir_now();
    cr_assert_gt(last, 0);
    for (int i = 0; i < 10000; i++) {
        const weir_time now = weir_now();
        cr_assert_geq(now, last);
        last = now;
    }
}
