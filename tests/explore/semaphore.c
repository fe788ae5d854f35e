/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore.c - the semaphore, explored: units are neither lost nor made, requests are served in
 * order, and what was done before a release is seen by whoever gets its units.
 */
#include "explore.h"

#include <weir/semaphore.h>

#include <stdlib.h>

static weir_semaphore semaphore;
static unsigned guarded; /* plain: with one unit, its holder's */
static unsigned passed;
static WEIR_I_ATOMIC(unsigned) timeouts;

#define ONE_COPY static __attribute__((noinline))

ONE_COPY void acquire(weir_semaphore *s, uint32_t k) {
    weir_semaphore_acquire(s, k);
}

ONE_COPY bool try_acquire(weir_semaphore *s, uint32_t k) {
    return weir_semaphore_try_acquire(s, k);
}

ONE_COPY weir_status acquire_until(weir_semaphore *s, uint32_t k, weir_time deadline) {
    return weir_semaphore_acquire_until(s, k, deadline);
}

ONE_COPY void release(weir_semaphore *s, uint32_t k) {
    weir_semaphore_release(s, k);
}

static void start(uint32_t units) {
    explore_check(weir_semaphore_init(&semaphore, units) == WEIR_OK);
    explore_name(&semaphore, sizeof semaphore, "semaphore");
}

/* All units are back, nobody is in the list. */
static void finish(void) {
    explore_join_all();
    explore_check((uint32_t)weir_i_load(&semaphore.state, relaxed) == semaphore.units);
    explore_check(weir_wait_list_idle(&semaphore.list));
    explore_check(try_acquire(&semaphore, semaphore.units));
}

static void use(void) {
    guarded++;
    explore_check(guarded == 1);
    passed++;
    guarded--;
}

static void pass(void *unused) {
    (void)unused;
    acquire(&semaphore, 1);
    use();
    release(&semaphore, 1);
}

static void pass_twice(void *unused) {
    pass(unused);
    pass(unused);
}

EXPLORE_PROGRAM(semaphore_of_one_excludes) {
    start(1);
    explore_spawn(pass_twice, NULL);
    explore_spawn(pass, NULL);
    pass_twice(NULL);
    finish();
    explore_check(passed == 5);
}

static void pass_if_free(void *unused) {
    (void)unused;
    if (try_acquire(&semaphore, 1)) {
        use();
        release(&semaphore, 1);
    }
}

EXPLORE_PROGRAM(semaphore_try_acquire_among_waiters) {
    start(1);
    explore_spawn(pass_if_free, NULL);
    explore_spawn(pass_twice, NULL);
    pass(NULL);
    pass_if_free(NULL);
    finish();
}

/* -- weights and order --------------------------------------------------------------------------
 */

static WEIR_I_ATOMIC(int) taken;

static void take(void *amount) {
    const unsigned k = (unsigned)(uintptr_t)amount;
    acquire(&semaphore, k);
    explore_check(weir_i_fetch_add(&taken, (int)k, relaxed) + (int)k <= (int)semaphore.units);
    weir_i_fetch_sub(&taken, (int)k, relaxed);
    release(&semaphore, k);
}

EXPLORE_PROGRAM(semaphore_weights) {
    start(3);
    explore_spawn(take, (void *)2);
    explore_spawn(take, (void *)3);
    explore_spawn(take, (void *)1);
    take((void *)1);
    take((void *)0);
    finish();
}

/* Somebody waits for two: no request for one passes it. */
static WEIR_I_ATOMIC(bool) two_has_come;

static void want_two(void *unused) {
    (void)unused;
    acquire(&semaphore, 2);
    weir_i_store(&two_has_come, true, relaxed);
    release(&semaphore, 2);
}

EXPLORE_PROGRAM(semaphore_large_request_is_not_passed) {
    start(2);
    acquire(&semaphore, 1);
    explore_spawn(want_two, NULL);
    while (!weir_i_wait_list_last(&semaphore.list))
        weir_i_relax();
    explore_check(!try_acquire(&semaphore, 1));
    explore_check(acquire_until(&semaphore, 1, WEIR_NOW) == WEIR_TIMEOUT);
    explore_check(acquire_until(&semaphore, 3, WEIR_NOW) == WEIR_INVALID);
    explore_check(!weir_i_load(&two_has_come, relaxed));
    explore_spawn(take, (void *)1);
    release(&semaphore, 1);
    finish();
}

