/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * clock.h - time, always as nanoseconds on one monotonic clock.
 *
 * Do this:
 *   weir_time deadline = weir_in(5 * 1000 * 1000);   // 5 ms from now
 *   status = something_until(&object, deadline);
 *
 * A deadline is absolute: a loop that waits again after a stray wake needs no arithmetic.
 *
 * Override: WEIR_CLOCK(), an expression of type int64_t, for a virtual clock in tests. The default
 * is CLOCK_MONOTONIC, the clock on which futex.h sleeps.
 */
#ifndef WEIR_BASE_CLOCK_H
#define WEIR_BASE_CLOCK_H

#include <weir/base/config.h>

#include <time.h>

WEIR_I_BEGIN

typedef int64_t weir_time;

#define WEIR_NOW INT64_MIN     /* a deadline long past: do not wait */
#define WEIR_FOREVER INT64_MAX /* a deadline that never comes */

#define WEIR_I_SECOND 1000000000

#ifdef CLOCK_MONOTONIC
#define WEIR_I_CLOCK_MONOTONIC CLOCK_MONOTONIC
#else
#define WEIR_I_CLOCK_MONOTONIC 1 /* its value on Linux, where -std=c11 hides the name */
#endif

#ifndef WEIR_CLOCK
#ifndef __cplusplus
/* <time.h> hides it under -std=c11; a repeated declaration is harmless. */
extern int clock_gettime(int clock, struct timespec *now);
#endif

WEIR_I_FUNC weir_time weir_i_clock_monotonic(void) {
    struct timespec now = {0, 0};
    (void)clock_gettime(WEIR_I_CLOCK_MONOTONIC, &now); /* cannot fail: the clock is there */
    return WEIR_I_CAST(weir_time, now.tv_sec) * WEIR_I_SECOND + now.tv_nsec;
}
#define WEIR_CLOCK() weir_i_clock_monotonic()
#endif

/* The time now, in nanoseconds since an unspecified start. Never goes back. */
WEIR_I_FUNC weir_time weir_now(void) {
    return WEIR_CLOCK();
}

/* The deadline ns nanoseconds from now; saturates, so that any ns is safe. */
WEIR_I_FUNC weir_time weir_in(int64_t ns) {
    weir_time deadline;
    if (__builtin_add_overflow(weir_now(), ns, &deadline))
        return ns > 0 ? WEIR_FOREVER : WEIR_NOW;
    return deadline;
}

WEIR_I_END

#endif
