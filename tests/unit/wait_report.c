/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_report.c - the checked build tells who waits for what.
 */
#define _GNU_SOURCE
#define WEIR_CHECKED 1

#include "support/check.h"

#include <weir/wait.h>

#include <sched.h>
#include <string.h>

static weir_event_count opened;
static WEIR_I_ATOMIC(bool) open;

static bool is_open(void *unused) {
    (void)unused;
    return weir_i_load(&open, acquire);
}

static void *wait_at_gate(void *unused) {
    (void)!weir_event_count_await(&opened, is_open, NULL, WEIR_FOREVER);
    return unused;
}

static size_t report(char *text, size_t size) {
    FILE *file = fmemopen(text, size, "w");
    const size_t count = weir_wait_report(file);
    fclose(file);
    return count;
}

Test(wait_report, names_the_thread_the_object_and_the_time, .timeout = 60) {
    pthread_t thread[2];
    char text[1000] = "";
    char wanted[100];
    cr_assert_eq(report(text, sizeof text), 0);
    cr_assert_str_eq(text, "");
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&thread[i], NULL, wait_at_gate, NULL), 0);
        while (report(text, sizeof text) <= (size_t)i)
            sched_yield();
    }
    for (int i = 0; i < 2; i++) {
        snprintf(wanted, sizeof wanted, "weir: thread %#lx waits for an event count (%p) since 0.",
                 (unsigned long)thread[i], (void *)&opened);
        cr_assert_not_null(strstr(text, wanted), "%s", text);
    }
    weir_i_store(&open, true, release);
    weir_event_count_notify_all(&opened);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    cr_assert_eq(report(text, sizeof text), 0);
}
