/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.c - channels, explored: capacities 0, 1 and 2, starting where the tickets overflow on the
 * way; close, time-outs and destroy in races with all of it.
 */
#include "specs/chan.h"
/* Who spins rests until another has done something: without it more happens at the same time. The
 * programs of select.c spin. */
#define WEIR_SPIN_MOST 0

#include "explore.h"
#include "judge.h"
#include "vacant.h"

#include <weir/chan.h>

WEIR_CHAN(numbers, uint64_t)

static numbers ch;
static numbers *it = &ch;        /* whom the calls below are for */
static unsigned char came[4][8]; /* by receiver: the values in order of arrival */
static unsigned arrived[4];
static unsigned sent[4];     /* by sender: how many went */
static weir_status ended[4]; /* by thread: how its last call ended */

static void start(size_t capacity) {
    explore_check(numbers_init(&ch, capacity) == WEIR_OK);
    if (capacity)
        weir_i_chan_start(&ch.raw, 0 - ch.raw.lap);
    explore_name(&ch, sizeof ch, "ch");
}

/* One copy of each call, so that each of its accesses is one site, which threads share. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY weir_status send_until(uint64_t value, weir_time deadline) {
    return numbers_send_until(it, value, deadline);
}

ONE_COPY weir_status recv_until(uint64_t *value, weir_time deadline) {
    return numbers_recv_until(it, value, deadline);
}

ONE_COPY weir_status try_send_to(numbers *to, uint64_t value) {
    return numbers_try_send(to, value);
}

ONE_COPY weir_status try_recv_from(numbers *from, uint64_t *value) {
    return numbers_try_recv(from, value);
}

static weir_status try_send(uint64_t value) {
    return try_send_to(it, value);
}

static weir_status try_recv(uint64_t *value) {
    return try_recv_from(it, value);
}

ONE_COPY bool closed(void) {
    return numbers_closed(it);
}

ONE_COPY weir_status close_now(void) {
    return numbers_close(it);
}

/* Values are 16 * sender + number. */
static void send_some(unsigned sender, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        ended[sender] = send_until(16 * sender + sent[sender], WEIR_FOREVER);
        if (ended[sender] != WEIR_OK)
            return;
        sent[sender]++;
    }
}

static void recv_some(unsigned receiver, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        uint64_t value;
        ended[receiver] = recv_until(&value, WEIR_FOREVER);
        if (ended[receiver] != WEIR_OK)
            return;
        came[receiver][arrived[receiver]++] = (unsigned char)value;
    }
}

static void send_two(void *sender) {
    send_some((unsigned)(uintptr_t)sender, 2);
}

static void recv_two(void *receiver) {
    recv_some((unsigned)(uintptr_t)receiver, 2);
}

static void send_three(void *sender) {
    send_some((unsigned)(uintptr_t)sender, 3);
}

static void recv_three(void *receiver) {
    recv_some((unsigned)(uintptr_t)receiver, 3);
}

static void recv_all(void *receiver) {
    recv_some((unsigned)(uintptr_t)receiver, 8);
    explore_check(ended[(uintptr_t)receiver] == WEIR_CLOSED);
}

/* What came is what went, once each; at each receiver those of one sender rose. */
static void check_arrivals(void) {
    unsigned total = 0;
    bool seen[64] = {false};
    for (unsigned r = 0; r < 4; r++) {
        int last[4] = {-1, -1, -1, -1};
        for (unsigned i = 0; i < arrived[r]; i++, total++) {
            const unsigned value = came[r][i];
            explore_check(value % 16 < sent[value / 16] && !seen[value]);
            explore_check((int)(value % 16) > last[value / 16]);
            seen[value] = true;
            last[value / 16] = (int)(value % 16);
        }
    }
    explore_check(total == sent[0] + sent[1] + sent[2] + sent[3]);
}

/* Nobody left a trace: with nothing in flight the channel is as new. */
static void finish(size_t capacity) {
    uint64_t value;
    explore_check(numbers_len(&ch) == 0 && !closed());
    explore_check(chan_is_vacant(&ch.raw));
    explore_check(try_recv(&value) == WEIR_AGAIN);
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_send(i) == WEIR_OK);
    explore_check(try_send(0) == WEIR_AGAIN && numbers_len(&ch) == capacity);
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_recv(&value) == WEIR_OK && value == i);
    numbers_destroy(&ch);
}

/* -- everything sent arrives, and nobody sleeps for ever -------------------------------------- */

static void two_to_two(size_t capacity) {
    start(capacity);
    explore_spawn(send_two, (void *)0);
    explore_spawn(send_two, (void *)1);
    explore_spawn(recv_two, (void *)2);
    explore_spawn(recv_two, (void *)3);
    explore_join_all();
    check_arrivals();
    finish(capacity);
}

EXPLORE_PROGRAM(chan_two_to_two_rendezvous) {
    two_to_two(0);
}

EXPLORE_PROGRAM(chan_two_to_two_capacity_1) {
    two_to_two(1);
}

EXPLORE_PROGRAM(chan_two_to_two_capacity_2) {
    two_to_two(2);
}

static void one_to_one(size_t capacity) {
    start(capacity);
    explore_spawn(send_three, (void *)0);
    explore_spawn(recv_three, (void *)1);
    explore_join_all();
    check_arrivals();
    finish(capacity);
}

EXPLORE_PROGRAM(chan_one_to_one_rendezvous) {
    one_to_one(0);
}

/* What does not fit into the seat of who waits goes from variable to variable. */
typedef struct parcel {
    uint64_t words[2];
} parcel;

WEIR_CHAN(parcels, parcel)

static parcels post;

static void send_parcels(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < 2; i++) {
        const parcel sent_now = {{i, i + 8}};
        explore_check(parcels_send(&post, sent_now) == WEIR_OK);
    }
}

EXPLORE_PROGRAM(chan_parcels_at_a_rendezvous) {
    weir_i_chan_seat seat;
    parcel large = {{99, 99}};
    weir_i_chan_seat_init(&seat, &large, WEIR_TIMEOUT);
    explore_check(!weir_i_chan_seat_small(&seat, false, &large, sizeof large));
    explore_check(seat.wish.value == &large);
    if (parcels_init(&post, 0) != WEIR_OK)
        explore_check(false);
    explore_spawn(send_parcels, NULL);
    for (uint64_t i = 0; i < 2; i++) {
        parcel here = {{99, 99}};
        explore_check(parcels_recv(&post, &here) == WEIR_OK);
        explore_check(here.words[0] == i && here.words[1] == i + 8);
    }
    explore_join_all();
    parcels_destroy(&post);
}

