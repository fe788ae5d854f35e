/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A pointer is not moved by an atomic addition: gcc would add bytes, clang elements.
 * expect: invalid operands
 */
#include <weir/base/atomic.h>

struct list {
#ifdef MISTAKE
    WEIR_I_ATOMIC(int *) end;
#else
    WEIR_I_ATOMIC(uintptr_t) end;
#endif
};

void grow(struct list *list);
void grow(struct list *list) {
    (void)weir_i_fetch_add(&list->end, 1, relaxed);
    (void)weir_i_fetch_sub(&list->end, 1, relaxed);
}
