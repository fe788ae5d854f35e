/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fifo_check.c - the patterns that no FIFO queue can show; see fifo_check.h.
 *
 * For each value: pushed within [push->begin, push->end], popped within [pop->begin, pop->end],
 * both at infinity if it was never popped. A history is right iff none of these is found: a pop
 * without a push, or a second one; a pop that ended before its push began; values x, y with push x
 * ended before push y began and pop y ended before pop x began; a failed pop, all of whose moments
 * lie in spans in which some value must have been inside.
 */
#include "fifo_check.h"
#include "specs/queue.h"

#include <stdlib.h>
#include <string.h>

typedef struct value {
    const history_call *push;
    const history_call *pop; /* NULL: never popped */
} value;

/* From after `from` to before `until` the queue cannot have been empty. */
typedef struct span {
    uint64_t from, until;
} span;

typedef struct check {
    const history *history;
    fifo_report *report;
    size_t n;        /* values */
    value *values;   /* in the order of their pushes' beginning */
    uint64_t mask;   /* of the table: a power of two less one */
    uint32_t *table; /* from value to index + 1; 0: none */
} check;

static bool found(fifo_report *report, fifo_verdict verdict, const history_call *a,
                  const history_call *b, const history_call *c, const history_call *d) {
    *report = (fifo_report){verdict, {a, b, c, d}};
    return false;
}

static uint64_t pop_begin(const value *v) {
    return v->pop == NULL ? UINT64_MAX : v->pop->begin;
}

static uint64_t pop_end(const value *v) {
    return v->pop == NULL ? UINT64_MAX : v->pop->end;
}

static int compare(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

static int by_push_begin(const void *a, const void *b) {
    return compare(((const value *)a)->push->begin, ((const value *)b)->push->begin);
}

static int by_push_end(const void *a, const void *b) {
    return compare(((const value *)a)->push->end, ((const value *)b)->push->end);
}

static int by_from(const void *a, const void *b) {
    return compare(((const span *)a)->from, ((const span *)b)->from);
}

/* ---- Pairing pushes with pops -----------------------------------------------------------------
 */

/* The table's entry for a value, or the free one where it belongs. */
static uint32_t *entry(const check *c, uint64_t number) {
    for (uint64_t i = (number * UINT64_C(0x9e3779b97f4a7c15)) >> 20;; i++) {
        uint32_t *e = &c->table[i & c->mask];
        if (*e == 0 || c->values[*e - 1].push->argument == number)
            return e;
    }
}

static bool is_suited(const history *h) {
    if (h->seen != NULL)
        return false;
    for (unsigned t = 0; t < h->threads; t++)
        for (size_t i = 0; i < h->lanes[t].count; i++)
            if (h->lanes[t].calls[i].end == HISTORY_PENDING ||
                h->lanes[t].calls[i].operation > QUEUE_POP)
                return false;
    return true;
}

static bool collect_pushes(check *c) {
    const history *h = c->history;
    for (unsigned t = 0; t < h->threads; t++)
        for (size_t i = 0; i < h->lanes[t].count; i++)
            if (h->lanes[t].calls[i].operation == QUEUE_PUSH && h->lanes[t].calls[i].status)
                c->values[c->n++].push = &h->lanes[t].calls[i];
    qsort(c->values, c->n, sizeof *c->values, by_push_begin);
    for (size_t i = 0; i < c->n; i++) {
        uint32_t *e = entry(c, c->values[i].push->argument);
        if (*e != 0)
            return found(c->report, FIFO_UNSUITED, c->values[*e - 1].push, c->values[i].push, NULL,
                         NULL);
        *e = (uint32_t)i + 1;
    }
    return true;
}

static bool pair_pop(check *c, const history_call *pop) {
    const uint32_t *e = entry(c, pop->value);
    if (*e == 0)
        return found(c->report, FIFO_FRESH, pop, NULL, NULL, NULL);
    value *v = &c->values[*e - 1];
    if (v->pop != NULL)
        return found(c->report, FIFO_TWICE, v->push, v->pop, pop, NULL);
    v->pop = pop;
    if (pop->end < v->push->begin)
        return found(c->report, FIFO_EARLY, v->push, pop, NULL, NULL);
    return true;
}

static bool pair_pops(check *c) {
    const history *h = c->history;
    for (unsigned t = 0; t < h->threads; t++)
        for (size_t i = 0; i < h->lanes[t].count; i++) {
            const history_call *call = &h->lanes[t].calls[i];
            if (call->operation == QUEUE_POP && call->status && !pair_pop(c, call))
                return false;
        }
    return true;
}

/* ---- Order ------------------------------------------------------------------------------------
 */

/* Goes through the values y in the order in which their pushes began; among all x whose push had
 * ended by then only the one popped last can have been overtaken. */
static bool is_in_order(check *c, value *by_end) {
    memcpy(by_end, c->values, c->n * sizeof *by_end);
    qsort(by_end, c->n, sizeof *by_end, by_push_end);
    const value *last = NULL;
    for (size_t i = 0, ended = 0; i < c->n; i++) {
        const value *y = &c->values[i];
        for (; by_end[ended].push->end < y->push->begin; ended++)
            if (last == NULL || pop_begin(&by_end[ended]) > pop_begin(last))
                last = &by_end[ended];
        if (last != NULL && pop_end(y) < pop_begin(last))
            return found(c->report, last->pop == NULL ? FIFO_LOST : FIFO_OVERTAKEN, last->push,
                         y->push, y->pop, last->pop);
    }
    return true;
}

/* ---- Failed pops ------------------------------------------------------------------------------
 */

/* Joins the spans that overlap: in place, ascending; returns how many remain. Two that only touch
 * leave a moment between them. */
static size_t unite(span *spans, size_t n) {
    qsort(spans, n, sizeof *spans, by_from);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && spans[i].from < spans[kept - 1].until) {
            if (spans[i].until > spans[kept - 1].until)
                spans[kept - 1].until = spans[i].until;
        } else {
            spans[kept++] = spans[i];
        }
    }
    return kept;
}

