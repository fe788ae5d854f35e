/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.cc - cond.c as C++, and the program in which the two share objects.
 */
#include "cond.c"