/* What two threads did before they released one each is seen by who gets both units. */
static unsigned done[2];

static void work_and_release(void *me) {
    done[(uintptr_t)me] = 1;
    release(&semaphore, 1);
}

EXPLORE_PROGRAM(semaphore_units_of_two_releases) {
    start(2);
    acquire(&semaphore, 2);
    explore_spawn(work_and_release, (void *)0);
    explore_spawn(work_and_release, (void *)1);
    acquire(&semaphore, 2);
    explore_check(done[0] && done[1]);
    done[0] = done[1] = 0;
    release(&semaphore, 2);
    finish();
}

/* The same for a try, in all ways to say it: one reader of both, without waiting. */
EXPLORE_PROGRAM(semaphore_units_of_two_releases_tried) {
    start(2);
    acquire(&semaphore, 2);
    explore_spawn(work_and_release, (void *)0);
    explore_spawn(work_and_release, (void *)1);
    weir_case c = weir_semaphore_case(&semaphore, 2);
    const unsigned way = explore_choose(3);
    while (way == 0   ? !try_acquire(&semaphore, 2)
           : way == 1 ? acquire_until(&semaphore, 2, WEIR_NOW) != WEIR_OK
                      : !c.kind->attempt(&c))
        weir_i_relax();
    explore_check(done[0] && done[1]);
    done[0] = done[1] = 0;
    release(&semaphore, 2);
    finish();
}

/* One release is enough for two: each keeps its unit until the other has come. */
static WEIR_I_ATOMIC(unsigned) here;

static void meet(void *unused) {
    (void)unused;
    acquire(&semaphore, 1);
    weir_i_fetch_add(&here, 1, relaxed);
    while (weir_i_load(&here, relaxed) < 2)
        weir_i_relax();
    release(&semaphore, 1);
}

EXPLORE_PROGRAM(semaphore_one_release_grants_two) {
    start(2);
    acquire(&semaphore, 2);
    explore_spawn(meet, NULL);
    explore_spawn(meet, NULL);
    release(&semaphore, 2);
    finish();
}

/* The queue is gone, but still announced: a release under the lock, a third thread that takes the
 * announcement away, and a try that then needs no lock. */
static void clear_announcement(void *unused) {
    (void)unused;
    explore_check(try_acquire(&semaphore, 0));
}

EXPLORE_PROGRAM(semaphore_release_to_a_queue_that_is_gone) {
    start(1);
    acquire(&semaphore, 1);
    explore_check(acquire_until(&semaphore, 1, 1) == WEIR_TIMEOUT);
    explore_spawn(work_and_release, (void *)0);
    explore_spawn(clear_announcement, NULL);
    while (!try_acquire(&semaphore, 1))
        weir_i_relax();
    explore_check(done[0]);
    done[0] = 0;
    release(&semaphore, 1);
    finish();
}

/* -- deadlines ----------------------------------------------------------------------------------
 */

static void pass_in_time(void *amount) {
    const unsigned k = (unsigned)(uintptr_t)amount;
    if (acquire_until(&semaphore, k, weir_in(1000)) == WEIR_OK) {
        if (semaphore.units == 1)
            use();
        release(&semaphore, k);
    } else {
        weir_i_fetch_add(&timeouts, 1, relaxed);
    }
}

/* The first wants two and is late; the one behind it wants one, which is there all the time. */
EXPLORE_PROGRAM(semaphore_timeout_lets_others_go_on) {
    start(2);
    acquire(&semaphore, 1);
    explore_spawn(pass_in_time, (void *)2);
    explore_spawn(take, (void *)1);
    explore_join_all();
    explore_check(weir_i_load(&timeouts, relaxed) == 1);
    release(&semaphore, 1);
    finish();
}

/* A grant and a timeout meet: the unit goes to the one behind, or comes back. */
EXPLORE_PROGRAM(semaphore_timeout_loses_no_unit) {
    start(1);
    acquire(&semaphore, 1);
    explore_spawn(pass_in_time, (void *)1);
    explore_spawn(pass, NULL);
    use();
    release(&semaphore, 1);
    finish();
}