/* A receiver that wants no value waits in a seat without one. */
static void recv_and_drop(void *unused) {
    (void)unused;
    explore_check(recv_until(NULL, WEIR_FOREVER) == WEIR_OK);
}

EXPLORE_PROGRAM(chan_dropped_at_a_rendezvous) {
    start(0);
    explore_spawn(recv_and_drop, NULL);
    explore_check(send_until(7, WEIR_FOREVER) == WEIR_OK);
    explore_join_all();
    finish(0);
}

EXPLORE_PROGRAM(chan_one_to_one_capacity_1) {
    one_to_one(1);
}

EXPLORE_PROGRAM(chan_one_to_one_capacity_2) {
    one_to_one(2);
}

/* A receiver that sleeps is woken by the only message there will ever be, and a sender by the only
 * receive: small enough to be searched deeply for a lost wake-up. */
static void one_to_one_single(size_t capacity, unsigned inside) {
    start(capacity);
    for (unsigned i = 0; i < inside; i++)
        send_some(0, 1);
    explore_spawn(inside ? send_two : send_three, (void *)1);
    recv_some(2, 2 + (inside ? 1 : 0));
    explore_join_all();
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_full_sender_is_woken) {
    one_to_one_single(1, 1);
}

static void send_one(void *sender) {
    send_some((unsigned)(uintptr_t)sender, 1);
}

static void recv_one(void *receiver) {
    recv_some((unsigned)(uintptr_t)receiver, 1);
}

EXPLORE_PROGRAM(chan_waiting_receiver_is_woken) {
    start(1);
    explore_spawn(recv_one, (void *)1);
    send_some(0, 1);
    explore_join_all();
    check_arrivals();
    finish(1);
}

EXPLORE_PROGRAM(chan_waiting_sender_is_woken) {
    start(1);
    send_some(0, 1);
    explore_spawn(send_one, (void *)1);
    recv_some(2, 1);
    explore_join_all();
    recv_some(2, 1);
    check_arrivals();
    finish(1);
}

/* Two wait; two messages come from two sides. */
EXPLORE_PROGRAM(chan_two_receivers_two_senders) {
    start(2);
    explore_spawn(recv_one, (void *)0);
    explore_spawn(recv_one, (void *)1);
    explore_spawn(send_one, (void *)2);
    send_some(3, 1);
    explore_join_all();
    check_arrivals();
    finish(2);
}

/* Tries among themselves, and tries that wake who waits. */
static void try_send_three(void *sender) {
    const unsigned me = (unsigned)(uintptr_t)sender;
    while (sent[me] < 3) {
        if (try_send(16 * me + sent[me]) == WEIR_OK)
            sent[me]++;
        else
            weir_i_relax();
    }
}

static void try_recv_three(void *receiver) {
    const unsigned me = (unsigned)(uintptr_t)receiver;
    while (arrived[me] < 3) {
        uint64_t value;
        if (try_recv(&value) == WEIR_OK)
            came[me][arrived[me]++] = (unsigned char)value;
        else
            weir_i_relax();
    }
}

static void tries_and(void (*sends)(void *), void (*receives)(void *), size_t capacity) {
    start(capacity);
    explore_spawn(sends, (void *)0);
    receives((void *)1);
    explore_join_all();
    check_arrivals();
    finish(capacity);
}

EXPLORE_PROGRAM(chan_tries_one_to_one) {
    tries_and(try_send_three, try_recv_three, 1);
}

EXPLORE_PROGRAM(chan_try_send_wakes) {
    tries_and(try_send_three, recv_three, 1);
}

EXPLORE_PROGRAM(chan_try_recv_wakes) {
    tries_and(send_three, try_recv_three, 1);
}

EXPLORE_PROGRAM(chan_try_send_wakes_rendezvous) {
    tries_and(try_send_three, recv_three, 0);
}

EXPLORE_PROGRAM(chan_try_recv_wakes_rendezvous) {
    tries_and(send_three, try_recv_three, 0);
}

/* One message decides whether who waits is woken: by each way to take a ticket. With capacity 1 the
 * first goes the fast path, all others pass the gate and go the slow one. */
static void one_send_wakes(bool try, bool slow) {
    uint64_t value;
    start(1);
    if (slow)
        explore_check(try_send(7) == WEIR_OK && try_recv(&value) == WEIR_OK);
    explore_spawn(recv_one, (void *)1);
    explore_check((try ? try_send(0) : send_until(0, WEIR_FOREVER)) == WEIR_OK);
    sent[0]++;
    explore_join_all();
    check_arrivals();
    finish(1);
}

static void one_recv_wakes(bool try, bool slow) {
    uint64_t value;
    start(1);
    if (slow)
        explore_check(try_send(7) == WEIR_OK && try_recv(&value) == WEIR_OK);
    send_some(0, 1);
    explore_spawn(send_one, (void *)1);
    explore_check((try ? try_recv(&value) : recv_until(&value, WEIR_FOREVER)) == WEIR_OK);
    came[2][arrived[2]++] = (unsigned char)value;
    explore_join_all();
    recv_some(2, 1);
    check_arrivals();
    finish(1);
}

EXPLORE_PROGRAM(chan_one_try_send_wakes) {
    one_send_wakes(true, false);
}

EXPLORE_PROGRAM(chan_one_slow_send_wakes) {
    one_send_wakes(false, true);
}

EXPLORE_PROGRAM(chan_one_try_recv_wakes) {
    one_recv_wakes(true, false);
}

EXPLORE_PROGRAM(chan_one_slow_recv_wakes) {
    one_recv_wakes(false, true);
}

/* What happened before a send is seen behind its receive, and the other way around; and what the
 * receiver of message k did is seen by the sender of message k + capacity. */
static int before_send, before_recv;

static void publish_and_send(void *unused) {
    (void)unused;
    before_send = 1;
    send_some(0, 1);
    send_some(0, 1);
    explore_check(before_recv == 1);
}

EXPLORE_PROGRAM(chan_orders_what_is_around_it_capacity_1) {
    start(1);
    explore_spawn(publish_and_send, NULL);
    before_recv = 1;
    recv_some(1, 1);
    explore_check(before_send == 1);
    recv_some(1, 1);
    explore_join_all();
    finish(1);
}

EXPLORE_PROGRAM(chan_orders_what_is_around_it_rendezvous) {
    start(0);
    explore_spawn(publish_and_send, NULL);
    before_recv = 1;
    recv_some(1, 1);
    explore_check(before_send == 1);
    recv_some(1, 1);
    explore_join_all();
    finish(0);
}

