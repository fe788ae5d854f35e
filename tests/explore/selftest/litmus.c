/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * litmus.c - does the memory model of the explorer allow what C20 allows, and no more?
 *
 * A test is a line of text per thread, steps separated by blanks:
 *   x=1.rlx   store      x.acq   load      x+2.ar   fetch_add      F.sc   fence      M   membarrier
 *   x?5=6.acq compare-exchange, strong, expecting 5; the order is that of both outcomes
 *   x~5=6.acq the same, weak
 * Orders: rlx acq rel ar sc. All start as 0. An outcome is what was read, in the order of the text,
 * thread by thread; then the final values of the locations that `last` names.
 *
 * `must` lists the outcomes that have to be seen; `never` those that C20 forbids; `missed` those
 * that it allows and this model cannot produce. An outcome in no list fails the test, unless must
 * begins with '*'.
 */
#include "explore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

enum { LOCATIONS = 3, READS = 12, SEEN = 64, MOST_THREADS = 4 };

typedef struct litmus {
    const char *threads[MOST_THREADS];
    const char *last, *must, *never, *missed;
} litmus;

static int memory[LOCATIONS][16]; /* x, y, z, on lines of their own */
static int reads[MOST_THREADS][READS];
static unsigned read_counts[MOST_THREADS];
static const litmus *current;

EXPLORE_KEEP static char seen[SEEN][16];
EXPLORE_KEEP static unsigned seen_count;
EXPLORE_KEEP static const litmus *judged;

extern long syscall(long number, ...);

/* -- steps: the order has to be a constant at each call --------------------------------------- */

enum { RLX, ACQ, REL, AR, SC };

#define BY_ORDER(order, CALL)                                                                      \
    switch (order) {                                                                               \
    case ACQ: CALL(__ATOMIC_ACQUIRE); break;                                                       \
    case REL: CALL(__ATOMIC_RELEASE); break;                                                       \
    case AR: CALL(__ATOMIC_ACQ_REL); break;                                                        \
    case SC: CALL(__ATOMIC_SEQ_CST); break;                                                        \
    default: CALL(__ATOMIC_RELAXED); break;                                                        \
    }

static int load(int *p, int order) {
    int v = 0;
    switch (order) {
    case ACQ: v = __atomic_load_n(p, __ATOMIC_ACQUIRE); break;
    case SC: v = __atomic_load_n(p, __ATOMIC_SEQ_CST); break;
    default: v = __atomic_load_n(p, __ATOMIC_RELAXED); break;
    }
    return v;
}

static void store(int *p, int v, int order) {
    switch (order) {
    case REL: __atomic_store_n(p, v, __ATOMIC_RELEASE); break;
    case SC: __atomic_store_n(p, v, __ATOMIC_SEQ_CST); break;
    default: __atomic_store_n(p, v, __ATOMIC_RELAXED); break;
    }
}

static int add(int *p, int v, int order) {
    int old = 0;
#define CALL(o) old = __atomic_fetch_add(p, v, o)
    BY_ORDER(order, CALL)
#undef CALL
    return old;
}

static int exchange_if(int *p, int expected, int desired, bool weak, int order) {
    int was = expected;
    bool done = false;
    switch (order) {
    case ACQ:
        done = weak ? __atomic_compare_exchange_n(p, &was, desired, true, __ATOMIC_ACQUIRE,
                                                  __ATOMIC_ACQUIRE)
                    : __atomic_compare_exchange_n(p, &was, desired, false, __ATOMIC_ACQUIRE,
                                                  __ATOMIC_ACQUIRE);
        break;
    default:
        done = weak ? __atomic_compare_exchange_n(p, &was, desired, true, __ATOMIC_RELAXED,
                                                  __ATOMIC_RELAXED)
                    : __atomic_compare_exchange_n(p, &was, desired, false, __ATOMIC_RELAXED,
                                                  __ATOMIC_RELAXED);
        break;
    }
    return done ? desired : was;
}

static void fence(int order) {
#define CALL(o) __atomic_thread_fence(o)
    BY_ORDER(order, CALL)
#undef CALL
}

static void membarrier(void) {
    enum { EXPEDITED = 1 << 3, REGISTER = 1 << 4 };
    explore_check(syscall(SYS_membarrier, (long)REGISTER, 0L, 0L) == 0);
    explore_check(syscall(SYS_membarrier, (long)EXPEDITED, 0L, 0L) == 0);
}

/* -- the text --------------------------------------------------------------------------------- */

static int order_of(const char *step) {
    static const char *const names[] = {"rlx", "acq", "rel", "ar", "sc"};
    const char *dot = strchr(step, '.');
    for (int i = RLX; dot && i <= SC; i++)
        if (strncmp(dot + 1, names[i], strlen(names[i])) == 0)
            return i;
    return RLX;
}

