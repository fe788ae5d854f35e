/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch.cc - latch.c as C++, and the program in which the two share objects.
 */
#include "latch.c"
