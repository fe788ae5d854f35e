/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wall_clock_pthread.c - the clock on the wall, on systems without futex(2). */
#define WEIR_FUTEX_PTHREAD 1
#include "wall_clock.c"
