/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What is retired begins with a node: the object itself is none.
 * expect: incompatible pointer type
 */
#include <weir/hazard.h>

typedef struct config {
    weir_hazard_node node;
    int port;
} config;

void give_up(config *old, void (*reclaim)(weir_hazard_node *node));
void give_up(config *old, void (*reclaim)(weir_hazard_node *node)) {
#ifdef MISTAKE
    weir_hazard_retire(weir_hazard_default(), old, reclaim);
#else
    weir_hazard_retire(weir_hazard_default(), &old->node, reclaim);
#endif
}
