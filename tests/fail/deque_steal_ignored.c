/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Whether something was stolen is for the caller to know.
 * expect gcc: ignoring return value
 * expect clang: ignoring return value
 */
#include <weir/deque.h>

WEIR_DEQUE(numbers, int)

void steal(numbers *d, int *out);
void steal(numbers *d, int *out) {
#ifdef MISTAKE
    numbers_steal(d, out);
#else
    while (numbers_steal(d, out) == WEIR_BUSY)
        continue;
#endif
}
