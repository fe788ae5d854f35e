/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.c - sequential specifications of FIFO queues; see queue.h. The state is the elements, the
 * next to be popped first.
 */
#include "queue.h"
#include "list.h"

enum { PUSHES = 1 << QUEUE_PUSH | 1 << QUEUE_PUSH_N };

static size_t room_in(const linearize_spec *spec, const linearize_state *queue) {
    return spec->capacity + 1 - linearize_words(queue);
}

static bool do_push(const linearize_spec *spec, linearize_state *queue, uint64_t value) {
    if (room_in(spec, queue) == 0)
        return false;
    list_push_right(queue, value);
    return true;
}

/* A pending pop takes whatever is there. */
static bool do_pop(linearize_state *queue, const linearize_step *step) {
    return queue[0] > 0 && (list_pop_left(queue) == step->call.value || step->pending);
}

/* When one of the four operations, as a single step, may say that it could not. */
typedef bool may_fail(const linearize_spec *spec, const linearize_state *queue,
                      const linearize_step *step);

static bool single_step(const linearize_spec *spec, linearize_state *queue,
                        const linearize_step *step, may_fail *excuse) {
    if (!step->pending && step->call.status == 0)
        return excuse(spec, queue, step);
    switch (step->call.operation) {
    case QUEUE_PUSH: return do_push(spec, queue, step->call.argument);
    case QUEUE_POP: return do_pop(queue, step);
    default: return false; /* a batch that says it moved more than it was asked to */
    }
}

static bool is_push(const linearize_step *step) {
    return (PUSHES >> step->call.operation & 1) != 0;
}

static bool is_batch(const linearize_step *step) {
    return step->call.operation == QUEUE_PUSH_N || step->call.operation == QUEUE_POP_N;
}

static bool exact(const linearize_spec *spec, const linearize_state *queue,
                  const linearize_step *step) {
    return is_push(step) ? room_in(spec, queue) == 0 : queue[0] == 0;
}

/* By what the caller had to know: without the pops, or pushes, that it may not have noticed. */
static bool knowable(const linearize_spec *spec, const linearize_state *queue,
                     const linearize_step *step) {
    return is_push(step) ? room_in(spec, queue) <= step->unseen : queue[0] <= step->unseen;
}

static bool fast(const linearize_spec *spec, const linearize_state *queue,
                 const linearize_step *step) {
    if (is_batch(step) && step->concurrent != 0)
        return true;
    return step->unseen > 0 || exact(spec, queue, step);
}

static bool lfring(const linearize_spec *spec, const linearize_state *queue,
                   const linearize_step *step) {
    if (is_batch(step) && step->concurrent != 0)
        return true;
    return is_push(step) ? queue[0] + step->rivals >= spec->capacity : queue[0] == 0;
}

static bool step_exact(const linearize_spec *spec, linearize_state *queue,
                       const linearize_step *step) {
    return single_step(spec, queue, step, exact);
}

static bool step_spsc(const linearize_spec *spec, linearize_state *queue,
                      const linearize_step *step) {
    return single_step(spec, queue, step, knowable);
}

static bool step_fast(const linearize_spec *spec, linearize_state *queue,
                      const linearize_step *step) {
    return single_step(spec, queue, step, fast);
}

static bool step_lfring(const linearize_spec *spec, linearize_state *queue,
                        const linearize_step *step) {
    return single_step(spec, queue, step, lfring);
}

/* A batch as single steps: those that went, then one that did not, if it fell short. Of a pending
 * batch any number may have gone: steps at the end of a lane may stay out. */
