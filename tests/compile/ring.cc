/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.cc - ring.c as C++, and the program in which the two share objects.
 */
#include "ring.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_RING(numbers, long)
}
