/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.c - channels under many threads, more than there are cores: exactly once and in order, with
 * calls that wait, try, give up and batch; close in the middle; and the oversubscribed ping-pong in
 * which lost wake-ups hang other libraries.
 *
 * WEIR_STRESS=N in the environment multiplies the number of messages.
 */
#include <weir/chan.h>

#include "support/check.h"
#include "support/quota.h"
#include "support/threads.h"

#include <sched.h>

typedef struct parcel {
    uint64_t message;
    uint64_t inverted; /* ~message: a torn copy shows */
    uint64_t more;
} parcel;

WEIR_CHAN(parcels, parcel)

enum { TOTAL = 12000, BATCH = 7, MICROSECOND = 1000 };

/* How a thread calls. */
enum way { WAIT, TRY, GIVE_UP, BATCHES, WAYS };

typedef struct rally {
    parcels ch;
    bool mixed; /* thread n calls in way n % WAYS; else all wait */
    WEIR_I_ATOMIC(unsigned) torn;
    WEIR_I_ATOMIC(unsigned) sending; /* senders that are not done */
    quota quota;
} rally;

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static parcel wrap(uint64_t message) {
    const parcel p = {message, ~message, message * 3};
    return p;
}

static void unwrap(rally *r, unsigned consumer, parcel p) {
    if (p.inverted != ~p.message || p.more != p.message * 3)
        weir_i_fetch_add(&r->torn, 1, relaxed);
    quota_arrived(&r->quota, consumer, p.message);
}

static weir_status send_some(rally *r, enum way way, unsigned me, uint64_t *number) {
    parcel batch[BATCH];
    size_t n = 0;
    weir_status status;
    switch (way) {
    case TRY: status = parcels_try_send(&r->ch, wrap(quota_message(me, *number))); break;
    case GIVE_UP:
        status = parcels_send_until(&r->ch, wrap(quota_message(me, *number)),
                                    weir_in((int64_t)(*number % 4) * MICROSECOND));
        break;
    case BATCHES:
        for (; n < BATCH && *number + n < r->quota.each; n++)
            batch[n] = wrap(quota_message(me, *number + n));
        status = parcels_send_n(&r->ch, batch, n, &n);
        *number += n;
        return status;
    default: status = parcels_send(&r->ch, wrap(quota_message(me, *number))); break;
    }
    *number += status == WEIR_OK;
    return status;
}

static weir_status recv_some(rally *r, enum way way, unsigned consumer) {
    parcel batch[BATCH];
    size_t n = 1;
    weir_status status;
    switch (way) {
    case TRY: status = parcels_try_recv(&r->ch, batch); break;
    case GIVE_UP: status = parcels_recv_until(&r->ch, batch, weir_in(2 * MICROSECOND)); break;
    case BATCHES: status = parcels_recv_n(&r->ch, batch, BATCH, &n); break;
    default: status = parcels_recv(&r->ch, batch); break;
    }
    for (size_t i = 0; i < n && status == WEIR_OK; i++)
        unwrap(r, consumer, batch[i]);
    return status;
}

static void run(unsigned me, void *shared) {
    rally *r = (rally *)shared;
    const unsigned producers = r->quota.producers;
    const enum way way = r->mixed ? (enum way)(me % WAYS) : WAIT;
    if (me < producers) {
        for (uint64_t number = 0; number < r->quota.each;) {
            if (send_some(r, way, me, &number) == WEIR_AGAIN)
                sched_yield();
        }
        if (weir_i_fetch_sub(&r->sending, 1, acq_rel) == 1)
            (void)parcels_close(&r->ch);
    } else {
        weir_status status;
        while ((status = recv_some(r, way, me - producers)) != WEIR_CLOSED) {
            if (status == WEIR_AGAIN)
                sched_yield();
        }
    }
}

static void rally_of(unsigned producers, unsigned consumers, size_t capacity, bool mixed) {
    static rally r;
    cr_assert_eq(parcels_init(&r.ch, capacity), WEIR_OK);
    if (capacity)
        weir_i_chan_start(&r.ch.raw, 0 - 5 * r.ch.raw.lap); /* overflow on the way */
    r.mixed = mixed;
    weir_i_store(&r.sending, producers, relaxed);
    quota_start(&r.quota, producers, consumers, (uint64_t)TOTAL * times() / producers);
    cr_assert(threads_run(producers + consumers, run, &r));
    const char *wrong = quota_verdict(&r.quota);
    cr_assert_null(wrong, "%u/%u, capacity %zu: %s", producers, consumers, capacity, wrong);
    cr_assert_eq(weir_i_load(&r.torn, relaxed), 0, "torn copies");
    cr_assert_eq(parcels_len(&r.ch), 0);
    parcels_destroy(&r.ch);
}

static const size_t capacities[] = {0, 1, 2, 100};

Test(chan_stress, one_to_one, .timeout = 300) {
    for (int c = 0; c < 4; c++)
        rally_of(1, 1, capacities[c], false);
}

Test(chan_stress, four_to_four, .timeout = 300) {
    for (int c = 0; c < 4; c++)
        rally_of(4, 4, capacities[c], false);
}

Test(chan_stress, mixed_calls, .timeout = 300) {
    for (int c = 0; c < 4; c++)
        rally_of(8, 8, capacities[c], true);
}

Test(chan_stress, one_to_many_and_many_to_one, .timeout = 300) {
    for (int c = 0; c < 4; c++) {
        rally_of(1, 8, capacities[c], true);
        rally_of(8, 1, capacities[c], true);
    }
}

