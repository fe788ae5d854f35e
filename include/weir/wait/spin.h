/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait/spin.h - how long to look before sleeping, and what an object learns about it.
 * Why: see wait.h.
 */
#ifndef WEIR_WAIT_SPIN_H
#define WEIR_WAIT_SPIN_H

#include <weir/base/atomic.h>
#include <weir/base/cpu.h>
#include <weir/base/cpus.h>

WEIR_I_BEGIN

#ifndef WEIR_SPIN_MOST
#if WEIR_EXPLORE
#define WEIR_SPIN_MOST 1
#else
#define WEIR_SPIN_MOST 1500 /* pauses: longer than it takes to wake a sleeping thread */
#endif
#endif

/* What an object has learned about spinning. Zero: nothing yet. */
typedef struct weir_wait_habit {
    WEIR_I_ATOMIC(uint16_t) spins;    /* how long it took lately, about */
    WEIR_I_ATOMIC(uint16_t) failures; /* how often in a row it did not pay */
} weir_wait_habit;

/* How many threads spin now. One per process where that can be had; it only saves time. */
WEIR_I_STATE(WEIR_I_ATOMIC(uint32_t), weir_i_wait_spinners, 0);

/* One spin: init, then look and look again while weir_wait_spin_more says so, then end. */
typedef struct weir_wait_spin {
    weir_wait_habit *habit;
    uint32_t spins;
    uint32_t most;
} weir_wait_spin;

/* How long to spin. Two threads that hand over to each other are stuck in sleep if both spin for
 * less than a wake-up takes, and spinning would never be seen to pay: so now and then, the rarer
 * the more often it failed, it is tried for longer than that. */
WEIR_I_FUNC uint32_t weir_i_wait_spin_length(const weir_wait_habit *habit) {
    const uint32_t least = 8;
    const uint32_t most = WEIR_SPIN_MOST;
    const uint32_t failures = weir_i_load(&habit->failures, relaxed);
    const uint32_t spins = 2 * WEIR_I_CAST(uint32_t, weir_i_load(&habit->spins, relaxed)) + least;
    const bool probe = failures % 256 == 0 || (failures & (failures - 1)) == 0;
    return probe || spins > most ? most : spins;
}

WEIR_I_FUNC void weir_wait_spin_init(weir_wait_spin *spin, weir_wait_habit *habit) {
    spin->habit = habit;
    spin->spins = 0;
    spin->most = weir_i_cpus() > 1 ? weir_i_wait_spin_length(habit) : 0;
    if (spin->most && weir_i_fetch_add(&weir_i_wait_spinners, 1, relaxed) >= weir_i_cpus()) {
        weir_i_fetch_sub(&weir_i_wait_spinners, 1, relaxed);
        spin->most = 0;
    }
}

/* Pauses, and says whether to look once more. */
WEIR_I_FUNC bool weir_wait_spin_more(weir_wait_spin *spin) {
    if (spin->spins >= spin->most)
        return false;
    spin->spins++;
    weir_i_relax();
    return true;
}

/* Ends it, and remembers whether it paid. */
WEIR_I_FUNC void weir_wait_spin_end(weir_wait_spin *spin, bool paid) {
    weir_wait_habit *habit = spin->habit;
    if (!spin->most)
        return;
    weir_i_fetch_sub(&weir_i_wait_spinners, 1, relaxed);
    const uint32_t failures = weir_i_load(&habit->failures, relaxed);
    const uint32_t old = weir_i_load(&habit->spins, relaxed);
    const uint32_t seen = paid ? spin->spins : 0;
    const uint32_t spins = seen > old ? old + (seen - old + 7) / 8 : old - (old - seen + 7) / 8;
    if (spins != old)
        weir_i_store(&habit->spins, WEIR_I_CAST(uint16_t, spins), relaxed);
    if (!paid || failures)
        weir_i_store(&habit->failures, WEIR_I_CAST(uint16_t, paid ? 0 : failures + 1), relaxed);
}

WEIR_I_END

#endif
