/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What protect returns has the type that the source points to.
 * expect gcc: cannot convert
 * expect clang: cannot initialize
 */
#include <weir/hazard.h>

#include <atomic>

struct config {
    weir_hazard_node node;
    int port;
};
struct user {
    weir_hazard_node node;
    int port;
};

int port_of(weir_hazard *holder, std::atomic<config *> *current);
int port_of(weir_hazard *holder, std::atomic<config *> *current) {
#ifdef MISTAKE
    const user *c = WEIR_HAZARD_PROTECT(holder, current);
#else
    const config *c = WEIR_HAZARD_PROTECT(holder, current);
#endif
    return c->port;
}
