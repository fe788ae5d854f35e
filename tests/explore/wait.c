/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.h under the explorer: no wake-up lost, one winner, no token lost, nobody touched after the
 * release. Waiters stand on stacks and tasks on the heap, so that a late access is seen. */
#include "explore.h"

#include <weir/ring.h>
#include <weir/wait.h>

#include <stdlib.h>

static weir_event_count count;

/* -- publish, then look ------------------------------------------------------------------------ */

static _Atomic int flag;
static int payload;

static bool flag_is_up(void *unused) {
    (void)unused;
    return atomic_load_explicit(&flag, memory_order_acquire) != 0;
}

static void raise_flag(void *unused) {
    (void)unused;
    payload = 7;
    atomic_store_explicit(&flag, 1, memory_order_release);
    weir_event_count_notify_all(&count);
}

static void await_flag(void *unused) {
    (void)unused;
    explore_check(weir_event_count_await(&count, flag_is_up, NULL, WEIR_FOREVER) == WEIR_OK);
    explore_check(payload == 7);
}

EXPLORE_PROGRAM(wait_event_count_loses_no_wake_up) {
    explore_spawn(raise_flag, NULL);
    await_flag(NULL);
    explore_join_all();
    explore_check(weir_wait_list_idle(&count.list));
}

EXPLORE_PROGRAM(wait_event_count_wakes_all) {
    explore_spawn(await_flag, NULL);
    explore_spawn(await_flag, NULL);
    raise_flag(NULL);
    explore_join_all();
    explore_check(weir_wait_list_idle(&count.list));
}

/* By hand, so that nothing is looked at between prepare and wait but once. */
static void prepare_look_wait(void *unused) {
    weir_wait_entry entry;
    (void)unused;
    weir_event_count_prepare(&count, &entry);
    if (atomic_load_explicit(&flag, memory_order_relaxed))
        weir_event_count_cancel(&count, &entry);
    else
        explore_check(weir_event_count_wait(&count, &entry, WEIR_FOREVER) == WEIR_OK);
}

static void raise_relaxed(void *unused) {
    (void)unused;
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    weir_event_count_notify(&count, 1);
}

EXPLORE_PROGRAM(wait_needs_the_fence_on_both_sides) {
    explore_spawn(raise_relaxed, NULL);
    prepare_look_wait(NULL);
    explore_join_all();
}

/* -- tokens --------------------------------------------------------------------------------------
 */

static _Atomic int tokens;

static bool take_token(void *unused) {
    int seen = atomic_load_explicit(&tokens, memory_order_relaxed);
    (void)unused;
    while (seen > 0)
        if (atomic_compare_exchange_weak_explicit(&tokens, &seen, seen - 1, memory_order_relaxed,
                                                  memory_order_relaxed))
            return true;
    return false;
}

static void put_token(void *unused) {
    (void)unused;
    atomic_fetch_add_explicit(&tokens, 1, memory_order_relaxed);
    weir_event_count_notify(&count, 1);
}

static void consume_one(void *unused) {
    (void)unused;
    explore_check(weir_event_count_await(&count, take_token, NULL, WEIR_FOREVER) == WEIR_OK);
}

/* Each notification wakes one: who leaves by itself hands its own on (R4). */
EXPLORE_PROGRAM(wait_notifications_are_passed_on) {
    explore_spawn(consume_one, NULL);
    explore_spawn(consume_one, NULL);
    put_token(NULL);
    put_token(NULL);
    explore_join_all();
    explore_check(tokens == 0 && weir_wait_list_idle(&count.list));
}

static _Atomic int got;

static void consume_or_leave(void *unused) {
    (void)unused;
    if (weir_event_count_await(&count, take_token, NULL, weir_in(10)) == WEIR_OK)
        atomic_fetch_add_explicit(&got, 1, memory_order_relaxed);
}