/* -- the line --------------------------------------------------------------------------------- */

static unsigned in_line(bool sending) {
    unsigned n = 0;
    weir_wait_list *line = weir_i_chan_line(&ch.raw, sending);
    weir_wait_list_lock(weir_i_chan_lock_of(&ch.raw, sending));
    for (weir_wait_node *node = weir_wait_list_first(line); node; n++)
        node = weir_wait_list_next(line, node);
    weir_i_chan_unlock(&ch.raw, sending);
    return n;
}

static void until_in_line(bool sending, unsigned n) {
    while (in_line(sending) < n)
        weir_i_relax();
}

/* Receivers are served in the order in which they came, and before one that does not wait. */
static void try_to_overtake(void *unused) {
    uint64_t value;
    (void)unused;
    ended[3] = try_recv(&value);
}

static void receivers_in_order(size_t capacity) {
    start(capacity);
    explore_spawn(recv_one, (void *)1);
    until_in_line(false, 1);
    explore_spawn(recv_one, (void *)2);
    until_in_line(false, 2);
    explore_spawn(try_to_overtake, NULL);
    send_some(0, 2);
    explore_join_all();
    explore_check(arrived[1] == 1 && came[1][0] == 0);
    explore_check(arrived[2] == 1 && came[2][0] == 1);
    explore_check(ended[3] == WEIR_AGAIN);
    finish(capacity);
}

EXPLORE_PROGRAM(chan_receivers_in_order_of_arrival) {
    receivers_in_order(1);
}

EXPLORE_PROGRAM(chan_receivers_in_order_of_arrival_rendezvous) {
    receivers_in_order(0);
}

static void senders_in_order(size_t capacity) {
    start(capacity);
    for (size_t i = 0; i < capacity; i++)
        send_some(0, 1);
    explore_spawn(send_one, (void *)1);
    until_in_line(true, 1);
    explore_spawn(send_one, (void *)2);
    until_in_line(true, 2);
    recv_some(3, 2 + (unsigned)capacity);
    explore_join_all();
    explore_check(came[3][capacity] == 16 && came[3][capacity + 1] == 32);
    finish(capacity);
}

EXPLORE_PROGRAM(chan_senders_in_order_of_arrival) {
    senders_in_order(1);
}

EXPLORE_PROGRAM(chan_senders_in_order_of_arrival_rendezvous) {
    senders_in_order(0);
}

/* A try is not told "full" while a receiver waits, though a message for it is under way; nor
 * "empty" while a sender waits. */
EXPLORE_PROGRAM(chan_try_send_sees_who_waits) {
    start(1);
    explore_spawn(recv_one, (void *)1);
    until_in_line(false, 1);
    explore_spawn(send_one, (void *)0);
    explore_check(try_send(16 * 2) == WEIR_OK);
    sent[2]++;
    explore_join_all();
    recv_some(3, 1);
    check_arrivals();
    finish(1);
}

EXPLORE_PROGRAM(chan_try_recv_sees_who_waits) {
    uint64_t value;
    start(1);
    send_some(0, 1);
    explore_spawn(send_one, (void *)1);
    until_in_line(true, 1);
    explore_spawn(recv_one, (void *)2);
    explore_check(try_recv(&value) == WEIR_OK);
    came[3][arrived[3]++] = (unsigned char)value;
    explore_join_all();
    check_arrivals();
    finish(1);
}

/* Who is about to wait beside a try that makes it needless does not sleep on. */
EXPLORE_PROGRAM(chan_try_send_wakes_who_waits) {
    start(2);
    explore_spawn(recv_one, (void *)1);
    explore_check(try_send(0) == WEIR_OK);
    sent[0]++;
    explore_join_all();
    check_arrivals();
    finish(2);
}

EXPLORE_PROGRAM(chan_try_recv_wakes_who_waits) {
    uint64_t value;
    start(2);
    send_some(0, 2);
    explore_spawn(send_one, (void *)1);
    explore_check(try_recv(&value) == WEIR_OK);
    came[3][arrived[3]++] = (unsigned char)value;
    explore_join_all();
    recv_some(3, 2);
    check_arrivals();
    finish(2);
}

EXPLORE_PROGRAM(chan_tries_meet_all_who_wait) {
    start(0);
    explore_spawn(recv_one, (void *)1);
    explore_spawn(recv_one, (void *)2);
    until_in_line(false, 2);
    explore_check(try_send(0) == WEIR_OK && try_send(1) == WEIR_OK && try_send(2) == WEIR_AGAIN);
    sent[0] = 2;
    explore_join_all();
    check_arrivals();
    finish(0);
}

/* With one in line, a peer inside its copy and somebody who comes: all are served. */
EXPLORE_PROGRAM(chan_line_beside_copies) {
    start(2);
    explore_spawn(recv_two, (void *)0);
    explore_spawn(send_one, (void *)1);
    explore_spawn(send_one, (void *)2);
    send_some(3, 1);
    recv_some(3, 1);
    explore_join_all();
    check_arrivals();
    finish(2);
}

/* -- close ------------------------------------------------------------------------------------ */

static void close_it(void *unused) {
    (void)unused;
    explore_check(close_now() == WEIR_OK);
}

/* What was sent before close comes; who waits is told; who was refused kept the value. */
static void close_beside(size_t capacity) {
    start(capacity);
    explore_spawn(send_two, (void *)0);
    explore_spawn(send_two, (void *)1);
    explore_spawn(recv_all, (void *)2);
    close_it(NULL);
    explore_join_all();
    check_arrivals();
    explore_check(closed() && close_now() == WEIR_CLOSED);
    explore_check(try_send(1) == WEIR_CLOSED && send_until(1, WEIR_NOW) == WEIR_CLOSED);
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_close_beside_send_and_recv_rendezvous) {
    close_beside(0);
}

EXPLORE_PROGRAM(chan_close_beside_send_and_recv_capacity_1) {
    close_beside(1);
}

EXPLORE_PROGRAM(chan_close_beside_send_and_recv_capacity_2) {
    close_beside(2);
}

static void close_wakes(size_t capacity) {
    start(capacity);
    explore_spawn(recv_all, (void *)1);
    explore_spawn(recv_all, (void *)2);
    explore_spawn(close_it, NULL);
    send_some(0, 1);
    explore_join_all();
    check_arrivals();
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_close_wakes_all_receivers) {
    close_wakes(1);
}

EXPLORE_PROGRAM(chan_close_wakes_all_receivers_rendezvous) {
    close_wakes(0);
}

