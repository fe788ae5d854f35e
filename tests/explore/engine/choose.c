/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * choose.c - every choice of an execution is made here, recorded here and replayed from here.
 *
 * An execution is a function of its choices: numbers below some n, in the order in which they came
 * up. 0 is always the tame one: stay with the running thread, read the newest store, do not fail.
 * So a string of choices with few that are not 0 is a simple execution, a missing one counts as 0,
 * and the same string means the same under every driver:
 *
 *   random   uniform, but that loads are fresh half of the time and rare things are rare
 *   PCT      threads have random priorities, and the running one loses its at d - 1 random steps:
 *            a bug that needs d ordering decisions shows with probability 1/(n k^(d-1)) or better
 *   search   depth first, with a budget of preemptions, of stale loads and of rare events
 *   replay   a recorded string
 *   bytes    libFuzzer's input: how many zeros, then what, and so on
 *
 * Source: PCT is by Burckhardt and others (ASPLOS 2010), the bounded search by Musuvathi and Qadeer
 * (PLDI 2007).
 */
#include "engine.h"

#include <string.h>

enum { DEEPEST = 6, RARE = 8 };

static uint64_t random_state;
static enum driver driver; /* of this execution */
static unsigned change_points[DEEPEST], change_count, next_change;
static uint8_t order[EXPLORE_THREADS]; /* PCT: threads, the highest priority first */
static unsigned ordered;
static uint32_t usual = 40 * 16; /* sixteen times the steps of an execution, lately */

uint64_t choose_bits(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state >> 11;
}

static unsigned below(unsigned n) {
    return (unsigned)((choose_bits() & 0xffffffff) * n >> 32);
}

/* -- starting an execution -------------------------------------------------------------------- */

/* The earliest change point that is left; each lowers a priority below all given before. */
static void take_change_point(void) {
    unsigned first = 0;
    next_change = UINT32_MAX;
    for (unsigned i = 0; i < change_count; i++) {
        if (change_points[i] >= next_change)
            continue;
        next_change = change_points[i];
        first = i;
    }
    if (change_count > 0)
        change_points[first] = change_points[--change_count];
}

static void start_pct(unsigned depth) {
    driver = BY_PCT;
    change_count = depth - 1 < DEEPEST ? depth - 1 : DEEPEST;
    for (unsigned i = 0; i < change_count; i++)
        change_points[i] = 1 + below(usual / 13);
    ordered = 0;
    take_change_point();
}

void choose_done(void) {
    usual += run.steps - usual / 16;
}

void choose_start(uint64_t execution) {
    random_state = (set.seed + execution) * 0x9e3779b97f4a7c15u + 0x1234567;
    for (int i = 0; i < 3; i++)
        (void)choose_bits();
    driver = set.driver;
    change_count = 0;
    if (driver == BY_MIX && execution % 4 == 3)
        driver = BY_RANDOM;
    else if (driver == BY_MIX || driver == BY_PCT)
        start_pct(set.depth ? set.depth : 2 + (unsigned)(execution % 4));
    run.threads[0].priority = (int)(choose_bits() & 0xffff) + 100;
    run.choices = 0;
    run.hash = 0;
}

/* -- replay, search, bytes -------------------------------------------------------------------- */

static unsigned replayed(unsigned n) {
    const unsigned v = run.choices < set.replay_length ? set.replay[run.choices].value : 0;
    return v < n ? v : n - 1;
}

static choice path[CHOICES]; /* the search's execution so far explored, its last choice advanced */
static uint32_t path_length;

static unsigned searched(unsigned n) {
    const unsigned v = run.choices < path_length ? path[run.choices].value : 0;
    return v < n ? v : n - 1; /* beyond n only if the program is not deterministic */
}

void choose_search_reset(void) {
    path_length = 0;
}

static bool affordable(const unsigned spent[OF_PROGRAM + 1], const choice *c) {
    const unsigned most[] = {set.preemptions, set.stale, set.spurious, set.spurious, 0};
    return c->kind == OF_PROGRAM || !c->costs || spent[c->kind] < most[c->kind];
}

bool choose_next_in_search(void) {
    unsigned spent[OF_PROGRAM + 1] = {0};
    int64_t deepest = -1;
    for (uint32_t i = 0; i < run.choices; i++) {
        const choice *c = &run.made[i];
        if (c->value + 1 < c->count && affordable(spent, c))
            deepest = i;
        spent[c->kind] += c->value != 0 && c->costs;
    }
    if (deepest < 0)
        return false;
    path_length = (uint32_t)deepest + 1;
    memcpy(path, run.made, path_length * sizeof(choice));
    path[deepest].value++;
    return true;
}

/* Bytes come in pairs: a number of zeros, then a value that is not 0. */
static struct {
    size_t used;
    unsigned zeros;
    bool pending;
} bytes;

static unsigned next_byte(void) {
    return bytes.used < set.byte_count ? set.bytes[bytes.used++] : 0;
}

