/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait/report.h - the checked build tells who waits for what, and since when.
 */
#ifndef WEIR_WAIT_REPORT_H
#define WEIR_WAIT_REPORT_H

#include <weir/base/clock.h>
#include <weir/wait/list.h>

#if WEIR_CHECKED
#include <pthread.h>
#include <stdio.h>
#endif

WEIR_I_BEGIN

#if WEIR_CHECKED

/* One that sleeps, for weir_wait_report. */
typedef struct weir_i_wait_sleeper {
    weir_wait_node node; /* first: a node is a sleeper */
    weir_time since;
    uintptr_t who;
} weir_i_wait_sleeper;

/* All that sleep now, in the order in which they lay down. */
WEIR_I_STATE(weir_wait_list, weir_i_wait_sleepers, {0});

/* Writes a line for each thread and task that sleeps in weir: what it waits for, and how long.
 * Returns how many there are. Only in the checked build; threads are numbered as pthread_self()
 * does. Lines for the first 64. */
WEIR_I_FUNC size_t weir_wait_report(FILE *to) {
    enum { MOST = 64 };
    weir_i_wait_sleeper seen[MOST];
    weir_waiter waiter[MOST];
    size_t count = 0;
    weir_wait_list_lock(&weir_i_wait_sleepers);
    for (const weir_wait_node *node = weir_wait_list_first(&weir_i_wait_sleepers); node;
         node = weir_wait_list_next(&weir_i_wait_sleepers, node), count++) {
        if (count < MOST) {
            seen[count].since = ((const weir_i_wait_sleeper *)(const void *)node)->since;
            seen[count].who = ((const weir_i_wait_sleeper *)(const void *)node)->who;
            waiter[count].task = node->waiter->task;
            waiter[count].what = node->waiter->what;
            waiter[count].object = node->waiter->object;
        }
    }
    weir_wait_list_unlock(&weir_i_wait_sleepers);
    for (size_t i = 0; i < count && i < MOST; i++)
        fprintf(to, "weir: %s %#lx waits for %s (%p) since %.3f s\n",
                waiter[i].task ? "task" : "thread", WEIR_I_CAST(unsigned long, seen[i].who),
                waiter[i].what, waiter[i].object,
                WEIR_I_CAST(double, weir_now() - seen[i].since) / WEIR_I_SECOND);
    return count;
}

/* A child of fork() has none of the threads that sleep here, nor of those that held the lock. */
WEIR_I_FUNC void weir_i_wait_after_fork(void) {
    weir_i_store(&weir_i_wait_sleepers.word, 0, relaxed);
}

WEIR_I_FUNC void weir_i_wait_at_fork(void) {
    (void)pthread_atfork(NULL, NULL, weir_i_wait_after_fork);
}

/* Says of a waiter that may sleep that from now on it waits for another object. */
WEIR_I_FUNC void weir_i_waiter_moved(weir_waiter *waiter, const char *what, const void *object) {
    weir_wait_list_lock(&weir_i_wait_sleepers);
    weir_waiter_of(waiter, what, object);
    weir_wait_list_unlock(&weir_i_wait_sleepers);
}

WEIR_I_FUNC void weir_i_wait_lie_down(weir_i_wait_sleeper *sleeper, weir_waiter *waiter) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, weir_i_wait_at_fork);
    weir_wait_node_init(&sleeper->node, waiter);
    sleeper->since = weir_now();
    sleeper->who = waiter->task ? (uintptr_t)waiter->task : (uintptr_t)pthread_self();
    weir_wait_list_lock(&weir_i_wait_sleepers);
    weir_wait_list_push(&weir_i_wait_sleepers, &sleeper->node);
    weir_wait_list_unlock(&weir_i_wait_sleepers);
}

WEIR_I_FUNC void weir_i_wait_get_up(weir_i_wait_sleeper *sleeper) {
    weir_wait_list_lock(&weir_i_wait_sleepers);
    weir_wait_list_remove(&weir_i_wait_sleepers, &sleeper->node);
    weir_wait_list_unlock(&weir_i_wait_sleepers);
}

#else

WEIR_I_FAST void weir_i_waiter_moved(weir_waiter *waiter, const char *what, const void *object) {
    (void)waiter;
    (void)what;
    (void)object;
}

#endif

WEIR_I_END

#endif
