/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.cc - deque.c as C++, and the program in which the two share objects.
 */
#include "deque.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_DEQUE(numbers, long)
WEIR_INJECTOR(inbox, long, numbers)
} // namespace inside
