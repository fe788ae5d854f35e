/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Who was given the receiving side does not send, or close.
 * expect: incompatible type
 */
#include <weir/chan.h>

WEIR_CHAN(numbers, int)

weir_status send(numbers_sender to, numbers_receiver from);
weir_status send(numbers_sender to, numbers_receiver from) {
    (void)to;
    (void)from;
#ifdef MISTAKE
    return numbers_sender_send(from, 1);
#else
    return numbers_sender_send(to, 1);
#endif
}
