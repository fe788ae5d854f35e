/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * The functions in the options have the type of the objects.
 * expect: incompatible (function )?pointer types?
 */
#include <weir/pool.h>

struct page {
    char bytes[4096];
};
WEIR_POOL(pages, struct page)

#ifdef MISTAKE
static void clear(char *page, void *ctx) {
    (void)ctx;
    page[0] = 0;
}
#else
static void clear(struct page *page, void *ctx) {
    (void)ctx;
    page->bytes[0] = 0;
}
#endif

weir_status start(pages *pool);
weir_status start(pages *pool) {
    const pages_options options = {.reset = clear};
    return pages_init(pool, &options);
}
