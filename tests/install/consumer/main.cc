/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * main.cc - the same in C++.
 */
#include "main.c"
