/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - the stack in one thread: last in, first out, elements of any size, no memory.
 */
#include <weir/stack.h>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNBOUNDED WEIR_STACK
#define UNBOUNDED_RAW weir_stack
#define RAW(verb) weir_stack_##verb
#define NTH(i, n) ((n)-1 - (i))
#define UNIT(name) Test(stack, name)
#include "unbounded.h"

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
