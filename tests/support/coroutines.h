/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * coroutines.h - a small scheduler of tasks: coroutines of one thread, which park through wait.h.
 *
 * Do this:
 *   coroutines *c = coroutines_new(NULL);
 *   coroutines_spawn(c, producer, &shared);
 *   coroutines_spawn(c, consumer, &shared);
 *   coroutines_run(c);                    // in this thread, until all have returned
 *   coroutines_delete(c);
 *
 * It proves that what waits through wait.h works for tasks, too; a coroutine that waits lets the
 * next one run, and may be woken from any thread. When nobody can run and the time is virtual, it
 * jumps to the next deadline: a test of a time-out does not sleep. For that, define in the test,
 * before including weir,
 *   #define WEIR_CLOCK() coroutines_time
 * and pass &coroutines_time.
 */
#ifndef WEIR_TESTS_COROUTINES_H
#define WEIR_TESTS_COROUTINES_H

#include <stdint.h>

typedef struct coroutines coroutines;

/* The virtual time, in nanoseconds. */
extern int64_t coroutines_time;

/* virtual_time: &coroutines_time, or NULL for the real clock. */
coroutines *coroutines_new(int64_t *virtual_time);
void coroutines_delete(coroutines *c);

/* Before coroutines_run, or from a coroutine of c. */
void coroutines_spawn(coroutines *c, void (*function)(void *), void *argument);
void coroutines_run(coroutines *c);

/* From a coroutine: lets the others run first. */
void coroutines_yield(void);

/* How often a coroutine was parked. */
unsigned coroutines_parks(const coroutines *c);

#endif
