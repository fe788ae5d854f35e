/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * copy.h - how an element travels between the caller and a slot.
 *
 * One place, because a checker that refuses memcpy of a size it does not know (GenMC) replaces it:
 * WEIR_COPY_WORDS 1 copies by words and bytes in plain loops.
 */
#ifndef WEIR_BASE_COPY_H
#define WEIR_BASE_COPY_H

#include <weir/base/config.h>

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
    memcpy(to, from, size);
#endif
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
    typedef T weir_i_##name##_element(void);                                                       \
    WEIR_I_STATIC_ASSERT(WEIR_I_IS_BYTES(T), "weir: an element travels as bytes")

/* Whether two containers have the same T: of their weir_i_NAME_element types. */
#ifdef __cplusplus
#define WEIR_I_IS_SAME(A, B) __is_same(A, B)
#else
#define WEIR_I_IS_SAME(A, B) __builtin_types_compatible_p(A, B)
#endif

#endif
