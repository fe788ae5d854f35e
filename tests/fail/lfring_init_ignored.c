/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A status is not ignored.
 * expect gcc: ignoring return value of .jobs_init.
 * expect clang: ignoring return value of function
 */
#include <weir/lfring.h>

WEIR_LFRING(jobs, int)

weir_status start(jobs *q);
weir_status start(jobs *q) {
#ifdef MISTAKE
    jobs_init(q, 100);
    return WEIR_OK;
#else
    return jobs_init(q, 100);
#endif
}
