/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * main.c - options, the run of each program, and the summary.
 */
#include "engine.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: %s [option...] [program...]\n"
    "  --list               the programs here\n"
    "  --executions N       at most so many of each program (default 20000)\n"
    "  --seconds S          and at most so long each (default 10)\n"
    "  --driver D           mix (default), pct, random, search\n"
    "  --depth D            of PCT: ordering decisions that a bug may need (default: mixed)\n"
    "  --seed N\n"
    "  --preemptions N --stale N --rare N   budgets of the search (default 2, 1, 1)\n"
    "  --replay CHOICES     one execution, told as a story\n"
    "  --html FILE          the story of a failure as a page\n"
    "  --whole              long stories too\n"
    "  --no-minimise        tell the failing execution as it was found\n"
    "  --no-stop            without the stop test\n"
    "  --stop OPERATION:STEP   stop a thread there, by choice\n"
    "  --alloc-fail N       the N-th allocation fails\n"
    "  --patience S         a step may take so long (default 5)\n"
    "  --no-membarrier      membarrier(2) says ENOSYS\n"
    "  --sites              list the sites of atomics, and their orders one step weaker\n"
    "  --weaken LIST        ADDRESS[,ADDRESS]:success|failure=ORDER, several separated by ';'\n";

enum option_code {
    LIST = 256,
    EXECUTIONS,
    SECONDS,
    DRIVER,
    DEPTH,
    SEED,
    PREEMPTIONS,
    STALE,
    RARE_EVENTS,
    REPLAY,
    HTML,
    WHOLE,
    NO_MINIMISE,
    NO_STOP,
    STOP,
    ALLOC_FAIL,
    NO_MEMBARRIER,
    PATIENCE,
    LIST_SITES,
    WEAKEN,
    HELP,
};

static const struct option options[] = {
    {"list", no_argument, NULL, LIST},
    {"executions", required_argument, NULL, EXECUTIONS},
    {"seconds", required_argument, NULL, SECONDS},
    {"driver", required_argument, NULL, DRIVER},
    {"depth", required_argument, NULL, DEPTH},
    {"seed", required_argument, NULL, SEED},
    {"preemptions", required_argument, NULL, PREEMPTIONS},
    {"stale", required_argument, NULL, STALE},
    {"rare", required_argument, NULL, RARE_EVENTS},
    {"replay", required_argument, NULL, REPLAY},
    {"html", required_argument, NULL, HTML},
    {"whole", no_argument, NULL, WHOLE},
    {"no-minimise", no_argument, NULL, NO_MINIMISE},
    {"no-stop", no_argument, NULL, NO_STOP},
    {"stop", required_argument, NULL, STOP},
    {"alloc-fail", required_argument, NULL, ALLOC_FAIL},
    {"patience", required_argument, NULL, PATIENCE},
    {"no-membarrier", no_argument, NULL, NO_MEMBARRIER},
    {"sites", no_argument, NULL, LIST_SITES},
    {"weaken", required_argument, NULL, WEAKEN},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

extern const explore_program *const __start_explore_programs[];
extern const explore_program *const __stop_explore_programs[];

static budget limits = {20000, 10, true};
static bool list_only, list_sites, whole, no_stop;
static const char *html_file, *replay_text, *binary, *weaken_text;

/* -- options ---------------------------------------------------------------------------------- */

static noreturn void bad_usage(void) {
    fprintf(stderr, usage, binary);
    exit(2);
}

static enum driver driver_called(const char *name) {
    static const char *const names[] = {"mix", "pct", "random", "search"};
    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum driver)i;
    bad_usage();
}

static void set_stop(char *text) {
    char *colon = strrchr(text, ':');
    if (!colon)
        bad_usage();
    *colon = 0;
    set.stop_operation = text;
    set.stop_step = (uint32_t)strtoul(colon + 1, NULL, 10);
    no_stop = true;
}

static void set_option(int which) {
    switch (which) {
    case LIST: list_only = true; break;
    case EXECUTIONS: limits.executions = strtoull(optarg, NULL, 10); break;
    case SECONDS: limits.seconds = strtod(optarg, NULL); break;
    case DRIVER: set.driver = driver_called(optarg); break;
    case DEPTH: set.depth = (unsigned)strtoul(optarg, NULL, 10); break;
    case SEED: set.seed = strtoull(optarg, NULL, 10); break;
    case PREEMPTIONS: set.preemptions = (unsigned)strtoul(optarg, NULL, 10); break;
    case STALE: set.stale = (unsigned)strtoul(optarg, NULL, 10); break;
    case RARE_EVENTS: set.spurious = (unsigned)strtoul(optarg, NULL, 10); break;
    case REPLAY: replay_text = optarg; break;
    case HTML: html_file = optarg; break;
    case WHOLE: whole = true; break;
    case NO_MINIMISE: limits.minimise = false; break;
    case NO_STOP: no_stop = true; break;
    case STOP: set_stop(optarg); break;
    case ALLOC_FAIL: set.alloc_fail_at = (unsigned)strtoul(optarg, NULL, 10); break;
    case PATIENCE: set.patience = strtod(optarg, NULL); break;
    case NO_MEMBARRIER: set.no_membarrier = true; break;
    case LIST_SITES: list_sites = true; break;
    case WEAKEN: weaken_text = optarg; break;
    default: bad_usage();
    }
}

