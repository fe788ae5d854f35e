/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.h - sequential specification of an unbounded LIFO stack.
 */
#ifndef WEIR_TESTS_SPECS_STACK_H
#define WEIR_TESTS_SPECS_STACK_H

#include "../linearize.h"

/* How to record: argument, status, value. */
enum stack_operation {
    STACK_PUSH, /* the value; true or false (out of memory); 0 */
    STACK_POP,  /* 0; true or false (empty); the value */
    STACK_EMPTY /* 0; true or false; 0 */
};

linearize_spec stack_spec(void);

#endif
