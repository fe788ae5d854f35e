/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.h - one writer, or many readers that do not disturb each other.
 *
 * Do this:
 *   static weir_rwmutex m = WEIR_RWMUTEX_INIT;      // or any zeroed memory
 *   weir_rwmutex_rlock(&m); look(); weir_rwmutex_runlock(&m);
 *   weir_rwmutex_lock(&m); change(); weir_rwmutex_unlock(&m);
 *
 * Guarantees
 *   A reader takes one locked instruction to lock and one to unlock, on a cache line that it
 *   shares only with every eighth thread once readers have met. A writer takes four as long as
 *   readers have not met, and eight more afterwards. A writer that waits keeps new readers out;
 *   readers that came while it waited or wrote go before the next writer. So neither side starves;
 *   and a thread that locks for reading twice may deadlock. Writers among themselves are as
 *   mutex.h has it. runlock and unlock may be called by another thread than the one that locked.
 *   Unlocking what is not locked panics; where other readers hide it, the next writer does. Each
 *   unlock is done with the object by the access that lets a writer in: who gets it last for
 *   writing may free it. A try may be refused by another's try that is just finding out, as if that
 *   one had waited. More than 2^27 readers at once panic: a few thousand later in rlock, or in the
 *   next writer. Object: 9 cache lines, 1152 bytes where WEIR_CACHE_LINE is 128; no alignment is
 *   asked for.
 *
 * Invariants
 *   I1 gate and stripes are {count:29, SPREAD:1, QUEUED:1, CLOSED:1}, QUEUED and SPREAD in the
 *      gate only. The counts are signed and wrap. Their sum, with the count in `leaving`, is the
 *      number of readers that are in; a single one of them means nothing. The sum does not wrap:
 *      who brings a count to a multiple of 2^16 has it taken first, so it is known often enough.
 *   I2 Readers count themselves in the gate, or once SPREAD is set, for good, in the stripe of
 *      their thread. Nobody counts himself in or out of what is CLOSED: to get in he queues up; to
 *      get out he counts down `leaving`.
 *   I3 Who has `writers`, and finds the gate open, closes it and the stripes, adds what they held
 *      to `leaving`, and is alone when its count is 0. Else he sets PENDING: from then on exactly
 *      one reader makes the count 0, and that one wakes him, if he still can be woken, and clears
 *      `pending`. He goes no further before that.
 *   I4 QUEUED is set in a closed gate, under the lock of `readers`, before a node enters. Who
 *      opens finds it, and lets all in by counting them himself. He has given `writers` up before:
 *      the next writer waits those few instructions for the gate.
 *   I5 A writer that gives up opens, and leaves in `leaving` what is there: the sum is right.
 *
 * Orders
 *   O1 rlock counts itself, acquire: what the last writer did.  Reads O2.
 *   O2 who opens gate and stripes, release.
 *   O3 runlock counts itself out, in gate, stripe or `leaving`, release: what it read is read.
 *   O4 the writer collects, from gate, stripes and `leaving`, acquire.  Reads O3.
 *   O5 the last reader, having found a writer whose time is up, clears `pending`, release: it is
 *      done with the object. That writer waits for it, acquire. Else O3 of wait.h says so.
 *   O6 the writer sets PENDING, release: `pending` and its waiter. The last reader acquires.
 *
 * A thread's place among the stripes is given out in turn at its first rlock. A number of the
 * processor would spread as well, but a thread that moves would count itself out elsewhere.
 *
 * WEIR_CHECKED 1: panics on locking for writing or reading by the thread (or task) that writes, on
 * an unlock by another, and on destroying what is in use or using what is destroyed.
 *
 * Not for: short critical sections with many writes (mutex.h). Override: WEIR_RWMUTEX_STRIPES, the
 * same in all of a program. Source: Go's sync.RWMutex for who goes first; one count per stripe
 * after Linux's percpu-rwsem and folly's SharedMutex. Different here: the writer needs no barrier
 * from the readers, since he closes each stripe.
 */
#ifndef WEIR_RWMUTEX_H
#define WEIR_RWMUTEX_H

#include <weir/mutex.h>
#include <weir/wait.h>

WEIR_I_BEGIN

#ifndef WEIR_RWMUTEX_STRIPES
#if WEIR_EXPLORE
#define WEIR_RWMUTEX_STRIPES 2
#else
#define WEIR_RWMUTEX_STRIPES 8
#endif
#endif

typedef WEIR_I_ATOMIC(uint32_t) weir_i_rwmutex_word;