static void replay_command(const explore_program *p, const char *choices, char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size, "%s --replay %s", binary, choices);
    if (set.stop_operation && used < size)
        used += (size_t)snprintf(text + used, size - used, " --stop %s:%" PRIu32,
                                 set.stop_operation, set.stop_step);
    if (set.alloc_fail_at && used < size)
        used += (size_t)snprintf(text + used, size - used, " --alloc-fail %u", set.alloc_fail_at);
    if (set.no_membarrier && used < size)
        used += (size_t)snprintf(text + used, size - used, " --no-membarrier");
    if (weaken_text && used < size)
        used += (size_t)snprintf(text + used, size - used, " --weaken '%s'", weaken_text);
    if (used < size)
        snprintf(text + used, size - used, " %s", p->name);
}

/* -- one failure ------------------------------------------------------------------------------ */

static void tell(const explore_program *p, const choice *choices, uint32_t length) {
    static char string[1 << 16], command[(1 << 16) + 1024];
    const settings before = set;
    set.driver = BY_REPLAY;
    set.replay = choices;
    set.replay_length = length;
    trace_reset();
    run.tracing = true;
    (void)run_once(p, 0);
    run.tracing = false;
    set = before;
    choices_print(choices, length, string, sizeof string);
    replay_command(p, string, command, sizeof command);
    story_print(p, stdout, whole);
    printf("again: %s\n", command);
    FILE *out = html_file ? fopen(html_file, "w") : NULL;
    if (out) {
        story_html(p, command, out);
        fclose(out);
    }
}

static void tell_failure(const explore_program *p) {
    static choice choices[CHOICES];
    uint32_t length = run.choices;
    memcpy(choices, run.made, length * sizeof(choice));
    if (limits.minimise)
        minimise(p, choices, &length);
    tell(p, choices, length);
}

static bool replay(const explore_program *p) {
    static choice choices[CHOICES];
    tell(p, choices, choices_parse(replay_text, choices, CHOICES));
    return run.failure.verdict == p->expect;
}

/* -- one program ------------------------------------------------------------------------------ */

static void summary(const explore_program *p, const tally *t, bool passed, explore_verdict v) {
    printf("%-4s %-28s %9" PRIu64 " executions %9" PRIu64 " interleavings %3u/%u sites %6.2f s",
           passed ? "ok" : "FAIL", p->name, t->executions, t->interleavings, sites_covered(),
           sites_total(), t->seconds);
    printf(" %7.0f/s", t->cpu_seconds > 0 ? (double)t->executions / t->cpu_seconds : 0);
    if (t->complete)
        printf(", complete");
    if (v != EXPLORE_PASS || p->expect != EXPLORE_PASS)
        printf(", %s%s", v == p->expect ? "as expected: " : "", verdict_name(v));
    putchar('\n');
    fflush(stdout);
}

/* The last word of a program that keeps statistics. */
static bool finishes(const explore_program *p) {
    explore_program last = *p;
    last.body = p->finish;
    if (!p->finish || run_once(&last, 0) == EXPLORE_PASS)
        return true;
    printf("%s: %s\n", p->name, run.failure.text);
    return false;
}

static bool run_program(const explore_program *p) {
    tally t;
    if (replay_text)
        return replay(p);
    const bool stops = p->stop != EXPLORE_STOP_NONE && !no_stop;
    const budget share = {limits.executions, stops ? limits.seconds / 2 : limits.seconds, true};
    sites_reset();
    const explore_verdict v = explore_many(p, &share, &t);
    bool passed = v == p->expect;
    summary(p, &t, passed, v);
    if (list_sites)
        sites_print();
    if (!passed && v != EXPLORE_PASS) {
        tell_failure(p);
    } else if (passed && !finishes(p)) {
        passed = false;
    } else if (passed && stops) {
        const settings before = set;
        passed = stop_test(p, &share);
        if (!passed && run.failure.verdict != EXPLORE_PASS)
            tell_failure(p);
        set = before;
    }
    fflush(stdout);
    return passed;
}

static bool wanted(const explore_program *p, char **names) {
    if (!*names)
        return true;
    for (; *names; names++)
        if (strcmp(p->name, *names) == 0)
            return true;
    return false;
}

/* The linker's order is not that of the source. */
static int by_line(const void *a, const void *b) {
    const explore_program *const *p = a, *const *q = b;
    return (*p)->line - (*q)->line;
}

static const explore_program **sorted_programs(size_t *count) {
    *count = (size_t)(__stop_explore_programs - __start_explore_programs);
    const explore_program **all = calloc(*count, sizeof *all);
    if (!all)
        abort();
    memcpy(all, __start_explore_programs, *count * sizeof *all);
    qsort(all, *count, sizeof *all, by_line);
    return all;
}

int main(int argc, char **argv) {
    unsigned passed = 0, failed = 0;
    size_t count;
    binary = argv[0];
    for (int which; (which = getopt_long(argc, argv, "", options, NULL)) != -1;)
        set_option(which);
    run_init();
    if (weaken_text)
        sites_weaken(weaken_text);
    const explore_program **all = sorted_programs(&count);
    for (const explore_program **p = all; p < all + count; p++) {
        if (!wanted(*p, argv + optind))
            continue;
        if (list_only)
            puts((*p)->name);
        else if (run_program(*p))
            passed++;
        else
            failed++;
    }
    if (list_only)
        return 0;
    free(all);
    if (!replay_text && !argv[optind])
        sites_coverage(list_sites);
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
