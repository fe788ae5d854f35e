/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier.h - a number of parties work in phases: none begins the next before all have ended this.
 *
 * Do this:
 *   weir_barrier barrier;
 *   if (weir_barrier_init(&barrier, 4, sum_up, &sums) != WEIR_OK) ...;  // NULL, NULL: no function
 *   each of the four: for (...) { work(); weir_barrier_arrive_and_wait(&barrier); }
 * or, with something to do between:
 *   weir_barrier_phase phase = weir_barrier_arrive(&barrier);
 *   other_work();
 *   weir_barrier_wait(&barrier, phase);
 *
 * Guarantees
 *   The last one to arrive calls the completion function, which sees what all parties did before
 *   they arrived; then the phase ends. A wait for the phase sees all of that. Arriving never waits
 *   for a condition, and costs one locked instruction, two for the last one, and more if somebody
 *   sleeps. Waiting is blocking.
 *
 *   An arrival stands, whatever becomes of the wait: one that times out does not take it back, and
 *   the phase ends without the waiter. Who wants to go on with the barrier waits for the same phase
 *   again; who does not drops out of the next one.
 *
 *   A party arrives once a phase. An arrival too many, while a phase ends or with nobody left, is
 *   misuse, and panics. The completion function must not call the barrier, nor leave otherwise
 *   than by returning.
 *
 *   The memory may go: a party that knows of no other one still waiting may free the barrier as
 *   soon as its wait has said WEIR_OK, even while arrive, called by the others, has not returned.
 *
 * Invariants. The state is one word: {phase : 32, how many are missing : 30, WAITED, 0}.
 *   I1 a phase has ended when the word shows another one.
 *   I2 WAITED is set by who enters the list, with its lock, and cleared with it by the last one to
 *      arrive, which then claims all who are in it: they wait for this phase.
 *   I3 the last one publishes the next phase by a compare-and-swap from a word without WAITED; or
 *      it claims again. That is its last access. It releases the claimed after it (wait.h, R2).
 *
 * Orders
 *   O1 an arrival, release: what the party did; and acquire, so that the last one has seen it all.
 *   O2 the last one publishes the next phase, release: the completion function's work, its own use
 *      of the list.   Read by O3.
 *   O3 a waiter loads the state, acquire.
 *   The list, and what a claimed waiter sees, is ordered by wait.h.
 *
 * Waiting begins with a look: between pauses as long as that pays (wait.h); with more parties than
 * processors by yielding up to 16 times, since the others need the processor to arrive.
 *
 * Not for: waiting for others only once (latch.h).
 * Override: WEIR_PANIC. WEIR_CHECKED: destroy panics if the barrier is in use, and so does any
 * later use. Source: std::barrier of C++20, whose words these are. Different here: deadlines.
 */
#ifndef WEIR_BARRIER_H
#define WEIR_BARRIER_H

#include <weir/base/panic.h>
#include <weir/wait.h>

WEIR_I_BEGIN

#define WEIR_BARRIER_MOST 0x3fffffff

enum { WEIR_I_BARRIER_WAITED = 2, WEIR_I_BARRIER_ONE = 4 };

#if WEIR_EXPLORE
enum { WEIR_I_BARRIER_YIELDS = 1 };
#else
enum { WEIR_I_BARRIER_YIELDS = 16 };
#endif

/* The number of a phase; it wraps. */
typedef uint32_t weir_barrier_phase;

/* Fields are private. */
typedef struct weir_barrier {
    WEIR_I_ATOMIC(uint64_t) state; /* I1 to I3 */
    weir_wait_list waiters;
    weir_wait_habit habit;
    WEIR_I_ATOMIC(uint32_t) parties; /* of the next phase */
    void (*completion)(void *);
    void *arg;
} weir_barrier;

/* For n parties, from 1 to WEIR_BARRIER_MOST, and a completion function, or NULL. */
#define WEIR_BARRIER_INIT(n, completion, arg)                                                      \
    {                                                                                              \
        WEIR_I_CAST(uint64_t, n) * WEIR_I_BARRIER_ONE, {0}, {0, 0}, WEIR_I_CAST(uint32_t, n),      \
            completion, arg                                                                        \
    }

