/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.cc - wait.c as C++, and the program in which the two share objects.
 */
#include "wait.c"
