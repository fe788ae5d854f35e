/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A holder that found no memory is not open: the status is not ignored.
 * expect gcc: ignoring return value of .weir_hazard_open.
 * expect clang: ignoring return value of function
 */
#include <weir/hazard.h>

weir_status start(weir_hazard *holder);
weir_status start(weir_hazard *holder) {
#ifdef MISTAKE
    weir_hazard_open(holder, weir_hazard_default());
    return WEIR_OK;
#else
    return weir_hazard_open(holder, weir_hazard_default());
#endif
}
