/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What one writes without a library: a growing double-ended queue under a mutex; also as an
 * injector. */
#include "../harness/deque_loops.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct deque {
    pthread_mutex_t mutex;
    uint64_t *items;
    size_t capacity; /* a power of two */
    size_t first;    /* of the items, modulo capacity */
    size_t count;
} deque;

static void *mutex8_create(size_t capacity) {
    deque *made = calloc(1, sizeof *made);
    if (!made || !(made->items = malloc(capacity * sizeof *made->items)))
        abort();
    pthread_mutex_init(&made->mutex, NULL);
    made->capacity = capacity;
    return made;
}

static void mutex8_destroy(void *object) {
    deque *old = object;
    pthread_mutex_destroy(&old->mutex);
    free(old->items);
    free(old);
}

static void grow(deque *it) {
    uint64_t *items = malloc(2 * it->capacity * sizeof *items);
    if (!items)
        abort();
    for (size_t i = 0; i < it->count; i++)
        items[i] = it->items[(it->first + i) & (it->capacity - 1)];
    free(it->items);
    it->items = items;
    it->capacity *= 2;
    it->first = 0;
}

BENCH_FAST bool mutex8_put(void *object, const void *item) {
    deque *to = object;
    pthread_mutex_lock(&to->mutex);
    if (to->count == to->capacity)
        grow(to);
    to->items[(to->first + to->count++) & (to->capacity - 1)] = *(const uint64_t *)item;
    pthread_mutex_unlock(&to->mutex);
    return true;
}

BENCH_FAST bool mutex8_take(void *object, void *item) {
    deque *from = object;
    pthread_mutex_lock(&from->mutex);
    const bool has_item = from->count > 0;
    if (has_item)
        *(uint64_t *)item = from->items[(from->first + --from->count) & (from->capacity - 1)];
    pthread_mutex_unlock(&from->mutex);
    return has_item;
}

BENCH_FAST bool mutex8_take_oldest(void *object, void *item) {
    deque *from = object;
    pthread_mutex_lock(&from->mutex);
    const bool has_item = from->count > 0;
    if (has_item) {
        *(uint64_t *)item = from->items[from->first++ & (from->capacity - 1)];
        from->count--;
    }
    pthread_mutex_unlock(&from->mutex);
    return has_item;
}

BENCH_DEQUE_LOOPS(mutex8, 8)

/* As many as others move, at most. */
enum { MOST_MOVED = 32 };

BENCH_FAST void move(void *injector, void *own) {
    deque *from = injector;
    uint64_t items[MOST_MOVED];
    size_t n = 0;
    pthread_mutex_lock(&from->mutex);
    for (const size_t most = (from->count + 1) / 2; n < most && n < MOST_MOVED; n++)
        items[n] = from->items[from->first++ & (from->capacity - 1)];
    from->count -= n;
    pthread_mutex_unlock(&from->mutex);
    for (size_t i = 0; i < n; i++)
        mutex8_put(own, &items[i]);
}

static void injector_pair(bench_turn *turn) {
    bench_pair_loop(turn, turn->object, mutex8_put, mutex8_take_oldest, 8);
}

static void injector_pair_n(bench_turn *turn) {
    void *own = mutex8_create(64);
    bench_inject_loop(turn, own, mutex8_put, move, mutex8_take);
    mutex8_destroy(own);
}

const bench_subject bench_peer_mutex_deque[] = {
    {"deque",
     "mutex deque",
     NULL,
     8,
     0,
     mutex8_create,
     mutex8_destroy,
     {BENCH_DEQUE_ROLES(mutex8)}},
    {"injector",
     "mutex queue",
     NULL,
     8,
     0,
     mutex8_create,
     mutex8_destroy,
     {[BENCH_PAIR] = injector_pair, [BENCH_PAIR_N] = injector_pair_n}},
    {NULL},
};
