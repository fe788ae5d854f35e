/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select_nomem.c - a select of many cases without the memory to wait for them: it looks again and
 * again, and lets others run meanwhile, also if they are tasks of its own thread.
 */
#include <stddef.h>
#include <stdlib.h>

static void *no_memory(size_t size) {
    (void)size;
    return NULL;
}
#define malloc(size) no_memory(size)

#include <weir/chan.h>
#include <weir/select.h>
#undef malloc

#include "support/check.h"
#include "support/coroutines.h"

WEIR_CHAN(ints, int)

enum { MANY = 17 };

static ints first, last;

static void receive_and_answer(void *unused) {
    int came = 0;
    weir_case cases[MANY];
    (void)unused;
    for (int i = 0; i < MANY; i++)
        cases[i] = ints_case_recv(i == MANY - 1 ? &first : NULL, &came);
    if (weir_select(cases, MANY) != MANY - 1)
        abort();
    if (ints_send(&last, came + 1) != WEIR_OK)
        abort();
}

static void send_and_receive(void *came) {
    if (ints_send(&first, 1) != WEIR_OK || ints_recv(&last, (int *)came) != WEIR_OK)
        abort();
}

Test(select_nomem, as_a_task_lets_the_others_of_its_thread_run, .timeout = 20) {
    coroutines *c = coroutines_new(NULL);
    int came = 0;
    cr_assert(ints_init(&first, 1) == WEIR_OK && ints_init(&last, 0) == WEIR_OK);
    coroutines_spawn(c, receive_and_answer, NULL);
    coroutines_spawn(c, send_and_receive, &came);
    coroutines_run(c);
    cr_assert_eq(came, 2);
    coroutines_delete(c);
    ints_destroy(&first);
    ints_destroy(&last);
}

Test(select_nomem, keeps_its_deadline, .timeout = 20) {
    weir_case cases[MANY];
    cr_assert_eq(ints_init(&first, 1), WEIR_OK);
    for (int i = 0; i < MANY; i++)
        cases[i] = ints_case_recv(&first, NULL);
    const weir_time deadline = weir_in(5000000);
    cr_assert_eq(weir_select_until(cases, MANY, deadline), -1);
    cr_assert_geq(weir_now(), deadline);
    ints_destroy(&first);
}
