/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_cpu.c - the number of the processor: it is the right one, by each way to learn it.
 */
#ifdef __linux__
#define _GNU_SOURCE
#include <sched.h>
#endif
#include "support/check.h"
#include "support/threads.h"

#include <weir/base/cpu.h>

#include <string.h>

Test(cpu, there_is_at_least_one) {
    cr_assert_geq(weir_i_cpu_count(), 1);
}

#ifdef __linux__
typedef struct pinned {
    unsigned cpu;
    unsigned fast;
    unsigned asked;
    bool ok;
} pinned;

/* In a thread of its own, since it binds itself to each processor in turn. */
static void visit_all(unsigned me, void *shared) {
    pinned *place = (pinned *)shared;
    cpu_set_t allowed;
    (void)me;
    sched_getaffinity(0, sizeof allowed, &allowed);
    for (unsigned cpu = 0; cpu < 64; cpu++) {
        cpu_set_t one;
        place[cpu].cpu = cpu;
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        place[cpu].ok = sched_setaffinity(0, sizeof one, &one) == 0;
        place[cpu].fast = weir_i_cpu_current(weir_i_cpu_source_probe());
        place[cpu].asked = weir_i_cpu_current(0);
    }
}

Test(cpu, the_number_is_that_of_the_processor) {
    pinned place[64];
    unsigned visited = 0;
    memset(place, 0, sizeof place);
    cr_assert(threads_run(1, visit_all, place));
    for (unsigned cpu = 0; cpu < 64; cpu++) {
        if (!place[cpu].ok)
            continue;
        visited++;
        cr_assert_eq(place[cpu].fast, cpu);
        cr_assert_eq(place[cpu].asked, cpu);
    }
    cr_assert_gt(visited, 0);
}

static void note(unsigned me, void *shared) {
    unsigned *seen = (unsigned *)shared;
    seen[me] = weir_i_cpu_current(weir_i_cpu_source_probe());
}

Test(cpu, threads_see_numbers_that_exist) {
    unsigned seen[32];
    cr_assert(threads_run(32, note, seen));
    for (int i = 0; i < 32; i++)
        cr_assert_lt(seen[i], CPU_SETSIZE);
}
#endif

Test(cpu, a_prefetch_reads_and_writes_nothing) {
    uint64_t word = 7;
    weir_i_prefetch_write(&word);
    weir_i_prefetch_write(NULL);
    cr_assert_eq(word, 7);
}
