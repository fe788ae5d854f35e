/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once_pthread.c - the tests of once.c on the portable way to sleep.
 */
#define WEIR_FUTEX_PTHREAD 1
#include "once.c"
