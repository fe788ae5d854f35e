/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - the stack in one thread: last in, first out, elements of any size, no memory.
 */
#include <weir/stack.h>

#define UNBOUNDED WEIR_STACK
#define UNBOUNDED_RAW weir_stack
#define RAW(verb) weir_stack_##verb
#define NTH(i, n) ((n)-1 - (i))
#define UNIT(name) Test(stack, name)
#include "unbounded.h"
