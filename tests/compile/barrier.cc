/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier.cc - barrier.c as C++, and the program in which the two share objects.
 */
#include "barrier.c"
