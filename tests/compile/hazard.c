/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * hazard.c - hazard.h as both languages see it; see pair.h. Each may protect what the other
 * retires.
 */
#include <weir/hazard.h>

#include "pair.h"

typedef struct item {
    weir_hazard_node node;
    int value;
} item;

typedef struct shared {
    weir_hazard_domain domain;
    weir_hazard_cohort cohort;
    weir_hazard holder[3];
    WEIR_I_ATOMIC(item *) source[2];
    item items[3];
    int reclaimed;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_hazard_node),
    PAIR_OFFSET(weir_hazard_node, next),
    PAIR_OFFSET(weir_hazard_node, reclaim),
    PAIR_OFFSET(weir_hazard_node, cohort),
    PAIR_SIZE(weir_hazard_cohort),
    PAIR_OFFSET(weir_hazard_cohort, domain),
    PAIR_OFFSET(weir_hazard_cohort, live),
    PAIR_SIZE(weir_hazard_counts),
    PAIR_OFFSET(weir_hazard_counts, retired),
    PAIR_OFFSET(weir_hazard_counts, reclaimed),
    PAIR_OFFSET(weir_hazard_counts, peak),
    PAIR_OFFSET(weir_hazard_counts, scans),
    PAIR_OFFSET(weir_hazard_counts, bound),
    PAIR_OFFSET(weir_hazard_counts, records),
    PAIR_OFFSET(weir_hazard_counts, slots),
    PAIR_SIZE(weir_hazard),
    PAIR_OFFSET(weir_hazard, slot),
    PAIR_OFFSET(weir_hazard, record),
    PAIR_OFFSET(weir_hazard, mode),
    PAIR_SIZE(weir_i_hazard_slot),
    PAIR_SIZE(weir_i_hazard_block),
    PAIR_SIZE(weir_i_hazard_record),
    PAIR_OFFSET(weir_i_hazard_record, slot),
    PAIR_OFFSET(weir_i_hazard_record, retired),
    PAIR_OFFSET(weir_i_hazard_record, ready),
    PAIR_OFFSET(weir_i_hazard_record, count),
    PAIR_OFFSET(weir_i_hazard_record, limit),
    PAIR_OFFSET(weir_i_hazard_record, hand),
    PAIR_OFFSET(weir_i_hazard_record, free),
    PAIR_OFFSET(weir_i_hazard_record, returned),
    PAIR_OFFSET(weir_i_hazard_record, turns),
    PAIR_OFFSET(weir_i_hazard_record, again),
    PAIR_OFFSET(weir_i_hazard_record, domain),
    PAIR_OFFSET(weir_i_hazard_record, light),
    PAIR_OFFSET(weir_i_hazard_record, owner),
    PAIR_OFFSET(weir_i_hazard_record, next),
    PAIR_OFFSET(weir_i_hazard_record, blocks),
    PAIR_OFFSET(weir_i_hazard_record, allocator),
    PAIR_SIZE(weir_hazard_domain),
    PAIR_OFFSET(weir_hazard_domain, mode),
    PAIR_OFFSET(weir_hazard_domain, batch),
    PAIR_OFFSET(weir_hazard_domain, slots),
    PAIR_OFFSET(weir_hazard_domain, records),
    PAIR_OFFSET(weir_hazard_domain, allocator),
    PAIR_OFFSET(weir_hazard_domain, guards),
    PAIR_OFFSET(weir_hazard_domain, reserve),
};

static shared PAIR(object);
static shared *PAIR(current);

static void PAIR(reclaim)(weir_hazard_node *node) {
    (void)node;
    PAIR(current)->reclaimed++;
}

static void *PAIR(make)(void) {
    shared *object = &PAIR(object);
    object->reclaimed = 0;
    if (weir_hazard_domain_init_with(&object->domain, NULL) != WEIR_OK)
        return NULL;
    weir_hazard_cohort_init(&object->cohort, &object->domain);
    return object;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_hazard_domain_destroy(&object->domain);
}

/* Opens and protects; what is protected is retired. */
static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    WEIR_I_ATOMIC(item *) *sources[2] = {&object->source[0], &object->source[1]};
    item *got[2];
    item *tried = NULL;
    PAIR(current) = object;
    for (int i = 0; i < 3; i++) {
        object->items[i].value = i;
        if (weir_hazard_open(&object->holder[i], &object->domain) != WEIR_OK)
            return false;
    }
    weir_i_store(&object->source[0], &object->items[0], relaxed);
    weir_i_store(&object->source[1], &object->items[1], relaxed);
    WEIR_HAZARD_PROTECT_N(object->holder, sources, got, 2);
    const item *first = WEIR_HAZARD_PROTECT(&object->holder[2], &object->source[0]);
    if (!WEIR_HAZARD_TRY_PROTECT(&object->holder[0], &object->source[0], &tried))
        return false;
    weir_hazard_swap(&object->holder[0], &object->holder[1]);
    weir_hazard_clear(&object->holder[2]);
    weir_hazard_retire(&object->domain, &got[0]->node, PAIR(reclaim));
    weir_hazard_defer(&object->domain, &got[1]->node, PAIR(reclaim));
    weir_hazard_cohort_retire(&object->cohort, &object->items[2].node, PAIR(reclaim));
    weir_hazard_drain(&object->domain);
    weir_hazard_cohort_drain(&object->cohort);
    return first == tried && got[0]->value == 0 && got[1]->value == 1 && object->reclaimed == 1;
}

/* Closes what the other language opened: then the rest is reclaimed. */
static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    weir_hazard_counts counts;
    for (int i = 0; i < 3; i++)
        weir_hazard_close(&object->holder[i]);
    weir_hazard_domain_set_batch(&object->domain, 0);
    weir_hazard_drain(&object->domain);
    weir_hazard_count(&object->domain, &counts);
    return object->reclaimed == 3 && counts.retired == 3 && counts.reclaimed == 3 &&
           weir_hazard_default() != &object->domain;
}

PAIR_SIDE