/* One waits for ever, one leaves at its deadline: the token goes to one of them. */
EXPLORE_PROGRAM(wait_time_out_leaves_the_token_to_others) {
    explore_spawn(consume_or_leave, NULL);
    explore_spawn(consume_one, NULL);
    put_token(NULL);
    explore_join(1);
    if (got)
        put_token(NULL);
    explore_join_all();
    explore_check(tokens == 0 && weir_wait_list_idle(&count.list));
}

/* -- a container that says empty beside a push ------------------------------------------------ */

WEIR_RING(ring, int)

static ring items;

static bool take_item(void *unused) {
    int item;
    (void)unused;
    return ring_try_pop(&items, &item);
}

static void put_item(void *unused) {
    (void)unused;
    explore_check(ring_try_push(&items, 1));
    weir_event_count_notify(&count, 1);
}

static void take_one(void *unused) {
    (void)unused;
    explore_check(weir_event_count_await(&count, take_item, NULL, WEIR_FOREVER) == WEIR_OK);
}

static void take_one_and_wake_the_next(void *unused) {
    take_one(unused);
    weir_event_count_notify(&count, 1);
}

static void two_items_for(void (*taker)(void *)) {
    explore_check(ring_init(&items, 2) == WEIR_OK);
    explore_spawn(taker, NULL);
    explore_spawn(taker, NULL);
    explore_spawn(put_item, NULL);
    put_item(NULL);
    explore_join_all();
    ring_destroy(&items);
}

/* What is not promised: the second push is done, and its notification meets one to whom the ring
 * says empty, as the first push has not published; the first one's notification wakes the other,
 * who takes one. Now one sleeps, and one is inside. */
EXPLORE_PROGRAM(wait_for_a_ring_one_notification_each_is_not_enough, .expect = EXPLORE_DEADLOCK) {
    two_items_for(take_one);
}

/* So whoever takes one wakes the next. */
EXPLORE_PROGRAM(wait_for_a_ring_who_takes_one_wakes_the_next) {
    two_items_for(take_one_and_wake_the_next);
    explore_check(weir_wait_list_idle(&count.list));
}

static void prepare_and_cancel(void *unused) {
    weir_wait_entry entry;
    (void)unused;
    weir_event_count_prepare(&count, &entry);
    weir_event_count_cancel(&count, &entry);
}

EXPLORE_PROGRAM(wait_cancel_passes_a_notification_on) {
    explore_spawn(prepare_and_cancel, NULL);
    explore_spawn(consume_one, NULL);
    put_token(NULL);
    explore_join_all();
    explore_check(tokens == 0 && weir_wait_list_idle(&count.list));
}

/* -- one waiter, many objects ---------------------------------------------------------------- */

static weir_wait_list lists[2];
static weir_wait_habit habit;

/* What a claimer finds: the node, and where to put the value. */
typedef struct place {
    weir_wait_node node;
    int *value;
} place;

static void grant(void *which) {
    weir_wait_list *list = &lists[(uintptr_t)which];
    weir_wait_list_lock(list);
    weir_wait_node *node = weir_wait_list_claim(list);
    weir_wait_list_unlock(list);
    if (!node)
        return;
    *((place *)(void *)node)->value += 1 + (int)(uintptr_t)which; /* R2: the frame is ours */
    weir_wait_release(node->waiter);
}

static void enter(weir_wait_list *list, place *at, weir_waiter *waiter, int *value) {
    weir_wait_node_init(&at->node, waiter);
    at->value = value;
    weir_wait_list_lock(list);
    weir_wait_list_push(list, &at->node);
    weir_wait_list_unlock(list);
}

static void leave(weir_wait_list *list, place *at) {
    weir_wait_list_lock(list);
    weir_wait_list_remove(list, &at->node);
    weir_wait_list_unlock(list);
}

