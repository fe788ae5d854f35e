/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fork_join.h - a small fork-join pool: a deque for each worker, an injector for tasks from
 * outside, and an event count on which idle workers sleep. Take it as a start for your own.
 *
 * Do this:
 *   struct sum { task base; ...; };                       // a task is the first member of yours
 *   static void sum_run(worker *w, task *t) {
 *       struct sum left = {.base.run = sum_run, ...};     // on the stack: it is joined below
 *       fork_task(w, &left.base);                         // others may take it from here on
 *       ... do the right half ...
 *       join_task(w, &left.base);
 *   }
 *   pool *p = pool_new(4);
 *   pool_run(p, &root.base);                              // from outside; returns when it is done
 *   pool_delete(p);
 *
 * A worker looks for tasks in its own deque (the youngest: what it forked last), then in those of
 * others (the oldest: likely the largest), from a random one on, then in the injector. It sleeps
 * only after it has announced that and has looked everywhere once more; who forks publishes the
 * task and then looks for sleepers. So no wake-up is lost, and an idle pool uses no processor time.
 * A joiner whose task was stolen works on others' tasks meanwhile.
 */
#ifndef FORK_JOIN_H
#define FORK_JOIN_H

#include <weir/deque.h>
#include <weir/wait.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct task task;
typedef struct worker worker;
typedef struct pool pool;

struct task {
    void (*run)(worker *w, task *t);
    atomic_bool done; /* the last access of who ran it: then the task may be gone */
};

WEIR_DEQUE(tasks, task *)
WEIR_INJECTOR(inbox, task *, tasks)

struct worker {
    tasks own;
    pool *pool;
    pthread_t thread;
    uint64_t random;
};

struct pool {
    inbox outside;
    weir_event_count work;  /* workers wait here for tasks, and for the end of stolen ones */
    weir_event_count ended; /* pool_run waits here */
    atomic_bool stop;
    size_t workers;
    worker *worker;
};

/* -- finding a task --------------------------------------------------------------------------- */

static inline uint64_t worker_random(worker *w) {
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return w->random;
}

/* From whom there is something to steal, beginning anywhere. A lost race is no reason to believe
 * that nothing is there: it is tried again. */
static inline task *steal_task(worker *w) {
    pool *const p = w->pool;
    const size_t start = (size_t)(worker_random(w) % p->workers);
    for (size_t i = 0; i < p->workers; i++) {
        worker *const victim = &p->worker[(start + i) % p->workers];
        weir_status status = WEIR_AGAIN;
        task *t;
        while (victim != w && (status = tasks_steal(&victim->own, &t)) == WEIR_BUSY)
            continue;
        if (status == WEIR_OK)
            return t;
    }
    return NULL;
}

static inline task *take_from_outside(worker *w) {
    weir_status status;
    task *t;
    if (inbox_steal_batch(&w->pool->outside, &w->own) > 0 && tasks_pop(&w->own, &t)) {
        weir_event_count_notify(&w->pool->work, 1); /* there may be more than this one */
        return t;
    }
    while ((status = inbox_steal(&w->pool->outside, &t)) == WEIR_BUSY)
        continue;
    return status == WEIR_OK ? t : NULL;
}

static inline task *find_task(worker *w) {
    task *t;
    if (tasks_pop(&w->own, &t) || (t = steal_task(w)))
        return t;
    return take_from_outside(w);
}

/* -- running tasks ---------------------------------------------------------------------------- */

/* One that this worker did not fork: whoever joins it may sleep. */
static inline void run_task(worker *w, task *t) {
    pool *const p = w->pool;
    t->run(w, t);
    atomic_store_explicit(&t->done, true, memory_order_release);
    weir_event_count_notify_all(&p->work);
    weir_event_count_notify_all(&p->ended);
}

/* What a worker waits for: a task, the end of the one that it joins, or that of the pool. */
typedef struct errand {
    worker *w;
    const task *joined; /* or NULL */
    task *found;
} errand;

static inline bool errand_ready(void *argument) {
    errand *const e = (errand *)argument;
    if (e->joined ? atomic_load_explicit(&e->joined->done, memory_order_acquire)
                  : atomic_load_explicit(&e->w->pool->stop, memory_order_acquire))
        return true;
    e->found = find_task(e->w);
    return e->found != NULL;
}

