/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * linearize.c - the linearizability checker and its specifications on histories written by hand.
 */
#include "linearize.h"
#include "check.h"
#include "specs/chan.h"
#include "specs/deque.h"
#include "specs/pool.h"
#include "specs/queue.h"
#include "specs/stack.h"

#include <weir/base/status.h>

#include <stdlib.h>

enum { THREADS = 4, CALLS = 32, MEMORY = 1 << 24 };

#define NEVER HISTORY_PENDING

static history past;
static history_call room[THREADS * CALLS];
static linearizer *checker;

static uint64_t no_clock(void) {
    return 0;
}

static void start(void) {
    history_init(&past, no_clock, THREADS, CALLS, room);
    if (checker == NULL)
        checker = linearize_new(MEMORY);
}

static void finish(void) {
    linearize_free(checker);
    checker = NULL;
}

/* A call of `thread` from begin to end; a pending one has neither status nor value. */
static void add(unsigned thread, uint64_t begin, uint64_t end, unsigned operation,
                uint64_t argument, int status, uint64_t value) {
    history_call *call = history_begin(&past, thread, operation, argument);
    history_end(&past, call, status, value);
    call->begin = begin;
    call->end = end;
}

static void push(unsigned thread, uint64_t begin, uint64_t end, uint64_t value) {
    add(thread, begin, end, QUEUE_PUSH, value, end != NEVER, 0);
}

static void full(unsigned thread, uint64_t begin, uint64_t end, uint64_t value) {
    add(thread, begin, end, QUEUE_PUSH, value, 0, 0);
}

static void pop(unsigned thread, uint64_t begin, uint64_t end, uint64_t value) {
    add(thread, begin, end, QUEUE_POP, 0, end != NEVER, value);
}

static void empty(unsigned thread, uint64_t begin, uint64_t end) {
    add(thread, begin, end, QUEUE_POP, 0, 0, 0);
}

static uint64_t pack(uint64_t a, uint64_t b, uint64_t c) {
    const uint64_t values[] = {a, b, c};
    return history_pack(values, 1U + (b != 0) + (c != 0));
}

static void push_n(unsigned thread, uint64_t begin, uint64_t end, uint64_t values, int went) {
    add(thread, begin, end, QUEUE_PUSH_N, values, went, 0);
}

static void pop_n(unsigned thread, uint64_t begin, uint64_t end, uint64_t wanted, uint64_t values) {
    add(thread, begin, end, QUEUE_POP_N, wanted, (int)history_packed(values), values);
}

static linearize_verdict judge(linearize_spec spec) {
    return linearize(checker, &past, &spec);
}

#define RIGHT(spec) cr_assert_eq(judge(spec), LINEARIZE_OK)
#define WRONG(spec) cr_assert_eq(judge(spec), LINEARIZE_FAIL)

Test(linearize, an_empty_history_is_right) {
    start();
    RIGHT(queue_spec(1));
    cr_assert_eq(linearize_best(checker)->length, 0);
    finish();
}

Test(linearize, one_thread_is_held_to_the_order) {
    start();
    push(0, 1, 2, 7);
    push(0, 3, 4, 8);
    pop(0, 5, 6, 7);
    pop(0, 7, 8, 8);
    empty(0, 9, 10);
    RIGHT(queue_spec(2));
    past.lanes[0].calls[2].value = 8;
    past.lanes[0].calls[3].value = 7;
    WRONG(queue_spec(2));
    finish();
}

Test(linearize, concurrent_pushes_may_take_either_order) {
    start();
    push(0, 1, 4, 7);
    push(1, 2, 3, 8);
    pop(0, 5, 6, 8);
    pop(0, 7, 8, 7);
    RIGHT(queue_spec(2));
    past.lanes[0].calls[0].end = 1; /* now 7 was first */
    WRONG(queue_spec(2));
    finish();
}

Test(linearize, equal_times_are_concurrent) {
    start();
    push(0, 1, 2, 7);
    push(1, 2, 3, 8);
    pop(2, 4, 5, 8);
    pop(2, 6, 7, 7);
    RIGHT(queue_spec(2));
    finish();
}