/* Makes barrier a barrier for n parties. The last one to arrive calls completion(arg), if that is
 * not NULL. WEIR_INVALID: n is 0 or above WEIR_BARRIER_MOST. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_barrier_init(weir_barrier *barrier, uint32_t n,
                                                           void (*completion)(void *), void *arg) {
    const weir_barrier fresh = WEIR_BARRIER_INIT(0, NULL, NULL);
    if (n == 0 || n > WEIR_BARRIER_MOST)
        return WEIR_INVALID;
    *barrier = fresh;
    weir_i_store(&barrier->state, WEIR_I_CAST(uint64_t, n) * WEIR_I_BARRIER_ONE, relaxed);
    weir_i_store(&barrier->parties, n, relaxed);
    barrier->completion = completion;
    barrier->arg = arg;
    return WEIR_OK;
}

WEIR_I_FAST void weir_i_barrier_check(const weir_barrier *barrier) {
    if (weir_i_wait_list_buried(&barrier->waiters))
        WEIR_PANIC("weir_barrier: used after it was destroyed");
}

/* Nothing needs to be done before the memory goes; the checked build panics if the barrier is in
 * use: somebody waits, or some have arrived, not all. */
WEIR_I_FUNC void weir_barrier_destroy(weir_barrier *barrier) {
    weir_i_barrier_check(barrier);
#if WEIR_CHECKED
    const uint32_t low = WEIR_I_CAST(uint32_t, weir_i_load(&barrier->state, relaxed));
    if (low / WEIR_I_BARRIER_ONE != weir_i_load(&barrier->parties, relaxed) ||
        !weir_wait_list_idle(&barrier->waiters))
        WEIR_PANIC("weir_barrier: destroyed while in use");
#endif
    weir_i_wait_list_bury(&barrier->waiters);
}

/* -- arriving --------------------------------------------------------------------------------- */

/* The last one's part (I2, I3). Who was claimed cannot come again before it is released: so this
 * ends. */
WEIR_I_SLOW void weir_i_barrier_end(weir_barrier *barrier, uint64_t state) {
    const uint64_t waited = WEIR_I_BARRIER_WAITED;
    const uint64_t phase = (state >> 32) + 1;
    weir_wait_node *claimed = NULL;
    weir_wait_node **end = &claimed;
    if (barrier->completion)
        barrier->completion(barrier->arg);
    const uint64_t parties = weir_i_load(&barrier->parties, relaxed);
    do {
        while (state & waited) {
            weir_wait_list_lock(&barrier->waiters);
            weir_i_fetch_and(&barrier->state, ~waited, relaxed);
            end = weir_wait_list_claim_n(&barrier->waiters, SIZE_MAX, end);
            weir_wait_list_unlock(&barrier->waiters);
            state = weir_i_load(&barrier->state, relaxed);
        }
    } while (!weir_i_compare_exchange_weak(&barrier->state, &state,
                                           phase << 32 | parties * WEIR_I_BARRIER_ONE, release,
                                           relaxed)); /* O2 */
    weir_wait_release_all(claimed);
}

/* Says that the caller, a party, has ended this phase. Returns its number, to wait for its end. */
WEIR_I_FAST weir_barrier_phase weir_barrier_arrive(weir_barrier *barrier) {
    weir_i_barrier_check(barrier);
    const uint64_t one = WEIR_I_BARRIER_ONE;
    const uint64_t old = weir_i_fetch_sub(&barrier->state, one, acq_rel); /* O1 */
    const uint32_t low = WEIR_I_CAST(uint32_t, old);
    if (WEIR_I_UNLIKELY(low < one))
        WEIR_PANIC("weir_barrier: more arrivals than parties");
    if (WEIR_I_UNLIKELY(low < 2 * one))
        weir_i_barrier_end(barrier, old - one);
    return WEIR_I_CAST(weir_barrier_phase, old >> 32);
}

/* The same, for a party that takes no part in the phases that follow. */
WEIR_I_FUNC weir_barrier_phase weir_barrier_drop(weir_barrier *barrier) {
    weir_i_barrier_check(barrier);
    weir_i_fetch_sub(&barrier->parties, 1, relaxed); /* O1 carries it to the last one */
    return weir_barrier_arrive(barrier);
}

/* -- waiting ---------------------------------------------------------------------------------- */

/* True if the phase has ended (I1). */
WEIR_I_FAST bool weir_barrier_try_wait(const weir_barrier *barrier, weir_barrier_phase phase) {
    weir_i_barrier_check(barrier);
    return weir_i_load(&barrier->state, acquire) >> 32 != phase; /* O3 */
}

