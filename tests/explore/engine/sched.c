/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * sched.c - who runs next.
 *
 * Before each visible step the running thread comes here, and a driver (choose.c) picks among those
 * that can run. A thread may also be
 *   resting   it called relax: pointless to run before another has changed something;
 *   asleep    in a futex or condition: until a wake, its deadline, or a stray return, which the
 *             driver may choose at any time;
 *   blocked   joining, or waiting for a mutex;
 *   stopped   for good, by the stop test.
 *
 * Fairness. If all that can run rest, they are roused together and read the newest stores (idle
 * rounds); if nothing changes for IDLE_ROUNDS rounds, that is a livelock. After `soft` steps the
 * schedule is fair and loads are fresh (the tail), so that every program whose threads all get
 * somewhere under a fair schedule ends; if it does not within `hard` steps, that is a livelock too.
 * If none can run, the clock jumps to the first deadline; without one, that is a deadlock.
 */
#include "engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { IDLE_ROUNDS = 300, IDLE_BEFORE_CLOCK = 2, LARGEST_JUMP = 40 };

static uint32_t early_risers(void) {
    return run.strays > 0 ? run.sleeping | run.timed : run.timed;
}

void sched_wake(thread *t, int result) {
    t->wake_result = result;
    t->state = READY;
    t->futex = 0;
    run.runnable |= t->bit;
    run.resting &= ~t->bit;
    run.sleeping &= ~t->bit;
    run.timed &= ~t->bit;
    sched_progress();
}

/* A sleeper that the driver picked: its deadline has come, or it wakes for no reason. */
static void rise_early(thread *t) {
    const bool timed = t->bit & run.timed;
    const bool stray = run.strays > 0 && t->bit & run.sleeping && (!timed || choose(2, OF_SYSTEM));
    if (stray)
        run.strays--;
    else if (run.clock < t->deadline)
        run.clock = t->deadline;
    sched_wake(t, !stray ? ETIMEDOUT : choose(2, OF_SYSTEM) ? EINTR : 0);
    if (UNLIKELY(run.tracing))
        trace_note(0, stray ? "(thread %u wakes for no reason)" : "(thread %u's deadline comes)",
                   t->id);
}

static void ring_alarms(void) {
    for (unsigned i = 0; i < run.thread_count; i++)
        if (run.timed >> i & 1 && run.threads[i].deadline <= run.clock)
            sched_wake(&run.threads[i], ETIMEDOUT);
}

static void jump_to_first_deadline(void) {
    int64_t first = INT64_MAX;
    for (unsigned i = 0; i < run.thread_count; i++)
        if (run.timed >> i & 1 && run.threads[i].deadline < first)
            first = run.threads[i].deadline;
    if (first > run.clock)
        run.clock = first;
    ring_alarms();
}

/* -- nobody gets on --------------------------------------------------------------------------- */

static void describe_threads(char *text, size_t size) {
    size_t used = 0;
    for (unsigned i = 0; i < run.thread_count && used < size; i++) {
        const thread *t = &run.threads[i];
        static const char *const states[] = {"runs", "waits in join", "sleeps", "waits for a lock",
                                             NULL,   "was stopped"};
        if (t->state == FINISHED)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%u %s %s", used ? ", " : "", i,
                                 t->name, states[t->state]);
    }
}

static noreturn void stuck(explore_verdict verdict, const char *what) {
    char who[160] = "";
    describe_threads(who, sizeof who);
    fail(verdict, 0, "%s: %s", what, who);
}

static void idle_round(void) {
    if (++run.idle > IDLE_ROUNDS)
        stuck(EXPLORE_LIVELOCK, "livelock, all wait for each other");
    run.resting = 0;
    run.clock += INT64_C(1) << (run.idle < LARGEST_JUMP ? run.idle : LARGEST_JUMP);
    ring_alarms();
    if (run.timed && run.idle > IDLE_BEFORE_CLOCK)
        jump_to_first_deadline();
}