/* 2 may come before, between or after 1 and 3; these two stay in their order. */
Test(linearize, each_order_must_hold_at_once) {
    start();
    push(0, 1, 2, 1);
    push(1, 1, 9, 2);
    push(0, 3, 4, 3);
    pop(2, 5, 6, 2);
    pop(2, 7, 8, 1);
    pop(2, 10, 11, 3);
    RIGHT(queue_spec_unbounded());
    past.lanes[2].calls[1].value = 3;
    past.lanes[2].calls[2].value = 1;
    WRONG(queue_spec_unbounded());
    finish();
}

/* T0 has claimed the first slot of a Vyukov ring and stalls; T1 pushed into the second and
 * returned, and finds the ring empty. */
Test(linearize, false_empty_is_wrong_unless_a_push_is_in_flight) {
    start();
    push(0, 1, NEVER, 7);
    push(1, 2, 3, 8);
    empty(1, 4, 5);
    WRONG(queue_spec(2));
    WRONG(queue_spec_unbounded());
    WRONG(queue_spec_lfring(2));
    RIGHT(queue_spec_fast(2));
    past.lanes[0].calls[0].end = 3; /* T0 has finished: nothing excuses it */
    past.lanes[0].calls[0].status = 1;
    WRONG(queue_spec_fast(2));
    past.lanes[0].calls[0].end = 4; /* it finished within */
    RIGHT(queue_spec_fast(2));
    finish();
}

Test(linearize, false_empty_is_not_excused_by_a_pop) {
    start();
    push(0, 1, 2, 7);
    push(0, 3, 4, 8);
    pop(1, 5, 8, 7);
    empty(2, 6, 7);
    WRONG(queue_spec_fast(2));
    finish();
}

/* The mirror image: T1 has claimed the element and not yet given back the slot. */
Test(linearize, false_full_is_wrong_unless_a_pop_is_in_flight) {
    start();
    push(0, 1, 2, 7);
    push(0, 3, 4, 8);
    pop(1, 5, NEVER, 0);
    pop(2, 6, 7, 8);
    full(0, 8, 9, 9);
    WRONG(queue_spec(2));
    WRONG(queue_spec_lfring(2));
    RIGHT(queue_spec_fast(2));
    past.lanes[1].calls[0].end = 7;
    past.lanes[1].calls[0].status = 1;
    past.lanes[1].calls[0].value = 7;
    WRONG(queue_spec_fast(2));
    finish();
}

Test(linearize, lock_free_ring_loses_one_slot_to_each_call_in_flight) {
    start();
    push(0, 1, 2, 7);
    pop(1, 3, NEVER, 0);
    full(0, 4, 5, 8);
    RIGHT(queue_spec_lfring(2));
    WRONG(queue_spec_lfring(3));
    pop(2, 6, NEVER, 0);
    full(0, 7, 8, 8);
    WRONG(queue_spec_lfring(3)); /* the first full still had one rival only */
    past.lanes[0].count = 1;
    full(0, 7, 8, 8);
    RIGHT(queue_spec_lfring(3));
    finish();
}

Test(linearize, capacity_one_is_exact) {
    start();
    push(0, 1, 2, 7);
    full(0, 3, 4, 8);
    pop(1, 5, 6, 7);
    empty(1, 7, 8);
    push(0, 9, 10, 9);
    RIGHT(queue_spec(1));
    WRONG(queue_spec(2));
    push(0, 11, 12, 10);
    WRONG(queue_spec(1));
    finish();
}

Test(linearize, a_pending_call_may_have_happened_or_not) {
    start();
    push(0, 1, NEVER, 7);
    empty(1, 2, 3);
    RIGHT(queue_spec(1));
    pop(1, 4, 5, 7);
    RIGHT(queue_spec(1));
    pop(1, 6, 7, 7);
    WRONG(queue_spec(1));
    finish();
}

