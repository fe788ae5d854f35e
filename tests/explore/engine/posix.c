/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * posix.c - the part of pthreads that headers use: threads, keys, once, mutexes, conditions.
 *
 * An object is known by its address alone; what its memory holds does not matter, so a static
 * initialiser, init and zeroed memory are all the same.
 */
#include "view.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum { OBJECTS = 128, FREE = -1, DONE = -2 };

typedef struct object { /* a mutex or a once */
    uintptr_t address;
    int owner; /* FREE, DONE, or a thread's number */
    const view *view;
} object;

static object objects[OBJECTS];
static unsigned object_count;

unsigned wake_sleepers(uintptr_t word, unsigned most);
void key_delete(unsigned key);

void posix_reset(void) {
    object_count = 0;
}

#define ENTER() (run.self->frame = (uintptr_t)__builtin_frame_address(0), CALLER())

/* Using an object is an atomic access to its memory: against free, and against a plain init. */
static object *object_at(const void *address, site from) {
    const uintptr_t at = (uintptr_t)address;
    heap_check(at, 1, from);
    (void)place_atomic_access(at, 1, false, from);
    for (unsigned i = 0; i < object_count; i++)
        if (objects[i].address == at)
            return &objects[i];
    if (object_count == OBJECTS)
        fail(EXPLORE_MISUSE, from, "more than %d mutexes", OBJECTS);
    objects[object_count] = (object){at, FREE, NULL};
    return &objects[object_count++];
}

static void take(object *o, site from, const char *what) {
    while (o->owner >= 0) {
        run.self->futex = o->address;
        sched_block(BLOCKED);
    }
    if (o->owner == FREE)
        o->owner = run.self->id;
    memory_acquire(o->view);
    if (UNLIKELY(run.tracing))
        trace_note(from, "%s", what);
}

static void give(object *o, int owner, site from, const char *what) {
    o->view = memory_release();
    o->owner = owner;
    for (unsigned i = 0; i < run.thread_count; i++)
        if (run.threads[i].state == BLOCKED && run.threads[i].futex == o->address)
            sched_wake(&run.threads[i], 0);
    sched_progress();
    if (UNLIKELY(run.tracing))
        trace_note(from, "%s", what);
}

/* -- mutex ------------------------------------------------------------------------------------ */

int explore_i_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a) {
    (void)a;
    place_plain_access((uintptr_t)m, 1, true, CALLER());
    return 0;
}

int explore_i_pthread_mutex_destroy(pthread_mutex_t *m) {
    place_plain_access((uintptr_t)m, 1, true, CALLER());
    return 0;
}

int explore_i_pthread_mutex_lock(pthread_mutex_t *m) {
    const site from = ENTER();
    sched_point(from);
    take(object_at(m, from), from, "locks the mutex");
    return 0;
}

int explore_i_pthread_mutex_trylock(pthread_mutex_t *m) {
    const site from = ENTER();
    sched_point(from);
    object *o = object_at(m, from);
    if (o->owner >= 0)
        return EBUSY;
    take(o, from, "locks the mutex");
    return 0;
}

static void unlock(pthread_mutex_t *m, site from) {
    sched_point(from);
    object *o = object_at(m, from);
    if (o->owner != run.self->id)
        fail(EXPLORE_MISUSE, from, "unlocks a mutex that it does not hold");
    give(o, FREE, from, "unlocks the mutex");
}

int explore_i_pthread_mutex_unlock(pthread_mutex_t *m) {
    unlock(m, ENTER());
    return 0;
}

/* -- condition -------------------------------------------------------------------------------- */

static int condition_wait(pthread_cond_t *c, pthread_mutex_t *m, int64_t deadline, site from) {
    (void)object_at(c, from);
    unlock(m, from);
    const int result = deadline <= run.clock ? ETIMEDOUT : sched_sleep((uintptr_t)c, deadline);
    take(object_at(m, from), from,
         result == ETIMEDOUT ? "condition: time is up" : "condition: awake");
    return result == ETIMEDOUT ? result : 0;
}

int explore_i_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a) {
    (void)a;
    place_plain_access((uintptr_t)c, 1, true, CALLER());
    return 0;
}

int explore_i_pthread_cond_destroy(pthread_cond_t *c) {
    place_plain_access((uintptr_t)c, 1, true, CALLER());
    return 0;
}

int explore_i_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m) {
    return condition_wait(c, m, INT64_MAX, ENTER());
}

int explore_i_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
                                     const struct timespec *at) {
    const int64_t deadline = at->tv_sec >= INT64_MAX / 1000000000
                                 ? INT64_MAX - 1
                                 : at->tv_sec * INT64_C(1000000000) + at->tv_nsec;
    return condition_wait(c, m, deadline, ENTER());
}

static int condition_wake(pthread_cond_t *c, unsigned most, site from) {
    sched_point(from);
    (void)object_at(c, from);
    (void)wake_sleepers((uintptr_t)c, most);
    return 0;
}

int explore_i_pthread_cond_signal(pthread_cond_t *c) {
    return condition_wake(c, 1, ENTER());
}

int explore_i_pthread_cond_broadcast(pthread_cond_t *c) {
    return condition_wake(c, EXPLORE_THREADS, ENTER());
}

/* Attributes do not matter: there is one clock, and mutexes are not recursive. */
#define IGNORE(name)                                                                               \
    int explore_i_##name(void);                                                                    \
    int explore_i_##name(void) {                                                                   \
        return 0;                                                                                  \
    }

IGNORE(pthread_detach)
IGNORE(pthread_atfork)
IGNORE(pthread_setcancelstate)
IGNORE(pthread_condattr_init)
IGNORE(pthread_condattr_destroy)
IGNORE(pthread_condattr_setclock)

/* -- once, keys, threads ---------------------------------------------------------------------- */

int explore_i_pthread_once(pthread_once_t *once, void (*f)(void)) {
    const site from = ENTER();
    sched_point(from);
    object *o = object_at(once, from);
    take(o, from, "enters once");
    if (o->owner == DONE)
        return 0;
    f();
    give(o, DONE, from, "leaves once");
    return 0;
}

int explore_i_pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
    return key_create(key, destructor);
}

int explore_i_pthread_key_delete(pthread_key_t key) {
    key_delete(key);
    return 0;
}

int explore_i_pthread_setspecific(pthread_key_t key, const void *value) {
    if (key >= KEYS)
        return EINVAL;
    memcpy(&run.self->values[key], &value, sizeof value);
    return 0;
}

void *explore_i_pthread_getspecific(pthread_key_t key) {
    return key < KEYS ? run.self->values[key] : NULL;
}

int explore_i_pthread_create(pthread_t *out, const pthread_attr_t *a, void *(*f)(void *),
                             void *arg) {
    (void)a;
    const site from = ENTER();
    const unsigned id = thread_spawn("pthread");
    run.threads[id].function_posix = f;
    run.threads[id].argument = arg;
    *out = id;
    if (UNLIKELY(run.tracing))
        trace_note(from, "starts thread %u", id);
    sched_point(from);
    return 0;
}

int explore_i_pthread_join(pthread_t id, void **result) {
    (void)ENTER();
    explore_join((unsigned)id);
    if (result)
        *result = run.threads[id].result;
    return 0;
}

pthread_t explore_i_pthread_self(void) {
    return run.self->id;
}

int explore_i_pthread_equal(pthread_t a, pthread_t b) {
    return a == b;
}
