/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.c - select in one thread or two: which case is chosen, what is written, what is left.
 */
#include "support/check.h"
#include "support/spawn.h"
#include "support/vacant.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* What weir allocates by malloc it does not get while this is set. */
static bool no_memory;

static void *malloc_or_not(size_t size) {
    return no_memory ? NULL : malloc(size);
}

#define malloc malloc_or_not
#include <weir/chan.h>
#include <weir/select.h>
#undef malloc

WEIR_CHAN(ints, int)

enum { MILLISECOND = 1000 * 1000, MANY = 100 };

static ints chans[MANY];

static void open_all(size_t n, size_t capacity) {
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(ints_init(&chans[i], capacity), WEIR_OK);
}

static void destroy_all(size_t n) {
    for (size_t i = 0; i < n; i++) {
        cr_assert(chan_is_vacant(&chans[i].raw));
        ints_destroy(&chans[i]);
    }
}

Test(select, does_exactly_one_case_and_touches_no_other) {
    int out[3] = {40, 41, 42};
    open_all(3, 1);
    cr_assert_eq(ints_send(&chans[1], 7), WEIR_OK);
    weir_case cases[] = {ints_case_recv(&chans[0], &out[0]), ints_case_recv(&chans[1], &out[1]),
                         ints_case_recv(&chans[2], &out[2])};
    cases[0].status = WEIR_BUSY;
    cases[2].status = WEIR_BUSY;
    cr_assert_eq(weir_select(cases, 3), 1);
    cr_assert(cases[1].status == WEIR_OK && out[1] == 7);
    cr_assert(cases[0].status == WEIR_BUSY && cases[2].status == WEIR_BUSY);
    cr_assert(out[0] == 40 && out[2] == 42);
    destroy_all(3);
}

/* A stop channel that thousands share must stay in every cache: a select with something else to do
 * writes nothing to it, nor to the slots. Here a write would be a fault. */
static void with_a_channel_that_cannot_be_written(size_t capacity, bool sending) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *memory =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(memory != MAP_FAILED);
    ints *shared = (ints *)(void *)memory;
    int value = 7;
    cr_assert_eq(ints_init_in(shared, capacity, memory + page, page), WEIR_OK);
    for (size_t i = 0; sending && i < capacity; i++)
        cr_assert_eq(ints_try_send(shared, value), WEIR_OK);
    open_all(1, 1);
    cr_assert_eq(mprotect(memory, 2 * page, PROT_READ), 0);
    weir_case cases[] = {sending ? ints_case_send(shared, &value) : ints_case_recv(shared, &value),
                         ints_case_recv(&chans[0], &value)};
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(ints_try_send(&chans[0], i), WEIR_OK);
        cr_assert_eq(i % 2 ? weir_select(cases, 2) : weir_select_first(cases, 2), 1);
        cr_assert_eq(weir_try_select(cases, 2), -1);
    }
    cr_assert_eq(mprotect(memory, 2 * page, PROT_READ | PROT_WRITE), 0);
    ints_destroy(shared);
    cr_assert_eq(munmap(memory, 2 * page), 0);
    destroy_all(1);
}

Test(select, does_not_write_to_what_is_not_ready) {
    for (size_t capacity = 0; capacity < 4; capacity++) {
        with_a_channel_that_cannot_be_written(capacity, false);
        with_a_channel_that_cannot_be_written(capacity, true);
    }
}

Test(select, array_is_reusable) {
    int in = 1;
    int out = 0;
    open_all(1, 1);
    weir_case cases[] = {ints_case_send(&chans[0], &in), ints_case_recv(&chans[0], &out)};
    for (in = 1; in < 10; in++) {
        cr_assert_eq(weir_select(cases, 2), 0);
        cr_assert_eq(weir_select(cases, 2), 1);
        cr_assert_eq(out, in);
    }
    destroy_all(1);
}

Test(select, first_prefers_the_order_given) {
    int out = 0;
    open_all(3, 10);
    for (int i = 0; i < 10; i++)
        cr_assert(ints_send(&chans[1], 1) == WEIR_OK && ints_send(&chans[2], 2) == WEIR_OK);
    for (int i = 0; i < 10; i++) {
        weir_case cases[] = {ints_case_recv(&chans[0], &out), ints_case_recv(&chans[1], &out),
                             ints_case_recv(&chans[2], &out)};
        cr_assert_eq(i % 3 == 0   ? weir_select_first(cases, 3)
                     : i % 3 == 1 ? weir_try_select_first(cases, 3)
                                  : weir_select_first_until(cases, 3, WEIR_FOREVER),
                     1);
    }
    weir_case none[] = {ints_case_recv(&chans[0], &out), ints_case_recv(&chans[1], &out)};
    cr_assert_eq(weir_try_select_first(none, 2), -1);
    cr_assert_eq(weir_select_first_until(none, 2, weir_in(MILLISECOND)), -1);
    destroy_all(3);
}

