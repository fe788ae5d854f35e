/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * run.c - one execution of a program, from a clean state to its verdict.
 *
 * The program's globals lie between the markers of first.c and last.c, which are linked before and
 * after its objects; a copy made at the start is put back each time. An execution ends by a switch
 * back to the driver, from wherever it stands; fibers that have not ended are simply forgotten.
 */
#include "engine.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { SOFT_STEPS = 4000, HARD_FACTOR = 8, SIGNAL_STACK = 64 << 10 };

run_state run;
settings set = {.preemptions = 2, .stale = 1, .spurious = 1, .patience = 5};

static void *driver_stack;
static char *data_copy, *bss_copy;

/* -- the program's memory --------------------------------------------------------------------- */

static size_t data_size(void) {
    return (size_t)(program_data_end - program_data);
}

static size_t bss_size(void) {
    return (size_t)(program_bss_end - program_bss);
}

static void globals_save(void) {
    data_copy = malloc(data_size() + 1);
    bss_copy = malloc(bss_size() + 1);
    if (!data_copy || !bss_copy)
        abort();
    memcpy(data_copy, program_data, data_size());
    memcpy(bss_copy, program_bss, bss_size());
}

static void globals_restore(void) {
    memcpy(program_data, data_copy, data_size());
    memcpy(program_bss, bss_copy, bss_size());
}

/* -- the end ---------------------------------------------------------------------------------- */

noreturn void run_end(void) {
    fiber_switch(&run.self->stack_pointer, driver_stack);
    __builtin_unreachable();
}

noreturn void fail(explore_verdict verdict, site at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    run.failure.verdict = verdict;
    if (at)
        run.failure.at = at;
    run.failure.thread = run.self->id;
    vsnprintf(run.failure.text, sizeof run.failure.text, format, arguments);
    va_end(arguments);
    run_end();
}

/* What a stopped thread held is lost, so the program's own checks no longer say anything. */
void explore_fail(const char *file, int line, const char *text) {
    if (run.stopped)
        return;
    const char *name = strrchr(file, '/');
    fail(EXPLORE_CHECK, CALLER(), "check failed: %s (%s:%d)", text, name ? name + 1 : file, line);
}

noreturn void explore_i_assert_fail(const char *text, const char *file, unsigned line,
                                    const char *function) {
    (void)function;
    if (run.stopped)
        run_end();
    const char *name = strrchr(file, '/');
    fail(EXPLORE_CHECK, CALLER(), "assert failed: %s (%s:%u)", text, name ? name + 1 : file, line);
}

noreturn void explore_i_abort(void) {
    fail(EXPLORE_CRASH, CALLER(), "abort");
}

noreturn void explore_i_exit(int status) {
    fail(EXPLORE_CRASH, CALLER(), "exit(%d)", status);
}

noreturn void explore_i__exit(int status) __attribute__((alias("explore_i_exit")));

/* A signal is raised by the program's own accesses alone; in the explorer it would be a fault. */
static void on_signal(int number, siginfo_t *info, void *context) {
    (void)context;
    const uintptr_t address = (uintptr_t)info->si_addr;
    if (!run.self)
        _exit(128 + number);
    run.failure.address = address;
    if (fiber_in_guard(address))
        fail(EXPLORE_CRASH, 0, "stack overflow");
    fail(EXPLORE_CRASH, 0, "signal %d at address %p", number, info->si_addr);
}

/* A loop without a visible step would never come back. Every so much of processor time this looks
 * whether one was made. */
static void on_alarm(int number) {
    static uint64_t execution;
    static uint32_t steps;
    (void)number;
    if (run.self && run.executions == execution && run.steps == steps)
        fail(EXPLORE_LIVELOCK, 0, "thread %u runs on without a visible step", run.self->id);
    execution = run.executions;
    steps = run.steps;
}

static void alarm_init(void) {
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_ONSTACK | SA_NODEFER};
    const struct timeval every = {
        (time_t)set.patience, (suseconds_t)((set.patience - (double)(time_t)set.patience) * 1e6)};
    const struct itimerval timer = {every, every};
    sigaction(SIGVTALRM, &action, NULL);
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

static void signals_init(void) {
    static char room[SIGNAL_STACK];
    const stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
}

/* -- the beginning ---------------------------------------------------------------------------- */

void run_init(void) {
    fibers_init();
    heap_init();
    globals_save();
    signals_init();
    alarm_init();
}

static noreturn void body_main(void) {
    run.program->body();
    explore_join_all();
    thread_run_exit_hooks();
    if (!run.stopped)
        heap_check_leaks();
    run_end();
}

static void reset(const explore_program *program) {
    run.program = program;
    run.executions++;
    run.steps = run.idle = 0;
    run.soft = program->steps ? program->steps : SOFT_STEPS;
    run.hard = run.soft * HARD_FACTOR;
    run.ticks = 0;
    run.spins = run.spins_chosen = false;
    run.strays = program->stray_wakes ? program->stray_wakes : 1;
    run.alloc_failures = program->alloc_failures;
    run.failure = (failure_report){.verdict = EXPLORE_PASS};
    globals_restore();
    scratch_reset();
    memory_reset();
    places_reset();
    heap_reset();
    os_reset();
    posix_reset();
    names_reset();
    threads_reset();
}

explore_verdict run_once(const explore_program *program, uint64_t execution) {
    reset(program);
    choose_start(execution);
    fiber_switch(&driver_stack, fiber_prepare(0, body_main));
    run.self = NULL;
    choose_done();
    return run.failure.verdict;
}