static void close_wakes_senders(size_t capacity) {
    uint64_t value;
    start(capacity);
    for (size_t i = 0; i < capacity; i++)
        send_some(0, 1);
    explore_spawn(send_one, (void *)1);
    explore_spawn(send_one, (void *)2);
    explore_spawn(close_it, NULL);
    explore_join_all();
    explore_check(ended[1] == WEIR_CLOSED && ended[2] == WEIR_CLOSED);
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_recv(&value) == WEIR_OK && value == i);
    explore_check(try_recv(&value) == WEIR_CLOSED &&
                  recv_until(&value, WEIR_FOREVER) == WEIR_CLOSED);
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_close_wakes_all_senders) {
    close_wakes_senders(1);
}

EXPLORE_PROGRAM(chan_close_wakes_all_senders_rendezvous) {
    close_wakes_senders(0);
}

/* Close happens before a receive that says closed. */
static int before_close;

static void write_and_close(void *unused) {
    (void)unused;
    before_close = 1;
    close_it(NULL);
}

static void close_publishes(size_t capacity) {
    uint64_t value;
    weir_status status;
    start(capacity);
    explore_spawn(write_and_close, NULL);
    while ((status = try_recv(&value)) == WEIR_AGAIN)
        weir_i_relax();
    explore_check(status == WEIR_CLOSED && before_close == 1);
    explore_join_all();
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_close_happens_before_its_receive) {
    close_publishes(1);
}

EXPLORE_PROGRAM(chan_close_happens_before_its_receive_rendezvous) {
    close_publishes(0);
}

static void close_publishes_to_senders(size_t capacity) {
    weir_status status;
    start(capacity);
    explore_spawn(write_and_close, NULL);
    while ((status = try_send(1)) != WEIR_CLOSED)
        weir_i_relax();
    explore_check(before_close == 1);
    explore_join_all();
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_close_happens_before_a_refused_send) {
    close_publishes_to_senders(1);
}

EXPLORE_PROGRAM(chan_close_happens_before_a_refused_send_rendezvous) {
    close_publishes_to_senders(0);
}

EXPLORE_PROGRAM(chan_closed_publishes_too) {
    start(1);
    explore_spawn(write_and_close, NULL);
    while (!closed())
        weir_i_relax();
    explore_check(before_close == 1);
    explore_join_all();
    numbers_destroy(&ch);
}

static void close_once(void *thread) {
    ended[(uintptr_t)thread] = close_now();
}

static void close_twice(size_t capacity) {
    start(capacity);
    explore_spawn(close_once, (void *)0);
    explore_spawn(close_once, (void *)1);
    explore_join_all();
    explore_check((ended[0] == WEIR_OK) != (ended[1] == WEIR_OK));
    explore_check(ended[0] == WEIR_CLOSED || ended[1] == WEIR_CLOSED);
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_one_of_two_closes) {
    close_twice(1);
}

EXPLORE_PROGRAM(chan_one_of_two_closes_rendezvous) {
    close_twice(0);
}

/* Two channels closed by two threads: one of the two sees the other's close. */
static numbers second;

static weir_status look_at(numbers *other) {
    return ended[2] ? try_recv_from(other, NULL) : try_send_to(other, 1);
}

static void close_second_and_look(void *unused) {
    (void)unused;
    explore_check(numbers_close(&second) == WEIR_OK);
    ended[1] = look_at(&ch);
}

static void closes_do_not_cross(size_t capacity) {
    start(capacity);
    explore_check(numbers_init(&second, capacity) == WEIR_OK);
    ended[2] = explore_choose(2) ? WEIR_AGAIN : WEIR_OK; /* the same way on both sides */
    explore_spawn(close_second_and_look, NULL);
    close_it(NULL);
    ended[0] = look_at(&second);
    explore_join_all();
    explore_check(ended[0] == WEIR_CLOSED || ended[1] == WEIR_CLOSED);
    explore_check(capacity == 0 || ended[2] || (ended[0] != WEIR_AGAIN && ended[1] != WEIR_AGAIN));
    numbers_destroy(&ch);
    numbers_destroy(&second);
}

EXPLORE_PROGRAM(chan_closes_do_not_cross) {
    closes_do_not_cross(2);
}

EXPLORE_PROGRAM(chan_closes_do_not_cross_capacity_1) {
    closes_do_not_cross(1);
}

EXPLORE_PROGRAM(chan_closes_do_not_cross_rendezvous) {
    closes_do_not_cross(0);
}

static void recv_rest(unsigned receiver) {
    uint64_t value;
    while (try_recv(&value) == WEIR_OK)
        came[receiver][arrived[receiver]++] = (unsigned char)value;
}

/* -- who waits is known ----------------------------------------------------------------------- */

/* With the lock: the flag stands exactly while somebody is in the line of the senders. */
static void check_flag(void) {
    weir_i_chan_lock(&ch.raw, true);
    const uint64_t word =
        weir_i_load(ch.raw.capacity ? &ch.raw.tail : weir_i_chan_met(&ch.raw, true), relaxed);
    const bool waited = weir_i_wait_list_last(&ch.raw.senders) != NULL;
    explore_check(waited == ((word & WEIR_I_CHAN_WAITERS) != 0));
    weir_i_chan_unlock(&ch.raw, true);
}

static void send_shortly(void *unused) {
    (void)unused;
    sent[1] += send_until(16, weir_in(1000)) == WEIR_OK;
    check_flag();
}

static void send_at_last(void *unused) {
    (void)unused;
    send_some(2, 1);
}

static void flag_stands(size_t capacity) {
    start(capacity);
    for (; sent[0] < capacity; sent[0]++)
        explore_check(try_send(sent[0]) == WEIR_OK);
    explore_spawn(send_shortly, NULL);
    explore_spawn(send_at_last, NULL);
    check_flag();
    do
        recv_some(3, 1);
    while (came[3][arrived[3] - 1] != 32);
    check_flag();
    explore_join_all();
    recv_rest(3);
    check_arrivals();
    finish(capacity);
}

EXPLORE_PROGRAM(chan_flag_stands_while_somebody_waits) {
    flag_stands(1);
}

EXPLORE_PROGRAM(chan_flag_stands_while_somebody_waits_rendezvous) {
    flag_stands(0);
}

static bool ready_to_recv(uint64_t *stamp) {
    const weir_case c = numbers_case_recv(&ch, NULL);
    return c.kind->ready(&c, stamp);
}

/* What a select learns by looking at a rendezvous: who came and went meanwhile shows in the stamp,
 * who is leaving is no peer, and a closed channel is ready. */
