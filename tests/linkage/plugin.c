/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * plugin.c - the other part of the program; see plugin.h.
 */
#include "plugin.h"

#include <stdlib.h>

static weir_hazard_cohort cohort; /* of its default domain */

static void reclaim(weir_hazard_node *node) {
    plugin_item *item = (plugin_item *)node;
    __atomic_fetch_add(item->gone, 1, __ATOMIC_RELAXED);
    free(item);
}

weir_hazard_domain *plugin_default(void) {
    return weir_hazard_default();
}

void plugin_retire(weir_hazard_domain *domain, plugin_item *item) {
    weir_hazard_retire(domain, &item->node, reclaim);
    weir_hazard_drain(domain);
}

void plugin_work(int *gone, int items) {
    for (int i = 0; i < items; i++) {
        plugin_item *item = (plugin_item *)malloc(sizeof *item);
        if (!item)
            return;
        item->gone = gone;
        weir_hazard_cohort_retire(&cohort, &item->node, reclaim);
    }
}

void plugin_finish(void) {
    weir_hazard_cohort_drain(&cohort);
}
