/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_fence.c - store buffering: of two threads that publish and then look, one sees the other.
 * The last test runs it without fences, to show that the rounds are close enough to find a miss.
 */
#define _GNU_SOURCE
#include "support/check.h"
#include "support/sandbox.h"
#include "support/threads.h"

#include <weir/base/cpu.h>
#include <weir/base/fence.h>

#include <sched.h>
#include <sys/wait.h>

enum { ROUNDS = 20000 };

typedef enum { NO_FENCE, BOTH_FULL, LIGHT_AND_HEAVY } fence_use;

typedef struct dekker {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(int) flag[2];
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(unsigned) arrived;
    int missed[2][ROUNDS];
    fence_use fencing;
    weir_i_fence_mode mode;
    bool refused;
} dekker;

/* Both threads leave a round's barrier within a few cycles of each other. */
static void meet(dekker *d, unsigned *generation) {
    *generation += 2;
    weir_i_fetch_add(&d->arrived, 1, acq_rel);
    for (unsigned spins = 0; weir_i_load(&d->arrived, acquire) < *generation; spins++) {
        if (spins % 1024 == 1023)
            sched_yield();
        weir_i_relax();
    }
}

static void between(dekker *d, unsigned me) {
    if (d->fencing == BOTH_FULL)
        weir_i_fence_store_load();
    else if (d->fencing == LIGHT_AND_HEAVY && me == 0)
        weir_i_fence_light(d->mode);
    else if (d->fencing == LIGHT_AND_HEAVY && !weir_i_fence_heavy(d->mode))
        d->refused = true;
}

static void publish_and_look(unsigned me, void *shared) {
    dekker *d = (dekker *)shared;
    unsigned generation = 0;
    for (int round = 0; round < ROUNDS; round++) {
        weir_i_store(&d->flag[me], 0, relaxed);
        meet(d, &generation);
        weir_i_store(&d->flag[me], 1, relaxed);
        between(d, me);
        d->missed[me][round] = weir_i_load(&d->flag[!me], relaxed) == 0;
        meet(d, &generation);
    }
}

static int rounds_in_which_both_missed(fence_use fencing, weir_i_fence_mode mode) {
    static dekker d;
    int both = 0;
    memset(&d, 0, sizeof d);
    d.fencing = fencing;
    d.mode = mode;
    if (!threads_run(2, publish_and_look, &d) || d.refused)
        return -1;
    for (int round = 0; round < ROUNDS; round++)
        both += d.missed[0][round] && d.missed[1][round];
    return both;
}

Test(fence, store_load_lets_no_two_miss_each_other, .timeout = 60) {
    cr_assert_eq(rounds_in_which_both_missed(BOTH_FULL, WEIR_I_FENCE_SYMMETRIC), 0);
}

Test(fence, light_and_heavy_let_no_two_miss_each_other, .timeout = 60) {
    const weir_i_fence_mode mode = weir_i_fence_mode_probe();
    cr_assert_eq(rounds_in_which_both_missed(LIGHT_AND_HEAVY, mode), 0);
}

Test(fence, light_and_heavy_are_full_fences_where_membarrier_is_missing, .timeout = 60) {
    cr_assert_eq(rounds_in_which_both_missed(LIGHT_AND_HEAVY, WEIR_I_FENCE_SYMMETRIC), 0);
}

/* Each runs in a child: what it does to the process cannot be undone. */
static bool child_succeeds(bool (*body)(void)) {
    int status = 0;
    const pid_t child = fork();
    if (child == 0)
        _exit(body() ? 0 : 1);
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static bool probe_says_symmetric_when_refused(void) {
    return sandbox_refuse(SYS_membarrier) && weir_i_fence_mode_probe() == WEIR_I_FENCE_SYMMETRIC &&
           weir_i_fence_heavy(WEIR_I_FENCE_SYMMETRIC);
}

static bool heavy_says_false_when_refused_later(void) {
    return weir_i_fence_mode_probe() == WEIR_I_FENCE_ASYMMETRIC &&
           weir_i_fence_heavy(WEIR_I_FENCE_ASYMMETRIC) && sandbox_refuse(SYS_membarrier) &&
           !weir_i_fence_heavy(WEIR_I_FENCE_ASYMMETRIC);
}

static bool heavy_works_without_own_probe(void) {
    return weir_i_fence_heavy(WEIR_I_FENCE_ASYMMETRIC);
}

Test(fence, refused_membarrier_is_noticed_by_the_probe) {
    cr_assert(child_succeeds(probe_says_symmetric_when_refused));
}

Test(fence, membarrier_refused_after_the_probe_is_reported) {
    if (weir_i_fence_mode_probe() == WEIR_I_FENCE_ASYMMETRIC)
        cr_assert(child_succeeds(heavy_says_false_when_refused_later));
}

Test(fence, a_forked_child_inherits_the_mode) {
    if (weir_i_fence_mode_probe() == WEIR_I_FENCE_ASYMMETRIC)
        cr_assert(child_succeeds(heavy_works_without_own_probe));
}

/* Not a promise of weir but of this file: its rounds do find the reordering where a processor does
 * it. On one processor, or a slow or emulated one, nothing can be seen; then there is no verdict.
 */
Test(fence, the_rounds_of_this_test_find_a_missing_fence, .timeout = 60) {
#if defined(__x86_64__) && !defined(WEIR_CHECK_PLAIN)
    cpu_set_t ours; /* taskset and containers may leave fewer than are there */
    int both = 0;
    if (sched_getaffinity(0, sizeof ours, &ours) != 0 || CPU_COUNT(&ours) < 2)
        return;
    for (int tries = 0; both == 0 && tries < 50; tries++)
        both = rounds_in_which_both_missed(NO_FENCE, WEIR_I_FENCE_SYMMETRIC);
    cr_assert_gt(both, 0, "no reordering seen");
#endif
}
