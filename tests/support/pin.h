/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pin.h - keeps the calling thread on the processor that it runs on, for what depends on it.
 *
 * Do this:
 *   const pin was = pin_here();
 *   ...
 *   pin_back(&was);
 */
#ifndef WEIR_TESTS_PIN_H
#define WEIR_TESTS_PIN_H

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

extern long syscall(long number, ...); /* hidden by <unistd.h> under -std=c11 */
extern int sched_getcpu(void);

typedef struct pin {
    unsigned long mask[16]; /* 1024 processors */
    long bytes;
} pin;

static inline pin pin_here(void) {
    pin was = {{0}, 0};
    unsigned long one[16] = {0};
    const unsigned bits = 8 * sizeof(unsigned long);
    const int cpu = sched_getcpu();
    was.bytes = syscall(SYS_sched_getaffinity, 0, sizeof was.mask, was.mask);
    if (cpu >= 0 && (unsigned)cpu < 16 * bits) {
        one[(unsigned)cpu / bits] = 1ul << (unsigned)cpu % bits;
        (void)syscall(SYS_sched_setaffinity, 0, sizeof one, one);
    }
    return was;
}

static inline void pin_back(const pin *was) {
    if (was->bytes > 0)
        (void)syscall(SYS_sched_setaffinity, 0, (unsigned long)was->bytes, was->mask);
}

#else

typedef int pin;

static inline pin pin_here(void) {
    return 0;
}

static inline void pin_back(const pin *was) {
    (void)was;
}

#endif

#endif