Test(linearize, a_pending_pop_may_have_made_room) {
    start();
    push(0, 1, 2, 7);
    pop(1, 3, NEVER, 0);
    push(0, 4, 5, 8);
    pop(2, 6, 7, 8);
    empty(2, 8, 9);
    RIGHT(queue_spec(1));
    past.lanes[1].calls[0].begin = 6; /* too late to have made room */
    WRONG(queue_spec(1));
    finish();
}

Test(linearize, a_value_from_nowhere_or_twice_is_wrong) {
    start();
    push(0, 1, 2, 7);
    pop(1, 3, 6, 7);
    pop(2, 4, 5, 7);
    WRONG(queue_spec_unbounded());
    past.lanes[2].calls[0].value = 9;
    WRONG(queue_spec_unbounded());
    WRONG(queue_spec_fast(4));
    finish();
}

Test(linearize, a_batch_of_the_ring_acts_element_by_element) {
    start();
    push_n(0, 1, 8, pack(1, 2, 3), 3);
    push(1, 2, 7, 4);
    pop_n(2, 9, 10, 3, pack(1, 4, 2));
    pop(2, 11, 12, 3);
    RIGHT(queue_spec(4));
    past.lanes[2].calls[0].value = pack(2, 4, 1);
    WRONG(queue_spec(4)); /* but in order */
    finish();
}

Test(linearize, a_short_batch_needs_a_reason) {
    start();
    push_n(0, 1, 2, pack(1, 2, 3), 2);
    RIGHT(queue_spec(2));
    RIGHT(queue_spec_spsc(2));
    RIGHT(queue_spec_fast(2));
    WRONG(queue_spec(3));
    WRONG(queue_spec_spsc(3));
    WRONG(queue_spec_fast(3));
    pop(1, 1, 3, 1); /* concurrent */
    WRONG(queue_spec(3));
    WRONG(queue_spec_spsc(3)); /* two and no more: whatever was popped, there was room for three */
    RIGHT(queue_spec_spsc(2));
    RIGHT(queue_spec_fast(3));
    RIGHT(queue_spec_lfring(3));
    finish();
}

Test(linearize, a_short_pop_of_a_batch_needs_a_reason) {
    start();
    push_n(0, 1, 2, pack(1, 2, 3), 3);
    pop_n(1, 3, 4, 3, pack(1, 2, 0));
    WRONG(queue_spec(4));
    WRONG(queue_spec_spsc(4));
    WRONG(queue_spec_fast(4));
    WRONG(queue_spec_lfring(4));
    push(0, 4, 5, 4);
    WRONG(queue_spec(4));
    WRONG(queue_spec_spsc(4));
    RIGHT(queue_spec_fast(4));
    RIGHT(queue_spec_lfring(4));
    past.lanes[0].calls[0].end = 3; /* now 3 may come later than the look for it */
    RIGHT(queue_spec_spsc(4));
    finish();
}

/* The push can have claimed no ticket: the only slot was taken until the empty had been said. */
Test(linearize, a_concurrent_push_that_has_not_begun_to_act_excuses_nothing) {
    start();
    push(0, 1, 2, 7);
    push(1, 3, 10, 8);
    empty(2, 4, 5);
    pop(2, 6, 7, 7);
    WRONG(queue_spec_fast(1));
    RIGHT(queue_spec_fast(2));
    finish();
}

Test(linearize, a_batch_cannot_move_more_than_it_was_asked_to) {
    start();
    push_n(0, 1, 2, pack(1, 2, 3), 4);
    WRONG(queue_spec(4));
    WRONG(queue_spec_spsc(4));
    WRONG(queue_spec_fast(4));
    past.lanes[0].calls[0].status = 3;
    pop_n(1, 3, 4, 2, pack(1, 2, 3));
    WRONG(queue_spec(4));
    WRONG(queue_spec_spsc(4));
    finish();
}

