/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - the lock-free ring against the model; see rings.h.
 */
#include <weir/lfring.h>

WEIR_LFRING(numbers, uint64_t)

#define RING_START weir_i_lfring_start
#include "rings.h"
