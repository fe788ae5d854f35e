/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.cc - select.c as C++, and the program in which the two share objects.
 */
#include "select.c"
