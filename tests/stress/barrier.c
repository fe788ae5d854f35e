/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier.c - many parties through many phases, more than there are cores; they wait in every way,
 * and drop out one after the other.
 */
#include "support/check.h"
#include "support/stress.h"
#include "support/threads.h"

#include <weir/barrier.h>

#include <sched.h>

enum { PARTIES_MOST = 64 };

typedef struct work {
    weir_barrier barrier;
    unsigned parties;
    unsigned phases;
    bool dropping;               /* party n leaves after phase n + 1 */
    unsigned done[PARTIES_MOST]; /* plain */
    unsigned completed;          /* plain */
    WEIR_I_ATOMIC(unsigned) wrong;
} work;

static unsigned phases_of(const work *w, unsigned party) {
    return w->dropping && party + 1 < w->phases ? party + 1 : w->phases;
}

static void complete(void *argument) {
    work *w = argument;
    w->completed++;
    for (unsigned i = 0; i < w->parties; i++) {
        const unsigned last = phases_of(w, i);
        if (w->done[i] != (w->completed < last ? w->completed : last))
            weir_i_fetch_add(&w->wrong, 1, relaxed);
    }
}

static void wait_somehow(work *w, unsigned kind, weir_barrier_phase phase) {
    switch (kind % 3) {
    case 0: weir_barrier_wait(&w->barrier, phase); break;
    case 1:
        while (!weir_barrier_try_wait(&w->barrier, phase))
            sched_yield();
        break;
    default:
        while (weir_barrier_wait_until(&w->barrier, phase, weir_in(10000)) != WEIR_OK)
            ;
    }
}

static void run(unsigned me, void *shared) {
    work *w = shared;
    const unsigned last = phases_of(w, me);
    for (unsigned phase = 1; phase <= last; phase++) {
        w->done[me] = phase;
        if (phase == last && last < w->phases) {
            (void)weir_barrier_drop(&w->barrier);
            return;
        }
        wait_somehow(w, me + phase, weir_barrier_arrive(&w->barrier));
        if (w->completed != phase)
            weir_i_fetch_add(&w->wrong, 1, relaxed);
    }
}

static void work_of(unsigned parties, unsigned phases, bool dropping) {
    static work w;
    memset(&w, 0, sizeof w);
    w.parties = parties;
    w.phases = phases;
    w.dropping = dropping;
    cr_assert_eq(weir_barrier_init(&w.barrier, parties, complete, &w), WEIR_OK);
    cr_assert(threads_run(parties, run, &w));
    cr_assert_eq(weir_i_load(&w.wrong, relaxed), 0);
    cr_assert_eq(w.completed, phases);
    cr_assert(weir_wait_list_idle(&w.barrier.waiters));
}

Test(barrier_stress, two, .timeout = 300) {
    work_of(2, 5000 * stress_times(), false);
}

Test(barrier_stress, eight, .timeout = 300) {
    work_of(8, 500 * stress_times(), false);
}

Test(barrier_stress, sixty_four, .timeout = 300) {
    work_of(64, 40 * stress_times(), false);
}

Test(barrier_stress, sixty_four_drop_out_one_by_one, .timeout = 300) {
    work_of(64, 64, true);
}