Test(linearize, a_pending_batch_may_have_moved_any_number) {
    for (unsigned seen = 0; seen <= 3; seen++) {
        start();
        push_n(0, 1, NEVER, pack(1, 2, 3), 0);
        for (unsigned i = 1; i <= seen; i++)
            pop(1, 10 * i, 10 * i + 1, i);
        empty(1, 50, 51);
        RIGHT(queue_spec_spsc(3));
        RIGHT(queue_spec(3));
        pop(1, 60, 61, seen + 2);
        WRONG(queue_spec_spsc(3));
    }
    finish();
}

Test(linearize, a_stack_gives_back_the_last) {
    start();
    add(0, 1, 2, STACK_PUSH, 7, true, 0);
    add(0, 3, 4, STACK_PUSH, 8, true, 0);
    add(1, 5, 6, STACK_POP, 0, true, 7);
    WRONG(stack_spec());
    past.lanes[1].calls[0].status = false; /* nor is it empty */
    WRONG(stack_spec());
    past.lanes[1].calls[0].status = true;
    past.lanes[0].calls[1].end = 6; /* the second push may come after the pop */
    RIGHT(stack_spec());
    add(1, 7, 8, STACK_EMPTY, 0, true, 0);
    WRONG(stack_spec());
    past.lanes[1].calls[1].status = false;
    add(1, 9, 10, STACK_POP, 0, true, 8);
    add(1, 11, 12, STACK_POP, 0, false, 0);
    RIGHT(stack_spec());
    add(2, 1, 12, STACK_PUSH, 9, false, 0); /* out of memory */
    RIGHT(stack_spec());
    finish();
}

/* ABA: T0's pop was about to swing the top from 1 to 2, was stopped, and did so after others took
 * both and put 1 back: 2 is given out again. */
Test(linearize, a_stack_with_aba_is_wrong) {
    start();
    add(1, 1, 2, STACK_PUSH, 2, true, 0);
    add(1, 3, 4, STACK_PUSH, 1, true, 0);
    add(0, 5, 12, STACK_POP, 0, true, 1);
    add(1, 6, 7, STACK_POP, 0, true, 1);
    add(1, 8, 9, STACK_POP, 0, true, 2);
    add(1, 10, 11, STACK_PUSH, 1, true, 0);
    RIGHT(stack_spec());
    add(1, 13, 14, STACK_POP, 0, true, 2);
    WRONG(stack_spec());
    finish();
}

Test(linearize, a_steal_may_lose_only_to_somebody) {
    start();
    add(0, 1, 2, DEQUE_PUSH, 7, true, 0);
    add(1, 3, 6, DEQUE_STEAL, 0, WEIR_BUSY, 0);
    WRONG(deque_spec());
    add(2, 4, 5, DEQUE_STEAL, 0, WEIR_OK, 7);
    RIGHT(deque_spec());
    past.lanes[2].count = 0;
    add(0, 4, 5, DEQUE_POP, 0, true, 7); /* or to the owner */
    RIGHT(deque_spec());
    add(1, 7, 8, DEQUE_STEAL, 0, WEIR_AGAIN, 0);
    RIGHT(deque_spec());
    add(0, 7, 8, DEQUE_PUSH, 8, true, 0);
    add(1, 9, 10, DEQUE_STEAL, 0, WEIR_AGAIN, 0);
    WRONG(deque_spec());
    finish();
}

Test(linearize, thieves_take_the_oldest_and_the_owner_the_newest) {
    start();
    add(0, 1, 2, DEQUE_PUSH, 7, true, 0);
    add(0, 3, 4, DEQUE_PUSH, 8, true, 0);
    add(0, 5, 8, DEQUE_POP, 0, true, 8);
    add(1, 6, 7, DEQUE_STEAL, 0, WEIR_OK, 7);
    RIGHT(deque_spec());
    past.lanes[1].calls[0].value = 8; /* the last element, taken twice */
    WRONG(deque_spec());
    past.lanes[0].calls[2].value = 7; /* each took the other's end */
    WRONG(deque_spec());
    past.lanes[1].calls[0].value = 7;
    past.lanes[0].calls[2].status = false; /* empty, and 8 is left */
    WRONG(deque_spec());
    finish();
}

