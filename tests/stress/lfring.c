/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - the lock-free ring under many threads: what both rings stand, in rings.h; and here
 * whether it is a FIFO queue with exact empties, and under signals, whose handlers use the ring
 * that they interrupted, or stop their thread where it is.
 */
#include <weir/lfring.h>

#define RING lfring
#define RING_OF WEIR_LFRING
#define RING_TOTAL 60000
#include "rings.h"

#include "support/fifo_check.h"
#include "support/specs/queue.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* -- linearizable ------------------------------------------------------------------------------ */

/* Long histories on real threads: a FIFO queue, and empty only when it was. */
enum { RECORDERS = 4, CALLS = 20000 };

static struct recorded {
    parcels ring;
    history past;
    history_call room[(RECORDERS + 1) * CALLS];
} recorded;

static bool record_push(struct recorded *r, unsigned me, uint64_t value) {
    history_call *call = history_begin(&r->past, me, QUEUE_PUSH, value);
    const bool went = parcels_try_push(&r->ring, wrap(value));
    history_end(&r->past, call, went, 0);
    return went;
}

static bool record_pop(struct recorded *r, unsigned me) {
    parcel p = {0, 0, 0};
    history_call *call = history_begin(&r->past, me, QUEUE_POP, 0);
    const bool came = parcels_try_pop(&r->ring, &p);
    history_end(&r->past, call, came, came ? p.message : 0);
    return came;
}

/* Now more pushes, now more pops, so that the ring is often empty and often full. */
static void push_and_pop_recorded(unsigned me, void *shared) {
    struct recorded *r = (struct recorded *)shared;
    for (uint64_t i = 0; i < CALLS; i++) {
        if ((i * 7 + me) % 16 < (i / 512 % 2 ? 6 : 10))
            (void)record_push(r, me, quota_message(me + 1, i));
        else
            (void)record_pop(r, me);
    }
}

Test(lfring_stress, is_a_fifo_queue_with_exact_empties, .timeout = 300) {
    static const size_t sizes[] = {1, 2, 5};
    for (unsigned i = 0; i < 3 * stress_times(); i++) {
        fifo_report report;
        start(&recorded.ring, sizes[i % 3]);
        history_init(&recorded.past, history_count, RECORDERS + 1, CALLS, recorded.room);
        cr_assert(threads_run(RECORDERS, push_and_pop_recorded, &recorded));
        while (record_pop(&recorded, RECORDERS))
            continue;
        if (fifo_check(&recorded.past, FIFO_EXACT, &report) != FIFO_OK)
            fifo_explain(&report, stderr);
        cr_assert_eq(report.verdict, FIFO_OK);
        parcels_destroy(&recorded.ring);
    }
}

/* -- signals ----------------------------------------------------------------------------------- */

/* Of a thread: how often it has succeeded, and the sums of the values. */
typedef struct account {
    uint64_t pushed;
    uint64_t popped;
    uint64_t pushed_sum;
    uint64_t popped_sum;
    uint64_t torn;
} account;

static bool push_of(parcels *ring, account *mine, uint64_t value) {
    if (!parcels_try_push(ring, wrap(value)))
        return false;
    mine->pushed++;
    mine->pushed_sum += value;
    return true;
}

static bool pop_of(parcels *ring, account *mine) {
    parcel p = {0, 0, 0};
    if (!parcels_try_pop(ring, &p))
        return false;
    mine->popped++;
    mine->popped_sum += p.message;
    mine->torn += p.inverted != ~p.message || p.more != p.message * 3;
    return true;
}

static void add_account(account *sum, const account *a) {
    sum->pushed += a->pushed;
    sum->popped += a->popped;
    sum->pushed_sum += a->pushed_sum;
    sum->popped_sum += a->popped_sum;
    sum->torn += a->torn;
}

static void catch (int number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    cr_assert_eq(sigaction(number, &action, NULL), 0);
}

/* ThreadSanitizer holds a signal back until its thread calls into the C library. */
static void let_signals_in(void) {
#if WEIR_I_TSAN
    sched_yield();
#endif
}

