/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * copy.h - how an element travels between the caller and a slot.
 *
 * One place, because a checker that refuses memcpy of a size it does not know (GenMC) replaces it:
 * WEIR_COPY_WORDS 1 copies by words and bytes in plain loops.
 *
 * Read first, then ask. Who may read an element only while nobody overwrites it, and learns
 * afterwards whether anybody did, copies by weir_i_copy_in and weir_i_copy_out: word by word, each
 * a relaxed atomic access. Overtaken, such a copy is a mixture of old and new words, and is thrown
 * away; it is never a data race.
 */
#ifndef WEIR_BASE_COPY_H
#define WEIR_BASE_COPY_H

#include <weir/base/atomic.h>

#include <string.h>

WEIR_I_BEGIN

/* Copies size bytes between objects that do not overlap. With a constant size it becomes moves. */
WEIR_I_FAST void weir_i_copy(void *to, const void *from, size_t size) {
#if defined(WEIR_COPY_WORDS) && WEIR_COPY_WORDS
    size_t i = 0;
    for (; i + sizeof(uintptr_t) <= size; i += sizeof(uintptr_t))
        *(uintptr_t *)((char *)to + i) = *(const uintptr_t *)((const char *)from + i);
    for (; i < size; i++)
        ((char *)to)[i] = ((const char *)from)[i];
#else
    if (size == sizeof(uint64_t)) /* also if only the run knows */
        memcpy(to, from, sizeof(uint64_t));
    else
        memcpy(to, from, size);
#endif
}

/* gcc leaves loops of a constant length as they are at -O2, unless told. */
#ifdef __clang__
#define WEIR_I_UNROLLED
#else
#define WEIR_I_UNROLLED _Pragma("GCC unroll 8")
#endif

/* An element in words that others may be reading or writing at the same time. */
typedef WEIR_I_ATOMIC(uintptr_t) weir_i_word;

/* Copies size bytes to words that others may be reading; the last word is filled up with 0. */
WEIR_I_FAST void weir_i_copy_in(weir_i_word *to, const void *from, size_t size) {
    const unsigned char *bytes = (const unsigned char *)from;
    const size_t whole = size / sizeof(uintptr_t);
    const size_t rest = size % sizeof(uintptr_t);
    uintptr_t word = 0;
    WEIR_I_UNROLLED
    for (size_t i = 0; i < whole; i++) {
        memcpy(&word, bytes + i * sizeof word, sizeof word);
        weir_i_store(to + i, word, relaxed);
    }
    if (rest > 0) {
        word = 0;
        memcpy(&word, bytes + whole * sizeof word, rest);
        weir_i_store(to + whole, word, relaxed);
    }
}

/* Copies size bytes from words that others may be writing. What came is worth something only if it
 * turns out that nobody was. */
WEIR_I_FAST void weir_i_copy_out(void *to, weir_i_word *from, size_t size) {
    unsigned char *bytes = (unsigned char *)to;
    const size_t whole = size / sizeof(uintptr_t);
    const size_t rest = size % sizeof(uintptr_t);
    WEIR_I_UNROLLED
    for (size_t i = 0; i < whole; i++) {
        const uintptr_t word = weir_i_load(from + i, relaxed);
        memcpy(bytes + i * sizeof word, &word, sizeof word);
    }
    if (rest > 0) {
        const uintptr_t word = weir_i_load(from + whole, relaxed);
        memcpy(bytes + whole * sizeof word, &word, rest);
    }
}

#undef WEIR_I_UNROLLED

/* Up to here elements are copied in fours, which become moves; beyond, memcpy is faster. */
enum { WEIR_I_COPY_FEW = 256 };

/* Copies bytes, a multiple of size, the size of an element. Where that is known to the compiler a
 * few elements need no call, and no `rep movs`, which gcc makes of a short copy of unknown length.
 * The compiler is not told which objects these are: it would take each branch and each round of a
 * loop for a claim that the caller's array is so long, and warn. */
WEIR_I_FAST void weir_i_copy_some(void *to, const void *from, size_t bytes, size_t size) {
    unsigned char *out = (unsigned char *)to;
    const unsigned char *in = (const unsigned char *)from;
    __asm__("" : "+r"(out), "+r"(in));
    if (!__builtin_constant_p(size) || bytes > WEIR_I_COPY_FEW) {
        weir_i_copy(out, in, bytes);
        return;
    }
    for (; bytes >= 4 * size; bytes -= 4 * size, out += 4 * size, in += 4 * size)
        weir_i_copy(out, in, 4 * size);
    for (; bytes > 0; bytes -= size, out += size, in += size)
        weir_i_copy(out, in, size);
}

WEIR_I_END

/* Refuses a T that would not arrive: an array, which is no parameter by value (nor can a function
 * return it, as the typedef has one do); and in C++ what is more than its bytes. */
#ifdef __cplusplus
#define WEIR_I_IS_BYTES(T) __is_trivially_copyable(T)
#else
#define WEIR_I_IS_BYTES(T) true
#endif
#define WEIR_I_ELEMENT(name, T)                                                                    \
    typedef T weir_i_element_of_##name(void);                                                      \
    WEIR_I_STATIC_ASSERT(WEIR_I_IS_BYTES(T), "weir: an element travels as bytes")

/* Whether two containers have the same T: of their weir_i_NAME_element types. */
#ifdef __cplusplus
#define WEIR_I_IS_SAME(A, B) __is_same(A, B)
#else
#define WEIR_I_IS_SAME(A, B) __builtin_types_compatible_p(A, B)
#endif

#endif
