/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * trace.c - the record of one execution, kept only when it is going to be told.
 */
#include "engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static event *events;
static size_t count, capacity;

void trace_reset(void) {
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_NOTE)
            free((char *)events[i].text);
    count = 0;
}

void trace_event(event e) {
    if (count == capacity) {
        capacity = capacity ? 2 * capacity : 1024;
        events = realloc(events, capacity * sizeof *events);
        if (!events)
            abort();
    }
    e.step = run.steps;
    e.thread = run.self->id;
    events[count++] = e;
}

void trace_note(site at, const char *format, ...) {
    va_list arguments;
    char text[240];
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char *copy = malloc(sizeof text);
    if (!copy)
        abort();
    snprintf(copy, sizeof text, "%s", text);
    trace_event((event){.kind = EVENT_NOTE, .at = at, .text = copy});
}

size_t trace_length(void) {
    return count;
}

const event *trace_get(size_t i) {
    return &events[i];
}
