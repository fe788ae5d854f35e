/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.cc - lfring.c as C++, and the program in which the two share objects.
 */
#include "lfring.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_LFRING(numbers, long)
}
