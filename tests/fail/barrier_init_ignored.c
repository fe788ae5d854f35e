/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A status is not ignored.
 * expect gcc: ignoring return value of .weir_barrier_init.
 * expect clang: ignoring return value of function
 */
#include <weir/barrier.h>

weir_status start(weir_barrier *barrier);
weir_status start(weir_barrier *barrier) {
#ifdef MISTAKE
    weir_barrier_init(barrier, 2, NULL, NULL);
    return WEIR_OK;
#else
    return weir_barrier_init(barrier, 2, NULL, NULL);
#endif
}
