/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.c - one thread plays up to six waiters of a condition variable and the owner of the mutex:
 * where each of them stands, step by step, against a model of both queues.
 */
#include "input.h"

#include <weir/cond.h>

#include <string.h>

enum { MOST = 6, NOBODY = -1 };

typedef struct queue {
    int who[MOST];
    size_t length;
} queue;

typedef struct scene {
    weir_mutex mutex;
    weir_cond cond;
    weir_i_cond_waiter waiters[MOST];
    bool busy[MOST];
    bool held;
    int woken; /* told by the mutex to try */
    queue at_cond;
    queue at_mutex;
} scene;

static void put(queue *q, int who) {
    q->who[q->length++] = who;
}

static int take(queue *q, size_t at) {
    const int who = q->who[at];
    q->length--;
    memmove(q->who + at, q->who + at + 1, (q->length - at) * sizeof q->who[0]);
    return who;
}

static void model_wake(scene *s) {
    if (!s->held && s->woken == NOBODY && s->at_mutex.length > 0)
        s->woken = take(&s->at_mutex, 0);
}

static void compare_queue(const scene *s, const queue *q, weir_wait_node *last) {
    FUZZ_CHECK(!last == (q->length == 0));
    for (size_t i = 0; i < q->length; i++) {
        last = last->next;
        FUZZ_CHECK(last == &s->waiters[q->who[i]].waiter.node);
        FUZZ_CHECK(!weir_waiter_done(last->waiter));
    }
}

static void compare(scene *s) {
    const uintptr_t word = weir_i_load(&s->mutex.word, relaxed);
    FUZZ_CHECK(!!(word & WEIR_I_MUTEX_HELD) == s->held);
    FUZZ_CHECK(!!(word & WEIR_I_MUTEX_WOKEN) == (s->woken != NOBODY));
    compare_queue(s, &s->at_mutex, weir_i_mutex_last(word));
    compare_queue(s, &s->at_cond, weir_i_wait_list_last(&s->cond.list));
    if (s->woken != NOBODY)
        FUZZ_CHECK(weir_waiter_done(&s->waiters[s->woken].waiter.waiter));
}

static void lock(scene *s) {
    const bool got = weir_mutex_try_lock(&s->mutex);
    FUZZ_CHECK(got == !s->held);
    s->held = true;
}

static void unlock(scene *s) {
    if (!s->held)
        return;
    s->held = false;
    model_wake(s);
    weir_mutex_unlock(&s->mutex);
}

/* The owner begins to wait: it gives the mutex back. */
static void enter(scene *s) {
    for (int i = 0; i < MOST; i++) {
        if (s->busy[i] || !s->held)
            continue;
        s->busy[i] = true;
        put(&s->at_cond, i);
        s->held = false;
        model_wake(s);
        weir_i_cond_enter(&s->cond, &s->waiters[i], &s->mutex);
        return;
    }
}

static void wake(scene *s, bool all) {
    const size_t n = all ? s->at_cond.length : s->at_cond.length > 0;
    for (size_t i = 0; i < n; i++) {
        put(&s->at_mutex, take(&s->at_cond, 0));
        model_wake(s);
    }
    if (all)
        weir_cond_broadcast(&s->cond);
    else
        weir_cond_signal(&s->cond);
}

/* Time is up for one that waits for a signal, or that has been moved. */
static void give_up(scene *s, size_t at, bool moved) {
    queue *q = moved ? &s->at_mutex : &s->at_cond;
    if (q->length == 0)
        return;
    const int who = take(q, at % q->length);
    FUZZ_CHECK(weir_waiter_cancel(&s->waiters[who].waiter.waiter));
    FUZZ_CHECK(weir_i_cond_leave(&s->cond, &s->waiters[who]) == moved);
    s->busy[who] = false;
    model_wake(s);
}

/* Time is up, and a signal comes before it has left: it was signalled. */
static void give_up_late(scene *s) {
    if (s->at_cond.length == 0)
        return;
    const int who = take(&s->at_cond, 0);
    FUZZ_CHECK(weir_waiter_cancel(&s->waiters[who].waiter.waiter));
    weir_cond_signal(&s->cond);
    FUZZ_CHECK(weir_i_cond_leave(&s->cond, &s->waiters[who]));
    s->busy[who] = false;
}

static void woken_tries(scene *s) {
    uintptr_t word;
    const int who = s->woken;
    if (who == NOBODY)
        return;
    s->woken = NOBODY;
    if (s->held) {
        memmove(s->at_mutex.who + 1, s->at_mutex.who, s->at_mutex.length * sizeof(int));
        s->at_mutex.who[0] = who;
        s->at_mutex.length++;
        weir_i_mutex_enter(&s->mutex, &s->waiters[who].waiter, true);
        return;
    }
    FUZZ_CHECK(weir_i_mutex_take(&s->mutex, &word, WEIR_I_MUTEX_WOKEN));
    s->held = true;
    s->busy[who] = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    scene s;
    memset(&s, 0, sizeof s);
    s.woken = NOBODY;
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 9)) {
        case 0: lock(&s); break;
        case 1: unlock(&s); break;
        case 2: enter(&s); break;
        case 3: wake(&s, false); break;
        case 4: wake(&s, true); break;
        case 5: give_up(&s, fuzz_choose(&input, MOST), false); break;
        case 6: give_up(&s, fuzz_choose(&input, MOST), true); break;
        case 7: give_up_late(&s); break;
        default: woken_tries(&s); break;
        }
        compare(&s);
    }
    return 0;
}
