/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.c - the lock for readers and writers, explored: with readers in the gate, in stripes, and
 * on the way from the one to the other.
 */
#include "explore.h"

#include <weir/rwmutex.h>

#include <stdlib.h>

static weir_rwmutex rw;
static unsigned data[2]; /* plain: a writer makes them differ for a moment */
static unsigned writes;

#define ONE_COPY static __attribute__((noinline))

ONE_COPY void rlock(weir_rwmutex *m) {
    weir_rwmutex_rlock(m);
}

ONE_COPY void runlock(weir_rwmutex *m) {
    weir_rwmutex_runlock(m);
}

ONE_COPY void lock(weir_rwmutex *m) {
    weir_rwmutex_lock(m);
}

ONE_COPY void unlock(weir_rwmutex *m) {
    weir_rwmutex_unlock(m);
}

ONE_COPY weir_status lock_until(weir_rwmutex *m, weir_time deadline) {
    return weir_rwmutex_lock_until(m, deadline);
}

ONE_COPY weir_status rlock_until(weir_rwmutex *m, weir_time deadline) {
    return weir_rwmutex_rlock_until(m, deadline);
}

ONE_COPY bool try_rlock(weir_rwmutex *m) {
    return weir_rwmutex_try_rlock(m);
}

static void start(bool spread) {
    explore_name(&rw, sizeof rw, "rw");
    weir_i_store(&rw.head.gate, spread ? WEIR_I_RWMUTEX_SPREAD : 0, relaxed);
}

/* Nobody is in, nobody waits, and the sum of all counts is 0: a writer gets in at once. */
static void finish(unsigned wrote) {
    explore_join_all();
    explore_check(weir_wait_list_idle(&rw.head.readers));
    explore_check(!weir_i_load(&rw.head.pending, relaxed));
    explore_check(weir_rwmutex_try_lock(&rw));
    explore_check(writes == wrote && data[0] == wrote && data[1] == wrote);
    weir_rwmutex_unlock(&rw);
}

static void change(void) {
    explore_check(data[0] == data[1]);
    data[0]++;
    data[1]++;
    writes++;
}

static void look(void) {
    explore_check(data[0] == data[1]);
}

static void write_once(void *unused) {
    (void)unused;
    lock(&rw);
    change();
    unlock(&rw);
}

static void read_once(void *unused) {
    (void)unused;
    rlock(&rw);
    look();
    runlock(&rw);
}

static void read_twice(void *unused) {
    read_once(unused);
    read_once(unused);
}

static void write_twice(void *unused) {
    write_once(unused);
    write_once(unused);
}

static void readers_and_a_writer(bool spread) {
    start(spread);
    explore_spawn(read_twice, NULL);
    explore_spawn(read_twice, NULL);
    write_twice(NULL);
    finish(2);
}

EXPLORE_PROGRAM(rwmutex_readers_and_a_writer) {
    readers_and_a_writer(false);
}

EXPLORE_PROGRAM(rwmutex_readers_and_a_writer_spread) {
    readers_and_a_writer(true);
}

static void writers_and_a_reader(bool spread) {
    start(spread);
    explore_spawn(write_once, NULL);
    explore_spawn(write_once, NULL);
    read_twice(NULL);
    finish(2);
}

EXPLORE_PROGRAM(rwmutex_writers_and_a_reader) {
    writers_and_a_reader(false);
}

EXPLORE_PROGRAM(rwmutex_writers_and_a_reader_spread) {
    writers_and_a_reader(true);
}

/* A writer comes upon readers that are in, and readers upon a writer that waits. */
static void meet(bool spread) {
    start(spread);
    rlock(&rw);
    explore_spawn(write_once, NULL);
    explore_spawn(read_once, NULL);
    explore_spawn(read_once, NULL);
    look();
    runlock(&rw);
    finish(1);
}

EXPLORE_PROGRAM(rwmutex_writer_waits_for_a_reader) {
    meet(false);
}

EXPLORE_PROGRAM(rwmutex_writer_waits_for_a_reader_spread) {
    meet(true);
}

