/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * engine.h - what the parts of the explorer share.
 *
 *   fiber.c    logical threads' stacks, and the switch between them
 *   threads.c  logical threads: spawn, join, exit hooks, thread-locals
 *   sched.c    who runs next; sleeping, resting, deadlock, livelock
 *   choose.c   every choice goes through here: random, PCT, depth-first, replay, bytes
 *   memory.c   the C11 memory model: histories, views, fences
 *   place.c    what is known of an address: its history and who accessed it; data races
 *   heap.c     malloc without reuse; use after free, overflow, leaks
 *   os.c       futex, membarrier, clock;  posix.c  mutex, condition, once, thread calls
 *   tsan_abi.c what the compiler calls for each access
 *   sites.c    call sites of atomics: coverage, and orders weakened on demand
 *   run.c      one execution;  many.c  many, and the shortest failing one;  stop.c  the stop test
 *   main.c     options and the summary
 *   trace.c story.c html.c symbol.c  how a failure is told;  fuzz.c  libFuzzer's entry
 *
 * Everything runs on one OS thread. Programs' objects call functions whose names seam.syms maps, so
 * that the explorer's own malloc, memcpy and so on stay those of libc.
 */
#ifndef WEIR_EXPLORE_ENGINE_H
#define WEIR_EXPLORE_ENGINE_H

#include "explore.h"

#include <stdio.h>
#include <stdnoreturn.h>

#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* Where in the program: the return address of its call. Programs are linked at fixed addresses. */
typedef uint32_t site;
#define CALLER() ((site)(uintptr_t)__builtin_return_address(0))

/* -- views: what a thread knows (view.h) ------------------------------------------------------ */

enum { LANES = 8, LOCATIONS = 4096, VIEW_BLOCKS = 1 + LOCATIONS / LANES };

/* Eight counters, compared and joined at once. */
typedef int16_t block __attribute__((vector_size(16), may_alias));

/* at[0]: a vector clock, a lane per thread. at[1..]: per atomic location the oldest store that may
 * still be read. What lies beyond `blocks` is zero, and, in scratch memory, not there. */
typedef struct view {
    uint32_t blocks;
    block at[VIEW_BLOCKS];
} view;

/* -- places: what is known of an address (place.c, memory.c) ---------------------------------- */

/* One store, in the order of modification. */
typedef struct message {
    uint64_t value;
    const view *view; /* what an acquiring reader learns; NULL: nothing */
    site site;
    uint32_t step;
    uint8_t thread;
    bool plain; /* the value that was there, or that a plain write left */
} message;

/* Bytes that are accessed together: a granule of 8 and a mask of its bytes. */
typedef struct place {
    _Alignas(64) block wrote;   /* each thread's clock at its last plain write */
    block read, stored, loaded; /* and plain read, atomic store, atomic load */
    uintptr_t granule;
    message *history;
    uint32_t count, capacity;
    uint32_t oldest;   /* stores before it are gone: a plain write came after them */
    uint32_t next;     /* in the same granule; 0: the last */
    uint32_t in_block; /* next place of the same heap block */
    uint16_t location; /* the lane in views, from 1; 0: never accessed atomically */
    int16_t kernel;    /* what the last futex wake had seen */
    uint8_t mask, size;
    bool dirty; /* a plain write came; its value is in memory, not yet in the history */
} place;

place *place_find(uintptr_t address, unsigned size); /* NULL: never accessed so */
place *place_atomic_access(uintptr_t address, unsigned size, bool write, site from);
void place_plain_access(uintptr_t address, size_t size, bool write, site from);
void place_forget(place *p,
                  site from); /* checks that all accesses happened before, as a free must */
void places_reset(void);

/* -- memory model ----------------------------------------------------------------------------- */

enum memory_order_code { RELAXED, CONSUME, ACQUIRE, RELEASE, ACQ_REL, SEQ_CST };
enum memory_operation { EXCHANGE, ADD, SUB, AND, OR, XOR, NAND };

static inline bool acquires(int order) {
    return order == ACQUIRE || order == ACQ_REL || order == SEQ_CST || order == CONSUME;
}
static inline bool releases(int order) {
    return order >= RELEASE;
}

uint64_t memory_load(uintptr_t address, unsigned size, int order, site from);
void memory_store(uintptr_t address, unsigned size, uint64_t value, int order, site from);
uint64_t memory_modify(uintptr_t address, unsigned size, int operation, uint64_t operand, int order,
                       site from);
bool memory_compare_exchange(uintptr_t address, unsigned size, uint64_t *expected, uint64_t desired,
                             int success, int failure, bool weak, site from);
