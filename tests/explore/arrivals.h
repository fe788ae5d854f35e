/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * arrivals.h - what came out of a queue, by consumer, and whether each came once and in order.
 * Values are 16 * producer + number.
 */
#ifndef WEIR_EXPLORE_ARRIVALS_H
#define WEIR_EXPLORE_ARRIVALS_H

#include "explore.h"

static unsigned char came[4][16]; /* by consumer: the values in order of arrival */
static unsigned arrived[4];

static void arrives(unsigned consumer, uint64_t value) {
    came[consumer][arrived[consumer]++] = (unsigned char)value;
}

/* Each came once; at one consumer those of one producer rose. */
static void check_arrivals(unsigned producers, unsigned each) {
    unsigned total = 0;
    bool seen[64] = {false};
    for (unsigned c = 0; c < 4; c++) {
        int last[4] = {-1, -1, -1, -1};
        for (unsigned i = 0; i < arrived[c]; i++, total++) {
            const unsigned value = came[c][i];
            explore_check(value / 16 < producers && value % 16 < each && !seen[value]);
            explore_check((int)(value % 16) > last[value / 16]);
            seen[value] = true;
            last[value / 16] = (int)(value % 16);
        }
    }
    explore_check(total == producers * each);
}

#endif
