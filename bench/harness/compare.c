/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * In each round of a cell every subject runs once, in an order that is drawn anew; so whatever else
 * the machine does hits all alike. Ours runs twice, as two subjects: the second shows how much two
 * equal things differ here. The statistics are made of the rounds by report/. */
#define _GNU_SOURCE
#include "compare.h"

#include "histogram.h"
#include "rounds.h"

#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SUBJECTS = 32, MANY_THREADS = 16, FEWEST_ROUNDS = 15, LEAST_ROUNDS = 7 };

/* Below that a round is mostly its start. */
static const double shortest_ms = 2;

/* How long the scheduler may let a thread run on, and how often each thread should have had its
 * turn before anything is said about shares. */
static const double slice_ms = 3;
static const double slices = 30;

typedef struct cell {
    const bench_workload *workload;
    const bench_subject *subject[MOST_SUBJECTS];
    bench_round *rounds[MOST_SUBJECTS];
    double *thread_done[MOST_SUBJECTS];
    unsigned subjects;
    unsigned measured; /* rounds */
    uint64_t length_ns;
    uint64_t share_ns; /* of the round that shows the threads' shares; 0: all rounds do */
    char name[64];
} cell;

typedef struct progress {
    unsigned cell, cells;
    uint64_t start, spent, all; /* nanoseconds; spent and all are of planned time */
} progress;

/* -- what there is to do ---------------------------------------------------------------------- */

/* Ours first, ours again, then the peers. */
static void find_subjects(cell *it) {
    it->subjects = 0;
    for (unsigned want_ours = 2; want_ours-- > 0;)
        for (const bench_subject *const *table = bench_subjects; *table; table++)
            for (const bench_subject *one = *table; one->suite; one++)
                for (unsigned i = 0; i <= one->is_ours; i++)
                    if (one->is_ours == want_ours && it->subjects < MOST_SUBJECTS &&
                        bench_can(one, it->workload))
                        it->subject[it->subjects++] = one;
}

/* Whether the cell is wanted; if so it is set up, less the memory. */
static bool plan(cell *it, const bench_workload *workload, const bench_options *options,
                 const regex_t *filter) {
    it->workload = workload;
    snprintf(it->name, sizeof it->name, "%s/%s/%u/%zu", workload->suite, workload->name,
             workload->item, workload->capacity);
    if ((options->is_quick && !workload->is_quick) || regexec(filter, it->name, 0, NULL, 0) != 0)
        return false;
    find_subjects(it);
    if (it->subjects < 2 || !it->subject[0]->is_ours) {
        fprintf(stderr, "bench: nothing of weir's can do %s\n", it->name);
        exit(1);
    }
    /* Each thread must get its turn on a processor: the more there are, the longer that takes. */
    const double stretch = bench_threads(workload) > MANY_THREADS ? 3 : 1;
    const unsigned threads = bench_threads(workload);
    it->length_ns = (uint64_t)(options->round_ms * stretch * 1e6);
    it->share_ns = 0;
    if (threads > bench_processors())
        it->share_ns = (uint64_t)(slices * slice_ms * 1e6) * threads / bench_processors();
    return true;
}

/* What a round takes beside its length: the processors are busy when it is to end, and each thread
 * must have run once more to see that. */
static uint64_t around_ns(const cell *it) {
    const unsigned threads = bench_threads(it->workload);
    const double turns = it->share_ns ? (double)threads / bench_processors() : 0;
    return threads > 1 ? (uint64_t)((slice_ms + turns) * 1e6) : 0;
}

static uint64_t planned_ns(const cell *it, const bench_options *options) {
    return (it->length_ns + around_ns(it)) * it->subjects * (options->rounds + 1) + it->share_ns;
}

/* -- doing it --------------------------------------------------------------------------------- */

static void shuffle(unsigned *order, unsigned n) {
    static uint64_t state = 0x9e3779b97f4a7c15u;
    for (unsigned i = n; i > 1; i--) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        const unsigned other = (unsigned)(state % i);
        const unsigned last = order[i - 1];
        order[i - 1] = order[other];
        order[other] = last;
    }
}

