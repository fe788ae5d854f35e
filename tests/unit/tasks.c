/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * tasks.c - what blocks a thread parks a task: locks, groups and channels among the coroutines of
 * one thread, where a blocked thread would be a hang, and between coroutines and threads. Time-outs
 * run on a virtual clock.
 */
#include <stdint.h>
static int64_t clock_of_test(void);
#define WEIR_CLOCK() clock_of_test()

#include "support/check.h"
#include "support/coroutines.h"

#include <weir/weir.h>

#include <pthread.h>

static bool time_is_virtual;

static int64_t clock_of_test(void) {
    struct timespec now;
    if (time_is_virtual)
        return coroutines_time;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Runs `function` by `tasks` coroutines of this thread and `threads` threads, all at once. */
typedef void *thread_function(void *);

static void run(void (*function)(void *), void *shared, unsigned tasks, unsigned threads) {
    coroutines *c = coroutines_new(NULL);
    pthread_t thread[8];
    for (unsigned i = 0; i < tasks; i++)
        coroutines_spawn(c, function, shared);
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, (thread_function *)(uintptr_t)function, shared) != 0)
            abort();
    coroutines_run(c);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    coroutines_delete(c);
}

/* A coroutine gives way inside of what it has locked; a thread has others beside it anyway. */
static void give_way(void) {
    if (weir_wait_task_get())
        coroutines_yield();
}

enum { ROUNDS = 300 };

/* -- locks ------------------------------------------------------------------------------------- */

typedef struct counter {
    weir_mutex mutex;
    weir_rwmutex rwmutex;
    weir_semaphore semaphore;
    unsigned count;
    WEIR_I_ATOMIC(unsigned) inside;
    WEIR_I_ATOMIC(unsigned) overfull;
} counter;

static void count_under_mutex(void *shared) {
    counter *c = (counter *)shared;
    for (int i = 0; i < ROUNDS; i++) {
        weir_mutex_lock(&c->mutex);
        const unsigned before = c->count;
        give_way();
        c->count = before + 1;
        weir_mutex_unlock(&c->mutex);
    }
}

Test(tasks, share_a_mutex, .timeout = 60) {
    counter c = {0};
    run(count_under_mutex, &c, 5, 0);
    cr_assert_eq(c.count, 5 * ROUNDS);
    run(count_under_mutex, &c, 3, 2);
    cr_assert_eq(c.count, 10 * ROUNDS);
}

static void read_and_write(void *shared) {
    counter *c = (counter *)shared;
    for (int i = 0; i < ROUNDS; i++) {
        weir_rwmutex_rlock(&c->rwmutex);
        const unsigned seen = c->count;
        give_way();
        if (c->count != seen)
            weir_i_fetch_add(&c->overfull, 1, relaxed);
        weir_rwmutex_runlock(&c->rwmutex);
        weir_rwmutex_lock(&c->rwmutex);
        const unsigned before = c->count;
        give_way();
        c->count = before + 1;
        weir_rwmutex_unlock(&c->rwmutex);
    }
}

Test(tasks, share_a_rwmutex, .timeout = 60) {
    counter c = {0};
    run(read_and_write, &c, 4, 0);
    run(read_and_write, &c, 2, 2);
    cr_assert_eq(c.count, 8 * ROUNDS);
    cr_assert_eq(c.overfull, 0);
}

static void take_two_of_five(void *shared) {
    counter *c = (counter *)shared;
    for (int i = 0; i < ROUNDS; i++) {
        weir_semaphore_acquire(&c->semaphore, 2);
        if (weir_i_fetch_add(&c->inside, 2, relaxed) > 3)
            weir_i_fetch_add(&c->overfull, 1, relaxed);
        give_way();
        weir_i_fetch_sub(&c->inside, 2, relaxed);
        weir_semaphore_release(&c->semaphore, 2);
    }
}

Test(tasks, share_a_semaphore, .timeout = 60) {
    counter c = {0};
    cr_assert_eq(weir_semaphore_init(&c.semaphore, 5), WEIR_OK);
    run(take_two_of_five, &c, 5, 0);
    run(take_two_of_five, &c, 3, 2);
    cr_assert_eq(c.overfull, 0);
    weir_semaphore_destroy(&c.semaphore);
}

/* -- a condition, a group ---------------------------------------------------------------------- */

typedef struct slot {
    weir_mutex mutex;
    weir_cond changed;
    weir_wait_group group;
    bool full;
    WEIR_I_ATOMIC(unsigned) roles;
    unsigned sum;
} slot;

/* By turns a producer and a consumer of one slot. */
static void fill_or_empty(void *shared) {
    slot *s = (slot *)shared;
    const bool fills = weir_i_fetch_add(&s->roles, 1, relaxed) % 2 == 0;
    for (int i = 0; i < ROUNDS; i++) {
        weir_mutex_lock(&s->mutex);
        while (s->full == fills)
            weir_cond_wait(&s->changed, &s->mutex);
        s->full = fills;
        s->sum += !fills;
        weir_mutex_unlock(&s->mutex);
        weir_cond_broadcast(&s->changed);
    }
}

Test(tasks, wait_for_a_condition, .timeout = 60) {
    slot s = {0};
    run(fill_or_empty, &s, 4, 0);
    run(fill_or_empty, &s, 2, 2);
    cr_assert_eq(s.sum, 4 * ROUNDS);
    cr_assert(!s.full);
}

