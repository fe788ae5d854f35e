/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - the stack, explored: exactly once, linearizable, no node read after it was freed.
 */
#define WEIR_I_HAZARD_SLOTS 2
#define WEIR_I_HAZARD_TABLE 4
#include "specs/stack.h"
#include "explore.h"
#include "judge.h"

#include <weir/stack.h>

WEIR_STACK(numbers, uint64_t)

static numbers stack;
static numbers second;
static unsigned char seen[64];

/* One copy of each operation, so that each of its accesses is one site. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY bool push(numbers *s, uint64_t value) {
    return numbers_push(s, value) == WEIR_OK;
}

ONE_COPY bool try_pop(numbers *s, uint64_t *value) {
    return numbers_try_pop(s, value);
}

ONE_COPY bool empty(const numbers *s) {
    return numbers_empty(s);
}

/* What was popped is reclaimed at once where that can be. */
static void reclaim_soon(void) {
    weir_i_hazard_record *mine = weir_i_hazard_mine(weir_hazard_default());
    if (mine)
        weir_i_store(&mine->limit, 1, relaxed);
}

static void start(void) {
    weir_hazard_domain_set_batch(weir_hazard_default(), 1);
    explore_check(numbers_init(&stack) == WEIR_OK);
    explore_name(&stack, sizeof stack, "stack");
}

static void finish(void) {
    if (explore_stopped())
        return;
    numbers_destroy(&stack);
    weir_hazard_domain_destroy(weir_hazard_default());
}

static void pop_one(void) {
    uint64_t value = 0;
    reclaim_soon();
    while (!try_pop(&stack, &value))
        weir_i_relax();
    explore_check(value < 64 && __atomic_fetch_add(&seen[value], 1, __ATOMIC_RELAXED) == 0);
}

static void push_two(void *first) {
    explore_check(push(&stack, (uintptr_t)first) && push(&stack, (uintptr_t)first + 1));
}

static void pop_two(void *unused) {
    (void)unused;
    pop_one();
    pop_one();
}

static void two_to_two(void) {
    uint64_t value;
    start();
    explore_spawn(push_two, (void *)10);
    explore_spawn(push_two, (void *)20);
    explore_spawn(pop_two, NULL);
    explore_spawn(pop_two, NULL);
    explore_join_all();
    explore_check(seen[10] && seen[11] && seen[20] && seen[21]);
    explore_check(!try_pop(&stack, &value) && empty(&stack));
    finish();
}

EXPLORE_PROGRAM(stack_two_to_two) {
    two_to_two();
}

EXPLORE_PROGRAM(stack_two_to_two_fenced, .no_membarrier = true) {
    two_to_two();
}

/* A node that was popped must not come back while another pop still looks at it: ABA. */
static void pop_pop_push(void *unused) {
    uint64_t value = 0;
    (void)unused;
    reclaim_soon();
    if (try_pop(&stack, &value)) {
        const uint64_t first = value;
        reclaim_soon();
        if (try_pop(&stack, &value))
            explore_check(push(&stack, first + 1));
    }
}

static void judged_push(uint64_t value) {
    judge_begin(STACK_PUSH, value);
    judge_end(push(&stack, value), 0);
}

static void judged_pop(void) {
    uint64_t value = 0;
    judge_begin(STACK_POP, 0);
    const bool came = try_pop(&stack, &value);
    judge_end(came, value);
}

static void judged_empty(void) {
    judge_begin(STACK_EMPTY, 0);
    judge_end(empty(&stack), 0);
}

static void push_then_pop(void *thread) {
    const uint64_t first = 10 * (uintptr_t)thread;
    judged_push(first + 1);
    reclaim_soon();
    judged_pop();
    judged_push(first + 2);
    judged_pop();
}

static void pop_then_look(void *unused) {
    (void)unused;
    judged_pop();
    judged_empty();
    reclaim_soon();
    judged_pop();
}

static void judged(void) {
    start();
    judge_start();
    explore_spawn(push_then_pop, (void *)1);
    explore_spawn(push_then_pop, (void *)2);
    explore_spawn(pop_then_look, NULL);
    explore_join_all();
    judged_pop();
    judged_pop();
    judged_empty();
    judge(stack_spec());
    finish();
}

EXPLORE_PROGRAM(stack_is_a_stack) {
    judged();
}

EXPLORE_PROGRAM(stack_is_a_stack_fenced, .no_membarrier = true) {
    judged();
}

EXPLORE_PROGRAM(stack_nodes_do_not_come_back_too_soon) {
    start();
    explore_check(push(&stack, 1) && push(&stack, 3));
    explore_spawn(pop_pop_push, NULL);
    explore_spawn(pop_pop_push, NULL);
    explore_join_all();
    finish();
}

/* Where no thread gets a record, pops share the few slots of the reserve: one that finds nothing
 * and looks again must still have a slot of its own. */
static void *no_memory(size_t size, size_t align, void *ctx) {
    (void)size;
    (void)align;
    (void)ctx;
    return NULL;
}

static void no_memory_free(void *memory, size_t size, void *ctx) {
    (void)memory;
    (void)size;
    (void)ctx;
}

static void push_one(void *value) {
    explore_check(push(&stack, (uintptr_t)value));
}

static void try_one(void *unused) {
    uint64_t value = 0;
    (void)unused;
    if (try_pop(&stack, &value))
        explore_check(value < 64 && __atomic_fetch_add(&seen[value], 1, __ATOMIC_RELAXED) == 0);
}

