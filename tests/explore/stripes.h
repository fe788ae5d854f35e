/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stripes.h - the line of receivers scattered over its stripes (I8 of chan.h), explored. A part of
 * chan.c. Most programs scatter it themselves, where a crowd would have done it.
 */
#include <weir/select.h>

/* A case that stands in the stripe me % 2, whatever it waits for. */
static weir_case *place_of(unsigned me) {
    static weir_case places[64];
    unsigned at = 0;
    for (unsigned taken = 0; taken <= me / 2; at++)
        taken += weir_i_chan_stripe_of(&ch.raw, &places[at]) == &ch.raw.stripes[me % 2].list;
    return &places[at - 1];
}

/* Receives one, by a select, in that stripe. */
static void recv_at(unsigned me, weir_time deadline) {
    uint64_t value;
    weir_case *place = place_of(me);
    *place = numbers_case_recv(it, &value);
    const bool done = weir_select_until(place, 1, deadline) == 0;
    ended[me] = done ? place->status : WEIR_TIMEOUT;
    if (ended[me] == WEIR_OK)
        came[me][arrived[me]++] = (unsigned char)value;
}

static void recv_in_stripe(void *receiver) {
    recv_at((unsigned)(uintptr_t)receiver, WEIR_FOREVER);
}

static void recv_in_stripe_in_time(void *receiver) {
    recv_at((unsigned)(uintptr_t)receiver, weir_in(1000));
}

static void recv_one_in_time(void *receiver) {
    const uintptr_t me = (uintptr_t)receiver;
    uint64_t value;
    ended[me] = recv_until(&value, weir_in(1000));
    if (ended[me] == WEIR_OK)
        came[me][arrived[me]++] = (unsigned char)value;
}

static unsigned in_list(weir_wait_list *list) {
    unsigned n = 0;
    weir_wait_list_lock(list);
    for (weir_wait_node *node = weir_wait_list_first(list); node && node != &ch.raw.mark; n++)
        node = weir_wait_list_next(list, node);
    weir_wait_list_unlock(list);
    return n;
}

/* Until so many receivers wait, in stripes or not. */
static void until_waiting(unsigned n) {
    for (unsigned seen = 0; seen < n;) {
        weir_i_relax();
        seen = in_list(&ch.raw.receivers);
        for (int i = 0; i < WEIR_I_CHAN_STRIPES; i++)
            seen += in_list(&ch.raw.stripes[i].list);
    }
}

static void scatter(void *unused) {
    (void)unused;
    weir_i_chan_scatter(&ch.raw);
}

/* Receiver 1 waits, and the line is scattered. */
static void start_scattered(size_t capacity) {
    start(capacity);
    explore_spawn(recv_in_stripe, (void *)1);
    until_waiting(1);
    scatter(NULL);
    explore_check(weir_i_chan_scattered(&ch.raw));
}

/* That receiver got one message, of that number. */
static void check_got(unsigned receiver, unsigned number) {
    explore_check(arrived[receiver] == 1 && came[receiver][0] == number);
}

/* In order of arrival, in whichever stripes they stand. */
static void stripes_in_order(size_t capacity) {
    const unsigned second = 2 + explore_choose(2); /* in the stripe of the first, or not */
    start_scattered(capacity);
    explore_spawn(recv_in_stripe, (void *)(uintptr_t)second);
    until_waiting(2);
    explore_spawn(recv_in_stripe, (void *)(uintptr_t)(5 - second));
    until_waiting(3);
    send_some(0, 3);
    explore_join_all();
    check_got(1, 0);
    check_got(second, 1);
    check_got(5 - second, 2);
    finish(capacity);
}

EXPLORE_PROGRAM(chan_stripes_are_served_in_order_of_arrival) {
    stripes_in_order(2);
}

EXPLORE_PROGRAM(chan_stripes_are_served_in_order_of_arrival_rendezvous) {
    stripes_in_order(0);
}

/* So are those who stood in the line before. */
EXPLORE_PROGRAM(chan_a_scattered_line_keeps_its_order) {
    const size_t capacity = explore_choose(3);
    start(capacity);
    explore_spawn(recv_in_stripe, (void *)1);
    until_waiting(1);
    explore_spawn(recv_in_stripe, (void *)2);
    until_waiting(2);
    scatter(NULL);
    send_some(0, 2);
    explore_join_all();
    check_got(1, 0);
    check_got(2, 1);
    finish(capacity);
}

