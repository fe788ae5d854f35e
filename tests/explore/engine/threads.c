/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * threads.c - logical threads: they start, are joined, run their exit hooks and end.
 */
#include "view.h"

#include <errno.h>
#include <string.h>

enum { HOOK_ROUNDS = 4 }; /* as POSIX: hooks may set values again */

static struct {
    void (*destructor)(void *);
    bool used;
} keys[KEYS];
static unsigned key_count; /* those above were never used */

static void thread_reset(thread *t, unsigned id, const char *name) {
    t->id = (uint8_t)id;
    t->bit = 1u << id;
    t->name = name;
    t->state = READY;
    t->operation = NULL;
    t->released = NULL;
    t->last = 0;
    t->futex = 0;
    t->frame = 0;
    t->function = NULL;
    t->function_posix = NULL;
    t->priority = 0;
    t->cpu = id % EXPLORE_CPUS;
    memset(t->values, 0, sizeof t->values);
    memset(t->locals, 0, sizeof t->locals);
    view_clear(&t->now);
    view_clear(&t->acquired);
}

void threads_reset(void) {
    memset(keys, 0, sizeof keys);
    key_count = 0;
    run.alone = true;
    thread_reset(&run.threads[0], 0, "body");
    run.threads[0].now.at[0][0] = 1;
    run.thread_count = 1;
    run.runnable = 1;
    run.resting = run.sleeping = run.timed = run.stopped = 0;
    run.self = &run.threads[0];
}

bool thread_is_over(const thread *t) {
    return t->state == FINISHED || t->state == STOPPED;
}

/* -- life ------------------------------------------------------------------------------------- */

void thread_run_exit_hooks(void) {
    bool again = true;
    for (int round = 0; again && round < HOOK_ROUNDS; round++) {
        again = false;
        for (unsigned i = 0; i < key_count; i++) {
            void *value = run.self->values[i];
            if (!value || !keys[i].used || !keys[i].destructor)
                continue;
            run.self->values[i] = NULL;
            keys[i].destructor(value);
            again = true;
        }
    }
}

static noreturn void thread_main(void) {
    thread *t = run.self;
    if (t->function_posix)
        t->result = t->function_posix(t->argument);
    else
        t->function(t->argument);
    thread_run_exit_hooks();
    sched_leave();
    __builtin_unreachable();
}

unsigned thread_spawn(const char *name) {
    if (run.thread_count == EXPLORE_THREADS)
        fail(EXPLORE_MISUSE, 0, "more than %d logical threads", EXPLORE_THREADS);
    const unsigned id = run.thread_count++;
    thread *t = &run.threads[id];
    thread_reset(t, id, name);
    view_copy(&t->now, &run.self->now);
    (void)memory_release();
    t->now.at[0][id] = 1;
    t->stack_pointer = fiber_prepare(id, thread_main);
    run.alone = false;
    t->priority = (int)(choose_bits() & 0xffff) + 100;
    run.runnable |= t->bit;
    return id;
}

unsigned explore_spawn_named(const char *name, void (*function)(void *), void *argument) {
    const unsigned id = thread_spawn(name);
    run.threads[id].function = function;
    run.threads[id].argument = argument;
    if (UNLIKELY(run.tracing))
        trace_note(CALLER(), "starts thread %u, %s", id, name);
    return id;
}

static void join_one(thread *t) {
    if (t == run.self)
        return;
    if (!thread_is_over(t)) {
        run.self->join = t->id;
        sched_block(JOINING);
    }
    if (t->state == FINISHED)
        memory_acquire(&t->now);
}

void explore_join(unsigned id) {
    if (id >= run.thread_count)
        fail(EXPLORE_MISUSE, CALLER(), "join of thread %u, which does not exist", id);
    run.self->frame = (uintptr_t)__builtin_frame_address(0);
    join_one(&run.threads[id]);
}

void explore_join_all(void) {
    run.self->frame = (uintptr_t)__builtin_frame_address(0);
    bool alone = true;
    for (unsigned id = 0; id < run.thread_count; id++) {
        join_one(&run.threads[id]);
        alone &= run.threads[id].state == FINISHED || &run.threads[id] == run.self;
    }
    run.alone = alone;
    if (UNLIKELY(run.tracing))
        trace_note(CALLER(), "has joined all");
}

/* -- what a thread owns ----------------------------------------------------------------------- */

int key_create(unsigned *key, void (*destructor)(void *)) {
    for (unsigned i = 0; i < KEYS; i++) {
        if (keys[i].used)
            continue;
        keys[i].used = true;
        key_count = i >= key_count ? i + 1 : key_count;
        keys[i].destructor = destructor;
        *key = i;
        return 0;
    }
    return EAGAIN;
}

void key_delete(unsigned key) {
    keys[key].used = false;
}

void **weir_explore_local(void *key) {
    struct local *slots = run.self->locals;
    for (unsigned i = 0; i < LOCALS; i++) {
        if (!slots[i].key)
            slots[i].key = key;
        if (slots[i].key == key)
            return &slots[i].pointer;
    }
    fail(EXPLORE_MISUSE, CALLER(), "more than %d thread-locals", LOCALS);
}

/* -- where a thread runs ---------------------------------------------------------------------- */

void explore_run_on(unsigned cpu) {
    run.self->cpu = cpu % EXPLORE_CPUS;
}

unsigned weir_explore_cpu(void) {
    return run.self->cpu;
}

unsigned weir_explore_cpus(void) {
    return EXPLORE_CPUS;
}

bool weir_explore_spins(void) {
    if (!run.spins_chosen) {
        run.spins_chosen = true;
        run.spins = explore_choose(2);
        if (UNLIKELY(run.tracing) && run.spins)
            trace_note(CALLER(), "who waits looks again before it sleeps");
    }
    return run.spins;
}

/* -- marks ------------------------------------------------------------------------------------ */

unsigned explore_thread(void) {
    return run.self->id;
}

uint64_t explore_time(void) {
    return ++run.ticks;
}

uint64_t explore_seen(unsigned id) {
    const thread *t = run.self;
    return (uint64_t)(id == t->id ? t->last : t->now.at[0][id]);
}

void explore_begin(const char *operation) {
    run.self->operation = operation;
    run.self->operation_steps = 0;
    operation_met(operation, 0);
    if (UNLIKELY(run.tracing))
        trace_note(CALLER(), "%s {", operation);
}

void explore_end(void) {
    operation_met(run.self->operation, run.self->operation_steps);
    run.self->operation = NULL;
    if (UNLIKELY(run.tracing))
        trace_note(CALLER(), "}");
}
