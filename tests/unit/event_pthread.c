/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event_pthread.c - the tests of event.c on the portable way to sleep.
 */
#define WEIR_FUTEX_PTHREAD 1
#include "event.c"