/* In time, though it did not have to wait. */
EXPLORE_PROGRAM(semaphore_acquired_in_time) {
    start(1);
    acquire(&semaphore, 1);
    explore_spawn(work_and_release, (void *)0);
    while (acquire_until(&semaphore, 1, weir_in(1000)) != WEIR_OK)
        weir_i_relax();
    explore_check(done[0]);
    done[0] = 0;
    release(&semaphore, 1);
    finish();
}

EXPLORE_PROGRAM(semaphore_two_timeouts) {
    start(2);
    acquire(&semaphore, 2);
    explore_spawn(pass_in_time, (void *)2);
    explore_spawn(pass_in_time, (void *)1);
    release(&semaphore, 1);
    release(&semaphore, 1);
    finish();
}

/* -- memory -------------------------------------------------------------------------------------
 */

/* The last unit came: the semaphore goes, though the other's release may not have returned. */
static void release_one(void *argument) {
    release((weir_semaphore *)argument, 1);
}

static weir_semaphore *heap_semaphore(uint32_t units) {
    weir_semaphore *s = (weir_semaphore *)malloc(sizeof *s);
    explore_check(weir_semaphore_init(s, units) == WEIR_OK);
    acquire(s, units);
    return s;
}

EXPLORE_PROGRAM(semaphore_is_freed_by_who_waited) {
    weir_semaphore *s = heap_semaphore(2);
    explore_spawn(release_one, s);
    explore_spawn(release_one, s);
    acquire(s, 2);
    free(s);
    explore_join_all();
}

EXPLORE_PROGRAM(semaphore_is_freed_by_who_tried) {
    weir_semaphore *s = heap_semaphore(2);
    explore_spawn(release_one, s);
    explore_spawn(release_one, s);
    if (acquire_until(s, 2, weir_in(1000)) != WEIR_OK)
        while (!try_acquire(s, 2))
            weir_i_relax();
    free(s);
    explore_join_all();
}

/* -- in a select --------------------------------------------------------------------------------
 */

/* A select of two cases that waits, by the contract of wait.h. */
static weir_semaphore others;

static unsigned select_two(weir_case *cases) {
    weir_semaphore *s[2] = {(weir_semaphore *)cases[0].object, (weir_semaphore *)cases[1].object};
    weir_waiter waiter;
    weir_wait_node nodes[2];
    weir_grip grip = {NULL, 0};
    unsigned chosen = 2;
    weir_waiter_init(&waiter);
    weir_wait_list_lock(&s[0]->list);
    weir_wait_list_lock(&s[1]->list);
    weir_wait_fence();
    for (unsigned i = 0; i < 2 && chosen == 2; i++)
        if (cases[i].kind->decide(&cases[i], &grip) == WEIR_TURN_DONE)
            chosen = i;
    for (unsigned i = 0; i < 2 && chosen == 2; i++) {
        weir_wait_node_init(&nodes[i], &waiter);
        cases[i].kind->enter(&cases[i], &nodes[i]);
    }
    weir_wait_list_unlock(&s[1]->list);
    weir_wait_list_unlock(&s[0]->list);
    if (chosen < 2) {
        cases[chosen].kind->finish(&cases[chosen], &grip);
        return chosen;
    }
    explore_check(weir_waiter_await(&waiter, &s[0]->habit, WEIR_FOREVER) == WEIR_OK);
    chosen = nodes[0].won ? 0 : 1;
    const unsigned other = 1 - chosen;
    weir_wait_list_lock(&s[other]->list);
    cases[other].kind->leave(&cases[other], &nodes[other]);
    weir_wait_list_unlock(&s[other]->list);
    cases[other].kind->left(&cases[other], &nodes[other]);
    explore_check(cases[chosen].kind->collect(&cases[chosen], &nodes[chosen]));
    return chosen;
}

static void select_and_release(void *unused) {
    weir_case cases[2] = {weir_semaphore_case(&semaphore, 2), weir_semaphore_case(&others, 1)};
    (void)unused;
    cases[0].status = cases[1].status = WEIR_TIMEOUT;
    const unsigned chosen = select_two(cases);
    explore_check(cases[chosen].status == WEIR_OK);
    release((weir_semaphore *)cases[chosen].object, cases[chosen].detail);
}

