/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Manuel Poeter's xenium: hazard pointers, hazard eras and DEBRA. A guard for each read, as its own
 * data structures have. */
#include "../harness/reclaim_loops.h"

#include <xenium/reclamation/generic_epoch_based.hpp>
#include <xenium/reclamation/hazard_eras.hpp>
#include <xenium/reclamation/hazard_pointer.hpp>

template <class R, size_t header> struct scheme {
    struct node : R::template enable_concurrent_ptr<node> {
        uint64_t value;
        uint64_t more[(BENCH_NODE - header) / 8 - 1];
    };
    static_assert(sizeof(node) == BENCH_NODE, "all retire the same");
    using pointer = typename R::template concurrent_ptr<node>;
    using guard = typename pointer::guard_ptr;

    static void *create(size_t) {
        node *made = new node;
        made->value = 1;
        return new pointer(made);
    }
    static void destroy(void *object) {
        pointer *p = static_cast<pointer *>(object);
        delete p->load().get();
        delete p;
    }
    static void protect(bench_turn *turn) {
        const pointer *p = static_cast<pointer *>(turn->object);
        uint64_t sum = 0;
        for (uint64_t left = turn->limit; left > 0; left--) {
            guard held;
            held.acquire(*p, std::memory_order_acquire);
            sum += held->value;
        }
        __asm__ volatile("" ::"r"(sum));
        turn->done += turn->limit;
    }
    static void retire(bench_turn *turn) {
        for (uint64_t left = turn->limit; left > 0; left--) {
            node *made = new node;
            made->value = left;
            __asm__ volatile("" ::"r"(made) : "memory");
            guard held{typename pointer::marked_ptr(made)};
            held.reclaim();
        }
        turn->done += turn->limit;
    }
    static bench_subject subject(const char *suite, const char *name, const char *note,
                                 bench_loop *loop) {
        bench_subject made = {suite, name, note, 8, 0, create, destroy, {}};
        made.loop[BENCH_PAIR] = loop;
        return made;
    }
};

namespace reclamation = xenium::reclamation;
using pointers =
    scheme<reclamation::hazard_pointer<>::with<
               xenium::policy::allocation_strategy<reclamation::hp_allocation::static_strategy<3>>>,
           16>;
using eras =
    scheme<reclamation::hazard_eras<>::with<
               xenium::policy::allocation_strategy<reclamation::he_allocation::static_strategy<3>>>,
           32>;
using debra = scheme<reclamation::debra<>, 16>;

extern "C" const bench_subject bench_peer_xenium_reclaim[] = {
    pointers::subject("protect", "xenium hazard pointers", nullptr, pointers::protect),
    eras::subject("protect", "xenium hazard eras", nullptr, eras::protect),
    debra::subject("protect", "xenium DEBRA", "no bound", debra::protect),
    pointers::subject("retire", "xenium hazard pointers", nullptr, pointers::retire),
    eras::subject("retire", "xenium hazard eras", nullptr, eras::retire),
    debra::subject("retire", "xenium DEBRA", "no bound", debra::retire),
    {},
};
