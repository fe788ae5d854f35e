/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore_pthread.c - semaphore.c with the portable waiting of futex_pthread.h. */
#define WEIR_FUTEX_PTHREAD 1
#include "semaphore.c"
