/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - the ring in one thread. All that it promises there lfring.h promises, too: the tests are
 * in rings.h.
 */
#include <weir/ring.h>

#define RING ring
#define RING_OF WEIR_RING
#define RING_TAIL tail
#include "rings.h"
