/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch.c - many threads meet at many latches, and the last one through frees each.
 */
#include "support/check.h"
#include "support/stress.h"
#include "support/threads.h"

#include <weir/latch.h>

#include <stdlib.h>

enum { LATCHES = 100, THREADS = 64 };

typedef struct meeting {
    weir_latch *latch[LATCHES];
    WEIR_I_ATOMIC(unsigned) users[LATCHES];
    unsigned char came[LATCHES][THREADS]; /* plain */
    unsigned threads;
    WEIR_I_ATOMIC(unsigned) missed;
} meeting;

static void meet(unsigned me, void *shared) {
    meeting *m = shared;
    for (unsigned i = 0; i < LATCHES; i++) {
        m->came[i][me] = 1;
        if ((me + i) % 3 == 0)
            weir_latch_arrive_and_wait(m->latch[i]);
        else if (weir_latch_arrive_and_wait_until(m->latch[i], weir_in(me * 1000)) != WEIR_OK)
            weir_latch_wait(m->latch[i]);
        for (unsigned j = 0; j < m->threads; j++)
            if (!m->came[i][j])
                weir_i_fetch_add(&m->missed, 1, relaxed);
        if (weir_i_fetch_sub(&m->users[i], 1, acq_rel) == 1) {
            memset(m->latch[i], 0xff, sizeof *m->latch[i]);
            free(m->latch[i]);
        }
    }
}

static void meeting_of(unsigned threads) {
    static meeting m;
    for (unsigned times = 0; times < stress_times(); times++) {
        memset(&m, 0, sizeof m);
        m.threads = threads;
        for (unsigned i = 0; i < LATCHES; i++) {
            m.latch[i] = malloc(sizeof *m.latch[i]);
            cr_assert_not_null(m.latch[i]);
            cr_assert_eq(weir_latch_init(m.latch[i], threads), WEIR_OK);
            weir_i_store(&m.users[i], threads, relaxed);
        }
        cr_assert(threads_run(threads, meet, &m));
        cr_assert_eq(weir_i_load(&m.missed, relaxed), 0);
    }
}

Test(latch_stress, two_meet, .timeout = 300) {
    meeting_of(2);
}

Test(latch_stress, eight_meet, .timeout = 300) {
    meeting_of(8);
}

Test(latch_stress, sixty_four_meet, .timeout = 300) {
    meeting_of(64);
}
