/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fence.h - the few idioms that need more than an ordered access, each under its name.
 *
 * Publish, then look. A thread stores what others shall find, then reads what others stored; two
 * such threads must not both miss each other (store buffering). Between the two stands
 * weir_i_fence_store_load(): a waker between publishing and looking for waiters, a waiter between
 * registering and looking again, an owner and a thief around the last element.
 *
 * Light and heavy. The same idiom where one side runs a million times as often: that side calls
 * weir_i_fence_light(), which costs nothing, the other weir_i_fence_heavy(), which interrupts every
 * running thread of the process by membarrier(2), about 1-10 us. Where the kernel refuses, both are
 * full fences. Which it is must be agreed on: ask weir_i_fence_mode_probe() once, keep the answer
 * in the object, pass it to both.
 *
 * Why only these: ThreadSanitizer does not model fences. In both idioms the data itself travels by
 * release and acquire, so the tool misses no edge and nothing needs an annotation. The explorer
 * (tests/explore) models fences and membarrier.
 */
#ifndef WEIR_BASE_FENCE_H
#define WEIR_BASE_FENCE_H

#include <weir/base/atomic.h>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

WEIR_I_BEGIN

/* A full fence: what was stored before is visible to all before anything after is read. */
WEIR_I_FAST void weir_i_fence_store_load(void) {
#if defined(__clang__) && defined(__x86_64__) && !WEIR_EXPLORE && !WEIR_I_TSAN
    /* clang emits mfence, which takes 7 times as long as a locked instruction that does nothing. */
    __asm__ volatile("lock; orl $0, (%%rsp)" ::: "memory", "cc");
#elif WEIR_I_TSAN
    __sync_synchronize(); /* the same instruction; the fence of <stdatomic.h> draws -Wtsan */
#elif defined(__cplusplus)
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#else
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

typedef enum weir_i_fence_mode {
    WEIR_I_FENCE_SYMMETRIC = 0, /* both sides fence */
    WEIR_I_FENCE_ASYMMETRIC = 1 /* the heavy side fences for both */
} weir_i_fence_mode;

/* Asks the kernel. The answer holds for the life of the process, forked children included. */
WEIR_I_FUNC weir_i_fence_mode weir_i_fence_mode_probe(void);

/* The frequent side: between its store and its load. */
WEIR_I_FAST void weir_i_fence_light(weir_i_fence_mode mode) {
    if (WEIR_I_UNLIKELY(mode == WEIR_I_FENCE_SYMMETRIC))
        weir_i_fence_store_load();
    else
        __atomic_signal_fence(__ATOMIC_SEQ_CST); /* the compiler keeps the order, heavy the rest */
}

/* The rare side. False if the kernel has come to refuse (a sandbox entered since the probe): then
 * nothing was ordered, and the caller must act as if it had seen a reader. */
WEIR_I_FUNC bool weir_i_fence_heavy(weir_i_fence_mode mode);

#if defined(__linux__) && defined(SYS_membarrier)

#ifndef __cplusplus
extern long syscall(long number, ...); /* hidden by <unistd.h> under -std=c11 */
#endif

enum { WEIR_I_MEMBARRIER = 1 << 3, WEIR_I_MEMBARRIER_REGISTER = 1 << 4 }; /* PRIVATE_EXPEDITED */

WEIR_I_FUNC weir_i_fence_mode weir_i_fence_mode_probe(void) {
    return syscall(SYS_membarrier, WEIR_I_MEMBARRIER_REGISTER, 0, 0) == 0 ? WEIR_I_FENCE_ASYMMETRIC
                                                                          : WEIR_I_FENCE_SYMMETRIC;
}

WEIR_I_FUNC bool weir_i_fence_heavy(weir_i_fence_mode mode) {
    weir_i_fence_store_load();
    if (mode == WEIR_I_FENCE_SYMMETRIC || syscall(SYS_membarrier, WEIR_I_MEMBARRIER, 0, 0) == 0)
        return true;
    /* A kernel that forgot the registration (a forked child): register again, once. */
    return syscall(SYS_membarrier, WEIR_I_MEMBARRIER_REGISTER, 0, 0) == 0 &&
           syscall(SYS_membarrier, WEIR_I_MEMBARRIER, 0, 0) == 0;
}

#else

WEIR_I_FUNC weir_i_fence_mode weir_i_fence_mode_probe(void) {
    return WEIR_I_FENCE_SYMMETRIC;
}

WEIR_I_FUNC bool weir_i_fence_heavy(weir_i_fence_mode mode) {
    (void)mode;
    weir_i_fence_store_load();
    return true;
}

#endif

WEIR_I_END

#endif
