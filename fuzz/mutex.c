/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.c - one thread plays an owner and up to six waiters, step by step, against a model of the
 * ring: who is woken, who is handed the mutex, who may leave, and every bit of the word.
 */
#include "input.h"

#include <weir/mutex.h>

#include <string.h>

enum { MOST = 6, NOBODY = -1 };

typedef struct scene {
    weir_mutex mutex;
    weir_i_mutex_waiter waiters[MOST];
    bool busy[MOST]; /* this waiter is in the ring, was woken, or owns the mutex */
    bool held;
    int owner; /* a waiter that was handed it, or NOBODY */
    int woken; /* who was told to try, or NOBODY */
    int ring[MOST];
    size_t length;
} scene;

static void put(scene *s, size_t at, int who) {
    memmove(s->ring + at + 1, s->ring + at, (s->length - at) * sizeof s->ring[0]);
    s->ring[at] = who;
    s->length++;
}

static int take_out(scene *s, size_t at) {
    const int who = s->ring[at];
    s->length--;
    memmove(s->ring + at, s->ring + at + 1, (s->length - at) * sizeof s->ring[0]);
    return who;
}

/* The word says what the model knows. */
static void compare(scene *s) {
    const uintptr_t word = weir_i_load(&s->mutex.word, relaxed);
    weir_wait_node *node = weir_i_mutex_last(word);
    FUZZ_CHECK(!(word & WEIR_I_MUTEX_LISTED));
    FUZZ_CHECK(!!(word & WEIR_I_MUTEX_HELD) == s->held);
    FUZZ_CHECK(!!(word & WEIR_I_MUTEX_WOKEN) == (s->woken != NOBODY));
    FUZZ_CHECK(!node == (s->length == 0));
    for (size_t i = 0; i < s->length; i++) {
        node = node->next;
        FUZZ_CHECK(node == &s->waiters[s->ring[i]].node);
        FUZZ_CHECK(!weir_waiter_done(node->waiter));
    }
    for (int i = 0; i < MOST; i++)
        FUZZ_CHECK(!s->busy[i] ||
                   weir_waiter_done(&s->waiters[i].waiter) == (i == s->woken || i == s->owner));
}

/* The ring is not empty, nobody has the mutex, nobody is coming: the first gets it if it starves,
 * and is told to try if not. Whoever changes the word sees to that. */
static void model_next(scene *s) {
    if (s->held || s->woken != NOBODY || s->length == 0)
        return;
    const int first = take_out(s, 0);
    if (s->waiters[first].starving) {
        s->owner = first;
        s->held = true;
    } else {
        s->woken = first;
    }
}

static void unlock(scene *s) {
    if (!s->held)
        return;
    if (s->owner != NOBODY)
        s->busy[s->owner] = false;
    s->held = false;
    s->owner = NOBODY;
    model_next(s);
    weir_mutex_unlock(&s->mutex);
    if (s->owner != NOBODY)
        FUZZ_CHECK(s->waiters[s->owner].owns);
}

static void enter(scene *s, bool starving) {
    for (int i = 0; i < MOST; i++) {
        if (s->busy[i])
            continue;
        memset(&s->waiters[i], 0, sizeof s->waiters[i]);
        s->waiters[i].starving = starving;
        s->busy[i] = true;
        put(s, s->length, i);
        model_next(s);
        weir_i_mutex_enter(&s->mutex, &s->waiters[i], false);
        return;
    }
}

static void leave(scene *s, size_t at) {
    if (s->length == 0)
        return;
    const int who = take_out(s, at % s->length);
    s->busy[who] = false;
    FUZZ_CHECK(weir_waiter_cancel(&s->waiters[who].waiter));
    model_next(s);
    weir_i_mutex_leave(&s->mutex, &s->waiters[who]);
}

/* Cancelled, but still in the ring when others act: nobody may choose it. */
static void leave_late(scene *s, size_t at) {
    if (s->length == 0)
        return;
    const int who = take_out(s, at % s->length);
    FUZZ_CHECK(weir_waiter_cancel(&s->waiters[who].waiter));
    unlock(s);
    s->busy[who] = false;
    weir_i_mutex_leave(&s->mutex, &s->waiters[who]);
}

static void woken_tries(scene *s, bool starving) {
    uintptr_t word;
    const int who = s->woken;
    if (who == NOBODY)
        return;
    s->woken = NOBODY;
    const bool got = weir_i_mutex_take(&s->mutex, &word, WEIR_I_MUTEX_WOKEN);
    FUZZ_CHECK(got == !s->held);
    if (got) {
        s->held = true;
        s->owner = who;
        return;
    }
    put(s, 0, who);
    s->waiters[who].starving = starving;
    weir_i_mutex_enter(&s->mutex, &s->waiters[who], true);
}

static void lock(scene *s, bool with_deadline) {
    const bool got = with_deadline ? weir_mutex_lock_until(&s->mutex, WEIR_NOW) == WEIR_OK
                                   : weir_mutex_try_lock(&s->mutex);
    FUZZ_CHECK(got == !s->held);
    s->held = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    scene s;
    memset(&s, 0, sizeof s);
    s.owner = s.woken = NOBODY;
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 9)) {
        case 0: lock(&s, false); break;
        case 1: lock(&s, true); break;
        case 2: unlock(&s); break;
        case 3: enter(&s, false); break;
        case 4: enter(&s, true); break;
        case 5: leave(&s, fuzz_choose(&input, MOST)); break;
        case 6: leave_late(&s, fuzz_choose(&input, MOST)); break;
        case 7: woken_tries(&s, false); break;
        default: woken_tries(&s, true); break;
        }
        compare(&s);
    }
    return 0;
}
