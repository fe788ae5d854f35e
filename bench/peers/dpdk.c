/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * DPDK's rte_ring, in memory of our own and without the environment that DPDK programs start. It
 * holds capacity - 1. Multi-producer modes: the default, relaxed tail sync (RTS), head-tail sync
 * (HTS). */
#include "../harness/queue_loops.h"

#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <stdlib.h>

static void *create(size_t capacity, unsigned size, unsigned flags) {
    const ssize_t bytes = rte_ring_get_memsize_elem(size, (unsigned)capacity);
    struct rte_ring *ring =
        bytes > 0 ? aligned_alloc(128, ((size_t)bytes + 127) / 128 * 128) : NULL;
    if (!ring || rte_ring_init(ring, "bench", (unsigned)capacity, flags) != 0)
        abort();
    return ring;
}

/* push and pop are DPDK's for one element, push_n and pop_n those for up to n. */
#define DPDK(name, size, flags, push, pop, push_n, pop_n)                                          \
    static void *name##_create(size_t capacity) {                                                  \
        return create(capacity, size, flags);                                                      \
    }                                                                                              \
    BENCH_FAST bool name##_put(void *object, const void *item) {                                   \
        return push(object, (void *)(uintptr_t)item, size) == 0;                                   \
    }                                                                                              \
    BENCH_FAST bool name##_take(void *object, void *item) {                                        \
        return pop(object, item, size) == 0;                                                       \
    }                                                                                              \
    BENCH_FAST size_t name##_put_n(void *object, const void *items, size_t n) {                    \
        return push_n(object, items, size, (unsigned)n, NULL);                                     \
    }                                                                                              \
    BENCH_FAST size_t name##_take_n(void *object, void *items, size_t n) {                         \
        return pop_n(object, items, size, (unsigned)n, NULL);                                      \
    }                                                                                              \
    BENCH_QUEUE_LOOPS(name, size)                                                                  \
    BENCH_QUEUE_BATCH_LOOPS(name, size)

#define MPMC(size)                                                                                 \
    DPDK(mpmc##size, size, 0, rte_ring_mp_enqueue_elem, rte_ring_mc_dequeue_elem,                  \
         rte_ring_mp_enqueue_burst_elem, rte_ring_mc_dequeue_burst_elem)
#define SPSC(size)                                                                                 \
    DPDK(spsc##size, size, RING_F_SP_ENQ | RING_F_SC_DEQ, rte_ring_sp_enqueue_elem,                \
         rte_ring_sc_dequeue_elem, rte_ring_sp_enqueue_burst_elem, rte_ring_sc_dequeue_burst_elem)
#define BY_FLAG(name, flags)                                                                       \
    DPDK(name, 8, flags, rte_ring_enqueue_elem, rte_ring_dequeue_elem,                             \
         rte_ring_enqueue_burst_elem, rte_ring_dequeue_burst_elem)

MPMC(8)
MPMC(16)
MPMC(64)
SPSC(8)
SPSC(16)
SPSC(64)
BY_FLAG(rts, RING_F_MP_RTS_ENQ | RING_F_MC_RTS_DEQ)
BY_FLAG(hts, RING_F_MP_HTS_ENQ | RING_F_MC_HTS_DEQ)

#define SUBJECT(suite, label, name, size)                                                          \
    {                                                                                              \
        suite, label, NULL, size, 0, name##_create, free, {                                        \
            BENCH_QUEUE_ROLES(name), BENCH_QUEUE_BATCH_ROLES(name)                                 \
        }                                                                                          \
    }

const bench_subject bench_peer_dpdk[] = {
    SUBJECT("ring", "DPDK rte_ring", mpmc8, 8),
    SUBJECT("ring", "DPDK rte_ring", mpmc16, 16),
    SUBJECT("ring", "DPDK rte_ring", mpmc64, 64),
    SUBJECT("ring", "DPDK rte_ring RTS", rts, 8),
    SUBJECT("ring", "DPDK rte_ring HTS", hts, 8),
    SUBJECT("spsc", "DPDK rte_ring SP/SC", spsc8, 8),
    SUBJECT("spsc", "DPDK rte_ring SP/SC", spsc16, 16),
    SUBJECT("spsc", "DPDK rte_ring SP/SC", spsc64, 64),
    {NULL},
};
