/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * tsan_abi.c - the functions that gcc and clang call for each access under -fsanitize=thread.
 *
 * The interface is LLVM's compiler-rt, tsan_interface.h and tsan_interface_atomic.h; memory orders
 * are numbers 0 to 5. clang calls compare_exchange_val for the weak form too, so spurious failures
 * are seen with gcc's objects only.
 */
#include "place.h"

#include <string.h>

#define ENTER() (run.self->frame = (uintptr_t)__builtin_frame_address(0))
#define EXPORT __attribute__((used, noinline))

#define ATOMIC(bits, T)                                                                            \
    T __tsan_atomic##bits##_load(const volatile T *p, int order);                                  \
    EXPORT T __tsan_atomic##bits##_load(const volatile T *p, int order) {                          \
        ENTER();                                                                                   \
        return (T)memory_load((uintptr_t)p, sizeof(T), order, CALLER());                           \
    }                                                                                              \
    void __tsan_atomic##bits##_store(volatile T *p, T value, int order);                           \
    EXPORT void __tsan_atomic##bits##_store(volatile T *p, T value, int order) {                   \
        ENTER();                                                                                   \
        memory_store((uintptr_t)p, sizeof(T), value, order, CALLER());                             \
    }                                                                                              \
    MODIFY(bits, T, exchange, EXCHANGE)                                                            \
    MODIFY(bits, T, fetch_add, ADD)                                                                \
    MODIFY(bits, T, fetch_sub, SUB)                                                                \
    MODIFY(bits, T, fetch_and, AND)                                                                \
    MODIFY(bits, T, fetch_or, OR)                                                                  \
    MODIFY(bits, T, fetch_xor, XOR)                                                                \
    MODIFY(bits, T, fetch_nand, NAND)                                                              \
    COMPARE(bits, T, strong, false)                                                                \
    COMPARE(bits, T, weak, true)                                                                   \
    T __tsan_atomic##bits##_compare_exchange_val(volatile T *p, T expected, T desired,             \
                                                 int success, int failure);                        \
    EXPORT T __tsan_atomic##bits##_compare_exchange_val(volatile T *p, T expected, T desired,      \
                                                        int success, int failure) {                \
        ENTER();                                                                                   \
        uint64_t seen = expected;                                                                  \
        (void)memory_compare_exchange((uintptr_t)p, sizeof(T), &seen, desired, success, failure,   \
                                      false, CALLER());                                            \
        return (T)seen;                                                                            \
    }

#define MODIFY(bits, T, verb, operation)                                                           \
    T __tsan_atomic##bits##_##verb(volatile T *p, T operand, int order);                           \
    EXPORT T __tsan_atomic##bits##_##verb(volatile T *p, T operand, int order) {                   \
        ENTER();                                                                                   \
        return (T)memory_modify((uintptr_t)p, sizeof(T), operation, operand, order, CALLER());     \
    }

#define COMPARE(bits, T, strength, weak)                                                           \
    int __tsan_atomic##bits##_compare_exchange_##strength(volatile T *p, T *expected, T desired,   \
                                                          int success, int failure);               \
    EXPORT int __tsan_atomic##bits##_compare_exchange_##strength(                                  \
        volatile T *p, T *expected, T desired, int success, int failure) {                         \
        ENTER();                                                                                   \
        uint64_t seen = *expected;                                                                 \
        const bool done = memory_compare_exchange((uintptr_t)p, sizeof(T), &seen, desired,         \
                                                  success, failure, weak, CALLER());               \
        *expected = (T)seen;                                                                       \
        return done;                                                                               \
    }

ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)

void __tsan_atomic_thread_fence(int order);
EXPORT void __tsan_atomic_thread_fence(int order) {
    ENTER();
    memory_fence(order, CALLER());
}

void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order) {
    (void)order; /* one thread's own signal handlers: the explorer has none */
}

/* The calls that may be sites of atomics, for sites.c. */
#define SITES(bits)                                                                                \
    (const void *)__tsan_atomic##bits##_load, (const void *)__tsan_atomic##bits##_store,           \
        (const void *)__tsan_atomic##bits##_exchange,                                              \
        (const void *)__tsan_atomic##bits##_fetch_add,                                             \
        (const void *)__tsan_atomic##bits##_fetch_sub,                                             \
        (const void *)__tsan_atomic##bits##_fetch_and,                                             \
        (const void *)__tsan_atomic##bits##_fetch_or,                                              \
        (const void *)__tsan_atomic##bits##_fetch_xor,                                             \
        (const void *)__tsan_atomic##bits##_fetch_nand,                                            \
        (const void *)__tsan_atomic##bits##_compare_exchange_strong,                               \
        (const void *)__tsan_atomic##bits##_compare_exchange_weak,                                 \
        (const void *)__tsan_atomic##bits##_compare_exchange_val

