/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.c - workers and waiters of every kind at many groups; the last waiter of a group to
 * know frees it at once, so a Done that touches it later is seen by the sanitizers.
 */
#include "support/check.h"
#include "support/stress.h"
#include "support/threads.h"

#include <weir/wait_group.h>

#include <sched.h>
#include <stdlib.h>

enum { GROUPS = 300, WORKERS_MOST = 48 };

typedef struct round_of_work {
    weir_wait_group *group;
    WEIR_I_ATOMIC(unsigned) users; /* waiters that do not know yet */
    unsigned char work[WORKERS_MOST];
} round_of_work;

typedef struct rally {
    round_of_work rounds[GROUPS];
    unsigned workers;
    WEIR_I_ATOMIC(unsigned) missed;
} rally;

static void wait_somehow(unsigned kind, weir_wait_group *group) {
    switch (kind % 4) {
    case 0: weir_wait_group_wait(group); break;
    case 1:
        while (!weir_wait_group_try_wait(group))
            sched_yield();
        break;
    case 2:
        while (weir_wait_group_wait_until(group, weir_in(20000)) != WEIR_OK)
            ;
        break;
    default:
        if (weir_wait_group_wait_until(group, weir_in(1000)) != WEIR_OK)
            weir_wait_group_wait(group);
    }
}

static void wait_for(rally *r, unsigned kind, round_of_work *round) {
    wait_somehow(kind, round->group);
    for (unsigned i = 0; i < r->workers; i++)
        if (!round->work[i])
            weir_i_fetch_add(&r->missed, 1, relaxed);
    if (weir_i_fetch_sub(&round->users, 1, acq_rel) == 1) {
        memset(round->group, 0xff, sizeof *round->group);
        free(round->group);
    }
}

static void run(unsigned me, void *shared) {
    rally *r = shared;
    for (unsigned i = 0; i < GROUPS; i++) {
        round_of_work *round = &r->rounds[i];
        if (me < r->workers) {
            round->work[me] = 1;
            if (me % 4 == 3) { /* a batch: one more, and two are done */
                weir_wait_group_add(round->group, 1);
                weir_wait_group_add(round->group, -2);
            } else {
                weir_wait_group_done(round->group);
            }
        } else {
            wait_for(r, me, round);
        }
    }
}

static void rally_of(unsigned workers, unsigned waiters) {
    static rally r;
    for (unsigned times = 0; times < stress_times(); times++) {
        memset(&r, 0, sizeof r);
        r.workers = workers;
        for (unsigned i = 0; i < GROUPS; i++) {
            r.rounds[i].group = calloc(1, sizeof *r.rounds[i].group);
            cr_assert_not_null(r.rounds[i].group);
            weir_wait_group_add(r.rounds[i].group, (int)workers);
            weir_i_store(&r.rounds[i].users, waiters, relaxed);
        }
        cr_assert(threads_run(workers + waiters, run, &r));
        cr_assert_eq(weir_i_load(&r.missed, relaxed), 0);
        for (unsigned i = 0; i < GROUPS; i++)
            cr_assert_eq(weir_i_load(&r.rounds[i].users, relaxed), 0);
    }
}

Test(wait_group_stress, one_worker_one_waiter, .timeout = 300) {
    for (int i = 0; i < 4; i++)
        rally_of(1, 1);
}

Test(wait_group_stress, one_worker_four_waiters, .timeout = 300) {
    rally_of(1, 4);
}

Test(wait_group_stress, four_workers_four_waiters, .timeout = 300) {
    rally_of(4, 4);
}

Test(wait_group_stress, forty_eight_workers_sixteen_waiters, .timeout = 300) {
    rally_of(48, 16);
}

/* One group through many rounds: a leader adds, and waits with a deadline that is often too near,
 * and then adds more, from zero or not. */
typedef struct relay {
    weir_wait_group group;
    WEIR_I_ATOMIC(unsigned) jobs; /* that nobody has taken yet */
    WEIR_I_ATOMIC(unsigned) over;
    WEIR_I_ATOMIC(unsigned) taken;
} relay;

static void work(relay *r) {
    while (!weir_i_load(&r->over, acquire)) {
        unsigned jobs = weir_i_load(&r->jobs, acquire);
        if (jobs == 0) {
            sched_yield();
        } else if (weir_i_compare_exchange_weak(&r->jobs, &jobs, jobs - 1, acq_rel, relaxed)) {
            weir_i_fetch_add(&r->taken, 1, relaxed);
            weir_wait_group_done(&r->group);
        }
    }
}

static void lead(relay *r, unsigned jobs) {
    unsigned added = 0;
    while (added < jobs) {
        weir_wait_group_add(&r->group, 2);
        weir_i_fetch_add(&r->jobs, 2, acq_rel);
        added += 2;
        (void)!weir_wait_group_wait_until(&r->group, weir_in(added % 64 * 500));
    }
    weir_wait_group_wait(&r->group);
    weir_i_store(&r->over, 1, release);
}

static void lead_or_work(unsigned me, void *shared) {
    if (me == 0)
        lead(shared, 4000 * stress_times());
    else
        work(shared);
}

Test(wait_group_stress, add_from_zero_after_timeouts, .timeout = 300) {
    static relay r;
    cr_assert(threads_run(4, lead_or_work, &r));
    cr_assert_eq(weir_i_load(&r.taken, relaxed), 4000 * stress_times());
    cr_assert(weir_wait_group_try_wait(&r.group));
}
