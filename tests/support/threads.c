/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 */
#include "threads.h"

typedef struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum { ASSEMBLE, RUN, GO_HOME } call;
    threads_function *function;
    void *shared;
} crowd;

typedef struct member {
    crowd *crowd;
    unsigned me;
} member;

static void *member_run(void *argument) {
    const member self = *(const member *)argument;
    pthread_mutex_lock(&self.crowd->lock);
    while (self.crowd->call == ASSEMBLE)
        pthread_cond_wait(&self.crowd->changed, &self.crowd->lock);
    const bool run = self.crowd->call == RUN;
    pthread_mutex_unlock(&self.crowd->lock);
    if (run)
        self.crowd->function(self.me, self.crowd->shared);
    return NULL;
}

bool threads_run(unsigned count, threads_function *function, void *shared) {
    crowd all = {.call = ASSEMBLE, .function = function, .shared = shared};
    pthread_t threads[THREADS_MOST];
    member members[THREADS_MOST];
    unsigned started = 0;
    pthread_mutex_init(&all.lock, NULL);
    pthread_cond_init(&all.changed, NULL);
    for (; started < count && started < THREADS_MOST; started++) {
        members[started] = (member){&all, started};
        if (pthread_create(&threads[started], NULL, member_run, &members[started]) != 0)
            break;
    }
    pthread_mutex_lock(&all.lock);
    all.call = started == count ? RUN : GO_HOME;
    pthread_cond_broadcast(&all.changed);
    pthread_mutex_unlock(&all.lock);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&all.changed);
    pthread_mutex_destroy(&all.lock);
    return started == count;
}