Test(chan_stress, thirty_two_to_thirty_two, .timeout = 300) {
    rally_of(32, 32, 0, false);
    rally_of(32, 32, 1, true);
    rally_of(32, 32, 64, false);
}

/* -- close in the middle ---------------------------------------------------------------------- */

WEIR_CHAN(numbers, uint64_t)

typedef struct closing {
    numbers ch;
    unsigned senders, receivers;
    uint64_t close_after;
    WEIR_I_ATOMIC(uint64_t) sent, sent_sum, came, came_sum;
} closing;

/* Every send that said OK is received, and nothing else. */
static void send_or_recv_until_closed(unsigned me, void *shared) {
    closing *c = (closing *)shared;
    uint64_t n = 0;
    uint64_t sum = 0;
    uint64_t value = 0;
    if (me < c->senders) {
        for (; numbers_send(&c->ch, value = (uint64_t)me << 32 | n) == WEIR_OK; n++)
            sum += value;
        weir_i_fetch_add(&c->sent, n, relaxed);
        weir_i_fetch_add(&c->sent_sum, sum, relaxed);
    } else {
        for (; numbers_recv(&c->ch, &value) == WEIR_OK; n++) {
            sum += value;
            if (me == c->senders && n == c->close_after)
                (void)numbers_close(&c->ch);
        }
        weir_i_fetch_add(&c->came, n, relaxed);
        weir_i_fetch_add(&c->came_sum, sum, relaxed);
    }
}

Test(chan_stress, close_loses_nothing, .timeout = 300) {
    for (unsigned i = 0; i < 100 * times(); i++) {
        static closing c;
        memset(&c, 0, sizeof c);
        c.senders = 1 + i % 3;
        c.receivers = 1 + i % 2;
        c.close_after = i * 7 % 50;
        cr_assert_eq(numbers_init(&c.ch, i % 4), WEIR_OK);
        cr_assert(threads_run(c.senders + c.receivers, send_or_recv_until_closed, &c));
        cr_assert_eq(weir_i_load(&c.sent, relaxed), weir_i_load(&c.came, relaxed));
        cr_assert_eq(weir_i_load(&c.sent_sum, relaxed), weir_i_load(&c.came_sum, relaxed));
        numbers_destroy(&c.ch);
    }
}

/* -- ping-pong, oversubscribed ---------------------------------------------------------------- */

enum { PAIRS = 32, ROUNDS = 200 };

typedef struct table {
    numbers to[PAIRS], back[PAIRS];
    uint64_t rounds;
    WEIR_I_ATOMIC(unsigned) wrong;
} table;

static void ping_or_pong(unsigned me, void *shared) {
    table *t = (table *)shared;
    const unsigned pair = me / 2;
    for (uint64_t i = 0; i < t->rounds; i++) {
        uint64_t v = i;
        bool right;
        if (me % 2)
            right = numbers_recv(&t->to[pair], &v) == WEIR_OK && v == i &&
                    numbers_send(&t->back[pair], v) == WEIR_OK;
        else
            right = numbers_send(&t->to[pair], v) == WEIR_OK &&
                    numbers_recv(&t->back[pair], &v) == WEIR_OK && v == i;
        if (!right)
            weir_i_fetch_add(&t->wrong, 1, relaxed);
    }
}

Test(chan_stress, oversubscribed_ping_pong, .timeout = 300) {
    for (size_t capacity = 0; capacity < 2; capacity++) {
        static table t;
        t.rounds = (uint64_t)ROUNDS * times();
        for (int i = 0; i < PAIRS; i++)
            cr_assert(numbers_init(&t.to[i], capacity) == WEIR_OK &&
                      numbers_init(&t.back[i], capacity) == WEIR_OK);
        cr_assert(threads_run(2 * PAIRS, ping_or_pong, &t));
        cr_assert_eq(weir_i_load(&t.wrong, relaxed), 0);
        for (int i = 0; i < PAIRS; i++) {
            numbers_destroy(&t.to[i]);
            numbers_destroy(&t.back[i]);
        }
    }
}

/* -- destroyed by who got the last message ---------------------------------------------------- */

typedef struct parcel_post {
    numbers *ch[2000];
    unsigned rounds;
    WEIR_I_ATOMIC(unsigned) next; /* rounds that the receiver is through with */
} parcel_post;

static void send_or_recv_and_free(unsigned me, void *shared) {
    parcel_post *p = (parcel_post *)shared;
    for (unsigned i = 0; i < p->rounds; i++) {
        uint64_t v = i;
        if (me == 0) {
            (void)!numbers_send(p->ch[i], v);
            continue;
        }
        (void)!numbers_recv(p->ch[i], &v);
        numbers_destroy(p->ch[i]);
        memset(p->ch[i], 0xff, sizeof *p->ch[i]);
        free(p->ch[i]);
    }
}

Test(chan_stress, freed_by_the_receiver, .timeout = 300) {
    for (size_t capacity = 0; capacity < 2; capacity++) {
        static parcel_post p;
        p.rounds = 2000;
        for (unsigned i = 0; i < p.rounds; i++) {
            p.ch[i] = (numbers *)aligned_alloc(WEIR_CACHE_LINE, sizeof(numbers));
            cr_assert(p.ch[i] && numbers_init(p.ch[i], capacity) == WEIR_OK);
        }
        cr_assert(threads_run(2, send_or_recv_and_free, &p));
    }
}
