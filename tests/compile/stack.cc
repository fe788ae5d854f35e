/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.cc - stack.c as C++, and the program in which the two share objects.
 */
#include "stack.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_STACK(numbers, long)
}
