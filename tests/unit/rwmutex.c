/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.c - the lock for readers and writers: who may be in with whom, who goes first, deadlines,
 * misuse. Built again with the portable futex.
 */
#include "support/check.h"
#include "support/eventually.h"
#include "support/threads.h"

#include <weir/rwmutex.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { MILLISECOND = 1000 * 1000 };

typedef struct client {
    weir_rwmutex *lock;
    bool writes;
    weir_time deadline;
    weir_status status;
    WEIR_I_ATOMIC(bool) in;
    WEIR_I_ATOMIC(bool) leave;
    pthread_t thread;
} client;

/* Locks, stays until told to leave. */
__attribute__((noinline)) static void *client_run(void *argument) {
    client *c = (client *)argument;
    c->status = c->writes ? weir_rwmutex_lock_until(c->lock, c->deadline)
                          : weir_rwmutex_rlock_until(c->lock, c->deadline);
    if (c->status != WEIR_OK)
        return NULL;
    weir_i_store(&c->in, true, release);
    while (!weir_i_load(&c->leave, acquire))
        sched_yield();
    if (c->writes)
        weir_rwmutex_unlock(c->lock);
    else
        weir_rwmutex_runlock(c->lock);
    return NULL;
}

static void client_start(client *c, weir_rwmutex *m, bool writes, weir_time deadline) {
    memset(c, 0, sizeof *c);
    c->lock = m;
    c->writes = writes;
    c->deadline = deadline;
    cr_assert_eq(pthread_create(&c->thread, NULL, client_run, c), 0);
}

static bool in(client *c) {
    return weir_i_load(&c->in, acquire);
}

static void client_end(client *c) {
    weir_i_store(&c->leave, true, release);
    pthread_join(c->thread, NULL);
}

/* Readers queue up; a writer waits for readers. */
static bool reader_queues(weir_rwmutex *m) {
    return weir_i_wait_list_last(&m->head.readers) != NULL;
}

static bool writer_waits(weir_rwmutex *m) {
    return weir_i_load(&m->head.leaving, acquire) & WEIR_I_RWMUTEX_PENDING;
}

Test(rwmutex, is_of_the_size_stated_and_valid_when_zeroed) {
    static weir_rwmutex from_storage;
    weir_rwmutex from_macro = WEIR_RWMUTEX_INIT;
    cr_assert_eq(sizeof(weir_rwmutex), 9 * WEIR_CACHE_LINE);
    weir_rwmutex_rlock(&from_storage);
    weir_rwmutex_runlock(&from_storage);
    weir_rwmutex_lock(&from_macro);
    weir_rwmutex_unlock(&from_macro);
    weir_rwmutex_destroy(&from_macro);
}

