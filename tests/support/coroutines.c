/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Coroutines by <ucontext.h>; sanitizers are told about each switch. The lock guards all lists and
 * flags, since unpark comes from any thread.
 */
#include "coroutines.h"

#include <weir/wait.h>

#include <pthread.h>
#include <stdlib.h>
#include <ucontext.h>

enum { STACK = 256 * 1024 };

/* Of ThreadSanitizer and AddressSanitizer, where they are linked. */
__attribute__((weak)) void *__tsan_get_current_fiber(void);
__attribute__((weak)) void *__tsan_create_fiber(unsigned flags);
__attribute__((weak)) void __tsan_destroy_fiber(void *fiber);
__attribute__((weak)) void __tsan_switch_to_fiber(void *fiber, unsigned flags);
__attribute__((weak)) void __sanitizer_start_switch_fiber(void **save, const void *bottom,
                                                          size_t size);
__attribute__((weak)) void __sanitizer_finish_switch_fiber(void *save, const void **bottom,
                                                           size_t *size);

typedef struct place {
    ucontext_t context;
    const void *bottom; /* of its stack */
    size_t size;
    void *fiber;
} place;

typedef struct coroutine {
    weir_wait_task task; /* first: a task is a coroutine */
    coroutines *home;
    struct coroutine *next; /* in the list of those that can run, or of those that are parked */
    place at;
    void *stack;
    void (*function)(void *);
    void *argument;
    weir_time deadline;
    bool parked;
    bool unparked; /* by an unpark that no park has taken yet */
    bool ended;
} coroutine;

struct coroutines {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    coroutine *first; /* can run, in order */
    coroutine **end;
    coroutine *parked;
    coroutine *running;
    place main;
    int64_t *virtual_time;
    unsigned alive;
    unsigned parks;
};

int64_t coroutines_time;

/* -- switching -------------------------------------------------------------------------------- */

static void arrive(place *from, void *save) {
    if (__sanitizer_finish_switch_fiber)
        __sanitizer_finish_switch_fiber(save, from ? &from->bottom : NULL,
                                        from ? &from->size : NULL);
}

/* from == NULL: for good. */
static void switch_to(place *from, place *to) {
    void *save = NULL;
    if (__sanitizer_start_switch_fiber)
        __sanitizer_start_switch_fiber(from ? &save : NULL, to->bottom, to->size);
    if (__tsan_switch_to_fiber)
        __tsan_switch_to_fiber(to->fiber, 0);
    if (from)
        swapcontext(&from->context, &to->context);
    else
        setcontext(&to->context);
    arrive(NULL, save);
}

static void begin(unsigned high, unsigned low) {
    coroutine *self = (coroutine *)((uintptr_t)high << 16 << 16 | low);
    arrive(&self->home->main, NULL);
    self->function(self->argument);
    self->ended = true;
    switch_to(NULL, &self->home->main);
}

/* -- what wait.h asks for --------------------------------------------------------------------- */

static weir_time time_of(const coroutines *c) {
    return c->virtual_time ? *c->virtual_time : weir_now();
}

static void make_runnable(coroutines *c, coroutine *one) {
    one->next = NULL;
    *c->end = one;
    c->end = &one->next;
}

static bool park(weir_wait_task *task, weir_time deadline) {
    coroutine *self = (coroutine *)task;
    coroutines *c = self->home;
    pthread_mutex_lock(&c->lock);
    if (!self->unparked && deadline > time_of(c)) {
        self->deadline = deadline;
        self->parked = true;
        self->next = c->parked;
        c->parked = self;
        c->parks++;
        pthread_mutex_unlock(&c->lock);
        switch_to(&self->at, &c->main);
        pthread_mutex_lock(&c->lock);
    }
    const bool unparked = self->unparked;
    self->unparked = false;
    pthread_mutex_unlock(&c->lock);
    return unparked;
}

static void get_up(coroutines *c, coroutine *one) {
    for (coroutine **link = &c->parked; *link; link = &(*link)->next) {
        if (*link == one) {
            *link = one->next;
            break;
        }
    }
    one->parked = false;
    make_runnable(c, one);
}

