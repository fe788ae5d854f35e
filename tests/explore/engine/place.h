/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * place.h - finding a place by its address, and the short cut for accesses that repeat.
 *
 * Granules are found by open addressing; a stamp per bucket, the number of the execution that
 * filled it, makes the reset free.
 */
#ifndef WEIR_EXPLORE_PLACE_H
#define WEIR_EXPLORE_PLACE_H

#include "view.h"

enum { BUCKETS = 1 << 16, PLACES = 1 << 16 };

typedef struct bucket {
    uintptr_t granule;
    uint32_t stamp;
    uint32_t first; /* its places; 0 is none */
} bucket;

extern bucket place_buckets[BUCKETS];
extern place places[PLACES];
extern uint32_t place_stamp;

/* Neighbours stay neighbours, which the processor's cache likes; far regions are spread. */
static inline bucket *bucket_of(uintptr_t granule) {
    uint32_t i = (uint32_t)(granule + (granule >> 16) * 0x9e3779b1u) % BUCKETS;
    while (place_buckets[i].stamp == place_stamp && place_buckets[i].granule != granule)
        i = (i + 1) % BUCKETS;
    return &place_buckets[i];
}

static inline uint8_t mask_of(uintptr_t address, size_t size) {
    return (uint8_t)(((1u << size) - 1) << (address & 7));
}

/* True if this thread made this very access at this clock before: there is nothing to compare. */
static inline bool place_repeats(uintptr_t address, unsigned size, bool write) {
    const bucket *b = bucket_of(address / 8);
    const place *p = &places[b->first];
    const unsigned me = run.self->id;
    return b->stamp == place_stamp && p->mask == mask_of(address, size) && !p->location &&
           !p->next && (write ? p->wrote[me] : p->read[me]) == run.self->now.at[0][me];
}

#endif
