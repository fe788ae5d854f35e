/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * An element of another type is not pushed.
 * expect: incompatible type
 */
#include <weir/stack.h>

struct job {
    int id;
};
struct letter {
    int id;
};
WEIR_STACK(jobs, struct job)

bool push(jobs *q);
bool push(jobs *q) {
#ifdef MISTAKE
    struct letter element = {1};
#else
    struct job element = {1};
#endif
    return jobs_push(q, element) == WEIR_OK;
}