static void note(unsigned thread, int value) {
    reads[thread][read_counts[thread]++] = value;
}

static void step(unsigned thread, const char *text) {
    const int order = order_of(text);
    int *p = memory[*text - 'x'];
    if (*text == 'F')
        fence(order);
    else if (*text == 'M')
        membarrier();
    else if (text[1] == '=')
        store(p, text[2] - '0', order);
    else if (text[1] == '+')
        note(thread, add(p, text[2] - '0', order));
    else if (text[1] == '?' || text[1] == '~')
        note(thread, exchange_if(p, text[2] - '0', text[4] - '0', text[1] == '~', order));
    else
        note(thread, load(p, order));
}

static void thread_steps(void *argument) {
    const unsigned thread = (unsigned)(uintptr_t)argument;
    for (const char *text = current->threads[thread]; text; text = strchr(text, ' ')) {
        text += *text == ' ';
        step(thread, text);
    }
}

/* -- outcomes --------------------------------------------------------------------------------- */

static bool listed(const char *list, const char *outcome) {
    for (const size_t n = strlen(outcome); list && *list; list += strcspn(list, " ")) {
        list += *list == ' ' || *list == '*';
        if (strncmp(list, outcome, n) == 0 && (list[n] == 0 || list[n] == ' '))
            return true;
    }
    return false;
}

static void remember(const char *outcome) {
    for (unsigned i = 0; i < seen_count; i++)
        if (strcmp(seen[i], outcome) == 0)
            return;
    if (seen_count < SEEN)
        strcpy(seen[seen_count++], outcome);
}

static void run_litmus(const litmus *l) {
    char outcome[16] = "";
    unsigned n = 0;
    current = l;
    if (judged != l) {
        judged = l;
        seen_count = 0;
    }
    for (unsigned i = 0; i < MOST_THREADS && l->threads[i]; i++)
        explore_spawn(thread_steps, (void *)(uintptr_t)i);
    explore_join_all();
    for (unsigned i = 0; i < MOST_THREADS; i++)
        for (unsigned k = 0; k < read_counts[i]; k++)
            outcome[n++] = (char)('0' + reads[i][k]);
    for (const char *p = l->last ? l->last : ""; *p; p++)
        outcome[n++] = (char)('0' + memory[*p - 'x'][0]);
    outcome[n] = 0;
    remember(outcome);
    explore_check(!listed(l->never, outcome));
    explore_check(!listed(l->missed, outcome));
    explore_check(*l->must == '*' || listed(l->must, outcome));
}

static void all_seen(void) {
    bool all = true;
    char outcome[16];
    printf("     must %s", judged->must);
    if (judged->never)
        printf("; never %s", judged->never);
    if (judged->missed)
        printf("; missed %s", judged->missed);
    for (const char *list = judged->must; *list; list += strcspn(list, " ")) {
        list += strspn(list, " *");
        snprintf(outcome, sizeof outcome, "%.*s", (int)strcspn(list, " "), list);
        bool found = !*outcome;
        for (unsigned i = 0; i < seen_count; i++)
            found |= strcmp(seen[i], outcome) == 0;
        if (!found)
            printf("; NOT SEEN: %s", outcome);
        all &= found;
    }
    putchar('\n');
    explore_check(all);
}

#define THREADS(...)                                                                               \
    { __VA_ARGS__ }