EXPLORE_PROGRAM(chan_a_look_at_a_rendezvous) {
    uint64_t before;
    uint64_t after;
    weir_i_chan_seat seat;
    start(0);
    explore_check(!ready_to_recv(&before));
    explore_check(send_until(7, weir_in(1000)) == WEIR_TIMEOUT);
    explore_check(!ready_to_recv(&after) && before != after);
    weir_i_chan_seat_init(&seat, &before, WEIR_TIMEOUT);
    weir_i_chan_lock(&ch.raw, true);
    weir_i_chan_enter(&ch.raw, true, &seat.node);
    weir_i_chan_unlock(&ch.raw, true);
    explore_check(ready_to_recv(&after));
    explore_check(weir_waiter_cancel(&seat.waiter) && !ready_to_recv(&after));
    weir_i_chan_lock(&ch.raw, true);
    weir_i_chan_leave(&ch.raw, true, &seat.node);
    weir_i_chan_unlock(&ch.raw, true);
    explore_check(close_now() == WEIR_OK && ready_to_recv(&after));
    numbers_destroy(&ch);
}

/* -- time-outs -------------------------------------------------------------------------------- */

/* Who gave up left no trace, and nothing is lost: what it did not get is for the next. */
static void recv_for_a_while(void *receiver) {
    const unsigned me = (unsigned)(uintptr_t)receiver;
    uint64_t value = 99;
    ended[me] = recv_until(&value, weir_in(1000));
    if (ended[me] == WEIR_OK)
        came[me][arrived[me]++] = (unsigned char)value;
    else
        explore_check(ended[me] == WEIR_TIMEOUT && value == 99);
}

static void send_for_a_while(void *sender) {
    const unsigned me = (unsigned)(uintptr_t)sender;
    ended[me] = send_until(16 * me + sent[me], weir_in(1000));
    explore_check(ended[me] == WEIR_OK || ended[me] == WEIR_TIMEOUT);
    sent[me] += ended[me] == WEIR_OK;
}

static void time_out(size_t capacity) {
    start(capacity);
    explore_spawn(recv_for_a_while, (void *)1);
    explore_spawn(recv_for_a_while, (void *)2);
    explore_spawn(send_for_a_while, (void *)0);
    send_for_a_while((void *)3);
    explore_join_all();
    recv_rest(2);
    check_arrivals();
    finish(capacity);
}

EXPLORE_PROGRAM(chan_time_out_loses_nothing) {
    time_out(1);
}

EXPLORE_PROGRAM(chan_time_out_loses_nothing_rendezvous) {
    time_out(0);
}

/* The first in line gives up while it is served: the next one gets it. */
EXPLORE_PROGRAM(chan_message_goes_past_who_gave_up) {
    start(1);
    explore_spawn(recv_for_a_while, (void *)1);
    explore_spawn(recv_one, (void *)2);
    send_some(0, 1);
    if (explore_choose(2))
        send_some(0, 1);
    else
        send_for_a_while((void *)3);
    explore_join(1);
    if (ended[1] == WEIR_OK && sent[0] + sent[3] < 2)
        send_some(0, 1);
    explore_join_all();
    recv_rest(3);
    check_arrivals();
    finish(1);
}

EXPLORE_PROGRAM(chan_room_goes_past_who_gave_up) {
    start(1);
    send_some(0, 1);
    explore_spawn(send_for_a_while, (void *)1);
    explore_spawn(send_one, (void *)2);
    recv_some(3, 2);
    explore_join_all();
    recv_rest(3);
    check_arrivals();
    finish(1);
}

/* -- life ------------------------------------------------------------------------------------- */

static numbers *heap;

static void start_on_heap(size_t capacity) {
    heap = (numbers *)aligned_alloc(WEIR_CACHE_LINE, sizeof *heap);
    explore_check(heap && numbers_init(heap, capacity) == WEIR_OK);
    it = heap;
}

static void free_heap(void) {
    numbers_destroy(heap);
    free(heap);
}

static void send_to_heap(void *unused) {
    (void)unused;
    explore_check(send_until(7, WEIR_FOREVER) == WEIR_OK);
}

/* Who has got the last message may free the channel, while the send of it is about to return. */
static void free_after_recv(size_t capacity) {
    uint64_t value;
    start_on_heap(capacity);
    explore_spawn(send_to_heap, NULL);
    explore_check(recv_until(&value, WEIR_FOREVER) == WEIR_OK && value == 7);
    free_heap();
    explore_join_all();
}

EXPLORE_PROGRAM(chan_freed_after_the_last_receive) {
    free_after_recv(1);
}

EXPLORE_PROGRAM(chan_freed_after_the_last_receive_rendezvous) {
    free_after_recv(0);
}

/* The same for one that finds its message when it has locked the line: then the sender has seen the
 * lock, and is about to take it. */
EXPLORE_PROGRAM(chan_freed_after_a_receive_under_the_lock) {
    uint64_t value = 0;
    weir_i_ring_claim claim = {NULL, 0};
    weir_i_chan_seat seat;
    start_on_heap(1);
    explore_spawn(send_to_heap, NULL);
    weir_i_chan_seat_init(&seat, &value, WEIR_TIMEOUT);
    weir_i_chan_turn turn;
    while ((turn = weir_i_chan_line_up(&heap->raw, false, &seat, &claim)) == WEIR_I_CHAN_PEER)
        weir_i_relax();
    if (turn == WEIR_I_CHAN_TAKEN)
        weir_i_chan_finish(&heap->raw, false, &value, claim.slot, claim.ticket);
    else
        explore_check(weir_i_waiter_sleep(&seat.waiter, WEIR_FOREVER) == WEIR_OK);
    explore_check(value == 7);
    free_heap();
    explore_join_all();
}

static void recv_from_heap(void *unused) {
    uint64_t value;
    (void)unused;
    explore_check(recv_until(&value, WEIR_FOREVER) == WEIR_OK && value == 7);
}

EXPLORE_PROGRAM(chan_freed_after_the_send_to_a_rendezvous) {
    start_on_heap(0);
    explore_spawn(recv_from_heap, NULL);
    explore_check(send_until(7, WEIR_FOREVER) == WEIR_OK);
    free_heap();
    explore_join_all();
}

static void close_heap(void *unused) {
    (void)unused;
    explore_check(close_now() == WEIR_OK);
}

static void free_after_close(size_t capacity) {
    uint64_t value;
    start_on_heap(capacity);
    explore_spawn(close_heap, NULL);
    explore_check(recv_until(&value, WEIR_FOREVER) == WEIR_CLOSED);
    free_heap();
    explore_join_all();
}

