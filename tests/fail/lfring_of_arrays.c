/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * An array is no parameter by value: it would come as a pointer, and the pointer be copied.
 * expect gcc: function returning an array
 * expect clang: function cannot return array type
 */
#include <weir/lfring.h>

#ifdef MISTAKE
typedef int quad[4];
#else
typedef struct quad {
    int of[4];
} quad;
#endif
WEIR_LFRING(quads, quad)

size_t count(const quads *q);
size_t count(const quads *q) {
    return quads_len(q);
}