#define LITMUS(id, threads_, ...)                                                                  \
    static const litmus id##_litmus = {.threads = threads_, __VA_ARGS__};                          \
    EXPLORE_PROGRAM(id, .finish = all_seen) {                                                      \
        run_litmus(&id##_litmus);                                                                  \
    }

/* -- store buffering: may both miss the other's store? ---------------------------------------- */

LITMUS(sb_rlx, THREADS("x=1.rlx y.rlx", "y=1.rlx x.rlx"), .must = "00 01 10 11")
LITMUS(sb_rel_acq, THREADS("x=1.rel y.acq", "y=1.rel x.acq"), .must = "00 01 10 11")
LITMUS(sb_sc, THREADS("x=1.sc y.sc", "y=1.sc x.sc"), .must = "01 10 11", .never = "00")
LITMUS(sb_sc_stores, THREADS("x=1.sc y.rlx", "y=1.sc x.rlx"), .must = "00 01 10 11")
LITMUS(sb_sc_loads, THREADS("x=1.rlx y.sc", "y=1.rlx x.sc"), .must = "00 01 10 11")
LITMUS(sb_fence_sc, THREADS("x=1.rlx F.sc y.rlx", "y=1.rlx F.sc x.rlx"), .must = "01 10 11",
       .never = "00")
LITMUS(sb_fence_ar, THREADS("x=1.rlx F.ar y.rlx", "y=1.rlx F.ar x.rlx"), .must = "00 01 10 11")
LITMUS(sb_one_fence, THREADS("x=1.rlx F.sc y.rlx", "y=1.rlx x.rlx"), .must = "00 01 10 11")
LITMUS(sb_fence_and_sc, THREADS("x=1.rlx F.sc y.rlx", "y=1.sc x.sc"), .must = "01 10 11",
       .never = "00")
LITMUS(sb_rmw_ar, THREADS("x+1.ar y.acq", "y+1.ar x.acq"), .must = "0000 0001 0100 0101")
LITMUS(sb_rmw_sc, THREADS("x+1.sc y.sc", "y+1.sc x.sc"), .must = "0001 0100 0101", .never = "0000")
LITMUS(sb_membarrier, THREADS("x=1.rlx y.rlx", "y=1.rlx M x.rlx"), .must = "01 10 11",
       .never = "00")

/* -- message passing: who sees y, does he see x? ---------------------------------------------- */

LITMUS(mp_rlx, THREADS("x=1.rlx y=1.rlx", "y.rlx x.rlx"), .must = "00 01 10 11")
LITMUS(mp_rel_acq, THREADS("x=1.rlx y=1.rel", "y.acq x.rlx"), .must = "00 01 11", .never = "10")
LITMUS(mp_rel_rlx, THREADS("x=1.rlx y=1.rel", "y.rlx x.rlx"), .must = "00 01 10 11")
LITMUS(mp_rlx_acq, THREADS("x=1.rlx y=1.rlx", "y.acq x.rlx"), .must = "00 01 10 11")
LITMUS(mp_sc, THREADS("x=1.sc y=1.sc", "y.sc x.sc"), .must = "00 01 11", .never = "10")
LITMUS(mp_fences, THREADS("x=1.rlx F.rel y=1.rlx", "y.rlx F.acq x.rlx"), .must = "00 01 11",
       .never = "10")
LITMUS(mp_fences_sc, THREADS("x=1.rlx F.sc y=1.rlx", "y.rlx F.sc x.rlx"), .must = "00 01 11",
       .never = "10")
LITMUS(mp_fence_load, THREADS("x=1.rlx F.rel y=1.rlx", "y.acq x.rlx"), .must = "00 01 11",
       .never = "10")
LITMUS(mp_store_fence, THREADS("x=1.rlx y=1.rel", "y.rlx F.acq x.rlx"), .must = "00 01 11",
       .never = "10")
LITMUS(mp_fence_alone, THREADS("x=1.rlx F.sc y=1.rlx", "y.rlx x.rlx"), .must = "00 01 10 11")
LITMUS(mp_fence_reader, THREADS("x=1.rlx y=1.rlx", "y.rlx F.sc x.rlx"), .must = "00 01 10 11")
LITMUS(mp_wrong_fences, THREADS("x=1.rlx F.acq y=1.rlx", "y.rlx F.rel x.rlx"),
       .must = "00 01 10 11")
LITMUS(mp_fence_late, THREADS("x=1.rlx y=1.rlx F.rel", "y.rlx F.acq x.rlx"), .must = "00 01 10 11")

/* -- load buffering: needs a load that reads a store of the future ---------------------------- */

LITMUS(lb_rlx, THREADS("x.rlx y=1.rlx", "y.rlx x=1.rlx"), .must = "00 01 10", .missed = "11")
LITMUS(lb_acq, THREADS("x.acq y=1.rlx", "y.acq x=1.rlx"), .must = "00 01 10", .never = "11")
LITMUS(lb_rel, THREADS("x.rlx y=1.rel", "y.rlx x=1.rel"), .must = "00 01 10", .missed = "11")

/* -- coherence: one location ------------------------------------------------------------------ */

LITMUS(corr, THREADS("x=1.rlx x=2.rlx", "x.rlx x.rlx"), .must = "00 01 02 11 12 22",
       .never = "10 20 21")
LITMUS(coww, THREADS("x=1.rlx x=2.rlx"), .last = "x", .must = "2", .never = "1")
LITMUS(cowr, THREADS("x=1.rlx x.rlx", "x=2.rlx"), .must = "1 2", .never = "0")
LITMUS(corw, THREADS("x.rlx x=1.rlx", "x=2.rlx"), .last = "x", .must = "01 02 21",
       .never = "11 12 22")
LITMUS(corr_two, THREADS("x=1.rlx", "x=2.rlx", "x.rlx x.rlx", "x.rlx x.rlx"), .must = "*1212 2121",
       .never = "1221 2112")
LITMUS(cohb, THREADS("x=1.rlx y=1.rel", "y.acq x=2.rlx", "x.rlx x.rlx"), .must = "*112 012",
       .never = "121")
LITMUS(cas_stale, THREADS("x=1.rlx y=1.rlx", "y.rlx x?5=6.rlx"), .must = "00 01 10 11")
LITMUS(cas_fresh, THREADS("x=1.rlx y=1.rel", "y.acq x?5=6.rlx"), .must = "00 01 11", .never = "10")
LITMUS(cas_strong, THREADS("x?0=1.rlx"), .must = "1", .never = "0")
#ifdef __clang__ /* which calls the strong form for the weak one */
LITMUS(cas_weak, THREADS("x~0=1.rlx"), .must = "1", .never = "0")
#else
LITMUS(cas_weak, THREADS("x~0=1.rlx"), .must = "0 1")
#endif
LITMUS(rmw_last, THREADS("x+1.rlx", "x+1.rlx"), .last = "x", .must = "012 102", .never = "001 002")

/* -- more threads ----------------------------------------------------------------------------- */

LITMUS(iriw_acq, THREADS("x=1.rel", "y=1.rel", "x.acq y.acq", "y.acq x.acq"), .must = "*1010")
LITMUS(iriw_sc, THREADS("x=1.sc", "y=1.sc", "x.sc y.sc", "y.sc x.sc"), .must = "*1011 1110 1111",
       .never = "1010")
LITMUS(iriw_sc_loads, THREADS("x=1.rel", "y=1.rel", "x.sc y.sc", "y.sc x.sc"), .must = "*1010")
LITMUS(iriw_fences, THREADS("x=1.rlx", "y=1.rlx", "x.rlx F.sc y.rlx", "y.rlx F.sc x.rlx"),
       .must = "*1011 1110 1111", .never = "1010")
LITMUS(wrc, THREADS("x=1.rlx", "x.rlx y=1.rel", "y.acq x.rlx"), .must = "*100 111 001",
       .never = "110")
LITMUS(wrc_rlx, THREADS("x=1.rlx", "x.rlx y=1.rlx", "y.rlx x.rlx"), .must = "*110")
LITMUS(isa2, THREADS("x=1.rlx y=1.rel", "y.acq z=1.rel", "z.acq x.rlx"), .must = "*111 101",
       .never = "110")
LITMUS(rwc_fences, THREADS("x=1.rlx", "x.rlx F.sc y.rlx", "y=1.rlx F.sc x.rlx"), .must = "*101 110",
       .never = "100")
LITMUS(w_rwc, THREADS("x=1.rlx y=1.rel", "y.acq F.sc z.rlx", "z=1.rlx F.sc x.rlx"),
       .must = "*101 110", .never = "100")
LITMUS(two_writes_rlx, THREADS("x=1.rlx y=2.rlx", "y=1.rlx x=2.rlx"), .last = "xy",
       .must = "12 21 22", .missed = "11")
LITMUS(two_writes_sc, THREADS("x=1.sc y=2.sc", "y=1.sc x=2.sc"), .last = "xy", .must = "12 21 22",
       .never = "11")
LITMUS(r_fences, THREADS("x=1.rlx F.sc y=1.rlx", "y=2.rlx F.sc x.rlx"), .last = "y",
       .must = "01 11 12", .never = "02")
LITMUS(s_rel_acq, THREADS("x=2.rlx y=1.rel", "y.acq x=1.rlx"), .last = "x", .must = "01 02 11",
       .never = "12")
LITMUS(s_rlx, THREADS("x=2.rlx y=1.rlx", "y.rlx x=1.rlx"), .last = "x", .must = "01 02 11",
       .missed = "12")

/* -- release sequences ------------------------------------------------------------------------ */

LITMUS(rs_rmw, THREADS("x=1.rlx y=1.rel", "y+2.rlx", "y.acq x.rlx"),
       .must = "000 001 011 020 021 100 101 111 131", .never = "010 110 130")
LITMUS(rs_own_store, THREADS("x=1.rlx y=1.rel y=2.rlx", "y.acq x.rlx"), .must = "00 01 11 20 21",
       .never = "10")
LITMUS(rs_other_store, THREADS("x=1.rlx y=1.rel", "y=2.rlx", "y.acq x.rlx"), .must = "*20 21 11",
       .never = "10")
LITMUS(rs_fence, THREADS("x=1.rlx F.rel y=1.rlx y=2.rlx", "y.acq x.rlx"), .must = "00 01 11 21",
       .never = "10 20")
LITMUS(rs_rmw_fence, THREADS("x=1.rlx F.rel y=1.rlx", "y+2.rlx", "y.rlx F.acq x.rlx"),
       .must = "000 001 011 020 021 100 101 111 131", .never = "010 110 130")