static void pops_without_records(void) {
    const weir_allocator none = {no_memory, no_memory_free, NULL};
    explore_check(weir_hazard_domain_init_with(weir_hazard_default(), &none) == WEIR_OK);
    start();
    explore_spawn(push_one, (void *)10);
    explore_spawn(try_one, NULL);
    explore_spawn(try_one, NULL);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(stack_pops_without_records_share_no_slot) {
    pops_without_records();
}

EXPLORE_PROGRAM(stack_pops_without_records_share_no_slot_fenced, .no_membarrier = true) {
    pops_without_records();
}

/* Empty is exact: of two threads that each push to one stack and then look into the other, one sees
 * the other's push. */
static bool missed[2];

static void push_left_look_right(void *pops) {
    uint64_t value;
    explore_check(push(&stack, 1));
    missed[0] = pops ? !try_pop(&second, &value) : empty(&second);
}

static void push_right_look_left(void *pops) {
    uint64_t value;
    explore_check(push(&second, 1));
    missed[1] = pops ? !try_pop(&stack, &value) : empty(&stack);
}

static void cross(void *pops) {
    start();
    explore_check(numbers_init(&second) == WEIR_OK);
    explore_spawn(push_left_look_right, pops);
    explore_spawn(push_right_look_left, pops);
    explore_join_all();
    explore_check(!(missed[0] && missed[1]));
    numbers_destroy(&second);
    finish();
}

EXPLORE_PROGRAM(stack_pops_do_not_cross) {
    cross(&second);
}

EXPLORE_PROGRAM(stack_looks_do_not_cross) {
    cross(NULL);
}

/* Who finds a stack empty knows that others popped, and all that they did before. */
static void push_there_pop_here(void *unused) {
    uint64_t value;
    (void)unused;
    (void)weir_i_hazard_mine(weir_hazard_default()); /* a record, which would order the threads */
    explore_check(push(&second, 7));
    (void)try_pop(&stack, &value);
}

static void push_pop_and_look_there(void *unused) {
    uint64_t value;
    (void)unused;
    (void)weir_i_hazard_mine(weir_hazard_default()); /* a record, which would order the threads */
    explore_check(push(&stack, 1));
    if (!try_pop(&stack, &value))
        explore_check(try_pop(&second, &value) && value == 7);
}

EXPLORE_PROGRAM(stack_empty_tells_what_others_did) {
    start();
    explore_check(numbers_init(&second) == WEIR_OK);
    explore_spawn(push_there_pop_here, NULL);
    explore_spawn(push_pop_and_look_there, NULL);
    explore_join_all();
    numbers_destroy(&second);
    finish();
}

/* An allocator of the caller's, which goes away after destroy. */
static int *allocator_alive;

static void *own_alloc(size_t size, size_t align, void *ctx) {
    (void)align;
    __atomic_fetch_add((int *)ctx, 1, __ATOMIC_RELAXED);
    return malloc(size);
}

static void own_free(void *memory, size_t size, void *ctx) {
    (void)size;
    __atomic_fetch_sub((int *)ctx, 1, __ATOMIC_RELAXED);
    free(memory);
}

static void pop_and_leave(void *unused) {
    uint64_t value = 0;
    (void)unused;
    (void)try_pop(&stack, &value);
    __atomic_store_n(&seen[0], 1, __ATOMIC_RELEASE);
}

EXPLORE_PROGRAM(stack_destroy_gives_back_what_waits) {
    start();
    allocator_alive = calloc(1, sizeof *allocator_alive);
    const weir_allocator own = {own_alloc, own_free, allocator_alive};
    explore_check(numbers_init_with(&stack, &own) == WEIR_OK);
    explore_check(push(&stack, 1) && push(&stack, 2));
    explore_spawn(pop_and_leave, NULL);
    while (!__atomic_load_n(&seen[0], __ATOMIC_ACQUIRE))
        weir_i_relax();
    numbers_destroy(&stack);
    explore_check(*allocator_alive == 0);
    free(allocator_alive);
    explore_join_all();
    weir_hazard_domain_destroy(weir_hazard_default());
}

static void try_all(void *unused) {
    uint64_t value = 0;
    (void)unused;
    if (push(&stack, 1))
        explore_check(try_pop(&stack, &value) && value == 1);
    else
        explore_check(!try_pop(&stack, &value));
}

EXPLORE_PROGRAM(stack_without_memory, .alloc_failures = 2) {
    start();
    try_all(NULL);
    finish();
}

/* Lock-free: whoever is stopped, the others get what they need from each other. */
static void stoppable(void *unused) {
    uint64_t value = 0;
    (void)unused;
    explore_begin("push");
    (void)push(&stack, 5);
    explore_end();
    reclaim_soon();
    explore_begin("pop");
    (void)try_pop(&stack, &value);
    explore_end();
}

static void push_some(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < 3; i++)
        (void)push(&stack, 30 + i);
}

static void pop_some(void *unused) {
    uint64_t value = 0;
    (void)unused;
    for (int got = 0; got < 2;) {
        reclaim_soon();
        if (try_pop(&stack, &value))
            got++;
        else
            weir_i_relax();
    }
}

EXPLORE_PROGRAM(stack_others_finish_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start();
    explore_spawn(stoppable, NULL);
    explore_spawn(push_some, NULL);
    explore_spawn(pop_some, NULL);
    explore_join_all();
    finish();
}
