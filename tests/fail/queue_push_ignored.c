/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A push may find no memory, which is not ignored.
 * expect gcc: ignoring return value of .jobs_push.
 * expect clang: ignoring return value of function
 */
#include <weir/queue.h>

WEIR_QUEUE(jobs, int)

weir_status put(jobs *q);
weir_status put(jobs *q) {
#ifdef MISTAKE
    jobs_push(q, 100);
    return WEIR_OK;
#else
    return jobs_push(q, 100);
#endif
}
