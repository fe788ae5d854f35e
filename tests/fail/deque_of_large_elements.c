/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Thieves read an element before it is theirs: by words, and few.
 * expect: an element of a deque has at most 16 bytes
 */
#include <weir/deque.h>

typedef struct job {
#ifdef MISTAKE
    char bytes[17];
#else
    char bytes[16];
#endif
} job;
WEIR_DEQUE(jobs, job)

size_t count(const jobs *d);
size_t count(const jobs *d) {
    return jobs_len(d);
}