/* Readers count themselves in before the stripes, and out after. */
static void spread_now(void *unused) {
    (void)unused;
    uint32_t gate = weir_i_load(&rw.head.gate, relaxed);
    while (gate & WEIR_I_RWMUTEX_CLOSED ||
           !weir_i_compare_exchange_weak(&rw.head.gate, &gate, gate | WEIR_I_RWMUTEX_SPREAD,
                                         relaxed, relaxed)) {
        weir_i_relax();
        gate = weir_i_load(&rw.head.gate, relaxed);
    }
}

EXPLORE_PROGRAM(rwmutex_readers_spread) {
    start(false);
    rlock(&rw); /* so that no writer is in */
    explore_spawn(read_once, NULL);
    explore_spawn(read_twice, NULL);
    spread_now(NULL);
    runlock(&rw);
    write_once(NULL);
    read_once(NULL);
    finish(1);
}

/* Readers that meet spread by themselves: in this program no more is shared than their counts. */
EXPLORE_PROGRAM(rwmutex_readers_that_meet) {
    start(false);
    explore_spawn(read_twice, NULL);
    explore_spawn(read_twice, NULL);
    read_twice(NULL);
    write_once(NULL);
    finish(1);
}

/* -- who goes first -----------------------------------------------------------------------------
 */

static void queue_as_reader(void *unused) {
    (void)unused;
    rlock(&rw);
    explore_check(data[0] == 1); /* after the first writer, before the second */
    runlock(&rw);
}

/* A reader in the queue while a writer is in goes before the next writer. */
EXPLORE_PROGRAM(rwmutex_queued_reader_goes_before_the_next_writer) {
    start(explore_choose(2));
    lock(&rw);
    explore_spawn(queue_as_reader, NULL);
    while (!weir_i_wait_list_last(&rw.head.readers))
        weir_i_relax();
    explore_spawn(write_once, NULL);
    change();
    unlock(&rw);
    finish(2);
}

/* While a writer waits for a reader nobody else gets in to read. */
EXPLORE_PROGRAM(rwmutex_waiting_writer_keeps_readers_out) {
    start(explore_choose(2));
    rlock(&rw);
    explore_spawn(write_once, NULL);
    while (!(weir_i_load(&rw.head.leaving, relaxed) & WEIR_I_RWMUTEX_PENDING))
        weir_i_relax();
    explore_check(!try_rlock(&rw));
    explore_check(rlock_until(&rw, WEIR_NOW) == WEIR_TIMEOUT);
    explore_check(rlock_until(&rw, weir_in(10)) == WEIR_TIMEOUT);
    runlock(&rw);
    finish(1);
}

/* -- deadlines and tries ------------------------------------------------------------------------
 */

static WEIR_I_ATOMIC(unsigned) timeouts;

static void write_in_time(void *unused) {
    (void)unused;
    if (lock_until(&rw, weir_in(1000)) == WEIR_OK) {
        change();
        unlock(&rw);
    } else {
        weir_i_fetch_add(&timeouts, 1, relaxed);
    }
}

static void read_in_time(void *unused) {
    (void)unused;
    if (rlock_until(&rw, weir_in(1000)) == WEIR_OK) {
        look();
        runlock(&rw);
    }
}

static unsigned in_time(unsigned of) {
    explore_join_all();
    return of - weir_i_load(&timeouts, relaxed);
}

/* A writer gives up: the readers that it kept out get in, and the next writer finds the sum right.
 */
static void writer_gives_up(bool spread) {
    start(spread);
    rlock(&rw);
    explore_spawn(write_in_time, NULL);
    explore_spawn(read_once, NULL);
    explore_spawn(write_in_time, NULL);
    look();
    runlock(&rw);
    finish(in_time(2));
}

EXPLORE_PROGRAM(rwmutex_writer_gives_up) {
    writer_gives_up(false);
}

EXPLORE_PROGRAM(rwmutex_writer_gives_up_spread) {
    writer_gives_up(true);
}

