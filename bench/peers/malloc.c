/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * malloc and free, of the C library and of others, each in a process of its own. */
#include "../harness/object_loops.h"

static void *malloc_create(size_t capacity) {
    return bench_source_new(capacity, NULL);
}

#define SIZE(bytes)                                                                                \
    BENCH_FAST uint64_t *malloc##bytes##_take(void *unused) {                                      \
        (void)unused;                                                                              \
        uint64_t *const object = malloc(bytes);                                                    \
        if (!object)                                                                               \
            abort();                                                                               \
        return object;                                                                             \
    }                                                                                              \
    BENCH_FAST void malloc##bytes##_give(void *unused, uint64_t *object) {                         \
        (void)unused;                                                                              \
        free(object);                                                                              \
    }                                                                                              \
    BENCH_OBJECT_LOOPS(malloc##bytes)

SIZE(256)
SIZE(65536)

#define SUBJECT(name, note, bytes, preload)                                                        \
    {                                                                                              \
        "pool", name, note, bytes, 0, malloc_create, bench_source_delete,                          \
            {BENCH_OBJECT_ROLES(malloc##bytes)}, preload                                           \
    }
#define BOTH(name, note, preload)                                                                  \
    SUBJECT(name, note, 256, preload), SUBJECT(name, note, 65536, preload)

const bench_subject bench_peer_malloc[] = {
    BOTH("glibc malloc", NULL, ""),
#ifdef BENCH_JEMALLOC
    BOTH("jemalloc", NULL, BENCH_JEMALLOC),
#endif
#ifdef BENCH_MIMALLOC
    BOTH("mimalloc", NULL, BENCH_MIMALLOC),
#endif
#ifdef BENCH_TCMALLOC
    BOTH("tcmalloc", NULL, BENCH_TCMALLOC),
#endif
    {NULL},
};
