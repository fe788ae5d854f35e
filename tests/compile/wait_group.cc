/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.cc - wait_group.c as C++, and the program in which the two share objects.
 */
#include "wait_group.c"
