/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - sequential specification of a stack; see stack.h. The state is the elements, the top
 * last.
 */
#include "stack.h"
#include "list.h"

static bool step_stack(const linearize_spec *spec, linearize_state *stack,
                       const linearize_step *step) {
    (void)spec;
    const history_call *call = &step->call;
    bool done = step->pending || call->status != 0;
    switch (call->operation) {
    case STACK_PUSH:
        if (done)
            list_push_right(stack, call->argument);
        return true; /* a push may run out of memory at any time */
    case STACK_POP:
        if (!done)
            return stack[0] == 0;
        return stack[0] > 0 && (list_pop_right(stack) == call->value || step->pending);
    case STACK_EMPTY: return step->pending || (call->status != 0) == (stack[0] == 0);
    default: return false;
    }
}

static size_t longest(const linearize_spec *spec, size_t steps) {
    (void)spec;
    return steps;
}

static void describe(const history_call *call, char *text, size_t size) {
    if (call->operation == STACK_PUSH)
        snprintf(text, size, "push(%llu)", (unsigned long long)call->argument);
    else
        snprintf(text, size, "%s()", call->operation == STACK_POP ? "try_pop" : "empty");
}

static void describe_result(const history_call *call, char *text, size_t size) {
    if (call->operation == STACK_POP && call->status)
        snprintf(text, size, "%llu", (unsigned long long)call->value);
    else if (call->operation == STACK_POP)
        snprintf(text, size, "empty");
    else if (call->operation == STACK_PUSH)
        snprintf(text, size, "%s", call->status ? "ok" : "no memory");
    else
        snprintf(text, size, "%s", call->status ? "true" : "false");
}

linearize_spec stack_spec(void) {
    return (linearize_spec){
        .name = "stack",
        .step = step_stack,
        .longest = longest,
        .describe = describe,
        .describe_result = describe_result,
    };
}
