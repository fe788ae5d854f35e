/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * heap.c - the programs' malloc: no address is used twice in an execution.
 *
 * So an access to freed memory is always seen, wherever it lands, and addresses are the same in
 * each execution. Between blocks lies a gap, so an access past the end is seen too. Fresh memory is
 * filled with a pattern: what is not initialised is at least the same every time.
 */
#include "place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HEAP = 64 << 20, UNIT = 16, GAP = 16, BLOCKS = 1 << 14, PATTERN = 0xa5 };

typedef struct heap_block {
    uintptr_t start;
    size_t size;
    uint32_t places; /* those in it, see place.in_block */
    site allocated, freed;
    uint8_t by, freed_by;
    bool is_free, reachable;
} heap_block;

uintptr_t heap_base, heap_top;
static heap_block blocks[BLOCKS]; /* 0 is none */
static uint32_t block_count;
static uint16_t *owners; /* of each unit of the heap: its block; 0: a gap */
static uint32_t allocations;

void heap_init(void) {
    const int access = PROT_READ | PROT_WRITE, kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *heap = mmap((void *)0x520000000000, HEAP, access, kind, -1, 0);
    owners = mmap(NULL, HEAP / UNIT * sizeof *owners, access, kind, -1, 0);
    if (heap == MAP_FAILED || owners == MAP_FAILED) {
        perror("explore: heap");
        exit(2);
    }
    heap_base = heap_top = (uintptr_t)heap;
}

void heap_reset(void) {
    memset(owners, 0, (heap_top - heap_base) / UNIT * sizeof *owners);
    heap_top = heap_base;
    block_count = 1;
    allocations = 0;
}

static heap_block *block_of(uintptr_t address) {
    return address - heap_base < heap_top - heap_base
               ? &blocks[owners[(address - heap_base) / UNIT]]
               : blocks;
}

void heap_adopt(place *p) {
    heap_block *b = block_of(p->granule * 8);
    p->in_block = b->places;
    b->places = (uint32_t)(p - places);
}

/* -- accesses (heap_check) -------------------------------------------------------------------- */

void heap_check_range(uintptr_t address, size_t size, site from) {
    const heap_block *b = block_of(address);
    if (!UNLIKELY(b->is_free || b == blocks || address + size > b->start + b->size))
        return;
    run.failure.address = address;
    if (b == blocks)
        fail(EXPLORE_LIFETIME, from, "access outside of any block of the heap");
    if (b->is_free)
        fail(EXPLORE_LIFETIME, from, "use after free, by thread %u", b->freed_by);
    fail(EXPLORE_LIFETIME, from, "access beyond the end of a block of %zu bytes", b->size);
}

/* The frames of a thread's calls lie above its `frame`; below it nothing of the program lives. */
void stack_check(uintptr_t address, unsigned owner, site from) {
    const thread *t = &run.threads[owner];
    if (owner < run.thread_count && t->state != FINISHED && address >= t->frame)
        return;
    run.failure.address = address;
    if (owner >= run.thread_count || t->state == FINISHED)
        fail(EXPLORE_LIFETIME, from, "access to the stack of thread %u, which has ended", owner);
    fail(EXPLORE_LIFETIME, from, "access to a stack frame of thread %u that has returned", owner);
}

/* -- allocation ------------------------------------------------------------------------------- */

static bool allocation_fails(void) {
    allocations++;
    if (allocations == set.alloc_fail_at)
        return true;
    if (run.alloc_failures == 0 || !choose(2, OF_RARE))
        return false;
    run.alloc_failures--;
    return true;
}

