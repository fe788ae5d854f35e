/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A pool takes back what it gives.
 * expect: incompatible pointer types?|incompatible-pointer-types
 */
#include <weir/pool.h>

struct page {
    char bytes[4096];
};
struct line {
    char bytes[64];
};
WEIR_POOL(pages, struct page)

void give(pages *pool, struct page *p, struct line *l);
void give(pages *pool, struct page *p, struct line *l) {
#ifdef MISTAKE
    pages_put(pool, l);
    (void)p;
#else
    pages_put(pool, p);
    (void)l;
#endif
}
