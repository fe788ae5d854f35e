/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.cc - queue.c as C++, and the program in which the two share objects.
 */
#include "queue.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_QUEUE(numbers, long)
}
