/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Two stacks of one element type are two types.
 * expect: incompatible pointer type
 */
#include <weir/stack.h>

WEIR_STACK(inbox, int)
WEIR_STACK(outbox, int)

bool idle(inbox *in, outbox *out);
bool idle(inbox *in, outbox *out) {
#ifdef MISTAKE
    return inbox_empty(in) && inbox_empty(out);
#else
    return inbox_empty(in) && outbox_empty(out);
#endif
}