static void release_other(void *unused) {
    (void)unused;
    release(&others, 1);
}

/* Who chose one leaves the other, and lets those behind go on; the units are all there. */
EXPLORE_PROGRAM(semaphore_select_takes_one) {
    start(2);
    explore_check(weir_semaphore_init(&others, 1) == WEIR_OK);
    acquire(&semaphore, 1);
    acquire(&others, 1);
    explore_spawn(select_and_release, NULL);
    explore_spawn(take, (void *)1);
    explore_spawn(release_other, NULL);
    release(&semaphore, 1);
    finish();
    explore_check(try_acquire(&others, 1));
}

/* It wants two units or one, and stands first in the line with both wishes: one unit is enough. */
static void want_two_or_one(void *unused) {
    weir_case cases[2] = {weir_semaphore_case(&semaphore, 2), weir_semaphore_case(&semaphore, 1)};
    weir_waiter waiter;
    weir_wait_node nodes[2];
    (void)unused;
    weir_waiter_init(&waiter);
    weir_wait_list_lock(&semaphore.list);
    unsigned chosen = 2;
    weir_grip grip = {NULL, 0};
    for (unsigned i = 0; i < 2 && chosen == 2; i++)
        if (cases[i].kind->decide(&cases[i], &grip) == WEIR_TURN_DONE)
            chosen = i;
    for (unsigned i = 0; i < 2 && chosen == 2; i++) {
        weir_wait_node_init(&nodes[i], &waiter);
        cases[i].kind->enter(&cases[i], &nodes[i]);
    }
    weir_wait_list_unlock(&semaphore.list);
    if (chosen == 2) {
        explore_check(weir_waiter_await(&waiter, &semaphore.habit, WEIR_FOREVER) == WEIR_OK);
        chosen = nodes[0].won ? 0 : 1;
        weir_wait_list_lock(&semaphore.list);
        cases[1 - chosen].kind->leave(&cases[1 - chosen], &nodes[1 - chosen]);
        weir_wait_list_unlock(&semaphore.list);
        cases[1 - chosen].kind->left(&cases[1 - chosen], &nodes[1 - chosen]);
    }
    explore_check(chosen == 1);
    release(&semaphore, 1);
}

EXPLORE_PROGRAM(semaphore_select_wants_more_or_less) {
    start(2);
    acquire(&semaphore, 2);
    explore_spawn(want_two_or_one, NULL);
    explore_spawn(take, (void *)1);
    release(&semaphore, 1);
    explore_join_all();
    release(&semaphore, 1);
    finish();
}

/* In the line, too, no small request passes a large one. */
EXPLORE_PROGRAM(semaphore_large_request_is_not_passed_in_line) {
    start(2);
    acquire(&semaphore, 2);
    explore_spawn(want_two, NULL);
    while (!weir_i_wait_list_last(&semaphore.list))
        weir_i_relax();
    explore_spawn(take, (void *)1);
    release(&semaphore, 1);
    explore_check((uint32_t)weir_i_load(&semaphore.state, relaxed) == 1);
    release(&semaphore, 1);
    finish();
}

/* ready: equal stamps around a "no" mean that it was "no" all the time; each release shows. */
EXPLORE_PROGRAM(semaphore_stamps_count_releases) {
    weir_case c;
    uint64_t before;
    uint64_t after;
    start(1);
    acquire(&semaphore, 1);
    c = weir_semaphore_case(&semaphore, 1);
    explore_spawn(pass, NULL);
    explore_check(!c.kind->ready(&c, &before));
    release(&semaphore, 1);
    const bool ready = c.kind->ready(&c, &after);
    explore_check(before != after);
    explore_join_all();
    explore_check(c.kind->ready(&c, &after) && c.kind->attempt(&c));
    (void)ready;
    release(&semaphore, 1);
    finish();
}

EXPLORE_PROGRAM(semaphore_release_above_its_units, .expect = EXPLORE_CRASH) {
    start(1);
    release(&semaphore, 1);
}

EXPLORE_PROGRAM(semaphore_release_above_its_units_with_a_queue, .expect = EXPLORE_CRASH) {
    start(2);
    acquire(&semaphore, 1);
    explore_check(acquire_until(&semaphore, 2, 1) == WEIR_TIMEOUT);
    release(&semaphore, 2);
}
