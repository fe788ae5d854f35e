/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * futex_linux.h - the body of futex.h on Linux's futex(2).
 */
#ifndef WEIR_BASE_FUTEX_LINUX_H
#define WEIR_BASE_FUTEX_LINUX_H

#include <weir/base/futex.h>

#if !WEIR_FUTEX_PTHREAD

#include <sys/syscall.h>
#include <unistd.h>

WEIR_I_BEGIN

#ifndef __cplusplus
extern long syscall(long number, ...); /* hidden by <unistd.h> under -std=c11 */
#endif

/* Where time_t is wider than long the kernel has a second call that takes it. */
#if defined(SYS_futex_time64) && !defined(__LP64__)
#define WEIR_I_SYS_FUTEX (sizeof(time_t) > sizeof(long) ? SYS_futex_time64 : SYS_futex)
#else
#define WEIR_I_SYS_FUTEX SYS_futex
#endif

enum {
    WEIR_I_FUTEX_WAKE = 1 | 128,        /* FUTEX_WAKE, FUTEX_PRIVATE_FLAG */
    WEIR_I_FUTEX_WAIT_BITSET = 9 | 128, /* the wait whose timeout is absolute and monotonic */
};

WEIR_I_FUNC weir_status weir_i_futex_wait(weir_i_futex_word *word, uint32_t expected,
                                          weir_time deadline) {
    const uint32_t any = 0xffffffffu;
    struct timespec at;
    if (!weir_i_timespec(deadline, &at))
        return WEIR_TIMEOUT;
    long rc = syscall(WEIR_I_SYS_FUTEX, word, WEIR_I_FUTEX_WAIT_BITSET, expected,
                      deadline == WEIR_FOREVER ? NULL : &at, NULL, any);
    return rc != 0 && errno == ETIMEDOUT ? WEIR_TIMEOUT : WEIR_OK;
}

WEIR_I_FUNC void weir_i_futex_wake(weir_i_futex_word *word, int count) {
    /* EFAULT, when the word's memory is gone, is as good as nobody sleeping there. */
    (void)syscall(WEIR_I_SYS_FUTEX, word, WEIR_I_FUTEX_WAKE, count, NULL, NULL, 0);
}

WEIR_I_END

#endif
#endif
