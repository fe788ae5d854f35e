/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Once and barrier of POSIX, and once of C11. */
#include "../harness/group_loops.h"

#include <pthread.h>
#include <stdlib.h>
#include <threads.h>

static pthread_once_t posix_once = PTHREAD_ONCE_INIT;
static once_flag c11_once = ONCE_FLAG_INIT;

static void nothing(void) {}

static void *posix_once_create(size_t unused) {
    (void)unused;
    return &posix_once;
}

static void posix_once_destroy(void *object) {
    (void)object;
}

static inline void posix_once_call(void *object) {
    pthread_once((pthread_once_t *)object, nothing);
}

static void *c11_once_create(size_t unused) {
    (void)unused;
    return &c11_once;
}

#define c11_once_destroy posix_once_destroy

static inline void c11_once_call(void *object) {
    call_once((once_flag *)object, nothing);
}

typedef struct room {
    bench_meeting meeting;
    pthread_barrier_t barrier;
} room;

static void *posix_barrier_create(size_t parties) {
    room *r = calloc(1, sizeof *r);
    if (!r || pthread_barrier_init(&r->barrier, NULL, (unsigned)parties) != 0)
        abort();
    return r;
}

static void posix_barrier_destroy(void *object) {
    pthread_barrier_destroy(&((room *)object)->barrier);
    free(object);
}

static inline void posix_barrier_meet(void *object) {
    pthread_barrier_wait(&((room *)object)->barrier);
}

BENCH_CALL_LOOPS(posix_once)
BENCH_CALL_LOOPS(c11_once)
BENCH_MEET_LOOPS(posix_barrier)

const bench_subject bench_peer_posix_groups[] = {
    BENCH_CALL_SUBJECT("once", posix_once, "pthread_once", NULL, 0),
    BENCH_CALL_SUBJECT("once", c11_once, "call_once", NULL, 0),
    BENCH_MEET_SUBJECT("barrier", posix_barrier, "pthread_barrier", NULL, 0),
    {NULL},
};
