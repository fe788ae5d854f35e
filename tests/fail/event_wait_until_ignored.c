/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Whether time was up is not ignored.
 * expect gcc: ignoring return value of .weir_event_wait_until.
 * expect clang: ignoring return value of function
 */
#include <weir/event.h>

weir_status wait(weir_event *object);
weir_status wait(weir_event *object) {
#ifdef MISTAKE
    weir_event_wait_until(object, WEIR_NOW);
    return WEIR_OK;
#else
    return weir_event_wait_until(object, WEIR_NOW);
#endif
}
