/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A message is not received into something else.
 * expect: incompatible.pointer.type
 */
#include <weir/chan.h>

WEIR_CHAN(numbers, long)

weir_status recv(numbers *ch);
weir_status recv(numbers *ch) {
#ifdef MISTAKE
    short out;
#else
    long out;
#endif
    return numbers_recv(ch, &out);
}