/* Enters both lists and waits: 0 if nobody came in time, else 1 + the list of who did. */
static int select_both(weir_time deadline) {
    weir_waiter waiter;
    place at[2];
    int value = 0;
    weir_waiter_init(&waiter);
    enter(&lists[0], &at[0], &waiter, &value);
    enter(&lists[1], &at[1], &waiter, &value);
    const weir_status status = weir_waiter_await(&waiter, &habit, deadline);
    leave(&lists[0], &at[0]);
    leave(&lists[1], &at[1]);
    explore_check((status == WEIR_OK) == (value != 0));
    explore_check(at[0].node.won == (value == 1) && at[1].node.won == (value == 2));
    return value;
}

EXPLORE_PROGRAM(wait_one_of_many_claims_wins) {
    explore_spawn(grant, (void *)0);
    explore_spawn(grant, (void *)1);
    (void)select_both(weir_in(10));
    explore_join_all();
    explore_check(weir_wait_list_idle(&lists[0]) && weir_wait_list_idle(&lists[1]));
}

static int soon;

static void select_soon(void *unused) {
    (void)unused;
    soon = select_both(weir_in(10));
}

static void select_at_last(void *unused) {
    (void)unused;
    explore_check(select_both(WEIR_FOREVER) == 1);
}

static void grant_until_taken(weir_wait_list *list) {
    weir_wait_node *node = NULL;
    while (!node) {
        weir_i_relax();
        weir_wait_list_lock(list);
        node = weir_wait_list_claim(list);
        weir_wait_list_unlock(list);
    }
    *((place *)(void *)node)->value += 1;
    weir_wait_release(node->waiter);
}

/* A claim that fails costs nothing: the grant goes to the next waiter. */
EXPLORE_PROGRAM(wait_claim_goes_on_to_the_next) {
    explore_spawn(select_soon, NULL);
    explore_spawn(select_at_last, NULL);
    grant_until_taken(&lists[0]);
    explore_join(1);
    if (soon)
        grant_until_taken(&lists[0]);
    explore_join_all();
}

/* Values handed over through the frame, both ways through the list lock. */
static void cancel_or_take(void *unused) {
    weir_waiter waiter;
    place at;
    int value = 0;
    (void)unused;
    weir_waiter_init(&waiter);
    enter(&lists[0], &at, &waiter, &value);
    if (weir_waiter_cancel(&waiter)) {
        leave(&lists[0], &at);
        explore_check(value == 0 && !at.node.won);
        return;
    }
    explore_check(weir_waiter_await(&waiter, &habit, WEIR_NOW) == WEIR_OK);
    explore_check(value == 1 && at.node.won);
}

EXPLORE_PROGRAM(wait_cancel_or_claim_not_both) {
    explore_spawn(cancel_or_take, NULL);
    grant((void *)0);
    explore_join_all();
    explore_check(weir_wait_list_idle(&lists[0]));
}

/* -- the list ------------------------------------------------------------------------------------
 */

static int inside;

static void push_and_remove(void *unused) {
    weir_waiter waiter;
    weir_wait_node node;
    (void)unused;
    weir_waiter_init(&waiter);
    weir_wait_node_init(&node, &waiter);
    weir_wait_list_lock(&lists[0]);
    inside++;
    weir_wait_list_push(&lists[0], &node);
    weir_wait_list_unlock(&lists[0]);
    weir_wait_list_lock(&lists[0]);
    inside--;
    weir_wait_list_remove(&lists[0], &node);
    weir_wait_list_unlock(&lists[0]);
}

EXPLORE_PROGRAM(wait_list_lock_excludes) {
    explore_spawn(push_and_remove, NULL);
    explore_spawn(push_and_remove, NULL);
    push_and_remove(NULL);
    explore_join_all();
    explore_check(inside == 0 && weir_wait_list_idle(&lists[0]));
}

static int order[3];
static int arrivals;