/* Each ready case is as likely as the others, wherever it stands among those that are not. */
static void uniform(size_t n, const size_t *ready, size_t ready_count) {
    enum { ROUNDS = 12000 };
    weir_case cases[MANY];
    int count[MANY] = {0};
    int out = 0;
    open_all(n, 1);
    for (size_t i = 0; i < n; i++)
        cases[i] = ints_case_recv(&chans[i], &out);
    for (size_t i = 0; i < ready_count; i++)
        cr_assert_eq(ints_send(&chans[ready[i]], 1), WEIR_OK);
    for (int i = 0; i < ROUNDS; i++) {
        const int chosen = i % 2 ? weir_select(cases, n) : weir_try_select(cases, n);
        cr_assert(chosen >= 0);
        count[chosen]++;
        cr_assert_eq(ints_send(&chans[chosen], 1), WEIR_OK);
    }
    for (size_t i = 0; i < ready_count; i++) {
        const int mean = ROUNDS / (int)ready_count;
        const int off = count[ready[i]] - mean;
        cr_assert(off < mean / 5 && off > -mean / 5, "case %zu of %zu: %d, expected %d", ready[i],
                  n, count[ready[i]], mean); /* ten standard deviations */
    }
    destroy_all(n);
}

Test(select, chooses_uniformly) {
    const size_t neighbours[] = {0, 1};
    const size_t spread[] = {0, 1, 5};
    const size_t all[] = {0, 1, 2, 3};
    const size_t last[] = {3, 14, 15};
    const size_t many[] = {3, 50, 51, 99};
    uniform(4, neighbours, 2);
    uniform(6, spread, 3);
    uniform(4, all, 4);
    uniform(16, last, 3);
    uniform(17, last, 3);
    uniform(MANY, many, 4);
}

/* The first look is at the slots alone: what is closed and drained shows nothing there. */
Test(select, chooses_what_is_closed_as_often, .timeout = 60) {
    int closed = 0;
    open_all(2, 2);
    cr_assert_eq(ints_close(&chans[0]), WEIR_OK);
    for (int i = 0; i < 1000; i++) {
        weir_case cases[] = {ints_case_recv(&chans[0], NULL), ints_case_recv(&chans[1], NULL)};
        cr_assert_eq(ints_send(&chans[1], 1), WEIR_OK);
        if (weir_select(cases, 2) == 0) {
            closed++;
            cr_assert_eq(ints_recv(&chans[1], NULL), WEIR_OK);
        }
    }
    cr_assert(closed > 340 && closed < 660, "%d of 1000", closed); /* ten standard deviations */
    destroy_all(2);
}

Test(select, of_nothing) {
    ints *nil = NULL;
    int v = 42;
    weir_case cases[] = {ints_case_recv(nil, &v), ints_case_send(nil, &v)};
    const weir_time before = weir_now();
    cr_assert_eq(weir_try_select(NULL, 0), -1);
    cr_assert_eq(weir_try_select(cases, 2), -1);
    cr_assert_eq(weir_try_select_first(cases, 2), -1);
    cr_assert_eq(weir_select_until(cases, 2, WEIR_NOW), -1);
    cr_assert_eq(weir_select_until(NULL, 0, weir_in(MILLISECOND)), -1);
    cr_assert_eq(weir_select_until(cases, 2, weir_in(MILLISECOND)), -1);
    cr_assert_geq(weir_now() - before, 2 * MILLISECOND);
    cr_assert_eq(v, 42);
}

Test(select, a_ready_case_is_done_past_the_deadline) {
    int out = 0;
    open_all(1, 1);
    cr_assert_eq(ints_send(&chans[0], 1), WEIR_OK);
    weir_case one = ints_case_recv(&chans[0], &out);
    cr_assert_eq(weir_select_until(&one, 1, WEIR_NOW), 0);
    cr_assert_eq(weir_select_until(&one, 1, weir_now() - 1), -1);
    cr_assert_eq(weir_select_until(&one, 1, WEIR_NOW), -1);
    cr_assert_eq(ints_close(&chans[0]), WEIR_OK);
    cr_assert_eq(weir_select_until(&one, 1, WEIR_NOW), 0);
    cr_assert_eq(one.status, WEIR_CLOSED);
    destroy_all(1);
}

