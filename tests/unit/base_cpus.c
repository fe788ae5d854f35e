/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base_cpus.c - how many processors there are to spin on: affinity and the cgroup's quota.
 */
#define _GNU_SOURCE
#include "support/check.h"

#include <weir/base/cpus.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

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

/* A container's limit stands at the root that it sees, its processes in groups below. */
Test(cpus, the_least_quota_counts_from_the_own_group_up_to_the_root) {
    static const char *const files[][2] = {
        {"cpu.max", "200000 100000\n"}, {"a/cpu.max", "max 100000\n"}, {"a/b/cpu.max", "3 1\n"}};
    char root[] = "cgroup.XXXXXX";
    char path[64];
    cr_assert_not_null(mkdtemp(root));
    cr_assert_eq(chdir(root), 0);
    cr_assert(mkdir("a", 0700) == 0 && mkdir("a/b", 0700) == 0);
    for (int i = 0; i < 3; i++) {
        FILE *file = fopen(files[i][0], "w");
        cr_assert(file && fputs(files[i][1], file) >= 0 && fclose(file) == 0);
    }
    cr_assert_eq(chdir(".."), 0);
    cr_assert_eq(weir_i_cpus_quota_under(root, "/a/b"), 2);
    cr_assert_eq(weir_i_cpus_quota_under(root, "/a"), 2);
    cr_assert_eq(weir_i_cpus_quota_under(root, "/"), 2);
    cr_assert_eq(weir_i_cpus_quota_under("no such place", "/a"), 0);
    for (int i = 3; i-- > 0;) {
        (void)snprintf(path, sizeof path, "%s/%s", root, files[i][0]);
        cr_assert_eq(unlink(path), 0);
        *strrchr(path, '/') = '\0';
        cr_assert_eq(rmdir(path), 0);
    }
}

Test(cpus, what_is_no_quota_is_none) {
    cr_assert_eq(quota_in(""), 0);
    cr_assert_eq(quota_in("-1 100000\n"), 0);
    cr_assert_eq(quota_in("100000\n"), 0);
    cr_assert_eq(quota_in("100000 0\n"), 0);
    cr_assert_eq(weir_i_cpus_quota_of("there is no such file"), 0);
}

static void *ask_pinned(void *one) {
    unsigned *answer = (unsigned *)malloc(sizeof *answer);
    if (sched_setaffinity(0, sizeof(cpu_set_t), (const cpu_set_t *)one) != 0)
        *answer = 0;
    else
        *answer = weir_i_cpus_allowed();
    return answer;
}

/* What defends against: two threads that wait for each other, each pinned to a processor of its
 * own, which never spun because each saw only one. */
Test(cpus, a_pinned_thread_does_not_take_itself_for_the_process) {
    cpu_set_t one;
    pthread_t thread;
    void *answer;
    const unsigned all = weir_i_cpus_allowed();
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    cr_assert_eq(pthread_create(&thread, NULL, ask_pinned, &one), 0);
    cr_assert_eq(pthread_join(thread, &answer), 0);
    cr_assert_eq(*(unsigned *)answer, all);
    free(answer);
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