/* The last span that begins before time, or NULL. */
static const span *last_before(const span *spans, size_t n, uint64_t time) {
    size_t low = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (spans[low + half].from < time) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low == 0 ? NULL : &spans[low - 1];
}

static size_t spans_inside(const check *c, span *spans) {
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (c->values[i].push->end < pop_begin(&c->values[i]))
            spans[n++] = (span){c->values[i].push->end, pop_begin(&c->values[i])};
    return unite(spans, n);
}

/* The pushes themselves, as closed intervals: what excuses a failed pop. */
static size_t spans_of_pushes(const check *c, span *spans) {
    for (size_t i = 0; i < c->n; i++)
        spans[i] = (span){c->values[i].push->begin, c->values[i].push->end};
    return unite(spans, c->n);
}

static bool are_empties_right(check *c, const span *inside, size_t insides, const span *pushes,
                              size_t pushing) {
    const history *h = c->history;
    for (unsigned t = 0; t < h->threads; t++)
        for (size_t i = 0; i < h->lanes[t].count; i++) {
            const history_call *call = &h->lanes[t].calls[i];
            if (call->operation != QUEUE_POP || call->status)
                continue;
            const span *s = last_before(inside, insides, call->begin);
            if (s == NULL || s->until <= call->end)
                continue;
            const span *p = last_before(pushes, pushing, call->end + 1);
            if (p == NULL || p->until < call->begin)
                return found(c->report, FIFO_WRONG_EMPTY, call, NULL, NULL, NULL);
        }
    return true;
}

/* ---- All together -----------------------------------------------------------------------------
 */

static void run(check *c, value *by_end, span *inside, span *pushes, fifo_empties empties) {
    if (!is_suited(c->history)) {
        found(c->report, FIFO_UNSUITED, NULL, NULL, NULL, NULL);
        return;
    }
    if (!collect_pushes(c) || !pair_pops(c) || !is_in_order(c, by_end))
        return;
    size_t insides = spans_inside(c, inside);
    size_t pushing = empties == FIFO_EXCUSED ? spans_of_pushes(c, pushes) : 0;
    (void)are_empties_right(c, inside, insides, pushes, pushing);
}

fifo_verdict fifo_check(const history *h, fifo_empties empties, fifo_report *report) {
    *report = (fifo_report){FIFO_OK, {NULL}};
    size_t calls = 1;
    for (unsigned t = 0; t < h->threads; t++)
        calls += h->lanes[t].count;
    size_t slots = 2;
    while (slots < 2 * calls)
        slots *= 2;
    check c = {.history = h, .report = report, .mask = slots - 1};
    c.values = calloc(calls, sizeof *c.values);
    c.table = calloc(slots, sizeof *c.table);
    value *by_end = malloc(calls * sizeof *by_end);
    span *inside = malloc(calls * sizeof *inside);
    span *pushes = malloc(calls * sizeof *pushes);
    if (c.values != NULL && c.table != NULL && by_end != NULL && inside != NULL && pushes != NULL)
        run(&c, by_end, inside, pushes, empties);
    else
        found(report, FIFO_UNSUITED, NULL, NULL, NULL, NULL);
    free(c.values);
    free(c.table);
    free(by_end);
    free(inside);
    free(pushes);
    return report->verdict;
}

void fifo_explain(const fifo_report *report, FILE *out) {
    static const char *const texts[] = {
        [FIFO_OK] = "a right history of a FIFO queue",
        [FIFO_FRESH] = "popped, but nobody pushed it",
        [FIFO_TWICE] = "popped twice",
        [FIFO_EARLY] = "the pop ended before its push began",
        [FIFO_OVERTAKEN] = "overtaken: pushed first, popped last",
        [FIFO_LOST] = "lost: a later one was popped, this never",
        [FIFO_WRONG_EMPTY] = "a pop found the queue empty, which at no moment of the call it was",
        [FIFO_UNSUITED] = "no verdict: pending calls, a value pushed twice, batches, or no memory",
    };
    fprintf(out, "%s\n", texts[report->verdict]);
    for (size_t i = 0; i < 4 && report->calls[i] != NULL; i++) {
        const history_call *call = report->calls[i];
        fprintf(out, "    T%u [%llu, %llu] ", call->thread, (unsigned long long)call->begin,
                (unsigned long long)call->end);
        if (call->operation == QUEUE_PUSH)
            fprintf(out, "push(%llu)\n", (unsigned long long)call->argument);
        else if (call->status)
            fprintf(out, "pop -> %llu\n", (unsigned long long)call->value);
        else
            fprintf(out, "pop -> empty\n");
    }
}
