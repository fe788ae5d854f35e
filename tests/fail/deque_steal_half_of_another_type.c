/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Batches go between deques of one type.
 * expect: incompatible.pointer.types?
 */
#include <weir/deque.h>

WEIR_DEQUE(numbers, int)
WEIR_DEQUE(letters, char)

size_t half(numbers *from, numbers *to, letters *other);
size_t half(numbers *from, numbers *to, letters *other) {
#ifdef MISTAKE
    (void)to;
    return numbers_steal_half(from, other);
#else
    (void)other;
    return numbers_steal_half(from, to);
#endif
}
