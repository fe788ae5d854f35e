/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_futex_pthread.c - the tests of base_futex.c on the portable body.
 */
#define WEIR_FUTEX_PTHREAD 1
#include "base_futex.c"
