/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * html.c - the same story as a page that needs nothing else.
 */
#include "engine.h"

#include <stdlib.h>

static const char style[] =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:120em;padding:0 1em;"
    "color:#1d2730;background:#fff}h1{font-size:1.3em}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.15em .6em;border-left:1px solid #dde3e8}"
    "th{position:sticky;top:0;background:#f2f5f7;border-bottom:1px solid #b9c4cd}"
    "tr:hover td{background:#f7fafc}td.at,td.n{color:#6b7a87;white-space:nowrap;"
    "font-size:.85em}td.n{text-align:right}code{font:13px ui-monospace,monospace}"
    ".stale{color:#b25e00;font-size:.9em}.src{color:#6b7a87;display:block}.bad "
    "td{background:#fdecea;"
    "font-weight:600}p.how{background:#f2f5f7;padding:.6em 1em;overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{background:#14191d;color:#dbe3e9}th,p.how{background:"
    "#1e262c}tr:hover td{background:#1a2127}td,th{border-color:#2b353c}.bad td{background:#47201d}"
    ".stale{color:#f0a050}}";

static void put(const char *text, FILE *out) {
    for (; *text; text++) {
        switch (*text) {
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '&': fputs("&amp;", out); break;
        case '"': fputs("&quot;", out); break;
        default: fputc(*text, out); break;
        }
    }
}

static void put_line(const story_line *l, FILE *out) {
    const event *e = l->event;
    char source[256];
    fprintf(out, "<tr><td class=n>%u<td class=at title=\"", e->step);
    put(site_functions(e->at), out);
    fputs("\">", out);
    put(site_text(e->at), out);
    for (unsigned i = 0; i < e->thread; i++)
        fputs("<td>", out);
    fputs("<td>", out);
    put(l->text, out);
    if (*l->stale) {
        fputs("<br><span class=stale>", out);
        put(l->stale, out);
        fputs("</span>", out);
    }
    if (l->repeats)
        fprintf(out, "<br><span class=stale>and %u times more</span>", l->repeats);
    if (e->kind != EVENT_NOTE && site_source(e->at, source, sizeof source)) {
        const char *text = source;
        while (*text == ' ')
            text++;
        fputs("<code class=src>", out);
        put(text, out);
        fputs("</code>", out);
    }
    for (unsigned i = e->thread + 1u; i < run.thread_count; i++)
        fputs("<td>", out);
    fputc('\n', out);
}

void story_html(const explore_program *p, const char *replay, FILE *out) {
    story_line *lines;
    const size_t n = story_lines(&lines);
    fprintf(out,
            "<!doctype html><html lang=en><meta charset=utf-8><title>%s</title><style>%s</style>"
            "<h1>%s: ",
            p->name, style, p->name);
    put(run.failure.text, out);
    fputs(
        "</h1><p>Each column is a thread, each row a step. A load shows the value that it read; if "
        "it "
        "was not the newest, the newer ones that it ignored stand below.<table><thead><tr><th>step"
        "<th>where",
        out);
    for (unsigned i = 0; i < run.thread_count; i++)
        fprintf(out, "<th>%u %s", i, run.threads[i].name);
    fputs("</thead><tbody>\n", out);
    for (size_t i = 0; i < n; i++)
        put_line(&lines[i], out);
    fprintf(out, "<tr class=bad><td><td>%s<td colspan=%u>", site_text(run.failure.at),
            run.thread_count);
    put(run.failure.text, out);
    fputs("</table><p class=how>Run it again: <code>", out);
    put(replay, out);
    fputs("</code></html>\n", out);
    free(lines);
}