EXPLORE_PROGRAM(chan_freed_after_closed) {
    free_after_close(1);
}

EXPLORE_PROGRAM(chan_freed_after_closed_rendezvous) {
    free_after_close(0);
}

static void send_and_close_heap(void *unused) {
    (void)unused;
    explore_check(send_until(7, WEIR_FOREVER) == WEIR_OK);
    close_heap(NULL);
}

EXPLORE_PROGRAM(chan_freed_after_drained) {
    uint64_t value;
    start_on_heap(1);
    explore_spawn(send_and_close_heap, NULL);
    explore_check(recv_until(&value, WEIR_FOREVER) == WEIR_OK &&
                  recv_until(&value, WEIR_FOREVER) == WEIR_CLOSED);
    free_heap();
    explore_join_all();
}

EXPLORE_PROGRAM(chan_init_without_memory, .alloc_failures = 1) {
    const weir_status status = numbers_init(&ch, 2);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status == WEIR_OK)
        numbers_destroy(&ch);
}

static uint64_t disposed;

static void dispose(uint64_t *left) {
    disposed += *left;
}

static void send_two_never_received(void *unused) {
    (void)unused;
    explore_check(try_send(1) == WEIR_OK && try_send(2) == WEIR_OK);
}

EXPLORE_PROGRAM(chan_destroy_disposes_of_what_others_sent) {
    start(2);
    numbers_set_dispose(&ch, dispose);
    explore_spawn(send_two_never_received, NULL);
    while (numbers_len(&ch) < 2)
        weir_i_relax();
    explore_join_all();
    numbers_destroy(&ch);
    explore_check(disposed == 3);
}

/* -- batches ---------------------------------------------------------------------------------- */

ONE_COPY weir_status send_n(const uint64_t *values, size_t n, size_t *went) {
    return numbers_send_n(&ch, values, n, went);
}

ONE_COPY weir_status recv_n(uint64_t *values, size_t n, size_t *came_in) {
    return numbers_recv_n(&ch, values, n, came_in);
}

static void send_batch(void *sender) {
    const unsigned me = (unsigned)(uintptr_t)sender;
    const uint64_t values[3] = {16 * me, 16 * me + 1, 16 * me + 2};
    size_t went;
    ended[me] = send_n(values, 3, &went);
    sent[me] += (unsigned)went;
}

static void recv_batch(void *receiver) {
    const unsigned me = (unsigned)(uintptr_t)receiver;
    uint64_t values[3];
    size_t n;
    for (unsigned left = 3; left > 0; left -= (unsigned)n) {
        ended[me] = recv_n(values, left, &n);
        for (size_t i = 0; i < n; i++)
            came[me][arrived[me]++] = (unsigned char)values[i];
        if (ended[me] != WEIR_OK)
            return;
    }
}

static void batches(size_t capacity, void (*other_send)(void *), void (*other_recv)(void *)) {
    start(capacity);
    explore_spawn(send_batch, (void *)0);
    explore_spawn(other_send, (void *)1);
    explore_spawn(recv_batch, (void *)2);
    explore_spawn(other_recv, (void *)3);
    explore_join_all();
    check_arrivals();
    finish(capacity);
}

EXPLORE_PROGRAM(chan_batches_capacity_2) {
    batches(2, send_batch, recv_batch);
}

EXPLORE_PROGRAM(chan_batches_and_single_calls) {
    batches(2, send_three, recv_three);
}

EXPLORE_PROGRAM(chan_batches_rendezvous) {
    batches(0, send_three, recv_batch);
}

EXPLORE_PROGRAM(chan_batches_beside_close) {
    start(2);
    explore_spawn(send_batch, (void *)0);
    explore_spawn(recv_all, (void *)1);
    close_it(NULL);
    explore_join_all();
    explore_check(ended[0] == (sent[0] == 3 ? WEIR_OK : WEIR_CLOSED));
    check_arrivals();
    numbers_destroy(&ch);
}

/* -- every history is one of a channel -------------------------------------------------------- */

static void judged_send(uint64_t value, weir_time deadline) {
    judge_begin(deadline == WEIR_NOW ? CHAN_TRY_SELECT : CHAN_SELECT, chan_case_send(0, value));
    const weir_status status = deadline == WEIR_NOW ? try_send(value) : send_until(value, deadline);
    const bool chosen = status == WEIR_OK || status == WEIR_CLOSED;
    judge_end(chosen ? 0 : -1, chosen ? chan_result(status == WEIR_CLOSED, 0) : 0);
}

static void judged_recv(weir_time deadline) {
    uint64_t value = 0;
    judge_begin(deadline == WEIR_NOW ? CHAN_TRY_SELECT : CHAN_SELECT, chan_case_recv(0));
    const weir_status status =
        deadline == WEIR_NOW ? try_recv(&value) : recv_until(&value, deadline);
    const bool chosen = status == WEIR_OK || status == WEIR_CLOSED;
    judge_end(chosen ? 0 : -1, chosen ? chan_result(status == WEIR_CLOSED, value) : 0);
}

static void judged_close(void) {
    judge_begin(CHAN_CLOSE, 0);
    judge_end(close_now() == WEIR_OK, 0);
}

static void try_to_send_and_recv(void *thread) {
    const uint64_t first = 10 * (uintptr_t)thread;
    judged_send(first + 1, WEIR_NOW);
    judged_recv(WEIR_NOW);
    judged_send(first + 2, WEIR_NOW);
}

static void try_to_recv_and_send(void *thread) {
    judged_recv(WEIR_NOW);
    judged_send(10 * (uintptr_t)thread + 1, WEIR_NOW);
    judged_recv(WEIR_NOW);
}

static void judged_tries(size_t capacity) {
    start(capacity);
    judge_start();
    explore_spawn(try_to_send_and_recv, (void *)1);
    explore_spawn(try_to_send_and_recv, (void *)2);
    explore_spawn(try_to_recv_and_send, (void *)3);
    explore_join_all();
    judged_recv(WEIR_NOW);
    judged_recv(WEIR_NOW);
    judge(chan_spec(capacity, 0));
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_tries_are_exact_capacity_1) {
    judged_tries(1);
}

EXPLORE_PROGRAM(chan_tries_are_exact_capacity_2) {
    judged_tries(2);
}

/* Full and empty do not cross: who is told "full" after a send and who is told "empty" after a
 * receive cannot both have missed the other. */
static void send_two_judged(void *unused) {
    (void)unused;
    judged_send(11, WEIR_NOW);
    judged_send(12, WEIR_NOW);
}