static void finish(void *shared) {
    slot *s = (slot *)shared;
    give_way();
    s->sum++;
    weir_wait_group_done(&s->group);
}

static void wait_for_group(void *shared) {
    slot *s = (slot *)shared;
    weir_wait_group_wait(&s->group);
    s->full = s->sum == 3;
}

Test(tasks, wait_for_a_group, .timeout = 60) {
    slot s = {0};
    coroutines *c = coroutines_new(NULL);
    weir_wait_group_add(&s.group, 3);
    coroutines_spawn(c, wait_for_group, &s);
    for (int i = 0; i < 3; i++)
        coroutines_spawn(c, finish, &s);
    coroutines_run(c);
    coroutines_delete(c);
    cr_assert(s.full);
}

/* -- channels -----------------------------------------------------------------------------------
 */

WEIR_CHAN(numbers, unsigned)

typedef struct pipes {
    numbers in[2];
    numbers done;
    unsigned sum;
} pipes;

static void send_half(void *shared) {
    pipes *p = (pipes *)shared;
    for (unsigned i = 1; i <= ROUNDS; i++)
        if (numbers_send(&p->in[i % 2], i) != WEIR_OK)
            return;
    (void)numbers_close(&p->done);
}

static void select_all(void *shared) {
    pipes *p = (pipes *)shared;
    unsigned value = 0;
    weir_case cases[] = {numbers_case_recv(&p->in[0], &value), numbers_case_recv(&p->in[1], &value),
                         numbers_case_recv(&p->done, NULL)};
    while (weir_select_first(cases, 3) != 2)
        p->sum += value;
}

static void *send_half_in_thread(void *shared) {
    send_half(shared);
    return NULL;
}

static void pipe_through(size_t capacity, bool with_thread) {
    pipes p = {.sum = 0};
    pthread_t thread;
    coroutines *c = coroutines_new(NULL);
    if (numbers_init(&p.in[0], capacity) != WEIR_OK ||
        numbers_init(&p.in[1], capacity) != WEIR_OK || numbers_init(&p.done, 0) != WEIR_OK)
        abort();
    coroutines_spawn(c, select_all, &p);
    if (!with_thread)
        coroutines_spawn(c, send_half, &p);
    else if (pthread_create(&thread, NULL, send_half_in_thread, &p) != 0)
        abort();
    coroutines_run(c);
    if (with_thread)
        pthread_join(thread, NULL);
    coroutines_delete(c);
    numbers_destroy(&p.in[0]);
    numbers_destroy(&p.in[1]);
    numbers_destroy(&p.done);
    cr_assert_eq(p.sum, ROUNDS * (ROUNDS + 1) / 2, "capacity %zu", capacity);
}

Test(tasks, select_over_channels, .timeout = 60) {
    for (size_t capacity = 0; capacity < 3; capacity++) {
        pipe_through(capacity, false);
        pipe_through(capacity, true);
    }
}

/* -- time -----------------------------------------------------------------------------------------
 */

enum { HOUR_S = 3600 };
static const weir_time hour = (weir_time)HOUR_S * 1000000000;

typedef struct late {
    weir_mutex mutex;
    weir_cond cond;
    weir_semaphore semaphore;
    weir_wait_group group;
    numbers channel;
    int timeouts;
} late;

static void wait_in_vain(void *shared) {
    late *l = (late *)shared;
    unsigned value;
    weir_case cases[] = {numbers_case_recv(&l->channel, &value)};
    l->timeouts += weir_mutex_lock_until(&l->mutex, weir_in(hour)) == WEIR_TIMEOUT;
    l->timeouts += weir_semaphore_acquire_until(&l->semaphore, 1, weir_in(hour)) == WEIR_TIMEOUT;
    l->timeouts += weir_wait_group_wait_until(&l->group, weir_in(hour)) == WEIR_TIMEOUT;
    l->timeouts += numbers_recv_until(&l->channel, &value, weir_in(hour)) == WEIR_TIMEOUT;
    l->timeouts += numbers_send_until(&l->channel, 1, weir_in(hour)) == WEIR_TIMEOUT;
    l->timeouts += weir_select_until(cases, 1, weir_in(hour)) == -1;
}

Test(tasks, time_out_without_sleeping, .timeout = 60) {
    late l = {.timeouts = 0};
    cr_assert_eq(numbers_init(&l.channel, 0), WEIR_OK);
    cr_assert_eq(weir_semaphore_init(&l.semaphore, 1), WEIR_OK);
    weir_mutex_lock(&l.mutex);
    weir_semaphore_acquire(&l.semaphore, 1);
    weir_wait_group_add(&l.group, 1);
    time_is_virtual = true;
    coroutines_time = 0;
    coroutines *c = coroutines_new(&coroutines_time);
    coroutines_spawn(c, wait_in_vain, &l);
    coroutines_run(c);
    coroutines_delete(c);
    cr_assert_eq(l.timeouts, 6);
    cr_assert_eq(coroutines_time, 6 * hour);
    time_is_virtual = false;
    weir_wait_group_done(&l.group);
    weir_semaphore_release(&l.semaphore, 1);
    weir_mutex_unlock(&l.mutex);
    weir_semaphore_destroy(&l.semaphore);
    numbers_destroy(&l.channel);
}
