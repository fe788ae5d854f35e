/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Whether it is locked is not ignored.
 * expect gcc: ignoring return value of .weir_mutex_try_lock.
 * expect clang: ignoring return value of function
 */
#include <weir/mutex.h>

void start(weir_mutex *m);
void start(weir_mutex *m) {
#ifdef MISTAKE
    weir_mutex_try_lock(m);
#else
    if (weir_mutex_try_lock(m))
        weir_mutex_unlock(m);
#endif
}
