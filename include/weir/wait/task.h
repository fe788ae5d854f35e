/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait/task.h - who is parked: a thread, or the task that a scheduler runs on it.
 */
#ifndef WEIR_WAIT_TASK_H
#define WEIR_WAIT_TASK_H

#include <weir/base/clock.h>
#include <weir/base/config.h>

WEIR_I_BEGIN

typedef struct weir_wait_task weir_wait_task;

/* What a scheduler of tasks has to offer.
 * park: suspends the calling task until unpark(task), or until deadline. True: an unpark ended it;
 * each unpark ends exactly one park, also one that is called later. False: time is up, and there
 * was none. No other reason to return. unpark: makes the task run again; called by any thread or
 * task, at most once for a park. */
typedef struct weir_wait_scheduler {
    bool (*park)(weir_wait_task *task, weir_time deadline);
    void (*unpark)(weir_wait_task *task);
} weir_wait_scheduler;

/* The first member of a scheduler's own record of a task. */
struct weir_wait_task {
    const weir_wait_scheduler *scheduler;
};

#if WEIR_EXPLORE
void **weir_explore_local(void *key);
static char weir_i_wait_key;
#define WEIR_I_WAIT_TASK (*(weir_wait_task **)weir_explore_local(&weir_i_wait_key))
#else
/* NULL: the thread itself waits. Only parking looks at it. */
WEIR_I_STATE(__thread weir_wait_task *, weir_i_wait_task, NULL);
#define WEIR_I_WAIT_TASK weir_i_wait_task
#endif

/* Says that the calling thread runs task from now on; NULL: none. */
WEIR_I_FUNC void weir_wait_task_set(weir_wait_task *task) {
    WEIR_I_WAIT_TASK = task;
}

/* The task that the calling thread runs, or NULL. */
WEIR_I_FUNC weir_wait_task *weir_wait_task_get(void) {
    return WEIR_I_WAIT_TASK;
}

/* Who calls: a number that no other thread or task has while this one lives. Never 0. */
WEIR_I_FUNC uintptr_t weir_wait_self(void) {
    weir_wait_task *task = weir_wait_task_get();
    return task ? (uintptr_t)task : (uintptr_t)&WEIR_I_WAIT_TASK;
}

WEIR_I_END

#endif
