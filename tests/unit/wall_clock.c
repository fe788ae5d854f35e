/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wall_clock.c - somebody sets the clock on the wall, back or on: no deadline notices. Here that
 * clock jumps each time it is asked, and who asks it, or sleeps by it, is found out.
 */
#include <pthread.h>
#include <time.h>

/* What the headers call in place of the C library. */
static int watched_clock_gettime(clockid_t clock, struct timespec *now);
__attribute__((unused)) static int watched_setclock(pthread_condattr_t *attributes,
                                                    clockid_t clock);

#define clock_gettime watched_clock_gettime
#define pthread_condattr_setclock watched_setclock
#include "deadlines.c"
#undef clock_gettime
#undef pthread_condattr_setclock

static WEIR_I_ATOMIC(unsigned) looked; /* at the right clock */
static WEIR_I_ATOMIC(unsigned) slept;  /* by it, without futex(2) */
static WEIR_I_ATOMIC(unsigned) wall;   /* looks at another, and sleeps by it */

static int watched_clock_gettime(clockid_t clock, struct timespec *now) {
    const int rc = clock_gettime(clock, now);
    if (clock == CLOCK_MONOTONIC)
        weir_i_fetch_add(&looked, 1, relaxed);
    else
        now->tv_sec += weir_i_fetch_add(&wall, 1, relaxed) % 2 ? -3600 : 3600;
    return rc;
}

static int watched_setclock(pthread_condattr_t *attributes, clockid_t clock) {
    weir_i_fetch_add(clock == CLOCK_MONOTONIC ? &slept : &wall, 1, relaxed);
    return pthread_condattr_setclock(attributes, clock);
}

Test(wall_clock, sets_no_deadline_and_ends_no_sleep, .timeout = 60) {
    start();
    for (unsigned call = 0; call < CALLS; call++) {
        const weir_time deadline = weir_in(2000000);
        cr_assert_eq(wait_on(call, deadline), WEIR_TIMEOUT, "call %u", call);
        cr_assert_geq(weir_now(), deadline, "call %u", call);
    }
    cr_assert(nobody_waits());
    cr_assert(weir_i_load(&looked, relaxed) >= CALLS);
    cr_assert_eq(weir_i_load(&wall, relaxed), 0);
#if WEIR_FUTEX_PTHREAD
    cr_assert(weir_i_load(&slept, relaxed) > 0);
#else
    /* The kernel's absolute times are monotonic unless FUTEX_CLOCK_REALTIME says otherwise. */
    cr_assert_eq(WEIR_I_FUTEX_WAIT_BITSET & 256, 0);
#endif
    finish();
}
