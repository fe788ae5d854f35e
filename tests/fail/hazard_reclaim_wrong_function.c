/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * free does not take a node.
 * expect: incompatible (function )?pointer type
 */
#include <weir/hazard.h>

#include <stdlib.h>

void give_up(weir_hazard_node *node, void (*reclaim)(weir_hazard_node *node));
void give_up(weir_hazard_node *node, void (*reclaim)(weir_hazard_node *node)) {
#ifdef MISTAKE
    (void)reclaim;
    weir_hazard_retire(weir_hazard_default(), node, free);
#else
    weir_hazard_retire(weir_hazard_default(), node, reclaim);
#endif
}
