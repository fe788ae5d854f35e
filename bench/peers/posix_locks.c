/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Of POSIX: pthread_mutex, pthread_rwlock, pthread_cond, sem_t; of C11: mtx, cnd. */
#include "../harness/handoff_loops.h"
#include "../harness/lock_loops.h"

#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

typedef struct locked {
    bench_guarded guarded;
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    pthread_rwlock_t rwlock;
    sem_t semaphore;
    mtx_t mtx;
    cnd_t cnd;
    uint64_t value;
} locked;

static locked *of(void *object) {
    return object;
}

static void *create(size_t units) {
    locked *made = calloc(1, sizeof *made);
    if (!made || mtx_init(&made->mtx, mtx_plain) != thrd_success ||
        cnd_init(&made->cnd) != thrd_success)
        abort();
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->filled, NULL);
    pthread_rwlock_init(&made->rwlock, NULL);
    sem_init(&made->semaphore, 0, (unsigned)units);
    return made;
}

static void destroy(void *object) {
    pthread_mutex_destroy(&of(object)->mutex);
    pthread_cond_destroy(&of(object)->filled);
    pthread_rwlock_destroy(&of(object)->rwlock);
    sem_destroy(&of(object)->semaphore);
    mtx_destroy(&of(object)->mtx);
    cnd_destroy(&of(object)->cnd);
    free(object);
}

#define CREATE(name)                                                                               \
    static void *name##_create(size_t units) {                                                     \
        return create(units);                                                                      \
    }                                                                                              \
    static void name##_destroy(void *object) {                                                     \
        destroy(object);                                                                           \
    }

CREATE(mutex)
CREATE(c11)
CREATE(rwlock)
CREATE(posix)
CREATE(sembox)
CREATE(cond)
CREATE(c11box)

static inline void mutex_lock(void *object) {
    pthread_mutex_lock(&of(object)->mutex);
}
static inline void mutex_unlock(void *object) {
    pthread_mutex_unlock(&of(object)->mutex);
}
static inline void rwlock_lock(void *object) {
    pthread_rwlock_wrlock(&of(object)->rwlock);
}
static inline void rwlock_unlock(void *object) {
    pthread_rwlock_unlock(&of(object)->rwlock);
}
static inline void rwlock_rlock(void *object) {
    pthread_rwlock_rdlock(&of(object)->rwlock);
}
static inline void rwlock_runlock(void *object) {
    pthread_rwlock_unlock(&of(object)->rwlock);
}
static inline void posix_lock(void *object) {
    while (sem_wait(&of(object)->semaphore) != 0) {
    }
}
static inline void posix_unlock(void *object) {
    sem_post(&of(object)->semaphore);
}
static inline void c11_lock(void *object) {
    (void)!mtx_lock(&of(object)->mtx);
}
static inline void c11_unlock(void *object) {
    (void)!mtx_unlock(&of(object)->mtx);
}

BENCH_LOCK_LOOPS(mutex)
BENCH_LOCK_LOOPS(c11)
BENCH_LOCK_LOOPS(posix)
BENCH_READ_LOOPS(rwlock)

static void sembox_put(void *object, uint64_t value) {
    of(object)->value = value;
    sem_post(&of(object)->semaphore);
}
static uint64_t sembox_take(void *object) {
    posix_lock(object);
    return of(object)->value;
}

static void cond_put(void *object, uint64_t value) {
    mutex_lock(object);
    of(object)->value = value;
    pthread_cond_signal(&of(object)->filled);
    mutex_unlock(object);
}
static uint64_t cond_take(void *object) {
    mutex_lock(object);
    while (of(object)->value == 0)
        pthread_cond_wait(&of(object)->filled, &of(object)->mutex);
    const uint64_t value = of(object)->value;
    of(object)->value = 0;
    mutex_unlock(object);
    return value;
}

static void c11box_put(void *object, uint64_t value) {
    c11_lock(object);
    of(object)->value = value;
    (void)!cnd_signal(&of(object)->cnd);
    c11_unlock(object);
}
static uint64_t c11box_take(void *object) {
    c11_lock(object);
    while (of(object)->value == 0)
        (void)!cnd_wait(&of(object)->cnd, &of(object)->mtx);
    const uint64_t value = of(object)->value;
    of(object)->value = 0;
    c11_unlock(object);
    return value;
}

BENCH_BOX_LOOPS(sembox)
BENCH_BOX_LOOPS(cond)

static void c11box_notify(void *object) {
    (void)!cnd_signal(&of(object)->cnd);
}
BENCH_HANDOFF_LOOPS(c11box)

const bench_subject bench_peer_posix_locks[] = {
    BENCH_LOCK_SUBJECT("mutex", mutex, "pthread_mutex", NULL, 0),
    BENCH_LOCK_SUBJECT("mutex", c11, "C11 mtx", NULL, 0),
    BENCH_READ_SUBJECT("rwmutex", rwlock, "pthread_rwlock", "readers pass waiting writers", 0),
    BENCH_LOCK_SUBJECT("semaphore", posix, "sem_t", "not in order", 0),
    BENCH_BOX_SUBJECT("semaphore box", sembox, "sem_t", NULL, 0),
    BENCH_BOX_SUBJECT("cond", cond, "pthread_cond", NULL, 0),
    BENCH_BOX_SUBJECT("cond", c11box, "C11 cnd", NULL, 0),
    BENCH_HANDOFF_SUBJECT(c11box, "C11 cnd", NULL, 0),
    BENCH_HANDOFF_SUBJECT_OF("event", c11box, "C11 cnd", NULL, 0),
    {NULL},
};
