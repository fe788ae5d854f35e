/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.c - sequential specification of an object pool; see pool.h. The state is the set of objects
 * that are held, ascending.
 */
#include "pool.h"
#include "list.h"

static bool step_pool(const linearize_spec *spec, linearize_state *held,
                      const linearize_step *step) {
    (void)spec;
    const history_call *call = &step->call;
    if (call->operation == POOL_PUT) {
        size_t at = list_find(held, call->argument);
        if (!list_has(held, at, call->argument))
            return false;
        list_remove(held, at);
        return true;
    }
    if (step->pending) /* whatever it holds, that helps no other call: it may as well not be there
                        */
        return false;
    if (call->status == 0)
        return true;
    size_t at = list_find(held, call->value);
    if (list_has(held, at, call->value))
        return false;
    list_insert(held, at, call->value);
    return true;
}

static size_t longest(const linearize_spec *spec, size_t steps) {
    (void)spec;
    return steps;
}

static void describe(const history_call *call, char *text, size_t size) {
    if (call->operation == POOL_GET)
        snprintf(text, size, "get()");
    else
        snprintf(text, size, "put(%#llx)", (unsigned long long)call->argument);
}

static void describe_result(const history_call *call, char *text, size_t size) {
    if (call->operation == POOL_PUT)
        snprintf(text, size, "ok");
    else if (call->status)
        snprintf(text, size, "%#llx", (unsigned long long)call->value);
    else
        snprintf(text, size, "none");
}

linearize_spec pool_spec(void) {
    return (linearize_spec){
        .name = "pool",
        .step = step_pool,
        .longest = longest,
        .describe = describe,
        .describe_result = describe_result,
    };
}
