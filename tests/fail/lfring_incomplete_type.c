/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * An element must have a size.
 * expect gcc: incomplete type
 * expect clang: incomplete type
 */
#include <weir/lfring.h>

struct job;
#ifndef MISTAKE
struct job {
    int id;
};
#endif
WEIR_LFRING(jobs, struct job)

size_t count(const jobs *q);
size_t count(const jobs *q) {
    return jobs_len(q);
}
