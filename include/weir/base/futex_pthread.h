/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * futex_pthread.h - the body of futex.h on POSIX threads.
 *
 * A sleeper stands on its bucket's list with a condition variable of its own, so a wake reaches
 * exactly those that sleep on its word, in order of arrival.
 *
 * Invariants, all under the bucket's lock:
 *   I1 a sleeper is on the list exactly while `queued` is true; who clears it also unlinks.
 *   I2 the word is compared after the lock is taken. A waker changes the word, then takes the lock:
 *      either the sleeper saw the new value or the waker sees the sleeper.
 *   I3 a waker signals before it unlocks: the sleeper's stack frame is alive until it has the lock.
 * Cancellation is off while a thread sleeps, so no lock stays behind.
 */
#ifndef WEIR_BASE_FUTEX_PTHREAD_H
#define WEIR_BASE_FUTEX_PTHREAD_H

#include <weir/base/futex.h>

#if WEIR_FUTEX_PTHREAD

#include <pthread.h>

WEIR_I_BEGIN

#ifndef __cplusplus
/* <pthread.h> hides it under -std=c11. */
extern int pthread_condattr_setclock(pthread_condattr_t *attributes, int clock);
#endif

typedef struct weir_i_sleeper {
    struct weir_i_sleeper *next;
    struct weir_i_sleeper **link; /* what points to this one */
    const void *word;
    pthread_cond_t awake;
    bool queued;
} weir_i_sleeper;

typedef struct weir_i_futex_bucket {
    pthread_mutex_t lock;
    weir_i_sleeper *first;
    weir_i_sleeper **end; /* the last link */
} weir_i_futex_bucket;

enum { WEIR_I_FUTEX_BUCKETS = 64 };

typedef struct weir_i_futex_buckets {
    pthread_once_t once;
    weir_i_futex_bucket bucket[WEIR_I_FUTEX_BUCKETS];
} weir_i_futex_buckets;

#define WEIR_I_FUTEX_TABLE_INIT                                                                    \
    {                                                                                              \
        PTHREAD_ONCE_INIT, {                                                                       \
            { PTHREAD_MUTEX_INITIALIZER, NULL, NULL }                                              \
        }                                                                                          \
    }
WEIR_I_STATE(weir_i_futex_buckets, weir_i_futex_table, WEIR_I_FUTEX_TABLE_INIT);
#undef WEIR_I_FUTEX_TABLE_INIT

WEIR_I_FUNC void weir_i_futex_table_start(void) {
    for (int i = 0; i < WEIR_I_FUTEX_BUCKETS; i++) {
        weir_i_futex_bucket *bucket = &weir_i_futex_table.bucket[i];
        (void)pthread_mutex_init(&bucket->lock, NULL);
        bucket->end = &bucket->first;
    }
}

WEIR_I_FUNC weir_i_futex_bucket *weir_i_futex_bucket_of(const void *word) {
    (void)pthread_once(&weir_i_futex_table.once, weir_i_futex_table_start);
    uintptr_t mixed = ((uintptr_t)word >> 2) * WEIR_I_CAST(uintptr_t, 0x9e3779b1u);
    return &weir_i_futex_table.bucket[(mixed >> 16) % WEIR_I_FUTEX_BUCKETS];
}

WEIR_I_FUNC void weir_i_sleeper_unlink(weir_i_futex_bucket *bucket, weir_i_sleeper *sleeper) {
    *sleeper->link = sleeper->next;
    if (sleeper->next)
        sleeper->next->link = sleeper->link;
    else
        bucket->end = sleeper->link;
    sleeper->queued = false;
}

/* Under the lock: sleeps until woken or late. */
WEIR_I_FUNC weir_status weir_i_futex_sleep(weir_i_futex_bucket *bucket, weir_i_sleeper *sleeper,
                                           weir_time deadline) {
    struct timespec at;
    int rc = 0;
    (void)weir_i_timespec(deadline, &at);
    sleeper->next = NULL;
    sleeper->link = bucket->end;
    sleeper->queued = true;
    *bucket->end = sleeper;
    bucket->end = &sleeper->next;
    while (sleeper->queued && rc == 0)
        rc = deadline == WEIR_FOREVER ? pthread_cond_wait(&sleeper->awake, &bucket->lock)
                                      : pthread_cond_timedwait(&sleeper->awake, &bucket->lock, &at);
    if (!sleeper->queued)
        return WEIR_OK;
    weir_i_sleeper_unlink(bucket, sleeper);
    return WEIR_TIMEOUT;
}

WEIR_I_FUNC weir_status weir_i_futex_wait(weir_i_futex_word *word, uint32_t expected,
                                          weir_time deadline) {
    weir_i_futex_bucket *bucket = weir_i_futex_bucket_of((const void *)word);
    weir_i_sleeper sleeper;
    pthread_condattr_t monotonic;
    weir_status status = WEIR_OK;
    int cancel;
    if (deadline < 0)
        return WEIR_TIMEOUT;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, WEIR_I_CLOCK_MONOTONIC);
    (void)pthread_cond_init(&sleeper.awake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    sleeper.word = (const void *)word;
    (void)pthread_mutex_lock(&bucket->lock);
    if (weir_i_load(word, relaxed) == expected)
        status = weir_i_futex_sleep(bucket, &sleeper, deadline);
    (void)pthread_mutex_unlock(&bucket->lock);
    (void)pthread_cond_destroy(&sleeper.awake);
    (void)pthread_setcancelstate(cancel, NULL);
    return status;
}

WEIR_I_FUNC void weir_i_futex_wake(weir_i_futex_word *word, int count) {
    weir_i_futex_bucket *bucket = weir_i_futex_bucket_of((const void *)word);
    (void)pthread_mutex_lock(&bucket->lock);
    for (weir_i_sleeper *sleeper = bucket->first; sleeper && count > 0;) {
        weir_i_sleeper *next = sleeper->next;
        if (sleeper->word == (const void *)word) {
            weir_i_sleeper_unlink(bucket, sleeper);
            (void)pthread_cond_signal(&sleeper->awake); /* I3 */
            count--;
        }
        sleeper = next;
    }
    (void)pthread_mutex_unlock(&bucket->lock);
}

WEIR_I_END

#endif
#endif
