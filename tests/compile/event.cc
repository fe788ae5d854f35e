/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event.cc - event.c as C++, and the program in which the two share objects.
 */
#include "event.c"
