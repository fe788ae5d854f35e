/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - ring.h as both languages see it; see pair.h.
 */
#include <weir/ring.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_RING(numbers, short)
WEIR_RING(points, point);

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(weir_ring),
    PAIR_SIZE(weir_i_ring_slot),
    PAIR_OFFSET(weir_i_ring_slot, seq),
    PAIR_SIZE(weir_i_ring_cell),
    PAIR_OFFSET(weir_i_ring_cell, size),
    PAIR_OFFSET(weir_i_ring_cell, offset),
    PAIR_OFFSET(weir_i_ring_cell, stride),
    PAIR_OFFSET(weir_ring, slots),
    PAIR_OFFSET(weir_ring, mask),
    PAIR_OFFSET(weir_ring, lap),
    PAIR_OFFSET(weir_ring, gate),
    PAIR_OFFSET(weir_ring, capacity),
    PAIR_OFFSET(weir_ring, cell),
    PAIR_OFFSET(weir_ring, allocator),
    PAIR_OFFSET(weir_ring, tail),
    PAIR_OFFSET(weir_ring, head),
};

#include "bounded.h"
#include "rings.h"

PAIR_SIDE
