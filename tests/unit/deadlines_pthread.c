/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deadlines_pthread.c - deadlines on systems without futex(2). */
#define WEIR_FUTEX_PTHREAD 1
#include "deadlines.c"
