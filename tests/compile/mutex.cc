/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.cc - mutex.c as C++, and the program in which the two share objects.
 */
#include "mutex.c"
