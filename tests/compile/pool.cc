/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.cc - pool.c as C++, and the program in which the two share objects.
 */
#include "pool.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_POOL(numbers, long)
}
