/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_report.c - the checked build tells who waits for what.
 */
#define _GNU_SOURCE
#define WEIR_CHECKED 1

#include "support/check.h"
#include "support/eventually.h"
#include "support/spawn.h"

#include <weir/weir.h>

#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static weir_event_count opened;
static WEIR_I_ATOMIC(bool) open;

static bool is_open(void *unused) {
    (void)unused;
    return weir_i_load(&open, acquire);
}

static void *wait_at_gate(void *unused) {
    (void)!weir_event_count_await(&opened, is_open, NULL, WEIR_FOREVER);
    return unused;
}

static size_t report(char *text, size_t size) {
    FILE *file = fmemopen(text, size, "w");
    const size_t count = weir_wait_report(file);
    fclose(file);
    return count;
}

Test(wait_report, names_the_thread_the_object_and_the_time, .timeout = 60) {
    pthread_t thread[2];
    char text[1000] = "";
    char wanted[100];
    cr_assert_eq(report(text, sizeof text), 0);
    cr_assert_str_eq(text, "");
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&thread[i], NULL, wait_at_gate, NULL), 0);
        while (report(text, sizeof text) <= (size_t)i)
            sched_yield();
    }
    for (int i = 0; i < 2; i++) {
        snprintf(wanted, sizeof wanted, "weir: thread %#lx waits for an event count (%p) since 0.",
                 (unsigned long)thread[i], (void *)&opened);
        cr_assert_not_null(strstr(text, wanted), "%s", text);
    }
    weir_i_store(&open, true, release);
    weir_event_count_notify_all(&opened);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    cr_assert_eq(report(text, sizeof text), 0);
}

/* -- each kind of object ------------------------------------------------------------------------
 */

static weir_mutex mutex;
static weir_cond changed;
static weir_semaphore units;
static weir_rwmutex rwmutex;
static char text[1000];

static void *wait_for_change(void *unused) {
    weir_mutex_lock(&mutex);
    weir_cond_wait(&changed, &mutex);
    weir_mutex_unlock(&mutex);
    return unused;
}

static void *lock_it(void *unused) {
    weir_mutex_lock(&mutex);
    weir_mutex_unlock(&mutex);
    return unused;
}

static void *acquire_one(void *unused) {
    weir_semaphore_acquire(&units, 1);
    weir_semaphore_release(&units, 1);
    return unused;
}

static void *read_it(void *unused) {
    weir_rwmutex_rlock(&rwmutex);
    weir_rwmutex_runlock(&rwmutex);
    return unused;
}

static void *write_it(void *unused) {
    weir_rwmutex_lock(&rwmutex);
    weir_rwmutex_unlock(&rwmutex);
    return unused;
}

static bool told(const char *what, const void *object) {
    char wanted[100];
    snprintf(wanted, sizeof wanted, " waits for %s (%p) since 0.", what, object);
    return report(text, sizeof text) == 1 && strstr(text, wanted) != NULL;
}

Test(wait_report, names_a_mutex_and_a_semaphore, .timeout = 60) {
    spawned threads = {0};
    weir_mutex_lock(&mutex);
    spawn(&threads, lock_it, NULL);
    cr_assert(EVENTUALLY(told("a mutex", &mutex)), "%s", text);
    weir_mutex_unlock(&mutex);
    cr_assert(spawn_join(&threads));
    cr_assert_eq(weir_semaphore_init(&units, 1), WEIR_OK);
    weir_semaphore_acquire(&units, 1);
    spawn(&threads, acquire_one, NULL);
    cr_assert(EVENTUALLY(told("a semaphore", &units)), "%s", text);
    weir_semaphore_release(&units, 1);
    cr_assert(spawn_join(&threads));
    cr_assert_eq(report(text, sizeof text), 0);
}

Test(wait_report, names_a_rwmutex_and_why, .timeout = 60) {
    spawned threads = {0};
    weir_rwmutex_lock(&rwmutex);
    spawn(&threads, read_it, NULL);
    cr_assert(EVENTUALLY(told("an rwmutex, to read", &rwmutex)), "%s", text);
    weir_rwmutex_unlock(&rwmutex);
    cr_assert(spawn_join(&threads));
    weir_rwmutex_rlock(&rwmutex);
    spawn(&threads, write_it, NULL);
    cr_assert(EVENTUALLY(told("readers of an rwmutex", &rwmutex)), "%s", text);
    weir_rwmutex_runlock(&rwmutex);
    cr_assert(spawn_join(&threads));
}

/* What defends against: one that was signalled, and waits for the mutex, was told to wait for the
 * signal. */
Test(wait_report, names_the_mutex_of_one_that_was_signalled, .timeout = 60) {
    spawned threads = {0};
    spawn(&threads, wait_for_change, NULL);
    cr_assert(EVENTUALLY(told("a condition variable", &changed)), "%s", text);
    weir_mutex_lock(&mutex);
    weir_cond_signal(&changed);
    cr_assert(EVENTUALLY(told("a mutex, signalled", &mutex)), "%s", text);
    weir_mutex_unlock(&mutex);
    cr_assert(spawn_join(&threads));
}

/* A thread that sleeps for longer is told to. */
Test(wait_report, tells_how_long, .timeout = 60) {
    spawned threads = {0};
    weir_mutex_lock(&mutex);
    spawn(&threads, lock_it, NULL);
    cr_assert(EVENTUALLY(strstr((report(text, sizeof text), text), " since 0.1") != NULL), "%s",
              text);
    weir_mutex_unlock(&mutex);
    cr_assert(spawn_join(&threads));
}

/* -- fork ---------------------------------------------------------------------------------------
 */

/* What defends against: a child of fork() reported threads that it does not have, and its first
 * wait hung if one of them was just lying down. */
Test(wait_report, a_child_of_fork_has_nobody_asleep, .timeout = 60) {
    spawned threads = {0};
    int status = 0;
    weir_mutex_lock(&mutex);
    spawn(&threads, lock_it, NULL);
    cr_assert(EVENTUALLY(told("a mutex", &mutex)), "%s", text);
    weir_wait_list_lock(&weir_i_wait_sleepers); /* as one that lies down */
    const pid_t child = fork();
    if (child == 0) {
        weir_semaphore mine;
        alarm(20);
        const bool nobody = report(text, sizeof text) == 0;
        const bool waited = weir_semaphore_init(&mine, 0) == WEIR_OK &&
                            weir_semaphore_acquire_until(&mine, 0, WEIR_FOREVER) == WEIR_OK &&
                            weir_select_until(NULL, 0, weir_in(1000000)) == -1;
        _exit(nobody && waited ? 0 : 1);
    }
    weir_wait_list_unlock(&weir_i_wait_sleepers);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    weir_mutex_unlock(&mutex);
    cr_assert(spawn_join(&threads));
}