static unsigned from_bytes(unsigned n) {
    if (run.choices == 0)
        memset(&bytes, 0, sizeof bytes);
    if (!bytes.pending) {
        if (bytes.used >= set.byte_count)
            return 0;
        bytes.zeros = next_byte() % 64;
        bytes.pending = true;
    }
    if (bytes.zeros > 0) {
        bytes.zeros--;
        return 0;
    }
    bytes.pending = false;
    return 1 + next_byte() % (n - 1);
}

/* -- choosing --------------------------------------------------------------------------------- */

static unsigned record(unsigned value, unsigned n, enum choice_kind kind, bool costs) {
    if (run.choices < CHOICES)
        run.made[run.choices++] = (choice){(uint8_t)value, (uint8_t)n, (uint8_t)kind, costs};
    run.hash = (run.hash ^ (value + 1)) * 0x9e3779b97f4a7c15u;
    return value;
}

static unsigned at_random(unsigned n, enum choice_kind kind) {
    switch (kind) {
    case OF_STORE: return choose_bits() & 1 ? 0 : below(n);
    case OF_RARE: return below(RARE) ? 0 : below(n);
    default: return below(n);
    }
}

static unsigned decided(unsigned n, enum choice_kind kind) {
    switch (driver) {
    case BY_REPLAY: return replayed(n);
    case BY_SEARCH: return searched(n);
    case BY_BYTES: return from_bytes(n);
    default: return at_random(n, kind);
    }
}

unsigned choose(unsigned n, enum choice_kind kind) {
    if (n > UINT8_MAX)
        n = UINT8_MAX; /* of hundreds of stores the newest */
    if (n < 2 || (sched_fresh() && (kind == OF_STORE || kind == OF_RARE)))
        return 0;
    return record(decided(n, kind), n, kind, kind != OF_PROGRAM);
}

unsigned explore_choose(unsigned n) {
    return choose(n, OF_PROGRAM);
}

/* -- threads ---------------------------------------------------------------------------------- */

/* The menu at a step: the running thread if it can go on, then the others that can, then the
 * sleepers that may rise early, each in order. */
static unsigned nth_thread(uint32_t mask, unsigned n) {
    while (n-- > 0)
        mask &= mask - 1;
    return (unsigned)__builtin_ctz(mask);
}

static unsigned index_in(uint32_t mask, unsigned id) {
    return (unsigned)__builtin_popcount(mask & ((1u << id) - 1));
}

typedef struct menu {
    uint32_t ready, early;
    unsigned own; /* 1: entry 0 is the running thread */
    unsigned ready_count, count;
} menu;

static unsigned menu_thread(const menu *m, unsigned i) {
    if (i < m->own)
        return run.self->id;
    if (i < m->ready_count)
        return nth_thread(m->ready & ~run.self->bit, i - m->own);
    return nth_thread(m->early, i - m->ready_count);
}

static unsigned menu_index(const menu *m, unsigned id) {
    return m->own && id == run.self->id ? 0 : m->own + index_in(m->ready & ~run.self->bit, id);
}

static void order_insert(unsigned id) {
    unsigned i = ordered++;
    for (; i > 0 && run.threads[order[i - 1]].priority < run.threads[id].priority; i--)
        order[i] = order[i - 1];
    order[i] = (uint8_t)id;
}

static void order_again(void) {
    ordered = 0;
    for (unsigned id = 0; id < run.thread_count; id++)
        order_insert(id);
}

static unsigned by_priority(uint32_t ready) {
    if (UNLIKELY(run.steps >= next_change)) {
        run.self->priority = (int)change_count;
        order_again();
        take_change_point();
    }
    while (ordered < run.thread_count)
        order_insert(ordered);
    unsigned i = 0;
    while (!(ready >> order[i] & 1))
        i++;
    return order[i];
}

static unsigned pick(const menu *m) {
    if (driver != BY_PCT && driver != BY_RANDOM)
        return decided(m->count, OF_THREAD);
    if (m->early && below(RARE) == 0)
        return m->ready_count + below(m->count - m->ready_count);
    return driver == BY_PCT ? menu_index(m, by_priority(m->ready)) : below(m->ready_count);
}

unsigned choose_thread(uint32_t ready, uint32_t early) {
    const uint32_t all = ready | early;
    if ((all & (all - 1)) == 0)
        return (unsigned)__builtin_ctz(all);
    menu m = {ready, early, (ready & run.self->bit) != 0, 0, 0};
    m.ready_count = (unsigned)__builtin_popcount(ready);
    m.count = m.ready_count + (unsigned)__builtin_popcount(early);
    const unsigned i = pick(&m);
    /* Leaving a thread that could go on is a preemption; so is an early rising. */
    record(i, m.count, OF_THREAD, m.own || i >= m.ready_count);
    return menu_thread(&m, i);
}
