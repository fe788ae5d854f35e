/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * view.h - vector clocks and views of locations, eight counters at a time.
 *
 * A view is what a thread knows: how far each thread had come (happens-before, for races), and for
 * each location which store is the oldest that it may still read (coherence). Synchronisation is
 * a join: lane by lane the greater.
 */
#ifndef WEIR_EXPLORE_VIEW_H
#define WEIR_EXPLORE_VIEW_H

#include "engine.h"

static inline block block_max(block a, block b) {
    const block greater = (block)(a > b);
    return (a & greater) | (b & ~greater);
}

/* Lanes in which a is beyond b, and whether there are any. */
static inline block block_beyond(block a, block b) {
    return (block)(a > b);
}

static inline bool block_any(block lanes) {
#ifdef __SSE2__
    typedef char bytes __attribute__((vector_size(16)));
    return __builtin_ia32_pmovmskb128((bytes)lanes) != 0;
#else
    typedef int64_t pair __attribute__((vector_size(16)));
    return (((pair)lanes)[0] | ((pair)lanes)[1]) != 0;
#endif
}

static inline void view_clear(view *v) {
    v->blocks = 1;
    v->at[0] = (block){0};
}

static inline void view_join(view *to, const view *from) {
    const uint32_t both = to->blocks < from->blocks ? to->blocks : from->blocks;
    for (uint32_t i = 0; i < both; i++)
        to->at[i] = block_max(to->at[i], from->at[i]);
    for (uint32_t i = both; i < from->blocks; i++)
        to->at[i] = from->at[i];
    if (from->blocks > to->blocks)
        to->blocks = from->blocks;
}

static inline void view_copy(view *to, const view *from) {
    for (uint32_t i = 0; i < from->blocks; i++)
        to->at[i] = from->at[i];
    to->blocks = from->blocks;
}

/* Joins the locations alone: what a seq_cst fence shares, which is not happens-before. */
static inline void view_join_locations(view *to, const view *from) {
    const block clock = to->at[0];
    view_join(to, from);
    to->at[0] = clock;
}

static inline int view_get(const view *v, unsigned location) {
    const unsigned i = 1 + location / LANES;
    return i < v->blocks ? v->at[i][location % LANES] : 0;
}

/* Raises the location's counter to at least index. */
static inline void view_raise(view *v, unsigned location, int index) {
    const unsigned i = 1 + location / LANES;
    while (v->blocks <= i)
        v->at[v->blocks++] = (block){0};
    if (v->at[i][location % LANES] < index)
        v->at[i][location % LANES] = (int16_t)index;
}

/* An immutable copy, for messages and fences. */
static inline view *view_snapshot(const view *v) {
    view *copy = scratch(sizeof(block) * (1 + v->blocks));
    view_copy(copy, v);
    return copy;
}

#endif
