/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A status is not ignored.
 * expect gcc: ignoring return value of .pages_init.
 * expect clang: ignoring return value of function
 */
#include <weir/pool.h>

WEIR_POOL(pages, int)

weir_status start(pages *p);
weir_status start(pages *p) {
#ifdef MISTAKE
    pages_init(p, NULL);
    return WEIR_OK;
#else
    return pages_init(p, NULL);
#endif
}
