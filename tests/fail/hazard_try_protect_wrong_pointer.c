/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What try_protect found goes into a pointer of the type that the source points to.
 * expect: incompatible pointer type
 */
#include <weir/hazard.h>

typedef struct config {
    weir_hazard_node node;
    int port;
} config;
typedef struct user {
    weir_hazard_node node;
    int port;
} user;

bool look(weir_hazard *holder, _Atomic(config *) *current);
bool look(weir_hazard *holder, _Atomic(config *) *current) {
#ifdef MISTAKE
    user *found;
#else
    config *found;
#endif
    return WEIR_HAZARD_TRY_PROTECT(holder, current, &found) && found->port > 0;
}
