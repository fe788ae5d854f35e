/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * linearize_explain.c - why a history is wrong, told in the shortest prefix that already is.
 *
 * If a history has no linearization, no continuation of it has one. So there is a first return
 * after which it is wrong, found by halving; the call that returned there is the one to look at.
 */
#include "linearize.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMN = 26, LINES = 60 };

/* A call begins or ends. */
typedef struct event {
    uint64_t time;
    const history_call *call;
    bool end;
} event;

static int compare_events(const void *a, const void *b) {
    const event *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (int)x->end - (int)y->end; /* equal times are concurrent: begin before end */
}

/* All events in order of time; *n says how many. NULL when out of memory. */
static event *list_events(const history *h, size_t *n) {
    size_t calls = 0;
    for (unsigned t = 0; t < h->threads; t++)
        calls += h->lanes[t].count;
    event *events = malloc((2 * calls + 1) * sizeof *events);
    if (events == NULL)
        return NULL;
    *n = 0;
    for (unsigned t = 0; t < h->threads; t++) {
        for (size_t i = 0; i < h->lanes[t].count; i++) {
            const history_call *call = &h->lanes[t].calls[i];
            events[(*n)++] = (event){call->begin, call, false};
            if (call->end != HISTORY_PENDING)
                events[(*n)++] = (event){call->end, call, true};
        }
    }
    qsort(events, *n, sizeof *events, compare_events);
    return events;
}

/* How many events the shortest wrong prefix has; 0 if the whole history is not known to be wrong.
 */
static size_t shortest_wrong(linearizer *l, const history *h, const linearize_spec *spec,
                             const event *events, size_t n) {
    if (n == 0 || linearize(l, h, spec) != LINEARIZE_FAIL)
        return 0;
    size_t right = 0, wrong = n; /* of so many events the prefix is right, or wrong */
    while (wrong - right > 1) {
        size_t middle = right + (wrong - right) / 2;
        if (linearize_until(l, h, spec, events[middle - 1].time) == LINEARIZE_FAIL)
            wrong = middle;
        else
            right = middle;
    }
    return wrong;
}

/* The threads that called something have a column each: how many stand left of this thread's? */
static unsigned column_of(const history *h, unsigned thread) {
    unsigned column = 0;
    for (unsigned t = 0; t < thread; t++)
        column += h->lanes[t].count > 0;
    return column;
}

static void print_heads(FILE *out, const history *h) {
    fprintf(out, "%10s", "time");
    for (unsigned t = 0, gap = 2; t < h->threads; t++)
        if (h->lanes[t].count > 0) {
            fprintf(out, "%*sT%-2u", (int)gap, "", t);
            gap = COLUMN - 3;
        }
    fprintf(out, "\n");
}

/* A line per event; a call that ends before anything else happens takes one line. */
static void print_events(FILE *out, const history *h, const linearize_spec *spec,
                         const event *events, size_t n) {
    char call[64], result[64], both[160];
    size_t i = 0;
    if (n > LINES) {
        i = n - LINES;
        fprintf(out, "            (%zu earlier events)\n", i);
    }
    while (i < n) {
        const event *e = &events[i];
        bool whole = !e->end && i + 1 < n && events[i + 1].call == e->call;
        spec->describe(e->call, call, sizeof call);
        spec->describe_result(e->call, result, sizeof result);
        if (whole)
            snprintf(both, sizeof both, "%s -> %s", call, result);
        else if (e->end)
            snprintf(both, sizeof both, "%.*s... -> %s", (int)strcspn(call, "("), call, result);
        else
            snprintf(both, sizeof both, "%s ...", call);
        i += whole ? 2 : 1;
        fprintf(out, "%10llu  %*s%s%s\n", (unsigned long long)e->time,
                (int)(column_of(h, e->call->thread) * COLUMN), "", both,
                i == n ? "   <- cannot be explained" : "");
    }
}

static void print_step(FILE *out, const linearize_spec *spec, const linearize_step *step) {
    char call[64], result[64];
    spec->describe(&step->call, call, sizeof call);
    spec->describe_result(&step->call, result, sizeof result);
    fprintf(out, "    T%u %s -> %s\n", step->call.thread, call, step->pending ? "?" : result);
}

static void print_best(FILE *out, const linearize_spec *spec, const linearize_order *best) {
    fprintf(out, "The longest order that could have given these results:\n");
    size_t first = best->length > LINES ? best->length - LINES : 0;
    if (first > 0)
        fprintf(out, "    (%zu earlier steps)\n", first);
    for (size_t i = first; i < best->length; i++)
        print_step(out, spec, best->steps[i]);
    fprintf(out, "after which its state is [");
    for (size_t i = 0; i < best->state[0]; i++)
        fprintf(out, "%s%llu", i == 0 ? "" : " ", (unsigned long long)best->state[1 + i]);
    fprintf(out, "] and none of these fits:\n");
    for (size_t i = 0; i < best->candidates; i++)
        print_step(out, spec, best->next[i]);
}

void linearize_explain(linearizer *l, const history *h, const linearize_spec *spec, FILE *out) {
    size_t n = 0;
    event *events = list_events(h, &n);
    if (events == NULL) {
        fprintf(out, "no memory to explain the history\n");
        return;
    }
    size_t wrong = shortest_wrong(l, h, spec, events, n);
    if (wrong == 0) {
        fprintf(out, "the history is not known to be wrong for: %s\n", spec->name);
    } else {
        (void)linearize_until(l, h, spec, events[wrong - 1].time);
        fprintf(out, "Not linearizable: %s", spec->name);
        if (spec->capacity != 0 && spec->capacity != SIZE_MAX)
            fprintf(out, ", capacity %zu", spec->capacity);
        fprintf(out, ". Calls are ordered by %s.\n", h->seen == NULL ? "time" : "happens-before");
        print_heads(out, h);
        print_events(out, h, spec, events, wrong);
        print_best(out, spec, linearize_best(l));
    }
    free(events);
}

const history_call *linearize_culprit(linearizer *l, const history *h, const linearize_spec *spec) {
    size_t n = 0;
    event *events = list_events(h, &n);
    if (events == NULL)
        return NULL;
    size_t wrong = shortest_wrong(l, h, spec, events, n);
    const history_call *call = wrong == 0 ? NULL : events[wrong - 1].call;
    free(events);
    return call;
}
