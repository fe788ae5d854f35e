/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * os.c - the system calls that programs make: futex, membarrier, the clock.
 *
 * Time is virtual. It passes a little with each look at the clock, and it jumps when a driver lets
 * a sleeper's deadline come, or when nobody else can run. A sleep may also end for no reason; which
 * of several sleepers a wake picks is a choice.
 */
#include "engine.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { TICK = 1, FUTEX_COMMAND = ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME) };

static const int64_t second = 1000000000;
static bool registered; /* for membarrier */

void os_reset(void) {
    run.clock = 1000 * second;
    registered = false;
}

static long error(int code) {
    errno = code;
    return -1;
}

/* -- futex ------------------------------------------------------------------------------------ */

static long futex_wait(uintptr_t word, uint32_t expected, int64_t deadline, site from) {
    sched_point(from);
    if (word % 4 != 0)
        return error(EINVAL);
    const uint32_t value = (uint32_t)memory_kernel_read(word, from);
    if (value != expected) {
        if (UNLIKELY(run.tracing))
            trace_note(from, "futex wait: %u is there, not %u", value, expected);
        return error(EAGAIN);
    }
    if (UNLIKELY(run.tracing))
        trace_note(from, "sleeps in futex wait, for %u to change", expected);
    const int result = deadline <= run.clock ? ETIMEDOUT : sched_sleep(word, deadline);
    if (UNLIKELY(run.tracing))
        trace_note(from, "futex wait: %s",
                   result == ETIMEDOUT ? "time is up"
                   : result == EINTR   ? "interrupted"
                                       : "awake");
    return result ? error(result) : 0;
}

static thread *pick_sleeper(uintptr_t word) {
    thread *found[EXPLORE_THREADS];
    unsigned n = 0;
    for (unsigned i = 0; i < run.thread_count; i++)
        if (run.sleeping >> i & 1 && run.threads[i].futex == word)
            found[n++] = &run.threads[i];
    return n ? found[choose(n, OF_SYSTEM)] : NULL;
}

unsigned wake_sleepers(uintptr_t word, unsigned most) {
    unsigned woken = 0;
    for (thread *t; woken < most && (t = pick_sleeper(word)); woken++)
        sched_wake(t, 0);
    return woken;
}

static long futex_wake(uintptr_t word, unsigned most, site from) {
    sched_point(from);
    memory_kernel_wake(word);
    const unsigned woken = wake_sleepers(word, most);
    if (UNLIKELY(run.tracing))
        trace_note(from, "futex wake: %u woken", woken);
    return woken;
}

static bool deadline_of(const struct timespec *at, bool relative, int64_t *deadline) {
    *deadline = INT64_MAX;
    if (!at)
        return true;
    if (at->tv_nsec < 0 || at->tv_nsec >= second || at->tv_sec < 0)
        return false;
    if (__builtin_mul_overflow((int64_t)at->tv_sec, second, deadline) ||
        __builtin_add_overflow(*deadline, at->tv_nsec + (relative ? run.clock : 0), deadline))
        *deadline = INT64_MAX - 1;
    return true;
}

static long futex(uintptr_t word, int operation, uint32_t value, const struct timespec *at,
                  uint32_t bits, site from) {
    int64_t deadline;
    switch (operation & FUTEX_COMMAND) {
    case FUTEX_WAIT_BITSET:
        if (bits != FUTEX_BITSET_MATCH_ANY)
            break;
        return deadline_of(at, false, &deadline) ? futex_wait(word, value, deadline, from)
                                                 : error(EINVAL);
    case FUTEX_WAIT:
        return deadline_of(at, true, &deadline) ? futex_wait(word, value, deadline, from)
                                                : error(EINVAL);
    case FUTEX_WAKE: return futex_wake(word, value, from);
    default: break;
    }
    fail(EXPLORE_MISUSE, from, "futex operation %d is not modelled", operation);
}

/* -- membarrier ------------------------------------------------------------------------------- */

static long membarrier(int command, site from) {
    const int all = MEMBARRIER_CMD_PRIVATE_EXPEDITED | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
    if (run.program->no_membarrier || set.no_membarrier)
        return error(ENOSYS);
    switch (command) {
    case MEMBARRIER_CMD_QUERY: return all | MEMBARRIER_CMD_GLOBAL;
    case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED: registered = true; return 0;
    case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
        if (!registered)
            return error(EPERM);
        break;
    case MEMBARRIER_CMD_GLOBAL: break;
    default: return error(EINVAL);
    }
    sched_point(from);
    memory_barrier_everywhere();
    if (UNLIKELY(run.tracing))
        trace_note(from, "membarrier: a full fence in every thread");
    return 0;
}

long explore_i_syscall(long number, ...) {
    va_list arguments;
    long a[6];
    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long); /* what was not passed is not used */
    va_end(arguments);
    run.self->frame = (uintptr_t)__builtin_frame_address(0);
    if (number == SYS_futex)
        return futex((uintptr_t)a[0], (int)a[1], (uint32_t)a[2], (const struct timespec *)a[3],
                     (uint32_t)a[5], CALLER());
    if (number == SYS_membarrier)
        return membarrier((int)a[0], CALLER());
    fail(EXPLORE_MISUSE, CALLER(), "system call %ld is not modelled", number);
}

/* -- time ------------------------------------------------------------------------------------- */

int explore_i_clock_gettime(clockid_t clock, struct timespec *now) {
    (void)clock;
    run.clock += TICK;
    now->tv_sec = run.clock / second;
    now->tv_nsec = run.clock % second;
    return 0;
}

static void sleep_until(int64_t deadline) {
    thread *t = run.self;
    t->deadline = deadline;
    run.timed |= t->bit;
    sched_block(ASLEEP);
}

int explore_i_nanosleep(const struct timespec *time, struct timespec *left) {
    int64_t deadline;
    (void)left;
    run.self->frame = (uintptr_t)__builtin_frame_address(0);
    if (!deadline_of(time, true, &deadline))
        return (int)error(EINVAL);
    sleep_until(deadline);
    return 0;
}

int explore_i_usleep(unsigned microseconds) {
    run.self->frame = (uintptr_t)__builtin_frame_address(0);
    sleep_until(run.clock + (int64_t)microseconds * 1000);
    return 0;
}

int explore_i_sched_yield(void) {
    run.self->frame = (uintptr_t)__builtin_frame_address(0);
    sched_rest();
    return 0;
}