Test(linearize, a_channel_is_drained_before_it_says_closed) {
    start();
    add(0, 1, 2, CHAN_TRY_SELECT, chan_case_send(0, 7), 0, 0);
    add(0, 3, 4, CHAN_CLOSE, 0, true, 0);
    add(1, 5, 6, CHAN_TRY_SELECT, chan_case_recv(0), 0, 7);
    add(1, 7, 8, CHAN_TRY_SELECT, chan_case_recv(0), 0, chan_result(true, 0));
    add(0, 5, 6, CHAN_TRY_SELECT, chan_case_send(0, 8), 0, chan_result(true, 0));
    RIGHT(chan_spec(1, 0));
    add(0, 9, 10, CHAN_CLOSE, 0, true, 0); /* closed twice */
    WRONG(chan_spec(1, 0));
    past.lanes[0].calls[3].status = false;
    RIGHT(chan_spec(1, 0));
    past.lanes[1].calls[0].value = chan_result(true, 0); /* a message is lost */
    WRONG(chan_spec(1, 0));
    finish();
}

Test(linearize, a_channel_serves_who_waits_in_order) {
    start();
    add(0, 1, 20, CHAN_SELECT, chan_case_recv(0), 0, 7);
    add(1, 9, 10, CHAN_TRY_SELECT, chan_case_send(0, 7), 0, 0);
    add(1, 11, 12, CHAN_TRY_SELECT, chan_case_recv(0), -1, 0);
    RIGHT(chan_spec(1, 0));
    RIGHT(chan_spec(0, 0));
    add(1, 13, 14, CHAN_TRY_SELECT, chan_case_send(0, 8), 0, 0);
    RIGHT(chan_spec(1, 0));
    WRONG(chan_spec(0, 0)); /* nobody was there to take it */
    add(1, 15, 16, CHAN_TRY_SELECT, chan_case_recv(0), -1, 0);
    WRONG(chan_spec(1, 0)); /* it is inside */
    finish();
}

Test(linearize, a_select_does_one_case_or_none_was_ready) {
    const uint64_t either = chan_cases(chan_case_recv(0), 1, chan_case_recv(1));
    start();
    add(0, 1, 2, CHAN_TRY_SELECT, chan_case_send(1, 7), 0, 0);
    add(1, 3, 4, CHAN_TRY_SELECT, either, 1, 7);
    add(1, 5, 6, CHAN_TRY_SELECT, either, -1, 0);
    add(1, 7, 12, CHAN_SELECT, either, 0, chan_result(true, 0));
    add(0, 9, 10, CHAN_CLOSE, 0, true, 0);
    RIGHT(chan_spec(1, 1));
    past.lanes[1].calls[2].status = -1; /* time was up */
    past.lanes[1].calls[2].value = 0;
    RIGHT(chan_spec(1, 1));
    add(1, 13, 14, CHAN_TRY_SELECT, either, -1, 0);
    WRONG(chan_spec(1, 1));
    past.lanes[1].count = 1;
    past.lanes[1].calls[0].status = -1; /* 1 was ready */
    past.lanes[1].calls[0].value = 0;
    WRONG(chan_spec(1, 1));
    finish();
}

Test(linearize, a_pool_gives_each_object_to_one) {
    start();
    add(0, 1, 2, POOL_GET, 0, true, 16);
    add(1, 3, 6, POOL_GET, 0, true, 16);
    WRONG(pool_spec());
    add(0, 4, 5, POOL_PUT, 16, true, 0);
    RIGHT(pool_spec());
    add(0, 7, 8, POOL_PUT, 16, true, 0);
    RIGHT(pool_spec()); /* put by another thread than the one that got it */
    add(1, 9, 10, POOL_PUT, 16, true, 0);
    WRONG(pool_spec()); /* put twice */
    past.lanes[1].count = 1;
    add(1, 7, 8, POOL_GET, 0, false, 0);
    add(2, 8, NEVER, POOL_GET, 0, false, 0);
    RIGHT(pool_spec());
    finish();
}

