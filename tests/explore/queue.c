/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.c - the queue, explored, with two cells in a segment: so three pushes need another, and
 * used up ones come back. A pop has no patience: every push that it meets half way is late.
 */
#define WEIR_I_HAZARD_SLOTS 2
#define WEIR_I_HAZARD_TABLE 4
#define WEIR_QUEUE_SEGMENT 2
#define WEIR_QUEUE_PATIENCE 0
#include "specs/queue.h"
#include "arrivals.h"

#include <weir/queue.h>

WEIR_QUEUE(numbers, uint64_t)

#define OF(program) queue_##program
#define PUSH QUEUE_PUSH
#define POP QUEUE_POP
#include "unbounded.h"

static WEIR_I_ATOMIC(int) step;

static void pop_as(unsigned consumer) {
    arrives(consumer, pop());
}

static void push_two(void *producer) {
    const uint64_t first = 16 * (uintptr_t)producer;
    explore_check(push(&object, first) && push(&object, first + 1));
}

static void push_four(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < 4; i++)
        explore_check(push(&object, i));
}

static void pop_two(void *consumer) {
    pop_as((unsigned)(uintptr_t)consumer);
    pop_as((unsigned)(uintptr_t)consumer);
}

static void two_to_two(void) {
    uint64_t value;
    start();
    explore_spawn(push_two, (void *)0);
    explore_spawn(push_two, (void *)1);
    explore_spawn(pop_two, (void *)0);
    explore_spawn(pop_two, (void *)1);
    explore_join_all();
    check_arrivals(2, 2);
    explore_check(!try_pop(&object, &value) && empty(&object));
    finish();
}

EXPLORE_PROGRAM(queue_two_to_two) {
    two_to_two();
}

EXPLORE_PROGRAM(queue_two_to_two_fenced, .no_membarrier = true) {
    two_to_two();
}

static void one_to_two(void) {
    start();
    explore_spawn(push_four, NULL);
    explore_spawn(pop_two, (void *)0);
    explore_spawn(pop_two, (void *)1);
    explore_join_all();
    check_arrivals(1, 4);
    finish();
}

EXPLORE_PROGRAM(queue_one_to_two_through_segments) {
    one_to_two();
}

EXPLORE_PROGRAM(queue_one_to_two_through_segments_fenced, .no_membarrier = true) {
    one_to_two();
}

/* One push and two pops at one cell: a filler, a taker and one who suspects. */
static void push_one(void *unused) {
    (void)unused;
    explore_check(push(&object, 0));
}

static void pop_at_most_two(void *consumer) {
    const unsigned me = (unsigned)(uintptr_t)consumer;
    for (int i = 0; i < 2; i++) {
        uint64_t value = 0;
        if (try_pop(&object, &value))
            came[me][arrived[me]++] = (unsigned char)value;
    }
}

static void at_one_cell(void) {
    uint64_t value = 0;
    start();
    explore_spawn(push_one, NULL);
    explore_spawn(pop_at_most_two, (void *)0);
    explore_spawn(pop_at_most_two, (void *)1);
    explore_join_all();
    while (try_pop(&object, &value))
        came[2][arrived[2]++] = (unsigned char)value;
    check_arrivals(1, 1);
    finish();
}

EXPLORE_PROGRAM(queue_filler_taker_and_suspect_at_one_cell) {
    at_one_cell();
}

EXPLORE_PROGRAM(queue_filler_taker_and_suspect_at_one_cell_fenced, .no_membarrier = true) {
    at_one_cell();
}

/* Two pushers at the end of a segment: one links its segment, the other keeps it. */
static void push_and_pop_three(void *producer) {
    const uint64_t first = 16 * (uintptr_t)producer;
    for (uint64_t i = 0; i < 3; i++)
        explore_check(push(&object, first + i));
    for (int i = 0; i < 3; i++)
        pop_as((unsigned)(uintptr_t)producer);
}

EXPLORE_PROGRAM(queue_segments_are_kept_and_come_back) {
    start();
    explore_spawn(push_and_pop_three, (void *)0);
    explore_spawn(push_and_pop_three, (void *)1);
    explore_join_all();
    check_arrivals(2, 3);
    finish();
}

/* A segment is linked with its first element inside. So there is a push done for each: pops that
 * pass over every cell that pushes take (a pop here has no patience) do so until the segment ends,
 * and not for ever. */
static void push_into_the_next(void *value) {
    explore_check(push(&object, (uintptr_t)value));
}

static void look_for_the_next(void *first) {
    weir_i_queue_segment *segment = (weir_i_queue_segment *)first;
    for (int i = 0; i < 3; i++) {
        weir_i_queue_segment *next = weir_i_load(&segment->next, acquire);
        if (next)
            explore_check(
                weir_i_load(&weir_i_queue_cell_at(next, 0, object.raw.layout)->filled, relaxed) &&
                weir_i_load(&next->tail, relaxed) > 0);
    }
}

EXPLORE_PROGRAM(queue_no_segment_is_linked_empty) {
    start();
    explore_check(push(&object, 0) && push(&object, 1));
    explore_spawn(look_for_the_next, weir_i_load(&object.raw.tail, relaxed));
    explore_spawn(push_into_the_next, (void *)2);
    explore_spawn(push_into_the_next, (void *)3);
    explore_join_all();
    finish();
}

/* -- linearizability -------------------------------------------------------------------------- */