Test(rwmutex, tries_and_past_deadlines_say_who_is_in) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    cr_assert(weir_rwmutex_try_rlock(&m));
    cr_assert(weir_rwmutex_try_rlock(&m));
    cr_assert_eq(weir_rwmutex_rlock_until(&m, WEIR_NOW), WEIR_OK);
    cr_assert_not(weir_rwmutex_try_lock(&m));
    cr_assert_eq(weir_rwmutex_lock_until(&m, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(weir_rwmutex_lock_until(&m, 1), WEIR_TIMEOUT);
    cr_assert(weir_rwmutex_try_rlock(&m), "a writer that gave up keeps nobody out");
    for (int i = 0; i < 4; i++)
        weir_rwmutex_runlock(&m);
    cr_assert(weir_rwmutex_try_lock(&m));
    cr_assert_not(weir_rwmutex_try_lock(&m));
    cr_assert_not(weir_rwmutex_try_rlock(&m));
    cr_assert_eq(weir_rwmutex_rlock_until(&m, WEIR_NOW), WEIR_TIMEOUT);
    cr_assert_eq(weir_rwmutex_rlock_until(&m, 1), WEIR_TIMEOUT);
    cr_assert_eq(weir_rwmutex_lock_until(&m, 1), WEIR_TIMEOUT);
    weir_rwmutex_unlock(&m);
    cr_assert_eq(weir_rwmutex_lock_until(&m, 1), WEIR_OK, "free, though time is up");
    weir_rwmutex_unlock(&m);
}

Test(rwmutex, times_out_not_before_the_deadline) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_time deadline = weir_in(2 * MILLISECOND);
    weir_rwmutex_rlock(&m);
    cr_assert_eq(weir_rwmutex_lock_until(&m, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    weir_rwmutex_runlock(&m);
    weir_rwmutex_lock(&m);
    deadline = weir_in(2 * MILLISECOND);
    cr_assert_eq(weir_rwmutex_rlock_until(&m, deadline), WEIR_TIMEOUT);
    cr_assert_geq(weir_now(), deadline);
    weir_rwmutex_unlock(&m);
}

Test(rwmutex, readers_are_in_together_a_waiting_writer_keeps_others_out, .timeout = 60) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    client readers[3];
    client writer;
    client late;
    for (int i = 0; i < 3; i++) {
        client_start(&readers[i], &m, false, WEIR_FOREVER);
        cr_assert(EVENTUALLY(in(&readers[i])));
    }
    client_start(&writer, &m, true, WEIR_FOREVER);
    cr_assert(EVENTUALLY(writer_waits(&m)));
    client_start(&late, &m, false, WEIR_FOREVER);
    cr_assert(EVENTUALLY(reader_queues(&m)));
    client_end(&readers[0]);
    client_end(&readers[1]);
    cr_assert(!in(&writer) && !in(&late));
    client_end(&readers[2]);
    cr_assert(EVENTUALLY(in(&writer)));
    cr_assert_not(in(&late));
    client_end(&writer);
    cr_assert(EVENTUALLY(in(&late)));
    client_end(&late);
    cr_assert(weir_rwmutex_try_lock(&m));
}

Test(rwmutex, queued_readers_go_before_the_next_writer, .timeout = 60) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    client first;
    client reader;
    client second;
    client_start(&first, &m, true, WEIR_FOREVER);
    cr_assert(EVENTUALLY(in(&first)));
    client_start(&second, &m, true, WEIR_FOREVER);
    cr_assert(EVENTUALLY(weir_i_mutex_last(weir_i_load(&m.head.writers.word, relaxed)) != NULL));
    client_start(&reader, &m, false, WEIR_FOREVER);
    cr_assert(EVENTUALLY(reader_queues(&m)));
    client_end(&first);
    cr_assert(EVENTUALLY(in(&reader)));
    cr_assert_not(in(&second));
    client_end(&reader);
    cr_assert(EVENTUALLY(in(&second)));
    client_end(&second);
}

Test(rwmutex, a_writer_that_gives_up_lets_the_readers_in, .timeout = 60) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    client writer;
    client reader;
    weir_rwmutex_rlock(&m);
    client_start(&writer, &m, true, weir_in(500 * MILLISECOND));
    cr_assert(EVENTUALLY(writer_waits(&m)));
    client_start(&reader, &m, false, WEIR_FOREVER);
    pthread_join(writer.thread, NULL);
    cr_assert_eq(writer.status, WEIR_TIMEOUT);
    cr_assert(EVENTUALLY(in(&reader)));
    client_end(&reader);
    weir_rwmutex_runlock(&m);
    cr_assert(weir_rwmutex_try_lock(&m));
}

/* More threads than stripes, each on its own, then writers that have to collect them all. */
typedef struct crowd {
    weir_rwmutex lock;
    unsigned value[2];
    WEIR_I_ATOMIC(unsigned) torn;
} crowd;

static void read_or_write(unsigned me, void *shared) {
    crowd *c = (crowd *)shared;
    for (unsigned i = 0; i < 2000; i++) {
        if ((i + me) % 64 == 0) {
            weir_rwmutex_lock(&c->lock);
            c->value[0]++;
            c->value[1]++;
            weir_rwmutex_unlock(&c->lock);
        } else {
            weir_rwmutex_rlock(&c->lock);
            if (c->value[0] != c->value[1])
                weir_i_fetch_add(&c->torn, 1, relaxed);
            weir_rwmutex_runlock(&c->lock);
        }
    }
}