/* ---- Happens-before ---------------------------------------------------------------------------
 */

static uint64_t views[THREADS * THREADS * CALLS];
static uint64_t seen_now[THREADS]; /* what the caller of the moment has seen of each thread */

static uint64_t seen(unsigned thread) {
    return seen_now[thread];
}

/* T0 pushes and returns; T1 then finds the queue empty. With time that is wrong. Without an edge
 * from T0 to T1 the language allows it: the load read an old value. */
Test(linearize, a_stale_read_is_right_without_an_edge) {
    start();
    history_observe(&past, seen, views);
    seen_now[0] = 1;
    push(0, 1, 2, 7);
    seen_now[0] = 0; /* T1 has seen nothing of T0 */
    empty(1, 3, 4);
    RIGHT(queue_spec(1));
    past.seen = NULL;
    WRONG(queue_spec(1));
    history_observe(&past, seen, views);
    seen_now[0] = 1; /* now it has */
    empty(1, 5, 6);
    WRONG(queue_spec(1));
    WRONG(queue_spec_fast(1));
    finish();
}

/* What each side has seen of the other: T1 the first push but not the second, T0 no pop. */
static void miss_each_other(uint64_t seen_by_last_pop) {
    start();
    history_observe(&past, seen, views);
    for (unsigned i = 1; i <= 3; i++) {
        seen_now[0] = i;
        (i < 3 ? push : full)(0, 2 * i, 2 * i + 1, i);
    }
    seen_now[0] = 1;
    pop(1, 8, 9, 1);
    seen_now[0] = seen_by_last_pop;
    empty(1, 10, 11);
}

/* Store buffering: one says full, the other empty, and no order has room for both. */
Test(linearize, full_and_empty_may_miss_each_other) {
    miss_each_other(1);
    WRONG(queue_spec(2));
    RIGHT(queue_spec_spsc(2));
    RIGHT(queue_spec_fast(2));
    WRONG(queue_spec_spsc(3)); /* two pushed: never full */
    miss_each_other(2);
    WRONG(queue_spec_spsc(2)); /* the second push was seen */
    WRONG(queue_spec_fast(2));
    finish();
}

/* T2 has noticed T0's push without having seen it (a relaxed load), and has told T1: the push must
 * stand before T1's call, which yet need not know of it. And the same with a pop. */
Test(linearize, a_caller_need_not_know_what_only_others_noticed) {
    for (unsigned batch = 0; batch < 2; batch++) {
        start();
        history_observe(&past, seen, views);
        memset(seen_now, 0, sizeof seen_now);
        push(0, 1, 2, 1);
        full(2, 3, 4, 2);
        seen_now[2] = 1;
        add(1, 5, 6, batch ? QUEUE_POP_N : QUEUE_POP, batch, 0, 0);
        RIGHT(queue_spec_spsc(1));
        WRONG(queue_spec(1));
        past.lanes[1].count = past.lanes[2].count = 0;
        memset(seen_now, 0, sizeof seen_now);
        seen_now[0] = 1;
        pop(1, 3, 4, 1);
        empty(2, 5, 6);
        seen_now[0] = 2;
        seen_now[2] = 1;
        add(0, 7, 8, batch ? QUEUE_PUSH_N : QUEUE_PUSH, 2, 0, 0);
        RIGHT(queue_spec_spsc(1));
        WRONG(queue_spec(1));
    }
    finish();
}

/* T0 is stopped in its push: what T1 has seen of it are steps before or within the call. */
Test(linearize, a_pending_call_precedes_nothing) {
    start();
    history_observe(&past, seen, views);
    seen_now[0] = 5;
    push(0, 1, NEVER, 7);
    empty(1, 2, 3);
    RIGHT(queue_spec(1));
    finish();
}

/* ---- Results beside the verdict ---------------------------------------------------------------
 */