/* One enters a stripe, or tries to, while a sender gathers them. */
static void stripes_are_entered(size_t capacity, void (*receiver)(void *)) {
    start_scattered(capacity);
    explore_spawn(receiver, (void *)2);
    send_some(0, 2);
    explore_join_all();
    check_arrivals();
    finish(capacity);
}

EXPLORE_PROGRAM(chan_a_stripe_is_entered_beside_a_sender) {
    stripes_are_entered(1 + explore_choose(2), explore_choose(2) ? recv_in_stripe : recv_one);
}

EXPLORE_PROGRAM(chan_a_stripe_is_entered_beside_a_sender_rendezvous) {
    stripes_are_entered(0, explore_choose(2) ? recv_in_stripe : recv_one);
}

/* The same, when nobody is left in the stripes. */
EXPLORE_PROGRAM(chan_an_empty_stripe_is_entered_beside_a_sender) {
    const size_t capacity = explore_choose(3);
    start(capacity);
    explore_spawn(recv_in_stripe_in_time, (void *)1);
    scatter(NULL);
    explore_join_all();
    explore_spawn(explore_choose(2) ? recv_in_stripe : recv_one, (void *)2);
    send_some(0, 1);
    explore_join_all();
    check_arrivals();
    finish(capacity);
}

/* One leaves a stripe, in which it may no longer stand. */
static void stripes_are_left(size_t capacity, void (*receiver)(void *)) {
    start_scattered(capacity);
    explore_spawn(receiver, (void *)2);
    send_some(0, 1);
    explore_join_all();
    explore_check(arrived[1] + arrived[2] == 1);
    finish(capacity);
}

EXPLORE_PROGRAM(chan_a_stripe_is_left_beside_a_sender) {
    stripes_are_left(explore_choose(3), recv_in_stripe_in_time);
}

EXPLORE_PROGRAM(chan_a_stripe_is_left_beside_a_sender_without_a_select) {
    stripes_are_left(explore_choose(3), recv_one_in_time);
}

/* The line is scattered while receivers enter and leave, and a sender comes. */
static void scattering(size_t capacity, void (*receiver)(void *), unsigned messages) {
    start(capacity);
    explore_spawn(recv_in_stripe, (void *)1);
    explore_spawn(receiver, (void *)2);
    explore_spawn(scatter, NULL);
    send_some(0, messages);
    explore_join(2);
    if (arrived[2])
        send_some(0, 2 - messages);
    explore_join_all();
    check_arrivals();
    finish(capacity);
}

EXPLORE_PROGRAM(chan_is_scattered_beside_a_sender) {
    scattering(1 + explore_choose(2), recv_in_stripe, 2);
}

EXPLORE_PROGRAM(chan_is_scattered_beside_a_sender_rendezvous) {
    scattering(0, recv_in_stripe, 2);
}

EXPLORE_PROGRAM(chan_is_scattered_beside_who_leaves) {
    scattering(explore_choose(3), recv_in_stripe_in_time, 1);
}

EXPLORE_PROGRAM(chan_is_scattered_once) {
    start(explore_choose(3));
    explore_spawn(recv_in_stripe, (void *)1);
    explore_spawn(scatter, NULL);
    explore_spawn(scatter, NULL);
    until_waiting(1);
    send_some(0, 1);
    explore_join_all();
    check_arrivals();
    finish(numbers_capacity(&ch));
}

/* Close tells those in stripes, and those who come. */
static void close_tells_stripes(size_t capacity) {
    start_scattered(capacity);
    explore_spawn(explore_choose(2) ? recv_in_stripe : recv_one, (void *)2);
    explore_check(close_now() == WEIR_OK);
    explore_join_all();
    explore_check(ended[1] == WEIR_CLOSED && ended[2] == WEIR_CLOSED);
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_close_tells_all_stripes) {
    close_tells_stripes(1 + explore_choose(2));
}

EXPLORE_PROGRAM(chan_close_tells_all_stripes_rendezvous) {
    close_tells_stripes(0);
}

