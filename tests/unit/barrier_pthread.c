/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier_pthread.c - the tests of barrier.c on the portable way to sleep.
 */
#define WEIR_FUTEX_PTHREAD 1
#include "barrier.c"