Test(linearize, the_order_found_holds_every_call_that_returned) {
    start();
    push(0, 1, 8, 7);
    push(1, 2, 3, 8);
    pop(2, 4, 5, 8);
    pop(2, 9, NEVER, 0);
    RIGHT(queue_spec(2));
    const linearize_order *order = linearize_best(checker);
    cr_assert_eq(order->length, 3);
    cr_assert_eq(order->steps[0]->call.argument, 8);
    cr_assert_eq(order->steps[1]->call.value, 8);
    cr_assert_eq(order->steps[2]->call.argument, 7);
    finish();
}

static void expect_text(const char *text, const char *part) {
    cr_assert(strstr(text, part) != NULL, "not in the explanation: %s\n%s", part, text);
}

Test(linearize, an_explanation_stops_at_the_call_that_cannot_be) {
    char text[4096] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    start();
    push(0, 1, NEVER, 7);
    push(1, 2, 4, 8);
    empty(1, 5, 6);
    push(2, 3, 7, 9);
    pop(2, 8, 9, 9);
    linearize_spec spec = queue_spec(2);
    linearize_explain(checker, &past, &spec, out);
    fclose(out);
    expect_text(text, "Not linearizable: exact bounded queue, capacity 2");
    expect_text(text, "try_pop() -> empty   <- cannot be explained");
    expect_text(text, "T1 try_push(8) -> ok\n");
    expect_text(text, "T1 try_pop() -> empty\n");
    cr_assert(strstr(text, "-> 9") == NULL, "told more than needed:\n%s", text);
    finish();
}

Test(linearize, an_explanation_of_a_right_history_says_so) {
    char text[256] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    start();
    push(0, 1, 2, 7);
    linearize_spec spec = queue_spec(2);
    linearize_explain(checker, &past, &spec, out);
    fclose(out);
    expect_text(text, "not known to be wrong");
    finish();
}

/* Eight times four concurrent calls: (4!)^8 orders, a hundred and some configurations. */
Test(linearize, what_led_nowhere_is_not_tried_again, .timeout = 20) {
    start();
    for (unsigned t = 0; t < THREADS; t++)
        for (uint64_t i = 0; i < 8; i++)
            empty(t, 10 * i, 10 * i + 9);
    pop(0, 1000, 1001, 999);
    WRONG(queue_spec(1));
    finish();
}

/* Many concurrent pushes that one wrong pop at the end contradicts: all their orders are tried. */
static void make_hard(void) {
    start();
    for (unsigned t = 0; t < THREADS; t++)
        for (uint64_t i = 0; i < 5; i++)
            push(t, 10 * i, 10 * i + 9, 100 * t + i);
    pop(0, 1000, 1001, 999);
}

Test(linearize, without_the_memory_it_gives_no_verdict) {
    make_hard();
    linearizer *small = linearize_new(1 << 16);
    linearize_spec spec = queue_spec_unbounded();
    cr_assert_eq(linearize(small, &past, &spec), LINEARIZE_UNKNOWN);
    past.lanes[0].count--;
    cr_assert_eq(linearize(small, &past, &spec), LINEARIZE_OK, "it cannot be used again");
    linearize_free(small);
    finish();
}

Test(history, a_full_lane_aborts, .signal = SIGABRT) {
    start();
    for (unsigned i = 0; i <= CALLS; i++)
        push(0, i, i, i);
}

Test(history, packing_keeps_values_and_number) {
    const uint64_t values[] = {1, 255, 3, 4, 5, 6, 7, 8};
    for (unsigned n = 0; n <= 8; n++) {
        uint64_t word = history_pack(values, n);
        cr_assert_eq(history_packed(word), n);
        for (unsigned i = 0; i < n; i++)
            cr_assert_eq(history_unpack(word, i), values[i]);
    }
}

Test(history, clocks_do_not_go_back) {
    uint64_t count = history_count(), time = history_nanoseconds();
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t next_count = history_count(), next_time = history_nanoseconds();
        cr_assert_gt(next_count, count);
        cr_assert_geq(next_time, time);
        count = next_count;
        time = next_time;
    }
}
