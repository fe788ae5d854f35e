/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.h - sequential specification of a work-stealing deque.
 *
 * The owner pushes and pops at one end, thieves steal at the other. A steal may abort: BUSY is
 * accepted only while another call that takes is concurrent with it (a race that it can have lost);
 * AGAIN only when the deque is empty. That a thief is never told BUSY twice by one rival, or that
 * somebody made progress, is not a matter of linearizability: the stop test looks at that.
 */
#ifndef WEIR_TESTS_SPECS_DEQUE_H
#define WEIR_TESTS_SPECS_DEQUE_H

#include "../linearize.h"

/* How to record: argument, status, value. */
enum deque_operation {
    DEQUE_PUSH, /* the value; true or false (out of memory); 0 */
    DEQUE_POP,  /* 0; true or false (empty); the value */
    DEQUE_STEAL /* 0; a weir_status: WEIR_OK, WEIR_AGAIN or WEIR_BUSY; the value */
};

linearize_spec deque_spec(void);

#endif