/* Works, and sleeps where there is nothing to do, until joined is done, or the pool stops. */
static inline void work_until(worker *w, const task *joined) {
    for (;;) {
        errand e = {w, joined, NULL};
        if (weir_event_count_await(&w->pool->work, errand_ready, &e, WEIR_FOREVER) != WEIR_OK ||
            !e.found)
            return;
        run_task(w, e.found);
    }
}

/* Lets others run t, until join_task. Without memory it is run at once. */
static inline void fork_task(worker *w, task *t) {
    atomic_store_explicit(&t->done, false, memory_order_relaxed);
    if (tasks_push(&w->own, t) == WEIR_OK) {
        weir_event_count_notify(&w->pool->work, 1);
    } else {
        t->run(w, t);
        atomic_store_explicit(&t->done, true, memory_order_release);
    }
}

/* Returns when t is done. Tasks are joined in the reverse order of their forks, so if nobody stole
 * it, it is the youngest one here. */
static inline void join_task(worker *w, task *t) {
    task *youngest;
    if (atomic_load_explicit(&t->done, memory_order_acquire))
        return;
    if (!tasks_pop(&w->own, &youngest)) {
        work_until(w, t);
    } else if (youngest == t) {
        t->run(w, t);
    } else { /* t was stolen, and this is one that its joiner will want */
        run_task(w, youngest);
        work_until(w, t);
    }
}

/* -- the pool --------------------------------------------------------------------------------- */

static inline void *worker_main(void *argument) {
    work_until((worker *)argument, NULL);
    return NULL;
}

static inline void pool_stop(pool *p, size_t started) {
    atomic_store_explicit(&p->stop, true, memory_order_release);
    weir_event_count_notify_all(&p->work);
    for (size_t i = 0; i < started; i++)
        pthread_join(p->worker[i].thread, NULL);
}

static inline void pool_free(pool *p, size_t deques) {
    for (size_t i = 0; i < deques; i++)
        tasks_destroy(&p->worker[i].own);
    free(p->worker);
    inbox_destroy(&p->outside);
    free(p);
}

/* NULL: no memory or no threads. */
static inline pool *pool_new(size_t workers) {
    pool *p = (pool *)aligned_alloc(WEIR_CACHE_LINE, sizeof *p);
    size_t started = 0;
    size_t i = 0;
    if (!p || inbox_init(&p->outside) != WEIR_OK) {
        free(p);
        return NULL;
    }
    p->work = (weir_event_count)WEIR_EVENT_COUNT_INIT;
    p->ended = (weir_event_count)WEIR_EVENT_COUNT_INIT;
    atomic_init(&p->stop, false);
    p->workers = workers;
    p->worker = (worker *)aligned_alloc(WEIR_CACHE_LINE, workers * sizeof *p->worker);
    for (; p->worker && i < workers; i++) {
        worker *const w = &p->worker[i];
        w->pool = p;
        w->random = 0x9e3779b97f4a7c15u * (i + 1);
        if (tasks_init(&w->own, 256) != WEIR_OK)
            break;
    }
    while (i == workers && started < workers &&
           pthread_create(&p->worker[started].thread, NULL, worker_main, &p->worker[started]) == 0)
        started++;
    if (started < workers) {
        pool_stop(p, started);
        pool_free(p, i);
        return NULL;
    }
    return p;
}

static inline void pool_delete(pool *p) {
    pool_stop(p, p->workers);
    pool_free(p, p->workers);
}

static inline bool task_done(void *argument) {
    return atomic_load_explicit(&((task *)argument)->done, memory_order_acquire);
}

/* From a thread that is no worker: has t run, and waits for it. False: no memory. */
static inline bool pool_run(pool *p, task *t) {
    atomic_store_explicit(&t->done, false, memory_order_relaxed);
    if (inbox_push(&p->outside, t) != WEIR_OK)
        return false;
    weir_event_count_notify(&p->work, 1);
    return weir_event_count_await(&p->ended, task_done, t, WEIR_FOREVER) == WEIR_OK;
}

#endif
