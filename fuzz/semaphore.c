/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore.c - one thread plays up to six waiters by way of select cases, and tries, releases and
 * leaves, against a model of the queue: who has been granted what, in which order.
 */
#include "input.h"

#include <weir/semaphore.h>

#include <string.h>

enum { MOST = 6 };

typedef struct scene {
    weir_semaphore semaphore;
    uint32_t units;
    uint32_t available;
    uint32_t held; /* by tries and by granted waiters together */
    weir_waiter waiters[MOST];
    weir_wait_node nodes[MOST];
    weir_case cases[MOST];
    bool busy[MOST];
    int queue[MOST];
    size_t length;
} scene;

/* Those in front that fit are granted. */
static void model_grant(scene *s) {
    while (s->length > 0) {
        const uint32_t wants = s->cases[s->queue[0]].detail;
        if (wants > s->available)
            return;
        s->available -= wants;
        s->held += wants;
        s->busy[s->queue[0]] = false;
        s->length--;
        memmove(s->queue, s->queue + 1, s->length * sizeof s->queue[0]);
    }
}

static void compare(scene *s) {
    const weir_wait_node *node = weir_i_wait_list_last(&s->semaphore.list);
    FUZZ_CHECK((uint32_t)weir_i_load(&s->semaphore.state, relaxed) == s->available);
    FUZZ_CHECK(s->available + s->held == s->units);
    FUZZ_CHECK(!node == (s->length == 0));
    for (size_t i = 0; i < s->length; i++) {
        node = node->next;
        FUZZ_CHECK(node == &s->nodes[s->queue[i]]);
        FUZZ_CHECK(!weir_waiter_done(node->waiter));
    }
    for (int i = 0; i < MOST; i++)
        if (!s->busy[i] && s->cases[i].kind) {
            FUZZ_CHECK(weir_waiter_done(&s->waiters[i]) && s->nodes[i].won);
            FUZZ_CHECK(s->cases[i].kind->collect(&s->cases[i], &s->nodes[i]));
            s->cases[i].kind = NULL;
        }
}

static void try_one(scene *s, uint32_t k, bool with_deadline) {
    const bool there = s->length == 0 && k <= s->available;
    if (with_deadline) {
        const weir_status said = weir_semaphore_acquire_until(&s->semaphore, k, WEIR_NOW);
        FUZZ_CHECK(said == (k > s->units ? WEIR_INVALID : there ? WEIR_OK : WEIR_TIMEOUT));
    } else {
        FUZZ_CHECK(weir_semaphore_try_acquire(&s->semaphore, k) == there);
    }
    if (there) {
        s->available -= k;
        s->held += k;
    }
}

static void give_back(scene *s, uint32_t k) {
    if (k > s->held)
        k = s->held;
    s->held -= k;
    s->available += k;
    model_grant(s);
    weir_semaphore_release(&s->semaphore, k);
}

/* As a select does that waits for one case. */
static void enter(scene *s, uint32_t k) {
    weir_grip grip = {NULL, 0};
    for (int i = 0; i < MOST; i++) {
        if (s->busy[i])
            continue;
        weir_case *c = &s->cases[i];
        *c = weir_semaphore_case(&s->semaphore, k > s->units ? s->units : k);
        weir_waiter_init(&s->waiters[i]);
        weir_wait_node_init(&s->nodes[i], &s->waiters[i]);
        weir_wait_list_lock(&s->semaphore.list);
        const bool done = c->kind->decide(c, &grip) == WEIR_TURN_DONE;
        FUZZ_CHECK(done == (s->length == 0 && c->detail <= s->available));
        if (!done)
            c->kind->enter(c, &s->nodes[i]);
        weir_wait_list_unlock(&s->semaphore.list);
        if (done) {
            s->available -= c->detail;
            s->held += c->detail;
            c->kind->finish(c, &grip);
            c->kind = NULL;
        } else {
            s->busy[i] = true;
            s->queue[s->length++] = i;
        }
        return;
    }
}

/* late: others act while it is cancelled, and still in the list. */
static void leave(scene *s, size_t at, bool late) {
    if (s->length == 0)
        return;
    at %= s->length;
    const int who = s->queue[at];
    weir_case *c = &s->cases[who];
    FUZZ_CHECK(weir_waiter_cancel(&s->waiters[who]));
    if (late)
        FUZZ_CHECK(!weir_semaphore_try_acquire(&s->semaphore, 1) || s->units == 0);
    s->length--;
    memmove(s->queue + at, s->queue + at + 1, (s->length - at) * sizeof s->queue[0]);
    model_grant(s);
    weir_wait_list_lock(&s->semaphore.list);
    c->kind->leave(c, &s->nodes[who]);
    weir_wait_list_unlock(&s->semaphore.list);
    c->kind->left(c, &s->nodes[who]);
    s->busy[who] = false;
    c->kind = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    scene s;
    memset(&s, 0, sizeof s);
    s.units = s.available = 1 + fuzz_choose(&input, 9);
    FUZZ_CHECK(weir_semaphore_init(&s.semaphore, s.units) == WEIR_OK);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 6)) {
        case 0: try_one(&s, fuzz_choose(&input, 11), false); break;
        case 1: try_one(&s, fuzz_choose(&input, 11), true); break;
        case 2: give_back(&s, fuzz_choose(&input, 11)); break;
        case 3: enter(&s, fuzz_choose(&input, 11)); break;
        case 4: leave(&s, fuzz_choose(&input, MOST), false); break;
        default: leave(&s, fuzz_choose(&input, MOST), true); break;
        }
        compare(&s);
    }
    return 0;
}
