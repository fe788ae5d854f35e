/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deadlines.c - each call with a deadline, at the edges of time: before the clock began, at its
 * first moment, and at the last one before never.
 */
#include "support/check.h"
#include "support/eventually.h"
#include "support/spawn.h"

#include <weir/weir.h>

#include <string.h>

WEIR_CHAN(ints, int)

enum { CALLS = 14 };

static weir_mutex mutex;
static weir_cond changed;
static weir_rwmutex written, taken_for_reading;
static weir_semaphore units;
static weir_event event;
static weir_wait_group group;
static weir_latch latch;
static weir_barrier barrier;
static weir_event_count count;
static ints full, empty;

/* All as new: the tests may share a process. */
static void start(void) {
    memset((void *)&mutex, 0, sizeof mutex);
    memset((void *)&written, 0, sizeof written);
    memset((void *)&taken_for_reading, 0, sizeof taken_for_reading);
    memset((void *)&event, 0, sizeof event);
    memset((void *)&group, 0, sizeof group);
    weir_mutex_lock(&mutex);
    weir_rwmutex_lock(&written);
    weir_rwmutex_rlock(&taken_for_reading);
    cr_assert_eq(weir_semaphore_init(&units, 1), WEIR_OK);
    weir_semaphore_acquire(&units, 1);
    weir_wait_group_add(&group, 1);
    cr_assert_eq(weir_latch_init(&latch, 1), WEIR_OK);
    cr_assert_eq(weir_barrier_init(&barrier, 2, NULL, NULL), WEIR_OK);
    cr_assert(ints_init(&full, 1) == WEIR_OK && ints_init(&empty, 0) == WEIR_OK);
    cr_assert_eq(ints_send(&full, 1), WEIR_OK);
}

static void finish(void) {
    ints_destroy(&full);
    ints_destroy(&empty);
}

static bool never(void *unused) {
    (void)unused;
    return false;
}

static weir_status wait_on(unsigned call, weir_time deadline) {
    static weir_mutex own;
    weir_status status;
    int value;
    weir_case cases[] = {weir_semaphore_case(&units, 1), weir_event_case(&event),
                         ints_case_recv(&empty, &value)};
    switch (call) {
    case 0: return weir_mutex_lock_until(&mutex, deadline);
    case 1: return weir_rwmutex_lock_until(&written, deadline);
    case 2: return weir_rwmutex_rlock_until(&written, deadline);
    case 3: return weir_rwmutex_lock_until(&taken_for_reading, deadline);
    case 4: return weir_semaphore_acquire_until(&units, 1, deadline);
    case 5: return weir_event_wait_until(&event, deadline);
    case 6: return weir_wait_group_wait_until(&group, deadline);
    case 7: return weir_latch_wait_until(&latch, deadline);
    case 8: return weir_event_count_await(&count, never, NULL, deadline);
    case 9: return ints_send_until(&full, 2, deadline);
    case 10: return ints_recv_until(&empty, &value, deadline);
    case 11: return weir_select_until(cases, 3, deadline) < 0 ? WEIR_TIMEOUT : WEIR_OK;
    case 12: return weir_barrier_wait_until(&barrier, 0, deadline);
    default:
        weir_mutex_lock(&own);
        status = weir_cond_wait_until(&changed, &own, deadline);
        weir_mutex_unlock(&own);
        return status;
    }
}

static bool nobody_waits(void) {
    weir_wait_list *const lists[] = {&changed.list,
                                     &written.head.readers,
                                     &taken_for_reading.head.readers,
                                     &units.list,
                                     &event.waiters,
                                     &group.waiters,
                                     &latch.group.waiters,
                                     &count.list};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (!weir_wait_list_idle(lists[i]))
            return false;
    return weir_i_load(&mutex.word, relaxed) == WEIR_I_MUTEX_HELD;
}

Test(deadlines, that_are_past_are_kept, .timeout = 60) {
    const weir_time past[] = {WEIR_NOW, WEIR_NOW + 1, -WEIR_I_SECOND, -1, 0, 1, weir_now() - 1};
    start();
    for (unsigned call = 0; call < CALLS; call++)
        for (size_t i = 0; i < sizeof past / sizeof past[0]; i++)
            cr_assert_eq(wait_on(call, past[i]), WEIR_TIMEOUT, "call %u, deadline %lld", call,
                         (long long)past[i]);
    cr_assert(nobody_waits());
    finish();
}

/* The last moment is hundreds of years away: who waits for it waits. */
static WEIR_I_ATOMIC(unsigned) ended;
static weir_status statuses[CALLS];
static unsigned numbers[CALLS];

static void *wait_to_the_end_of_time(void *call) {
    const unsigned number = *(const unsigned *)call;
    statuses[number] = wait_on(number, WEIR_FOREVER - 1);
    weir_i_fetch_add(&ended, 1, release);
    return NULL;
}

static void end(unsigned call) {
    int value = 0;
    switch (call) {
    case 0: weir_mutex_unlock(&mutex); break;
    case 1:
    case 2: weir_rwmutex_unlock(&written); break;
    case 3: weir_rwmutex_runlock(&taken_for_reading); break;
    case 4:
    case 11: weir_semaphore_release(&units, 1); break;
    case 5: weir_event_set(&event); break;
    case 6: weir_wait_group_done(&group); break;
    case 7: weir_latch_count_down(&latch, 1); break;
    case 9: cr_assert_eq(ints_recv(&full, &value), WEIR_OK); break;
    case 10: cr_assert_eq(ints_send(&empty, 1), WEIR_OK); break;
    case 12:
        (void)weir_barrier_arrive(&barrier);
        (void)weir_barrier_arrive(&barrier);
        break;
    default: /* the only one that does not remember who came first */
        cr_assert(EVENTUALLY(!weir_wait_list_idle(&changed.list)));
        weir_cond_broadcast(&changed);
        break;
    }
}

Test(deadlines, just_before_never_are_not_come, .timeout = 60) {
    const unsigned calls[] = {0, 1, 3, 4, 5, 6, 7, 9, 10, 12, 13};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        spawned threads = {0};
        const unsigned call = numbers[calls[i]] = calls[i];
        if (i == 0)
            start();
        weir_i_store(&ended, 0, relaxed);
        spawn(&threads, wait_to_the_end_of_time, &numbers[call]);
        (void)weir_select_until(NULL, 0, weir_in(3000000));
        cr_assert_eq(weir_i_load(&ended, acquire), 0, "call %u", call);
        end(call);
        cr_assert(spawn_join(&threads));
        cr_assert_eq(statuses[call], WEIR_OK, "call %u", call);
    }
    finish();
}
