/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What is more than its bytes is not copied as bytes.
 * expect: an element travels as bytes
 */
#include <weir/deque.h>

#include <memory>

#ifdef MISTAKE
typedef std::unique_ptr<int> item;
#else
typedef int *item;
#endif
WEIR_DEQUE(items, item)

size_t count(const items *d);
size_t count(const items *d) {
    return items_len(d);
}
