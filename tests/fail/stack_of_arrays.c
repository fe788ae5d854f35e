/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * An array is no parameter by value: it would come as a pointer, and the pointer be copied.
 * expect gcc: function returning an array
 * expect clang: function cannot return array type
 */
#include <weir/stack.h>

#ifdef MISTAKE
typedef int quad[4];
#else
typedef struct quad {
    int of[4];
} quad;
#endif
WEIR_STACK(quads, quad)

bool idle(const quads *q);
bool idle(const quads *q) {
    return quads_empty(q);
}