/* Stripes are a line's size apart: that keeps them on different lines wherever the object lies. */
typedef struct weir_i_rwmutex_stripe {
    weir_i_rwmutex_word word; /* I1 */
    unsigned char pad[WEIR_CACHE_LINE - 4];
} weir_i_rwmutex_stripe;

/* What all share. */
typedef struct weir_i_rwmutex_head {
    weir_i_rwmutex_word gate;    /* I1 */
    weir_i_rwmutex_word leaving; /* {count:29, 0:2, PENDING:1} */
    weir_i_rwmutex_word owned;   /* a writer is in */
    weir_mutex writers;
    weir_wait_list readers;                  /* those that wait for the gate to open */
    WEIR_I_ATOMIC(weir_wait_node *) pending; /* the writer that waits for readers (I3) */
    weir_wait_habit reader_habit;
    weir_wait_habit writer_habit;
} weir_i_rwmutex_head;

/* All zero: nobody is in. Fields are private. */
typedef struct weir_rwmutex {
    weir_i_rwmutex_head head;
    unsigned char pad[WEIR_CACHE_LINE - sizeof(weir_i_rwmutex_head) % WEIR_CACHE_LINE];
    weir_i_rwmutex_stripe stripes[WEIR_RWMUTEX_STRIPES];
} weir_rwmutex;

#ifdef __cplusplus
#define WEIR_RWMUTEX_INIT                                                                          \
    {}
