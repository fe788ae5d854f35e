/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.hpp - makes a subject of a C++ adapter: a class with
 *   using item = ...;                       // the element
 *   explicit Adapter(size_t capacity);
 *   BENCH_PART bool put(const item &);
 *   BENCH_PART bool take(item &);
 *   BENCH_PART size_t put_n(const item *, size_t);     // optional, both or none
 *   BENCH_PART size_t take_n(item *, size_t);
 */
#ifndef BENCH_QUEUE_HPP
#define BENCH_QUEUE_HPP

#include "../harness/queue_loops.h"

#include <type_traits>

/* Of an adapter's function: a part of its caller. */
#define BENCH_PART __attribute__((always_inline)) inline

namespace bench {

template <class Adapter> struct loops {
    using item = typename Adapter::item;
    static constexpr size_t size = sizeof(item);

    static Adapter *of(void *object) {
        return static_cast<Adapter *>(object);
    }
    static void *create(size_t capacity) {
        return new Adapter(capacity);
    }
    static void destroy(void *object) {
        delete of(object);
    }

    BENCH_PART static bool put(void *object, const void *from) {
        return of(object)->put(*static_cast<const item *>(from));
    }
    BENCH_PART static bool take(void *object, void *to) {
        return of(object)->take(*static_cast<item *>(to));
    }
    BENCH_PART static size_t put_n(void *object, const void *from, size_t n) {
        return of(object)->put_n(static_cast<const item *>(from), n);
    }
    BENCH_PART static size_t take_n(void *object, void *to, size_t n) {
        return of(object)->take_n(static_cast<item *>(to), n);
    }

    static void pair(bench_turn *turn) {
        bench_pair_loop(turn, turn->object, put, take, size);
    }
    static void produce(bench_turn *turn) {
        bench_produce_loop(turn, turn->object, put, size);
    }
    static void consume(bench_turn *turn) {
        bench_consume_loop(turn, turn->object, take, size);
    }
    static void drain(bench_turn *turn) {
        bench_drain_loop(turn, turn->object, take);
    }
    static void ping(bench_turn *turn) {
        bench_ping_loop(turn, put, take);
    }
    static void echo(bench_turn *turn) {
        bench_echo_loop(turn, put, take);
    }
    static void pair_n(bench_turn *turn) {
        bench_pair_n_loop(turn, turn->object, put_n, take_n, size);
    }
    static void produce_n(bench_turn *turn) {
        bench_produce_n_loop(turn, turn->object, put_n, size);
    }
    static void consume_n(bench_turn *turn) {
        bench_consume_n_loop(turn, turn->object, take_n, size);
    }
};

template <class Adapter, class = void> struct has_batches : std::false_type {};
template <class Adapter>
struct has_batches<Adapter, std::void_t<decltype(&Adapter::put_n)>> : std::true_type {};

template <class Adapter>
constexpr bench_subject queue(const char *suite, const char *name, const char *note = nullptr) {
    using L = loops<Adapter>;
    bench_subject subject{suite, name, note, L::size, 0, L::create, L::destroy, {}};
    subject.loop[BENCH_PAIR] = L::pair;
    subject.loop[BENCH_PRODUCE] = L::produce;
    subject.loop[BENCH_CONSUME] = L::consume;
    subject.loop[BENCH_PING] = L::ping;
    subject.loop[BENCH_ECHO] = L::echo;
    subject.loop[BENCH_DRAIN] = L::drain;
    if constexpr (has_batches<Adapter>::value) {
        subject.loop[BENCH_PAIR_N] = L::pair_n;
        subject.loop[BENCH_PRODUCE_N] = L::produce_n;
        subject.loop[BENCH_CONSUME_N] = L::consume_n;
    }
    return subject;
}

} // namespace bench

#endif
