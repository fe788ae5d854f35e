/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.c - select, explored: against plain calls and against selects, over channels of every
 * kind, with close, time-outs and freed channels in the race; and over a waitable that is no
 * channel.
 */
#include "explore.h"
#include "judge.h"
#include "specs/chan.h"
#include "vacant.h"

#include <weir/chan.h>
#include <weir/select.h>

WEIR_CHAN(numbers, uint64_t)

static numbers a, b;
static uint64_t got[4];           /* by thread */
static int chosen[4];             /* by thread */
static weir_status how[4];        /* by thread: the status of the chosen case */
static unsigned sent[4], came[4]; /* by thread: how many */

static void start(size_t capacity) {
    explore_check(numbers_init(&a, capacity) == WEIR_OK && numbers_init(&b, capacity) == WEIR_OK);
    if (capacity) {
        weir_i_chan_start(&a.raw, 0 - a.raw.lap);
        weir_i_chan_start(&b.raw, 0 - b.raw.lap);
    }
    explore_name(&a, sizeof a, "a");
    explore_name(&b, sizeof b, "b");
}

#define ONE_COPY static __attribute__((noinline))

ONE_COPY int select_until(weir_case *cases, size_t n, weir_time deadline) {
    return weir_select_until(cases, n, deadline);
}

ONE_COPY int try_select(weir_case *cases, size_t n) {
    return weir_try_select(cases, n);
}

ONE_COPY weir_status send(numbers *ch, uint64_t value) {
    return numbers_send(ch, value);
}

ONE_COPY weir_status recv(numbers *ch, uint64_t *value) {
    return numbers_recv(ch, value);
}

ONE_COPY weir_status try_send(numbers *ch, uint64_t value) {
    return numbers_try_send(ch, value);
}

ONE_COPY weir_status try_recv(numbers *ch, uint64_t *value) {
    return numbers_try_recv(ch, value);
}

/* Losers left no trace: nobody is in a line, and the channels work as if new. */
static void check_untouched(numbers *ch) {
    uint64_t value;
    explore_check(chan_is_vacant(&ch->raw));
    if (numbers_closed(ch))
        return;
    explore_check(numbers_len(ch) == 0 && try_recv(ch, &value) == WEIR_AGAIN);
    for (size_t i = 0; i < numbers_capacity(ch); i++)
        explore_check(try_send(ch, i) == WEIR_OK);
    explore_check(try_send(ch, 0) == WEIR_AGAIN);
}

static void finish(void) {
    check_untouched(&a);
    check_untouched(&b);
    numbers_destroy(&a);
    numbers_destroy(&b);
}

static void note(unsigned me, int index, const weir_case *cases) {
    chosen[me] = index;
    how[me] = index < 0 ? WEIR_AGAIN : cases[index].status;
}

/* Receives from either; what did not come is untouched. */
static void recv_either_until(unsigned me, weir_time deadline) {
    uint64_t values[2] = {99, 99};
    weir_case cases[] = {numbers_case_recv(&a, &values[0]), numbers_case_recv(&b, &values[1])};
    const int index = select_until(cases, 2, deadline);
    note(me, index, cases);
    if (index >= 0) {
        got[me] = values[index];
        explore_check(values[1 - index] == 99 && cases[1 - index].status == WEIR_AGAIN);
        explore_check((how[me] == WEIR_OK) == (values[index] != 99));
        came[me] += how[me] == WEIR_OK;
    }
}

static void recv_either(void *thread) {
    recv_either_until((unsigned)(uintptr_t)thread, WEIR_FOREVER);
}

static void recv_either_twice(void *thread) {
    recv_either(thread);
    explore_check(got[(uintptr_t)thread] == 1 || got[(uintptr_t)thread] == 2);
    const uint64_t first = got[(uintptr_t)thread];
    recv_either(thread);
    explore_check(got[(uintptr_t)thread] + first == 3);
}

static void send_a(void *value) {
    explore_check(send(&a, (uintptr_t)value) == WEIR_OK);
}

static void send_b(void *value) {
    explore_check(send(&b, (uintptr_t)value) == WEIR_OK);
}

/* -- against plain calls ---------------------------------------------------------------------- */