void memory_fence(int order, site from);
uint64_t memory_kernel_read(uintptr_t address, site from); /* by futex wait */
void memory_kernel_wake(uintptr_t address);                /* by futex wake */
void memory_barrier_everywhere(void);                      /* by membarrier */
void memory_acquire(const view *from);                     /* of locks and joins */
const view *memory_release(void);
void memory_reset(void);
void *scratch(size_t size); /* memory until the end of the execution */
void scratch_reset(void);

/* -- logical threads -------------------------------------------------------------------------- */

enum thread_state { READY, JOINING, ASLEEP, BLOCKED, FINISHED, STOPPED };
enum { KEYS = 32, LOCALS = 32 };

typedef struct thread {
    view now;             /* what happened before here */
    view acquired;        /* what an acquire fence would add */
    const view *released; /* what the last release fence covered; NULL: none */
    void *stack_pointer;  /* while another runs */
    uintptr_t frame;      /* the innermost frame of the program, at its last call into here */
    uint32_t bit;         /* 1 << id */
    int priority;
    enum thread_state state;
    uint8_t id;
    int join;         /* whom it waits for while JOINING; -1: all */
    int16_t last;     /* its clock at its last step */
    uintptr_t futex;  /* what it sleeps on */
    int64_t deadline; /* of its sleep; INT64_MAX: none */
    int wake_result;
    const char *operation;
    uint32_t operation_steps;
    unsigned cpu; /* that it runs on, for who asks */
    const char *name;
    void (*function)(void *);
    void *(*function_posix)(void *);
    void *argument, *result;
    void *values[KEYS];
    struct local {
        void *key, *pointer;
    } locals[LOCALS];
} thread;

unsigned thread_spawn(const char *name);
void thread_run_exit_hooks(void);
bool thread_is_over(const thread *t);
void threads_reset(void);
int key_create(unsigned *key, void (*destructor)(void *));

enum { FIBER_STACK = 512 << 10 };
extern uintptr_t fiber_base;                           /* EXPLORE_THREADS stacks lie from here on */
void *fiber_prepare(unsigned id, void (*entry)(void)); /* a new stack pointer */
void fiber_switch(void **save, void *to);
int fiber_of(uintptr_t address); /* whose stack; -1: none */
bool fiber_in_guard(uintptr_t address);
void fibers_init(void);

/* -- scheduling ------------------------------------------------------------------------------- */

void sched_point(site from); /* before each visible step */
void sched_block(enum thread_state why);
void sched_rest(void);  /* relax, yield */
void sched_leave(void); /* the thread is over */
void sched_wake(thread *t, int result);
int sched_sleep(uintptr_t futex, int64_t deadline); /* 0, ETIMEDOUT or EINTR */

/* Loads read the last store and nothing fails spuriously: when all seem stuck, and in the tail. */
#define sched_fresh() (run.idle > 0 || run.steps > run.soft)

/* Somebody changed something: those who rest may look again. */
#define sched_progress() ((void)(run.resting = 0, run.idle = 0))

/* -- choices ---------------------------------------------------------------------------------- */

enum choice_kind { OF_THREAD, OF_STORE, OF_RARE, OF_SYSTEM, OF_PROGRAM };
enum { CHOICES = 1 << 16 };

typedef struct choice {
    uint8_t value, count, kind;
    bool costs; /* a value other than 0 costs the depth-first search some of its budget */
} choice;

enum driver { BY_MIX, BY_PCT, BY_RANDOM, BY_SEARCH, BY_REPLAY, BY_BYTES };

unsigned choose(unsigned n, enum choice_kind kind);
unsigned choose_thread(uint32_t ready, uint32_t early); /* returns the thread's number */
uint64_t choose_bits(void);
void choose_start(uint64_t execution);
void choose_done(void);
bool choose_next_in_search(void); /* false: the search is complete */
void choose_search_reset(void);

/* -- one execution ---------------------------------------------------------------------------- */

typedef struct failure_report {
    explore_verdict verdict;
    uint8_t thread, other;
    site at;
    uintptr_t address;
    char text[240];
} failure_report;

/* All that changes during an execution and is not a program's. */
typedef struct run {
    thread *self;
    uint32_t runnable; /* bits of threads: can run */
    uint32_t resting;  /* of these, wait for a change */
    uint32_t sleeping; /* asleep: a stray wake may come */
    uint32_t timed;    /* of these, have a deadline */
    uint32_t stopped;
    uint32_t steps, soft, hard; /* beyond soft the schedule is fair and loads are fresh */
    uint32_t idle;              /* rounds in which everybody rested */
    uint32_t strays, alloc_failures, thread_count;
    bool alone; /* no thread but this one is left, and it has joined all others: nothing can race */
    bool tracing;
    bool spins_chosen, spins; /* weir_explore_spins() */
    uint64_t executions, ticks;
    int64_t clock;
    uint64_t hash; /* of the choices */
    const explore_program *program;
    failure_report failure;
    uint32_t choices;
    choice made[CHOICES];
    thread threads[EXPLORE_THREADS];
} run_state;

