/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base.c - the public types of base/ as both languages see them; see pair.h. The shared object is a
 * word that one language writes atomically and the other reads, in memory from an allocator.
 */
#include <weir/base/alloc.h>
#include <weir/base/atomic.h>
#include <weir/base/clock.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/cpus.h>
#include <weir/base/fence.h>
#include <weir/base/futex.h>
#include <weir/base/local.h>
#include <weir/base/panic.h>
#include <weir/base/status.h>

#include "pair.h"

typedef struct shared {
    char before;
    WEIR_I_ATOMIC(bool) flag;
    WEIR_I_ATOMIC(uint32_t) half;
    WEIR_I_ATOMIC(uint64_t) whole;
    WEIR_I_ATOMIC(void *) pointer;
    weir_i_futex_word word;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(size_t) apart;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(weir_status),
    PAIR_SIZE(weir_time),
    PAIR_SIZE(weir_allocator),
    PAIR_OFFSET(weir_allocator, alloc),
    PAIR_OFFSET(weir_allocator, free),
    PAIR_OFFSET(weir_allocator, ctx),
    PAIR_SIZE(shared),
    PAIR_OFFSET(shared, flag),
    PAIR_OFFSET(shared, half),
    PAIR_OFFSET(shared, whole),
    PAIR_OFFSET(shared, pointer),
    PAIR_OFFSET(shared, word),
    PAIR_OFFSET(shared, apart),
    {"WEIR_INVALID", WEIR_INVALID},
    {"WEIR_CACHE_LINE", WEIR_CACHE_LINE},
};

static void *PAIR(make)(void) {
    weir_allocator allocator = weir_i_allocator(NULL);
    return allocator.alloc(sizeof(shared), WEIR_CACHE_LINE, allocator.ctx);
}

static void PAIR(end)(void *memory) {
    weir_allocator allocator = weir_i_allocator(NULL);
    allocator.free(memory, sizeof(shared), allocator.ctx);
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    uint64_t expected = 4;
    weir_i_store(&object->flag, true, relaxed);
    weir_i_store(&object->half, 40, relaxed);
    weir_i_store(&object->whole, 4, relaxed);
    weir_i_store(&object->word, 0, seq_cst);
    weir_i_store(&object->pointer, memory, release);
    weir_i_store(&object->apart, 6, relaxed);
    weir_i_futex_wake(&object->word, 1);
    return weir_i_fetch_add(&object->half, 2, acq_rel) == 40 &&
           weir_i_fetch_sub(&object->apart, 1, relaxed) == 6 &&
           weir_i_fetch_or(&object->apart, 8, relaxed) == 5 &&
           weir_i_fetch_and(&object->apart, 12, relaxed) == 13 &&
           weir_i_fetch_xor(&object->apart, 4, relaxed) == 12 &&
           weir_i_compare_exchange_strong(&object->whole, &expected, 5, acq_rel, acquire);
}

static void PAIR(leave)(void *pointer) {
    (void)pointer;
}
WEIR_I_LOCAL(mine, PAIR(leave))
WEIR_I_LOCAL(yours, PAIR(leave));

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const weir_time soon = weir_in(1);
    void *copied = NULL;
    void *loaded = weir_i_load(&object->pointer, acquire);
    weir_i_copy(&copied, &loaded, sizeof copied);
    weir_i_relax();
    if (weir_i_futex_wait(&object->word, 0, soon) == WEIR_OK && weir_now() < soon)
        return false;
    return copied == memory && weir_i_exchange(&object->flag, false, acq_rel) &&
           weir_i_load(&object->half, relaxed) == 42 && weir_i_load(&object->whole, relaxed) == 5 &&
           weir_i_load(&object->apart, relaxed) == 8 &&
           weir_i_fence_heavy(weir_i_fence_mode_probe()) && mine_set(memory) && yours_set(loaded) &&
           mine_get() == memory && yours_get() == loaded &&
           weir_status_name(WEIR_TIMEOUT)[5] == 'T';
}

PAIR_SIDE
