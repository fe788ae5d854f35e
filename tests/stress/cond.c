/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.c - a bounded queue under a mutex and two condition variables, many producers and consumers,
 * signals inside and outside of the mutex, waits with and without deadlines: every message once,
 * and nobody left asleep.
 *
 * WEIR_STRESS=N in the environment multiplies the number of messages.
 */
#include "support/check.h"
#include "support/quota.h"
#include "support/threads.h"

#include <weir/cond.h>

enum { TOTAL = 20000, ROOM = 3 };

typedef struct post {
    weir_mutex mutex;
    weir_cond not_full;
    weir_cond not_empty;
    uint64_t messages[ROOM];
    unsigned head;
    unsigned count;
    uint64_t taken;
    quota quota;
} post;

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

/* With a deadline now and then; the loop around it looks again. */
static void wait_on(weir_cond *c, weir_mutex *m, uint64_t way) {
    if (way % 3 == 0)
        (void)!weir_cond_wait_until(c, m, weir_in((int64_t)(way % 50) * 1000));
    else
        weir_cond_wait(c, m);
}

static void unlock_and_signal(post *p, weir_cond *c, bool inside) {
    if (inside)
        weir_cond_signal(c);
    weir_mutex_unlock(&p->mutex);
    if (!inside)
        weir_cond_signal(c);
}

static void produce(post *p, unsigned me) {
    for (uint64_t n = 0; n < p->quota.each; n++) {
        weir_mutex_lock(&p->mutex);
        while (p->count == ROOM)
            wait_on(&p->not_full, &p->mutex, n + me);
        p->messages[(p->head + p->count++) % ROOM] = quota_message(me, n);
        unlock_and_signal(p, &p->not_empty, (n + me) % 2);
    }
}

static bool take(post *p, unsigned me, uint64_t way, uint64_t *message) {
    const uint64_t total = p->quota.each * p->quota.producers;
    weir_mutex_lock(&p->mutex);
    while (p->count == 0 && p->taken < total)
        wait_on(&p->not_empty, &p->mutex, way + me);
    if (p->count == 0) {
        weir_mutex_unlock(&p->mutex);
        return false;
    }
    *message = p->messages[p->head];
    p->head = (p->head + 1) % ROOM;
    p->count--;
    if (++p->taken == total)
        weir_cond_broadcast(&p->not_empty);
    unlock_and_signal(p, &p->not_full, (way + me) % 2);
    return true;
}

static void run(unsigned me, void *shared) {
    post *p = (post *)shared;
    uint64_t message;
    if (me < p->quota.producers) {
        produce(p, me);
        return;
    }
    for (uint64_t way = 0; take(p, me, way, &message); way++)
        quota_arrived(&p->quota, me - p->quota.producers, message);
}

static void post_of(unsigned producers, unsigned consumers) {
    static post p;
    memset(&p, 0, sizeof p);
    quota_start(&p.quota, producers, consumers, (uint64_t)TOTAL * times() / producers);
    cr_assert(threads_run(producers + consumers, run, &p));
    const char *wrong = quota_verdict(&p.quota);
    cr_assert_null(wrong, "%u/%u: %s", producers, consumers, wrong);
    cr_assert_eq(weir_i_load(&p.mutex.word, relaxed), 0);
    cr_assert(weir_wait_list_idle(&p.not_full.list) && weir_wait_list_idle(&p.not_empty.list));
}

Test(cond_stress, one_to_one, .timeout = 300) {
    post_of(1, 1);
}

Test(cond_stress, four_to_four, .timeout = 300) {
    post_of(4, 4);
}

Test(cond_stress, one_to_eight, .timeout = 300) {
    post_of(1, 8);
}

Test(cond_stress, thirty_two_to_thirty_two, .timeout = 300) {
    post_of(32, 32);
}
