/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.c - the mutex, explored. Most programs run once with patient waiters, which are woken and
 * try, and once with impatient ones, which are handed the mutex when they lose.
 */
#include "explore.h"

#include <stdint.h>
static int64_t patience;
#define WEIR_MUTEX_PATIENCE patience

#include <time.h>
static int64_t test_clock(void);
#define WEIR_CLOCK() test_clock()

#include <weir/wait.h>

#include <stdlib.h>

enum { PATIENT = 1000000000, IMPATIENT = 0, SHORT = 1000 };

/* Among patient waiters one is told to try at a time: not before the one that was told last is up.
 * Relaxed, so that nothing is ordered by it. */
static WEIR_I_ATOMIC(unsigned) coming;

static void tell(void) {
    if (patience == PATIENT)
        explore_check(weir_i_fetch_add(&coming, 1, relaxed) == 0);
}

/* How often each thread has lain down, and how often it has looked at the clock if that ticks with
 * each look. */
static unsigned sleeps[EXPLORE_THREADS];
static int64_t looks[EXPLORE_THREADS];
static bool ticking;

static int64_t test_clock(void) {
    struct timespec now;
    if (ticking)
        return looks[explore_thread()]++;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static weir_status up(weir_status status) {
    if (patience == PATIENT && status == WEIR_OK)
        weir_i_fetch_sub(&coming, 1, relaxed);
    return status;
}

#define weir_wait_release(waiter) (tell(), weir_wait_release(waiter))
#define weir_i_waiter_sleep(waiter, deadline)                                                      \
    (sleeps[explore_thread()]++, up(weir_i_waiter_sleep(waiter, deadline)))
#include <weir/mutex.h>

static weir_mutex mutex;
static unsigned guarded; /* plain: whoever is not alone with it races */
static unsigned passed;

/* One copy of each operation in this file, so that each of its accesses is one site. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY void lock(weir_mutex *m) {
    weir_mutex_lock(m);
}

ONE_COPY void unlock(weir_mutex *m) {
    weir_mutex_unlock(m);
}

ONE_COPY bool try_lock(weir_mutex *m) {
    return weir_mutex_try_lock(m);
}

ONE_COPY weir_status lock_until(weir_mutex *m, weir_time deadline) {
    return weir_mutex_lock_until(m, deadline);
}

static void start(int64_t with) {
    patience = with;
    explore_name(&mutex, sizeof mutex, "mutex");
}

static void use(void) {
    guarded++;
    passed++;
    explore_check(guarded == 1);
    guarded--;
}

/* Nobody holds it, nobody is in its ring, nothing is left behind. */
static void finish(unsigned passes) {
    explore_join_all();
    explore_check(passed == passes);
    explore_check(weir_i_load(&mutex.word, relaxed) == 0);
}

static void pass_once(void *unused) {
    (void)unused;
    lock(&mutex);
    use();
    unlock(&mutex);
}

static void pass_twice(void *unused) {
    pass_once(unused);
    pass_once(unused);
}

static void three_threads(int64_t with) {
    start(with);
    explore_spawn(pass_twice, NULL);
    explore_spawn(pass_twice, NULL);
    explore_spawn(pass_once, NULL);
    finish(5);
}

EXPLORE_PROGRAM(mutex_excludes) {
    three_threads(PATIENT);
}

EXPLORE_PROGRAM(mutex_excludes_when_handed_over) {
    three_threads(IMPATIENT);
}

EXPLORE_PROGRAM(mutex_two_threads) {
    start(PATIENT);
    explore_spawn(pass_twice, NULL);
    pass_twice(NULL);
    finish(4);
}

/* The owner meets waiters that sleep already, in order. */
static void sleepers(int64_t with, void (*first)(void *), void (*second)(void *)) {
    start(with);
    lock(&mutex);
    explore_spawn(first, NULL);
    explore_spawn(second, NULL);
    use();
    unlock(&mutex);
    pass_once(NULL);
}

EXPLORE_PROGRAM(mutex_wakes_sleepers) {
    sleepers(PATIENT, pass_once, pass_once);
    finish(4);
}

EXPLORE_PROGRAM(mutex_hands_over_to_sleepers) {
    sleepers(IMPATIENT, pass_once, pass_once);
    finish(4);
}

/* A wake that meets a waiter whose time is up must reach the next one. */
static unsigned timed_out;

static void pass_in_time(void *unused) {
    (void)unused;
    if (lock_until(&mutex, weir_in(SHORT)) == WEIR_OK) {
        use();
        unlock(&mutex);
    } else {
        weir_i_fetch_add((WEIR_I_ATOMIC(unsigned) *)&timed_out, 1, relaxed);
    }
}

EXPLORE_PROGRAM(mutex_timeout_loses_no_wake) {
    timed_out = 0;
    sleepers(PATIENT, pass_in_time, pass_once);
    explore_join_all();
    finish(4 - timed_out);
}

EXPLORE_PROGRAM(mutex_timeout_loses_no_hand_over) {
    timed_out = 0;
    sleepers(IMPATIENT, pass_in_time, pass_once);
    explore_join_all();
    finish(4 - timed_out);
}

EXPLORE_PROGRAM(mutex_two_timeouts) {
    timed_out = 0;
    sleepers(IMPATIENT, pass_in_time, pass_in_time);
    explore_join_all();
    finish(4 - timed_out);
}

/* Who leaves wakes another, which then finds that a third was faster, and lies down again. */
EXPLORE_PROGRAM(mutex_timeout_among_others) {
    timed_out = 0;
    sleepers(PATIENT, pass_in_time, pass_twice);
    pass_twice(NULL);
    explore_join_all();
    finish(7 - timed_out);
}

/* Three in the ring: the one in the middle leaves. */
EXPLORE_PROGRAM(mutex_timeout_between_others) {
    timed_out = 0;
    start(PATIENT);
    lock(&mutex);
    explore_spawn(pass_once, NULL);
    explore_spawn(pass_in_time, NULL);
    explore_spawn(pass_once, NULL);
    use();
    unlock(&mutex);
    explore_join_all();
    finish(4 - timed_out);
}

/* A free mutex is taken whatever the time is; a held one is not. */
EXPLORE_PROGRAM(mutex_deadline_past) {
    start(PATIENT);
    explore_check(lock_until(&mutex, WEIR_NOW) == WEIR_OK);
    explore_check(lock_until(&mutex, WEIR_NOW) == WEIR_TIMEOUT);
    explore_check(lock_until(&mutex, 1) == WEIR_TIMEOUT);
    explore_check(!try_lock(&mutex));
    unlock(&mutex);
    explore_check(try_lock(&mutex));
    unlock(&mutex);
    finish(0);
}

/* try_lock barges in among sleepers, and reads what they wrote. */
static void try_once(void *unused) {
    (void)unused;
    if (try_lock(&mutex)) {
        use();
        passed--;
        unlock(&mutex);
    }
}

static void tries(int64_t with) {
    start(with);
    explore_spawn(try_once, NULL);
    explore_spawn(pass_twice, NULL);
    pass_once(NULL);
    finish(3);
}

EXPLORE_PROGRAM(mutex_try_lock_among_sleepers) {
    tries(PATIENT);
}

EXPLORE_PROGRAM(mutex_try_lock_among_impatient) {
    tries(IMPATIENT);
}

/* Whoever gets it last frees it, as soon as its unlock has returned: another thread's unlock may
 * then not touch it any more. */
typedef struct shared {
    weir_mutex mutex;
    unsigned users;
} shared;

static void use_and_free(void *argument) {
    shared *s = (shared *)argument;
    lock(&s->mutex);
    const bool last = --s->users == 0;
    unlock(&s->mutex);
    if (last)
        free(s);
}

static void last_frees(int64_t with, unsigned users) {
    shared *s = (shared *)calloc(1, sizeof *s);
    patience = with;
    s->users = users;
    for (unsigned i = 1; i < users; i++)
        explore_spawn(use_and_free, s);
    use_and_free(s);
    explore_join_all();
}

EXPLORE_PROGRAM(mutex_is_freed_by_its_last_owner) {
    last_frees(PATIENT, 3);
}

EXPLORE_PROGRAM(mutex_is_freed_by_who_was_handed_it) {
    last_frees(IMPATIENT, 3);
}

/* Locked by one thread, unlocked by another. */
static void unlock_for_another(void *unused) {
    (void)unused;
    use();
    unlock(&mutex);
}

EXPLORE_PROGRAM(mutex_unlock_by_another_thread) {
    start(PATIENT);
    lock(&mutex);
    explore_spawn(unlock_for_another, NULL);
    lock(&mutex);
    use();
    unlock(&mutex);
    finish(2);
}

/* Nobody is woken twice, nobody waits for ever, with three that come again and again. */
EXPLORE_PROGRAM(mutex_crowd) {
    start(IMPATIENT);
    explore_spawn(pass_once, NULL);
    explore_spawn(pass_once, NULL);
    explore_spawn(pass_once, NULL);
    pass_twice(NULL);
    finish(5);
}

/* Who is woken and loses again is handed it: in vain it is woken once at most for each time that it
 * was patient, whoever barges in and whoever changes the ring meanwhile. */
static unsigned most_sleeps;

static void pass_six_times(void *unused) {
    for (int i = 0; i < 6; i++) {
        sleeps[explore_thread()] = 0;
        looks[explore_thread()] = 0;
        pass_once(unused);
        explore_check(sleeps[explore_thread()] <= most_sleeps);
    }
}

EXPLORE_PROGRAM(mutex_starving_is_not_woken_in_vain) {
    start(IMPATIENT);
    most_sleeps = 1;
    explore_spawn(pass_once, NULL);
    explore_spawn(pass_six_times, NULL);
    explore_spawn(pass_six_times, NULL);
    pass_six_times(NULL);
    finish(19);
}

/* Handed over by one that enters, at the moment when its time is up: it has the mutex, then. */
EXPLORE_PROGRAM(mutex_timeout_meets_a_hand_over_by_who_enters) {
    timed_out = 0;
    sleepers(IMPATIENT, pass_in_time, pass_twice);
    pass_twice(NULL);
    explore_join_all();
    finish(7 - timed_out);
}

/* A clock may begin at 0: that is a time too. */
EXPLORE_PROGRAM(mutex_patience_ends_on_a_clock_from_0) {
    start(1);
    ticking = true;
    most_sleeps = 2;
    explore_spawn(pass_six_times, NULL);
    explore_spawn(pass_six_times, NULL);
    pass_six_times(NULL);
    finish(18);
}

EXPLORE_PROGRAM(mutex_unlock_of_an_unlocked_one, .expect = EXPLORE_CRASH) {
    start(PATIENT);
    lock(&mutex);
    unlock(&mutex);
    unlock(&mutex);
}
