/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * futex.h - sleep while a word has a value, wake who sleeps on it.
 *
 * Do this:
 *   while (weir_i_load(&word, acquire) == 0)
 *       if (weir_i_futex_wait(&word, 0, deadline) == WEIR_TIMEOUT) return WEIR_TIMEOUT;
 * and on the other side:
 *   weir_i_store(&word, 1, release);
 *   weir_i_futex_wake(&word, 1);
 *
 * Promises: a wake that follows a change of the word is not missed by a wait that expected the old
 * value. Returns without reason are normal (signals, a wake meant for an earlier user of the same
 * memory): the caller looks again. Wake touches no memory at the address, so the word may already
 * be gone. A wait is no cancellation point. Threads of one process only.
 *
 * Two bodies: futex_linux.h on futex(2); and futex_pthread.h, a table of lists, for any system with
 * POSIX threads (WEIR_FUTEX_PTHREAD 1 forces it). The table is state that is one per process, see
 * WEIR_STATE in config.h; a child of fork() starts with whatever bucket was locked and with
 * sleepers that have no thread any more: if another thread could be in here at the fork, it must
 * stay out.
 */
#ifndef WEIR_BASE_FUTEX_H
#define WEIR_BASE_FUTEX_H

#include <weir/base/atomic.h>
#include <weir/base/clock.h>
#include <weir/base/status.h>

#include <errno.h>

WEIR_I_BEGIN

typedef WEIR_I_ATOMIC(uint32_t) weir_i_futex_word;

/* Sleeps while *word == expected, at most until deadline. WEIR_TIMEOUT if the deadline passed;
 * WEIR_OK for any other return: woken, for no reason, or because the word had another value. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_i_futex_wait(weir_i_futex_word *word,
                                                           uint32_t expected, weir_time deadline);

/* Wakes at most count of those who sleep on word. */
WEIR_I_FUNC void weir_i_futex_wake(weir_i_futex_word *word, int count);

WEIR_I_END

/* The seconds of a deadline; the last that a time_t of so many bytes can tell, if it is later. */
WEIR_I_FUNC int64_t weir_i_seconds(weir_time deadline, size_t bytes) {
    const int64_t seconds = deadline / WEIR_I_SECOND;
    return bytes < sizeof seconds && seconds > INT32_MAX ? INT32_MAX : seconds;
}

/* A deadline as the system wants it; false for one that is past before the clock began. */
WEIR_I_FUNC bool weir_i_timespec(weir_time deadline, struct timespec *at) {
    at->tv_sec = WEIR_I_CAST(time_t, weir_i_seconds(deadline, sizeof at->tv_sec));
    at->tv_nsec = WEIR_I_CAST(long, deadline % WEIR_I_SECOND);
    return deadline >= 0;
}

#if !defined(__linux__)
#undef WEIR_FUTEX_PTHREAD
#define WEIR_FUTEX_PTHREAD 1
#endif
#include <weir/base/futex_linux.h>
#include <weir/base/futex_pthread.h>

#endif