#else
#define WEIR_RWMUTEX_INIT                                                                          \
    {                                                                                              \
        {0}, {0}, {                                                                                \
            {                                                                                      \
                0, {                                                                               \
                    0                                                                              \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
#endif

enum {
    WEIR_I_RWMUTEX_CLOSED = 1,
    WEIR_I_RWMUTEX_QUEUED = 2,
    WEIR_I_RWMUTEX_SPREAD = 4,
    WEIR_I_RWMUTEX_ONE = 8,
    WEIR_I_RWMUTEX_PENDING = 1,
    WEIR_I_RWMUTEX_ROUND = 1 << 16,
    WEIR_I_RWMUTEX_MOST = 1 << 27 /* readers at once */
};

WEIR_I_STATIC_ASSERT(WEIR_RWMUTEX_STRIPES < WEIR_I_RWMUTEX_MOST / WEIR_I_RWMUTEX_ROUND,
                     "weir: fewer than 2048 stripes, or the sum of their counts could wrap");

/* -- counts -------------------------------------------------------------------------------------
 */

#if WEIR_EXPLORE
static char weir_i_rwmutex_key;
static WEIR_I_ATOMIC(uint32_t) weir_i_rwmutex_places;
#define WEIR_I_RWMUTEX_PLACE (*(uint32_t *)(void *)weir_explore_local(&weir_i_rwmutex_key))
#else
/* Only speed depends on them. */
WEIR_I_STATE(WEIR_I_ATOMIC(uint32_t), weir_i_rwmutex_places, 0);
WEIR_I_STATE(__thread uint32_t, weir_i_rwmutex_place, 0);
#define WEIR_I_RWMUTEX_PLACE weir_i_rwmutex_place
#endif

/* The stripe of the calling thread. */
WEIR_I_FUNC weir_i_rwmutex_word *weir_i_rwmutex_stripe_of(weir_rwmutex *m) {
    uint32_t place = WEIR_I_RWMUTEX_PLACE;
    if (WEIR_I_UNLIKELY(place == 0)) {
        place = weir_i_fetch_add(&weir_i_rwmutex_places, 1, relaxed) % WEIR_RWMUTEX_STRIPES + 1;
        WEIR_I_RWMUTEX_PLACE = place;
    }
    return &m->stripes[place - 1].word;
}

WEIR_I_FUNC int32_t weir_i_rwmutex_count(uint32_t word) {
    return WEIR_I_CAST(int32_t, word) >> 3; /* arithmetic, as gcc and clang have it */
}

/* -- the gate -----------------------------------------------------------------------------------
 */

/* By who has `writers`: keeps readers out. False, only if `once`: the last writer has not quite
 * opened yet. *left: how many readers are in; 0: the caller is alone. */
WEIR_I_SLOW bool weir_i_rwmutex_close(weir_rwmutex *m, bool once, int32_t *left) {
    weir_i_rwmutex_head *head = &m->head;
    uint32_t gate = weir_i_load(&head->gate, relaxed);
    for (unsigned times = 0;;) {
        if (gate & WEIR_I_RWMUTEX_CLOSED) {
            if (once)
                return false;
            weir_i_step_aside(times++);
            gate = weir_i_load(&head->gate, relaxed);
        } else if (weir_i_compare_exchange_weak(
                       &head->gate, &gate, (gate & WEIR_I_RWMUTEX_SPREAD) | WEIR_I_RWMUTEX_CLOSED,
                       acquire, relaxed)) { /* O4 */
            break;
        }
    }
    uint32_t sum = gate & ~WEIR_I_CAST(uint32_t, WEIR_I_RWMUTEX_ONE - 1);
    for (size_t i = 0; (gate & WEIR_I_RWMUTEX_SPREAD) && i < WEIR_RWMUTEX_STRIPES; i++)
        sum += weir_i_exchange(&m->stripes[i].word, WEIR_I_RWMUTEX_CLOSED, acquire); /* O4 */
    if (sum)
        sum += weir_i_fetch_add(&head->leaving, sum, acquire); /* O4 */
    else
        sum = weir_i_load(&head->leaving, acquire); /* O4 */
    *left = weir_i_rwmutex_count(sum);
    if (*left < 0)
        WEIR_PANIC("rwmutex: runlock of an unlocked rwmutex");
    if (*left > WEIR_I_RWMUTEX_MOST)
        WEIR_PANIC("rwmutex: more than 2^27 readers");
    return true;
}

/* Counts in all who queue up. They are claimed, and put behind *end through prev. */
WEIR_I_SLOW weir_wait_node **weir_i_rwmutex_let_in(weir_i_rwmutex_head *head,
                                                   weir_wait_node **end) {
    weir_wait_node *node;
    weir_wait_list_lock(&head->readers);
    weir_i_fetch_and(&head->gate, ~WEIR_I_CAST(uint32_t, WEIR_I_RWMUTEX_QUEUED), relaxed);
    while ((node = weir_wait_list_claim(&head->readers)) != NULL) {
        weir_i_fetch_add((weir_i_rwmutex_word *)node->of, WEIR_I_RWMUTEX_ONE, relaxed);
        *end = node;
        end = &node->prev;
    }
    weir_wait_list_unlock(&head->readers);
    return end;
}

/* By who closed it, after giving `writers` up. The access that opens the gate is the last one. */
WEIR_I_FUNC void weir_i_rwmutex_open(weir_rwmutex *m) {
    weir_i_rwmutex_head *head = &m->head;
    weir_wait_node *in = NULL;
    weir_wait_node **end = &in;
    uint32_t gate = weir_i_load(&head->gate, relaxed);
    for (size_t i = 0; (gate & WEIR_I_RWMUTEX_SPREAD) && i < WEIR_RWMUTEX_STRIPES; i++)
        weir_i_store(&m->stripes[i].word, 0, release); /* O2 */
    for (;;) {
        if (WEIR_I_UNLIKELY(gate & WEIR_I_RWMUTEX_QUEUED)) { /* I4 */
            end = weir_i_rwmutex_let_in(head, end);
            gate = weir_i_load(&head->gate, relaxed);
        } else if (weir_i_compare_exchange_weak(&head->gate, &gate, gate - WEIR_I_RWMUTEX_CLOSED,
                                                release, relaxed)) { /* O2 */
            break;
        }
    }
    while (in) {
        weir_wait_node *node = in;
        in = node->prev;
        weir_wait_release(node->waiter);
    }
}

/* Takes the sum as a writer does, and panics if it cannot be. If a writer is there, that one does.
 * True: nobody was in. */
WEIR_I_SLOW bool weir_i_rwmutex_tally(weir_rwmutex *m) {
    int32_t left;
    if (!weir_mutex_try_lock(&m->head.writers))
        return false;
    const bool closed = weir_i_rwmutex_close(m, true, &left);
    weir_mutex_unlock(&m->head.writers);
    if (closed)
        weir_i_rwmutex_open(m);
    return closed && left == 0;
}

/* -- readers ------------------------------------------------------------------------------------
 */

/* Is it time to take the sum? */
WEIR_I_FAST bool weir_i_rwmutex_round(uint32_t word) {
    return (word & (WEIR_I_RWMUTEX_ROUND - 1) * WEIR_I_RWMUTEX_ONE) == 0;
}

/* One copy for all that may wait, and for who has to take the sum: it need not be inlined there. */
WEIR_I_SLOW bool weir_i_rwmutex_enter_apart(weir_rwmutex *m);

/* NOLINTBEGIN(misc-no-recursion): one step deep, as apart says */
/* Counts the caller in where it belongs. False: closed. A stripe that no writer has opened yet says
 * nothing of the writers before; the gate does, in which SPREAD was seen. */
WEIR_I_FAST bool weir_i_rwmutex_enter_from(weir_rwmutex *m, bool apart) {
    weir_i_rwmutex_word *word = &m->head.gate;
    uint32_t seen = weir_i_load(word, acquire); /* O1 */
    bool met = false;
    for (;;) {
        if (word == &m->head.gate && (seen & WEIR_I_RWMUTEX_SPREAD)) {
            word = weir_i_rwmutex_stripe_of(m);
            seen = weir_i_load(word, relaxed);
        }
        if (WEIR_I_UNLIKELY(seen & WEIR_I_RWMUTEX_CLOSED))
            return false;
        if (WEIR_I_UNLIKELY(weir_i_rwmutex_round(seen + WEIR_I_RWMUTEX_ONE))) {
            if (!apart)
                return weir_i_rwmutex_enter_apart(m);
            if (seen + WEIR_I_RWMUTEX_ONE >= WEIR_I_RWMUTEX_ONE) /* 0 is met by who unlocks here */
                (void)weir_i_rwmutex_tally(m); /* not in yet: others may be alone */
        }
        if (WEIR_I_UNLIKELY(met) && word == &m->head.gate) { /* others count here, too */
            if (weir_i_compare_exchange_weak(word, &seen, seen | WEIR_I_RWMUTEX_SPREAD, relaxed,
                                             relaxed))
                met = false;
            seen = weir_i_load(word, acquire); /* O1 */
        } else if (weir_i_compare_exchange_weak(word, &seen, seen + WEIR_I_RWMUTEX_ONE, acquire,
                                                acquire)) { /* O1 */
            return true;
        } else {
            met = true;
        }
    }
}

WEIR_I_FUNC bool weir_i_rwmutex_enter(weir_rwmutex *m) {
    return weir_i_rwmutex_enter_from(m, false);
}

WEIR_I_SLOW bool weir_i_rwmutex_enter_apart(weir_rwmutex *m) {
    return weir_i_rwmutex_enter_from(m, true);
}
/* NOLINTEND(misc-no-recursion) */

/* Puts the reader into the queue; false: the gate is open again. */
WEIR_I_FUNC bool weir_i_rwmutex_queue(weir_rwmutex *m, weir_wait_entry *me) {
    uint32_t gate = weir_i_load(&m->head.gate, relaxed);
    weir_waiter_init(&me->waiter);
    weir_waiter_of(&me->waiter, "an rwmutex, to read", m);
    weir_wait_node_init(&me->node, &me->waiter);
    weir_wait_list_lock(&m->head.readers);
    do {
        if (!(gate & WEIR_I_RWMUTEX_CLOSED)) {
            weir_wait_list_unlock(&m->head.readers);
            return false;
        }
    } while (!weir_i_compare_exchange_weak(&m->head.gate, &gate, gate | WEIR_I_RWMUTEX_QUEUED,
                                           relaxed, relaxed));
    me->node.of =
        gate & WEIR_I_RWMUTEX_SPREAD ? (void *)weir_i_rwmutex_stripe_of(m) : (void *)&m->head.gate;
    weir_wait_list_push(&m->head.readers, &me->node);
    weir_wait_list_unlock(&m->head.readers);
    return true;
}

WEIR_I_SLOW weir_status weir_i_rwmutex_rlock_slow(weir_rwmutex *m, weir_time deadline) {
    weir_wait_entry me;
    while (!weir_i_rwmutex_queue(m, &me)) {
        if (weir_i_rwmutex_enter_apart(m))
            return WEIR_OK;
    }
    if (weir_waiter_await(&me.waiter, &m->head.reader_habit, deadline) == WEIR_OK)
        return WEIR_OK;
    weir_wait_list_lock(&m->head.readers);
    weir_wait_list_remove(&m->head.readers, &me.node);
    weir_wait_list_unlock(&m->head.readers);
    return WEIR_TIMEOUT;
}

/* In the checked build: the writer would wait for himself. */
WEIR_I_FAST void weir_i_rwmutex_check_rlock(weir_rwmutex *m) {
#if WEIR_CHECKED
    weir_i_mutex_check_use(&m->head.writers);
    if (weir_i_load(&m->head.writers.owner, relaxed) == weir_i_mutex_self())
        WEIR_PANIC("rwmutex: locked for reading by its writer");
#else
    (void)m;
#endif
}

/* Waits until no writer is in or waits, and locks for reading. */
WEIR_I_FUNC void weir_rwmutex_rlock(weir_rwmutex *m) {
    weir_i_rwmutex_check_rlock(m);
    if (WEIR_I_UNLIKELY(!weir_i_rwmutex_enter(m)))
        (void)weir_i_rwmutex_rlock_slow(m, WEIR_FOREVER);
}

/* Locks for reading if no writer is in or waits. */
WEIR_I_FUNC WEIR_I_NODISCARD bool weir_rwmutex_try_rlock(weir_rwmutex *m) {
    weir_i_mutex_check_use(&m->head.writers);
    return weir_i_rwmutex_enter(m);
}

/* Waits until deadline. WEIR_OK: locked for reading. WEIR_TIMEOUT: not. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_rwmutex_rlock_until(weir_rwmutex *m,
                                                                  weir_time deadline) {
    weir_i_mutex_check_use(&m->head.writers);
    if (weir_i_rwmutex_enter_apart(m))
        return WEIR_OK;
    if (deadline != WEIR_NOW)
        weir_i_rwmutex_check_rlock(m);
    return deadline == WEIR_NOW ? WEIR_TIMEOUT : weir_i_rwmutex_rlock_slow(m, deadline);
}

/* The last reader wakes the writer that waits for it; that one waits for `pending` to be NULL,
 * even if it cannot be claimed any more. */
WEIR_I_FUNC void weir_i_rwmutex_wake(weir_i_rwmutex_head *head) {
    weir_wait_node *node = weir_i_load(&head->pending, relaxed);
    weir_waiter *waiter = node->waiter;
    if (weir_wait_claim(node)) {
        weir_i_store(&head->pending, NULL, relaxed); /* published by the release */
        weir_wait_release(waiter);
    } else {
        weir_i_store(&head->pending, NULL, release); /* O5 */
    }
}

/* Counts itself out of a closed gate. */
WEIR_I_SLOW void weir_i_rwmutex_runlock_slow(weir_i_rwmutex_head *head) {
    /* Before the count: while the caller is in, no writer is. */
    if (weir_i_load(&head->owned, relaxed))
        WEIR_PANIC("rwmutex: runlock of an unlocked rwmutex");
    if (weir_i_fetch_sub(&head->leaving, WEIR_I_RWMUTEX_ONE, acq_rel) == /* O3 O6 */
        (WEIR_I_RWMUTEX_ONE | WEIR_I_RWMUTEX_PENDING))
        weir_i_rwmutex_wake(head);
}

/* A count is about to fall below 0: that is misuse, or the reader came in by another one. If the
 * sum looks as if nobody were in, it is taken. Before the caller counts itself out, for then others
 * may free the object. */
WEIR_I_SLOW void weir_i_rwmutex_suspect(weir_rwmutex *m) {
    const uint32_t count = ~WEIR_I_CAST(uint32_t, WEIR_I_RWMUTEX_ONE - 1);
    uint32_t sum = (weir_i_load(&m->head.leaving, relaxed) & count) +
                   (weir_i_load(&m->head.gate, relaxed) & count);
    for (size_t i = 0; i < WEIR_RWMUTEX_STRIPES; i++)
        sum += weir_i_load(&m->stripes[i].word, relaxed) & count;
    if (weir_i_rwmutex_count(sum) <= 0 && weir_i_rwmutex_tally(m))
        WEIR_PANIC("rwmutex: runlock of an unlocked rwmutex");
}

/* Gives up what rlock, in this or in another thread, has locked. */
WEIR_I_FUNC void weir_rwmutex_runlock(weir_rwmutex *m) {
    weir_i_rwmutex_word *word = &m->head.gate;
    uint32_t seen = weir_i_load(word, relaxed);
    bool checked = false;
    weir_i_mutex_check_use(&m->head.writers);
    for (;;) {
        if (word == &m->head.gate && (seen & WEIR_I_RWMUTEX_SPREAD)) {
            word = weir_i_rwmutex_stripe_of(m);
            seen = weir_i_load(word, relaxed);
        }
        if (WEIR_I_UNLIKELY(seen & WEIR_I_RWMUTEX_CLOSED)) {
            weir_i_rwmutex_runlock_slow(&m->head);
            return;
        }
        if (WEIR_I_UNLIKELY(weir_i_rwmutex_count(seen) <= 0 && !checked)) {
            weir_i_rwmutex_suspect(m);
            checked = true;
        }
        if (weir_i_compare_exchange_weak(word, &seen, seen - WEIR_I_RWMUTEX_ONE, release,
                                         relaxed)) /* O3 */
            return;
    }
}

/* -- writers ------------------------------------------------------------------------------------
 */

/* Closed, and readers are in: waits until they are out, or until deadline. */
WEIR_I_SLOW weir_status weir_i_rwmutex_drain(weir_i_rwmutex_head *head, weir_time deadline) {
    const uint32_t pending = WEIR_I_RWMUTEX_PENDING;
    weir_wait_entry me;
    weir_waiter_init(&me.waiter);
    weir_waiter_of(&me.waiter, "readers of an rwmutex", head);
    weir_wait_node_init(&me.node, &me.waiter);
    weir_i_store(&head->pending, &me.node, relaxed);
    if (weir_i_fetch_or(&head->leaving, pending, acq_rel) == 0) { /* O4 O6: nobody will come */
        weir_i_store(&head->pending, NULL, relaxed);
        weir_i_fetch_and(&head->leaving, ~pending, relaxed);
        return WEIR_OK;
    }
    const weir_status status = weir_waiter_await(&me.waiter, &head->writer_habit, deadline);
    if (weir_i_fetch_and(&head->leaving, ~pending, relaxed) != pending) { /* readers are in */
        weir_i_store(&head->pending, NULL, relaxed);
        return WEIR_TIMEOUT;
    }
    /* The last one came, or is about to; it has seen that the others are out (O3). */
    for (unsigned times = 0; status != WEIR_OK && weir_i_load(&head->pending, acquire);) /* O5 */
        weir_i_step_aside(times++);
    return WEIR_OK;
}

/* With `writers`: waits for the readers, until deadline. */
WEIR_I_FUNC weir_status weir_i_rwmutex_own(weir_rwmutex *m, weir_time deadline) {
    int32_t left = 0;
    const bool closed = weir_i_rwmutex_close(m, deadline == WEIR_NOW, &left);
    if (WEIR_I_LIKELY(closed && left == 0) ||
        (deadline != WEIR_NOW && weir_i_rwmutex_drain(&m->head, deadline) == WEIR_OK)) {
        weir_i_store(&m->head.owned, 1, relaxed);
        return WEIR_OK;
    }
    weir_mutex_unlock(&m->head.writers);
    if (closed)
        weir_i_rwmutex_open(m);
    return WEIR_TIMEOUT;
}

/* Waits until nobody is in, and locks for writing. */
WEIR_I_FUNC void weir_rwmutex_lock(weir_rwmutex *m) {
    weir_mutex_lock(&m->head.writers);
    (void)weir_i_rwmutex_own(m, WEIR_FOREVER);
}

/* Waits until deadline. WEIR_OK: locked for writing. WEIR_TIMEOUT: not. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_rwmutex_lock_until(weir_rwmutex *m,
                                                                 weir_time deadline) {
    if (weir_mutex_lock_until(&m->head.writers, deadline) != WEIR_OK)
        return WEIR_TIMEOUT;
    return weir_i_rwmutex_own(m, deadline);
}

/* Locks for writing if nobody is in. */
WEIR_I_FUNC WEIR_I_NODISCARD bool weir_rwmutex_try_lock(weir_rwmutex *m) {
    return weir_rwmutex_lock_until(m, WEIR_NOW) == WEIR_OK;
}

/* Gives up what lock, in this or in another thread, has locked. */
WEIR_I_FUNC void weir_rwmutex_unlock(weir_rwmutex *m) {
    if (WEIR_I_UNLIKELY(!weir_i_load(&m->head.owned, relaxed)))
        WEIR_PANIC("rwmutex: unlock of an unlocked rwmutex");
    weir_i_store(&m->head.owned, 0, relaxed);
    weir_mutex_unlock(&m->head.writers);
    weir_i_rwmutex_open(m);
}

/* Need not be called. In the checked build it panics if somebody is in or wants to be. */
WEIR_I_FUNC void weir_rwmutex_destroy(weir_rwmutex *m) {
#if WEIR_CHECKED
    if (!weir_rwmutex_try_lock(m))
        WEIR_PANIC("rwmutex: destroyed in use");
    weir_rwmutex_unlock(m);
    weir_mutex_destroy(&m->head.writers);
#else
    (void)m;
#endif
}

WEIR_I_END

#endif
