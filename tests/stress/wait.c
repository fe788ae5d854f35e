/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.c - a ring whose producers and consumers sleep, under many more threads than cores: a lost
 * wake-up is a hang here, and a hang is a failure. Some wait with deadlines that are about to pass.
 *
 * WEIR_STRESS=N in the environment multiplies the number of messages.
 */
#include "support/check.h"
#include "support/quota.h"
#include "support/threads.h"

#include <weir/ring.h>
#include <weir/wait.h>

WEIR_RING(messages, uint64_t)

enum { TOTAL = 60000 };

typedef struct rally {
    messages ring;
    weir_event_count not_full;
    weir_event_count not_empty;
    unsigned hasty_every; /* thread n has short deadlines if n % hasty_every == 0; 0: nobody has */
    WEIR_I_ATOMIC(unsigned) ended;
    quota quota;
} rally;

typedef struct attempt {
    rally *r;
    uint64_t message;
    bool came;
} attempt;

static bool push(void *argument) {
    attempt *a = (attempt *)argument;
    return messages_try_push(&a->r->ring, a->message);
}

/* Ready when something came, or when all has come. */
static bool pop(void *argument) {
    attempt *a = (attempt *)argument;
    a->came = messages_try_pop(&a->r->ring, &a->message);
    return a->came || !quota_open(&a->r->quota);
}

static void await(weir_event_count *count, bool (*ready)(void *), attempt *a, bool hasty) {
    while (weir_event_count_await(count, ready, a, hasty ? weir_in(20000) : WEIR_FOREVER) !=
           WEIR_OK) {
    }
}

static void run(unsigned me, void *shared) {
    rally *r = (rally *)shared;
    const bool hasty = r->hasty_every && me % r->hasty_every == 0;
    attempt a = {r, 0, false};
    if (me < r->quota.producers) {
        for (uint64_t number = 0; number < r->quota.each; number++) {
            a.message = quota_message(me, number);
            await(&r->not_full, push, &a, hasty);
            weir_event_count_notify(&r->not_empty, 1);
        }
        return;
    }
    for (;;) {
        await(&r->not_empty, pop, &a, hasty);
        if (!a.came)
            break;
        weir_event_count_notify(&r->not_full, 1);
        quota_arrived(&r->quota, me - r->quota.producers, a.message);
    }
    weir_event_count_notify_all(&r->not_empty); /* the others are to see that all has come */
}

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void rally_of(unsigned producers, unsigned consumers, size_t capacity,
                     unsigned hasty_every) {
    static rally r;
    cr_assert_eq(messages_init(&r.ring, capacity), WEIR_OK);
    r.hasty_every = hasty_every;
    quota_start(&r.quota, producers, consumers, (uint64_t)TOTAL * times() / producers);
    cr_assert(threads_run(producers + consumers, run, &r));
    const char *wrong = quota_verdict(&r.quota);
    cr_assert_null(wrong, "%u/%u, capacity %zu: %s", producers, consumers, capacity, wrong);
    cr_assert(weir_wait_list_idle(&r.not_full.list) && weir_wait_list_idle(&r.not_empty.list));
    messages_destroy(&r.ring);
}

Test(wait_stress, one_to_one, .timeout = 300) {
    rally_of(1, 1, 1, 0);
    rally_of(1, 1, 2, 1);
}

Test(wait_stress, four_to_four, .timeout = 300) {
    rally_of(4, 4, 1, 0);
    rally_of(4, 4, 3, 2);
}

Test(wait_stress, thirty_two_to_thirty_two, .timeout = 300) {
    rally_of(32, 32, 1, 3);
    rally_of(32, 32, 5, 0);
    rally_of(32, 32, 1024, 2);
}