/* A handler that pushes and pops, in the middle of a push or a pop on the same ring by the same
 * thread. Two threads, so that the interrupted one is overtaken from outside, too. */
enum { INTERRUPTED = 2 };

static struct interruption {
    parcels ring;
    WEIR_I_ATOMIC(bool) over;
    pthread_t thread[INTERRUPTED];
    WEIR_I_ATOMIC(unsigned) ready;
    account outside[INTERRUPTED];
    account inside[INTERRUPTED]; /* by the handler */
    uint64_t amid[INTERRUPTED];  /* how often the handler came in the middle of a call */
} interruption;

static _Thread_local unsigned self;
static _Thread_local volatile sig_atomic_t amid; /* in the middle of a call on the ring */

static void use_what_was_interrupted(int number) {
    account *mine = &interruption.inside[self];
    (void)number;
    interruption.amid[self] += amid != 0;
    (void)push_of(&interruption.ring, mine, 1000000 + mine->pushed);
    (void)pop_of(&interruption.ring, mine);
}

static void push_and_pop_interrupted(unsigned me, void *shared) {
    struct interruption *all = (struct interruption *)shared;
    if (me == INTERRUPTED) { /* the one who interrupts */
        while (weir_i_load(&all->ready, acquire) < INTERRUPTED)
            sched_yield();
        for (unsigned i = 0; i < 20000 * stress_times(); i++)
            (void)pthread_kill(all->thread[i % INTERRUPTED], SIGUSR1);
        weir_i_store(&all->over, true, release);
        return;
    }
    account *mine = &all->outside[me];
    self = me;
    all->thread[me] = pthread_self();
    weir_i_fetch_add(&all->ready, 1, release);
    while (!weir_i_load(&all->over, acquire)) {
        let_signals_in();
        amid = 1;
        (void)push_of(&all->ring, mine, mine->pushed);
        (void)pop_of(&all->ring, mine);
        amid = 0;
    }
    sigset_t all_signals;
    sigfillset(&all_signals);
    pthread_sigmask(SIG_BLOCK, &all_signals, NULL);
}

Test(lfring_stress, handlers_use_the_ring_that_they_interrupt, .timeout = 300) {
    account sum = {0, 0, 0, 0, 0};
    uint64_t in_the_middle = 0;
    memset(&interruption, 0, sizeof interruption);
    start(&interruption.ring, 4);
    catch (SIGUSR1, use_what_was_interrupted);
    cr_assert(threads_run(INTERRUPTED + 1, push_and_pop_interrupted, &interruption));
    for (unsigned i = 0; i < INTERRUPTED; i++) {
        add_account(&sum, &interruption.outside[i]);
        add_account(&sum, &interruption.inside[i]);
        in_the_middle += interruption.amid[i];
    }
    while (pop_of(&interruption.ring, &sum))
        continue;
    cr_assert_eq(sum.pushed, sum.popped);
    cr_assert_eq(sum.pushed_sum, sum.popped_sum);
    cr_assert_eq(sum.torn, 0);
    cr_assert(WEIR_I_TSAN || in_the_middle > 0, "no signal came in the middle of a call");
    parcels_destroy(&interruption.ring);
}

/* Threads that a signal stops, most of them in the middle of a push or a pop, while the others meet
 * their quota. */
enum { STOPPED = 5, ROOMS = 8, LAPS = 20, QUOTA = 300 };

static struct standstill {
    parcels ring;
    WEIR_I_ATOMIC(bool) over;
    WEIR_I_ATOMIC(unsigned) ready;
    WEIR_I_ATOMIC(unsigned) answered[STOPPED]; /* signals */
    WEIR_I_ATOMIC(bool) stopped[STOPPED];
    int go_on[STOPPED][2]; /* pipes: a byte wakes one */
    pthread_t thread[STOPPED];
    account of[STOPPED + 1];
    size_t least_room; /* of the ring, while threads were stopped */
    uint64_t costly;   /* laps in which somebody stood between claim and publication */
    uint64_t wrong;
} standstill;

