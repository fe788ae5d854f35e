/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - the ring against the model; see rings.h.
 */
#include <weir/ring.h>

WEIR_RING(numbers, uint64_t)

#define RING_START weir_i_ring_start
#include "rings.h"