static void unpark(weir_wait_task *task) {
    coroutine *other = (coroutine *)task;
    coroutines *c = other->home;
    pthread_mutex_lock(&c->lock);
    other->unparked = true;
    if (other->parked)
        get_up(c, other);
    pthread_cond_signal(&c->woken);
    pthread_mutex_unlock(&c->lock);
}

static const weir_wait_scheduler scheduler = {park, unpark};

/* -- the scheduler ---------------------------------------------------------------------------- */

coroutines *coroutines_new(int64_t *virtual_time) {
    coroutines *c = (coroutines *)calloc(1, sizeof *c);
    pthread_condattr_t monotonic;
    if (!c)
        abort();
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    c->end = &c->first;
    c->virtual_time = virtual_time;
    return c;
}

void coroutines_delete(coroutines *c) {
    pthread_cond_destroy(&c->woken);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void coroutines_spawn(coroutines *c, void (*function)(void *), void *argument) {
    coroutine *one = (coroutine *)calloc(1, sizeof *one);
    if (!one || !(one->stack = malloc(STACK)))
        abort();
    one->task.scheduler = &scheduler;
    one->home = c;
    one->function = function;
    one->argument = argument;
    getcontext(&one->at.context);
    one->at.context.uc_stack.ss_sp = one->stack;
    one->at.context.uc_stack.ss_size = STACK;
    one->at.bottom = one->stack;
    one->at.size = STACK;
    one->at.fiber = __tsan_create_fiber ? __tsan_create_fiber(0) : NULL;
    makecontext(&one->at.context, (void (*)(void))begin, 2, (unsigned)((uintptr_t)one >> 16 >> 16),
                (unsigned)(uintptr_t)one);
    pthread_mutex_lock(&c->lock);
    c->alive++;
    make_runnable(c, one);
    pthread_mutex_unlock(&c->lock);
}

/* Wakes those whose time is up; returns the next deadline. */
static weir_time wake_late(coroutines *c) {
    weir_time next = WEIR_FOREVER;
    const weir_time now = time_of(c);
    for (coroutine *one = c->parked, *after; one; one = after) {
        after = one->next;
        if (one->deadline <= now)
            get_up(c, one);
        else if (one->deadline < next)
            next = one->deadline;
    }
    return next;
}

/* Under the lock: the next one to run, as soon as there is one. */
static coroutine *next_to_run(coroutines *c) {
    for (;;) {
        const weir_time next = wake_late(c);
        coroutine *one = c->first;
        if (one) {
            c->first = one->next;
            if (!c->first)
                c->end = &c->first;
            return one;
        }
        if (next == WEIR_FOREVER) {
            pthread_cond_wait(&c->woken, &c->lock);
        } else if (c->virtual_time) {
            *c->virtual_time = next;
        } else {
            const struct timespec at = {(time_t)(next / 1000000000), (long)(next % 1000000000)};
            pthread_cond_timedwait(&c->woken, &c->lock, &at);
        }
    }
}

void coroutines_run(coroutines *c) {
    c->main.fiber = __tsan_get_current_fiber ? __tsan_get_current_fiber() : NULL;
    while (c->alive > 0) {
        pthread_mutex_lock(&c->lock);
        coroutine *one = c->running = next_to_run(c);
        pthread_mutex_unlock(&c->lock);
        weir_wait_task_set(&one->task);
        switch_to(&c->main, &one->at);
        weir_wait_task_set(NULL);
        if (one->ended) {
            if (__tsan_destroy_fiber)
                __tsan_destroy_fiber(one->at.fiber);
            free(one->stack);
            free(one);
            c->alive--;
        }
    }
}

void coroutines_yield(void) {
    coroutine *self = (coroutine *)weir_wait_task_get();
    coroutines *c = self->home;
    pthread_mutex_lock(&c->lock);
    make_runnable(c, self);
    pthread_mutex_unlock(&c->lock);
    switch_to(&self->at, &c->main);
}

unsigned coroutines_parks(const coroutines *c) {
    return c->parks;
}