static void show(const progress *now, const cell *it, unsigned round, unsigned rounds) {
    const uint64_t round_ns = (it->length_ns + around_ns(it)) * it->subjects;
    const double spent = (double)now->spent + (double)round_ns * round;
    const double pace = spent > 0 ? (double)(bench_now() - now->start) / spent : 1.1;
    const unsigned left = (unsigned)(((double)now->all - spent) * pace / 1e9);
    if (isatty(2))
        fprintf(stderr, "\r\033[K[%u/%u] %s  round %u of %u  %u:%02u left", now->cell, now->cells,
                it->name, round, rounds, left / 60, left % 60);
    else if (round == 0)
        fprintf(stderr, "[%u/%u] %s  %u:%02u left\n", now->cell, now->cells, it->name, left / 60,
                left % 60);
}

/* One subject's turn in a round. */
static void measure_one(cell *it, unsigned index, bench_round *slot) {
    slot->thread_done = it->share_ns ? NULL : it->thread_done[index];
    bench_run_round(it->subject[index], it->workload, it->length_ns, slot);
}

/* Of weir. A short round is over before every thread had its turn on a processor, and would show
 * shares of nothing but chance. */
static void measure_shares(cell *it) {
    bench_round round = {.thread_done = it->thread_done[0]};
    if (it->share_ns)
        bench_run_round(it->subject[0], it->workload, it->share_ns, &round);
}

/* Until when the cell may take, 0: for ever. The plan does not know what else this machine does. */
static uint64_t deadline(const cell *it, const bench_options *options, const progress *now) {
    const double left = options->budget * 1e9 - (double)(bench_now() - now->start);
    const double part = (double)planned_ns(it, options) / (double)(now->all - now->spent);
    if (options->budget <= 0)
        return 0;
    return bench_now() + (uint64_t)(left > 0 ? left * part : 0);
}

/* At least LEAST_ROUNDS: of fewer no interval can be given. */
static void measure(cell *it, const bench_options *options, const progress *now) {
    const uint64_t end = deadline(it, options, now);
    unsigned order[MOST_SUBJECTS];
    for (unsigned i = 0; i < it->subjects; i++) {
        bench_round warm_up = {0};
        order[i] = i;
        it->rounds[i] = calloc(options->rounds, sizeof(bench_round));
        it->thread_done[i] = calloc(bench_threads(it->workload), sizeof(double));
        if (!it->rounds[i] || !it->thread_done[i])
            abort();
        bench_run_round(it->subject[i], it->workload, it->length_ns, &warm_up);
    }
    for (it->measured = 0; it->measured < options->rounds; it->measured++) {
        if (end && it->measured >= LEAST_ROUNDS && bench_now() > end)
            break;
        show(now, it, it->measured, options->rounds);
        shuffle(order, it->subjects);
        for (unsigned i = 0; i < it->subjects; i++)
            measure_one(it, order[i], &it->rounds[order[i]][it->measured]);
    }
    measure_shares(it);
}

/* -- writing it down -------------------------------------------------------------------------- */

static void write_number(FILE *out, double value) {
    if (isfinite(value))
        fprintf(out, "%.4g", value);
    else
        fputs("null", out);
}

/* One number of each round; `offset` is that of the field in bench_round. */
static void write_rounds(FILE *out, const char *key, const bench_round *rounds, unsigned n,
                         size_t offset) {
    fprintf(out, ",\n    \"%s\": [", key);
    for (unsigned i = 0; i < n; i++) {
        fputs(i ? ", " : "", out);
        write_number(out, *(const double *)(const void *)((const char *)&rounds[i] + offset));
    }
    fputs("]", out);
}

static void write_subject(FILE *out, const cell *it, unsigned index) {
    const unsigned rounds = it->measured;
    const bench_subject *const subject = it->subject[index];
    const bool again = index > 0 && subject == it->subject[index - 1];
    const bench_round *const all = it->rounds[index];
    fprintf(out, "%s\n   {\"name\": \"%s%s\", \"note\": \"%s\", \"role\": \"%s\"", index ? "," : "",
            subject->name, again ? ", again" : "", subject->note ? subject->note : "",
            again              ? "again"
            : subject->is_ours ? "ours"
                               : "peer");
    write_rounds(out, "ns", all, rounds, offsetof(bench_round, ns));
    write_rounds(out, "cpu_ns", all, rounds, offsetof(bench_round, cpu_ns));
    if (bench_threads(it->workload) > 1)
        write_rounds(out, "line_ns", all, rounds, offsetof(bench_round, line_ns));
    if (it->workload->crew[1].role == BENCH_PING) {
        const char *const key[3] = {"p50", "p99", "p99.9"};
        for (unsigned i = 0; i < 3; i++)
            write_rounds(out, key[i], all, rounds,
                         offsetof(bench_round, delay) + i * sizeof(double));
    }
    fputs(",\n    \"thread_done\": [", out);
    for (unsigned i = 0; i < bench_threads(it->workload); i++)
        fprintf(out, "%s%.0f", i ? ", " : "", it->thread_done[index][i]);
    fputs("]}", out);
}

