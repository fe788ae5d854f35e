/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A message of another type is not sent.
 * expect: incompatible type
 */
#include <weir/chan.h>

struct job {
    int id;
};
struct letter {
    int id;
};
WEIR_CHAN(jobs, struct job)

weir_status send(jobs *ch);
weir_status send(jobs *ch) {
#ifdef MISTAKE
    struct letter message = {1};
#else
    struct job message = {1};
#endif
    return jobs_send(ch, message);
}
