/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait/event_count.h - waiting for a change of something that has no room for waiters itself.
 * Guarantees and orders: see wait.h.
 */
#ifndef WEIR_WAIT_EVENT_COUNT_H
#define WEIR_WAIT_EVENT_COUNT_H

#include <weir/wait/sleep.h>

WEIR_I_BEGIN

/* Who waits for a change of something that has no room for waiters itself. All zero: nobody. */
typedef struct weir_event_count {
    weir_wait_list list;
    weir_wait_habit habit;
} weir_event_count;

#define WEIR_EVENT_COUNT_INIT                                                                      \
    {                                                                                              \
        {0}, {                                                                                     \
            0, 0                                                                                   \
        }                                                                                          \
    }

/* A waiter for one object. */
typedef struct weir_wait_entry {
    weir_waiter waiter;
    weir_wait_node node;
} weir_wait_entry;

/* Enters the caller as waiting. Then it looks at what it waits for once more, and cancels or waits:
 * a notify that follows a change which that look did not see will end the wait. */
WEIR_I_FUNC void weir_event_count_prepare(weir_event_count *count, weir_wait_entry *entry) {
    weir_waiter_init(&entry->waiter);
    weir_waiter_of(&entry->waiter, "an event count", count);
    weir_wait_node_init(&entry->node, &entry->waiter);
    weir_wait_list_lock(&count->list);
    weir_wait_list_push(&count->list, &entry->node);
    weir_wait_list_unlock(&count->list);
    weir_wait_fence(); /* O5 */
}

/* Wakes up to n waiters, in the order in which they came. Call it after the change. */
WEIR_I_SLOW void weir_i_event_count_wake(weir_event_count *count, size_t n) {
    weir_wait_node *claimed = NULL;
    weir_wait_list_lock(&count->list);
    (void)weir_wait_list_claim_n(&count->list, n, &claimed);
    weir_wait_list_unlock(&count->list);
    weir_wait_release_all(claimed);
}

/* Wakes up to n of those who wait. Cost without any: a fence and a load. */
WEIR_I_FAST void weir_event_count_notify(weir_event_count *count, size_t n) {
    weir_wait_fence(); /* O5 */
    if (WEIR_I_UNLIKELY(!weir_wait_list_idle(&count->list)))
        weir_i_event_count_wake(count, n);
}

WEIR_I_FAST void weir_event_count_notify_all(weir_event_count *count) {
    weir_event_count_notify(count, SIZE_MAX);
}

/* Takes the entry out of the list; true if it was still in there. */
WEIR_I_FUNC void weir_i_event_count_leave(weir_event_count *count, weir_wait_entry *entry) {
    weir_wait_list_lock(&count->list);
    weir_wait_list_remove(&count->list, &entry->node);
    weir_wait_list_unlock(&count->list);
}

/* Instead of waiting: leaves. A notification that the entry got meanwhile goes to the next (R4). */
WEIR_I_FUNC void weir_event_count_cancel(weir_event_count *count, weir_wait_entry *entry) {
    if (weir_waiter_cancel(&entry->waiter)) {
        weir_i_event_count_leave(count, entry);
        return;
    }
    (void)weir_i_waiter_sleep(&entry->waiter, WEIR_FOREVER); /* claimed: soon released */
    weir_event_count_notify(count, 1);
}

/* Waits for a notification. WEIR_TIMEOUT: none came before deadline. Either way the entry is free.
 */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_event_count_wait(weir_event_count *count,
                                                               weir_wait_entry *entry,
                                                               weir_time deadline) {
    const weir_status status = weir_waiter_await(&entry->waiter, &count->habit, deadline);
    if (status != WEIR_OK)
        weir_i_event_count_leave(count, entry);
    return status;
}

/* Spins until ready(arg) is true, as long as that pays. */
WEIR_I_FUNC bool weir_i_event_count_spin(weir_event_count *count, bool (*ready)(void *arg),
                                         void *arg) {
    weir_wait_spin spin;
    bool done = false;
    weir_wait_spin_init(&spin, &count->habit);
    while (!done && weir_wait_spin_more(&spin))
        done = ready(arg);
    weir_wait_spin_end(&spin, done);
    return done;
}

/* Waits until ready(arg) is true, or until deadline. ready takes what it waits for, if there is
 * something to take: it is called by the calling thread until it says true once. WEIR_OK: it said
 * true, even if time was up. Spins before it enters the list: who is not in there costs a notifier
 * nothing. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_event_count_await(weir_event_count *count,
                                                                bool (*ready)(void *arg), void *arg,
                                                                weir_time deadline) {
    weir_wait_entry entry;
    bool done = ready(arg);
    if (!done && deadline != WEIR_NOW && !weir_wait_task_get())
        done = weir_i_event_count_spin(count, ready, arg);
    while (!done) {
        weir_event_count_prepare(count, &entry);
        done = ready(arg);
        if (done) {
            weir_event_count_cancel(count, &entry);
        } else if (weir_i_waiter_sleep(&entry.waiter, deadline) != WEIR_OK) {
            weir_i_event_count_leave(count, &entry);
            return ready(arg) ? WEIR_OK : WEIR_TIMEOUT;
        } else {
            done = ready(arg);
        }
    }
    return WEIR_OK;
}

WEIR_I_END

#endif
