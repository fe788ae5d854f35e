/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What one writes without a library: a channel of a mutex and condition variables. With capacity 0
 * a sender leaves its value on a table for one and waits until it has been taken. */
#include "../harness/chan_loops.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef struct channel {
    pthread_mutex_t mutex;
    pthread_cond_t has_room;
    pthread_cond_t has_item;
    pthread_cond_t was_taken;
    uint64_t *items;
    size_t capacity; /* 1 for a rendezvous, too */
    size_t head;
    size_t count;
    bool rendezvous;
    uint64_t last; /* rendezvous: how many values have been on the table */
} channel;

static void *condvar_create(size_t capacity) {
    channel *made = calloc(1, sizeof *made);
    pthread_condattr_t monotonic;
    if (!made)
        abort();
    made->rendezvous = capacity == 0;
    made->capacity = capacity ? capacity : 1;
    if (!(made->items = malloc(made->capacity * sizeof *made->items)))
        abort();
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->has_room, &monotonic);
    pthread_cond_init(&made->has_item, &monotonic);
    pthread_cond_init(&made->was_taken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return made;
}

static void condvar_destroy(void *object) {
    channel *old = object;
    pthread_cond_destroy(&old->was_taken);
    pthread_cond_destroy(&old->has_item);
    pthread_cond_destroy(&old->has_room);
    pthread_mutex_destroy(&old->mutex);
    free(old->items);
    free(old);
}

/* The patience of a call begins when it first has to wait. False: it is over. */
static bool wait_for(pthread_cond_t *condition, channel *in, struct timespec *until) {
    if (until->tv_sec == 0) {
        clock_gettime(CLOCK_MONOTONIC, until);
        until->tv_nsec += BENCH_PATIENCE;
        if (until->tv_nsec >= 1000000000) {
            until->tv_nsec -= 1000000000;
            until->tv_sec++;
        }
    }
    return pthread_cond_timedwait(condition, &in->mutex, until) == 0;
}

/* Until the value on the table is not that one. False: it was taken back. */
static bool see_it_taken(channel *to, uint64_t mine, struct timespec *until) {
    while (to->count > 0 && to->last == mine) {
        if (!wait_for(&to->was_taken, to, until) && to->count > 0 && to->last == mine) {
            to->count = 0;
            return false;
        }
    }
    return true;
}

BENCH_FAST bool condvar_put(void *object, const void *item) {
    channel *to = object;
    struct timespec until = {0, 0};
    bool sent = true;
    pthread_mutex_lock(&to->mutex);
    while (to->count == to->capacity && sent)
        sent = wait_for(&to->has_room, to, &until);
    sent = to->count < to->capacity;
    if (sent) {
        size_t tail = to->head + to->count;
        if (tail >= to->capacity)
            tail -= to->capacity;
        to->items[tail] = *(const uint64_t *)item;
        to->count++;
        pthread_cond_signal(&to->has_item);
        if (to->rendezvous) {
            sent = see_it_taken(to, ++to->last, &until);
            if (!sent)
                pthread_cond_signal(&to->has_room);
        }
    }
    pthread_mutex_unlock(&to->mutex);
    return sent;
}

BENCH_FAST bool take(channel *from, uint64_t *item, bool waits) {
    struct timespec until = {0, 0};
    pthread_mutex_lock(&from->mutex);
    while (from->count == 0 && waits)
        waits = wait_for(&from->has_item, from, &until);
    const bool has_item = from->count > 0;
    if (has_item) {
        *item = from->items[from->head];
        if (++from->head == from->capacity)
            from->head = 0;
        from->count--;
        if (from->rendezvous)
            pthread_cond_broadcast(&from->was_taken); /* one waits, and perhaps one that is late */
        pthread_cond_signal(&from->has_room);
    }
    pthread_mutex_unlock(&from->mutex);
    return has_item;
}

BENCH_FAST bool condvar_take(void *object, void *item) {
    return take(object, item, true);
}

BENCH_FAST bool condvar_try_take(void *object, void *item) {
    return take(object, item, false);
}

BENCH_CHAN_LOOPS(condvar)

const bench_subject bench_peer_mutex_channel[] = {
    {"chan",
     "mutex + condvar channel",
     NULL,
     8,
     0,
     condvar_create,
     condvar_destroy,
     {BENCH_CHAN_ROLES(condvar)}},
    {NULL},
};
