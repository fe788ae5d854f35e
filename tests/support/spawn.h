/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spawn.h - threads that start one by one, each with a function of its own, and are joined
 * together.
 *
 * Do this:
 *   spawned threads = {0};
 *   spawn(&threads, sender, &channel);
 *   spawn(&threads, receiver, &channel);
 *   cr_assert(spawn_join(&threads), "no threads");
 *
 * Where all do the same, threads.h. A thread that the system would not start is told by join, after
 * those that did start: so do not let these wait for the others for ever.
 */
#ifndef WEIR_TESTS_SPAWN_H
#define WEIR_TESTS_SPAWN_H

#include <pthread.h>
#include <stdbool.h>

enum { SPAWN_MOST = 256 };

typedef struct spawned {
    pthread_t threads[SPAWN_MOST];
    unsigned count;
    bool failed;
} spawned;

static inline void spawn(spawned *all, void *(*function)(void *), void *argument) {
    if (all->count < SPAWN_MOST &&
        pthread_create(&all->threads[all->count], NULL, function, argument) == 0)
        all->count++;
    else
        all->failed = true;
}

static inline bool spawn_join(spawned *all) {
    for (unsigned i = 0; i < all->count; i++)
        (void)pthread_join(all->threads[i], NULL);
    all->count = 0;
    return !all->failed;
}

#endif