Test(rwmutex, readers_in_stripes_are_counted, .timeout = 60) {
    static crowd c;
    weir_i_store(&c.lock.head.gate, WEIR_I_RWMUTEX_SPREAD, relaxed);
    cr_assert(threads_run(20, read_or_write, &c));
    cr_assert_eq(weir_i_load(&c.torn, relaxed), 0);
    cr_assert(c.value[0] == c.value[1] && c.value[0] > 0);
    cr_assert(weir_rwmutex_try_lock(&c.lock));
}

static void *runlock_it(void *argument) {
    weir_rwmutex_runlock((weir_rwmutex *)argument);
    return NULL;
}

static void *unlock_it(void *argument) {
    weir_rwmutex_unlock((weir_rwmutex *)argument);
    return NULL;
}

Test(rwmutex, may_be_unlocked_by_another_thread, .timeout = 60) {
    for (uint32_t spread = 0; spread < 2; spread++) {
        weir_rwmutex m = WEIR_RWMUTEX_INIT;
        pthread_t threads[3];
        weir_i_store(&m.head.gate, spread * WEIR_I_RWMUTEX_SPREAD, relaxed);
        weir_rwmutex_rlock(&m);
        weir_rwmutex_rlock(&m);
        for (int i = 0; i < 2; i++)
            cr_assert_eq(pthread_create(&threads[i], NULL, runlock_it, &m), 0);
        weir_rwmutex_lock(&m);
        cr_assert_eq(pthread_create(&threads[2], NULL, unlock_it, &m), 0);
        weir_rwmutex_rlock(&m);
        for (int i = 0; i < 3; i++)
            pthread_join(threads[i], NULL);
        weir_rwmutex_runlock(&m);
        cr_assert(weir_rwmutex_try_lock(&m));
    }
}

/* Always locked here and unlocked there: the counts drift apart, and wrap. */
Test(rwmutex, counts_wrap) {
    static weir_rwmutex m;
    for (int times = 0; times < 4; times++) {
        const uint32_t far = 0x7ffffff8u; /* what 2^28 - 1 readers too many leave behind */
        weir_i_store(&m.head.gate, WEIR_I_RWMUTEX_SPREAD, relaxed);
        weir_i_store(&m.stripes[0].word, far, relaxed);
        weir_i_store(&m.stripes[1].word, 0 - far, relaxed);
        for (int i = 0; i < 10; i++)
            weir_rwmutex_rlock(&m);
        cr_assert_not(weir_rwmutex_try_lock(&m));
        for (int i = 0; i < 10; i++)
            weir_rwmutex_runlock(&m);
        cr_assert(weir_rwmutex_try_lock(&m));
        weir_rwmutex_unlock(&m);
    }
}

/* So many readers are in, as their counts have it. */
static weir_rwmutex crowded(uint32_t readers) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_i_store(&m.head.gate, readers * WEIR_I_RWMUTEX_ONE, relaxed);
    return m;
}

Test(rwmutex, the_most_readers) {
    weir_rwmutex m = crowded(WEIR_I_RWMUTEX_MOST - 2);
    weir_rwmutex_rlock(&m);
    cr_assert(weir_rwmutex_try_rlock(&m)); /* a round number: the sum was taken */
    cr_assert_not(weir_rwmutex_try_lock(&m));
    weir_rwmutex_runlock(&m);
    weir_rwmutex_runlock(&m);
    weir_i_fetch_sub(&m.head.leaving, (WEIR_I_RWMUTEX_MOST - 2) * WEIR_I_RWMUTEX_ONE, relaxed);
    cr_assert(weir_rwmutex_try_lock(&m));
}

/* What defends against: beyond 2^28 the sum wrapped, a writer was told of readers too few, and
 * beyond 2^29 let in beside them. */