const void *const tsan_atomics[] = {
    SITES(8), SITES(16), SITES(32), SITES(64), (const void *)__tsan_atomic_thread_fence, NULL};

/* -- 16 bytes: not modelled ------------------------------------------------------------------- */

#define REFUSE(verb)                                                                               \
    void __tsan_atomic128_##verb(void);                                                            \
    void __tsan_atomic128_##verb(void) {                                                           \
        fail(EXPLORE_MISUSE, CALLER(), "a 16-byte atomic, which the explorer does not model");     \
    }

REFUSE(load)
REFUSE(store)
REFUSE(exchange)
REFUSE(fetch_add)
REFUSE(fetch_sub)
REFUSE(fetch_and)
REFUSE(fetch_or)
REFUSE(fetch_xor)
REFUSE(fetch_nand)
REFUSE(compare_exchange_strong)
REFUSE(compare_exchange_weak)
REFUSE(compare_exchange_val)

/* -- plain accesses --------------------------------------------------------------------------- */

/* The short cut for what fits in a granule; all else takes the whole way. */
static inline void plain(uintptr_t address, unsigned size, bool write, site from) {
    if (size <= 8 && address % 8 + size <= 8 && !run.tracing) {
        heap_check(address, size, from);
        if (run.alone || place_repeats(address, size, write))
            return;
    }
    place_plain_access(address, size, write, from);
}

#define PLAIN(name, bytes, write)                                                                  \
    void __tsan_##name##bytes(void *p);                                                            \
    void __tsan_##name##bytes(void *p) {                                                           \
        plain((uintptr_t)p, bytes, write, CALLER());                                               \
    }
#define PLAIN_SIZES(name, write)                                                                   \
    PLAIN(name, 1, write)                                                                          \
    PLAIN(name, 2, write) PLAIN(name, 4, write) PLAIN(name, 8, write) PLAIN(name, 16, write)

PLAIN_SIZES(read, false)
PLAIN_SIZES(write, true)
PLAIN_SIZES(read_write, true)
PLAIN_SIZES(unaligned_read, false)
PLAIN_SIZES(unaligned_write, true)
PLAIN_SIZES(unaligned_read_write, true)
PLAIN_SIZES(volatile_read, false)
PLAIN_SIZES(volatile_write, true)
PLAIN_SIZES(unaligned_volatile_read, false)
PLAIN_SIZES(unaligned_volatile_write, true)

void __tsan_read_range(void *p, size_t size);
void __tsan_read_range(void *p, size_t size) {
    place_plain_access((uintptr_t)p, size, false, CALLER());
}

void __tsan_write_range(void *p, size_t size);
void __tsan_write_range(void *p, size_t size) {
    place_plain_access((uintptr_t)p, size, true, CALLER());
}

/* memcpy and its kin, by seam.syms. */
void *explore_i_memcpy(void *to, const void *from, size_t size) {
    place_plain_access((uintptr_t)from, size, false, CALLER());
    place_plain_access((uintptr_t)to, size, true, CALLER());
    return memcpy(to, from, size);
}

void *explore_i_memmove(void *to, const void *from, size_t size) {
    place_plain_access((uintptr_t)from, size, false, CALLER());
    place_plain_access((uintptr_t)to, size, true, CALLER());
    return memmove(to, from, size);
}

void *explore_i_memset(void *to, int value, size_t size) {
    place_plain_access((uintptr_t)to, size, true, CALLER());
    return memset(to, value, size);
}

/* clang's names for the same. */
#define ALIAS(name) __attribute__((alias(name)))
void *__tsan_memcpy(void *to, const void *from, size_t size) ALIAS("explore_i_memcpy");
void *__tsan_memmove(void *to, const void *from, size_t size) ALIAS("explore_i_memmove");
void *__tsan_memset(void *to, int value, size_t size) ALIAS("explore_i_memset");

/* -- what needs nothing ----------------------------------------------------------------------- */

void __tsan_init(void);
void __tsan_init(void) {}
void __tsan_func_entry(void *p);
void __tsan_func_entry(void *p) {
    (void)p;
}
void __tsan_func_exit(void);
void __tsan_func_exit(void) {}
