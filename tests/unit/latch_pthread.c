/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch_pthread.c - the tests of latch.c on the portable way to sleep.
 */
#define WEIR_FUTEX_PTHREAD 1
#include "latch.c"
