/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.c - the channel tests of Go's src/runtime/chan_test.go and test/chan, said again for
 * weir/chan.h. Where Go panics a status is expected; where a goroutine is left to block for ever, a
 * deadline or a close ends it.
 *
 * Not here, since there is nothing like it in C: TestShrinkStackDuringBlockedSend,
 * TestNoShrinkStackWhileParking, TestSelectStackAdjust (moving stacks), TestChanSendInterface
 * (interface values), perm.go (what must not compile stands in tests/fail), powser1.go and
 * powser2.go (arithmetic on power series, which needs a goroutine for each term), select3.go's and
 * nonblock.go's checks of types. Tests of select: select.c.
 */
#include "support/check.h"
#include "support/spawn.h"
#include "support/threads.h"

#include <weir/chan.h>

#include <sched.h>

WEIR_CHAN(ints, int)
WEIR_CHAN(bools, bool)

enum { MILLISECOND = 1000 * 1000, SECOND = 1000 * MILLISECOND };

static const size_t capacities[] = {0, 1, 2, 3, 7, 19};
enum { CAPACITIES = sizeof capacities / sizeof capacities[0] };

static WEIR_I_ATOMIC(int) wrong; /* what workers found */

static void expect(bool right) {
    if (!right)
        weir_i_fetch_add(&wrong, 1, relaxed);
}

static void check_workers(spawned *threads) {
    cr_assert(spawn_join(threads), "no threads");
    cr_assert_eq(weir_i_load(&wrong, relaxed), 0);
}

static void pause_for(int64_t ns) {
    ints *never = NULL;
    cr_assert_eq(ints_recv_until(never, NULL, weir_in(ns)), WEIR_TIMEOUT);
}

/* TestChan, its parts in order. */

typedef struct waiting_call {
    ints *c;
    WEIR_I_ATOMIC(int) returned;
} waiting_call;

static void *recv_one(void *argument) {
    waiting_call *call = (waiting_call *)argument;
    int v;
    expect(ints_recv(call->c, &v) == WEIR_OK && v == 0);
    weir_i_store(&call->returned, 1, release);
    return NULL;
}

static void *send_one(void *argument) {
    waiting_call *call = (waiting_call *)argument;
    expect(ints_send(call->c, 0) == WEIR_OK);
    weir_i_store(&call->returned, 1, release);
    return NULL;
}

Test(go_chan, receive_from_empty_blocks, .timeout = 60) {
    for (int i = 0; i < CAPACITIES; i++) {
        ints c;
        int v = 42;
        spawned threads = {0};
        cr_assert_eq(ints_init(&c, capacities[i]), WEIR_OK);
        waiting_call first = {&c, 0};
        waiting_call second = {&c, 0};
        spawn(&threads, recv_one, &first);
        spawn(&threads, recv_one, &second);
        pause_for(MILLISECOND);
        cr_assert_not(weir_i_load(&first.returned, acquire));
        cr_assert_not(weir_i_load(&second.returned, acquire));
        cr_assert_eq(ints_try_recv(&c, &v), WEIR_AGAIN);
        cr_assert_eq(v, 42);
        cr_assert_eq(ints_send(&c, 0), WEIR_OK);
        cr_assert_eq(ints_send(&c, 0), WEIR_OK);
        check_workers(&threads);
        ints_destroy(&c);
    }
}

Test(go_chan, send_to_full_blocks, .timeout = 60) {
    for (int i = 0; i < CAPACITIES; i++) {
        ints c;
        int v;
        spawned threads = {0};
        cr_assert_eq(ints_init(&c, capacities[i]), WEIR_OK);
        for (size_t n = 0; n < capacities[i]; n++)
            cr_assert_eq(ints_send(&c, 0), WEIR_OK);
        waiting_call call = {&c, 0};
        spawn(&threads, send_one, &call);
        pause_for(MILLISECOND);
        cr_assert_not(weir_i_load(&call.returned, acquire));
        cr_assert_eq(ints_try_send(&c, 0), WEIR_AGAIN);
        cr_assert_eq(ints_recv(&c, &v), WEIR_OK);
        check_workers(&threads);
        ints_destroy(&c);
    }
}

