/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait/sleep.h - how a waiter sleeps until it is released, or its time is up.
 * Rules, invariants and orders: see wait.h.
 */
#ifndef WEIR_WAIT_SLEEP_H
#define WEIR_WAIT_SLEEP_H

#include <weir/base/status.h>
#include <weir/wait/report.h>
#include <weir/wait/spin.h>

WEIR_I_BEGIN

/* Parks once. False: time is up. A thread may also come back for no reason, a task not. */
WEIR_I_FUNC bool weir_i_waiter_park(weir_waiter *waiter, uint32_t state, weir_time deadline) {
    if (waiter->task)
        return waiter->task->scheduler->park(waiter->task, deadline);
    return weir_i_futex_wait(&waiter->state, state, deadline) != WEIR_TIMEOUT;
}

/* Sleeps until released, or until deadline (R5). A task that has set ASLEEP takes the unpark that
 * this brings before it goes on, even if it came late. */
WEIR_I_SLOW weir_status weir_i_waiter_doze(weir_waiter *waiter, weir_time deadline) {
    uint32_t state = weir_i_load(&waiter->state, acquire); /* O4 */
    while (state != WEIR_I_DONE) {
        if ((state & WEIR_I_ASLEEP) ||
            weir_i_compare_exchange_weak(&waiter->state, &state, state | WEIR_I_ASLEEP, relaxed,
                                         relaxed)) {
            if (!weir_i_waiter_park(waiter, state | WEIR_I_ASLEEP, deadline)) {
                if (weir_waiter_cancel(waiter))
                    return WEIR_TIMEOUT;
                deadline = WEIR_FOREVER; /* claimed: its release will come */
                if (waiter->task)
                    (void)weir_i_waiter_park(waiter, state, deadline);
            }
        }
        state = weir_i_load(&waiter->state, acquire); /* O4 */
    }
    return WEIR_OK;
}

/* The same, and the report of the checked build tells about it. */
WEIR_I_FUNC weir_status weir_i_waiter_sleep(weir_waiter *waiter, weir_time deadline) {
#if WEIR_CHECKED
    weir_i_wait_sleeper sleeper;
    weir_i_wait_lie_down(&sleeper, waiter);
    const weir_status status = weir_i_waiter_doze(waiter, deadline);
    weir_i_wait_get_up(&sleeper);
    return status;
#else
    return weir_i_waiter_doze(waiter, deadline);
#endif
}

/* Waits until released, or until deadline: spins, then sleeps. WEIR_OK: a claimer ended it.
 * WEIR_TIMEOUT: nobody did, nobody will (R5). In both cases nodes that are still in lists are to be
 * taken out. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_waiter_await(weir_waiter *waiter,
                                                           weir_wait_habit *habit,
                                                           weir_time deadline) {
    weir_wait_spin spin;
    bool done = weir_waiter_done(waiter);
    if (!done && deadline == WEIR_NOW && weir_waiter_cancel(waiter))
        return WEIR_TIMEOUT;
    if (!done && !waiter->task) {
        weir_wait_spin_init(&spin, habit);
        while (!done && weir_wait_spin_more(&spin))
            done = weir_waiter_done(waiter);
        weir_wait_spin_end(&spin, done);
    }
    return done ? WEIR_OK : weir_i_waiter_sleep(waiter, deadline);
}

WEIR_I_END

#endif
