/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_cpus.c - how many processors there are to spin on: affinity and the cgroup's quota.
 */
#define _GNU_SOURCE
#include "support/check.h"

#include <weir/base/cpus.h>

#include <stdlib.h>

static unsigned quota_in(const char *text) {
    char path[] = "cpu.max.XXXXXX";
    const int file = mkstemp(path);
    const size_t length = strlen(text);
    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, text, length), (ssize_t)length);
    close(file);
    const unsigned quota = weir_i_cpus_quota_of(path);
    unlink(path);
    return quota;
}

Test(cpus, quota_is_in_whole_processors_rounded_up) {
    cr_assert_eq(quota_in("max 100000\n"), 0);
    cr_assert_eq(quota_in("150000 100000\n"), 2);
    cr_assert_eq(quota_in("100000 100000\n"), 1);
    cr_assert_eq(quota_in("10000 100000\n"), 1);
    cr_assert_eq(quota_in("400000 100000\n"), 4);
}

Test(cpus, what_is_no_quota_is_none) {
    cr_assert_eq(quota_in(""), 0);
    cr_assert_eq(quota_in("-1 100000\n"), 0);
    cr_assert_eq(quota_in("100000\n"), 0);
    cr_assert_eq(quota_in("100000 0\n"), 0);
    cr_assert_eq(weir_i_cpus_quota_of("there is no such file"), 0);
}

Test(cpus, affinity_counts) {
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    cr_assert_eq(weir_i_cpus_allowed(), (unsigned)CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &all)) {
            CPU_SET(cpu, &one);
            break;
        }
    }
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
    cr_assert_eq(weir_i_cpus_allowed(), 1);
    cr_assert_eq(weir_i_cpus_ask(), 1);
    sched_setaffinity(0, sizeof all, &all);
    cr_assert_geq(weir_i_cpus(), 1);
}
