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
#include <weir/base/cpu.h>

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

WEIR_I_BEGIN

#ifndef __cplusplus
/* <time.h> hides it under -std=c11. */
extern int nanosleep(const struct timespec *length, struct timespec *rest);
#endif

#if WEIR_EXPLORE

WEIR_I_FUNC unsigned weir_i_cpus(void) {
    return 2;
}

WEIR_I_FUNC void weir_i_step_aside(unsigned times) {
    (void)times;
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

/* The quota in a cgroup's cpu.max ("max 100000", "150000 100000"), rounded up to whole processors;
 * 0: none. */
WEIR_I_FUNC unsigned weir_i_cpus_quota_of(const char *path) {
    FILE *file = fopen(path, "re");
    long running = 0;
    long period = 0;
    if (!file)
        return 0;
    const int fields = fscanf(file, "%ld %ld", &running, &period);
    (void)fclose(file);
    if (fields != 2 || running <= 0 || period <= 0)
        return 0;
    return WEIR_I_CAST(unsigned, (running + period - 1) / period);
}

/* The least quota from the process's own cgroup (version 2) up to the root; 0: none. */
WEIR_I_FUNC unsigned weir_i_cpus_quota(void) {
    char own[512] = "";
    char path[600];
    unsigned least = 0;
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (!file)
        return 0;
    while (fgets(path, sizeof path, file)) {
        if (strncmp(path, "0::/", 4) == 0)
            (void)snprintf(own, sizeof own, "%.*s", (int)strcspn(path + 3, "\n"), path + 3);
    }
    (void)fclose(file);
    while (own[0]) {
        (void)snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", own);
        const unsigned here = weir_i_cpus_quota_of(path);
        if (here && (!least || here < least))
            least = here;
        *strrchr(own, '/') = '\0';
    }
    return least;
}

WEIR_I_SLOW unsigned weir_i_cpus_ask(void) {
    const unsigned allowed = weir_i_cpus_allowed();
    const unsigned most = weir_i_cpus_quota();
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
        const struct timespec nap = {0, 50000};
        (void)nanosleep(&nap, NULL);
    }
}

#endif

WEIR_I_END

#endif