Test(select, closed_is_ready_in_both_directions) {
    for (size_t capacity = 0; capacity < 2; capacity++) {
        int in = 1;
        int out = 42;
        int count[2] = {0, 0};
        open_all(1, capacity);
        cr_assert_eq(ints_close(&chans[0]), WEIR_OK);
        weir_case cases[] = {ints_case_send(&chans[0], &in), ints_case_recv(&chans[0], &out)};
        for (int i = 0; i < 100; i++) {
            const int chosen = i % 2 ? weir_select(cases, 2) : weir_try_select(cases, 2);
            cr_assert_eq(cases[chosen].status, WEIR_CLOSED);
            count[chosen]++;
        }
        cr_assert(count[0] > 0 && count[1] > 0 && out == 42);
        destroy_all(1);
    }
}

Test(select, closed_is_drained_first) {
    int out = 0;
    open_all(1, 2);
    cr_assert(ints_send(&chans[0], 1) == WEIR_OK && ints_close(&chans[0]) == WEIR_OK);
    weir_case one = ints_case_recv(&chans[0], &out);
    cr_assert(weir_select(&one, 1) == 0 && one.status == WEIR_OK && out == 1);
    cr_assert(weir_select(&one, 1) == 0 && one.status == WEIR_CLOSED && out == 1);
    destroy_all(1);
}

Test(select, a_null_out_discards) {
    open_all(1, 1);
    cr_assert_eq(ints_send(&chans[0], 1), WEIR_OK);
    weir_case one = ints_case_recv(&chans[0], NULL);
    cr_assert(weir_select(&one, 1) == 0 && one.status == WEIR_OK);
    cr_assert_eq(ints_len(&chans[0]), 0);
    destroy_all(1);
}

static void *send_to_last(void *n) {
    const size_t last = *(const size_t *)n - 1;
    (void)!ints_recv_until(NULL, NULL, weir_in(2 * MILLISECOND));
    (void)!ints_send(&chans[last], 5);
    return NULL;
}

static void wait_for_any_number(void) {
    const size_t sizes[] = {1, 2, 3, 15, 16, 17, 31, MANY};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t capacity = 0; capacity < 2; capacity++) {
            const size_t n = sizes[s];
            weir_case cases[MANY];
            int out = 0;
            spawned threads = {0};
            open_all(n, capacity);
            for (size_t i = 0; i < n; i++)
                cases[i] = ints_case_recv(&chans[(i * 37) % n], &out);
            spawn(&threads, send_to_last, (void *)(uintptr_t)&sizes[s]);
            const int chosen = weir_select(cases, n);
            cr_assert(spawn_join(&threads));
            cr_assert_eq(((size_t)chosen * 37) % n, n - 1);
            cr_assert_eq(out, 5);
            destroy_all(n);
        }
    }
}

/* Sleeps in 1 to 100 channels, at addresses in any order, and leaves all of them. */
Test(select, waits_for_any_number, .timeout = 30) {
    wait_for_any_number();
}

Test(select, waits_for_any_number_without_memory, .timeout = 60) {
    no_memory = true;
    wait_for_any_number();
}

/* What defends against: two selects that had no memory for their places only looked, and never met.
 * What they share stands far behind in the one, in front in the other. */
enum { MEETINGS = 20, OTHERS = 40 };

static void *send_beside_others(void *unused) {
    (void)unused;
    for (int i = 0; i < MEETINGS; i++) {
        weir_case cases[OTHERS];
        for (size_t j = 0; j < OTHERS; j++)
            cases[j] = ints_case_send(&chans[j == 35 ? 0 : 1 + j], &i);
        if (weir_select(cases, OTHERS) != 35)
            break;
    }
    return NULL;
}

Test(select, meets_another_without_memory, .timeout = 60) {
    spawned threads = {0};
    open_all(MANY, 0);
    no_memory = true;
    spawn(&threads, send_beside_others, NULL);
    for (int i = 0; i < MEETINGS; i++) {
        int out = -1;
        weir_case cases[OTHERS];
        for (size_t j = 0; j < OTHERS; j++)
            cases[j] = ints_case_recv(&chans[j == 3 ? 0 : 50 + j], &out);
        cr_assert_eq(weir_select(cases, OTHERS), 3);
        cr_assert_eq(out, i);
    }
    cr_assert(spawn_join(&threads));
    destroy_all(MANY);
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    cr_assert_eq(clock_gettime(clock, &now), 0);
    return (int64_t)now.tv_sec * 1000 * MILLISECOND + now.tv_nsec;
}

