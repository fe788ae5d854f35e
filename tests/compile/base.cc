/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base.cc - base.c as C++, and the program in which the two share objects.
 */
#include "base.c"
