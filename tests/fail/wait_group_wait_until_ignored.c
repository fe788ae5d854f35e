/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Whether time was up is not ignored.
 * expect gcc: ignoring return value of .weir_wait_group_wait_until.
 * expect clang: ignoring return value of function
 */
#include <weir/wait_group.h>

weir_status wait(weir_wait_group *object);
weir_status wait(weir_wait_group *object) {
#ifdef MISTAKE
    weir_wait_group_wait_until(object, WEIR_NOW);
    return WEIR_OK;
#else
    return weir_wait_group_wait_until(object, WEIR_NOW);
#endif
}
