/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - lfring.h as both languages see it; see pair.h.
 */
#include <weir/lfring.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_LFRING(numbers, short)
WEIR_LFRING(points, point);

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(weir_lfring),
    PAIR_SIZE(weir_i_lfring_slot),
    PAIR_OFFSET(weir_i_lfring_slot, word),
    PAIR_OFFSET(weir_lfring, slots),
    PAIR_OFFSET(weir_lfring, mask),
    PAIR_OFFSET(weir_lfring, lap),
    PAIR_OFFSET(weir_lfring, end),
    PAIR_OFFSET(weir_lfring, gap),
    PAIR_OFFSET(weir_lfring, capacity),
    PAIR_OFFSET(weir_lfring, cell),
    PAIR_OFFSET(weir_lfring, allocator),
    PAIR_OFFSET(weir_lfring, claimed),
    PAIR_OFFSET(weir_lfring, seen),
    PAIR_OFFSET(weir_lfring, head),
};

#include "bounded.h"
#include "rings.h"

PAIR_SIDE
