/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.c - many threads, more than there are cores, come to the same onces; attempts fail, callers
 * run out of time; each is done exactly once.
 */
#include "support/check.h"
#include "support/stress.h"
#include "support/threads.h"

#include <weir/once.h>

#include <sched.h>

enum { ONCES = 400 };

typedef struct entry {
    weir_once once;
    unsigned attempts; /* plain: attempts must not overlap */
    unsigned made;
    unsigned failures;
} entry;

typedef struct rally {
    entry entries[ONCES];
    WEIR_I_ATOMIC(unsigned) unseen;
} rally;

static weir_status attempt(void *argument) {
    entry *e = argument;
    e->attempts++;
    if (e->attempts % 3 == 0)
        sched_yield();
    if (e->attempts <= e->failures)
        return WEIR_AGAIN;
    e->made++;
    return WEIR_OK;
}

static void act(void *argument) {
    (void)!attempt(argument);
}

static void come(unsigned me, entry *e) {
    if (!e->failures && me % 3 == 0)
        weir_once_do(&e->once, act, e);
    else if (me % 3 == 1)
        while (weir_once_try(&e->once, attempt, e) != WEIR_OK)
            ;
    else
        while (weir_once_try_until(&e->once, attempt, e, weir_in(me * 1000)) != WEIR_OK)
            ;
}

static void run(unsigned me, void *shared) {
    rally *r = shared;
    for (unsigned i = 0; i < ONCES; i++) {
        come(me, &r->entries[i]);
        if (r->entries[i].made != 1)
            weir_i_fetch_add(&r->unseen, 1, relaxed);
    }
}

static void rally_of(unsigned threads) {
    static rally r;
    for (unsigned round = 0; round < stress_times(); round++) {
        memset(&r, 0, sizeof r);
        for (unsigned i = 0; i < ONCES; i++)
            r.entries[i].failures = i % 4;
        cr_assert(threads_run(threads, run, &r));
        cr_assert_eq(weir_i_load(&r.unseen, relaxed), 0);
        for (unsigned i = 0; i < ONCES; i++) {
            cr_assert_eq(r.entries[i].attempts, i % 4 + 1);
            cr_assert_eq(r.entries[i].made, 1);
            cr_assert(weir_wait_list_idle(&r.entries[i].once.left.list));
        }
    }
}

Test(once_stress, two, .timeout = 300) {
    rally_of(2);
}

Test(once_stress, eight, .timeout = 300) {
    rally_of(8);
}

Test(once_stress, sixty_four, .timeout = 300) {
    rally_of(64);
}
