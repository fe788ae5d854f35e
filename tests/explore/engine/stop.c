/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stop.c - the stop test: a thread stops for good at each step of each operation in turn.
 *
 * Operations are what lies between explore_begin and explore_end. If the others always finish, no
 * operation keeps them from it wherever it is interrupted: that is what lock-free means. If they
 * deadlock or livelock once, it is not.
 */
#include "engine.h"

#include <inttypes.h>
#include <string.h>

enum { OPERATIONS = 32, WARM_UP = 300 };

static struct operation {
    const char *name;
    uint32_t steps; /* the most that it took */
} operations[OPERATIONS];
static unsigned operation_count;

void operation_met(const char *name, uint32_t steps) {
    unsigned i = 0;
    while (i < operation_count && strcmp(operations[i].name, name) != 0)
        i++;
    if (i == OPERATIONS)
        return;
    if (i == operation_count)
        operations[operation_count++] = (struct operation){name, 0};
    if (steps > operations[i].steps)
        operations[i].steps = steps;
}

static explore_verdict try_step(const explore_program *p, const struct operation *o, uint32_t step,
                                const budget *b, tally *total) {
    tally t;
    set.stop_operation = o->name;
    set.stop_step = step;
    const explore_verdict v = explore_many(p, b, &t);
    total->executions += t.executions;
    total->seconds += t.seconds;
    return v;
}

/* The step at which the operation holds up the others; -1: there is none. */
static int64_t blocking_step(const explore_program *p, const struct operation *o, const budget *b,
                             tally *total) {
    const uint32_t steps = o->steps;
    for (uint32_t step = 0; step < steps; step++)
        if (try_step(p, o, step, b, total) != EXPLORE_PASS)
            return step;
    return -1;
}

bool stop_test(const explore_program *p, const budget *b) {
    const settings before = set;
    tally total = {0};
    bool blocked = false;
    operation_count = 0;
    set.stop_operation = NULL;
    if (explore_many(p, &(budget){WARM_UP, b->seconds, false}, &total) != EXPLORE_PASS)
        return false;
    uint32_t points = 0;
    for (unsigned i = 0; i < operation_count; i++)
        points += operations[i].steps;
    const budget each = {b->executions, b->seconds / (points ? points : 1), false};
    for (unsigned i = 0; i < operation_count && !(blocked && p->stop == EXPLORE_STOP_PASSES); i++) {
        const struct operation *o = &operations[i];
        const int64_t step = blocking_step(p, o, &each, &total);
        if (step < 0) {
            printf("    stop %-18s at any of its %" PRIu32 " steps: the others finish\n", o->name,
                   o->steps);
            continue;
        }
        blocked = true;
        printf("    stop %-18s at step %" PRId64 " (%s): %s\n", o->name, step,
               site_text(run.failure.at), run.failure.text);
    }
    const bool as_told = operation_count > 0 && blocked == (p->stop == EXPLORE_STOP_BLOCKS);
    printf("    stop test: %s, %" PRIu64 " executions, %.1f s\n",
           !operation_count ? "no operation is marked"
           : blocked        ? "not lock-free"
                            : "lock-free",
           total.executions, total.seconds);
    if (as_told || !blocked)
        set = before; /* else the caller tells this very failure */
    return as_told;
}
