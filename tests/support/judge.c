/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * judge.c - linearizability in a program of the explorer; see judge.h.
 */
#define _GNU_SOURCE /* fmemopen */
#include "judge.h"

#include "../explore/engine/explore.h"

#include <stdlib.h>

enum { MEMORY = 256 << 20, TEXT = 16384 };

static history past;
static history_call room[EXPLORE_THREADS * JUDGE_CALLS];
static uint64_t views[EXPLORE_THREADS * EXPLORE_THREADS * JUDGE_CALLS];
static history_call *current[EXPLORE_THREADS];
static linearizer *checker;
static char explanation[TEXT];

void judge_start(void) {
    history_init(&past, explore_time, EXPLORE_THREADS, JUDGE_CALLS, room);
    history_observe(&past, explore_seen, views);
    explanation[0] = '\0';
}

void judge_begin(unsigned operation, uint64_t argument) {
    const unsigned me = explore_thread();
    current[me] = history_begin(&past, me, operation, argument);
}

void judge_end(int status, uint64_t value) {
    history_end(&past, current[explore_thread()], status, value);
}

static void explain(const linearize_spec *spec) {
    FILE *out = fmemopen(explanation, sizeof explanation, "w");
    if (out == NULL)
        return;
    linearize_explain(checker, &past, spec, out);
    fclose(out);
}

static void fail(const char *file, int line, const linearize_spec *spec) {
    char call[64] = "?", result[64] = "?", text[200];
    const history_call *culprit = linearize_culprit(checker, &past, spec);
    explain(spec);
    if (culprit != NULL) {
        spec->describe(culprit, call, sizeof call);
        spec->describe_result(culprit, result, sizeof result);
    }
    snprintf(text, sizeof text, "no %s answers thread %u's %s with: %s", spec->name,
             culprit == NULL ? 0 : culprit->thread, call, result);
    explore_fail(file, line, text);
}

void judge_at(const char *file, int line, linearize_spec spec) {
    if (checker == NULL && (checker = linearize_new(MEMORY)) == NULL)
        abort();
    switch (linearize(checker, &past, &spec)) {
    case LINEARIZE_OK: return;
    case LINEARIZE_FAIL: fail(file, line, &spec); return;
    case LINEARIZE_UNKNOWN: explore_fail(file, line, "too many calls to judge"); return;
    }
}

const char *judge_explanation(void) {
    return explanation;
}
