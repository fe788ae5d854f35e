/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore.c - many threads want different amounts, with deadlines and tries mixed: never more is
 * out than there is, all comes back, large requests get their turn.
 *
 * WEIR_STRESS=N in the environment multiplies the number of passes.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/semaphore.h>

#include <sched.h>

enum { PASSES = 60000, UNITS = 7 };

typedef struct store {
    weir_semaphore semaphore;
    unsigned passes; /* of each thread */
    WEIR_I_ATOMIC(unsigned) out;
    WEIR_I_ATOMIC(unsigned) wrong;
    uint64_t guarded; /* plain: of who has all units */
    WEIR_I_ATOMIC(uint64_t) had_all;
} store;

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void pass(store *s, uint32_t k, bool yields) {
    if (weir_i_fetch_add(&s->out, k, relaxed) + k > UNITS)
        weir_i_fetch_add(&s->wrong, 1, relaxed);
    if (k == UNITS) {
        s->guarded++;
        weir_i_fetch_add(&s->had_all, 1, relaxed);
    }
    if (yields)
        sched_yield();
    weir_i_fetch_sub(&s->out, k, relaxed);
    weir_semaphore_release(&s->semaphore, k);
}

static void run(unsigned me, void *shared) {
    store *s = (store *)shared;
    for (unsigned i = 0; i < s->passes; i++) {
        const uint32_t k = (i + me) % 8;
        bool in = true;
        switch ((i / 8 + me) % 4) {
        case 0: in = weir_semaphore_try_acquire(&s->semaphore, k); break;
        case 1:
            in = weir_semaphore_acquire_until(&s->semaphore, k, weir_in((int64_t)i % 64 * 1000)) ==
                 WEIR_OK;
            break;
        default: weir_semaphore_acquire(&s->semaphore, k);
        }
        if (in)
            pass(s, k, i % 64 == 0);
    }
}

static void store_of(unsigned threads) {
    static store s;
    memset(&s, 0, sizeof s);
    cr_assert_eq(weir_semaphore_init(&s.semaphore, UNITS), WEIR_OK);
    s.passes = PASSES * times() / threads;
    cr_assert(threads_run(threads, run, &s));
    cr_assert_eq(weir_i_load(&s.wrong, relaxed), 0);
    cr_assert_eq(s.guarded, weir_i_load(&s.had_all, relaxed));
    cr_assert_gt(s.guarded, 0);
    cr_assert_null(weir_wait_list_first(&s.semaphore.list));
    cr_assert(weir_semaphore_try_acquire(&s.semaphore, UNITS), "units are missing");
    weir_semaphore_release(&s.semaphore, UNITS);
}

Test(semaphore_stress, two_threads, .timeout = 300) {
    store_of(2);
}

Test(semaphore_stress, eight_threads, .timeout = 300) {
    store_of(8);
}

Test(semaphore_stress, sixty_four_threads, .timeout = 300) {
    store_of(64);
}
