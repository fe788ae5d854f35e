/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan_checked.c - what the checked build finds out: channels that are not there yet or no more,
 * which a select, a close and a rendezvous would take for a channel.
 */
#define WEIR_CHECKED 1
#include "support/check.h"
#include "support/eventually.h"
#include "support/threads.h"

#include <weir/chan.h>
#include <weir/select.h>

#include <pthread.h>
#include <string.h>

WEIR_CHAN(ints, int)

static void *receive(void *ch) {
    (void)!ints_recv((ints *)ch, NULL);
    return NULL;
}

static ints destroyed(size_t capacity) {
    static ints ch;
    cr_assert_eq(ints_init(&ch, capacity), WEIR_OK);
    ints_destroy(&ch);
    return ch;
}

Test(chan_checked, right_use_passes) {
    for (size_t capacity = 0; capacity < 3; capacity++) {
        ints ch;
        pthread_t thread;
        cr_assert_eq(ints_init(&ch, capacity), WEIR_OK);
        cr_assert_eq(pthread_create(&thread, NULL, receive, &ch), 0);
        cr_assert_eq(ints_send(&ch, 1), WEIR_OK);
        pthread_join(thread, NULL);
        weir_case cases[] = {ints_case_recv(&ch, NULL)};
        cr_assert_eq(weir_try_select(cases, 1), -1);
        cr_assert_eq(ints_close(&ch), WEIR_OK);
        cr_assert_eq(ints_close(&ch), WEIR_CLOSED);
        ints_destroy(&ch);
    }
}

Test(chan_checked, a_select_on_a_zeroed_one_panics, .signal = SIGABRT) {
    ints ch;
    memset((void *)&ch, 0, sizeof ch);
    weir_case cases[] = {ints_case_recv(&ch, NULL)};
    (void)weir_try_select(cases, 1);
}

Test(chan_checked, sending_to_a_zeroed_one_panics, .signal = SIGABRT) {
    ints ch;
    memset((void *)&ch, 0, sizeof ch);
    (void)!ints_try_send(&ch, 1);
}

Test(chan_checked, receiving_from_a_destroyed_one_panics, .signal = SIGABRT) {
    ints ch = destroyed(0);
    (void)!ints_try_recv(&ch, NULL);
}

Test(chan_checked, a_batch_to_a_destroyed_one_panics, .signal = SIGABRT) {
    ints ch = destroyed(2);
    const int value = 1;
    (void)!ints_try_send_n(&ch, &value, 1, NULL);
}

Test(chan_checked, closing_a_destroyed_one_panics, .signal = SIGABRT) {
    ints ch = destroyed(0);
    (void)ints_close(&ch);
}

Test(chan_checked, destroying_twice_panics, .signal = SIGABRT) {
    ints ch = destroyed(1);
    ints_destroy(&ch);
}

static void destroy_under(void *(*waits)(void *), size_t capacity) {
    static ints ch;
    pthread_t thread;
    cr_assert_eq(ints_init(&ch, capacity), WEIR_OK);
    cr_assert_eq(pthread_create(&thread, NULL, waits, &ch), 0);
    cr_assert(EVENTUALLY(weir_i_load(&ch.raw.receivers.word, relaxed) > 1));
    ints_destroy(&ch);
}

Test(chan_checked, destroying_one_in_which_somebody_waits_panics, .signal = SIGABRT) {
    destroy_under(receive, 2);
}

Test(chan_checked, destroying_a_rendezvous_in_which_somebody_waits_panics, .signal = SIGABRT) {
    destroy_under(receive, 0);
}