/* Where empty says so, a pop finds nothing. */
static void judged_look_and_pop(void) {
    uint64_t value = 0;
    judge_begin(QUEUE_POP, 0);
    const bool came_out = !empty(&object) && try_pop(&object, &value);
    judge_end(came_out, value);
}

static void pop_then_push(void *thread) {
    judged_pop();
    judged_push(10 * (uintptr_t)thread + 1);
    judged_look_and_pop();
}

EXPLORE_PROGRAM(queue_is_a_queue) {
    judged(pop_then_push, queue_spec_unbounded());
}

EXPLORE_PROGRAM(queue_is_a_queue_fenced, .no_membarrier = true) {
    judged(pop_then_push, queue_spec_unbounded());
}

/* So both queues are at a segment's end. */
static void use_up_a_segment(numbers *of) {
    uint64_t value;
    for (int i = 0; i < 2; i++)
        explore_check(push(of, 9) && try_pop(of, &value));
}

EXPLORE_PROGRAM(queue_pops_do_not_cross_in_the_next_segment) {
    start_both();
    use_up_a_segment(&object);
    use_up_a_segment(&second);
    cross(2);
}

/* Who pushed behind another knows what that one did before. */
static void push_there_push_here(void *unused) {
    (void)unused;
    reclaim_soon(); /* has a record by then, which would order the threads */
    explore_check(push(&second, 7) && push(&object, 1));
}

static void push_and_look_there(void *unused) {
    uint64_t value;
    (void)unused;
    reclaim_soon(); /* has a record by then, which would order the threads */
    explore_check(push(&object, 2));
    missed[0] = !try_pop(&second, &value);
}

/* Of two threads, whichever pushed second knows what the other did before its push. */
static void check_order(void) {
    uint64_t value = 0;
    explore_join_all();
    while (try_pop(&object, &value) && value != 2)
        explore_check(!(value == 1 && missed[0]));
    finish_both();
}

EXPLORE_PROGRAM(queue_order_tells_what_others_did) {
    start_both();
    explore_spawn(push_there_push_here, NULL);
    explore_spawn(push_and_look_there, NULL);
    check_order();
}

/* There a third may have linked the segment, so that both take cells of it. */
EXPLORE_PROGRAM(queue_order_tells_what_others_did_in_the_next_segment) {
    start_both();
    use_up_a_segment(&object);
    explore_spawn(push_into_the_next, (void *)3);
    explore_spawn(push_there_push_here, NULL);
    explore_spawn(push_and_look_there, NULL);
    check_order();
}

/* empty() beside pushes and pops: what a thread pushed and nobody took is seen. */
static void push_look_pop(void *unused) {
    uint64_t value = 0;
    (void)unused;
    explore_check(push(&object, 1));
    explore_check(!empty(&object));
    explore_check(try_pop(&object, &value));
}

static void push_late(void *unused) {
    (void)unused;
    explore_check(push(&object, 2));
}

EXPLORE_PROGRAM(queue_empty_sees_what_is_inside) {
    start();
    explore_spawn(push_look_pop, NULL);
    explore_spawn(push_late, NULL);
    explore_join_all();
    explore_check(!empty(&object));
    finish();
}

EXPLORE_PROGRAM(queue_empty_sees_what_is_inside_fenced, .no_membarrier = true) {
    start();
    explore_spawn(push_look_pop, NULL);
    explore_spawn(push_late, NULL);
    explore_join_all();
    explore_check(!empty(&object));
    finish();
}

/* The tail never falls behind the head. A push that finds a segment full links the next one, and is
 * slow to move the tail; a pop moves on and gives the segment back, for somebody to use it up; the
 * tail must be past it by then, or another push finds it there. */
static void pop_and_use_up(void *unused) {
    (void)unused;
    (void)pop();
    weir_i_queue_free_segment(&object.raw, weir_i_exchange(&object.raw.kept, NULL, acq_rel));
}

EXPLORE_PROGRAM(queue_tail_does_not_fall_behind) {
    start();
    use_up_a_segment(&object);
    explore_spawn(push_into_the_next, (void *)0);
    explore_spawn(pop_and_use_up, NULL);
    explore_spawn(push_into_the_next, (void *)1);
    explore_join_all();
    (void)pop();
    finish();
}

/* -- memory ----------------------------------------------------------------------------------- */

static void pop_and_tell(void *unused) {
    uint64_t value = 0;
    (void)unused;
    for (int i = 0; i < 3; i++)
        (void)try_pop(&object, &value);
    weir_i_store(&step, 1, release);
}

/* A thread that lives on holds a used up segment when the queue goes. */
EXPLORE_PROGRAM(queue_destroy_gives_back_what_waits) {
    start();
    for (uint64_t i = 0; i < 3; i++)
        explore_check(push(&object, i));
    explore_spawn(pop_and_tell, NULL);
    while (!weir_i_load(&step, acquire))
        weir_i_relax();
    numbers_destroy(&object);
    explore_join_all();
    backend_ends();
}

static void push_until_refused(void *unused) {
    uint64_t value = 0;
    uint64_t pushed = 0;
    (void)unused;
    while (pushed < 3 && push(&object, pushed))
        pushed++;
    for (uint64_t i = 0; i < pushed; i++)
        explore_check(try_pop(&object, &value) && value == i);
    explore_check(!try_pop(&object, &value));
}

EXPLORE_PROGRAM(queue_without_memory, .alloc_failures = 2) {
    backend_begins();
    const weir_status status = numbers_init(&object);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status != WEIR_OK)
        return;
    push_until_refused(NULL);
    finish();
}