/* With the lock: says that somebody is there (I2). False: the phase has ended. */
WEIR_I_FUNC bool weir_i_barrier_mark(weir_barrier *barrier, weir_barrier_phase phase) {
    const uint64_t waited = WEIR_I_BARRIER_WAITED;
    uint64_t state = weir_i_load(&barrier->state, relaxed);
    while (state >> 32 == phase) {
        if ((state & waited) ||
            weir_i_compare_exchange_weak(&barrier->state, &state, state | waited, relaxed, relaxed))
            return true;
    }
    return false;
}

/* Puts the entry into the list. False: the phase has ended. */
WEIR_I_SLOW bool weir_i_barrier_enter(weir_barrier *barrier, weir_barrier_phase phase,
                                      weir_wait_entry *entry) {
    weir_waiter_init(&entry->waiter);
    weir_waiter_of(&entry->waiter, "a barrier", barrier);
    weir_wait_node_init(&entry->node, &entry->waiter);
    weir_wait_list_lock(&barrier->waiters);
    const bool marked = weir_i_barrier_mark(barrier, phase);
    if (marked)
        weir_wait_list_push(&barrier->waiters, &entry->node);
    weir_wait_list_unlock(&barrier->waiters);
    return marked;
}

/* Looks for a while. If all parties can run at once, between pauses; if not, the others need this
 * processor to arrive, and get it. A task leaves its thread to others at once. */
WEIR_I_SLOW bool weir_i_barrier_look(weir_barrier *barrier, weir_barrier_phase phase) {
    weir_wait_spin spin;
    bool ended = false;
    if (weir_wait_task_get())
        return false;
    if (weir_i_load(&barrier->parties, relaxed) > weir_i_cpus()) {
        for (unsigned times = 0; !ended && times < WEIR_I_BARRIER_YIELDS; times++) {
            weir_i_yield();
            ended = weir_barrier_try_wait(barrier, phase);
        }
        return ended;
    }
    weir_wait_spin_init(&spin, &barrier->habit);
    while (!ended && weir_wait_spin_more(&spin))
        ended = weir_barrier_try_wait(barrier, phase);
    weir_wait_spin_end(&spin, ended);
    return ended;
}

WEIR_I_SLOW weir_status weir_i_barrier_wait(weir_barrier *barrier, weir_barrier_phase phase,
                                            weir_time deadline) {
    weir_wait_entry entry;
    if (deadline == WEIR_NOW)
        return WEIR_TIMEOUT;
    if (weir_i_barrier_look(barrier, phase))
        return WEIR_OK;
    if (!weir_i_barrier_enter(barrier, phase, &entry)) {
        (void)weir_barrier_try_wait(barrier, phase); /* true; orders what follows behind the end */
        return WEIR_OK;
    }
    const weir_status status = weir_i_waiter_sleep(&entry.waiter, deadline);
    if (status != WEIR_OK) {
        weir_wait_list_lock(&barrier->waiters);
        weir_wait_list_remove(&barrier->waiters, &entry.node);
        weir_wait_list_unlock(&barrier->waiters);
    }
    return status;
}

/* Waits until the phase has ended; it is what arrive returned, and is waited for before the caller
 * arrives again. */
WEIR_I_FAST void weir_barrier_wait(weir_barrier *barrier, weir_barrier_phase phase) {
    if (!weir_barrier_try_wait(barrier, phase))
        (void)weir_i_barrier_wait(barrier, phase, WEIR_FOREVER);
}

/* Waits until the phase has ended, or until deadline. WEIR_TIMEOUT: it has not. */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_barrier_wait_until(weir_barrier *barrier,
                                                                 weir_barrier_phase phase,
                                                                 weir_time deadline) {
    return weir_barrier_try_wait(barrier, phase) ? WEIR_OK
                                                 : weir_i_barrier_wait(barrier, phase, deadline);
}

/* Arrives, and waits until all have. */
WEIR_I_FAST void weir_barrier_arrive_and_wait(weir_barrier *barrier) {
    weir_barrier_wait(barrier, weir_barrier_arrive(barrier));
}

/* Arrives, which stands, and waits until all have, or until deadline. After WEIR_TIMEOUT the caller
 * has no phase to wait for: if it goes on with the barrier use arrive and wait_until. */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_barrier_arrive_and_wait_until(weir_barrier *barrier,
                                                                            weir_time deadline) {
    return weir_barrier_wait_until(barrier, weir_barrier_arrive(barrier), deadline);
}

WEIR_I_END

#endif
