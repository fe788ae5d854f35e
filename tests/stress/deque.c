/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.c - one owner and up to fifteen thieves, more threads than cores: each element is taken
 * exactly once, while the deque grows, runs empty and crosses the overflow of its indices; batches
 * between deques; and the injector among pushers, thieves and batches.
 *
 * WEIR_STRESS=N in the environment multiplies the number of elements.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/deque.h>

#include <sched.h>
#include <stdlib.h>

/* Torn copies show. */
typedef struct parcel {
    uint64_t number;
    uint64_t inverted;
} parcel;

WEIR_DEQUE(parcels, parcel)
WEIR_DEQUE_FIFO(lines, parcel)
WEIR_DEQUE_BOUNDED(shelves, parcel)
WEIR_INJECTOR(inbox, parcel, parcels)

enum { TOTAL = 100000, THREADS = 16 };

typedef enum flavour { LIFO, FIFO, BOUNDED } flavour;

typedef struct rally {
    parcels deques[THREADS]; /* [0] is the owner's; thieves have theirs for batches */
    lines line[THREADS];
    shelves shelf;
    inbox in;
    flavour kind;
    bool batches;
    unsigned pushers; /* of the injector */
    uint64_t total;
    unsigned char *taken; /* by number: how often */
    WEIR_I_ATOMIC(uint64_t) count;
    WEIR_I_ATOMIC(uint64_t) torn;
    WEIR_I_ATOMIC(uint64_t) pushed;
} rally;

static rally r;

static parcel wrap(uint64_t number) {
    const parcel p = {number, ~number};
    return p;
}

/* The counters of two takers of one number would race, which ThreadSanitizer sees, too. */
static void took(parcel p) {
    if (p.inverted != ~p.number || p.number >= r.total)
        weir_i_fetch_add(&r.torn, 1, relaxed);
    else
        r.taken[p.number]++;
    weir_i_fetch_add(&r.count, 1, relaxed);
}

static bool open(void) {
    return weir_i_load(&r.count, relaxed) < r.total;
}

static bool push(uint64_t number) {
    const parcel p = wrap(number);
    switch (r.kind) {
    case LIFO: return parcels_push(&r.deques[0], p) == WEIR_OK;
    case FIFO: return lines_push(&r.line[0], p) == WEIR_OK;
    default: return shelves_push(&r.shelf, p) == WEIR_OK;
    }
}

static bool pop(unsigned me, parcel *p) {
    switch (r.kind) {
    case LIFO: return parcels_pop(&r.deques[me], p);
    case FIFO: return lines_pop(&r.line[me], p);
    default: return me == 0 && shelves_pop(&r.shelf, p);
    }
}

static weir_status steal(parcel *p) {
    switch (r.kind) {
    case LIFO: return parcels_steal(&r.deques[0], p);
    case FIFO: return lines_steal(&r.line[0], p);
    default: return shelves_steal(&r.shelf, p);
    }
}

/* Bursts of growing and shrinking length: the deque is full, empty, and in between. */
static void own(void) {
    parcel p;
    uint64_t number = 0;
    for (unsigned burst = 1; number < r.total; burst = burst * 5 % 97 + 1) {
        for (unsigned i = 0; i < burst && number < r.total; i++) {
            if (push(number))
                number++;
            else
                sched_yield();
        }
        for (unsigned i = 0; i < burst - burst / 4 && pop(0, &p); i++)
            took(p);
    }
    while (open()) {
        if (pop(0, &p))
            took(p);
        else
            sched_yield();
    }
}

static size_t steal_half(unsigned me) {
    return r.kind == LIFO ? parcels_steal_half(&r.deques[0], &r.deques[me])
                          : lines_steal_half(&r.line[0], &r.line[me]);
}

static void thieve(unsigned me) {
    parcel p;
    while (open()) {
        bool came = false;
        if (r.batches && steal_half(me) > 0) {
            while (pop(me, &p))
                took(p);
            came = true;
        }
        if (steal(&p) == WEIR_OK) {
            took(p);
            came = true;
        }
        if (!came)
            sched_yield();
    }
}

static void run(unsigned me, void *shared) {
    (void)shared;
    if (me == 0)
        own();
    else
        thieve(me);
}

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void begin(uint64_t total) {
    r.total = total * times();
    r.taken = calloc((size_t)r.total, 1);
    cr_assert_not_null(r.taken);
    weir_i_store(&r.count, 0, relaxed);
    weir_i_store(&r.torn, 0, relaxed);
    weir_i_store(&r.pushed, 0, relaxed);
    for (unsigned i = 0; i < THREADS; i++) {
        cr_assert_eq(parcels_init(&r.deques[i], 1), WEIR_OK);
        cr_assert_eq(lines_init(&r.line[i], 1), WEIR_OK);
        weir_i_deque_start(&r.deques[i].raw, 0 - (uint64_t)1000);
        weir_i_deque_start(&r.line[i].raw, 0 - (uint64_t)1000);
    }
}

