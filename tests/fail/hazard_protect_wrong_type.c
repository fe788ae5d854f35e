/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What protect returns has the type that the source points to.
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

int port_of(weir_hazard *holder, _Atomic(config *) *current);
int port_of(weir_hazard *holder, _Atomic(config *) *current) {
#ifdef MISTAKE
    const user *c = WEIR_HAZARD_PROTECT(holder, current);
#else
    const config *c = WEIR_HAZARD_PROTECT(holder, current);
#endif
    return c->port;
}