static void nobody_runs(void) {
    if (run.runnable) {
        idle_round();
        return;
    }
    if (run.timed) {
        jump_to_first_deadline();
        return;
    }
    for (unsigned i = 0; i < run.thread_count; i++)
        if (!thread_is_over(&run.threads[i]))
            stuck(EXPLORE_DEADLOCK, "deadlock");
    run_end(); /* the rest was stopped */
}

/* -- the switch ------------------------------------------------------------------------------- */

static void switch_to(thread *to) {
    thread *from = run.self;
    if (to == from)
        return;
    run.self = to;
    fiber_switch(&from->stack_pointer, to->stack_pointer);
}

/* The tail: a fair pick that no driver has a say in. */
static unsigned fair_pick(uint32_t ready) {
    uint32_t skip = (run.steps * 0x9e3779b9u >> 16) % (uint32_t)__builtin_popcount(ready);
    while (skip-- > 0)
        ready &= ready - 1;
    return (unsigned)__builtin_ctz(ready);
}

static void run_another(void) {
    uint32_t ready;
    while ((ready = run.runnable & ~run.resting) == 0)
        nobody_runs();
    if (UNLIKELY(run.steps > run.hard))
        stuck(EXPLORE_LIVELOCK, "livelock, no end in sight");
    const unsigned next =
        run.steps > run.soft ? fair_pick(ready) : choose_thread(ready, early_risers());
    if (!(ready >> next & 1))
        rise_early(&run.threads[next]);
    switch_to(&run.threads[next]);
}

/* The stop test: at the chosen step of the chosen operation, the thread stops or goes on. */
static void stop_here(site from) {
    thread *t = run.self;
    const uint32_t step = t->operation_steps++;
    if (!set.stop_operation || run.stopped || step != set.stop_step ||
        strcmp(t->operation, set.stop_operation) != 0 || choose(2, OF_SYSTEM))
        return;
    t->state = STOPPED;
    run.stopped = t->bit;
    run.runnable &= ~t->bit;
    run.failure.at = from;
    if (UNLIKELY(run.tracing))
        trace_note(from, "is stopped here for good");
    for (unsigned i = 0; i < run.thread_count; i++)
        if (run.threads[i].state == JOINING && run.threads[i].join == t->id)
            sched_wake(&run.threads[i], 0);
    run_another();
    __builtin_unreachable();
}

void sched_point(site from) {
    thread *t = run.self;
    run.steps++;
    if (UNLIKELY(t->operation != NULL))
        stop_here(from);
    if (run.runnable == t->bit && !run.sleeping && run.steps <= run.soft)
        return;
    run_another();
}

/* -- waiting ---------------------------------------------------------------------------------- */

void sched_block(enum thread_state why) {
    run.self->state = why;
    run.runnable &= ~run.self->bit;
    run_another();
}

int sched_sleep(uintptr_t futex, int64_t deadline) {
    thread *t = run.self;
    t->futex = futex;
    t->deadline = deadline;
    run.sleeping |= t->bit;
    if (deadline != INT64_MAX)
        run.timed |= t->bit;
    sched_block(ASLEEP);
    return t->wake_result;
}

void sched_rest(void) {
    run.steps++;
    run.resting |= run.self->bit;
    run_another();
    run.resting &= ~run.self->bit;
}

void sched_leave(void) {
    thread *t = run.self;
    for (unsigned i = 0; i < run.thread_count; i++)
        if (run.threads[i].state == JOINING && run.threads[i].join == t->id)
            sched_wake(&run.threads[i], 0);
    sched_progress();
    if (UNLIKELY(run.tracing))
        trace_note(0, "ends");
    sched_block(FINISHED);
}

void weir_explore_relax(void) {
    run.self->frame = (uintptr_t)__builtin_frame_address(0);
    sched_rest();
}

bool explore_stopped(void) {
    return run.stopped != 0;
}
