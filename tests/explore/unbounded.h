/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * unbounded.h - programs that the explorer runs of the stack and of the queue alike.
 *
 * Do this:
 *   #include <weir/queue.h>
 *   WEIR_QUEUE(numbers, uint64_t)
 *   #define OF(program) queue_##program    // how its programs are called
 *   #define PUSH QUEUE_PUSH                // what the judge calls its operations
 *   #define POP QUEUE_POP
 *   #include "unbounded.h"
 */
#include "explore.h"
#include "judge.h"

static numbers object;
static numbers second;

/* One copy of each operation, so that each of its accesses is one site. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY bool push(numbers *to, uint64_t value) {
    return numbers_push(to, value) == WEIR_OK;
}

ONE_COPY bool try_pop(numbers *from, uint64_t *value) {
    return numbers_try_pop(from, value);
}

ONE_COPY bool empty(const numbers *of) {
    return numbers_empty(of);
}

#if WEIR_RECLAIM_URCU_BP

static void backend_begins(void) {
    urcu_bp_start();
}

static void backend_ends(void) {
    urcu_bp_barrier();
}

static void reclaim_soon(void) {}

#else

static void backend_begins(void) {}

static void backend_ends(void) {
    weir_hazard_domain_destroy(weir_hazard_default());
}

/* What was popped, or used up, is reclaimed at once where that can be. Takes the thread a record,
 * which orders it among others that take one. */
static void reclaim_soon(void) {
    weir_i_hazard_record *mine = weir_i_hazard_mine(weir_hazard_default());
    if (mine)
        weir_i_store(&mine->limit, 1, relaxed);
}

#endif

static void start(void) {
    backend_begins();
    explore_check(numbers_init(&object) == WEIR_OK);
    explore_name(&object, sizeof object, "object");
}

static void start_both(void) {
    start();
    explore_check(numbers_init(&second) == WEIR_OK);
}

static void finish(void) {
    if (explore_stopped())
        return;
    numbers_destroy(&object);
    backend_ends();
}

static void finish_both(void) {
    numbers_destroy(&second);
    finish();
}

static uint64_t pop(void) {
    uint64_t value = 0;
    reclaim_soon();
    while (!try_pop(&object, &value))
        weir_i_relax();
    return value;
}

/* -- linearizability -------------------------------------------------------------------------- */

static void judged_push(uint64_t value) {
    judge_begin(PUSH, value);
    judge_end(push(&object, value), 0);
}

static void judged_pop(void) {
    uint64_t value = 0;
    judge_begin(POP, 0);
    const bool came = try_pop(&object, &value);
    judge_end(came, value);
}

static void judged_push_then_pop(void *thread) {
    const uint64_t first = 10 * (uintptr_t)thread;
    judged_push(first + 1);
    reclaim_soon();
    judged_pop();
    judged_push(first + 2);
    judged_pop();
}

/* Two such threads and `third`, then two pops. */
static void judged(void (*third)(void *), linearize_spec spec) {
    start();
    judge_start();
    explore_spawn(judged_push_then_pop, (void *)1);
    explore_spawn(judged_push_then_pop, (void *)2);
    explore_spawn(third, (void *)3);
    explore_join_all();
    judged_pop();
    judged_pop();
    judge(spec);
    finish();
}

/* Empty is exact: of two threads that each push to one object and then look into the other, one
 * sees the other's push. */
static bool missed[2];

static void push_here_look_there(void *which) {
    uint64_t value;
    const unsigned me = (unsigned)(uintptr_t)which & 1;
    const bool pops = (uintptr_t)which & 2;
    numbers *here = me ? &second : &object;
    numbers *there = me ? &object : &second;
    explore_check(push(here, 1));
    missed[me] = pops ? !try_pop(there, &value) : empty(there);
}

static void cross(uintptr_t pops) {
    explore_spawn(push_here_look_there, (void *)(pops + 0));
    explore_spawn(push_here_look_there, (void *)(pops + 1));
    explore_join_all();
    explore_check(!(missed[0] && missed[1]));
    finish_both();
}

EXPLORE_PROGRAM(OF(pops_do_not_cross)) {
    start_both();
    cross(2);
}

EXPLORE_PROGRAM(OF(looks_do_not_cross)) {
    start_both();
    cross(0);
}

/* Who finds it empty knows that others popped, and all that they did before. */
static void push_there_pop_here(void *unused) {
    uint64_t value;
    (void)unused;
    reclaim_soon(); /* has a record by then, which would order the threads */
    explore_check(push(&second, 7));
    (void)try_pop(&object, &value);
}

static void push_pop_and_look_there(void *unused) {
    uint64_t value;
    (void)unused;
    reclaim_soon(); /* has a record by then, which would order the threads */
    explore_check(push(&object, 1));
    if (!try_pop(&object, &value))
        explore_check(try_pop(&second, &value) && value == 7);
}

EXPLORE_PROGRAM(OF(empty_tells_what_others_did)) {
    start_both();
    explore_spawn(push_there_pop_here, NULL);
    explore_spawn(push_pop_and_look_there, NULL);
    explore_join_all();
    finish_both();
}

/* -- lock-free: whoever is stopped, the others get what they need from each other ------------- */

static inline void stoppable(void *unused) {
    uint64_t value = 0;
    (void)unused;
    explore_begin("push");
    (void)push(&object, 5);
    explore_end();
    reclaim_soon();
    explore_begin("pop");
    (void)try_pop(&object, &value);
    explore_end();
    explore_begin("empty");
    (void)empty(&object);
    explore_end();
}

static inline void push_some(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < 3; i++)
        (void)push(&object, 30 + i);
}

static inline void pop_some(void *unused) {
    (void)unused;
    (void)pop();
    (void)pop();
}

/* Who is stopped as a reader stops the callbacks of liburcu. */
#if !WEIR_RECLAIM_URCU_BP
EXPLORE_PROGRAM(OF(others_finish_whoever_is_stopped), .stop = EXPLORE_STOP_PASSES) {
    start();
    explore_spawn(stoppable, NULL);
    explore_spawn(push_some, NULL);
    explore_spawn(pop_some, NULL);
    explore_join_all();
    finish();
}
#endif
