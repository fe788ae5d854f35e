/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.c - sequential specification of a work-stealing deque; see deque.h. The state is the
 * elements, the thieves' end first.
 */
#include "deque.h"
#include "list.h"

#include <weir/base/status.h>

enum { TAKERS = 1 << DEQUE_POP | 1 << DEQUE_STEAL };

static bool do_steal(linearize_state *deque, const linearize_step *step) {
    if (step->pending)
        return deque[0] > 0 && (list_pop_left(deque), true);
    switch (step->call.status) {
    case WEIR_OK: return deque[0] > 0 && list_pop_left(deque) == step->call.value;
    case WEIR_AGAIN: return deque[0] == 0;
    case WEIR_BUSY: return (step->concurrent & TAKERS) != 0;
    default: return false;
    }
}

static bool step_deque(const linearize_spec *spec, linearize_state *deque,
                       const linearize_step *step) {
    (void)spec;
    const history_call *call = &step->call;
    bool done = step->pending || call->status != 0;
    switch (call->operation) {
    case DEQUE_PUSH:
        if (done)
            list_push_right(deque, call->argument);
        return true; /* a push may run out of memory at any time */
    case DEQUE_POP:
        if (!done)
            return deque[0] == 0;
        return deque[0] > 0 && (list_pop_right(deque) == call->value || step->pending);
    case DEQUE_STEAL: return do_steal(deque, step);
    default: return false;
    }
}

static size_t longest(const linearize_spec *spec, size_t steps) {
    (void)spec;
    return steps;
}

static void describe(const history_call *call, char *text, size_t size) {
    if (call->operation == DEQUE_PUSH)
        snprintf(text, size, "push(%llu)", (unsigned long long)call->argument);
    else
        snprintf(text, size, "%s()", call->operation == DEQUE_POP ? "pop" : "steal");
}

static void describe_result(const history_call *call, char *text, size_t size) {
    bool steal = call->operation == DEQUE_STEAL;
    if (call->operation == DEQUE_PUSH)
        snprintf(text, size, "%s", call->status ? "ok" : "no memory");
    else if (steal ? call->status == WEIR_OK : call->status != 0)
        snprintf(text, size, "%llu", (unsigned long long)call->value);
    else
        snprintf(text, size, "%s", steal && call->status == WEIR_BUSY ? "busy" : "empty");
}

linearize_spec deque_spec(void) {
    return (linearize_spec){
        .name = "work-stealing deque",
        .step = step_deque,
        .longest = longest,
        .describe = describe,
        .describe_result = describe_result,
    };
}