static void stand_still(int number) {
    const int before = errno;
    const bool inside = amid != 0 || WEIR_I_TSAN;
    char byte;
    (void)number;
    weir_i_store(&standstill.stopped[self], inside, relaxed);
    weir_i_fetch_add(&standstill.answered[self], 1, release);
    while (inside && read(standstill.go_on[self][0], &byte, 1) < 0 && errno == EINTR)
        continue;
    errno = before;
}

static void be_stopped(struct standstill *all, unsigned me) {
    account *mine = &all->of[me];
    self = me;
    all->thread[me] = pthread_self();
    weir_i_fetch_add(&all->ready, 1, release);
    while (!weir_i_load(&all->over, acquire)) {
        let_signals_in();
        amid = 1;
        (void)push_of(&all->ring, mine, mine->pushed);
        amid = 0;
        let_signals_in();
        amid = 1;
        (void)pop_of(&all->ring, mine);
        amid = 0;
    }
}

/* Signals each victim until a signal has met it inside a call. One signal at a time: a second would
 * stop it again when it goes on. */
static void stop_all(struct standstill *all) {
    for (unsigned i = 0; i < STOPPED; i++) {
        do {
            const unsigned before = weir_i_load(&all->answered[i], acquire);
            (void)pthread_kill(all->thread[i], SIGUSR1);
            while (weir_i_load(&all->answered[i], acquire) == before)
                sched_yield();
        } while (!weir_i_load(&all->stopped[i], relaxed));
    }
}

static void let_all_go_on(struct standstill *all) {
    for (unsigned i = 0; i < STOPPED; i++)
        all->wrong += write(all->go_on[i][1], "", 1) != 1;
}

/* With everybody else stopped: how many fit, until full; then a quota of pushes and pops; then
 * empty. Each stopped thread costs at most one slot. */
static void meet_quota(struct standstill *all, account *mine) {
    size_t room = 0;
    while (pop_of(&all->ring, mine))
        continue;
    while (push_of(&all->ring, mine, mine->pushed))
        room++;
    if (room < all->least_room)
        all->least_room = room;
    all->costly += room < ROOMS;
    all->wrong += room + STOPPED < ROOMS || room > ROOMS;
    for (unsigned i = 0; i < QUOTA; i++) {
        all->wrong += !pop_of(&all->ring, mine);
        all->wrong += !push_of(&all->ring, mine, mine->pushed);
    }
    for (size_t i = 0; i < room; i++)
        all->wrong += !pop_of(&all->ring, mine);
    all->wrong += pop_of(&all->ring, mine);
}

static void stop_and_go_on(unsigned me, void *shared) {
    struct standstill *all = (struct standstill *)shared;
    if (me < STOPPED) {
        be_stopped(all, me);
        return;
    }
    while (weir_i_load(&all->ready, acquire) < STOPPED)
        sched_yield();
    for (unsigned lap = 0; lap < LAPS * stress_times(); lap++) {
        stop_all(all);
        meet_quota(all, &all->of[STOPPED]);
        let_all_go_on(all);
    }
    weir_i_store(&all->over, true, release);
}

Test(lfring_stress, others_meet_their_quota_while_threads_are_stopped_inside, .timeout = 300) {
    account sum = {0, 0, 0, 0, 0};
    memset(&standstill, 0, sizeof standstill);
    standstill.least_room = ROOMS;
    for (unsigned i = 0; i < STOPPED; i++)
        cr_assert_eq(pipe(standstill.go_on[i]), 0);
    start(&standstill.ring, ROOMS);
    catch (SIGUSR1, stand_still);
    cr_assert(threads_run(STOPPED + 1, stop_and_go_on, &standstill));
    for (unsigned i = 0; i <= STOPPED; i++)
        add_account(&sum, &standstill.of[i]);
    while (pop_of(&standstill.ring, &sum))
        continue;
    cr_assert_eq(standstill.wrong, 0);
    cr_assert_eq(sum.pushed, sum.popped);
    cr_assert_eq(sum.pushed_sum, sum.popped_sum);
    cr_assert_eq(sum.torn, 0);
    cr_assert(WEIR_I_TSAN || standstill.costly > 0, "nobody was stopped in mid-push");
    cr_assert_eq(parcels_len(&standstill.ring), 0);
    parcels_destroy(&standstill.ring);
}
