/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * faulty_allocator.h - an allocator that fails when told to and counts what is out.
 *
 * Do this:
 *   faulty_allocator faulty = {.fail_at = 2};                     // the second call fails
 *   const weir_allocator allocator = faulty_allocator_of(&faulty);
 *   ... init_with(&object, &allocator) ...
 *   cr_assert_eq(faulty.live, 0);
 */
#ifndef WEIR_TESTS_FAULTY_ALLOCATOR_H
#define WEIR_TESTS_FAULTY_ALLOCATOR_H

#include <weir/base/alloc.h>

typedef struct faulty_allocator {
    size_t fail_at; /* the number of the call that fails, from 1; 0: none */
    size_t calls;
    size_t live;  /* blocks not given back */
    size_t bytes; /* their sizes, as alloc and free were told them */
} faulty_allocator;

static inline void *faulty_alloc(size_t size, size_t align, void *ctx) {
    faulty_allocator *faulty = (faulty_allocator *)ctx;
    if (++faulty->calls == faulty->fail_at)
        return NULL;
    __atomic_fetch_add(&faulty->live, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&faulty->bytes, size, __ATOMIC_RELAXED);
    return weir_i_default_alloc(size, align, NULL);
}

static inline void faulty_free(void *memory, size_t size, void *ctx) {
    faulty_allocator *faulty = (faulty_allocator *)ctx;
    __atomic_fetch_sub(&faulty->live, 1, __ATOMIC_RELAXED); /* perhaps a reclaimer's thread */
    __atomic_fetch_sub(&faulty->bytes, size, __ATOMIC_RELAXED);
    weir_i_default_free(memory, size, NULL);
}

static inline weir_allocator faulty_allocator_of(faulty_allocator *faulty) {
    const weir_allocator allocator = {faulty_alloc, faulty_free, faulty};
    return allocator;
}

#endif
