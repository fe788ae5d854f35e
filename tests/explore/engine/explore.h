/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * explore.h - what a program for the schedule explorer may say.
 *
 * Do this, in tests/explore/NAME.c, and run `ci/explore NAME`:
 *   #include "explore.h"
 *   static _Atomic int ready;
 *   static int data;
 *   static void producer(void *unused) { data = 1; atomic_store_explicit(&ready, 1, release); }
 *   EXPLORE_PROGRAM(message) {
 *       explore_spawn(producer, NULL);
 *       if (atomic_load_explicit(&ready, acquire))
 *           explore_check(data == 1);
 *       explore_join_all();
 *   }
 *
 * The body runs many thousand times, as logical thread 0; each time the explorer decides who runs
 * between any two atomic accesses, and which store each load reads. Everything is put back in
 * between: globals, heap, clock, thread records. So a program allocates, spawns, joins, checks and
 * frees, like the main of a small test.
 *
 * Rules. At most EXPLORE_THREADS logical threads, the body included. No _Thread_local, no inline
 * assembly that computes, no randomness but explore_choose(), no output but on failure. Atomics are
 * those of <stdatomic.h> or the __atomic builtins; plain accesses are watched for races. A loop
 * that waits calls weir_explore_relax() (weir's own headers do) or sched_yield().
 *
 * Tell it little: two or three threads, two or three operations, capacities of 1 and 2. What needs
 * more is rarely found by more. docs/design/explorer.md says why, and how to read a failure.
 */
#ifndef WEIR_EXPLORE_H
#define WEIR_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXPLORE_THREADS = 8 };

/* How an execution ended. A program passes if every execution ends in EXPLORE_PASS, or, where it
 * says `.expect`, if one was found that ends so and none that ends in another failure. */
typedef enum explore_verdict {
    EXPLORE_PASS,
    EXPLORE_CHECK,    /* explore_check or assert was false */
    EXPLORE_RACE,     /* two accesses of one address, one a write, one plain, not ordered */
    EXPLORE_LIFETIME, /* use after free, of a dead stack frame, out of bounds, bad or double free */
    EXPLORE_LEAK,     /* memory not freed at the end */
    EXPLORE_DEADLOCK, /* everybody sleeps, for ever */
    EXPLORE_LIVELOCK, /* everybody runs, and nobody gets anywhere within the bound */
    EXPLORE_CRASH,    /* a signal, abort, exit */
    EXPLORE_MISUSE,   /* what the explorer cannot judge: a limit, accesses of mixed size */
} explore_verdict;

/* What `.stop` claims about the operations between explore_begin and explore_end. */
typedef enum explore_stop {
    EXPLORE_STOP_NONE,   /* no claim, not tried */
    EXPLORE_STOP_PASSES, /* one thread stopped for good at any step: the others finish */
    EXPLORE_STOP_BLOCKS, /* at some step of some operation it keeps the others from finishing */
} explore_stop;

typedef struct explore_program {
    const char *name;
    void (*body)(void);
    explore_verdict expect;
    explore_stop stop;
    unsigned alloc_failures; /* at most so many allocations of an execution fail, by choice */
    unsigned stray_wakes;    /* at most so many sleeps end for no reason, by choice; 0: one */
    bool no_membarrier;      /* membarrier(2) says ENOSYS */
    bool keep_reachable;     /* memory that globals point to at the end is no leak */
    unsigned steps;          /* after so many the schedule turns fair; 0: 4000 */
    void (*finish)(void);    /* one more body, after all others: judges what was kept of them */
    int line;
} explore_program;

/* EXPLORE_PROGRAM(name), or with members of the struct: EXPLORE_PROGRAM(name, .steps = 500). */
#define EXPLORE_PROGRAM(...) EXPLORE_I_PROGRAM(__VA_ARGS__, .line = __LINE__)
#define EXPLORE_I_PROGRAM(id, ...)                                                                 \
    static void explore_i_body_##id(void);                                                         \
    static const explore_program explore_i_program_##id = {                                        \
        .name = #id, .body = explore_i_body_##id, __VA_ARGS__};                                    \
    __attribute__((                                                                                \
        used,                                                                                      \
        section("explore_programs"))) static const explore_program *const explore_i_entry_##id =   \
        &explore_i_program_##id;                                                                   \
    static void explore_i_body_##id(void)

/* A variable that keeps its value from one execution to the next: for statistics, and for memory of
 * the C library that support code holds. */
#define EXPLORE_KEEP __attribute__((section("explore_keep")))

/* Starts a logical thread that runs function(argument). Returns its number, from 1 in order. */
#define explore_spawn(function, argument) explore_spawn_named(#function, function, argument)
unsigned explore_spawn_named(const char *name, void (*function)(void *), void *argument);

/* Waits for one thread, or for all. What they did happens before the return. A thread that the stop
 * test has stopped is not waited for. */
void explore_join(unsigned thread);
void explore_join_all(void);

/* Ends the execution with EXPLORE_CHECK if the condition is false. */
#define explore_check(condition)                                                                   \
    ((condition) ? (void)0 : explore_fail(__FILE__, __LINE__, #condition))
void explore_fail(const char *file, int line, const char *text);

/* A number below n, every one of which is tried. */
unsigned explore_choose(unsigned n);

/* The calling thread's number; the body is 0. */
unsigned explore_thread(void);

/* Logical time: grows with each call. Two operations overlap unless one ended before, by this
 * clock, the other began. */
uint64_t explore_time(void);

/* The number of the last step of `thread` that happens before this point of the caller; of the
 * caller itself, that of its last step. */
uint64_t explore_seen(unsigned thread);

/* Around an operation whose progress the stop test is to prove; the name is a literal. */
void explore_begin(const char *operation);
void explore_end(void);

/* True once the stop test has stopped a thread: what that one held is lost, and checks of the whole
 * no longer apply. A failing check is then ignored. */
bool explore_stopped(void);

/* A name for memory, in stories: explore_name(&ring, sizeof ring, "ring"). */
void explore_name(const volatile void *memory, size_t size, const char *name);

/* The machine has so many processors. A thread runs on that of its number, in turns, until it says
 * where it runs instead. */
enum { EXPLORE_CPUS = 2 };
void explore_run_on(unsigned cpu);

/* The seams of weir's headers. relax: do not run me again before another thread has changed
 * something, if any can. spins: whether looking again before sleeping is worth it; each execution
 * chooses once, since a thread that rests until something has changed sleeps later than it might.
 * local: the calling thread's pointer for this key, NULL at first. cpu: the processor that it runs
 * on. */
void weir_explore_relax(void);
bool weir_explore_spins(void);
void **weir_explore_local(void *key);
unsigned weir_explore_cpu(void);
unsigned weir_explore_cpus(void);

#endif
