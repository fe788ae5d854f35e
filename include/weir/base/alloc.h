/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * alloc.h - where memory comes from: the caller's allocator, or aligned_alloc and free.
 */
#ifndef WEIR_BASE_ALLOC_H
#define WEIR_BASE_ALLOC_H

#include <weir/base/config.h>

#include <stdlib.h>

WEIR_I_BEGIN

/* alloc returns size bytes aligned to align (a power of two), or NULL; free takes back what alloc
 * returned, with the size that was asked for. Both get ctx. A NULL weir_allocator * anywhere in
 * weir means the default. */
typedef struct weir_allocator {
    void *(*alloc)(size_t size, size_t align, void *ctx);
    void (*free)(void *memory, size_t size, void *ctx);
    void *ctx;
} weir_allocator;

WEIR_I_FUNC void *weir_i_default_alloc(size_t size, size_t align, void *ctx) {
    (void)ctx;
    if (align < sizeof(void *))
        align = sizeof(void *);
    if (size > SIZE_MAX - align)
        return NULL;
    return aligned_alloc(align, (size + align - 1) & ~(align - 1)); /* C11 wants a multiple */
}

WEIR_I_FUNC void weir_i_default_free(void *memory, size_t size, void *ctx) {
    (void)size;
    (void)ctx;
    free(memory);
}

/* The allocator an object keeps: a copy of the caller's, or the default. */
WEIR_I_FUNC weir_allocator weir_i_allocator(const weir_allocator *chosen) {
    weir_allocator standard = {weir_i_default_alloc, weir_i_default_free, NULL};
    return chosen ? *chosen : standard;
}

/* a * b, or false if no object can be that large. */
WEIR_I_FUNC bool weir_i_size_multiply(size_t a, size_t b, size_t *product) {
    return !__builtin_mul_overflow(a, b, product) && *product <= PTRDIFF_MAX;
}

WEIR_I_END

#endif
