/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * futex_linux.h - the body of futex.h on Linux's futex(2).
 */
#ifndef WEIR_BASE_FUTEX_LINUX_H
#define WEIR_BASE_FUTEX_LINUX_H

#include <weir/base/futex.h>

#if !WEIR_FUTEX_PTHREAD

#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

WEIR_I_BEGIN

#ifndef __cplusplus
extern long syscall(long number, ...); /* hidden by <unistd.h> under -std=c11 */
#endif

/* On 32-bit systems a second call takes wide times, and kernels before 5.1 know only the first. A
 * test names a call that no kernel has. */
#if !defined(WEIR_I_SYS_FUTEX_TIME64) && defined(SYS_futex_time64) && !defined(__LP64__)
#define WEIR_I_SYS_FUTEX_TIME64 SYS_futex_time64
#endif
#ifdef SYS_futex
#define WEIR_I_SYS_FUTEX SYS_futex
#else
#define WEIR_I_SYS_FUTEX SYS_futex_time64
#endif

enum {
    WEIR_I_FUTEX_WAKE = 1 | 128,        /* FUTEX_WAKE, FUTEX_PRIVATE_FLAG */
    WEIR_I_FUTEX_WAIT_BITSET = 9 | 128, /* the wait whose timeout is absolute and monotonic */
};

/* The system call, until an absolute time, or NULL: forever. */
WEIR_I_FUNC long weir_i_futex_sleep(weir_i_futex_word *word, uint32_t expected,
                                    const struct timespec *at) {
    const uint32_t any = 0xffffffffu;
#ifdef WEIR_I_SYS_FUTEX_TIME64
    const int64_t wide[2] = {at ? at->tv_sec : 0, at ? at->tv_nsec : 0};
    const int64_t most = LONG_MAX;
    const long narrow[2] = {WEIR_I_CAST(long, wide[0] < most ? wide[0] : most),
                            WEIR_I_CAST(long, wide[1])};
    const long rc = syscall(WEIR_I_SYS_FUTEX_TIME64, word, WEIR_I_FUTEX_WAIT_BITSET, expected,
                            at ? wide : NULL, NULL, any);
    if (rc == 0 || errno != ENOSYS)
        return rc;
    at = (const struct timespec *)(const void *)(at ? narrow : NULL);
#endif
    return syscall(WEIR_I_SYS_FUTEX, word, WEIR_I_FUTEX_WAIT_BITSET, expected, at, NULL, any);
}

WEIR_I_FUNC weir_status weir_i_futex_wait(weir_i_futex_word *word, uint32_t expected,
                                          weir_time deadline) {
    const int error = errno; /* a lock that changed it would surprise */
    struct timespec at;
    if (!weir_i_timespec(deadline, &at))
        return WEIR_TIMEOUT;
    const long rc = weir_i_futex_sleep(word, expected, deadline == WEIR_FOREVER ? NULL : &at);
    const weir_status status = rc != 0 && errno == ETIMEDOUT ? WEIR_TIMEOUT : WEIR_OK;
    errno = error;
    return status;
}

WEIR_I_FUNC void weir_i_futex_wake(weir_i_futex_word *word, int count) {
    const int error = errno;
    /* EFAULT, when the word's memory is gone, is as good as nobody sleeping there. */
    (void)syscall(WEIR_I_SYS_FUTEX, word, WEIR_I_FUTEX_WAKE, count, NULL, NULL, 0);
    errno = error;
}

WEIR_I_END

#endif
#endif
