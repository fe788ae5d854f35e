/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * memory.c - the C11 memory model: which store may this load read?
 *
 * Every atomic location keeps all its stores, in modification order. A thread has a view: for each
 * location the oldest store that coherence still lets it read; a load may read that one or any
 * newer. A release store carries the writer's view and clock; who reads it with acquire joins them.
 *
 *   M1 Modification order is the order of execution. (Missed: executions in which it is not.)
 *   M2 A load never reads a store that has not been executed. (Missed: load buffering.)
 *   M3 A relaxed load keeps what it read in `acquired`, for a later acquire fence; a release fence
 *      keeps a snapshot in `released`, for later relaxed stores.
 *   M4 A read-modify-write reads the last store, and passes on that store's view whatever its own
 *      order (release sequence). A plain store of the same thread does not (C20, not C11).
 *   M5 A seq_cst fence joins the global view `sc` and the thread's own both ways: locations alone,
 *      since it orders but does not synchronise.
 *   M6 A seq_cst store enters its location of `sc`; a seq_cst load reads nothing older than that.
 *      The total order S of seq_cst operations is the order of execution.
 *
 * All that M1..M6 permit is permitted by C20 (no false alarm). What they miss is listed in
 * docs/design/explorer.md, and the litmus tests of tests/explore/selftest show it.
 *
 * Source: messages and views as in the promising semantics (Kang and others, POPL 2017), without
 * promises; M5 and M6 follow the repaired seq_cst of Lahav and others (PLDI 2017).
 */
#include "view.h"

#include <string.h>
#include <sys/mman.h>

enum { FIRST_CAPACITY = 8, SCRATCH = 256 << 20 };

static view sc;
static unsigned locations;
static char *scratch_memory;
static size_t scratch_used;

void *scratch(size_t size) {
    size = (size + 15) & ~(size_t)15;
    if (UNLIKELY(scratch_used + size > SCRATCH))
        fail(EXPLORE_MISUSE, 0, "an execution needs more than %d MiB", SCRATCH >> 20);
    void *p = scratch_memory + scratch_used;
    scratch_used += size;
    return p;
}

