/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - the stack in one thread: last in, first out, elements of any size, no memory.
 */
#include "support/backend.h"
#include "support/check.h"
#include "support/faulty_allocator.h"

#include <weir/stack.h>

#include <sys/wait.h>
#include <unistd.h>

typedef struct wide {
    uint64_t a, b, c;
} wide;

#pragma GCC diagnostic ignored                                                                     \
    "-Wpsabi" /* such elements by value: inlined, so no ABI is involved */
typedef struct aligned {
    _Alignas(256) unsigned char bytes[256];
} aligned;

typedef struct odd {
    unsigned char bytes[7];
} odd;

WEIR_STACK(numbers, uint64_t)
WEIR_STACK(wides, wide)
WEIR_STACK(bigs, aligned)
WEIR_STACK(odds, odd)
WEIR_STACK(letters, char);

enum { MANY = 5000 };

Test(stack, is_last_in_first_out) {
    backend_enter();
    numbers stack;
    uint64_t out = 0;
    cr_assert_eq(numbers_init(&stack), WEIR_OK);
    for (int round = 0; round < 3; round++) {
        cr_assert(numbers_empty(&stack));
        for (uint64_t i = 0; i < MANY; i++)
            cr_assert_eq(numbers_push(&stack, i), WEIR_OK);
        cr_assert_not(numbers_empty(&stack));
        for (uint64_t i = 0; i < MANY; i++) {
            cr_assert(numbers_try_pop(&stack, &out));
            cr_assert_eq(out, MANY - 1 - i);
        }
        out = 42;
        cr_assert_not(numbers_try_pop(&stack, &out));
        cr_assert_eq(out, 42, "written, although empty");
    }
    numbers_destroy(&stack);
    backend_leave();
}

Test(stack, elements_of_any_size_arrive_whole) {
    backend_enter();
    wides w;
    bigs b;
    odds o;
    letters l;
    cr_assert_eq(wides_init(&w), WEIR_OK);
    cr_assert_eq(bigs_init(&b), WEIR_OK);
    cr_assert_eq(odds_init(&o), WEIR_OK);
    cr_assert_eq(letters_init(&l), WEIR_OK);
    for (unsigned i = 0; i < 3000; i++) {
        wide x = {i, i + 1, i + 2};
        aligned y;
        odd z;
        char c = (char)i;
        memset(&y, (int)i & 255, sizeof y);
        memset(&z, (int)(i * 3) & 255, sizeof z);
        cr_assert(wides_push(&w, x) == WEIR_OK && bigs_push(&b, y) == WEIR_OK &&
                  odds_push(&o, z) == WEIR_OK && letters_push(&l, c) == WEIR_OK);
        memset(&x, 0, sizeof x);
        memset(&y, 0, sizeof y);
        memset(&z, 0, sizeof z);
        c = 0;
        cr_assert(wides_try_pop(&w, &x) && bigs_try_pop(&b, &y) && odds_try_pop(&o, &z) &&
                  letters_try_pop(&l, &c));
        cr_assert(x.a == i && x.b == i + 1 && x.c == i + 2);
        for (int byte = 0; byte < 256; byte++)
            cr_assert_eq(y.bytes[byte], i & 255);
        for (int byte = 0; byte < 7; byte++)
            cr_assert_eq(z.bytes[byte], i * 3 & 255);
        cr_assert_eq(c, (char)i);
    }
    wides_destroy(&w);
    bigs_destroy(&b);
    odds_destroy(&o);
    letters_destroy(&l);
    backend_leave();
}

Test(stack, raw_calls_take_a_run_time_size) {
    backend_enter();
    weir_stack raw;
    unsigned char in[13], out[13];
    cr_assert_eq(weir_stack_init_raw(&raw, sizeof in, 1), WEIR_OK);
    for (int i = 0; i < 13; i++)
        in[i] = (unsigned char)(100 + i);
    cr_assert(weir_stack_empty(&raw));
    cr_assert_eq(weir_stack_push_raw(&raw, in, sizeof in), WEIR_OK);
    cr_assert_not(weir_stack_empty(&raw));
    cr_assert(weir_stack_try_pop_raw(&raw, out, sizeof out));
    cr_assert_eq(memcmp(in, out, sizeof in), 0);
    cr_assert_not(weir_stack_try_pop_raw(&raw, out, sizeof out));
    weir_stack_destroy(&raw);
    backend_leave();
}