static void end(const char *what, unsigned threads) {
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < r.total; i++)
        wrong += r.taken[i] != 1;
    cr_assert_eq(weir_i_load(&r.torn, relaxed), 0, "%s, %u threads: torn copies", what, threads);
    cr_assert_eq(wrong, 0, "%s, %u threads: lost or doubled", what, threads);
    for (unsigned i = 0; i < THREADS; i++) {
        cr_assert_eq(parcels_len(&r.deques[i]), 0);
        cr_assert_eq(lines_len(&r.line[i]), 0);
        parcels_destroy(&r.deques[i]);
        lines_destroy(&r.line[i]);
    }
    free(r.taken);
}

static void rally_of(flavour kind, unsigned thieves, bool batches, bool favour) {
    begin(favour ? TOTAL / 50 : TOTAL); /* each steal is a system call then */
    r.kind = kind;
    r.batches = batches;
    if (favour)
        (void)parcels_favour_owner(&r.deques[0]);
    cr_assert(threads_run(1 + thieves, run, NULL));
    end("deque", 1 + thieves);
}

static void shelf_of(size_t capacity, unsigned thieves) {
    cr_assert_eq(shelves_init(&r.shelf, capacity), WEIR_OK);
    weir_i_deque_start(&r.shelf.raw, 0 - (uint64_t)1000);
    rally_of(BOUNDED, thieves, false, false);
    shelves_destroy(&r.shelf);
}

Test(deque_stress, one_thief, .timeout = 300) {
    rally_of(LIFO, 1, false, false);
    rally_of(LIFO, 1, true, false);
}

Test(deque_stress, three_thieves, .timeout = 300) {
    rally_of(LIFO, 3, false, false);
    rally_of(LIFO, 3, true, false);
}

Test(deque_stress, fifteen_thieves, .timeout = 300) {
    rally_of(LIFO, 15, false, false);
    rally_of(LIFO, 15, true, false);
}

Test(deque_stress, fifo_owner, .timeout = 300) {
    rally_of(FIFO, 1, true, false);
    rally_of(FIFO, 3, false, false);
    rally_of(FIFO, 15, true, false);
}

Test(deque_stress, bounded_and_small, .timeout = 300) {
    shelf_of(1, 2);
    shelf_of(2, 3);
    shelf_of(3, 15);
    shelf_of(100, 3);
}

Test(deque_stress, favoured_owner, .timeout = 300) {
    rally_of(LIFO, 1, false, true);
    rally_of(LIFO, 3, true, true);
}

/* The first `pushers` threads push, the others take: single elements, or batches through a deque
 * from which the neighbour steals. */
static void inject(void) {
    uint64_t number;
    while ((number = weir_i_fetch_add(&r.pushed, 1, relaxed)) < r.total) {
        while (inbox_push(&r.in, wrap(number)) != WEIR_OK)
            sched_yield();
    }
}

static void take(unsigned me) {
    const unsigned neighbour = me + 1 < THREADS ? me + 1 : r.pushers;
    parcel p;
    while (open()) {
        bool came = false;
        if (inbox_steal(&r.in, &p) == WEIR_OK) {
            took(p);
            came = true;
        }
        if (r.batches && inbox_steal_batch(&r.in, &r.deques[me]) > 0)
            came = true;
        while (parcels_pop(&r.deques[me], &p))
            took(p);
        if (parcels_steal(&r.deques[neighbour], &p) == WEIR_OK)
            took(p);
        if (!came)
            sched_yield();
    }
}

static void inject_or_take(unsigned me, void *shared) {
    (void)shared;
    if (me < r.pushers)
        inject();
    else
        take(me);
}

static void injector_of(unsigned pushers, unsigned thieves, uint64_t lap, bool batches) {
    begin(TOTAL);
    r.pushers = pushers;
    r.batches = batches;
    cr_assert_eq(weir_i_injector_init(&r.in.raw, sizeof(parcel), lap, 0 - 10 * lap, NULL), WEIR_OK);
    cr_assert(threads_run(pushers + thieves, inject_or_take, NULL));
    cr_assert_eq(inbox_len(&r.in), 0);
    end("injector", pushers + thieves);
    inbox_destroy(&r.in);
}

Test(injector_stress, small_blocks, .timeout = 300) {
    injector_of(1, 1, 2, false);
    injector_of(2, 2, 2, true);
    injector_of(4, 4, 4, true);
}

Test(injector_stress, its_own_blocks, .timeout = 300) {
    injector_of(1, 1, 64, false);
    injector_of(3, 3, 64, true);
    injector_of(8, 8, 64, true);
    injector_of(1, 15, 64, true);
}