void scratch_reset(void) {
    if (!scratch_memory)
        scratch_memory = mmap(NULL, SCRATCH, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    scratch_used = 0;
}

void memory_reset(void) {
    view_clear(&sc);
    locations = 0;
}

/* -- values in the program's memory ----------------------------------------------------------- */

static inline uint64_t value_get(uintptr_t address, unsigned size) {
    switch (size) {
    case 1: return *(const volatile uint8_t *)address;
    case 2: return *(const volatile uint16_t *)address;
    case 4: return *(const volatile uint32_t *)address;
    default: return *(const volatile uint64_t *)address;
    }
}

static inline void value_set(uintptr_t address, unsigned size, uint64_t value) {
    switch (size) {
    case 1: *(volatile uint8_t *)address = (uint8_t)value; break;
    case 2: *(volatile uint16_t *)address = (uint16_t)value; break;
    case 4: *(volatile uint32_t *)address = (uint32_t)value; break;
    default: *(volatile uint64_t *)address = value; break;
    }
}

static inline uint64_t cut(uint64_t value, unsigned size) {
    return size == 8 ? value : value & ((UINT64_C(1) << (8 * size)) - 1);
}

/* -- histories -------------------------------------------------------------------------------- */

static message *history_append(place *p, uint64_t value, const view *carried, site from) {
    if (UNLIKELY(p->count == p->capacity)) {
        const uint32_t capacity = p->capacity ? 2 * p->capacity : FIRST_CAPACITY;
        message *larger = scratch(capacity * sizeof(message));
        if (p->count)
            memcpy(larger, p->history, p->count * sizeof(message));
        p->history = larger;
        p->capacity = capacity;
    }
    message *m = &p->history[p->count++];
    *m = (message){value, carried, from, run.steps, run.self->id, false};
    return m;
}

/* The value in memory was put there by a plain write. Races apart, all older accesses happened
 * before it, and it before all that come; so the history starts anew. */
static void history_restart(place *p, uintptr_t address) {
    history_append(p, value_get(address, p->size), NULL, 0)->plain = true;
    p->oldest = p->count - 1;
    p->dirty = false;
}

static void place_become_atomic(place *p, unsigned size) {
    if (locations + 1 >= LOCATIONS)
        fail(EXPLORE_MISUSE, 0, "the program has more than %d atomic locations", LOCATIONS - 1);
    p->location = (uint16_t)++locations;
    p->size = (uint8_t)size;
    p->dirty = true;
}

/* The place of an atomic access, its races checked and its history up to date. */
static inline place *atomic_place(uintptr_t address, unsigned size, bool write, site from) {
    if (UNLIKELY(address % size != 0))
        fail(EXPLORE_MISUSE, from, "an atomic access that is not aligned to its size");
    heap_check(address, size, from);
    place *p = place_atomic_access(address, size, write, from);
    if (UNLIKELY(!p->location))
        place_become_atomic(p, size);
    /* A value that nobody stored: code that is not instrumented wrote it (libc, the kernel). */
    if (UNLIKELY(p->dirty) || UNLIKELY(p->history[p->count - 1].value != value_get(address, size)))
        history_restart(p, address);
    return p;
}

/* The oldest store that coherence, and for seq_cst M6, let this thread read. */
static inline uint32_t oldest_readable(const place *p, int order) {
    int oldest = view_get(&run.self->now, p->location);
    if (order == SEQ_CST) {
        const int last = view_get(&sc, p->location);
        oldest = last > oldest ? last : oldest;
    }
    return (uint32_t)oldest > p->oldest ? (uint32_t)oldest : p->oldest;
}

static inline uint64_t read_message(const place *p, uint32_t index, int order, site from) {
    thread *t = run.self;
    const message *m = &p->history[index];
    view_raise(&t->now, p->location, (int)index);
    if (m->view)
        view_join(acquires(order) ? &t->now : &t->acquired, m->view); /* M3 */
    if (UNLIKELY(pair_met != NULL))
        pair_met(from, m->site);
    return m->value;
}

/* The end of a step. What comes after a release is not covered by it, hence the new clock. */
static inline void step_done(bool released) {
    thread *t = run.self;
    t->last = t->now.at[0][t->id];
    if (released && UNLIKELY(++t->now.at[0][t->id] > INT16_MAX - 2))
        fail(EXPLORE_LIVELOCK, 0, "a thread makes more than %d steps", INT16_MAX - 2);
}

static inline void write_message(place *p, uintptr_t address, uint64_t value, int order,
                                 const view *inherited, site from) {
    thread *t = run.self;
    view_raise(&t->now, p->location, (int)p->count);
    const view *carried = releases(order) ? view_snapshot(&t->now) : t->released;
    if (inherited && carried) {
        const view *longer = carried->blocks > inherited->blocks ? carried : inherited;
        view *both = scratch(sizeof(block) * (1 + longer->blocks));
        view_copy(both, carried);
        view_join(both, inherited);
        carried = both;
    } else if (inherited) {
        carried = inherited;
    }
    history_append(p, value, carried, from);
    if (order == SEQ_CST)
        view_raise(&sc, p->location, (int)p->count - 1);
    value_set(address, p->size, value);
    step_done(releases(order));
    sched_progress();
}

/* -- the operations --------------------------------------------------------------------------- */

uint64_t memory_load(uintptr_t address, unsigned size, int order, site from) {
    order = site_order(from, SITE_LOAD, order);
    sched_point(from);
    place *p = atomic_place(address, size, false, from);
    const uint32_t oldest = oldest_readable(p, order), last = p->count - 1;
    const uint32_t index = last > oldest ? last - choose(last - oldest + 1, OF_STORE) : last;
    const uint64_t value = read_message(p, index, order, from);
    step_done(false);
    if (UNLIKELY(run.tracing))
        trace_event((event){.kind = EVENT_LOAD,
                            .address = address,
                            .size = (uint8_t)size,
                            .value = value,
                            .order = (uint8_t)order,
                            .index = index,
                            .last = last,
                            .at = from});
    return value;
}

void memory_store(uintptr_t address, unsigned size, uint64_t value, int order, site from) {
    order = site_order(from, SITE_STORE, order);
    sched_point(from);
    place *p = atomic_place(address, size, true, from);
    value = cut(value, size);
    if (UNLIKELY(run.tracing))
        trace_event((event){.kind = EVENT_STORE,
                            .address = address,
                            .size = (uint8_t)size,
                            .value = value,
                            .order = (uint8_t)order,
                            .last = p->count,
                            .at = from});
    write_message(p, address, value, order, NULL, from);
}

static uint64_t modified(int operation, uint64_t old, uint64_t operand) {
    switch (operation) {
    case ADD: return old + operand;
    case SUB: return old - operand;
    case AND: return old & operand;
    case OR: return old | operand;
    case XOR: return old ^ operand;
    case NAND: return ~(old & operand);
    default: return operand;
    }
}

/* M4: reads the last store and writes the next, which inherits its view. */
static uint64_t read_and_write(place *p, uintptr_t address, int operation, uint64_t operand,
                               int order, site from) {
    const view *inherited = p->history[p->count - 1].view;
    const uint64_t old = read_message(p, p->count - 1, order, from);
    write_message(p, address, cut(modified(operation, old, operand), p->size), order, inherited,
                  from);
    return old;
}

uint64_t memory_modify(uintptr_t address, unsigned size, int operation, uint64_t operand, int order,
                       site from) {
    order = site_order(from, SITE_MODIFY, order);
    sched_point(from);
    place *p = atomic_place(address, size, true, from);
    const uint64_t old = read_and_write(p, address, operation, operand, order, from);
    if (UNLIKELY(run.tracing))
        trace_event((event){.kind = EVENT_MODIFY,
                            .address = address,
                            .size = (uint8_t)size,
                            .value = p->history[p->count - 1].value,
                            .before = old,
                            .order = (uint8_t)order,
                            .last = p->count - 1,
                            .at = from});
    return old;
}

/* Which store a compare-exchange reads: the last, for a success; the last or an older one that
 * differs, for a failure; the last, for a spurious failure of the weak form. *spurious says so. */
static uint32_t compare_reads(const place *p, uint64_t expected, int failure, bool weak,
                              bool *spurious) {
    const uint32_t oldest = oldest_readable(p, failure), last = p->count - 1;
    const bool match = p->history[last].value == expected;
    unsigned older = 0;
    for (uint32_t i = oldest; i < last; i++)
        older += p->history[i].value != expected;
    *spurious = match && weak && choose(2, OF_RARE);
    if (*spurious || older == 0)
        return last;
    unsigned skip = choose(older + 1, OF_STORE);
    uint32_t i = last;
    while (skip > 0)
        skip -= p->history[--i].value != expected;
    return i;
}

bool memory_compare_exchange(uintptr_t address, unsigned size, uint64_t *expected, uint64_t desired,
                             int success, int failure, bool weak, site from) {
    success = site_order(from, SITE_COMPARE, success);
    failure = site_failure_order(from, failure);
    sched_point(from);
    place *p = atomic_place(address, size, false, from);
    const uint64_t wanted = cut(*expected, size);
    bool spurious;
    const uint32_t last = p->count - 1, index = compare_reads(p, wanted, failure, weak, &spurious);
    const bool succeeds = !spurious && p->history[index].value == wanted;
    if (succeeds) {
        (void)place_atomic_access(address, size, true, from);
        read_and_write(p, address, EXCHANGE, desired, success, from);
    } else {
        *expected = read_message(p, index, failure, from);
        step_done(false);
    }
    if (UNLIKELY(run.tracing))
        trace_event((event){.kind = EVENT_COMPARE,
                            .address = address,
                            .size = (uint8_t)size,
                            .value = succeeds ? cut(desired, size) : *expected,
                            .before = wanted,
                            .order = (uint8_t)success,
                            .failure_order = (uint8_t)failure,
                            .succeeded = succeeds,
                            .index = index,
                            .last = last,
                            .at = from});
    return succeeds;
}

/* -- fences ----------------------------------------------------------------------------------- */

static void fence_of(thread *t, int order) {
    if (acquires(order))
        view_join(&t->now, &t->acquired);
    if (order == SEQ_CST) { /* M5 */
        view_join_locations(&t->now, &sc);
        view_join_locations(&sc, &t->now);
    }
    if (releases(order))
        t->released = view_snapshot(&t->now);
}

void memory_fence(int order, site from) {
    order = site_order(from, SITE_FENCE, order);
    if (order == RELAXED)
        return;
    sched_point(from);
    fence_of(run.self, order);
    step_done(releases(order));
    if (UNLIKELY(run.tracing))
        trace_event((event){.kind = EVENT_FENCE, .order = (uint8_t)order, .at = from});
}

/* membarrier: every thread runs a full fence where it stands, between two fences of the caller. One
 * that has ended ran it when the kernel switched away from it. */
void memory_barrier_everywhere(void) {
    fence_of(run.self, SEQ_CST);
    for (unsigned i = 0; i < run.thread_count; i++) {
        thread *t = &run.threads[i];
        if (t == run.self)
            continue;
        fence_of(t, SEQ_CST);
        t->now.at[0][i]++;
    }
    fence_of(run.self, SEQ_CST);
    step_done(true);
}

/* -- what is not a C11 atomic ----------------------------------------------------------------- */

/* The kernel compares the futex word under a lock that wake takes too. So the sleeper's look comes
 * after what an earlier waker had seen of this word; more is not promised, nor given here. */
uint64_t memory_kernel_read(uintptr_t address, site from) {
    place *p = atomic_place(address, 4, false, from);
    uint32_t oldest = oldest_readable(p, RELAXED), last = p->count - 1;
    if (p->kernel > (int)oldest)
        oldest = (uint32_t)p->kernel;
    const uint32_t index = last > oldest ? last - choose(last - oldest + 1, OF_STORE) : last;
    return read_message(p, index, RELAXED, from);
}

void memory_kernel_wake(uintptr_t address) {
    place *p = place_find(address, 4);
    if (!p || !p->location)
        return;
    const int seen = view_get(&run.self->now, p->location);
    if (seen > p->kernel)
        p->kernel = (int16_t)seen;
}

void memory_acquire(const view *from) {
    if (from)
        view_join(&run.self->now, from);
}

const view *memory_release(void) {
    const view *v = view_snapshot(&run.self->now);
    step_done(true);
    return v;
}