static void from_two_senders(size_t capacity) {
    start(capacity);
    explore_spawn(send_a, (void *)1);
    explore_spawn(send_b, (void *)2);
    recv_either_twice((void *)0);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(select_from_two_senders_rendezvous) {
    from_two_senders(0);
}

EXPLORE_PROGRAM(select_from_two_senders_capacity_1) {
    from_two_senders(1);
}

static void recv_a(void *thread) {
    explore_check(recv(&a, &got[(uintptr_t)thread]) == WEIR_OK);
}

static void recv_b(void *thread) {
    explore_check(recv(&b, &got[(uintptr_t)thread]) == WEIR_OK);
}

static void send_either_until(unsigned me, uint64_t value, weir_time deadline) {
    weir_case cases[] = {numbers_case_send(&a, &value), numbers_case_send(&b, &value)};
    const int index = select_until(cases, 2, deadline);
    note(me, index, cases);
    sent[me] += index >= 0 && how[me] == WEIR_OK;
}

static void send_either(void *value) {
    send_either_until((unsigned)(uintptr_t)value, (uintptr_t)value, WEIR_FOREVER);
}

static void to_two_receivers(size_t capacity) {
    start(capacity);
    for (size_t i = 0; i < capacity; i++)
        explore_check(try_send(&a, 7) == WEIR_OK && try_send(&b, 7) == WEIR_OK);
    explore_spawn(recv_a, (void *)1);
    explore_spawn(recv_b, (void *)2);
    send_either((void *)3);
    if (capacity == 0)
        explore_check(send(chosen[3] == 0 ? &b : &a, 4) == WEIR_OK);
    explore_join_all();
    if (capacity)
        explore_check(recv(chosen[3] == 0 ? &a : &b, &got[0]) == WEIR_OK && got[0] == 3);
    else
        explore_check(got[1] + got[2] == 7);
    finish();
}

EXPLORE_PROGRAM(select_to_two_receivers_rendezvous) {
    to_two_receivers(0);
}

EXPLORE_PROGRAM(select_to_two_receivers_capacity_1) {
    to_two_receivers(1);
}

/* What stands behind a waiting select is in order with what stands before a send. */
static int before_send;

static void write_and_send(void *unused) {
    (void)unused;
    before_send = 1;
    send_b((void *)2);
}

EXPLORE_PROGRAM(select_orders_what_is_around_it) {
    start(explore_choose(2));
    explore_spawn(write_and_send, NULL);
    recv_either((void *)0);
    explore_check(got[0] == 2 && before_send == 1);
    explore_join_all();
    finish();
}

/* While two wait at it the line of a is scattered over its stripes (I8 of chan.h), then gathered.
 */
static void scatter_a(void *unused) {
    (void)unused;
    weir_i_chan_scatter(&a.raw);
}

static void recv_either_in_time(void *thread) {
    recv_either_until((unsigned)(uintptr_t)thread, weir_in(1000));
}

EXPLORE_PROGRAM(select_enters_and_leaves_lists_that_become_others) {
    start(explore_choose(2));
    explore_spawn(recv_either, (void *)1);
    explore_spawn(recv_either_in_time, (void *)2);
    explore_spawn(scatter_a, NULL);
    send_a((void *)1);
    explore_join(2);
    if (came[2])
        send_a((void *)2);
    explore_join_all();
    explore_check(came[1] == 1);
    finish();
}

/* -- select against select -------------------------------------------------------------------- */

static void send_a_or_recv_b(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    uint64_t value = 10 + me;
    weir_case cases[] = {numbers_case_send(&a, &value), numbers_case_recv(&b, &got[me])};
    note(me, select_until(cases, 2, WEIR_FOREVER), cases);
}

static void recv_a_or_send_b(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    uint64_t value = 10 + me;
    weir_case cases[] = {numbers_case_recv(&a, &got[me]), numbers_case_send(&b, &value)};
    note(me, select_until(cases, 2, WEIR_FOREVER), cases);
}

/* Two that wait for each other at two rendezvous meet at one of them. */
EXPLORE_PROGRAM(select_meets_select) {
    start(0);
    explore_spawn(send_a_or_recv_b, (void *)1);
    recv_a_or_send_b((void *)2);
    explore_join_all();
    explore_check(chosen[1] == chosen[2] && how[1] == WEIR_OK && how[2] == WEIR_OK);
    explore_check(chosen[1] == 0 ? got[2] == 11 : got[1] == 12);
    finish();
}

/* Each sends and receives on the same rendezvous: it never pairs with itself, but with others. */
static void send_or_recv_a(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    uint64_t value = 10 + me;
    weir_case cases[] = {numbers_case_send(&a, &value), numbers_case_recv(&a, &got[me])};
    note(me, select_until(cases, 2, WEIR_FOREVER), cases);
}

EXPLORE_PROGRAM(select_both_directions_meets_its_like) {
    start(0);
    explore_spawn(send_or_recv_a, (void *)1);
    send_or_recv_a((void *)2);
    explore_join_all();
    explore_check(chosen[1] != chosen[2]);
    explore_check(got[chosen[1] == 1 ? 1 : 2] == (chosen[1] == 1 ? 12 : 11));
    finish();
}

/* One that stands on both sides, on one of them for two cases, leaves nobody behind. */
static void recv_from_a(void *unused) {
    uint64_t value;
    (void)unused;
    explore_check(recv(&a, &value) == WEIR_OK && value == 7);
}

EXPLORE_PROGRAM(select_of_three_cases_in_both_directions_leaves_both) {
    uint64_t value = 7;
    uint64_t out[3] = {99, 99, 99};
    start(0);
    explore_spawn(recv_from_a, NULL);
    weir_case cases[] = {numbers_case_send(&a, &value), numbers_case_recv(&a, &out[0]),
                         numbers_case_recv(&a, &out[1]), numbers_case_recv(&b, &out[2])};
    explore_check(select_until(cases, 4, WEIR_FOREVER) == 0);
    explore_check(out[0] == 99 && out[1] == 99 && out[2] == 99);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(select_never_pairs_with_itself) {
    uint64_t value = 1;
    uint64_t out = 99;
    start(0);
    weir_case cases[] = {numbers_case_send(&a, &value), numbers_case_recv(&a, &out)};
    explore_check(try_select(cases, 2) == -1 && select_until(cases, 2, weir_in(1000)) == -1);
    explore_check(out == 99);
    finish();
}

static void to_buffers_and_back(void *thread) {
    recv_a_or_send_b(thread);
}

EXPLORE_PROGRAM(select_meets_select_capacity_1) {
    start(1);
    explore_spawn(send_a_or_recv_b, (void *)1);
    explore_spawn(to_buffers_and_back, (void *)2);
    explore_join_all();
    unsigned left = (unsigned)(numbers_len(&a) + numbers_len(&b));
    explore_check(left == 2 || left == 0);
    numbers_destroy(&a);
    numbers_destroy(&b);
}

/* -- close ------------------------------------------------------------------------------------ */

static void close_a(void *unused) {
    (void)unused;
    explore_check(numbers_close(&a) == WEIR_OK);
}

static void close_wakes(size_t capacity) {
    start(capacity);
    explore_spawn(recv_either, (void *)1);
    explore_spawn(close_a, NULL);
    send_a_or_recv_b((void *)2);
    explore_join_all();
    if (chosen[2] == 0 && how[2] == WEIR_OK && how[1] == WEIR_CLOSED)
        explore_check(try_recv(&a, &got[0]) == WEIR_OK); /* sent, not received: still inside */
    else if (how[1] == WEIR_OK)
        explore_check(how[2] == WEIR_OK && got[1] == 12);
    explore_check(chosen[1] == 0 && chosen[2] == 0);
    explore_check(try_recv(&a, &got[0]) == WEIR_CLOSED);
    finish();
}

EXPLORE_PROGRAM(select_close_wakes_both_directions_rendezvous) {
    close_wakes(0);
}

EXPLORE_PROGRAM(select_close_wakes_both_directions_capacity_1) {
    close_wakes(1);
}

/* A stop channel beside work: many wait, close tells all. */
EXPLORE_PROGRAM(select_stop_channel) {
    start(0);
    explore_spawn(recv_either, (void *)1);
    explore_spawn(recv_either, (void *)2);
    explore_spawn(close_a, NULL);
    recv_either((void *)3);
    explore_join_all();
    for (unsigned i = 1; i < 4; i++)
        explore_check(chosen[i] == 0 && how[i] == WEIR_CLOSED && got[i] == 99);
    finish();
}

/* -- time-outs -------------------------------------------------------------------------------- */

static void recv_either_for_a_while(void *thread) {
    recv_either_until((unsigned)(uintptr_t)thread, weir_in(1000));
}

static void time_out(size_t capacity) {
    uint64_t value;
    start(capacity);
    explore_spawn(recv_either_for_a_while, (void *)1);
    explore_spawn(recv_either_for_a_while, (void *)2);
    send_either_until(3, 3, weir_in(1000));
    explore_join_all();
    while (try_recv(&a, &value) == WEIR_OK || try_recv(&b, &value) == WEIR_OK)
        came[0]++;
    explore_check(came[0] + came[1] + came[2] == sent[3]);
    finish();
}

EXPLORE_PROGRAM(select_time_out_loses_nothing_rendezvous) {
    time_out(0);
}

EXPLORE_PROGRAM(select_time_out_loses_nothing_capacity_1) {
    time_out(1);
}

/* -- nothing ready means: at one instant ------------------------------------------------------ */

/* From Go's TestNonblockSelectRace: at every instant one of the two is ready. */
static void try_either(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    weir_case cases[] = {numbers_case_recv(&a, &got[me]), numbers_case_recv(&b, &got[me])};
    note(me, try_select(cases, 2), cases);
}

EXPLORE_PROGRAM(select_try_sees_one_of_two) {
    start(1);
    explore_check(try_send(&a, 1) == WEIR_OK);
    explore_spawn(try_either, (void *)1);
    explore_check(try_send(&b, 1) == WEIR_OK);
    (void)try_recv(&a, &got[0]);
    explore_join_all();
    explore_check(chosen[1] >= 0);
    numbers_destroy(&a);
    numbers_destroy(&b);
}

/* The same with close: b is closed before a is emptied. */
EXPLORE_PROGRAM(select_try_sees_one_of_two_closed) {
    start(1);
    explore_check(try_send(&a, 1) == WEIR_OK);
    explore_spawn(try_either, (void *)1);
    explore_check(numbers_close(&b) == WEIR_OK);
    (void)try_recv(&a, &got[0]);
    explore_join_all();
    explore_check(chosen[1] >= 0);
    numbers_destroy(&a);
    numbers_destroy(&b);
}

/* The same with room: a is full until b is. */
static void try_to_send_either(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    uint64_t value = 5;
    weir_case cases[] = {numbers_case_send(&a, &value), numbers_case_send(&b, &value)};
    note(me, try_select(cases, 2), cases);
}

EXPLORE_PROGRAM(select_try_sees_room_in_one_of_two) {
    start(1);
    explore_check(try_send(&a, 1) == WEIR_OK);
    explore_spawn(try_to_send_either, (void *)1);
    explore_check(try_recv(&a, &got[0]) == WEIR_OK);
    (void)try_send(&b, 1);
    explore_join_all();
    explore_check(chosen[1] >= 0);
    numbers_destroy(&a);
    numbers_destroy(&b);
}

/* -- every history is one of channels --------------------------------------------------------- */

static void judged_select(const uint64_t *packed, unsigned n, weir_time deadline) {
    uint64_t out = 0;
    uint64_t values[4];
    uint64_t argument = 0;
    weir_case cases[4];
    for (unsigned i = 0; i < n; i++) {
        numbers *ch = packed[i] >> 9 & 1 ? &b : &a;
        values[i] = packed[i] & 0xff;
        cases[i] =
            packed[i] & 0x100 ? numbers_case_send(ch, &values[i]) : numbers_case_recv(ch, &out);
        argument = chan_cases(argument, i, packed[i]);
    }
    judge_begin(deadline == WEIR_NOW ? CHAN_TRY_SELECT : CHAN_SELECT, argument);
    const int index =
        deadline == WEIR_NOW ? try_select(cases, n) : select_until(cases, n, deadline);
    judge_end(index, index < 0 ? 0 : chan_result(cases[index].status == WEIR_CLOSED, out));
}

static void judged_close(unsigned channel) {
    judge_begin(CHAN_CLOSE, channel);
    judge_end(numbers_close(channel ? &b : &a) == WEIR_OK, 0);
}

static void judged_recv_either(weir_time deadline) {
    const uint64_t cases[2] = {chan_case_recv(0), chan_case_recv(1)};
    judged_select(cases, 2, deadline);
}

static void judged_cross(uint64_t value, weir_time deadline) {
    const uint64_t cases[2] = {chan_case_send(0, value), chan_case_recv(1)};
    judged_select(cases, 2, deadline);
}

static void judged_one(uint64_t one, weir_time deadline) {
    judged_select(&one, 1, deadline);
}

static void try_either_twice(void *unused) {
    (void)unused;
    judged_recv_either(WEIR_NOW);
    judged_recv_either(WEIR_NOW);
}

static void move_around(void *thread) {
    const uint64_t value = 10 * (uintptr_t)thread;
    judged_one(chan_case_send(1, value), WEIR_NOW);
    judged_one(chan_case_recv(0), WEIR_NOW);
    judged_one(chan_case_send(0, value + 1), WEIR_NOW);
}

EXPLORE_PROGRAM(select_tries_are_exact) {
    start(1);
    judge_start();
    judged_one(chan_case_send(0, 1), WEIR_NOW);
    explore_spawn(try_either_twice, NULL);
    explore_spawn(move_around, (void *)1);
    explore_spawn(move_around, (void *)2);
    explore_join_all();
    judge(chan_spec(1, 1));
    numbers_destroy(&a);
    numbers_destroy(&b);
}

/* A case that is not ready, then is, then is not, tells by its stamp that it was. */
static void stamps_differ(size_t capacity, bool sending) {
    uint64_t value = 1;
    uint64_t before;
    uint64_t after;
    start(capacity);
    for (size_t i = 0; sending && i < capacity; i++)
        explore_check(try_send(&a, i) == WEIR_OK);
    weir_case c = sending ? numbers_case_send(&a, &value) : numbers_case_recv(&a, &value);
    explore_check(!c.kind->ready(&c, &before));
    if (sending)
        explore_check(try_recv(&a, &value) == WEIR_OK && try_send(&a, 7) == WEIR_OK);
    else
        explore_check(try_send(&a, 7) == WEIR_OK && try_recv(&a, &value) == WEIR_OK);
    explore_check(!c.kind->ready(&c, &after) && before != after);
    numbers_destroy(&a);
    numbers_destroy(&b);
}

EXPLORE_PROGRAM(select_stamps_tell_what_was) {
    for (size_t capacity = 1; capacity < 3; capacity++) {
        stamps_differ(capacity, false);
        stamps_differ(capacity, true);
    }
}

/* A closer that is stopped holds up no try of a select, though it has said that it begins. */
static void close_stopped(void *unused) {
    (void)unused;
    explore_begin("close");
    (void)numbers_close(&a);
    explore_end();
}

static void try_both_twice(void *unused) {
    uint64_t value;
    (void)unused;
    for (int i = 0; i < 2; i++) {
        weir_case cases[] = {numbers_case_recv(&a, &value), numbers_case_recv(&b, &value)};
        const int chosen = try_select(cases, 2);
        explore_check(chosen < 0 || (chosen == 0 && cases[0].status == WEIR_CLOSED));
    }
}

EXPLORE_PROGRAM(select_stopped_closer_holds_up_no_try, .stop = EXPLORE_STOP_PASSES) {
    start(1);
    explore_spawn(close_stopped, NULL);
    explore_spawn(try_both_twice, NULL);
    explore_join_all();
    if (explore_stopped())
        return;
    numbers_destroy(&a);
    numbers_destroy(&b);
}

static void wait_either(void *unused) {
    (void)unused;
    judged_recv_either(weir_in(1000));
}

static void wait_cross(void *thread) {
    judged_cross(10 * (uintptr_t)thread, weir_in(1000));
}

static void judged_waits(size_t capacity, unsigned close) {
    start(capacity);
    judge_start();
    explore_spawn(wait_either, NULL);
    explore_spawn(wait_cross, (void *)1);
    explore_spawn(wait_cross, (void *)2);
    if (close)
        judged_close(explore_choose(2));
    else
        judged_one(chan_case_send(1, 3), WEIR_NOW);
    judged_recv_either(WEIR_NOW);
    explore_join_all();
    judge(chan_spec(capacity, capacity));
    numbers_destroy(&a);
    numbers_destroy(&b);
}

EXPLORE_PROGRAM(select_waits_are_exact_rendezvous) {
    judged_waits(0, 0);
}

EXPLORE_PROGRAM(select_waits_are_exact_capacity_1) {
    judged_waits(1, 0);
}

EXPLORE_PROGRAM(select_waits_are_exact_beside_close_rendezvous) {
    judged_waits(0, 1);
}

EXPLORE_PROGRAM(select_waits_are_exact_beside_close_capacity_1) {
    judged_waits(1, 1);
}

/* -- life ------------------------------------------------------------------------------------- */

static numbers *heap;

static void send_and_free(void *unused) {
    (void)unused;
    explore_check(send(heap, 7) == WEIR_OK);
    numbers_destroy(heap);
    free(heap);
}

/* The sender to a rendezvous frees it as soon as its send has returned: a select that was its peer
 * does not go back to it. */
EXPLORE_PROGRAM(select_does_not_touch_what_it_chose_again) {
    uint64_t values[2];
    start(0);
    heap = (numbers *)aligned_alloc(WEIR_CACHE_LINE, sizeof *heap);
    explore_check(heap && numbers_init(heap, 0) == WEIR_OK);
    explore_spawn(send_and_free, NULL);
    weir_case cases[] = {numbers_case_recv(heap, &values[0]), numbers_case_recv(&b, &values[1])};
    explore_check(select_until(cases, 2, WEIR_FOREVER) == 0 && values[0] == 7);
    explore_join_all();
    finish();
}

/* What defends against: a select with a channel in several of its cases had a node for each, and
 * went back to the channel to take out those that had not won, while the peer that it had met freed
 * it. */
static void open_heap(size_t capacity) {
    start(0);
    heap = (numbers *)aligned_alloc(WEIR_CACHE_LINE, sizeof *heap);
    explore_check(heap && numbers_init(heap, capacity) == WEIR_OK);
}

static void free_heap(void) {
    numbers_destroy(heap);
    free(heap);
}

static void recv_and_free(void *unused) {
    uint64_t value = 0;
    (void)unused;
    while (value < 7)
        explore_check(recv(heap, &value) == WEIR_OK);
    explore_check(value == 7 || value == 8);
    free_heap();
}

EXPLORE_PROGRAM(select_recv_twice_does_not_go_back_to_a_rendezvous) {
    uint64_t values[2] = {99, 99};
    open_heap(0);
    explore_spawn(send_and_free, NULL);
    weir_case cases[] = {numbers_case_recv(heap, &values[0]), numbers_case_recv(heap, &values[1]),
                         numbers_case_recv(&b, &got[0])};
    const int index = select_until(cases, 3, WEIR_FOREVER);
    explore_check(index < 2 && values[index] == 7 && values[1 - index] == 99);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(select_send_twice_does_not_go_back_to_a_rendezvous) {
    const uint64_t values[2] = {7, 8};
    open_heap(0);
    explore_spawn(recv_and_free, NULL);
    weir_case cases[] = {numbers_case_send(heap, &values[0]), numbers_case_send(heap, &values[1])};
    explore_check(select_until(cases, 2, WEIR_FOREVER) >= 0);
    explore_join_all();
    finish();
}

static void send_or_recv_heap(uint64_t value, int *index, uint64_t *out) {
    weir_case cases[] = {numbers_case_send(heap, &value), numbers_case_recv(heap, out),
                         numbers_case_recv(heap, out)};
    *index = select_until(cases, 3, WEIR_FOREVER);
    explore_check(*index >= 0 && cases[*index].status == WEIR_OK);
}

EXPLORE_PROGRAM(select_in_both_directions_does_not_go_back_to_a_rendezvous) {
    const unsigned sends = explore_choose(2);
    uint64_t out = 99;
    int index;
    open_heap(0);
    explore_spawn(sends ? send_and_free : recv_and_free, NULL);
    send_or_recv_heap(7, &index, &out);
    explore_check((index == 0) == (sends == 0) && out == (sends ? 7 : 99));
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(select_send_twice_does_not_go_back_to_a_buffer) {
    const uint64_t values[2] = {7, 8};
    open_heap(1);
    explore_check(try_send(heap, 1) == WEIR_OK);
    explore_spawn(recv_and_free, NULL);
    weir_case cases[] = {numbers_case_send(heap, &values[0]), numbers_case_send(heap, &values[1])};
    explore_check(select_until(cases, 2, WEIR_FOREVER) >= 0);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(select_in_both_directions_does_not_go_back_to_a_buffer) {
    uint64_t out = 99;
    int index;
    open_heap(1);
    explore_check(try_send(heap, 1) == WEIR_OK);
    explore_spawn(recv_and_free, NULL);
    send_or_recv_heap(7, &index, &out);
    explore_check(index == 0 || out == 1);
    if (index > 0)
        explore_check(send(heap, 8) == WEIR_OK);
    explore_join_all();
    finish();
}

/* -- stripes, beside one that also sends ------------------------------------------------------- */

static void send_or_recv_a_or_leave(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    const uint64_t value = 7;
    weir_case cases[] = {numbers_case_send(&a, &value), numbers_case_recv(&a, &got[me])};
    note(me, select_until(cases, 2, weir_in(10)), cases);
}

static void recv_a_or_leave(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    weir_case cases[] = {numbers_case_recv(&a, &got[me])};
    note(me, select_until(cases, 1, weir_in(10)), cases);
    came[me] += chosen[me] == 0;
}

/* A select that waits in both directions stands in both lines of a rendezvous: receivers who find
 * it there need the lock of the senders' line, which stripes do not give them. */
EXPLORE_PROGRAM(select_in_both_directions_keeps_receivers_out_of_stripes) {
    start(0);
    weir_i_store(&a.raw.crowd, WEIR_I_CHAN_CROWD, relaxed); /* many were here, and left */
    explore_spawn(recv_a_or_leave, (void *)1);
    explore_spawn(recv_a_or_leave, (void *)2);
    send_or_recv_a_or_leave((void *)0);
    explore_join_all();
    explore_check(came[1] + came[2] == (chosen[0] == 0));
    explore_check(chosen[0] != 1 && (!came[1] || got[1] == 7) && (!came[2] || got[2] == 7));
    finish();
}

/* -- many cases ------------------------------------------------------------------------------- */

/* Beyond 16 cases memory is needed once; without it the select waits in 16 of its lines at a time.
 */
static void many(unsigned n) {
    static weir_case cases[20];
    uint64_t value = 0;
    for (unsigned i = 0; i < n; i++)
        cases[i] = i == n - 1 ? numbers_case_recv(&a, &value)
                              : numbers_case_recv(i % 2 ? NULL : &b, &got[3]);
    explore_check(select_until(cases, n, WEIR_FOREVER) == (int)n - 1 && value == 1);
}

EXPLORE_PROGRAM(select_of_seventeen_without_memory, .alloc_failures = 1) {
    start(0);
    explore_spawn(send_a, (void *)1);
    many(17);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(select_of_seventeen_times_out_without_memory, .alloc_failures = 1) {
    static weir_case cases[17];
    start(0);
    for (unsigned i = 0; i < 17; i++)
        cases[i] = numbers_case_recv(i ? NULL : &a, &got[0]);
    explore_check(select_until(cases, 17, weir_in(10)) == -1);
    finish();
}

/* At most one case is given, the last or the first of seventeen: in one window or the other. */
static int one_of_many(unsigned at, weir_case one, weir_time deadline) {
    weir_case cases[17];
    for (unsigned i = 0; i < 17; i++)
        cases[i] = i == at ? one : numbers_case_recv(NULL, NULL);
    return select_until(cases, 17, deadline);
}

static void send_a_beside_many(void *value) {
    const uint64_t sent_value = (uintptr_t)value;
    explore_check(one_of_many(16, numbers_case_send(&a, &sent_value), WEIR_FOREVER) == 16);
}

/* What defends against: two selects that had no memory for their places only looked, and never met.
 */
EXPLORE_PROGRAM(select_meets_select_without_memory, .alloc_failures = 2) {
    start(0);
    explore_spawn(send_a_beside_many, (void *)1);
    explore_check(one_of_many(0, numbers_case_recv(&a, &got[0]), WEIR_FOREVER) == 0);
    explore_join_all();
    explore_check(got[0] == 1);
    finish();
}

/* What comes in time is not missed, wherever the select waits at the end. */
static WEIR_I_ATOMIC(int64_t) sent_at;

static void send_a_and_look_at_the_clock(void *value) {
    send_a(value);
    weir_i_store(&sent_at, weir_now(), seq_cst);
}

EXPLORE_PROGRAM(select_without_memory_does_what_is_ready_in_time, .alloc_failures = 1) {
    static WEIR_I_ALIGNED(64) unsigned char storage[64];
    start(0);
    explore_check(numbers_init_in(&a, 1, storage, sizeof storage) == WEIR_OK);
    weir_i_store(&sent_at, WEIR_FOREVER, relaxed);
    explore_spawn(send_a_and_look_at_the_clock, (void *)1);
    const weir_time deadline = weir_in(WEIR_I_SELECT_TURN + explore_choose(2) * 1000);
    const int index = one_of_many(explore_choose(2) * 16, numbers_case_recv(&a, &got[0]), deadline);
    explore_join_all();
    explore_check(index >= 0 || weir_i_load(&sent_at, seq_cst) >= deadline);
    if (index < 0)
        explore_check(try_recv(&a, &got[0]) == WEIR_OK);
    finish();
}

EXPLORE_PROGRAM(select_of_the_same_channel_twice) {
    uint64_t values[2] = {99, 99};
    start(explore_choose(2));
    explore_spawn(send_a, (void *)1);
    weir_case cases[] = {numbers_case_recv(&a, &values[0]), numbers_case_recv(&a, &values[1])};
    const int index = select_until(cases, 2, WEIR_FOREVER);
    explore_check(values[index] == 1 && values[1 - index] == 99);
    explore_join_all();
    finish();
}

/* -- what is no channel ----------------------------------------------------------------------- */

/* A flag that can be taken: setting it tells the first who waits to look (no grant), so the tell
 * must be passed on if it is not used. */
typedef struct token {
    WEIR_I_ATOMIC(uint32_t) there;
    WEIR_I_ATOMIC(uint64_t) sets;
    weir_wait_list list;
} token;

static bool token_attempt(weir_case *c) {
    token *t = (token *)c->object;
    if (!weir_i_load(&t->there, relaxed) || !weir_i_exchange(&t->there, 0, seq_cst))
        return false;
    c->status = WEIR_OK;
    return true;
}

static bool token_ready(const weir_case *c, uint64_t *stamp) {
    token *t = (token *)c->object;
    *stamp = weir_i_load(&t->sets, seq_cst);
    return weir_i_load(&t->there, seq_cst) != 0;
}

static weir_wait_list *token_list(const weir_case *c) {
    return &((token *)c->object)->list;
}

static void token_enter(weir_case *c, weir_wait_node *node) {
    weir_wait_list_push(&((token *)c->object)->list, node);
}

static void token_leave(weir_case *c, weir_wait_node *node) {
    weir_wait_list_remove(&((token *)c->object)->list, node);
}

static bool token_collect(weir_case *c, weir_wait_node *node) {
    (void)c;
    (void)node;
    return false; /* look again */
}

static void token_tell(token *t) {
    weir_wait_fence();
    if (weir_wait_list_idle(&t->list))
        return;
    weir_wait_list_lock(&t->list);
    weir_wait_node *node = weir_wait_list_claim(&t->list);
    weir_wait_list_unlock(&t->list);
    if (node)
        weir_wait_release(node->waiter);
}

static void token_pass(weir_case *c) {
    token_tell((token *)c->object);
}

static const weir_selectable token_kind = {token_attempt, token_ready,   token_list, token_enter,
                                           token_leave,   token_collect, token_pass, NULL,
                                           NULL,          NULL,          NULL,       NULL};

static token tokens[2];

static void token_set(token *t) {
    weir_i_fetch_add(&t->sets, 1, seq_cst);
    weir_i_store(&t->there, 1, seq_cst);
    token_tell(t);
}

static weir_case token_case(token *t) {
    const weir_case c = {&token_kind, t, NULL, WEIR_AGAIN, 0};
    return c;
}

static void set_first(void *unused) {
    (void)unused;
    token_set(&tokens[0]);
}

static void set_second(void *unused) {
    (void)unused;
    token_set(&tokens[1]);
}

static void take_either_token(void *thread) {
    weir_case cases[] = {token_case(&tokens[0]), token_case(&tokens[1])};
    note((unsigned)(uintptr_t)thread, select_until(cases, 2, WEIR_FOREVER), cases);
}

static void take_second_token(void *thread) {
    weir_case one = token_case(&tokens[1]);
    note((unsigned)(uintptr_t)thread, select_until(&one, 1, WEIR_FOREVER), &one);
}

/* No wake-up is lost between looking and entering. */
EXPLORE_PROGRAM(select_of_tokens_is_woken) {
    explore_spawn(set_first, NULL);
    take_either_token((void *)1);
    explore_join_all();
    explore_check(chosen[1] == 0 && how[1] == WEIR_OK);
}

/* A tell that a select got and did not use wakes the next. */
static void passes_on(void (*take_either)(void *)) {
    explore_spawn(take_either, (void *)1);
    explore_spawn(take_second_token, (void *)2);
    explore_spawn(set_second, NULL);
    set_first(NULL);
    explore_join(1);
    if (chosen[1] == 1)
        token_set(&tokens[1]);
    explore_join_all();
    explore_check(chosen[2] == 0);
}

EXPLORE_PROGRAM(select_passes_on_what_it_did_not_use) {
    passes_on(take_either_token);
}

static void take_token_for_a_while(void *thread) {
    weir_case one = token_case(&tokens[1]);
    note((unsigned)(uintptr_t)thread, select_until(&one, 1, weir_in(1000)), &one);
}

EXPLORE_PROGRAM(select_that_gives_up_passes_on) {
    explore_spawn(take_token_for_a_while, (void *)1);
    explore_spawn(take_second_token, (void *)2);
    set_second(NULL);
    explore_join(1);
    if (chosen[1] == 0)
        token_set(&tokens[1]);
    explore_join_all();
    explore_check(chosen[2] == 0);
}

/* Channels and tokens beside each other. */
static void token_or_channel(void *thread) {
    const unsigned me = (unsigned)(uintptr_t)thread;
    weir_case cases[] = {token_case(&tokens[0]), numbers_case_recv(&a, &got[me])};
    note(me, select_until(cases, 2, WEIR_FOREVER), cases);
}

static void mixed(size_t capacity) {
    start(capacity);
    explore_spawn(token_or_channel, (void *)1);
    explore_spawn(token_or_channel, (void *)2);
    explore_spawn(set_first, NULL);
    send_a((void *)5);
    explore_join_all();
    explore_check(chosen[1] != chosen[2]);
    explore_check(got[chosen[1] == 1 ? 1 : 2] == 5);
    finish();
}

EXPLORE_PROGRAM(select_mixes_kinds_rendezvous) {
    mixed(0);
}

EXPLORE_PROGRAM(select_mixes_kinds_capacity_1) {
    mixed(1);
}

/* Looks at two tokens in turn would miss both. */
static void try_tokens(void *thread) {
    weir_case cases[] = {token_case(&tokens[0]), token_case(&tokens[1])};
    note((unsigned)(uintptr_t)thread, try_select(cases, 2), cases);
}

EXPLORE_PROGRAM(select_try_of_tokens_sees_one_of_two) {
    weir_case first = token_case(&tokens[0]);
    token_set(&tokens[0]);
    explore_spawn(try_tokens, (void *)1);
    token_set(&tokens[1]);
    (void)token_attempt(&first);
    explore_join_all();
    explore_check(chosen[1] >= 0);
}

/* What changes between the two looks of a try was there for an instant: so it looks again. This
 * waitable is never ready when it is looked at, but its stamp says that it was, and then it is. */
static unsigned looks;

static bool fleeting_attempt(weir_case *c) {
    c->status = WEIR_OK;
    return looks >= 3;
}

static bool fleeting_ready(const weir_case *c, uint64_t *stamp) {
    (void)c;
    *stamp = looks++;
    return false;
}

EXPLORE_PROGRAM(select_try_compares_the_stamps) {
    static const weir_selectable kind = {fleeting_attempt,
                                         fleeting_ready,
                                         token_list,
                                         token_enter,
                                         token_leave,
                                         token_collect,
                                         NULL,
                                         NULL,
                                         NULL,
                                         NULL,
                                         NULL,
                                         NULL};
    const weir_case fleeting = {&kind, &tokens[0], NULL, WEIR_AGAIN, 0};
    weir_case cases[] = {fleeting, token_case(&tokens[1])};
    explore_check(try_select(cases, 2) == 0);
}

/* What a case claimed when it left, it releases when its lock is gone. */
static unsigned times_left;

static void token_left(weir_case *c, weir_wait_node *node) {
    token *t = (token *)c->object;
    explore_check(weir_wait_list_idle(&t->list) && !node->next);
    times_left++;
}

EXPLORE_PROGRAM(select_tells_each_case_that_it_has_left) {
    static const weir_selectable kind = {token_attempt, token_ready,   token_list, token_enter,
                                         token_leave,   token_collect, token_pass, NULL,
                                         NULL,          token_left,    NULL,       NULL};
    weir_case cases[] = {token_case(&tokens[0]), token_case(&tokens[1])};
    cases[0].kind = cases[1].kind = &kind;
    times_left = 0;
    explore_check(weir_select_until(cases, 2, weir_in(1000)) == -1);
    explore_check(times_left == 2);
}

/* Of cases that wait for the very same one stands in the list: each other one has its own place. */
static void token_left_beside_others(weir_case *c, weir_wait_node *node) {
    (void)c;
    explore_check(!node->next);
    times_left++;
}

EXPLORE_PROGRAM(select_enters_once_for_cases_that_are_alike) {
    static const weir_selectable kind = {
        token_attempt, token_ready, token_list, token_enter, token_leave,
        token_collect, token_pass,  NULL,       NULL,        token_left_beside_others,
        NULL,          NULL};
    weir_case cases[5];
    for (unsigned i = 0; i < 5; i++) {
        cases[i] = token_case(&tokens[i / 3]);
        cases[i].kind = &kind;
    }
    cases[1].detail = 1;
    times_left = 0;
    explore_check(weir_select_until(cases, 5, weir_in(1000)) == -1);
    explore_check(times_left == 3);
}

/* An object with two kinds of cases, under two locks: they do not stand there at the same time. */
static unsigned decisions;

static bool halves_attempt(weir_case *c) {
    (void)c;
    return false;
}

static weir_wait_list *halves_second(const weir_case *c) {
    return &((token *)c->object)[1].list;
}

static void halves_enter(weir_case *c, weir_wait_node *node) {
    (void)c;
    (void)node;
    explore_check(false);
}

static weir_turn halves_decide(weir_case *c, weir_grip *grip) {
    (void)c;
    (void)grip;
    return ++decisions > 4 ? WEIR_TURN_DONE : WEIR_TURN_NONE;
}

static void halves_finish(weir_case *c, weir_grip *grip) {
    (void)grip;
    c->status = WEIR_OK;
}

EXPLORE_PROGRAM(select_does_not_stand_under_two_locks_of_one_object) {
    static const weir_selectable first = {halves_attempt, token_ready,   token_list, halves_enter,
                                          token_leave,    token_collect, NULL,       halves_decide,
                                          halves_finish,  NULL,          NULL,       NULL};
    static const weir_selectable second = {
        halves_attempt, token_ready,   halves_second, halves_enter, token_leave, token_collect,
        NULL,           halves_decide, halves_finish, NULL,         NULL,        NULL};
    weir_case cases[] = {token_case(tokens), token_case(tokens)};
    cases[0].kind = &first;
    cases[1].kind = &second;
    decisions = 0;
    explore_check(weir_select_until(cases, 2, WEIR_FOREVER) >= 0 && decisions == 5);
}

/* Without memory, too, what was told and not used is passed on, by the case that was told. */
static void take_either_token_beside_many(void *thread) {
    weir_case cases[18];
    for (unsigned i = 0; i < 16; i++)
        cases[i] = numbers_case_recv(NULL, NULL);
    cases[16] = token_case(&tokens[0]);
    cases[17] = token_case(&tokens[1]);
    const int index = select_until(cases, 18, WEIR_FOREVER);
    note((unsigned)(uintptr_t)thread, index - 16, cases + 16);
}

EXPLORE_PROGRAM(select_without_memory_passes_on, .alloc_failures = 1) {
    passes_on(take_either_token_beside_many);
}
