/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Manuel Poeter's xenium: Chase and Lev's deque. Its elements are pointers; here the pointers are
 * the values. Of fixed size, since growing it loses elements (version 0.0.2, grow(): `% mask`). */
#include "../harness/deque_loops.h"

#include <xenium/chase_work_stealing_deque.hpp>

namespace {

using deque = xenium::chase_work_stealing_deque<
    char, xenium::policy::container<xenium::detail::fixed_size_circular_array<char, 65536>>>;

void *xenium8_create(size_t) {
    return new deque;
}

void xenium8_destroy(void *object) {
    delete static_cast<deque *>(object);
}

BENCH_FAST bool xenium8_put(void *object, const void *item) {
    return static_cast<deque *>(object)->try_push(
        reinterpret_cast<char *>(*static_cast<const uint64_t *>(item)));
}

BENCH_FAST bool xenium8_take(void *object, void *item) {
    return static_cast<deque *>(object)->try_pop(*static_cast<char **>(item));
}

BENCH_FAST bool xenium8_take_oldest(void *object, void *item) {
    return static_cast<deque *>(object)->try_steal(*static_cast<char **>(item));
}

BENCH_DEQUE_LOOPS(xenium8, 8)

constexpr bench_subject subject() {
    bench_subject made{"deque", "xenium chase_lev", "of fixed size", 8,
                       0,       xenium8_create,     xenium8_destroy, {}};
    made.loop[BENCH_PAIR] = xenium8_pair;
    made.loop[BENCH_STACK] = xenium8_stack;
    made.loop[BENCH_OWNER] = xenium8_owner;
    made.loop[BENCH_CONSUME] = xenium8_thief;
    made.loop[BENCH_DRAIN] = xenium8_drain;
    return made;
}

} // namespace

extern "C" const bench_subject bench_peer_xenium_deque[] = {subject(), {}};
