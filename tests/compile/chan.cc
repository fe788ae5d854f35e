/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.cc - chan.c as C++, and the program in which the two share objects.
 */
#include "chan.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_CHAN(numbers, long)
}