static unsigned parts_of_batch(const linearize_spec *spec, const history_call *call,
                               history_call *parts) {
    (void)spec;
    bool push = call->operation == QUEUE_PUSH_N;
    if (!push && call->operation != QUEUE_POP_N) {
        parts[0] = *call;
        return 1;
    }
    unsigned wanted = push ? history_packed(call->argument) : (unsigned)call->argument;
    unsigned went = call->end == HISTORY_PENDING ? wanted : (unsigned)call->status;
    unsigned n = 0;
    for (; went <= wanted && n < went; n++) {
        parts[n] = *call;
        parts[n].operation = push ? QUEUE_PUSH : QUEUE_POP;
        parts[n].status = 1;
        parts[n].argument = push ? history_unpack(call->argument, n) : 0;
        parts[n].value = push ? 0 : history_unpack(call->value, n);
    }
    if (went != wanted) {
        parts[n] = *call;
        parts[n++].status = went > wanted;
    }
    return n;
}

static size_t longest(const linearize_spec *spec, size_t steps) {
    return spec->capacity < steps ? spec->capacity : steps;
}

static void describe(const history_call *call, char *text, size_t size) {
    unsigned long long argument = call->argument;
    switch (call->operation) {
    case QUEUE_PUSH: snprintf(text, size, "try_push(%llu)", argument); break;
    case QUEUE_POP: snprintf(text, size, "try_pop()"); break;
    case QUEUE_POP_N: snprintf(text, size, "pop_n(%llu)", argument); break;
    default: {
        int n = snprintf(text, size, "push_n(");
        for (unsigned i = 0; i < history_packed(call->argument) && (size_t)n < size; i++)
            n += snprintf(text + n, size - (size_t)n, "%s%u", i == 0 ? "" : " ",
                          (unsigned)history_unpack(call->argument, i));
        if ((size_t)n < size)
            snprintf(text + n, size - (size_t)n, ")");
    }
    }
}

static void describe_result(const history_call *call, char *text, size_t size) {
    switch (call->operation) {
    case QUEUE_PUSH: snprintf(text, size, "%s", call->status ? "ok" : "full"); break;
    case QUEUE_PUSH_N: snprintf(text, size, "%d", call->status); break;
    case QUEUE_POP:
        if (call->status)
            snprintf(text, size, "%llu", (unsigned long long)call->value);
        else
            snprintf(text, size, "empty");
        break;
    default: {
        int n = snprintf(text, size, "%d:", call->status);
        for (unsigned i = 0; i < history_packed(call->value) && (size_t)n < size; i++)
            n += snprintf(text + n, size - (size_t)n, " %u",
                          (unsigned)history_unpack(call->value, i));
    }
    }
}

static linearize_spec common(const char *name, size_t capacity) {
    return (linearize_spec){
        .name = name,
        .capacity = capacity,
        .step = step_exact,
        .longest = longest,
        .parts = parts_of_batch,
        .describe = describe,
        .describe_result = describe_result,
    };
}

linearize_spec queue_spec(size_t capacity) {
    return common("exact bounded queue", capacity);
}

linearize_spec queue_spec_unbounded(void) {
    return common("unbounded queue", SIZE_MAX);
}

/* What a failed call may not have noticed. */
static const uint32_t watched[] = {
    [QUEUE_PUSH] = 1 << QUEUE_POP,
    [QUEUE_POP] = 1 << QUEUE_PUSH,
    [QUEUE_PUSH_N] = 1 << QUEUE_POP,
    [QUEUE_POP_N] = 1 << QUEUE_PUSH,
};

linearize_spec queue_spec_spsc(size_t capacity) {
    linearize_spec spec = common("queue, full and empty as far as a caller can know", capacity);
    spec.step = step_spsc;
    spec.watched = watched;
    return spec;
}

linearize_spec queue_spec_fast(size_t capacity) {
    linearize_spec spec = common("queue, inexact while calls are in flight", capacity);
    spec.step = step_fast;
    spec.watched = watched;
    return spec;
}

linearize_spec queue_spec_lfring(size_t capacity) {
    linearize_spec spec = common("queue, full while calls in flight fill it", capacity);
    spec.step = step_lfring;
    return spec;
}
