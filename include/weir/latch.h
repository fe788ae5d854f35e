/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch.h - a count that only goes down, and opens for all who wait when it is zero.
 *
 * Do this:
 *   weir_latch ready = WEIR_LATCH_INIT(3);
 *   weir_latch_count_down(&ready, 1);       // three times, by anybody
 *   weir_latch_wait(&ready);                // any number of threads
 *
 * Guarantees
 *   A wait that says WEIR_OK sees all that was done before the count came to zero. count_down never
 *   waits for a condition, and costs one locked instruction; only the last one does more, and only
 *   if somebody sleeps. Waiting is blocking.
 *
 *   The memory may go: a waiter that knows of no other waiter may free the latch as soon as its
 *   wait has said WEIR_OK, even while the last count_down has not returned.
 *
 *   Once open a latch stays open. Counting down below zero is misuse, and panics. Any thread may
 *   call anything at any time, but init and destroy.
 *
 * Orders. A latch is a wait group (wait_group.h) to which nothing is added.
 *
 * Not for: work whose amount is not known when it starts (wait_group.h); rounds (barrier.h).
 * Override: WEIR_PANIC. WEIR_CHECKED: destroy panics if the latch is in use, and so does any later
 * use.
 * Source: std::latch of C++20. Different here: deadlines; a zeroed latch is open.
 */
#ifndef WEIR_LATCH_H
#define WEIR_LATCH_H

#include <weir/wait_group.h>

WEIR_I_BEGIN

#define WEIR_LATCH_MOST WEIR_WAIT_GROUP_MOST

/* All zero: open. Fields are private. */
typedef struct weir_latch {
    weir_wait_group group;
} weir_latch;

/* For n from 0 to WEIR_LATCH_MOST. */
#define WEIR_LATCH_INIT(n)                                                                         \
    {                                                                                              \
        {                                                                                          \
            WEIR_I_CAST(uint64_t, n) * WEIR_I_WAIT_GROUP_ONE, {0}, {                               \
                0, 0                                                                               \
            }                                                                                      \
        }                                                                                          \
    }

/* Makes latch a latch that opens when it has been counted down n times. WEIR_INVALID: n is above
 * WEIR_LATCH_MOST. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_latch_init(weir_latch *latch, uint32_t n) {
    const weir_latch fresh = WEIR_LATCH_INIT(0);
    if (n > WEIR_LATCH_MOST)
        return WEIR_INVALID;
    *latch = fresh;
    weir_i_store(&latch->group.state, WEIR_I_CAST(uint64_t, n) * WEIR_I_WAIT_GROUP_ONE, relaxed);
    return WEIR_OK;
}

/* Nothing needs to be done before the memory goes; the checked build panics if the latch is in use:
 * not open, or with somebody waiting. */
WEIR_I_FUNC void weir_latch_destroy(weir_latch *latch) {
    if (WEIR_CHECKED &&
        (!weir_i_wait_group_zero(&latch->group) || !weir_wait_list_idle(&latch->group.waiters)))
        WEIR_PANIC("weir_latch: destroyed while in use");
    weir_i_wait_list_bury(&latch->group.waiters);
}

/* Takes n from the count. */
WEIR_I_FAST void weir_latch_count_down(weir_latch *latch, uint32_t n) {
    if (n > 0 && WEIR_I_UNLIKELY(!weir_i_wait_group_take(&latch->group, n)))
        WEIR_PANIC("weir_latch: counted down below zero");
}

/* Waits until the latch is open. */
WEIR_I_FAST void weir_latch_wait(weir_latch *latch) {
    weir_wait_group_wait(&latch->group);
}

/* True if the latch is open. */
WEIR_I_FAST bool weir_latch_try_wait(weir_latch *latch) {
    return weir_wait_group_try_wait(&latch->group);
}

/* Waits until the latch is open, or until deadline. WEIR_OK: open, also if it is so with WEIR_NOW.
 * WEIR_TIMEOUT: it was not. */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_latch_wait_until(weir_latch *latch,
                                                               weir_time deadline) {
    return weir_wait_group_wait_until(&latch->group, deadline);
}

/* Counts down by one and waits. */
WEIR_I_FAST void weir_latch_arrive_and_wait(weir_latch *latch) {
    weir_latch_count_down(latch, 1);
    weir_latch_wait(latch);
}

/* Counts down by one, which stands, and waits until deadline. */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_latch_arrive_and_wait_until(weir_latch *latch,
                                                                          weir_time deadline) {
    weir_latch_count_down(latch, 1);
    return weir_latch_wait_until(latch, deadline);
}

/* A case of a select that is chosen when the latch is open. NULL: never. */
WEIR_I_FUNC weir_case weir_latch_case(weir_latch *latch) {
    return weir_wait_group_case(latch ? &latch->group : NULL);
}

WEIR_I_END

#endif