extern run_state run;

/* What the options ask for. */
typedef struct settings {
    enum driver driver;
    unsigned depth; /* of PCT; 0: mixed */
    uint64_t seed;
    unsigned preemptions, stale, spurious; /* budgets of the search */
    double patience; /* seconds of processor time that a thread may take for one step */
    unsigned alloc_fail_at;
    bool no_membarrier;
    const choice *replay;
    uint32_t replay_length;
    const uint8_t *bytes;
    size_t byte_count;
    const char *stop_operation;
    uint32_t stop_step;
} settings;

extern settings set;

explore_verdict run_once(const explore_program *program, uint64_t execution);
noreturn void fail(explore_verdict verdict, site at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
noreturn void run_end(void);
void run_init(void);
extern char program_data[], program_data_end[], program_bss[], program_bss_end[];

/* -- heap ------------------------------------------------------------------------------------- */

/* Every access passes here first. */
extern uintptr_t heap_base, heap_top;
void heap_check_range(uintptr_t address, size_t size, site from);
void stack_check(uintptr_t address, unsigned owner, site from);
static inline void heap_check(uintptr_t address, size_t size, site from) {
    if (address - heap_base < heap_top - heap_base)
        heap_check_range(address, size, from);
    else if (address - fiber_base < (uintptr_t)EXPLORE_THREADS * FIBER_STACK &&
             (address - fiber_base) / FIBER_STACK != run.self->id)
        stack_check(address, (unsigned)((address - fiber_base) / FIBER_STACK), from);
}
void heap_adopt(place *p);
void heap_check_leaks(void);
void heap_reset(void);
void heap_init(void);
bool heap_describe(uintptr_t address, char *text, size_t size);

/* -- the world -------------------------------------------------------------------------------- */

void os_reset(void);
void posix_reset(void);
void names_reset(void);

/* -- sites ------------------------------------------------------------------------------------ */

enum site_kind { SITE_LOAD, SITE_STORE, SITE_MODIFY, SITE_COMPARE, SITE_FENCE };
int site_order(site from, enum site_kind kind, int order);
int site_failure_order(site from, int order);
void sites_weaken(const char *list);
void sites_print(void);
void sites_coverage(bool list);
unsigned sites_covered(void);
unsigned sites_total(void);
void sites_reset(void);

/* "ring.h:120", and the chain of functions inlined there, "weir_i_ring_push < producer". */
const char *site_text(site at);
const char *site_functions(site at);
bool site_source(site at, char *text, size_t size);
void symbols_want(site at); /* to be looked up together with others */
bool symbol_of_data(uintptr_t address, char *text, size_t size);

/* A load at the one site read a store of the other. Only fuzz.c defines it. */
__attribute__((weak)) void pair_met(site load, site store);

/* -- telling ---------------------------------------------------------------------------------- */

enum event_kind {
    EVENT_LOAD,
    EVENT_STORE,
    EVENT_MODIFY,
    EVENT_COMPARE,
    EVENT_FENCE,
    EVENT_READ,
    EVENT_WRITE,
    EVENT_NOTE,
};

typedef struct event {
    uintptr_t address;
    uint64_t value, before;
    site at;
    uint32_t step;
    uint32_t index, last; /* of a load: which store it read, and the newest there was */
    uint8_t thread, kind, size, order, failure_order;
    bool succeeded;
    const char *text;
} event;

void trace_event(event e);
void trace_note(site at, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_reset(void);
size_t trace_length(void);
const event *trace_get(size_t i);

/* One line of the story, in its thread's column. */
typedef struct story_line {
    const event *event;
    char text[200];
    char stale[200]; /* which newer stores a load ignored; empty: none */
    unsigned repeats;
} story_line;

size_t story_lines(story_line **lines); /* of the trace; the caller frees them */
void story_print(const explore_program *p, FILE *out, bool whole);
void story_html(const explore_program *p, const char *replay, FILE *out);
const char *verdict_name(explore_verdict v);
void choices_print(const choice *c, uint32_t n, char *text, size_t size);
uint32_t choices_parse(const char *text, choice *c, uint32_t most);

/* -- many executions -------------------------------------------------------------------------- */

typedef struct budget {
    uint64_t executions;
    double seconds;
    bool minimise;
} budget;

typedef struct tally {
    uint64_t executions, steps, interleavings;
    double seconds, cpu_seconds;
    bool complete; /* the search has nothing left */
} tally;

double now_seconds(void);
explore_verdict explore_many(const explore_program *p, const budget *b, tally *t);
void minimise(const explore_program *p, choice *choices, uint32_t *length);
bool distinct_add(uint64_t hash);
uint64_t distinct_count(void);
void distinct_reset(void);
bool stop_test(const explore_program *p, const budget *b); /* false: not as the program says */
void operation_met(const char *name, uint32_t steps);

#endif
