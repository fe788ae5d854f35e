/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Whether a message went is not ignored; whether a channel was closed before may be.
 * expect gcc: ignoring return value of .numbers_send.
 * expect clang: ignoring return value of function
 */
#include <weir/chan.h>

WEIR_CHAN(numbers, int)

weir_status send(numbers *ch);
weir_status send(numbers *ch) {
    numbers_close(ch);
#ifdef MISTAKE
    numbers_send(ch, 1);
    return WEIR_OK;
#else
    return numbers_send(ch, 1);
#endif
}
