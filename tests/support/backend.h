/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * backend.h - what the tests of stack and queue say to the reclamation under them, whichever it is.
 */
#ifndef WEIR_TESTS_BACKEND_H
#define WEIR_TESTS_BACKEND_H

#include <weir/stack.h> /* brings the backend in */

/* Whether what waits to be reclaimed has a bound. */
#if defined(WEIR_RECLAIM_URCU_MEMB) || defined(WEIR_RECLAIM_URCU_BP)
enum { BACKEND_HAS_BOUND = 0 };
#else
enum { BACKEND_HAS_BOUND = 1 };
#endif

/* Around all that a thread does. */
static inline void backend_enter(void) {
#if defined(WEIR_RECLAIM_URCU_MEMB)
    urcu_memb_register_thread();
#endif
}

static inline void backend_leave(void) {
#if defined(WEIR_RECLAIM_URCU_MEMB)
    urcu_memb_unregister_thread();
#endif
}

/* Reclaims what is retired and not in use. */
static inline void backend_drain(void) {
#if defined(WEIR_RECLAIM_URCU_MEMB) || defined(WEIR_RECLAIM_URCU_BP)
    WEIR_I_RCU(barrier)();
#else
    weir_hazard_drain(weir_hazard_default());
#endif
}

/* Reclaims often, after so many; 0: as seldom as usual. */
static inline void backend_set_batch(size_t batch) {
#if defined(WEIR_RECLAIM_URCU_MEMB) || defined(WEIR_RECLAIM_URCU_BP)
    (void)batch;
#else
    weir_hazard_domain_set_batch(weir_hazard_default(), batch);
#endif
}

#endif