Test(go_chan, closed_is_drained_and_then_says_closed) {
    for (int i = 0; i < CAPACITIES; i++) {
        ints c;
        int v = 0;
        cr_assert_eq(ints_init(&c, capacities[i]), WEIR_OK);
        for (int n = 0; n < (int)capacities[i]; n++)
            cr_assert_eq(ints_send(&c, n), WEIR_OK);
        cr_assert_eq(ints_close(&c), WEIR_OK);
        for (int n = 0; n < (int)capacities[i]; n++) {
            cr_assert_eq(ints_recv(&c, &v), WEIR_OK);
            cr_assert_eq(v, n);
        }
        v = 42;
        cr_assert_eq(ints_recv(&c, &v), WEIR_CLOSED);
        cr_assert_eq(ints_recv(&c, &v), WEIR_CLOSED);
        cr_assert_eq(v, 42);
        ints_destroy(&c);
    }
}

static void *recv_closed(void *c) {
    int v;
    expect(ints_recv((ints *)c, &v) == WEIR_CLOSED);
    return NULL;
}

Test(go_chan, close_unblocks_receive, .timeout = 60) {
    for (int i = 0; i < CAPACITIES; i++) {
        ints c;
        spawned threads = {0};
        cr_assert_eq(ints_init(&c, capacities[i]), WEIR_OK);
        spawn(&threads, recv_closed, &c);
        pause_for(MILLISECOND);
        cr_assert_eq(ints_close(&c), WEIR_OK);
        check_workers(&threads);
        ints_destroy(&c);
    }
}

static void *send_hundred(void *c) {
    for (int i = 0; i < 100; i++)
        expect(ints_send((ints *)c, i) == WEIR_OK);
    return NULL;
}

Test(go_chan, fifo_order, .timeout = 60) {
    for (int i = 0; i < CAPACITIES; i++) {
        ints c;
        spawned threads = {0};
        cr_assert_eq(ints_init(&c, capacities[i]), WEIR_OK);
        spawn(&threads, send_hundred, &c);
        for (int n = 0; n < 100; n++) {
            int v = -1;
            cr_assert_eq(ints_recv(&c, &v), WEIR_OK);
            cr_assert_eq(v, n);
        }
        check_workers(&threads);
        ints_destroy(&c);
    }
}

enum { SENDERS = 4, EACH = 1000 };

typedef struct exchange {
    ints c;
    int received[SENDERS][EACH]; /* by receiver: how often each value came */
} exchange;

static void send_or_count(unsigned me, void *shared) {
    exchange *x = (exchange *)shared;
    for (int i = 0; i < EACH; i++) {
        int v = i;
        if (me < SENDERS)
            expect(ints_send(&x->c, v) == WEIR_OK);
        else if (ints_recv(&x->c, &v) == WEIR_OK)
            x->received[me - SENDERS][v]++;
    }
}

Test(go_chan, many_send_and_many_receive, .timeout = 60) {
    for (int i = 0; i < CAPACITIES; i++) {
        static exchange x;
        memset(&x, 0, sizeof x);
        cr_assert_eq(ints_init(&x.c, capacities[i]), WEIR_OK);
        cr_assert(threads_run(2 * SENDERS, send_or_count, &x));
        cr_assert_eq(weir_i_load(&wrong, relaxed), 0);
        for (int v = 0; v < EACH; v++) {
            int n = 0;
            for (int r = 0; r < SENDERS; r++)
                n += x.received[r][v];
            cr_assert_eq(n, SENDERS, "value %d came %d times", v, n);
        }
        ints_destroy(&x.c);
    }
}

Test(go_chan, len_and_cap) {
    for (int i = 0; i < CAPACITIES; i++) {
        ints c;
        cr_assert_eq(ints_init(&c, capacities[i]), WEIR_OK);
        cr_assert_eq(ints_len(&c), 0);
        cr_assert_eq(ints_capacity(&c), capacities[i]);
        for (size_t n = 0; n < capacities[i]; n++)
            cr_assert_eq(ints_send(&c, 0), WEIR_OK);
        cr_assert_eq(ints_len(&c), capacities[i]);
        cr_assert_eq(ints_capacity(&c), capacities[i]);
        ints_destroy(&c);
    }
}

/* TestNonblockRecvRace. Two values here, as the main thread takes one and may be first; Go's test
 * is content with the zero that a closed channel gives. */
static void *try_recv_now(void *c) {
    int v;
    expect(ints_try_recv((ints *)c, &v) != WEIR_AGAIN);
    return NULL;
}

Test(go_chan, nonblocking_receive_beside_close, .timeout = 60) {
    for (int i = 0; i < 200; i++) {
        ints c;
        int v;
        spawned threads = {0};
        cr_assert_eq(ints_init(&c, 1), WEIR_OK);
        cr_assert_eq(ints_send(&c, 1), WEIR_OK);
        spawn(&threads, try_recv_now, &c);
        cr_assert_eq(ints_close(&c), WEIR_OK);
        (void)!ints_recv(&c, &v);
        check_workers(&threads);
        ints_destroy(&c);
    }
}