/* It sleeps most of the time, and gives up in time. */
Test(select, sleeps_without_memory, .timeout = 60) {
    weir_case cases[MANY];
    open_all(MANY, 0);
    no_memory = true;
    for (size_t i = 0; i < MANY; i++)
        cases[i] = ints_case_recv(&chans[i], NULL);
    const int64_t start = nanoseconds(CLOCK_MONOTONIC);
    const int64_t used = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    cr_assert_eq(weir_select_until(cases, MANY, weir_in(100 * MILLISECOND)), -1);
    const int64_t passed = nanoseconds(CLOCK_MONOTONIC) - start;
    cr_assert_geq(passed, 100 * MILLISECOND);
    cr_assert_lt(nanoseconds(CLOCK_THREAD_CPUTIME_ID) - used, passed / 2);
    destroy_all(MANY);
}

static void *wait_for_stop(void *unused) {
    int out;
    weir_case cases[] = {ints_case_recv(&chans[0], &out), ints_case_recv(&chans[1], NULL)};
    (void)unused;
    while (weir_select(cases, 2) != 1)
        ;
    return NULL;
}

/* A stop channel that thousands of selects share must not be written by those that find work. */
Test(select, with_work_to_do_does_not_write_to_the_stop_channel) {
    for (size_t capacity = 0; capacity < 2; capacity++) {
        unsigned char before[sizeof(ints)];
        int out = 0;
        open_all(1, 1);
        cr_assert_eq(ints_init(&chans[1], capacity), WEIR_OK);
        memcpy(before, (const void *)&chans[1], sizeof before);
        weir_case cases[] = {ints_case_recv(&chans[0], &out), ints_case_recv(&chans[1], NULL)};
        for (int i = 0; i < 100; i++) {
            cr_assert_eq(ints_send(&chans[0], i), WEIR_OK);
            cr_assert_eq(weir_select(cases, 2), 0);
            cr_assert_eq(weir_try_select(cases, 2), -1);
        }
        cr_assert_eq(memcmp(before, (const void *)&chans[1], sizeof before), 0);
        destroy_all(2);
    }
}

Test(select, many_that_wait_on_one_stop_channel_are_told, .timeout = 60) {
    enum { WAITERS = 50 };
    spawned threads = {0};
    open_all(2, 0);
    for (int i = 0; i < WAITERS; i++)
        spawn(&threads, wait_for_stop, NULL);
    while (!weir_i_chan_scattered(&chans[1].raw)) /* a crowd */
        cr_assert_eq(weir_select_until(NULL, 0, weir_in(MILLISECOND)), -1);
    cr_assert_eq(ints_close(&chans[1]), WEIR_OK);
    cr_assert(spawn_join(&threads));
    destroy_all(2);
}

/* What defends against: of two cases of one channel the one that stood first in the array was
 * served whenever the select had to wait. */
enum { WAITS = 200 };

static void *select_while_asleep(void *in_order) {
    const int values[] = {0, 1};
    for (int i = 0; i < WAITS; i++) {
        weir_case cases[] = {ints_case_send(&chans[0], &values[0]),
                             ints_case_send(&chans[0], &values[1])};
        if ((in_order ? weir_select_first(cases, 2) : weir_select(cases, 2)) < 0)
            return NULL;
    }
    return &chans[0];
}

/* It stands in the line, once for both cases. */
static bool waits(void) {
    weir_chan *ch = &chans[0].raw;
    weir_wait_list_lock(&ch->receivers); /* the lock of both lines */
    const weir_wait_node *first = weir_wait_list_first(&ch->senders);
    const bool twice = first && weir_wait_list_next(&ch->senders, first);
    weir_wait_list_unlock(&ch->receivers);
    cr_assert_not(twice);
    return first != NULL;
}

static int ones_of_a_waiting_select(bool in_order) {
    pthread_t thread;
    void *good = NULL;
    int ones = 0;
    int value = 0;
    cr_assert_eq(ints_init(&chans[0], 0), WEIR_OK);
    cr_assert_eq(pthread_create(&thread, NULL, select_while_asleep, in_order ? &good : NULL), 0);
    for (int i = 0; i < WAITS; i++) {
        while (!waits())
            sched_yield();
        cr_assert_eq(ints_recv(&chans[0], &value), WEIR_OK);
        ones += value;
    }
    pthread_join(thread, &good);
    cr_assert_not_null(good);
    ints_destroy(&chans[0]);
    return ones;
}

Test(select, that_waits_is_fair_to_two_cases_of_one_channel, .timeout = 60) {
    const int ones = ones_of_a_waiting_select(false);
    cr_assert(ones > WAITS / 5 && ones < WAITS - WAITS / 5, "%d of %d", ones, WAITS);
    cr_assert_eq(ones_of_a_waiting_select(true), 0);
}