/* Selects that want both at a rendezvous meet receivers in stripes, and no two wait for each
 * other's locks. */
static void send_or_recv_until(unsigned me, weir_time deadline) {
    uint64_t value = 0;
    const uint64_t mine = 16 * me;
    weir_case cases[] = {numbers_case_recv(it, &value), numbers_case_send(it, &mine)};
    const int chosen = weir_select_until(cases, 2, deadline);
    if (chosen == 0)
        came[me][arrived[me]++] = (unsigned char)value;
    sent[me] += chosen == 1;
}

static void send_or_recv(void *thread) {
    send_or_recv_until((unsigned)(uintptr_t)thread, WEIR_FOREVER);
}

static void send_or_recv_in_time(void *thread) {
    send_or_recv_until((unsigned)(uintptr_t)thread, weir_in(1000));
}

EXPLORE_PROGRAM(chan_both_directions_meet_a_stripe) {
    start(0);
    explore_spawn(recv_in_stripe, (void *)1);
    explore_spawn(send_or_recv, (void *)2);
    explore_spawn(scatter, NULL);
    explore_join_all();
    check_arrivals();
    finish(0);
}

EXPLORE_PROGRAM(chan_both_directions_leave_beside_a_stripe) {
    start(0);
    explore_spawn(recv_in_stripe, (void *)1);
    explore_spawn(send_or_recv_in_time, (void *)2);
    explore_spawn(scatter, NULL);
    explore_join(2);
    send_some(0, 1 - sent[2]);
    explore_join_all();
    check_arrivals();
    finish(0);
}

EXPLORE_PROGRAM(chan_both_directions_beside_who_gathers) {
    start_scattered(0);
    explore_spawn(send_or_recv, (void *)2);
    explore_spawn(send_one, (void *)0);
    send_or_recv((void *)3);
    explore_join_all();
    check_arrivals();
    finish(0);
}

/* A crowd scatters its line by itself. */
static void come_and_go(void *receiver) {
    ended[2] = WEIR_TIMEOUT;
    for (int i = 0; i < WEIR_I_CHAN_CROWD && ended[2] != WEIR_OK; i++)
        recv_in_stripe_in_time(receiver);
    if (ended[2] != WEIR_OK)
        recv_in_stripe(receiver);
}

EXPLORE_PROGRAM(chan_a_crowd_is_scattered) {
    start(explore_choose(3));
    explore_spawn(recv_in_stripe, (void *)1);
    until_waiting(1);
    explore_spawn(come_and_go, (void *)2);
    while (!weir_i_chan_scattered(&ch.raw))
        weir_i_relax();
    send_some(0, 2);
    explore_join_all();
    check_arrivals();
    finish(numbers_capacity(&ch));
}

/* Whom close has told may free the channel. */
static void scatter_heap(void *unused) {
    (void)unused;
    weir_i_chan_scatter(&heap->raw);
}

EXPLORE_PROGRAM(chan_freed_after_closed_in_stripes) {
    start_on_heap(explore_choose(3));
    uint64_t value;
    weir_case wish = numbers_case_recv(heap, &value);
    explore_spawn(close_heap, NULL);
    explore_spawn(scatter_heap, NULL);
    explore_check(weir_select(&wish, 1) == 0 && wish.status == WEIR_CLOSED);
    explore_join(2);
    free_heap();
    explore_join_all();
}

/* What each call says is what a channel says. */
static void scatter_and_try(void *thread) {
    scatter(thread);
    judged_send(10 * (uintptr_t)thread + 1, WEIR_NOW);
    judged_recv(WEIR_NOW);
}

static void judged_stripes(size_t capacity, bool close) {
    start(capacity);
    judge_start();
    explore_spawn(wait_to_recv, NULL);
    explore_spawn(wait_to_recv, NULL);
    explore_spawn(scatter_and_try, (void *)1);
    if (close)
        judged_close();
    else
        judged_send(30, weir_in(1000));
    explore_join_all();
    judged_recv(WEIR_NOW);
    judge(chan_spec(capacity, 0));
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_stripes_are_exact_rendezvous) {
    judged_stripes(0, explore_choose(2));
}

EXPLORE_PROGRAM(chan_stripes_are_exact) {
    judged_stripes(1 + explore_choose(2), explore_choose(2));
}
