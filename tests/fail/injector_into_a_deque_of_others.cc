/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What an injector hands to a deque is what that deque holds.
 * expect: an injector and its deques have the same elements
 */
#include <weir/deque.h>

#ifdef MISTAKE
WEIR_DEQUE(numbers, unsigned)
#else
WEIR_DEQUE(numbers, int)
#endif
WEIR_INJECTOR(inbox, int, numbers)

size_t batch(inbox *from, numbers *to);
size_t batch(inbox *from, numbers *to) {
    return inbox_steal_batch(from, to);
}