/* The last reader of a writer that gave up wakes no other writer too early. */
EXPLORE_PROGRAM(rwmutex_writer_gives_up_before_another) {
    start(explore_choose(2));
    explore_spawn(read_once, NULL);
    explore_spawn(read_twice, NULL);
    explore_spawn(write_in_time, NULL);
    write_once(NULL);
    finish(1 + in_time(1));
}

EXPLORE_PROGRAM(rwmutex_reader_gives_up) {
    start(explore_choose(2));
    lock(&rw);
    explore_spawn(read_in_time, NULL);
    explore_spawn(read_in_time, NULL);
    explore_spawn(write_once, NULL);
    change();
    unlock(&rw);
    read_once(NULL);
    finish(2);
}

static void try_to_write(void *unused) {
    (void)unused;
    if (weir_rwmutex_try_lock(&rw)) {
        change();
        unlock(&rw);
    } else {
        weir_i_fetch_add(&timeouts, 1, relaxed);
    }
}

static void try_to_read(void *unused) {
    (void)unused;
    if (try_rlock(&rw)) {
        look();
        runlock(&rw);
    }
}

/* A try and a past deadline read what the last writer did, though the readers spread since. */
EXPLORE_PROGRAM(rwmutex_tries_after_readers_spread) {
    start(false);
    explore_spawn(write_once, NULL);
    explore_spawn(spread_now, NULL);
    try_to_read(NULL);
    read_in_time(NULL);
    finish(1);
}

EXPLORE_PROGRAM(rwmutex_tries) {
    start(explore_choose(2));
    explore_spawn(try_to_write, NULL);
    explore_spawn(read_once, NULL);
    try_to_read(NULL);
    write_once(NULL);
    finish(1 + in_time(1));
}

/* -- memory -------------------------------------------------------------------------------------
 */

/* A writer that knows of no other waits for the readers, and frees the lock. */
static void read_shared(void *argument) {
    weir_rwmutex *m = (weir_rwmutex *)argument;
    runlock(m);
}

static void last_writer_frees(bool spread) {
    weir_rwmutex *m = (weir_rwmutex *)calloc(1, sizeof *m);
    weir_i_store(&m->head.gate, spread ? WEIR_I_RWMUTEX_SPREAD : 0, relaxed);
    rlock(m);
    rlock(m);
    explore_spawn(read_shared, m);
    explore_spawn(read_shared, m);
    lock(m);
    free(m);
    explore_join_all();
}

EXPLORE_PROGRAM(rwmutex_is_freed_by_a_writer) {
    last_writer_frees(false);
}

/* Time is up just when the last reader leaves: it must be through before the lock goes. */
EXPLORE_PROGRAM(rwmutex_is_freed_by_a_writer_in_time) {
    weir_rwmutex *m = (weir_rwmutex *)calloc(1, sizeof *m);
    rlock(m);
    explore_spawn(read_shared, m);
    if (lock_until(m, 1) != WEIR_OK)
        lock(m);
    free(m);
    explore_join_all();
}

EXPLORE_PROGRAM(rwmutex_is_freed_by_a_writer_spread) {
    last_writer_frees(true);
}

/* The last user frees it, as a writer: the others' unlocks may not have returned. */
typedef struct shared {
    weir_rwmutex lock;
    WEIR_I_ATOMIC(unsigned) users;
} shared;

static void write_and_leave(void *argument) {
    shared *s = (shared *)argument;
    lock(&s->lock);
    const bool last = weir_i_fetch_sub(&s->users, 1, relaxed) == 1;
    unlock(&s->lock);
    if (last)
        free(s);
}

/* Readers do not exclude each other: the last of them waits for the others as a writer. */
static void read_and_leave(void *argument) {
    shared *s = (shared *)argument;
    rlock(&s->lock);
    const bool last = weir_i_fetch_sub(&s->users, 1, relaxed) == 1;
    runlock(&s->lock);
    if (last) {
        lock(&s->lock);
        unlock(&s->lock);
        free(s);
    }
}