static void recv_two_judged(void *unused) {
    (void)unused;
    judged_recv(WEIR_NOW);
    judged_recv(WEIR_NOW);
}

EXPLORE_PROGRAM(chan_full_and_empty_do_not_cross) {
    start(2);
    judge_start();
    judged_send(10, WEIR_NOW);
    explore_spawn(send_two_judged, NULL);
    explore_spawn(recv_two_judged, NULL);
    explore_join_all();
    judge(chan_spec(2, 0));
    numbers_destroy(&ch);
}

/* The same with two channels, each thread changing one and looking at the other. At capacity 1 it
 * is the slot that tells, and not a ticket. */
static weir_status change_one_ask_the_other(numbers *one, numbers *other) {
    uint64_t value;
    if (ended[2]) {
        explore_check(try_recv_from(one, &value) == WEIR_OK);
        return try_send_to(other, 2);
    }
    explore_check(try_send_to(one, 2) == WEIR_OK);
    return try_recv_from(other, &value);
}

static void change_second_ask_first(void *unused) {
    (void)unused;
    ended[1] = change_one_ask_the_other(&second, &ch);
}

static void two_do_not_cross(size_t capacity) {
    start(1);
    explore_check(numbers_init(&second, capacity) == WEIR_OK);
    ended[2] = explore_choose(2) ? WEIR_AGAIN : WEIR_OK; /* the same way on both sides */
    if (ended[2]) {
        explore_check(try_send_to(&ch, 1) == WEIR_OK);
        for (size_t i = 0; i < capacity; i++)
            explore_check(try_send_to(&second, 1) == WEIR_OK);
    }
    explore_spawn(change_second_ask_first, NULL);
    ended[0] = change_one_ask_the_other(&ch, &second);
    explore_join_all();
    explore_check(ended[0] == WEIR_OK || ended[1] == WEIR_OK);
    numbers_destroy(&ch);
    numbers_destroy(&second);
}

EXPLORE_PROGRAM(chan_two_do_not_cross_capacity_1) {
    two_do_not_cross(1);
}

EXPLORE_PROGRAM(chan_two_do_not_cross_capacities_1_and_2) {
    two_do_not_cross(2);
}

static void wait_to_recv(void *unused) {
    (void)unused;
    judged_recv(weir_in(1000));
    judged_recv(WEIR_NOW);
}

static void wait_to_send(void *thread) {
    const uint64_t first = 10 * (uintptr_t)thread;
    judged_send(first + 1, weir_in(1000));
    judged_send(first + 2, WEIR_NOW);
}

static void try_both(void *thread) {
    judged_send(10 * (uintptr_t)thread + 1, WEIR_NOW);
    judged_recv(WEIR_NOW);
}

static void judged_waits(size_t capacity, bool close) {
    start(capacity);
    judge_start();
    explore_spawn(wait_to_recv, NULL);
    explore_spawn(wait_to_send, (void *)1);
    explore_spawn(try_both, (void *)2);
    if (close)
        judged_close();
    else
        judged_send(30, WEIR_NOW);
    explore_join_all();
    judged_recv(WEIR_NOW);
    judge(chan_spec(capacity, 0));
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_waits_are_exact_rendezvous) {
    judged_waits(0, false);
}

EXPLORE_PROGRAM(chan_waits_are_exact_capacity_1) {
    judged_waits(1, false);
}

EXPLORE_PROGRAM(chan_waits_are_exact_beside_close_rendezvous) {
    judged_waits(0, true);
}

EXPLORE_PROGRAM(chan_waits_are_exact_beside_close_capacity_1) {
    judged_waits(1, true);
}

/* Several in line on one side, and tries that must not overlook them. */
static void wait_to_recv_once(void *unused) {
    (void)unused;
    judged_recv(WEIR_FOREVER);
}

static void wait_to_send_once(void *thread) {
    judged_send(10 * (uintptr_t)thread, WEIR_FOREVER);
}

EXPLORE_PROGRAM(chan_receivers_in_line_are_exact) {
    start(1);
    judge_start();
    explore_spawn(wait_to_recv_once, NULL);
    explore_spawn(wait_to_recv_once, NULL);
    explore_spawn(wait_to_send_once, (void *)1);
    judged_send(2, WEIR_FOREVER);
    judged_send(3, WEIR_NOW);
    judged_recv(WEIR_NOW);
    judged_close();
    explore_join_all();
    judge(chan_spec(1, 0));
    numbers_destroy(&ch);
}

EXPLORE_PROGRAM(chan_senders_in_line_are_exact) {
    start(1);
    judge_start();
    judged_send(1, WEIR_NOW);
    explore_spawn(wait_to_send_once, (void *)1);
    explore_spawn(wait_to_send_once, (void *)2);
    explore_spawn(wait_to_recv_once, NULL);
    judged_recv(WEIR_FOREVER);
    judged_recv(WEIR_NOW);
    judged_send(3, WEIR_NOW);
    judged_close();
    explore_join_all();
    judge(chan_spec(1, 0));
    numbers_destroy(&ch);
}

/* -- len -------------------------------------------------------------------------------------- */

static void look(void *unused) {
    (void)unused;
    explore_check(numbers_len(&ch) <= 2);
    explore_check(numbers_len(&ch) <= 2);
}

EXPLORE_PROGRAM(chan_len_stays_within_bounds) {
    uint64_t value;
    start(2);
    explore_spawn(look, NULL);
    for (uint64_t i = 0; i < 4; i++)
        explore_check(try_send(i) == WEIR_OK && try_recv(&value) == WEIR_OK && value == i);
    explore_join_all();
    finish(2);
}

/* -- who is stopped --------------------------------------------------------------------------- */

static void abandon(void) {
    if (!explore_stopped())
        numbers_destroy(&ch);
}

/* What is promised: who is stopped before it has a ticket, or after it has published, holds up
 * nobody. So a call is made in its parts here; the copy between the marks is not stopped. */
static void take_and_be_stopped(bool sending, const char *name) {
    uint64_t value = 3;
    weir_i_ring_claim claim = {NULL, 0};
    explore_begin(name);
    const weir_i_chan_turn turn = weir_i_chan_take(&ch.raw, sending, false, &claim);
    explore_end();
    if (turn != WEIR_I_CHAN_TAKEN)
        return;
    weir_i_chan_finish(&ch.raw, sending, &value, claim.slot, claim.ticket);
}

