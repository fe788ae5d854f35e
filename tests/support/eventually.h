/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * eventually.h - waits for what another thread is about to do; ten seconds are taken for never.
 *
 * Do this, in the main thread:
 *   cr_assert(EVENTUALLY(counter == 3));
 */
#ifndef WEIR_TESTS_EVENTUALLY_H
#define WEIR_TESTS_EVENTUALLY_H

#include <weir/base/clock.h>

#include <sched.h>

#define EVENTUALLY(condition)                                                                      \
    __extension__({                                                                                \
        const weir_time eventually_end = weir_in((int64_t)10 * WEIR_I_SECOND);                     \
        bool eventually_true = false;                                                              \
        while (!(eventually_true = (condition)) && weir_now() < eventually_end)                    \
            sched_yield();                                                                         \
        eventually_true;                                                                           \
    })

#endif
