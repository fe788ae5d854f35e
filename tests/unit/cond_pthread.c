/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond_pthread.c - cond.c with the portable waiting of futex_pthread.h. */
#define WEIR_FUTEX_PTHREAD 1
#include "cond.c"
