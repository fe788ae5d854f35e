/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * story.c - how a failure is told in a terminal: a column per thread, a line per step.
 *
 * A line says what was done, to what, in which order and with which value; a load that read an old
 * store says which newer ones it ignored, and who wrote them where. Plain accesses appear only if
 * they touch the bytes that the failure is about.
 */
#include "engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 64, COLUMN = 34, GUTTER = 30, HEAD = 40, TAIL = 60 };

static struct named {
    uintptr_t start;
    size_t size;
    const char *name;
} named[NAMED];
static unsigned named_count;

void names_reset(void) {
    named_count = 0;
}

void explore_name(const volatile void *memory, size_t size, const char *name) {
    if (named_count < NAMED)
        named[named_count++] = (struct named){(uintptr_t)memory, size, name};
}

const char *verdict_name(explore_verdict v) {
    static const char *const all[] = {"pass",     "check",    "race",  "lifetime", "leak",
                                      "deadlock", "livelock", "crash", "misuse"};
    return all[v];
}

/* -- words ------------------------------------------------------------------------------------ */

static void describe_address(uintptr_t address, char *text, size_t size) {
    for (unsigned i = 0; i < named_count; i++) {
        const size_t offset = address - named[i].start;
        if (offset >= named[i].size)
            continue;
        if (offset)
            snprintf(text, size, "%s+%zu", named[i].name, offset);
        else
            snprintf(text, size, "%s", named[i].name);
        return;
    }
    if (heap_describe(address, text, size) || symbol_of_data(address, text, size))
        return;
    if (fiber_of(address) >= 0)
        snprintf(text, size, "stack of %d at ..%03x", fiber_of(address), (unsigned)address & 0xfff);
    else
        snprintf(text, size, "0x%" PRIxPTR, address);
}

static const char *order_name(int order) {
    static const char *const all[] = {"relaxed", "consume", "acquire",
                                      "release", "acq_rel", "seq_cst"};
    return all[order];
}

static void describe_value(uint64_t value, unsigned bytes, char *text, size_t size) {
    const unsigned unused = bytes ? 64 - 8 * bytes : 0;
    const int64_t as_signed = (int64_t)(value << unused) >> unused;
    if (as_signed > -100000 && as_signed < 100000)
        snprintf(text, size, "%" PRId64, as_signed);
    else if (!heap_describe((uintptr_t)value, text, size))
        snprintf(text, size, "0x%" PRIx64, value);
}

static void describe_event(const event *e, char *text, size_t size) {
    char where[64] = "", value[48], before[48];
    if (e->address)
        describe_address(e->address, where, sizeof where);
    describe_value(e->value, e->size, value, sizeof value);
    describe_value(e->before, e->size, before, sizeof before);
    switch (e->kind) {
    case EVENT_LOAD:
        snprintf(text, size, "%s is %s  (%s)", where, value, order_name(e->order));
        break;
    case EVENT_STORE:
        snprintf(text, size, "%s := %s  (%s)", where, value, order_name(e->order));
        break;
    case EVENT_MODIFY:
        snprintf(text, size, "%s: %s -> %s  (%s)", where, before, value, order_name(e->order));
        break;
    case EVENT_COMPARE:
        if (e->succeeded)
            snprintf(text, size, "%s: %s => %s  (%s)", where, before, value, order_name(e->order));
        else
            snprintf(text, size, "%s is %s, not %s  (%s)%s", where, value, before,
                     order_name(e->failure_order), e->value == e->before ? " spurious" : "");
        break;
    case EVENT_FENCE: snprintf(text, size, "fence  (%s)", order_name(e->order)); break;
    case EVENT_READ: snprintf(text, size, "reads %u bytes of %s", e->size, where); break;
    case EVENT_WRITE: snprintf(text, size, "writes %u bytes of %s", e->size, where); break;
    default: snprintf(text, size, "%s", e->text); break;
    }
}

/* The stores that a load passed over, newest first. They stand earlier in the trace. */
static void describe_stale(size_t at, char *text, size_t size) {
    const event *load = trace_get(at);
    size_t used = 0;
    uint32_t left = load->last - load->index;
    for (size_t i = at; i-- > 0 && left > 0 && used < size;) {
        const event *e = trace_get(i);
        const bool writes = e->kind == EVENT_STORE || e->kind == EVENT_MODIFY ||
                            (e->kind == EVENT_COMPARE && e->succeeded);
        if (!writes || e->address != load->address)
            continue;
        char value[48];
        describe_value(e->value, e->size, value, sizeof value);
        used += (size_t)snprintf(text + used, size - used, "%s%s by %u at %s",
                                 used ? ", " : "old; ignored ", value, e->thread, site_text(e->at));
        left--;
    }
}

