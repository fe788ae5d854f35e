/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex_pthread.c - rwmutex.c with the portable waiting of futex_pthread.h. */
#define WEIR_FUTEX_PTHREAD 1
#include "rwmutex.c"