static void wait_in_turn(void *which) {
    weir_wait_entry entry;
    weir_event_count_prepare(&count, &entry);
    explore_check(weir_event_count_wait(&count, &entry, WEIR_FOREVER) == WEIR_OK);
    weir_wait_list_lock(&lists[0]);
    order[arrivals++] = (int)(uintptr_t)which;
    weir_wait_list_unlock(&lists[0]);
}

static void wait_until_one_more_waits(weir_wait_node **last) {
    weir_wait_node *now;
    do {
        weir_i_relax();
        weir_wait_list_lock(&count.list);
        now = weir_wait_list_first(&count.list);
        for (weir_wait_node *next = now; next; next = weir_wait_list_next(&count.list, next))
            now = next;
        weir_wait_list_unlock(&count.list);
    } while (now == *last);
    *last = now;
}

/* First come, first woken. */
EXPLORE_PROGRAM(wait_event_count_wakes_in_order) {
    weir_wait_node *last = NULL;
    for (uintptr_t i = 1; i <= 3; i++) {
        explore_spawn(wait_in_turn, (void *)i);
        wait_until_one_more_waits(&last);
    }
    for (unsigned i = 1; i <= 3; i++) {
        weir_event_count_notify(&count, 1);
        explore_join(i);
    }
    explore_check(order[0] == 1 && order[1] == 2 && order[2] == 3);
}

/* -- tasks
 * ----------------------------------------------------------------------------------------- */

/* A task that is a thread: parks on a word of its own, which counts unparks. */
typedef struct threaded {
    weir_wait_task task;
    weir_i_futex_word unparks;
} threaded;

static bool park(weir_wait_task *task, weir_time deadline) {
    threaded *self = (threaded *)task;
    weir_status status = WEIR_OK;
    for (;;) {
        uint32_t unparks = weir_i_load(&self->unparks, acquire);
        if (unparks) {
            weir_i_fetch_sub(&self->unparks, 1, relaxed);
            return true;
        }
        if (status == WEIR_TIMEOUT)
            return false;
        status = weir_i_futex_wait(&self->unparks, 0, deadline);
    }
}

static void unpark(weir_wait_task *task) {
    threaded *other = (threaded *)task;
    weir_i_fetch_add(&other->unparks, 1, release);
    weir_i_futex_wake(&other->unparks, 1);
}

static const weir_wait_scheduler scheduler = {park, unpark};

/* A task that ends as soon as its wait is over: a late unpark would meet freed memory, one that was
 * not taken shows in the count. What unpark itself does after its add is the scheduler's concern,
 * so the record is freed at the end. */
static threaded *records[2];

static void wait_as_task(void *which) {
    threaded *self = records[(uintptr_t)which];
    weir_wait_task_set(&self->task);
    (void)select_both(weir_in(10));
    weir_wait_task_set(NULL);
    explore_check(weir_i_load(&self->unparks, relaxed) == 0);
    weir_i_store(&self->unparks, 100, relaxed);
}

EXPLORE_PROGRAM(wait_task_takes_each_unpark) {
    records[0] = (threaded *)calloc(1, sizeof *records[0]);
    records[0]->task.scheduler = &scheduler;
    explore_spawn(wait_as_task, (void *)0);
    explore_spawn(grant, (void *)0);
    explore_spawn(grant, (void *)1);
    explore_join_all();
    explore_check(records[0]->unparks == 100);
    explore_check(weir_wait_list_idle(&lists[0]) && weir_wait_list_idle(&lists[1]));
    free(records[0]);
}

/* -- time
 * -------------------------------------------------------------------------------------------- */

EXPLORE_PROGRAM(wait_without_time_does_not_sleep) {
    weir_wait_entry entry;
    weir_event_count_prepare(&count, &entry);
    explore_check(weir_event_count_wait(&count, &entry, WEIR_NOW) == WEIR_TIMEOUT);
    weir_event_count_prepare(&count, &entry);
    explore_check(weir_event_count_wait(&count, &entry, weir_in(5)) == WEIR_TIMEOUT);
    explore_check(weir_wait_list_idle(&count.list));
}
