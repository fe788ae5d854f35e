/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * api.cc - api.c as C++, and the program in which the two share objects.
 */
#include "api.c"
