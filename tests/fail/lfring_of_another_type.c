/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Two rings of one element type are two types.
 * expect: incompatible pointer type
 */
#include <weir/lfring.h>

WEIR_LFRING(inbox, int)
WEIR_LFRING(outbox, int)

size_t count(inbox *in, outbox *out);
size_t count(inbox *in, outbox *out) {
#ifdef MISTAKE
    return inbox_len(in) + inbox_len(out);
#else
    return inbox_len(in) + outbox_len(out);
#endif
}
