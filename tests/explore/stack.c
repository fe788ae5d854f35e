/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - the stack, explored: exactly once, linearizable, no node read after it was freed.
 */
#define WEIR_I_HAZARD_SLOTS 2
#define WEIR_I_HAZARD_TABLE 4
#include "specs/stack.h"

#include <weir/stack.h>

WEIR_STACK(numbers, uint64_t)

#define OF(program) stack_##program
#define PUSH STACK_PUSH
#define POP STACK_POP
#include "unbounded.h"

static unsigned char seen[64];

static void pop_one(void) {
    const uint64_t value = pop();
    explore_check(value < 64 && __atomic_fetch_add(&seen[value], 1, __ATOMIC_RELAXED) == 0);
}

static void push_two(void *first) {
    explore_check(push(&object, (uintptr_t)first) && push(&object, (uintptr_t)first + 1));
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
    explore_check(!try_pop(&object, &value) && empty(&object));
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
    if (try_pop(&object, &value)) {
        const uint64_t first = value;
        reclaim_soon();
        if (try_pop(&object, &value))
            explore_check(push(&object, first + 1));
    }
}

static void judged_empty(void) {
    judge_begin(STACK_EMPTY, 0);
    judge_end(empty(&object), 0);
}

static void pop_then_look(void *unused) {
    (void)unused;
    judged_pop();
    judged_empty();
    reclaim_soon();
    judged_pop();
}

EXPLORE_PROGRAM(stack_is_a_stack) {
    judged(pop_then_look, stack_spec());
}

EXPLORE_PROGRAM(stack_is_a_stack_fenced, .no_membarrier = true) {
    judged(pop_then_look, stack_spec());
}

EXPLORE_PROGRAM(stack_nodes_do_not_come_back_too_soon) {
    start();
    explore_check(push(&object, 1) && push(&object, 3));
    explore_spawn(pop_pop_push, NULL);
    explore_spawn(pop_pop_push, NULL);
    explore_join_all();
    finish();
}

#if !WEIR_RECLAIM_URCU_BP

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
    explore_check(push(&object, (uintptr_t)value));
}

static void try_one(void *unused) {
    uint64_t value = 0;
    (void)unused;
    if (try_pop(&object, &value))
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

#endif

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
    (void)try_pop(&object, &value);
    __atomic_store_n(&seen[0], 1, __ATOMIC_RELEASE);
}

EXPLORE_PROGRAM(stack_destroy_gives_back_what_waits) {
    start();
    allocator_alive = calloc(1, sizeof *allocator_alive);
    const weir_allocator own = {own_alloc, own_free, allocator_alive};
    explore_check(numbers_init_with(&object, &own) == WEIR_OK);
    explore_check(push(&object, 1) && push(&object, 2));
    explore_spawn(pop_and_leave, NULL);
    while (!__atomic_load_n(&seen[0], __ATOMIC_ACQUIRE))
        weir_i_relax();
    numbers_destroy(&object);
    explore_check(*allocator_alive == 0);
    free(allocator_alive);
    explore_join_all();
    backend_ends();
}

static void try_all(void *unused) {
    uint64_t value = 0;
    (void)unused;
    if (push(&object, 1))
        explore_check(try_pop(&object, &value) && value == 1);
    else
        explore_check(!try_pop(&object, &value));
}

EXPLORE_PROGRAM(stack_without_memory, .alloc_failures = 2) {
    start();
    try_all(NULL);
    finish();
}