static void last_user_frees(bool spread) {
    shared *s = (shared *)calloc(1, sizeof *s);
    weir_i_store(&s->lock.head.gate, spread ? WEIR_I_RWMUTEX_SPREAD : 0, relaxed);
    weir_i_store(&s->users, 3, relaxed);
    explore_spawn(write_and_leave, s);
    explore_spawn(read_and_leave, s);
    write_and_leave(s);
    explore_join_all();
}

EXPLORE_PROGRAM(rwmutex_is_freed_by_its_last_user) {
    last_user_frees(false);
}

EXPLORE_PROGRAM(rwmutex_is_freed_by_its_last_user_spread) {
    last_user_frees(true);
}

/* Locked by one thread, unlocked by another, on another stripe. */
static void runlock_for_another(void *unused) {
    (void)unused;
    look();
    runlock(&rw);
}

EXPLORE_PROGRAM(rwmutex_runlock_by_another_thread) {
    start(true);
    rlock(&rw);
    rlock(&rw);
    explore_spawn(runlock_for_another, NULL);
    explore_spawn(runlock_for_another, NULL);
    write_once(NULL);
    finish(1);
}

/* -- the sum ---------------------------------------------------------------------------------- */

/* Counts that have drifted apart, their sum is 0: the next reader brings one to a round number, and
 * takes the sum while others read and write. */
static void drifted(bool spread) {
    const uint32_t far = (WEIR_I_RWMUTEX_ROUND - 1) * WEIR_I_RWMUTEX_ONE;
    start(spread);
    weir_i_store(&rw.head.leaving, 0 - far, relaxed);
    if (spread)
        weir_i_store(&rw.stripes[0].word, far, relaxed);
    else
        weir_i_store(&rw.head.gate, far, relaxed);
    WEIR_I_RWMUTEX_PLACE = 1;
    explore_spawn(read_once, NULL);
    explore_spawn(write_once, NULL);
    read_once(NULL);
    finish(1);
}

EXPLORE_PROGRAM(rwmutex_takes_the_sum_beside_others) {
    drifted(false);
}

EXPLORE_PROGRAM(rwmutex_takes_the_sum_beside_others_spread) {
    drifted(true);
}

/* A reader that never gives up what it locks is told before the sum wraps. */
EXPLORE_PROGRAM(rwmutex_more_readers_than_the_most, .expect = EXPLORE_CRASH) {
    start(false);
    weir_i_store(&rw.head.gate,
                 (WEIR_I_RWMUTEX_MOST + WEIR_I_RWMUTEX_ROUND - 1) * WEIR_I_RWMUTEX_ONE, relaxed);
    rlock(&rw);
}

/* -- misuse -------------------------------------------------------------------------------------
 */

EXPLORE_PROGRAM(rwmutex_unlock_of_an_unlocked_one, .expect = EXPLORE_CRASH) {
    start(false);
    unlock(&rw);
}

EXPLORE_PROGRAM(rwmutex_runlock_of_an_unlocked_one, .expect = EXPLORE_CRASH) {
    start(false);
    runlock(&rw);
}

EXPLORE_PROGRAM(rwmutex_runlock_of_an_unlocked_one_spread, .expect = EXPLORE_CRASH) {
    start(true);
    read_once(NULL);
    runlock(&rw);
}

EXPLORE_PROGRAM(rwmutex_runlock_of_one_locked_for_writing, .expect = EXPLORE_CRASH) {
    start(false);
    lock(&rw);
    runlock(&rw);
}

/* One runlock too many while another reader is in: nobody can tell, but the next writer does. */
EXPLORE_PROGRAM(rwmutex_runlock_too_many_is_found_by_a_writer, .expect = EXPLORE_CRASH) {
    start(true);
    WEIR_I_RWMUTEX_PLACE = 1;
    rlock(&rw);
    WEIR_I_RWMUTEX_PLACE = 2;
    read_once(NULL);
    runlock(&rw);
    WEIR_I_RWMUTEX_PLACE = 1;
    runlock(&rw);
    lock(&rw);
}