/* TestMultiConsumer. */
enum { WORKERS = 23, ITERATIONS = 27182 };
static const int primes[] = {2, 3, 7, 11, 13, 17, 19, 23, 27, 31};

typedef struct work {
    ints q;
    ints r;
    WEIR_I_ATOMIC(int) working;
    int expected;
} work;

static void *pass_on(void *argument) {
    work *w = (work *)argument;
    int v;
    while (ints_recv(&w->q, &v) == WEIR_OK) {
        if (v == 13)
            (void)sched_yield();
        expect(ints_send(&w->r, v) == WEIR_OK);
    }
    if (weir_i_fetch_sub(&w->working, 1, acq_rel) == 1)
        expect(ints_close(&w->r) == WEIR_OK);
    return NULL;
}

static void *feed_and_close(void *argument) {
    work *w = (work *)argument;
    for (int i = 0; i < ITERATIONS; i++) {
        const int v = primes[i % 10];
        w->expected += v;
        expect(ints_send(&w->q, v) == WEIR_OK);
    }
    expect(ints_close(&w->q) == WEIR_OK);
    return NULL;
}

Test(go_chan, multi_consumer, .timeout = 120) {
    static work w;
    spawned threads = {0};
    int n = 0;
    int sum = 0;
    int v;
    cr_assert_eq(ints_init(&w.q, 3 * WORKERS), WEIR_OK);
    cr_assert_eq(ints_init(&w.r, 3 * WORKERS), WEIR_OK);
    weir_i_store(&w.working, WORKERS, relaxed);
    for (int i = 0; i < WORKERS; i++)
        spawn(&threads, pass_on, &w);
    spawn(&threads, feed_and_close, &w);
    for (; ints_recv(&w.r, &v) == WEIR_OK; n++)
        sum += v;
    check_workers(&threads);
    cr_assert_eq(n, ITERATIONS);
    cr_assert_eq(sum, w.expected);
    ints_destroy(&w.q);
    ints_destroy(&w.r);
}

/* test/chan/fifo.go: receivers that come one after the other get messages in that order. */
enum { CHAIN = 10 };

typedef struct link {
    ints *ch, *in, *out;
    int expected;
} link_;

static void *chain(void *argument) {
    link_ *l = (link_ *)argument;
    int v = -1;
    expect(ints_recv(l->in, NULL) == WEIR_OK);
    expect(ints_recv(l->ch, &v) == WEIR_OK && v == l->expected);
    expect(ints_send(l->out, 1) == WEIR_OK);
    return NULL;
}

Test(go_chan, fifo_with_buffer) {
    ints c;
    int v;
    cr_assert_eq(ints_init(&c, CHAIN), WEIR_OK);
    for (int i = 0; i < CHAIN; i++)
        cr_assert_eq(ints_send(&c, i), WEIR_OK);
    for (int i = 0; i < CHAIN; i++)
        cr_assert(ints_recv(&c, &v) == WEIR_OK && v == i);
    ints_destroy(&c);
}

Test(go_chan, fifo_without_buffer, .timeout = 60) {
    ints ch;
    ints between[CHAIN + 1];
    link_ links[CHAIN];
    spawned threads = {0};
    cr_assert_eq(ints_init(&ch, 0), WEIR_OK);
    for (int i = 0; i <= CHAIN; i++)
        cr_assert_eq(ints_init(&between[i], 0), WEIR_OK);
    for (int i = 0; i < CHAIN; i++) {
        const link_ l = {&ch, &between[i], &between[i + 1], i};
        links[i] = l;
        spawn(&threads, chain, &links[i]);
    }
    cr_assert_eq(ints_send(&between[0], 0), WEIR_OK);
    for (int i = 0; i < CHAIN; i++)
        cr_assert_eq(ints_send(&ch, i), WEIR_OK);
    cr_assert_eq(ints_recv(&between[CHAIN], NULL), WEIR_OK);
    check_workers(&threads);
    ints_destroy(&ch);
    for (int i = 0; i <= CHAIN; i++)
        ints_destroy(&between[i]);
}

/* test/chan/goroutines.go, with fewer threads: a value goes through a chain of them. */
enum { LONG = 100 };

static void *from_right_to_left(void *argument) {
    ints *pair = (ints *)argument;
    int v;
    expect(ints_recv(&pair[1], &v) == WEIR_OK);
    expect(ints_send(&pair[0], v) == WEIR_OK);
    return NULL;
}

