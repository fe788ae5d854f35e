/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * hazard.c - readers, writers and drains in many threads that come and go.
 *
 * As rcutorture does: a node ages each time that its writer does, from the moment it is retired. A
 * reader looks at the age when it has protected a node and again before it lets go. Only a
 * reclaimed node has the last age; under AddressSanitizer its memory is gone besides.
 *
 * WEIR_STRESS=N in the environment multiplies the rounds.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/hazard.h>

enum { SOURCES = 4, ROUNDS = 20000, HOLDERS = 3, OLDEST = 10 };

typedef struct aged {
    weir_hazard_node node;
    WEIR_I_ATOMIC(unsigned) age; /* 0 found by all, 1 unlinked, OLDEST reclaimed */
    uint64_t value, inverted;
} aged;

typedef struct torture {
    weir_hazard_domain domain;
    weir_hazard_cohort cohort;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(aged *) source[SOURCES];
    WEIR_I_ATOMIC(uint64_t) seen[OLDEST + 1]; /* the histogram: reads that ended at this age */
    WEIR_I_ATOMIC(uint64_t) torn, made, freed;
    unsigned readers, writers, rounds;
    bool churn; /* threads are born and die all the time */
} torture;

static torture t;

static aged *aged_new(uint64_t value) {
    aged *a = (aged *)malloc(sizeof *a);
    weir_i_store(&a->age, 0, relaxed);
    a->value = value;
    a->inverted = ~value;
    weir_i_fetch_add(&t.made, 1, relaxed);
    return a;
}

static void aged_free(weir_hazard_node *node) {
    aged *a = (aged *)node;
    weir_i_store(&a->age, OLDEST, relaxed);
    a->value = 0;
    a->inverted = 0;
    weir_i_fetch_add(&t.freed, 1, relaxed);
    free(a);
}

static void look(const aged *a) {
    for (int n = 0; n < 4; n++) {
        if (a->inverted != ~a->value)
            weir_i_fetch_add(&t.torn, 1, relaxed);
        weir_i_relax();
    }
    const unsigned age = weir_i_load(&a->age, relaxed);
    weir_i_fetch_add(&t.seen[age <= OLDEST ? age : OLDEST], 1, relaxed);
}

static void read_rounds(unsigned me, unsigned rounds) {
    weir_hazard h[HOLDERS];
    WEIR_I_ATOMIC(aged *) *sources[HOLDERS];
    aged *a[HOLDERS];
    for (int n = 0; n < HOLDERS; n++)
        if (weir_hazard_open(&h[n], &t.domain) != WEIR_OK)
            weir_i_fetch_add(&t.torn, 1, relaxed);
    for (unsigned round = 0; round < rounds; round++) {
        const unsigned from = (me + round) % SOURCES;
        for (unsigned n = 0; n < HOLDERS; n++)
            sources[n] = &t.source[(from + n) % SOURCES];
        if (round % 3 == 0) {
            WEIR_HAZARD_PROTECT_N(h, sources, a, HOLDERS);
        } else {
            for (int n = 0; n < HOLDERS; n++)
                a[n] = WEIR_HAZARD_PROTECT(&h[n], sources[n]);
        }
        for (int n = 0; n < HOLDERS; n++)
            look(a[n]);
        if (WEIR_HAZARD_TRY_PROTECT(&h[0], sources[1], &a[0]))
            look(a[0]);
        weir_hazard_clear(&h[round % HOLDERS]);
    }
    for (int n = 0; n < HOLDERS; n++)
        weir_hazard_close(&h[n]);
}

static void write_rounds(unsigned me, unsigned rounds) {
    for (unsigned round = 0; round < rounds; round++) {
        aged *old = weir_i_exchange(&t.source[(me * 7 + round) % SOURCES],
                                    aged_new((uint64_t)me << 32 | round), acq_rel);
        weir_i_store(&old->age, 1, relaxed);
        if (round % 5 == 0)
            weir_hazard_cohort_retire(&t.cohort, &old->node, aged_free);
        else if (round % 5 == 1)
            weir_hazard_defer(&t.domain, &old->node, aged_free);
        else
            weir_hazard_retire(&t.domain, &old->node, aged_free);
        if (round % 97 == 0)
            weir_hazard_drain(&t.domain);
    }
}

static void rounds_of(unsigned me, unsigned rounds) {
    (me < t.readers ? read_rounds : write_rounds)(me, rounds);
}

static void *short_life(void *argument) {
    rounds_of((unsigned)(uintptr_t)argument, t.rounds / 50);
    return NULL;
}

static void take_part(unsigned me, void *unused) {
    (void)unused;
    if (!t.churn) {
        rounds_of(me, t.rounds);
        return;
    }
    for (int life = 0; life < 50; life++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, short_life, (void *)(uintptr_t)me) != 0 ||
            pthread_join(thread, NULL) != 0)
            weir_i_fetch_add(&t.torn, 1, relaxed);
    }
}

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void run(unsigned readers, unsigned writers, bool churn, size_t batch) {
    weir_hazard_counts counts;
    memset((void *)&t, 0, sizeof t);
    cr_assert_eq(weir_hazard_domain_init(&t.domain), WEIR_OK);
    weir_hazard_domain_set_batch(&t.domain, batch);
    weir_hazard_cohort_init(&t.cohort, &t.domain);
    t.readers = readers;
    t.writers = writers;
    t.rounds = ROUNDS * times() / (readers + writers);
    t.churn = churn;
    for (unsigned n = 0; n < SOURCES; n++)
        weir_i_store(&t.source[n], aged_new(n), relaxed);
    cr_assert(threads_run(readers + writers, take_part, NULL));
    weir_hazard_cohort_drain(&t.cohort);
    for (unsigned n = 0; n < SOURCES; n++)
        weir_hazard_retire(&t.domain, &weir_i_load(&t.source[n], relaxed)->node, aged_free);
    weir_hazard_drain(&t.domain);
    weir_hazard_count(&t.domain, &counts);
    weir_hazard_domain_destroy(&t.domain);
    cr_assert_eq(weir_i_load(&t.torn, relaxed), 0);
    for (int age = 2; age <= OLDEST; age++)
        cr_assert_eq(weir_i_load(&t.seen[age], relaxed), 0, "nodes read at age %d", age);
    cr_assert_gt(weir_i_load(&t.seen[0], relaxed), 0);
    cr_assert_eq(counts.retired, weir_i_load(&t.made, relaxed));
    cr_assert_eq(counts.reclaimed, counts.retired);
    cr_assert_eq(weir_i_load(&t.freed, relaxed), counts.retired);
    cr_assert_leq(counts.records, readers + writers + 1);
}

Test(hazard_stress, readers_and_writers, .timeout = 300) {
    run(3, 3, false, 0);
    run(1, 7, false, 20);
    run(7, 1, false, 1);
}

Test(hazard_stress, threads_that_come_and_go, .timeout = 300) {
    run(2, 2, true, 0);
    run(4, 4, true, 5);
}

Test(hazard_stress, sixty_four_threads, .timeout = 300) {
    run(32, 32, false, 10);
}