static void stopped_outside_of_the_copy(void *unused) {
    (void)unused;
    take_and_be_stopped(true, "try_send before its copy");
    take_and_be_stopped(false, "try_recv before its copy");
    explore_begin("len, closed");
    (void)numbers_len(&ch);
    (void)closed();
    explore_end();
}

static void go_on(void *unused) {
    uint64_t value = 0;
    (void)unused;
    for (int i = 0; i < 2; i++) {
        while (try_send(1) != WEIR_OK)
            (void)try_recv(&value);
        while (try_recv(&value) != WEIR_OK)
            (void)try_send(1);
    }
}

EXPLORE_PROGRAM(chan_tries_are_lock_free_but_for_the_copy, .stop = EXPLORE_STOP_PASSES) {
    start(1);
    explore_spawn(stopped_outside_of_the_copy, NULL);
    explore_spawn(go_on, NULL);
    explore_join_all();
    abandon();
}

/* What is not promised: inside the copy it does. */
static void try_send_stopped(void *unused) {
    (void)unused;
    explore_begin("try_send");
    (void)try_send(3);
    explore_end();
}

EXPLORE_PROGRAM(chan_stopped_inside_its_copy_blocks_others, .stop = EXPLORE_STOP_BLOCKS) {
    start(1);
    explore_spawn(try_send_stopped, NULL);
    explore_spawn(go_on, NULL);
    explore_join_all();
    abandon();
}

/* A closer that is stopped holds up no try. */
static void close_stopped(void *unused) {
    (void)unused;
    explore_begin("close");
    (void)close_now();
    explore_end();
}

static void try_until_closed(void *unused) {
    uint64_t value;
    (void)unused;
    for (int i = 0; i < 2; i++) {
        const weir_status status = try_send(1);
        explore_check(status != WEIR_AGAIN);
        explore_check(try_recv(&value) == (status == WEIR_OK ? WEIR_OK : WEIR_CLOSED));
    }
}

EXPLORE_PROGRAM(chan_stopped_closer_holds_up_nobody, .stop = EXPLORE_STOP_PASSES) {
    start(1);
    explore_spawn(close_stopped, NULL);
    explore_spawn(try_until_closed, NULL);
    explore_join_all();
    abandon();
}

/* A rendezvous: tries that find nobody take no lock, and who is stopped in one holds up nobody. */
static void try_alone(void *unused) {
    uint64_t value;
    (void)unused;
    explore_begin("try on a rendezvous where nobody waits");
    (void)try_send(3);
    (void)try_recv(&value);
    explore_end();
}

static void close_and_try(void *unused) {
    uint64_t value;
    (void)unused;
    explore_check(try_send(1) == WEIR_AGAIN && try_recv(&value) == WEIR_AGAIN);
}

EXPLORE_PROGRAM(chan_failing_tries_at_a_rendezvous_hold_up_nobody, .stop = EXPLORE_STOP_PASSES) {
    start(0);
    explore_spawn(try_alone, NULL);
    explore_spawn(close_and_try, NULL);
    explore_join_all();
    abandon();
}

/* What defends against: who served one line let its waiters go, and then went on to the other line
 * of a channel that they had freed. All calls but the server's have returned. */
static weir_status gave_up;
static uint64_t started;

static void send_when_it_is_locked(void *unused) {
    (void)unused;
    while (weir_i_load(&heap->raw.receivers.word, relaxed) == 0)
        weir_i_relax();
    explore_check(numbers_send(heap, 7) == WEIR_OK);
}

static void give_up_behind_it(void *unused) {
    (void)unused;
    while (weir_i_load(&heap->raw.tail, relaxed) == started)
        weir_i_relax();
    gave_up = numbers_send_until(heap, 9, weir_in(1000));
}

EXPLORE_PROGRAM(chan_freed_beside_who_serves_both_lines) {
    uint64_t value;
    start_on_heap(1);
    started = weir_i_load(&heap->raw.tail, relaxed);
    explore_spawn(send_when_it_is_locked, NULL);
    explore_spawn(give_up_behind_it, NULL);
    explore_check(numbers_recv(heap, &value) == WEIR_OK && value == 7);
    explore_join(2);
    if (gave_up != WEIR_TIMEOUT)
        explore_join_all();
    free_heap();
    explore_join_all();
}

#include "stripes.h"

/* -- as cases of a select --------------------------------------------------------------------- */

/* A select that waits in both directions stands in both lines of a rendezvous. Who meets it in the
 * one may free the channel at once: it does not go back to leave the other. */
static void send_or_recv_on_heap(void *unused) {
    const uint64_t value = 7;
    uint64_t out;
    (void)unused;
    weir_case cases[] = {numbers_case_send(heap, &value), numbers_case_recv(heap, &out)};
    explore_check(weir_select(cases, 2) == 0);
}

EXPLORE_PROGRAM(chan_freed_after_the_last_receive_from_a_select) {
    uint64_t value;
    start_on_heap(0);
    explore_spawn(send_or_recv_on_heap, NULL);
    explore_check(recv_until(&value, WEIR_FOREVER) == WEIR_OK && value == 7);
    free_heap();
    explore_join_all();
}

/* The fast path stands in select's attempt once more: what it publishes, takes and looks for. */
static void send_selected(unsigned sender, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        const uint64_t value = 16 * sender + sent[sender];
        weir_case to = numbers_case_send(it, &value);
        explore_check(weir_select(&to, 1) == 0 && to.status == WEIR_OK);
        sent[sender]++;
    }
}

static void recv_selected(unsigned receiver, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        uint64_t value;
        weir_case from = numbers_case_recv(it, &value);
        explore_check(weir_select(&from, 1) == 0 && from.status == WEIR_OK);
        came[receiver][arrived[receiver]++] = (unsigned char)value;
    }
}

static void send_three_selected(void *sender) {
    send_selected((unsigned)(uintptr_t)sender, 3);
}

EXPLORE_PROGRAM(chan_selects_send_and_receive) {
    start(2);
    explore_spawn(send_three_selected, (void *)1);
    recv_selected(0, 3);
    explore_join_all();
    check_arrivals();
    finish(2);
}

EXPLORE_PROGRAM(chan_select_wakes_a_sender_that_waits) {
    start(2);
    send_some(0, 2);
    explore_spawn(send_one, (void *)1);
    recv_selected(0, 3);
    explore_join_all();
    check_arrivals();
    finish(2);
}

EXPLORE_PROGRAM(chan_select_wakes_a_receiver_that_waits) {
    start(2);
    explore_spawn(recv_one, (void *)1);
    send_selected(0, 1);
    explore_join_all();
    check_arrivals();
    finish(2);
}
