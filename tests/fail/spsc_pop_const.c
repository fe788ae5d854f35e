/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Nothing is popped into an object that must not change.
 * expect: discards .?(.const.|qualifier)
 */
#include <weir/spsc.h>

WEIR_SPSC(numbers, int)

bool pop(numbers *q, int *to);
bool pop(numbers *q, int *to) {
#ifdef MISTAKE
    const int *out = to;
#else
    int *out = to;
#endif
    return numbers_try_pop(q, out);
}
