/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * weir_pair - one subject's single-thread loop and nothing else, for counting its instructions.
 *
 *   weir_pair                                       lists: role, suite, item, name
 *   weir_pair (pair|batch) SUITE ITEM NAME COUNT    pushes and pops COUNT elements
 */
#include "harness/bench.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum bench_role role_of(const char *name) {
    return strcmp(name, "batch") == 0 ? BENCH_PAIR_N : BENCH_PAIR;
}

/* What is loaded in place of malloc is not in this process; and Go's runtime, with its signals, and
 * callgrind do not get on. */
static int can_be_counted(const bench_subject *one) {
    return !one->preload && strncmp(one->name, "Go ", 3) != 0;
}

static void list(const char *role) {
    for (const bench_subject *const *table = bench_subjects; *table; table++)
        for (const bench_subject *one = *table; one->suite; one++)
            if (one->loop[role_of(role)] && can_be_counted(one))
                printf("%s\t%s\t%u\t%s\n", role, one->suite, one->item, one->name);
}

static int run(const char *role, const char *suite, unsigned item, const char *name,
               uint64_t limit) {
    for (const bench_subject *const *table = bench_subjects; *table; table++)
        for (const bench_subject *one = *table; one->suite; one++)
            if (one->item == item && !strcmp(one->suite, suite) && !strcmp(one->name, name) &&
                one->loop[role_of(role)]) {
                const uint32_t stop = 0;
                bench_turn turn = {.stop = &stop, .limit = limit, .first = 1};
                turn.object = one->create(1024);
                one->loop[role_of(role)](&turn);
                one->destroy(turn.object);
                return turn.done == limit ? 0 : 1;
            }
    fprintf(stderr, "weir_pair: no such subject\n");
    return 1;
}

static void *sleep_on(void *unused) {
    pause();
    return unused;
}

int main(int argc, char **argv) {
    pthread_t other;
    if (argc == 6) {
        /* A C library leaves locked instructions out while a process has one thread only. */
        if (pthread_create(&other, NULL, sleep_on, NULL) != 0)
            return 1;
        return run(argv[1], argv[2], (unsigned)atoi(argv[3]), argv[4], strtoull(argv[5], NULL, 10));
    }
    list("pair");
    list("batch");
    return 0;
}
