/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * An element is not popped into an object of another type.
 * expect: incompatible pointer type
 */
#include <weir/queue.h>

WEIR_QUEUE(numbers, long)

bool pop(numbers *q);
bool pop(numbers *q) {
#ifdef MISTAKE
    int element;
#else
    long element;
#endif
    return numbers_try_pop(q, &element);
}
