/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.cc - spsc.c as C++, and the program in which the two share objects.
 */
#include "spsc.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_SPSC(numbers, long)
}
