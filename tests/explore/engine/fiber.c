/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fiber.c - the stacks of logical threads, and the switch between them.
 *
 * On x86-64 a switch is thirteen instructions; elsewhere, or with EXPLORE_UCONTEXT, it is
 * swapcontext. Stacks lie at fixed addresses, so that a replay sees the same ones, each above pages
 * that fault.
 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#if !defined(__x86_64__) && !defined(EXPLORE_UCONTEXT)
#define EXPLORE_UCONTEXT 1
#endif

enum { STACK = FIBER_STACK, GUARD = 64 << 10 }; /* frames larger than the guard are rare */

static char *const preferred = (char *)0x510000000000;
static char *stacks;
uintptr_t fiber_base;

static char *stack_of(unsigned id) {
    return stacks + (size_t)id * STACK;
}

void fibers_init(void) {
    stacks = mmap(preferred, (size_t)EXPLORE_THREADS * STACK, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stacks == MAP_FAILED) {
        perror("explore: stacks");
        exit(2);
    }
    fiber_base = (uintptr_t)stacks;
    for (unsigned id = 0; id < EXPLORE_THREADS; id++)
        mprotect(stack_of(id), GUARD, PROT_NONE);
}

int fiber_of(uintptr_t address) {
    const uintptr_t offset = address - (uintptr_t)stacks;
    return offset < (uintptr_t)EXPLORE_THREADS * STACK ? (int)(offset / STACK) : -1;
}

bool fiber_in_guard(uintptr_t address) {
    return fiber_of(address) >= 0 && (address - (uintptr_t)stacks) % STACK < GUARD;
}

#ifndef EXPLORE_UCONTEXT

__asm__(".text\n"
        ".globl fiber_switch\n"
        ".type fiber_switch, @function\n"
        "fiber_switch:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
        "  ret\n"
        ".size fiber_switch, . - fiber_switch\n");

void *fiber_prepare(unsigned id, void (*entry)(void)) {
    uintptr_t *top = (uintptr_t *)(void *)stack_of(id + 1);
    enum { SAVED = 6 };
    *--top = 0; /* entry's return address; with it the stack is aligned as the ABI asks */
    *--top = (uintptr_t)entry;
    for (int i = 0; i < SAVED; i++)
        *--top = 0;
    return top;
}

#else

#include <ucontext.h>

/* A stack pointer is then a context; slot EXPLORE_THREADS is the driver's. */
static ucontext_t contexts[EXPLORE_THREADS + 1];

void *fiber_prepare(unsigned id, void (*entry)(void)) {
    ucontext_t *c = &contexts[id];
    getcontext(c);
    c->uc_stack.ss_sp = stack_of(id) + GUARD;
    c->uc_stack.ss_size = STACK - GUARD;
    c->uc_link = NULL;
    makecontext(c, entry, 0);
    return c;
}

void fiber_switch(void **save, void *to) {
    const uintptr_t offset = (uintptr_t)save - (uintptr_t)run.threads;
    ucontext_t *from =
        &contexts[offset < sizeof run.threads ? offset / sizeof *run.threads : EXPLORE_THREADS];
    *save = from;
    swapcontext(from, to);
}

#endif
