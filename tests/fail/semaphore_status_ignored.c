/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Whether the units were acquired is not ignored.
 * expect gcc: ignoring return value of .weir_semaphore_acquire_until.
 * expect clang: ignoring return value of function
 */
#include <weir/semaphore.h>

weir_status start(weir_semaphore *s);
weir_status start(weir_semaphore *s) {
#ifdef MISTAKE
    weir_semaphore_acquire_until(s, 1, WEIR_NOW);
    return WEIR_OK;
#else
    return weir_semaphore_acquire_until(s, 1, WEIR_NOW);
#endif
}
