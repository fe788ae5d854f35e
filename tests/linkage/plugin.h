/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * plugin.h - what the host asks of the other part of the program: another translation unit, or a
 * shared object.
 */
#ifndef WEIR_TESTS_LINKAGE_PLUGIN_H
#define WEIR_TESTS_LINKAGE_PLUGIN_H

/* state.c has it, where this is set. */
#if STATE_ELSEWHERE && !defined(WEIR_STATE)
#define WEIR_STATE_EXTERN
#endif
#include <weir/hazard.h>

typedef struct plugin_item {
    weir_hazard_node node;
    int *gone; /* counts the reclaimed */
} plugin_item;

#define PLUGIN_EXPORT __attribute__((visibility("default")))

/* The default domain, as that part sees it. */
PLUGIN_EXPORT weir_hazard_domain *plugin_default(void);

/* Retires an item there and drains. */
PLUGIN_EXPORT void plugin_retire(weir_hazard_domain *domain, plugin_item *item);

/* Retires many items into a cohort of that part, from the calling thread; drains it. */
PLUGIN_EXPORT void plugin_work(int *gone, int items);
PLUGIN_EXPORT void plugin_finish(void);

#endif
