/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Whether time was up is not ignored.
 * expect gcc: ignoring return value of .weir_latch_wait_until.
 * expect clang: ignoring return value of function
 */
#include <weir/latch.h>

weir_status wait(weir_latch *object);
weir_status wait(weir_latch *object) {
#ifdef MISTAKE
    weir_latch_wait_until(object, WEIR_NOW);
    return WEIR_OK;
#else
    return weir_latch_wait_until(object, WEIR_NOW);
#endif
}
