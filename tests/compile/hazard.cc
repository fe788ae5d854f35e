/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * hazard.cc - hazard.c as C++, and the program in which the two share objects.
 */
#include <atomic>

#include "hazard.c"

/* C++'s own atomics do as a source, and one protection may stand in another's argument. */
struct knot {
    weir_hazard_node node;
    std::atomic<knot *> next;
};

const knot *second_of(weir_hazard *a, weir_hazard *b, std::atomic<knot *> *head);
const knot *second_of(weir_hazard *a, weir_hazard *b, std::atomic<knot *> *head) {
    knot *first = WEIR_HAZARD_PROTECT(a, head);
    if (!WEIR_HAZARD_TRY_PROTECT(a, head, &first))
        return nullptr;
    return WEIR_HAZARD_PROTECT(b, &WEIR_HAZARD_PROTECT(a, head)->next);
}