static void *allocate(size_t size, size_t align, site from) {
    if (allocation_fails()) {
        if (UNLIKELY(run.tracing))
            trace_note(from, "allocation of %zu bytes fails", size);
        errno = ENOMEM;
        return NULL;
    }
    if (align < UNIT)
        align = UNIT;
    const uintptr_t start = (heap_top + align - 1) & ~(uintptr_t)(align - 1);
    const size_t room = size ? (size + UNIT - 1) / UNIT * UNIT : UNIT;
    if (size > HEAP / 2 || start + room + GAP > heap_base + HEAP || block_count == BLOCKS)
        fail(EXPLORE_MISUSE, from, "the program allocates too much");
    heap_top = start + room + GAP;
    for (size_t i = 0; i < room / UNIT; i++)
        owners[(start - heap_base) / UNIT + i] = (uint16_t)block_count;
    blocks[block_count++] =
        (heap_block){.start = start, .size = size, .allocated = from, .by = run.self->id};
    memset((void *)start, PATTERN, room);
    if (UNLIKELY(run.tracing))
        trace_note(from, "allocates %zu bytes: block %u", size, block_count - 1);
    return (void *)start;
}

static heap_block *block_to_free(uintptr_t address, site from) {
    heap_block *b = block_of(address);
    run.failure.address = address;
    if (b == blocks || b->start != address)
        fail(EXPLORE_LIFETIME, from, "free of what is no block");
    if (b->is_free)
        fail(EXPLORE_LIFETIME, from, "double free, first by thread %u", b->freed_by);
    return b;
}

static void release(uintptr_t address, site from) {
    if (!address)
        return;
    heap_block *b = block_to_free(address, from);
    for (uint32_t i = b->places; i; i = places[i].in_block)
        place_forget(&places[i], from);
    b->is_free = true;
    b->freed = from;
    b->freed_by = run.self->id;
    if (UNLIKELY(run.tracing))
        trace_note(from, "frees block %u", (unsigned)(b - blocks));
}

/* -- the end ---------------------------------------------------------------------------------- */

static void mark_reachable(const char *from, const char *to) {
    for (const uintptr_t *p = (const void *)from; (const char *)(p + 1) <= to; p++) {
        heap_block *b = block_of(*p & ~(uintptr_t)7);
        if (b == blocks || b->is_free || b->reachable)
            continue;
        b->reachable = true;
        mark_reachable((const char *)b->start, (const char *)b->start + b->size);
    }
}

void heap_check_leaks(void) {
    if (run.program->keep_reachable) {
        mark_reachable(program_data, program_data_end);
        mark_reachable(program_bss, program_bss_end);
    }
    unsigned lost = 0;
    const heap_block *first = NULL;
    for (uint32_t i = 1; i < block_count; i++) {
        if (blocks[i].is_free || blocks[i].reachable)
            continue;
        lost++;
        first = first ? first : &blocks[i];
    }
    if (!first)
        return;
    run.failure.address = first->start;
    fail(EXPLORE_LEAK, first->allocated,
         "%u block%s never freed; this one has %zu bytes, from thread %u", lost,
         lost > 1 ? "s" : "", first->size, first->by);
}

bool heap_describe(uintptr_t address, char *text, size_t size) {
    const heap_block *b = block_of(address);
    if (b == blocks)
        return false;
    const unsigned number = (unsigned)(b - blocks);
    if (address == b->start)
        snprintf(text, size, "block %u", number);
    else
        snprintf(text, size, "block %u+%zu", number, (size_t)(address - b->start));
    return true;
}

/* -- what programs call (seam.syms) ----------------------------------------------------------- */

void *explore_i_malloc(size_t size) {
    return allocate(size, UNIT, CALLER());
}

void *explore_i_calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *p = allocate(bytes, UNIT, CALLER());
    if (p)
        memset(p, 0, bytes);
    return p;
}

void *explore_i_aligned_alloc(size_t align, size_t size) {
    return allocate(size, align, CALLER());
}

int explore_i_posix_memalign(void **out, size_t align, size_t size) {
    void *p = allocate(size, align, CALLER());
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

void *explore_i_realloc(void *old, size_t size) {
    void *fresh = allocate(size, UNIT, CALLER());
    if (!fresh || !old)
        return fresh;
    const heap_block *b = block_to_free((uintptr_t)old, CALLER());
    const size_t kept = b->size < size ? b->size : size;
    place_plain_access((uintptr_t)old, kept, false, CALLER());
    memcpy(fresh, old, kept);
    release((uintptr_t)old, CALLER());
    return fresh;
}

void explore_i_free(void *p) {
    release((uintptr_t)p, CALLER());
}
