/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cpu.h - what weir must know of the processor: its cache lines, how to wait politely, and on which
 * of them a thread runs.
 *
 * Do this, to spread threads over shards:
 *   object->source = weir_i_cpu_source_probe();                          // once
 *   shard = weir_i_cpu_current(object->source) & (shards - 1);
 *
 * Override: WEIR_CACHE_LINE.
 */
#ifndef WEIR_BASE_CPU_H
#define WEIR_BASE_CPU_H

#include <weir/base/config.h>

#include <pthread.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif

/* Bytes that two threads must not share if they write them: the line, or two where the processor
 * fetches neighbours in pairs. */
#ifndef WEIR_CACHE_LINE
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__) || defined(__powerpc64__)
#define WEIR_CACHE_LINE 128
#elif defined(__s390x__)
#define WEIR_CACHE_LINE 256
#else
#define WEIR_CACHE_LINE 64
#endif
#endif

WEIR_I_STATIC_ASSERT((WEIR_CACHE_LINE & (WEIR_CACHE_LINE - 1)) == 0 && WEIR_CACHE_LINE >= 32,
                     "weir: WEIR_CACHE_LINE is a power of two of at least 32");

WEIR_I_BEGIN

#if WEIR_EXPLORE
void weir_explore_relax(void);
bool weir_explore_spins(void);
unsigned weir_explore_cpu(void);
unsigned weir_explore_cpus(void);
#endif

/* One step of a loop that waits for another thread: frees the core's resources for its sibling. */
WEIR_I_FAST void weir_i_relax(void) {
#if WEIR_EXPLORE
    weir_explore_relax();
#elif defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("pause" ::: "memory");
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory"); /* yield is a no-op on most cores, isb waits a little */
#elif defined(__arm__)
    __asm__ volatile("yield" ::: "memory");
#elif defined(__riscv)
    __asm__ volatile(".insn i 0x0F, 0, x0, x0, 0x010" ::: "memory"); /* pause, a hint everywhere */
#elif defined(__powerpc__)
    __asm__ volatile("or 27,27,27" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* Lets time pass: relax so many times, about 20 to 50 ns each on x86. For who would only be in the
 * way of others; no reason to run them first, so the explorer leaves it out. */
WEIR_I_FAST void weir_i_delay(unsigned pauses) {
#if WEIR_EXPLORE
    (void)pauses;
#else
    for (; pauses > 0; pauses--)
        weir_i_relax();
#endif
}

/* After a lost race: pauses, and returns how long to pause after the next one, twice as long and
 * `most` at most. Each try takes the line from the winner, who would otherwise change it several
 * times while he has it. */
WEIR_I_FUNC unsigned weir_i_back_off(unsigned pauses, unsigned most) {
    weir_i_relax();
    weir_i_delay(pauses - 1);
    return pauses < most ? 2 * pauses : pauses;
}

/* The line at an address will be written soon: it comes at once as one's own, not first to be read
 * and then again to be written. */
WEIR_I_FAST void weir_i_prefetch_write(const volatile void *address) {
#if WEIR_EXPLORE
    (void)address;
#elif defined(__x86_64__)
    __asm__ volatile("prefetchw %0" : : "m"(*(const volatile char *)address));
#else
    __builtin_prefetch((const void *)address, 1);
#endif
}

/* -- the processor that a thread runs on ------------------------------------------------------ */

/* Where the thread's own memory shows it: the distance from the thread pointer to the rseq area
 * that libc registered with the kernel; 0 if there is none, then a call says it. */
typedef ptrdiff_t weir_i_cpu_source;

#if defined(__linux__) && !WEIR_EXPLORE &&                                                         \
    (defined(__x86_64__) || (defined(__aarch64__) && !defined(__ILP32__)))
#define WEIR_I_CPU_RSEQ 1
/* glibc has them from 2.35; weak, so that a program also links with, and starts on, an older one.
 */
/* NOLINTBEGIN(bugprone-reserved-identifier): glibc's names */
extern __attribute__((weak)) const ptrdiff_t __rseq_offset;
extern __attribute__((weak)) const unsigned int __rseq_size;
/* NOLINTEND(bugprone-reserved-identifier) */
#else
#define WEIR_I_CPU_RSEQ 0
#endif

#if defined(__linux__) && !defined(__cplusplus)
extern int sched_getcpu(void); /* hidden by <sched.h> under -std=c11 */
#endif

WEIR_I_FUNC weir_i_cpu_source weir_i_cpu_source_probe(void) {
#if WEIR_I_CPU_RSEQ
    if (&__rseq_offset && &__rseq_size && __rseq_size > 0)
        return __rseq_offset;
#endif
    return 0;
}

/* Without rseq: one call, about 20 ns where the vDSO knows the answer; and where the system cannot
 * tell, threads are spread by their identity. */
WEIR_I_SLOW unsigned weir_i_cpu_ask(void) {
#if defined(__linux__)
    const int cpu = sched_getcpu();
    if (cpu >= 0)
        return WEIR_I_CAST(unsigned, cpu);
#endif
    const uint64_t mixed = WEIR_I_CAST(uint64_t, (uintptr_t)pthread_self()) *
                           WEIR_I_CAST(uint64_t, 0x9e3779b97f4a7c15u);
    return WEIR_I_CAST(unsigned, mixed >> 40);
}

/* The number of the processor, as it was a moment ago: the thread may have moved since, and another
 * may have come in its place. So it may choose which memory to prefer, never who owns it. */
WEIR_I_FAST unsigned weir_i_cpu_current(weir_i_cpu_source source) {
#if WEIR_EXPLORE
    (void)source;
    return weir_explore_cpu();
#else
#if WEIR_I_CPU_RSEQ
    unsigned cpu; /* cpu_id_start, the area's first word, always a number that exists */
    if (WEIR_I_LIKELY(source != 0)) {
#if defined(__x86_64__)
        __asm__ volatile("movl %%fs:(%1), %0" : "=r"(cpu) : "r"(source));
#else
        const unsigned char *thread;
        __asm__("mrs %0, tpidr_el0" : "=r"(thread));
        __asm__ volatile("ldr %w0, [%1]" : "=r"(cpu) : "r"(thread + source));
#endif
        return cpu;
    }
#else
    (void)source;
#endif
    return weir_i_cpu_ask();
#endif
}

/* How many processors the machine may have, at least 1: numbers below it, or a little above. */
WEIR_I_FUNC unsigned weir_i_cpu_count(void) {
#if WEIR_EXPLORE
    return weir_explore_cpus();
#else
    const long count = sysconf(_SC_NPROCESSORS_CONF);
    return count > 0 ? WEIR_I_CAST(unsigned, count) : 1;
#endif
}

/* Who has lost a race for a line stays away from it for some operations of the winner, which so
 * works in its cache: with two locked instructions on shared lines in an operation that is worth a
 * factor of two to five. Bounded, so a lock-free loop remains one. */
WEIR_I_SLOW void weir_i_stand_back(void) {
    for (unsigned i = 0; i < (WEIR_EXPLORE ? 1 : 32); i++)
        weir_i_relax();
}

WEIR_I_END

#endif
