/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Cameron Desrochers' ConcurrentQueue. Each producer has a queue of its own inside, in blocks from
 * the heap: first in first out only per producer, and no bound. It is here because people ask, and
 * in its faster form, by tokens. */
#include "queue.hpp"

#include <concurrentqueue/concurrentqueue.h>

#include <memory>

using queue = moodycamel::ConcurrentQueue<uint64_t>;

/* One thread's way in. */
struct visit {
    using item = uint64_t;
    queue &of;
    moodycamel::ProducerToken producer{of};
    moodycamel::ConsumerToken consumer{of};
    explicit visit(void *object) : of(*static_cast<queue *>(object)) {}
    BENCH_PART bool put(uint64_t value) {
        return of.enqueue(producer, value);
    }
    BENCH_PART bool take(uint64_t &value) {
        return of.try_dequeue(consumer, value);
    }
    BENCH_PART size_t put_n(const uint64_t *values, size_t n) {
        return of.enqueue_bulk(producer, values, n) ? n : 0;
    }
    BENCH_PART size_t take_n(uint64_t *values, size_t n) {
        return of.try_dequeue_bulk(consumer, values, n);
    }
};

using L = bench::loops<visit>;

static void *create(size_t capacity) {
    return new queue(capacity);
}
static void destroy(void *object) {
    delete static_cast<queue *>(object);
}

static void pair(bench_turn *turn) {
    visit here(turn->object);
    bench_pair_loop(turn, &here, L::put, L::take, 8);
}
static void produce(bench_turn *turn) {
    visit here(turn->object);
    bench_produce_loop(turn, &here, L::put, 8);
}
static void consume(bench_turn *turn) {
    visit here(turn->object);
    bench_consume_loop(turn, &here, L::take, 8);
}
static void drain(bench_turn *turn) {
    visit here(turn->object);
    bench_drain_loop(turn, &here, L::take);
}
static void pair_n(bench_turn *turn) {
    visit here(turn->object);
    bench_pair_n_loop(turn, &here, L::put_n, L::take_n, 8);
}
static void produce_n(bench_turn *turn) {
    visit here(turn->object);
    bench_produce_n_loop(turn, &here, L::put_n, 8);
}
static void consume_n(bench_turn *turn) {
    visit here(turn->object);
    bench_consume_n_loop(turn, &here, L::take_n, 8);
}

static constexpr bench_subject subject() {
    bench_subject made{
        "ring", "moodycamel CQ, tokens", "unbounded, FIFO only per producer", 8, 0, create, destroy,
        {}};
    made.loop[BENCH_PAIR] = pair;
    made.loop[BENCH_PRODUCE] = produce;
    made.loop[BENCH_CONSUME] = consume;
    made.loop[BENCH_DRAIN] = drain;
    made.loop[BENCH_PAIR_N] = pair_n;
    made.loop[BENCH_PRODUCE_N] = produce_n;
    made.loop[BENCH_CONSUME_N] = consume_n;
    return made;
}

extern "C" const bench_subject bench_peer_moodycamel[] = {subject(), {}};