Test(rwmutex, a_writer_beside_too_many_readers_panics, .signal = SIGABRT) {
    weir_rwmutex m = crowded(WEIR_I_RWMUTEX_MOST + 1);
    (void)!weir_rwmutex_try_lock(&m);
}

Test(rwmutex, readers_that_never_unlock_panic, .signal = SIGABRT) {
    weir_rwmutex m = crowded(WEIR_I_RWMUTEX_MOST + 1);
    for (int i = 0; i < WEIR_I_RWMUTEX_ROUND; i++)
        weir_rwmutex_rlock(&m);
}

/* In stripes too, though each of them holds a part only. */
Test(rwmutex, readers_that_never_unlock_panic_in_stripes, .signal = SIGABRT) {
    static weir_rwmutex m;
    weir_i_store(&m.head.gate, WEIR_I_RWMUTEX_SPREAD, relaxed);
    for (size_t i = 0; i < WEIR_RWMUTEX_STRIPES; i++)
        weir_i_store(&m.stripes[i].word,
                     (WEIR_I_RWMUTEX_MOST / WEIR_RWMUTEX_STRIPES + 1) * WEIR_I_RWMUTEX_ONE,
                     relaxed);
    for (int i = 0; i < WEIR_I_RWMUTEX_ROUND; i++)
        weir_rwmutex_rlock(&m);
}

Test(rwmutex, runlock_of_an_unlocked_one_panics, .signal = SIGABRT) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    weir_rwmutex_runlock(&m);
}

Test(rwmutex, runlock_too_many_in_stripes_panics, .signal = SIGABRT) {
    static weir_rwmutex m;
    weir_i_store(&m.head.gate, WEIR_I_RWMUTEX_SPREAD, relaxed);
    weir_rwmutex_rlock(&m);
    weir_rwmutex_runlock(&m);
    weir_rwmutex_runlock(&m);
}

static void ignore(int number) {
    (void)number;
}

static void *run_then_test(void *argument) {
    (void)client_run(argument);
    pthread_testcancel();
    return NULL;
}

/* Signals, stray wakes and a cancellation end no wait, of a reader or of a writer. */
static void nothing_else_ends_a_wait(bool writes) {
    weir_rwmutex m = WEIR_RWMUTEX_INIT;
    client c;
    void *result;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    memset(&c, 0, sizeof c);
    action.sa_handler = ignore;
    sigaction(SIGUSR1, &action, NULL);
    c.lock = &m;
    c.writes = writes;
    c.deadline = WEIR_FOREVER;
    if (writes)
        weir_rwmutex_rlock(&m);
    else
        weir_rwmutex_lock(&m);
    cr_assert_eq(pthread_create(&c.thread, NULL, run_then_test, &c), 0);
    cr_assert(EVENTUALLY(writes ? writer_waits(&m) : reader_queues(&m)));
    pthread_cancel(c.thread);
    for (int i = 0; i < 20; i++) {
        const weir_time until = weir_in(MILLISECOND / 2);
        pthread_kill(c.thread, SIGUSR1);
        weir_wait_list_lock(&m.head.readers);
        weir_wait_node *node =
            writes ? weir_i_load(&m.head.pending, relaxed) : weir_i_wait_list_last(&m.head.readers);
        weir_i_futex_wake(&node->waiter->state, 1);
        weir_wait_list_unlock(&m.head.readers);
        while (weir_now() < until)
            sched_yield();
    }
    cr_assert_not(in(&c));
    if (writes)
        weir_rwmutex_runlock(&m);
    else
        weir_rwmutex_unlock(&m);
    weir_i_store(&c.leave, true, release);
    pthread_join(c.thread, &result);
    cr_assert_eq(result, PTHREAD_CANCELED);
    cr_assert_eq(c.status, WEIR_OK);
    cr_assert(weir_rwmutex_try_lock(&m));
}

Test(rwmutex, nothing_else_ends_a_readers_wait, .timeout = 60) {
    nothing_else_ends_a_wait(false);
}

Test(rwmutex, nothing_else_ends_a_writers_wait, .timeout = 60) {
    nothing_else_ends_a_wait(true);
}
