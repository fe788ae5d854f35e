/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.cc - rwmutex.c as C++, and the program in which the two share objects.
 */
#include "rwmutex.c"
