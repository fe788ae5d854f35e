/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The library has its own copy of the code: it does not look into the program that opens it. */
#include "../../harness/histogram.c"
