/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Hazard pointers: a protected read, and a retire. */
#include "../harness/reclaim_loops.h"

#include <weir/hazard.h>

#include <stdlib.h>

typedef struct item {
    weir_hazard_node node;
    uint64_t value;
    uint64_t more[3];
} item;
WEIR_I_STATIC_ASSERT(sizeof(item) == BENCH_NODE, "all retire the same");

typedef struct place {
    WEIR_I_ATOMIC(item *) source;
    weir_hazard_domain *domain;
    weir_hazard holder;
} place;

static void *create(size_t unused) {
    place *p = aligned_alloc(WEIR_CACHE_LINE, (sizeof *p + 127) / 128 * 128);
    item *i = malloc(sizeof *i);
    (void)unused;
    if (!p || !i)
        abort();
    i->value = 1;
    weir_i_store(&p->source, i, relaxed);
    p->domain = weir_hazard_default();
    return p;
}

static void destroy(void *object) {
    place *p = object;
    free(weir_i_load(&p->source, relaxed));
    free(p);
    weir_hazard_drain(weir_hazard_default());
}

static void item_free(weir_hazard_node *node) {
    free(node);
}

static void weir_protect(bench_turn *turn) {
    place *p = turn->object;
    weir_hazard h;
    uint64_t sum = 0;
    if (weir_hazard_open(&h, p->domain) != WEIR_OK)
        abort();
    for (uint64_t left = turn->limit; left > 0; left--)
        sum += WEIR_HAZARD_PROTECT(&h, &p->source)->value;
    __asm__ volatile("" ::"r"(sum));
    turn->done += turn->limit;
    weir_hazard_close(&h);
}

BENCH_FAST void retire(void *object, void *node) {
    weir_hazard_retire(((place *)object)->domain, node, item_free);
}
BENCH_RETIRE_LOOP(weir, retire)

/* The floor of both. */
BENCH_FAST uint64_t plain_read(void *object) {
    return weir_i_load(&((place *)object)->source, acquire)->value;
}
BENCH_PROTECT_LOOP(plain, plain_read)

BENCH_FAST void plain_free(void *object, void *node) {
    (void)object;
    free(node);
}
BENCH_RETIRE_LOOP(plain, plain_free)

const bench_subject bench_case_hazard[] = {
    BENCH_RECLAIM_SUBJECT("protect", "weir", NULL, 1, create, destroy, weir_protect),
    BENCH_RECLAIM_SUBJECT("protect", "plain load", "protects nothing", 0, create, destroy,
                          plain_protect),
    BENCH_RECLAIM_SUBJECT("retire", "weir", NULL, 1, create, destroy, weir_retire),
    BENCH_RECLAIM_SUBJECT("retire", "malloc and free", "the floor", 0, create, destroy,
                          plain_retire),
    {NULL},
};

const bench_workload bench_workloads_hazard[] = {
    {"protect", "read", 8, 1, 1, {{BENCH_PAIR, 1}}},
    {"retire", "malloc and retire", 8, 1, 1, {{BENCH_PAIR, 1}}},
    {"retire", "malloc and retire, 2 threads", 8, 1, 0, {{BENCH_PAIR, 2}}},
    {NULL},
};
