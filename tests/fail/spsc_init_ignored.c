/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A status is not ignored.
 * expect gcc: ignoring return value of .frames_init.
 * expect clang: ignoring return value of function
 */
#include <weir/spsc.h>

WEIR_SPSC(frames, int)

weir_status start(frames *q);
weir_status start(frames *q) {
#ifdef MISTAKE
    frames_init(q, 100);
    return WEIR_OK;
#else
    return frames_init(q, 100);
#endif
}
