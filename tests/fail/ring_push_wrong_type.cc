/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * In C++, too, an element of another type is not pushed.
 * expect gcc: could not convert
 * expect clang: no matching function for call to .jobs_try_push.
 */
#include <weir/ring.h>

struct job {
    int id;
};
struct letter {
    int id;
};
WEIR_RING(jobs, job)

bool push(jobs *q);
bool push(jobs *q) {
#ifdef MISTAKE
    letter element = {1};
#else
    job element = {1};
#endif
    return jobs_try_push(q, element);
}
