/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * An object must have a size.
 * expect gcc: incomplete type
 * expect clang: incomplete type
 */
#include <weir/pool.h>

struct page;
#ifndef MISTAKE
struct page {
    int number;
};
#endif
WEIR_POOL(pages, struct page)

size_t count(const pages *pool);
size_t count(const pages *pool) {
    return pages_idle(pool);
}
