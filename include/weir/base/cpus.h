/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cpus.h - how many threads of this process can run at once, and how to step aside.
 *
 * weir_i_cpus() is the number of processors that the process's affinity allows, or the cgroup's
 * quota in whole processors if that is less. It decides whether spinning can help (on one processor
 * it cannot: who would change anything meanwhile?), so nothing but time depends on it. Asked once
 * per process, by whoever waits first.
 */
#ifndef WEIR_BASE_CPUS_H
#define WEIR_BASE_CPUS_H

#include <weir/base/atomic.h>
#include <weir/base/clock.h>
#include <weir/base/cpu.h>
#include <weir/base/futex.h>

#include <errno.h>
#include <sched.h>
#include <string.h>

WEIR_I_BEGIN

#if WEIR_EXPLORE

/* On one processor nobody spins, which hides less; on two, so that spinning is explored too. */
WEIR_I_FUNC unsigned weir_i_cpus(void) {
    return weir_explore_spins() ? 2 : 1;
}

WEIR_I_FUNC void weir_i_step_aside(unsigned times) {
    (void)times;
    weir_explore_relax();
}

WEIR_I_FUNC void weir_i_yield(void) {
    if (weir_explore_spins())
        weir_explore_relax();
}

#else

#if defined(__linux__)

#ifndef __cplusplus
extern long syscall(long number, ...); /* hidden by <unistd.h> under -std=c11 */
#endif
#include <sys/syscall.h>
#include <unistd.h>

/* The processors that the process may use; 0: unknown. Those of its first thread are taken for it:
 * the caller may be pinned to one, and wait for a thread on another. */
WEIR_I_FUNC unsigned weir_i_cpus_allowed(void) {
    unsigned long mask[128] = {0}; /* 8192 processors */
    const long bytes = syscall(SYS_sched_getaffinity, getpid(), sizeof mask, mask);
    unsigned count = 0;
    for (size_t i = 0; bytes > 0 && i < sizeof mask / sizeof mask[0]; i++)
        count += WEIR_I_CAST(unsigned, __builtin_popcountl(mask[i]));
    return count;
}

/* Reads what fits of a file, as text; false if there is none. By system calls alone: what waits may
 * neither be cancelled here nor allocate. */
WEIR_I_FUNC bool weir_i_cpus_read(const char *path, char *text, size_t size) {
    const int here = -100; /* AT_FDCWD */
    const int close_on_exec = 02000000;
    const long file = syscall(SYS_openat, here, path, close_on_exec);
    if (file < 0)
        return false;
    const long length = syscall(SYS_read, file, text, size - 1);
    (void)syscall(SYS_close, file);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* The decimal number at *text, which moves behind it; 0 if there is none. */
WEIR_I_FUNC unsigned long weir_i_cpus_number(const char **text) {
    unsigned long number = 0;
    for (; **text >= '0' && **text <= '9'; ++*text)
        number = number * 10 + WEIR_I_CAST(unsigned long, **text - '0');
    return number;
}

/* The quota in a cgroup's cpu.max ("max 100000", "150000 100000"), rounded up to whole processors;
 * 0: none. */
WEIR_I_FUNC unsigned weir_i_cpus_quota_of(const char *path) {
    char text[64];
    const char *next = text;
    if (!weir_i_cpus_read(path, text, sizeof text))
        return 0;
    const unsigned long running = weir_i_cpus_number(&next);
    next += *next == ' ';
    const unsigned long period = weir_i_cpus_number(&next);
    return period ? WEIR_I_CAST(unsigned, (running + period - 1) / period) : 0;
}

/* The least quota of the group own ("/a/b") and those that it is in, up to the root itself;
 * 0: none. */
WEIR_I_FUNC unsigned weir_i_cpus_quota_under(const char *root, const char *own) {
    static const char file[] = "/cpu.max";
    char path[1100];
    const size_t base = strlen(root);
    size_t length = strlen(own);
    unsigned least = 0;
    if (base + length + sizeof file > sizeof path)
        return 0;
    /* NOLINTBEGIN(bugprone-not-null-terminated-result): the file's name ends it */
    memcpy(path, root, base);
    memcpy(path + base, own, length);
    /* NOLINTEND(bugprone-not-null-terminated-result) */
    for (;;) {
        memcpy(path + base + length, file, sizeof file);
        const unsigned here = weir_i_cpus_quota_of(path);
        if (here && (!least || here < least))
            least = here;
        if (length == 0)
            return least;
        while (length > 0 && path[base + --length] != '/') {
        }
    }
}

/* The process's own quota (cgroup version 2). In a container the limit stands at its root. */
WEIR_I_FUNC unsigned weir_i_cpus_quota(void) {
    char text[1024];
    char *own =
        weir_i_cpus_read("/proc/self/cgroup", text, sizeof text) ? strstr(text, "0::/") : NULL;
    if (!own)
        return 0;
    own += 3;
    own[strcspn(own, "\n")] = '\0';
    return weir_i_cpus_quota_under("/sys/fs/cgroup", own);
}

WEIR_I_SLOW unsigned weir_i_cpus_ask(void) {
    const int error = errno; /* waiting leaves it alone */
    const unsigned allowed = weir_i_cpus_allowed();
    const unsigned most = weir_i_cpus_quota();
    errno = error;
    if (most && most < allowed)
        return most;
    return allowed ? allowed : 1;
}

#else

WEIR_I_SLOW unsigned weir_i_cpus_ask(void) {
    return 2;
}

#endif

/* One per process by chance, not by need: each copy comes to the same answer. */
static WEIR_I_ATOMIC(unsigned) weir_i_cpus_known;

WEIR_I_FUNC unsigned weir_i_cpus(void) {
    unsigned cpus = weir_i_load(&weir_i_cpus_known, relaxed);
    if (WEIR_I_UNLIKELY(!cpus)) {
        cpus = weir_i_cpus_ask();
        weir_i_store(&weir_i_cpus_known, cpus, relaxed);
    }
    return cpus;
}

/* Lets other threads run that are ready to, once. */
WEIR_I_FUNC void weir_i_yield(void) {
    (void)sched_yield();
}

/* Lets other threads run, for the times-th time in a row, counted from 0: pauses, then yields, and
 * in the end short sleeps, without which a thread of real-time priority would keep from running the
 * one it waits for. */
WEIR_I_SLOW void weir_i_step_aside(unsigned times) {
    if (times < 16 && weir_i_cpus() > 1) {
        for (unsigned i = 0; i < 4; i++)
            weir_i_relax();
    } else if (times < 256) {
        (void)sched_yield();
    } else {
        weir_i_futex_word nobody = 0; /* nanosleep() would be a cancellation point */
        (void)!weir_i_futex_wait(&nobody, 0, weir_in(50000));
    }
}

#endif

WEIR_I_END

#endif
