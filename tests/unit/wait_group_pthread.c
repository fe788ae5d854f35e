/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group_pthread.c - the tests of wait_group.c on the portable way to sleep.
 */
#define WEIR_FUTEX_PTHREAD 1
#include "wait_group.c"
