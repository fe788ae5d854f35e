/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.c - event counts, the waiters of threads and of tasks, and how spinning learns. Time is
 * virtual where a coroutine waits, real where a thread does.
 */
#define WEIR_CLOCK() coroutines_time_or_real()
#include <stdint.h>
static int64_t coroutines_time_or_real(void);

#include "support/check.h"
#include "support/coroutines.h"
#include "support/threads.h"

#include <weir/wait.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

enum { MILLISECOND = 1000000 };

static bool time_is_virtual;

static int64_t coroutines_time_or_real(void) {
    struct timespec now;
    if (time_is_virtual)
        return coroutines_time;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static size_t waiting(weir_event_count *count) {
    size_t n = 0;
    weir_wait_list_lock(&count->list);
    for (weir_wait_node *node = weir_wait_list_first(&count->list); node;
         node = weir_wait_list_next(&count->list, node))
        n++;
    weir_wait_list_unlock(&count->list);
    return n;
}

static bool no(void *unused) {
    (void)unused;
    return false;
}

/* -- without another thread ------------------------------------------------------------------- */

Test(wait, a_zeroed_event_count_has_nobody) {
    weir_event_count counts[2] = {WEIR_EVENT_COUNT_INIT};
    memset(&counts[1], 0, sizeof counts[1]);
    for (int i = 0; i < 2; i++) {
        weir_event_count_notify(&counts[i], 1);
        weir_event_count_notify_all(&counts[i]);
        cr_assert_eq(waiting(&counts[i]), 0);
        cr_assert(weir_wait_list_idle(&counts[i].list));
        cr_assert_eq(weir_event_count_await(&counts[i], no, NULL, WEIR_NOW), WEIR_TIMEOUT);
    }
}

Test(wait, a_notification_between_prepare_and_wait_ends_the_wait) {
    weir_event_count count = {0};
    weir_wait_entry entry;
    weir_event_count_prepare(&count, &entry);
    weir_event_count_notify(&count, 1);
    cr_assert_eq(weir_event_count_wait(&count, &entry, WEIR_NOW), WEIR_OK);
    cr_assert_eq(waiting(&count), 0);
}

Test(wait, a_notification_before_prepare_does_not) {
    weir_event_count count = {0};
    weir_wait_entry entry;
    weir_event_count_notify(&count, 1);
    weir_event_count_prepare(&count, &entry);
    cr_assert_eq(weir_event_count_wait(&count, &entry, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(waiting(&count), 0);
}

Test(wait, notifications_go_to_the_first_come_and_to_no_more_than_asked) {
    weir_event_count count = {0};
    weir_wait_entry entry[4];
    for (int i = 0; i < 4; i++)
        weir_event_count_prepare(&count, &entry[i]);
    weir_event_count_notify(&count, 0);
    cr_assert_eq(waiting(&count), 4);
    weir_event_count_notify(&count, 2);
    cr_assert_eq(waiting(&count), 2);
    cr_assert(entry[0].node.won && entry[1].node.won);
    cr_assert_eq(weir_event_count_wait(&count, &entry[3], WEIR_NOW), WEIR_TIMEOUT);
    weir_event_count_notify_all(&count);
    cr_assert_eq(weir_event_count_wait(&count, &entry[2], WEIR_NOW), WEIR_OK);
    cr_assert_eq(weir_event_count_wait(&count, &entry[0], WEIR_NOW), WEIR_OK);
    cr_assert_eq(weir_event_count_wait(&count, &entry[1], WEIR_NOW), WEIR_OK);
}

Test(wait, cancel_hands_its_notification_to_the_next) {
    weir_event_count count = {0};
    weir_wait_entry entry[2];
    weir_event_count_prepare(&count, &entry[0]);
    weir_event_count_prepare(&count, &entry[1]);
    weir_event_count_notify(&count, 1);
    weir_event_count_cancel(&count, &entry[0]);
    cr_assert_eq(weir_event_count_wait(&count, &entry[1], WEIR_NOW), WEIR_OK);
}

Test(wait, cancel_without_a_notification_wakes_nobody) {
    weir_event_count count = {0};
    weir_wait_entry entry[2];
    weir_event_count_prepare(&count, &entry[0]);
    weir_event_count_prepare(&count, &entry[1]);
    weir_event_count_cancel(&count, &entry[0]);
    cr_assert_eq(waiting(&count), 1);
    cr_assert_eq(weir_event_count_wait(&count, &entry[1], WEIR_NOW), WEIR_TIMEOUT);
}

static bool yes(void *calls) {
    ++*(int *)calls;
    return true;
}

static bool at_third_call(void *calls) {
    return ++*(int *)calls == 3;
}

Test(wait, await_takes_what_is_ready_even_past_its_deadline) {
    weir_event_count count = {0};
    int calls = 0;
    cr_assert_eq(weir_event_count_await(&count, yes, &calls, WEIR_NOW), WEIR_OK);
    cr_assert_eq(calls, 1);
    calls = 0; /* not ready at first nor after prepare, ready at the last look */
    cr_assert_eq(weir_event_count_await(&count, at_third_call, &calls, WEIR_NOW), WEIR_OK);
    cr_assert_eq(weir_event_count_await(&count, no, NULL, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(waiting(&count), 0);
}

Test(wait, await_keeps_its_deadline) {
    weir_event_count count = {0};
    const weir_time deadline = weir_in(2 * MILLISECOND);
    cr_assert_eq(weir_event_count_await(&count, no, NULL, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    cr_assert_eq(waiting(&count), 0);
}

Test(wait, a_list_keeps_its_order_whoever_goes) {
    weir_wait_list list = {0};
    weir_waiter waiter;
    weir_wait_node node[5];
    weir_waiter_init(&waiter);
    weir_wait_list_lock(&list);
    cr_assert_null(weir_wait_list_first(&list));
    for (int i = 1; i < 5; i++) {
        weir_wait_node_init(&node[i], &waiter);
        weir_wait_list_push(&list, &node[i]);
    }
    weir_wait_node_init(&node[0], &waiter);
    weir_wait_list_push_front(&list, &node[0]);
    const int leaves[] = {2, 4, 0, 3, 1};
    bool gone[5] = {false};
    for (int i = 0; i < 5; i++) {
        const weir_wait_node *next = weir_wait_list_first(&list);
        for (int n = 0; n < 5; n++) {
            if (!gone[n]) {
                cr_assert_eq(next, &node[n]);
                next = weir_wait_list_next(&list, next);
            }
        }
        cr_assert_null(next);
        gone[leaves[i]] = true;
        weir_wait_list_remove(&list, &node[leaves[i]]);
        weir_wait_list_remove(&list, &node[leaves[i]]); /* twice is harmless */
    }
    weir_wait_list_unlock(&list);
    cr_assert(weir_wait_list_idle(&list));
}

/* -- spinning ---------------------------------------------------------------------------------- */

static uint32_t spin(weir_wait_habit *habit, uint32_t paid_after) {
    weir_wait_spin s;
    bool paid = false;
    weir_wait_spin_init(&s, habit);
    while (!paid && weir_wait_spin_more(&s))
        paid = s.spins == paid_after;
    weir_wait_spin_end(&s, paid);
    return s.most;
}

/* What defends against: two threads that sleep by turns, each for a wake-up longer than it spins.
 */
Test(wait, a_habit_of_failure_still_tries_for_longer_than_a_wake_up_takes) {
    weir_wait_habit habit = {0, 0};
    unsigned probes = 0;
    if (weir_i_cpus() < 2)
        return;
    for (int i = 0; i < 1024; i++)
        probes += spin(&habit, 0) == WEIR_SPIN_MOST;
    cr_assert_geq(probes, 4, "%u probes", probes);
    cr_assert_leq(probes, 20, "%u probes", probes);
    cr_assert_eq(weir_i_wait_spinners, 0);
}

Test(wait, a_spin_is_as_long_as_it_pays) {
    weir_wait_habit habit = {0, 0};
    if (weir_i_cpus() < 2)
        return;
    cr_assert_eq(spin(&habit, 300), WEIR_SPIN_MOST); /* nothing known yet */
    for (int i = 0; i < 100; i++)
        (void)spin(&habit, 20);
    cr_assert_leq(habit.spins, 28);
    cr_assert_eq(habit.failures, 0);
    cr_assert_eq(weir_i_wait_spinners, 0);
}

Test(wait, no_more_spin_than_there_are_processors) {
    weir_wait_habit habit = {0, 0};
    enum { MANY = 100 };
    weir_wait_spin s[MANY];
    unsigned spinning = 0;
    for (int i = 0; i < MANY; i++) {
        weir_wait_spin_init(&s[i], &habit);
        spinning += s[i].most > 0;
    }
    for (int i = 0; i < MANY; i++)
        weir_wait_spin_end(&s[i], true);
    cr_assert_leq(spinning, weir_i_cpus());
    cr_assert_eq(weir_i_wait_spinners, 0);
}

/* -- threads ---------------------------------------------------------------------------------- */

typedef struct gate {
    weir_event_count opened;
    WEIR_I_ATOMIC(unsigned) open;
    WEIR_I_ATOMIC(unsigned) through;
    WEIR_I_ATOMIC(unsigned) late;
} gate;

static bool is_open(void *shared) {
    gate *g = (gate *)shared;
    return weir_i_load(&g->open, acquire) != 0;
}

static void go_through(unsigned me, void *shared) {
    gate *g = (gate *)shared;
    if (me == 0) {
        while (waiting(&g->opened) < 4)
            sched_yield();
        weir_i_store(&g->open, 1, release);
        weir_event_count_notify_all(&g->opened);
    } else if (weir_event_count_await(&g->opened, is_open, g, WEIR_FOREVER) == WEIR_OK) {
        weir_i_fetch_add(&g->through, 1, relaxed);
    }
}

Test(wait, notify_all_reaches_all_threads, .timeout = 60) {
    gate g = {0};
    cr_assert(threads_run(5, go_through, &g));
    cr_assert_eq(g.through, 4);
}

static void interrupted(int unused) {
    (void)unused;
}

static void *wait_at_gate(void *shared) {
    gate *g = (gate *)shared;
    if (weir_event_count_await(&g->opened, is_open, g, WEIR_FOREVER) == WEIR_OK)
        weir_i_fetch_add(&g->through, 1, relaxed);
    return g;
}

static void wait_until_asleep(gate *g) {
    while (waiting(&g->opened) < 1)
        sched_yield();
}

static void open_gate(gate *g) {
    weir_i_store(&g->open, 1, release);
    weir_event_count_notify_all(&g->opened);
}

Test(wait, signals_do_not_end_a_wait, .timeout = 60) {
    gate g = {0};
    pthread_t thread;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = interrupted; /* no SA_RESTART: the futex call returns EINTR */
    sigaction(SIGUSR1, &action, NULL);
    cr_assert_eq(pthread_create(&thread, NULL, wait_at_gate, &g), 0);
    wait_until_asleep(&g);
    for (int i = 0; i < 200; i++) {
        pthread_kill(thread, SIGUSR1);
        sched_yield();
    }
    cr_assert_eq(weir_i_load(&g.through, relaxed), 0);
    open_gate(&g);
    pthread_join(thread, NULL);
    cr_assert_eq(g.through, 1);
}

Test(wait, a_wait_is_no_cancellation_point, .timeout = 60) {
    gate g = {0};
    pthread_t thread;
    void *result = NULL;
    cr_assert_eq(pthread_create(&thread, NULL, wait_at_gate, &g), 0);
    wait_until_asleep(&g);
    cr_assert_eq(pthread_cancel(thread), 0);
    for (int i = 0; i < 100; i++)
        sched_yield();
    open_gate(&g);
    pthread_join(thread, &result);
    cr_assert_eq(g.through, 1, "cancelled in the middle of a wait");
    cr_assert_eq(result, &g);
}

/* What defends against: the first wait of a process looked up its processors through stdio, a
 * cancellation point, with its entry in the list. */
static void *cancel_self_and_wait(void *shared) {
    gate *g = (gate *)shared;
    pthread_cancel(pthread_self());
    weir_i_store(&weir_i_cpus_known, 0, relaxed);
    weir_i_fetch_add(&g->through,
                     weir_event_count_await(&g->opened, no, NULL, weir_in(5 * MILLISECOND)) ==
                         WEIR_TIMEOUT,
                     relaxed);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    return g;
}

Test(wait, the_first_wait_is_no_cancellation_point_either, .timeout = 60) {
    gate g = {0};
    pthread_t thread;
    void *result = NULL;
    cr_assert_eq(pthread_create(&thread, NULL, cancel_self_and_wait, &g), 0);
    pthread_join(thread, &result);
    cr_assert_eq(result, &g, "cancelled in the middle of a wait");
    cr_assert_eq(g.through, 1);
    cr_assert(weir_wait_list_idle(&g.opened.list));
}

/* What defends against: who found the list's lock taken for long took a nap in nanosleep(). */
static void *leave_late(void *shared) {
    gate *g = (gate *)shared;
    (void)!weir_event_count_await(&g->opened, no, NULL, weir_in(300 * MILLISECOND));
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    return g;
}

Test(wait, waiting_for_a_list_is_no_cancellation_point, .timeout = 60) {
    gate g = {0};
    pthread_t thread;
    void *result = NULL;
    cr_assert_eq(pthread_create(&thread, NULL, leave_late, &g), 0);
    wait_until_asleep(&g);
    weir_wait_list_lock(&g.opened.list); /* as by one that the scheduler has stopped in there */
    cr_assert_eq(pthread_cancel(thread), 0);
    const weir_time later = weir_in(350 * MILLISECOND);
    while (weir_now() < later)
        sched_yield();
    weir_wait_list_unlock(&g.opened.list);
    pthread_join(thread, &result);
    cr_assert_eq(result, &g, "cancelled in the middle of a wait");
    cr_assert(weir_wait_list_idle(&g.opened.list));
}

Test(wait, leaves_errno_alone, .timeout = 60) {
    weir_event_count count = {0};
    weir_i_store(&weir_i_cpus_known, 0, relaxed);
    errno = EDOM;
    cr_assert_eq(weir_event_count_await(&count, no, NULL, weir_in(MILLISECOND)), WEIR_TIMEOUT);
    cr_assert_eq(errno, EDOM);
}

/* -- tasks ------------------------------------------------------------------------------------- */

typedef struct baton {
    weir_event_count passed;
    WEIR_I_ATOMIC(unsigned) turn;
    unsigned runners;
    unsigned rounds;
    unsigned carried[8];
} baton;

typedef struct runner {
    baton *baton;
    unsigned me;
} runner;

static bool is_my_turn(void *argument) {
    const runner *r = (const runner *)argument;
    return weir_i_load(&r->baton->turn, acquire) % r->baton->runners == r->me;
}

static void run_laps(void *argument) {
    const runner *r = (const runner *)argument;
    for (unsigned i = 0; i < r->baton->rounds; i++) {
        if (weir_event_count_await(&r->baton->passed, is_my_turn, argument, WEIR_FOREVER) !=
            WEIR_OK)
            return;
        r->baton->carried[r->me]++;
        weir_i_fetch_add(&r->baton->turn, 1, release);
        weir_event_count_notify_all(&r->baton->passed);
    }
}

static void *run_laps_in_thread(void *argument) {
    run_laps(argument);
    return NULL;
}

/* The last `threads` runners are threads, the others coroutines of this one. */
static unsigned relay(unsigned runners, unsigned threads, unsigned rounds) {
    baton b = {.runners = runners, .rounds = rounds};
    runner r[8];
    pthread_t thread[8];
    coroutines *c = coroutines_new(NULL);
    unsigned carried = 0;
    for (unsigned i = 0; i < runners; i++) {
        r[i] = (runner){&b, i};
        if (i < runners - threads)
            coroutines_spawn(c, run_laps, &r[i]);
        else if (pthread_create(&thread[i], NULL, run_laps_in_thread, &r[i]) != 0)
            abort();
    }
    coroutines_run(c);
    for (unsigned i = runners - threads; i < runners; i++)
        pthread_join(thread[i], NULL);
    coroutines_delete(c);
    for (unsigned i = 0; i < runners; i++)
        carried += b.carried[i];
    return carried;
}

Test(wait, coroutines_wait_for_each_other_in_one_thread, .timeout = 60) {
    cr_assert_eq(relay(4, 0, 100), 400);
}

Test(wait, coroutines_and_threads_wait_for_each_other, .timeout = 60) {
    cr_assert_eq(relay(4, 1, 500), 2000);
    cr_assert_eq(relay(6, 3, 200), 1200);
}

typedef struct sleeper {
    weir_event_count never;
    weir_time length;
    weir_time woke;
    weir_status status;
} sleeper;

static void sleep_for(void *argument) {
    sleeper *s = (sleeper *)argument;
    s->status = weir_event_count_await(&s->never, no, NULL, weir_in(s->length));
    s->woke = weir_now();
}

Test(wait, with_a_virtual_clock_an_hour_takes_no_time, .timeout = 60) {
    const weir_time hour = (weir_time)3600 * 1000 * MILLISECOND;
    sleeper s[3] = {{.length = 2 * hour}, {.length = hour}, {.length = 3 * hour}};
    coroutines *c = coroutines_new(&coroutines_time);
    time_is_virtual = true;
    coroutines_time = 5;
    for (int i = 0; i < 3; i++)
        coroutines_spawn(c, sleep_for, &s[i]);
    coroutines_run(c);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(s[i].status, WEIR_TIMEOUT);
        cr_assert_eq(s[i].woke, 5 + s[i].length);
    }
    cr_assert_eq(coroutines_time, 5 + 3 * hour);
    time_is_virtual = false;
    coroutines_delete(c);
}
