/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stress.h - how long a stress test takes: WEIR_STRESS=N in the environment multiplies it.
 */
#ifndef WEIR_TESTS_STRESS_H
#define WEIR_TESTS_STRESS_H

#include <stdlib.h>

static inline unsigned stress_times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

#endif