/* A spinning thread does the same again and again: once is enough, and how often. */
static bool is_repeat(const story_line *a, const story_line *b) {
    return a->event->thread == b->event->thread && a->event->at == b->event->at &&
           strcmp(a->text, b->text) == 0 && strcmp(a->stale, b->stale) == 0;
}

/* -- lines ------------------------------------------------------------------------------------ */

static bool is_about_failure(const event *e) {
    const uintptr_t address = run.failure.address;
    return address && (address / 8 == e->address / 8 ||
                       (address >= e->address && address < e->address + e->size));
}

/* Plain writes to the bytes that the failure is about, and each thread's last read of them. */
static bool is_told(size_t i) {
    const event *e = trace_get(i);
    if (e->kind != EVENT_READ && e->kind != EVENT_WRITE)
        return true;
    if (!is_about_failure(e))
        return false;
    for (size_t k = i + 1; e->kind == EVENT_READ && k < trace_length(); k++)
        if (trace_get(k)->kind == EVENT_READ && trace_get(k)->thread == e->thread &&
            is_about_failure(trace_get(k)))
            return false;
    return true;
}

size_t story_lines(story_line **lines) {
    size_t n = 0;
    for (size_t i = 0; i < trace_length(); i++)
        symbols_want(trace_get(i)->at);
    symbols_want(run.failure.at);
    story_line *all = calloc(trace_length() + 1, sizeof *all);
    if (!all)
        abort();
    for (size_t i = 0; i < trace_length(); i++) {
        const event *e = trace_get(i);
        if (!is_told(i))
            continue;
        all[n].event = e;
        describe_event(e, all[n].text, sizeof all[n].text);
        if ((e->kind == EVENT_LOAD || (e->kind == EVENT_COMPARE && !e->succeeded)) &&
            e->index < e->last)
            describe_stale(i, all[n].stale, sizeof all[n].stale);
        if (n > 0 && is_repeat(&all[n - 1], &all[n]))
            all[n - 1].repeats++;
        else
            n++;
    }
    *lines = all;
    return n;
}

static void print_line(const story_line *l, FILE *out) {
    const event *e = l->event;
    fprintf(out, "%5u %-*.*s %*s| %s\n", e->step, GUTTER - 6, GUTTER - 6, site_text(e->at),
            COLUMN * e->thread, "", l->text);
    if (l->repeats)
        fprintf(out, "%*s%*s|   and %u times more\n", GUTTER + 1, "", COLUMN * e->thread, "",
                l->repeats);
    if (*l->stale)
        fprintf(out, "%*s%*s|   %s\n", GUTTER + 1, "", COLUMN * e->thread, "", l->stale);
}

void story_print(const explore_program *p, FILE *out, bool whole) {
    story_line *lines;
    const size_t n = story_lines(&lines);
    fprintf(out, "\n%s: %s\n\n%*s", p->name, run.failure.text, GUTTER + 1, "");
    for (unsigned i = 0; i < run.thread_count; i++) {
        char head[64];
        snprintf(head, sizeof head, "| %u %s", i, run.threads[i].name);
        fprintf(out, "%-*.*s", COLUMN, COLUMN, head);
    }
    fputc('\n', out);
    for (size_t i = 0; i < n; i++) {
        if (!whole && n > HEAD + TAIL + 1 && i == HEAD) {
            fprintf(out, "      ... %zu lines, see --whole\n", n - HEAD - TAIL);
            i = n - TAIL;
        }
        print_line(&lines[i], out);
    }
    char where[64] = "";
    if (run.failure.address)
        describe_address(run.failure.address, where, sizeof where);
    fprintf(out, "%5s %-*.*s %*s! %s%s%s\n", "", GUTTER - 6, GUTTER - 6, site_text(run.failure.at),
            COLUMN * run.failure.thread, "", run.failure.text, *where ? ": " : "", where);
    if (run.failure.at)
        fprintf(out, "\nat %s, in %s\n", site_text(run.failure.at), site_functions(run.failure.at));
    free(lines);
}
