/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - the ring under many threads; the tests are in rings.h, since lfring.h stands them, too.
 */
#include <weir/ring.h>

#define RING ring
#define RING_OF WEIR_RING
#define RING_TOTAL 200000
#include "rings.h"
