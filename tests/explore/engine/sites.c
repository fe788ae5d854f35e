/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * sites.c - the calls of atomics: which were met, with which orders, and orders weakened on demand.
 *
 * A site is a return address, so copies of an inlined function are told apart. --sites lists them
 * with the orders one step weaker, in the form that --weaken takes; ci/mutants runs through the
 * list.
 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SITES = 1 << 12, NO_ORDER = -1 };

typedef struct site_entry {
    site at;
    uint8_t kind;
    bool met;                          /* by this program */
    bool ever;                         /* by any */
    int8_t success, failure;           /* as the program says */
    int8_t weak_success, weak_failure; /* NO_ORDER: as it is */
} site_entry;

static site_entry sites[SITES];
static unsigned site_count;
extern const void *const tsan_atomics[];
static const char *const order_names[] = {"relaxed", "consume", "acquire",
                                          "release", "acq_rel", "seq_cst"};

static site_entry *site_of(site from) {
    unsigned i = (from * 0x9e3779b9u) >> 20;
    while (sites[i].at != from) {
        if (sites[i].at == 0) {
            if (++site_count > SITES * 3 / 4)
                fail(EXPLORE_MISUSE, from, "more than %d sites", SITES * 3 / 4);
            sites[i] = (site_entry){.at = from,
                                    .success = NO_ORDER,
                                    .failure = NO_ORDER,
                                    .weak_success = NO_ORDER,
                                    .weak_failure = NO_ORDER};
        } else {
            i = (i + 1) % SITES;
        }
    }
    return &sites[i];
}

int site_order(site from, enum site_kind kind, int order) {
    site_entry *s = site_of(from);
    s->kind = (uint8_t)kind;
    s->met = s->ever = true;
    s->success = (int8_t)order;
    return s->weak_success == NO_ORDER ? order : s->weak_success;
}

int site_failure_order(site from, int order) {
    site_entry *s = site_of(from);
    s->failure = (int8_t)order;
    return s->weak_failure == NO_ORDER ? order : s->weak_failure;
}

/* Coverage is counted program by program; weakened orders stay. */
void sites_reset(void) {
    for (unsigned i = 0; i < SITES; i++)
        sites[i].met = false;
}

unsigned sites_covered(void) {
    unsigned n = 0;
    for (unsigned i = 0; i < SITES; i++)
        n += sites[i].met;
    return n;
}

/* -- all sites of the executable: its direct calls of tsan_atomics ---------------------------- */

static bool is_atomic_call(const unsigned char *code) {
    enum { CALL = 0xe8, LENGTH = 5 };
    int32_t distance;
    if (*code != CALL)
        return false;
    memcpy(&distance, code + 1, sizeof distance);
    for (unsigned i = 0; tsan_atomics[i]; i++)
        if ((const char *)code + LENGTH + distance == (const char *)tsan_atomics[i])
            return true;
    return false;
}

/* The first site at or after `code`; 0: none, or, on other machines, unknown. */
static site next_site(const unsigned char *code) {
#ifdef __x86_64__
    extern const unsigned char etext[];
    for (; code + 5 < etext; code++)
        if (is_atomic_call(code))
            return (site)(uintptr_t)code + 5;
#else
    (void)code;
    (void)is_atomic_call;
#endif
    return 0;
}

static site first_site(void) {
    extern const unsigned char __executable_start[];
    return next_site(__executable_start);
}

static site site_after(site s) {
    return next_site((const unsigned char *)(uintptr_t)s);
}

unsigned sites_total(void) {
    static unsigned n;
    for (site s = n ? 0 : first_site(); s; s = site_after(s))
        n++;
    return n;
}

/* After all programs: how many sites they met together, and on demand which not. */
void sites_coverage(bool list) {
    unsigned n = 0;
    for (unsigned i = 0; i < SITES; i++)
        n += sites[i].ever;
    printf("%u of %u sites of atomics were met\n", n, sites_total());
    for (site s = list ? first_site() : 0; s; s = site_after(s))
        symbols_want(s);
    for (site s = list ? first_site() : 0; s; s = site_after(s))
        if (!site_of(s)->ever)
            printf("unmet 0x%x %s, in %s\n", s, site_text(s), site_functions(s));
}

/* -- one step weaker -------------------------------------------------------------------------- */

/* "success=acquire": the orders below `order`, for this kind of access. */
static void print_weaker(const char *which, enum site_kind kind, int order, const char **comma) {
    int weaker[2] = {NO_ORDER, NO_ORDER};
    switch (order) {
    case SEQ_CST:
        weaker[0] = kind == SITE_LOAD ? ACQUIRE : kind == SITE_STORE ? RELEASE : ACQ_REL;
        if (strcmp(which, "failure") == 0)
            weaker[0] = ACQUIRE;
        break;
    case ACQ_REL:
        weaker[0] = ACQUIRE;
        weaker[1] = RELEASE;
        break;
    case ACQUIRE:
    case CONSUME:
    case RELEASE: weaker[0] = RELAXED; break;
    default: break;
    }
    for (int i = 0; i < 2 && weaker[i] != NO_ORDER; i++) {
        printf("%s%s=%s", *comma, which, order_names[weaker[i]]);
        *comma = ",";
    }
}

static int by_address(const void *a, const void *b) {
    const site x = ((const site_entry *)a)->at, y = ((const site_entry *)b)->at;
    return (x > y) - (x < y);
}

void sites_print(void) {
    static const char *const kinds[] = {"load", "store", "modify", "compare", "fence"};
    static site_entry met[SITES];
    unsigned n = 0;
    for (unsigned i = 0; i < SITES; i++)
        if (sites[i].met)
            met[n++] = sites[i];
    qsort(met, n, sizeof *met, by_address);
    for (unsigned i = 0; i < n; i++) {
        const char *comma = "";
        const bool compares = met[i].kind == SITE_COMPARE;
        printf("site 0x%x %s %s %s weaker=", met[i].at, kinds[met[i].kind],
               order_names[met[i].success], compares ? order_names[met[i].failure] : "-");
        print_weaker("success", met[i].kind, met[i].success, &comma);
        if (compares)
            print_weaker("failure", met[i].kind, met[i].failure, &comma);
        printf("%s %s\n", *comma ? "" : "none", site_text(met[i].at));
    }
}

static int order_called(const char *name, size_t length) {
    for (int i = 0; i < 6; i++)
        if (strlen(order_names[i]) == length && strncmp(name, order_names[i], length) == 0)
            return i;
    fprintf(stderr, "explore: no memory order is called %.*s\n", (int)length, name);
    exit(2);
}

/* ADDRESS[,ADDRESS...]:success=ORDER or :failure=ORDER; several, separated by ';'. */
void sites_weaken(const char *list) {
    while (*list) {
        const size_t length = strcspn(list, ";");
        const char *colon = memchr(list, ':', length), *equals = memchr(list, '=', length);
        if (!colon || !equals || equals < colon) {
            fprintf(stderr, "explore: --weaken wants ADDRESS[,ADDRESS]:success|failure=ORDER\n");
            exit(2);
        }
        const int order = order_called(equals + 1, (size_t)(list + length - equals - 1));
        const bool failure = colon[1] == 'f';
        for (const char *at = list; at < colon; at += strcspn(at, ",:") + 1) {
            site_entry *s = site_of((site)strtoul(at, NULL, 16));
            *(failure ? &s->weak_failure : &s->weak_success) = (int8_t)order;
        }
        list += length + (list[length] == ';');
    }
}
