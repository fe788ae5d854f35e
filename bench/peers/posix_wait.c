/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * How one waits with POSIX: a condition variable under a mutex, and a semaphore. */
#include "../harness/handoff_loops.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

typedef struct box {
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    sem_t full;
    uint64_t value; /* 0: empty */
} box;

static void *box_create(size_t unused) {
    box *b = calloc(1, sizeof *b);
    (void)unused;
    if (!b || pthread_mutex_init(&b->mutex, NULL) || pthread_cond_init(&b->filled, NULL) ||
        sem_init(&b->full, 0, 0))
        abort();
    return b;
}

static void box_destroy(void *object) {
    box *b = object;
    sem_destroy(&b->full);
    pthread_cond_destroy(&b->filled);
    pthread_mutex_destroy(&b->mutex);
    free(b);
}

#define cond_create box_create
#define cond_destroy box_destroy
#define sem_wait_create box_create
#define sem_wait_destroy box_destroy

static void cond_put(void *object, uint64_t value) {
    box *b = object;
    pthread_mutex_lock(&b->mutex);
    b->value = value;
    pthread_cond_signal(&b->filled);
    pthread_mutex_unlock(&b->mutex);
}

static uint64_t cond_take(void *object) {
    box *b = object;
    pthread_mutex_lock(&b->mutex);
    while (!b->value)
        pthread_cond_wait(&b->filled, &b->mutex);
    const uint64_t value = b->value;
    b->value = 0;
    pthread_mutex_unlock(&b->mutex);
    return value;
}

static void cond_notify(void *object) {
    pthread_cond_signal(&((box *)object)->filled);
}

static void sem_wait_put(void *object, uint64_t value) {
    box *b = object;
    b->value = value;
    sem_post(&b->full);
}

static uint64_t sem_wait_take(void *object) {
    box *b = object;
    while (sem_wait(&b->full) != 0 && errno == EINTR) {
    }
    return b->value;
}

static void sem_wait_notify(void *object) {
    sem_post(&((box *)object)->full);
}

BENCH_HANDOFF_LOOPS(cond)
BENCH_HANDOFF_LOOPS(sem_wait)

const bench_subject bench_peer_posix_wait[] = {
    BENCH_HANDOFF_SUBJECT(cond, "pthread_cond", NULL, 0),
    BENCH_HANDOFF_SUBJECT(sem_wait, "sem_t", NULL, 0),
    {NULL},
};