Test(stack, impossible_sizes_are_refused) {
    backend_enter();
    weir_stack raw;
    cr_assert_eq(weir_stack_init_raw(&raw, 0, 1), WEIR_INVALID);
    cr_assert_eq(weir_stack_init_raw(&raw, 8, 0), WEIR_INVALID);
    cr_assert_eq(weir_stack_init_raw(&raw, 8, 3), WEIR_INVALID);
    cr_assert_eq(weir_stack_init_raw(&raw, SIZE_MAX, 8), WEIR_INVALID);
    cr_assert_eq(weir_stack_init_raw(&raw, PTRDIFF_MAX, 8), WEIR_INVALID);
    backend_leave();
}

/* Each allocation fails in turn: a status, all that went in is still inside, and nothing leaks. */
Test(stack, no_memory_leaves_it_as_it_was) {
    backend_enter();
    for (size_t fail = 1; fail <= 6; fail++) {
        faulty_allocator faulty = {.fail_at = fail};
        const weir_allocator allocator = faulty_allocator_of(&faulty);
        numbers stack;
        uint64_t pushed = 0;
        uint64_t out = 0;
        if (numbers_init_with(&stack, &allocator) != WEIR_OK) {
            cr_assert_eq(fail, 1);
            cr_assert_eq(faulty.live, 0);
            continue;
        }
        while (faulty.calls < fail)
            pushed += numbers_push(&stack, pushed) == WEIR_OK;
        cr_assert_eq(numbers_push(&stack, pushed++), WEIR_OK, "the next one goes");
        for (uint64_t i = 0; i < pushed; i++) {
            cr_assert(numbers_try_pop(&stack, &out));
            cr_assert_eq(out, pushed - 1 - i);
        }
        cr_assert_not(numbers_try_pop(&stack, &out));
        numbers_destroy(&stack);
        cr_assert_eq(faulty.live, 0);
        cr_assert_eq(faulty.bytes, 0);
    }
    backend_leave();
}

#if !defined(WEIR_RECLAIM_URCU_MEMB) && !defined(WEIR_RECLAIM_URCU_BP)

/* Threads without memory for a record share a few slots. One that was inside a call at a fork is
 * not in the child, and must not keep its slot there. */
static void *occupy(void *unused) {
    for (int n = 0; n < WEIR_I_HAZARD_SLOTS; n++)
        (void)weir_i_guard_enter_poor();
    return unused;
}

static bool pop_without_a_record(numbers *stack) {
    uint64_t out = 0;
    const weir_i_guard guard = weir_i_guard_enter_poor();
    weir_i_guard_leave(guard);
    return numbers_try_pop(stack, &out) && out == 7;
}

Test(stack, a_child_has_the_slots_of_threads_that_it_lacks, .timeout = 30,
     .disabled = WEIR_I_TSAN) {
    numbers stack;
    pthread_t thread;
    int status = 1;
    cr_assert_eq(numbers_init(&stack), WEIR_OK);
    cr_assert_eq(numbers_push(&stack, 7), WEIR_OK);
    weir_hazard_drain(weir_hazard_default()); /* the thread has a record, and fork is watched */
    cr_assert_eq(pthread_create(&thread, NULL, occupy, NULL), 0);
    pthread_join(thread, NULL);
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        _exit(pop_without_a_record(&stack) ? 0 : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    numbers_destroy(&stack);
}

#endif

Test(stack, destroy_drops_what_is_inside) {
    backend_enter();
    faulty_allocator faulty = {.fail_at = 0};
    const weir_allocator allocator = faulty_allocator_of(&faulty);
    numbers stack;
    uint64_t out = 0;
    cr_assert_eq(numbers_init_with(&stack, &allocator), WEIR_OK);
    for (uint64_t i = 0; i < MANY; i++)
        cr_assert_eq(numbers_push(&stack, i), WEIR_OK);
    for (uint64_t i = 0; i < MANY / 2; i++)
        cr_assert(numbers_try_pop(&stack, &out));
    numbers_destroy(&stack);
    cr_assert_eq(faulty.live, 0, "what was popped is given back, too");
    backend_leave();
}