Test(go_chan, chain_of_threads, .timeout = 60) {
    static ints c[LONG + 1];
    spawned threads = {0};
    int v = 0;
    for (int i = 0; i <= LONG; i++)
        cr_assert_eq(ints_init(&c[i], 0), WEIR_OK);
    for (int i = 0; i < LONG; i++)
        spawn(&threads, from_right_to_left, &c[i]);
    cr_assert_eq(ints_send(&c[LONG], 1), WEIR_OK);
    cr_assert_eq(ints_recv(&c[0], &v), WEIR_OK);
    cr_assert_eq(v, 1);
    check_workers(&threads);
    for (int i = 0; i <= LONG; i++)
        ints_destroy(&c[i]);
}

/* test/chan/nonblock.go: a try succeeds soon after the peer has come to wait. */
static void *peer_receives(void *c) {
    int v;
    expect(ints_recv((ints *)c, &v) == WEIR_OK && v == 123);
    return NULL;
}

static void *peer_sends(void *c) {
    expect(ints_send((ints *)c, 234) == WEIR_OK);
    return NULL;
}

Test(go_chan, nonblock, .timeout = 60) {
    for (size_t buffer = 0; buffer < 2; buffer++) {
        ints c;
        int v = 0;
        spawned threads = {0};
        cr_assert_eq(ints_init(&c, buffer), WEIR_OK);
        cr_assert_eq(ints_try_recv(&c, &v), WEIR_AGAIN);
        spawn(&threads, peer_receives, &c);
        while (ints_try_send(&c, 123) != WEIR_OK)
            (void)sched_yield();
        check_workers(&threads);
        spawn(&threads, peer_sends, &c);
        while (ints_try_recv(&c, &v) != WEIR_OK)
            (void)sched_yield();
        cr_assert_eq(v, 234);
        check_workers(&threads);
        ints_destroy(&c);
    }
}

/* test/chan/sieve1.go: a thread for each prime. close ends them, where Go's are left behind. */
enum { PRIMES = 25 };
static const int first_primes[PRIMES] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37, 41,
                                         43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97};

typedef struct filter {
    ints *in, *out;
    int prime;
} filter;

static void *generate(void *c) {
    for (int i = 2; ints_send((ints *)c, i) == WEIR_OK; i++)
        ;
    return NULL;
}

static void *sift(void *argument) {
    filter *f = (filter *)argument;
    int i;
    while (ints_recv(f->in, &i) == WEIR_OK) {
        if (i % f->prime != 0 && ints_send(f->out, i) != WEIR_OK)
            break;
    }
    return NULL;
}

Test(go_chan, sieve, .timeout = 60) {
    static ints c[PRIMES + 1];
    static filter filters[PRIMES];
    spawned threads = {0};
    for (int i = 0; i <= PRIMES; i++)
        cr_assert_eq(ints_init(&c[i], 0), WEIR_OK);
    spawn(&threads, generate, &c[0]);
    for (int i = 0; i < PRIMES; i++) {
        int prime = 0;
        cr_assert_eq(ints_recv(&c[i], &prime), WEIR_OK);
        cr_assert_eq(prime, first_primes[i]);
        const filter f = {&c[i], &c[i + 1], prime};
        filters[i] = f;
        spawn(&threads, sift, &filters[i]);
    }
    for (int i = 0; i <= PRIMES; i++)
        cr_assert_eq(ints_close(&c[i]), WEIR_OK);
    check_workers(&threads);
    for (int i = 0; i <= PRIMES; i++)
        ints_destroy(&c[i]);
}

/* test/chan/zerosize.go: elements without a size are not C; the smallest has one byte. */
Test(go_chan, smallest_element) {
    bools c;
    bool v = false;
    cr_assert_eq(bools_init(&c, 1), WEIR_OK);
    cr_assert_eq(bools_send(&c, true), WEIR_OK);
    cr_assert(bools_recv(&c, &v) == WEIR_OK && v);
    bools_destroy(&c);
}

/* TestChanSendBarrier asks for write barriers of the garbage collector; what is left of it are many
 * threads that send and receive in turn on a channel of their own. */
static void *in_turn(void *unused) {
    ints c;
    (void)unused;
    expect(ints_init(&c, 1) == WEIR_OK);
    for (int i = 0; i < 1000; i++) {
        int v = -1;
        expect(ints_send(&c, i) == WEIR_OK && ints_recv(&c, &v) == WEIR_OK && v == i);
    }
    ints_destroy(&c);
    return NULL;
}

Test(go_chan, many_in_turn, .timeout = 60) {
    spawned threads = {0};
    for (int i = 0; i < 8; i++)
        spawn(&threads, in_turn, NULL);
    check_workers(&threads);
}