static void write_cell(FILE *out, const cell *it) {
    const bench_workload *const workload = it->workload;
    fprintf(
        out,
        "  {\"name\": \"%s\", \"suite\": \"%s\", \"workload\": \"%s\", \"item\": %u, "
        "\"capacity\": %zu, \"crews\": [%u, %u], \"rounds\": %u, \"round_ms\": %g, \"subjects\": [",
        it->name, workload->suite, workload->name, workload->item, workload->capacity,
        workload->crew[0].threads, workload->crew[1].threads, it->measured,
        (double)it->length_ns / 1e6);
    for (unsigned i = 0; i < it->subjects; i++)
        write_subject(out, it, i);
    fputs("]}", out);
}

/* -- all of it -------------------------------------------------------------------------------- */

/* Calls visit for each wanted cell. */
static void for_each_cell(const bench_options *options, const regex_t *filter,
                          void (*visit)(cell *, const bench_options *, progress *, FILE *),
                          progress *now, FILE *out) {
    cell it;
    for (const bench_workload *const *table = bench_workloads; *table; table++)
        for (const bench_workload *one = *table; one->suite; one++)
            if (plan(&it, one, options, filter))
                visit(&it, options, now, out);
}

static void count(cell *it, const bench_options *options, progress *now, FILE *out) {
    (void)out;
    now->cells++;
    now->all += planned_ns(it, options);
}

static void run(cell *it, const bench_options *options, progress *now, FILE *out) {
    now->cell++;
    measure(it, options, now);
    fputs(now->cell > 1 ? ",\n" : "", out);
    write_cell(out, it);
    now->spent += planned_ns(it, options);
    for (unsigned i = 0; i < it->subjects; i++) {
        free(it->rounds[i]);
        free(it->thread_done[i]);
    }
}

/* What fits into the budget: shorter rounds first, then fewer. */
static void keep_within(bench_options *options, const regex_t *filter, progress *planned) {
    const double wanted_ms = options->round_ms;
    const double all = (double)planned->all;
    if (options->budget <= 0 || all <= options->budget * 1e9)
        return;
    options->round_ms = shortest_ms;
    planned->all = 0;
    for_each_cell(options, filter, count, planned, NULL);
    const double least = (double)planned->all;
    const double spare = options->budget * 1e9 - least;
    if (spare > 0)
        options->round_ms += (wanted_ms - shortest_ms) * spare / (all - least);
    else
        options->rounds = (unsigned)(options->rounds * options->budget * 1e9 / least);
    if (options->rounds < FEWEST_ROUNDS)
        options->rounds = FEWEST_ROUNDS;
    fprintf(stderr, "bench: to stay within %.0f s: %u rounds of %.1f ms\n", options->budget,
            options->rounds, options->round_ms);
}

static void list(cell *it, const bench_options *options, progress *now, FILE *out) {
    (void)options;
    now->cells++;
    fprintf(out, "%s\n", it->name);
}

unsigned bench_compare(bench_options *options, FILE *out) {
    regex_t filter;
    progress planned = {.start = bench_now()};
    progress now = planned;
    if (regcomp(&filter, options->filter ? options->filter : "", REG_EXTENDED | REG_NOSUB) != 0) {
        fprintf(stderr, "bench: no regular expression: %s\n", options->filter);
        return 0;
    }
    if (options->list_only) {
        for_each_cell(options, &filter, list, &now, out);
        regfree(&filter);
        return now.cells;
    }
    for_each_cell(options, &filter, count, &planned, out);
    keep_within(options, &filter, &planned);
    for_each_cell(options, &filter, count, &now, out);
    fputs("[\n", out);
    for_each_cell(options, &filter, run, &now, out);
    fputs("\n]", out);
    if (isatty(2))
        fputs("\r\033[K", stderr);
    regfree(&filter);
    return now.cells;
}
