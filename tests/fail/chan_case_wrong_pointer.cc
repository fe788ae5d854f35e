/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A case of a select is as strict as the call.
 * expect gcc: cannot convert
 * expect clang: no matching function for call to .numbers_case_recv.
 */
#include <weir/chan.h>

WEIR_CHAN(numbers, long)

weir_case make(numbers *ch, long *right, short *wrong);
weir_case make(numbers *ch, long *right, short *wrong) {
    (void)right;
    (void)wrong;
#ifdef MISTAKE
    return numbers_case_recv(ch, wrong);
#else
    return numbers_case_recv(ch, right);
#endif
}
