/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What one writes without a library: a ring under a mutex. Once as a queue that says full or empty,
 * and once with condition variables, where a thread sleeps instead of the harness's wait. */
#include "../harness/queue_loops.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct ring {
    pthread_mutex_t mutex;
    pthread_cond_t not_full;
    pthread_cond_t not_empty;
    size_t capacity;
    size_t head;
    size_t count;
    unsigned char *items;
} ring;

static void *create(size_t capacity) {
    ring *made = calloc(1, sizeof *made);
    if (!made || !(made->items = malloc(capacity * sizeof(bench_item64))))
        abort();
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->not_full, NULL);
    pthread_cond_init(&made->not_empty, NULL);
    made->capacity = capacity;
    return made;
}

static void destroy(void *object) {
    ring *old = object;
    pthread_cond_destroy(&old->not_empty);
    pthread_cond_destroy(&old->not_full);
    pthread_mutex_destroy(&old->mutex);
    free(old->items);
    free(old);
}

/* Sleeps, but looks at the clock now and then, so that a round can end. */
static void sleep_on(pthread_cond_t *condition, pthread_mutex_t *mutex) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(condition, mutex, &until);
}

BENCH_FAST bool put(ring *to, const void *item, size_t size, bool sleeps) {
    pthread_mutex_lock(&to->mutex);
    if (sleeps && to->count == to->capacity)
        sleep_on(&to->not_full, &to->mutex);
    const bool has_room = to->count < to->capacity;
    if (has_room) {
        size_t tail = to->head + to->count;
        if (tail >= to->capacity)
            tail -= to->capacity;
        memcpy(to->items + tail * size, item, size);
        to->count++;
    }
    pthread_mutex_unlock(&to->mutex);
    if (sleeps && has_room)
        pthread_cond_signal(&to->not_empty);
    return has_room;
}

BENCH_FAST bool take(ring *from, void *item, size_t size, bool sleeps) {
    pthread_mutex_lock(&from->mutex);
    if (sleeps && from->count == 0)
        sleep_on(&from->not_empty, &from->mutex);
    const bool has_item = from->count > 0;
    if (has_item) {
        memcpy(item, from->items + from->head * size, size);
        if (++from->head == from->capacity)
            from->head = 0;
        from->count--;
    }
    pthread_mutex_unlock(&from->mutex);
    if (sleeps && has_item)
        pthread_cond_signal(&from->not_full);
    return has_item;
}

#define MUTEX(name, size, sleeps)                                                                  \
    BENCH_FAST bool name##_put(void *object, const void *item) {                                   \
        return put(object, item, size, sleeps);                                                    \
    }                                                                                              \
    BENCH_FAST bool name##_take(void *object, void *item) {                                        \
        return take(object, item, size, sleeps);                                                   \
    }                                                                                              \
    BENCH_QUEUE_LOOPS(name, size)

MUTEX(try8, 8, false)
MUTEX(try16, 16, false)
MUTEX(try64, 64, false)
MUTEX(wait8, 8, true)

#define SUBJECT(suite, label, note, name, size)                                                    \
    {                                                                                              \
        suite, label, note, size, 0, create, destroy, {                                            \
            BENCH_QUEUE_ROLES(name)                                                                \
        }                                                                                          \
    }

const bench_subject bench_peer_mutex[] = {
    SUBJECT("ring", "mutex ring", NULL, try8, 8),
    SUBJECT("ring", "mutex ring", NULL, try16, 16),
    SUBJECT("ring", "mutex ring", NULL, try64, 64),
    SUBJECT("ring", "mutex + condvar ring", "sleeps instead of spinning", wait8, 8),
    SUBJECT("spsc", "mutex ring", NULL, try8, 8),
    SUBJECT("spsc", "mutex + condvar ring", "sleeps instead of spinning", wait8, 8),
    {NULL},
};
