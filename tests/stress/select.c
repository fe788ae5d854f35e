/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.c - select under many threads: over several channels, against plain calls and against
 * other selects, with deadlines, and with one stop channel that all of them share.
 *
 * WEIR_STRESS=N in the environment multiplies the number of messages.
 */
#include <weir/chan.h>
#include <weir/select.h>

#include "support/check.h"
#include "support/quota.h"
#include "support/threads.h"

WEIR_CHAN(numbers, uint64_t)

enum { TOTAL = 6000, CHANNELS = 4, MICROSECOND = 1000 };

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

/* Senders and receivers use all channels at once; even ones by select, odd ones one channel after
 * the other. A stop channel ends the receivers. */
typedef struct market {
    numbers ch[CHANNELS];
    numbers stop;
    bool patient; /* nobody gives up */
    WEIR_I_ATOMIC(unsigned) sending;
    quota quota;
} market;

static bool send_by_select(market *m, uint64_t message, bool patient) {
    weir_case cases[CHANNELS];
    for (unsigned i = 0; i < CHANNELS; i++)
        cases[i] = numbers_case_send(&m->ch[i], &message);
    return weir_select_until(cases, CHANNELS, patient ? WEIR_FOREVER : weir_in(2 * MICROSECOND)) >=
           0;
}

/* Of all channels, since a sender by select may stand in any of them. */
static bool recv_by_select(market *m, unsigned consumer, bool patient) {
    weir_case cases[CHANNELS + 1];
    uint64_t message = 0;
    for (unsigned i = 0; i < CHANNELS; i++)
        cases[i] = numbers_case_recv(&m->ch[i], &message);
    cases[CHANNELS] = numbers_case_recv(&m->stop, NULL);
    const int chosen =
        weir_select_until(cases, CHANNELS + 1, patient ? WEIR_FOREVER : weir_in(3 * MICROSECOND));
    if (chosen == CHANNELS)
        return false;
    if (chosen >= 0)
        quota_arrived(&m->quota, consumer, message);
    return true;
}

static void trade(unsigned me, void *shared) {
    market *m = (market *)shared;
    const bool patient = m->patient || me % 3;
    if (me >= m->quota.producers) {
        while (recv_by_select(m, me - m->quota.producers, patient))
            ;
        return;
    }
    for (uint64_t n = 0; n < m->quota.each;) {
        const uint64_t message = quota_message(me, n);
        if (me % 2)
            n += numbers_send(&m->ch[me % CHANNELS], message) == WEIR_OK;
        else
            n += send_by_select(m, message, patient);
    }
    if (weir_i_fetch_sub(&m->sending, 1, acq_rel) == 1) {
        while (quota_open(&m->quota))
            weir_i_step_aside(100);
        (void)numbers_close(&m->stop);
    }
}

static void market_of(unsigned producers, unsigned consumers, size_t capacity, bool patient) {
    static market m;
    for (unsigned i = 0; i < CHANNELS; i++)
        cr_assert_eq(numbers_init(&m.ch[i], i % 2 ? capacity : 0), WEIR_OK);
    cr_assert_eq(numbers_init(&m.stop, 0), WEIR_OK);
    m.patient = patient;
    weir_i_store(&m.sending, producers, relaxed);
    quota_start(&m.quota, producers, consumers, (uint64_t)TOTAL * times() / producers);
    cr_assert(threads_run(producers + consumers, trade, &m));
    uint64_t arrived = weir_i_load(&m.quota.arrived, relaxed);
    cr_assert_eq(arrived, m.quota.each * producers, "%llu arrived", (unsigned long long)arrived);
    for (unsigned c = 0; c < consumers; c++)
        cr_assert_eq(m.quota.consumer[c].foreign, 0);
    for (unsigned i = 0; i < CHANNELS; i++) {
        cr_assert_eq(numbers_len(&m.ch[i]), 0);
        numbers_destroy(&m.ch[i]);
    }
    numbers_destroy(&m.stop);
}

Test(select_stress, two_to_two, .timeout = 300) {
    market_of(2, 2, 1, true);
    market_of(2, 2, 2, false);
}

Test(select_stress, eight_to_eight, .timeout = 300) {
    market_of(8, 8, 0, true);
    market_of(8, 8, 1, false);
    market_of(8, 8, 100, true);
}

Test(select_stress, thirty_two_to_thirty_two, .timeout = 300) {
    market_of(32, 32, 3, false);
}

/* Selects that each send and receive on the same two rendezvous: they meet each other only. */
typedef struct square {
    numbers a, b;
    numbers stop;
    uint64_t rounds;
    WEIR_I_ATOMIC(uint64_t) given, taken, given_sum, taken_sum;
    WEIR_I_ATOMIC(unsigned) left;
} square;

static void dance(unsigned me, void *shared) {
    square *s = (square *)shared;
    uint64_t sums[2] = {0, 0};
    uint64_t counts[2] = {0, 0};
    for (uint64_t i = 0; i < s->rounds; i++) {
        const uint64_t mine = (uint64_t)me << 32 | i;
        uint64_t theirs = 0;
        numbers *first = me % 2 ? &s->a : &s->b;
        numbers *second = me % 2 ? &s->b : &s->a;
        weir_case cases[] = {numbers_case_send(first, &mine), numbers_case_recv(second, &theirs),
                             numbers_case_recv(first, &theirs), numbers_case_recv(&s->stop, NULL)};
        const int chosen = weir_select(cases, 4);
        if (chosen == 3)
            break;
        counts[chosen != 0]++;
        sums[chosen != 0] += chosen ? theirs : mine;
    }
    weir_i_fetch_add(&s->given, counts[0], relaxed);
    weir_i_fetch_add(&s->given_sum, sums[0], relaxed);
    weir_i_fetch_add(&s->taken, counts[1], relaxed);
    weir_i_fetch_add(&s->taken_sum, sums[1], relaxed);
    (void)numbers_close(&s->stop); /* the rest may find no partner any more */
}

Test(select_stress, dancers, .timeout = 300) {
    for (unsigned n = 2; n <= 16; n *= 2) {
        static square s;
        memset(&s, 0, sizeof s);
        s.rounds = 2000 * (uint64_t)times() / n;
        cr_assert(numbers_init(&s.a, 0) == WEIR_OK && numbers_init(&s.b, 0) == WEIR_OK);
        cr_assert_eq(numbers_init(&s.stop, 0), WEIR_OK);
        cr_assert(threads_run(n, dance, &s));
        cr_assert_eq(weir_i_load(&s.given, relaxed), weir_i_load(&s.taken, relaxed));
        cr_assert_eq(weir_i_load(&s.given_sum, relaxed), weir_i_load(&s.taken_sum, relaxed));
        cr_assert(weir_i_load(&s.given, relaxed) > 0);
        numbers_destroy(&s.a);
        numbers_destroy(&s.b);
        numbers_destroy(&s.stop);
    }
}
