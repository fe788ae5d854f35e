/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore.cc - semaphore.c as C++, and the program in which the two share objects.
 */
#include "semaphore.c"
