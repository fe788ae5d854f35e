/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * many.c - executions until one fails, the search ends or the budget is spent; and the shortest
 * failing string of choices.
 */
#include "engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { DISTINCT = 1 << 22, CLOCK_EVERY = 64, MOST_TRIALS = 20000 };
static const double most_seconds = 3;

double now_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* -- distinct interleavings: a set of hashes of choices --------------------------------------- */

static uint64_t *seen;
static uint64_t seen_count;

bool distinct_add(uint64_t hash) {
    if (!seen)
        seen = mmap(NULL, DISTINCT * sizeof *seen, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (seen_count > DISTINCT / 4 * 3)
        return false; /* full: the count is then a lower bound */
    hash |= 1;
    size_t i = (hash >> 20) % DISTINCT;
    while (seen[i] && seen[i] != hash)
        i = (i + 1) % DISTINCT;
    seen_count += seen[i] == 0;
    seen[i] = hash;
    return true;
}

uint64_t distinct_count(void) {
    return seen_count;
}

void distinct_reset(void) {
    if (seen_count)
        madvise(seen, DISTINCT * sizeof *seen, MADV_DONTNEED);
    seen_count = 0;
}

/* -- until one fails -------------------------------------------------------------------------- */

explore_verdict explore_many(const explore_program *p, const budget *b, tally *t) {
    const double start = now_seconds(), cpu = cpu_seconds();
    explore_verdict verdict = EXPLORE_PASS;
    *t = (tally){0};
    distinct_reset();
    choose_search_reset();
    while (verdict == EXPLORE_PASS && t->executions < b->executions && !t->complete) {
        verdict = run_once(p, t->executions++);
        t->steps += run.steps;
        distinct_add(run.hash);
        if (set.driver == BY_SEARCH && verdict == EXPLORE_PASS)
            t->complete = !choose_next_in_search();
        if (t->executions % CLOCK_EVERY == 0 && now_seconds() - start > b->seconds)
            break;
    }
    t->seconds = now_seconds() - start;
    t->cpu_seconds = cpu_seconds() - cpu;
    t->interleavings = distinct_count();
    return verdict;
}

/* -- strings of choices: "12:1,3:2" is twelve zeros, 1, three zeros, 2 ------------------------ */

void choices_print(const choice *c, uint32_t n, char *text, size_t size) {
    size_t used = 0;
    uint32_t zeros = 0;
    snprintf(text, size, "0");
    for (uint32_t i = 0; i < n && used + 16 < size; i++) {
        if (c[i].value == 0) {
            zeros++;
            continue;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%" PRIu32 ":%u", used ? "," : "",
                                 zeros, c[i].value);
        zeros = 0;
    }
}

uint32_t choices_parse(const char *text, choice *c, uint32_t most) {
    uint32_t n = 0;
    while (*text) {
        char *end;
        const unsigned long zeros = strtoul(text, &end, 10);
        if (*end != ':' || zeros >= most - n)
            break;
        n += (uint32_t)zeros;
        c[n++] = (choice){.value = (uint8_t)strtoul(end + 1, &end, 10)};
        text = *end == ',' ? end + 1 : end;
    }
    return n;
}

/* -- the shortest string ---------------------------------------------------------------------- */

static struct {
    const explore_program *program;
    explore_verdict verdict;
    choice best[CHOICES];
    uint32_t length, weight, steps;
    unsigned trials;
    double deadline;
} shrink;

static uint32_t weight_of(const choice *c, uint32_t n) {
    uint32_t w = 0;
    for (uint32_t i = 0; i < n; i++)
        w += c[i].value != 0;
    return w;
}

static uint32_t length_of(const choice *c, uint32_t n) {
    while (n > 0 && c[n - 1].value == 0)
        n--;
    return n;
}

/* Runs a candidate; keeps what it really chose if it fails alike and is simpler: fewer choices that
 * are not 0, else fewer steps. */
static bool keep_if_simpler(const choice *candidate, uint32_t length) {
    set.replay = candidate;
    set.replay_length = length;
    shrink.trials++;
    if (run_once(shrink.program, 0) != shrink.verdict)
        return false;
    const uint32_t weight = weight_of(run.made, run.choices);
    if (weight > shrink.weight || (weight == shrink.weight && run.steps >= shrink.steps))
        return false;
    shrink.weight = weight;
    shrink.steps = run.steps;
    shrink.length = length_of(run.made, run.choices);
    memcpy(shrink.best, run.made, shrink.length * sizeof(choice));
    return true;
}

static bool may_go_on(void) {
    return shrink.trials < MOST_TRIALS && now_seconds() < shrink.deadline;
}

/* Sets `many` choices that are not 0, from the i-th on, to 0. */
static bool try_zeroing(uint32_t i, uint32_t many) {
    static choice trial[CHOICES];
    memcpy(trial, shrink.best, shrink.length * sizeof(choice));
    for (uint32_t k = 0; k < shrink.length && many > 0; k++) {
        if (trial[k].value == 0 || i-- > 0)
            continue;
        i = 0;
        trial[k].value = 0;
        many--;
    }
    return keep_if_simpler(trial, shrink.length);
}

/* Leaves out the k-th choice, or puts a 0 before it: what follows moves. */
static bool try_moving(uint32_t k) {
    static choice trial[CHOICES];
    memcpy(trial, shrink.best, k * sizeof(choice));
    memcpy(trial + k, shrink.best + k + 1, (shrink.length - k - 1) * sizeof(choice));
    if (keep_if_simpler(trial, shrink.length - 1))
        return true;
    if (k >= shrink.length || shrink.best[k].value == 0 || shrink.length == CHOICES)
        return false;
    memcpy(trial, shrink.best, k * sizeof(choice));
    trial[k] = (choice){0};
    memcpy(trial + k + 1, shrink.best + k, (shrink.length - k) * sizeof(choice));
    return keep_if_simpler(trial, shrink.length + 1);
}

static bool shrink_once(void) {
    bool better = false;
    for (uint32_t many = shrink.weight; many > 0; many /= 2)
        for (uint32_t i = 0; i < shrink.weight && may_go_on();)
            if (try_zeroing(i, many))
                better = true;
            else
                i += many;
    for (uint32_t k = 0; k < shrink.length && may_go_on(); k++)
        better |= try_moving(k);
    return better && may_go_on();
}

void minimise(const explore_program *p, choice *choices, uint32_t *length) {
    const settings before = set;
    const failure_report failure = run.failure;
    shrink.program = p;
    shrink.verdict = failure.verdict;
    shrink.length = *length;
    shrink.weight = weight_of(choices, *length);
    shrink.steps = run.steps;
    shrink.trials = 0;
    shrink.deadline = now_seconds() + most_seconds;
    memcpy(shrink.best, choices, *length * sizeof(choice));
    set.driver = BY_REPLAY;
    while (shrink_once())
        continue;
    memcpy(choices, shrink.best, shrink.length * sizeof(choice));
    *length = shrink.length;
    set = before;
}
