/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * seeded.c - known bugs that the explorer has to find, each beside the correct form that has to
 * pass.
 *
 * A program NAME_wrong expects the failure; PCT has to find it within 1000 executions. NAME_right
 * is the same code with the one line that the bug lacks.
 */
#include "explore.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>

#define relaxed memory_order_relaxed
#define acquire memory_order_acquire
#define release memory_order_release
#define acq_rel memory_order_acq_rel
#define seq_cst memory_order_seq_cst
#define load(p, order) atomic_load_explicit(p, order)
#define store(p, v, order) atomic_store_explicit(p, v, order)
#define add(p, v, order) atomic_fetch_add_explicit(p, v, order)
#define swap_if(p, expected, v, order)                                                             \
    atomic_compare_exchange_strong_explicit(p, expected, v, order, relaxed)

extern long syscall(long number, ...);

enum { WAIT = 9 | 128, WAKE = 1 | 128 };

static void futex_wait(atomic_uint *word, unsigned expected) {
    (void)syscall(SYS_futex, word, (long)WAIT, (long)expected, NULL, NULL, 0xffffffffL);
}

static void futex_wake(atomic_uint *word, int n) {
    (void)syscall(SYS_futex, word, (long)WAKE, (long)n, NULL, NULL, 0L);
}

/* A program and its twin: body(true) has the bug. */
#define SEEDED(name, verdict)                                                                      \
    EXPLORE_PROGRAM(name##_wrong, .expect = verdict) {                                             \
        name(true);                                                                                \
    }                                                                                              \
    EXPLORE_PROGRAM(name##_right) {                                                                \
        name(false);                                                                               \
    }

/* The function that threads run cannot take the variant as a constant; it reads it here. */
static bool wrong;

static void spawn_two(void (*a)(void *), void (*b)(void *)) {
    explore_spawn(a, NULL);
    explore_spawn(b, NULL);
}

/* -- Chase and Lev's deque: take stores bottom and reads top without a fence between ---------- */

enum { SLOTS = 4 };
static struct {
    atomic_long top, bottom;
    atomic_int slots[SLOTS];
} deque;
static atomic_int times_taken[3];

static void deque_push(int value) {
    const long b = load(&deque.bottom, relaxed);
    store(&deque.slots[b % SLOTS], value, relaxed);
    store(&deque.bottom, b + 1, release);
}

static void deque_take(void) {
    const long b = load(&deque.bottom, relaxed) - 1;
    store(&deque.bottom, b, relaxed);
    if (!wrong)
        atomic_thread_fence(seq_cst);
    long t = load(&deque.top, relaxed);
    if (t < b) {
        add(&times_taken[load(&deque.slots[b % SLOTS], relaxed)], 1, relaxed);
        return;
    }
    if (t == b) {
        const int value = load(&deque.slots[b % SLOTS], relaxed);
        if (swap_if(&deque.top, &t, t + 1, seq_cst))
            add(&times_taken[value], 1, relaxed);
    }
    store(&deque.bottom, b + 1, relaxed);
}

static void deque_steal(void *unused) {
    (void)unused;
    for (int i = 0; i < 2; i++) {
        long t = load(&deque.top, acquire);
        atomic_thread_fence(seq_cst);
        if (t >= load(&deque.bottom, acquire))
            continue;
        const int value = load(&deque.slots[t % SLOTS], relaxed);
        if (swap_if(&deque.top, &t, t + 1, seq_cst))
            add(&times_taken[value], 1, relaxed);
    }
}

static void chase_lev(bool variant) {
    wrong = variant;
    deque_push(1);
    deque_push(2);
    explore_spawn(deque_steal, NULL);
    deque_take();
    deque_take();
    explore_join_all();
    explore_check(times_taken[1] <= 1 && times_taken[2] <= 1);
}
SEEDED(chase_lev, EXPLORE_CHECK)

/* -- a hazard pointer that is not checked again after it was set ------------------------------ */

typedef struct node {
    int value;
} node;
static node *_Atomic shared, *_Atomic hazard;

static node *node_new(int value) {
    node *n = malloc(sizeof *n);
    explore_check(n != NULL);
    n->value = value;
    return n;
}

static void hazard_reader(void *unused) {
    (void)unused;
    node *n;
    do {
        n = load(&shared, acquire);
        store(&hazard, n, relaxed);
        atomic_thread_fence(seq_cst);
    } while (!wrong && load(&shared, acquire) != n);
    explore_check(n->value == 1 || n->value == 2);
    store(&hazard, NULL, release);
}

static void hazard_writer(void *unused) {
    (void)unused;
    node *old = atomic_exchange_explicit(&shared, node_new(2), acq_rel);
    atomic_thread_fence(seq_cst);
    while (load(&hazard, acquire) == old)
        weir_explore_relax();
    free(old);
}

static void hazard_pointer(bool variant) {
    wrong = variant;
    store(&shared, node_new(1), relaxed);
    spawn_two(hazard_reader, hazard_writer);
    explore_join_all();
    free(load(&shared, relaxed));
}
SEEDED(hazard_pointer, EXPLORE_LIFETIME)

/* -- a lost wake-up: publish, then look for waiters, and no barrier between ------------------- */

static atomic_uint item, waiters;

static void wake_producer(void *unused) {
    (void)unused;
    store(&item, 1, release);
    if (!wrong)
        atomic_thread_fence(seq_cst);
    if (load(&waiters, relaxed))
        futex_wake(&item, 1);
}

static void wake_consumer(void *unused) {
    (void)unused;
    store(&waiters, 1, relaxed);
    atomic_thread_fence(seq_cst);
    while (load(&item, acquire) == 0)
        futex_wait(&item, 0);
}

static void lost_wake(bool variant) {
    wrong = variant;
    spawn_two(wake_producer, wake_consumer);
    explore_join_all();
}
SEEDED(lost_wake, EXPLORE_DEADLOCK)

/* -- ABA on a stack: the head was A, is A again, and A's next is another ---------------------- */

enum { TAG = 1 << 8 };
static atomic_uint head, next[3];
static atomic_int owners[3];

static unsigned stack_pop(void) {
    unsigned top = load(&head, acquire);
    while (top % TAG) {
        const unsigned after = load(&next[top % TAG], relaxed);
        const unsigned tag = wrong ? 0 : top / TAG * TAG + TAG;
        if (atomic_compare_exchange_strong_explicit(&head, &top, after + tag, acquire, acquire)) {
            add(&owners[top % TAG], 1, relaxed);
            return top % TAG;
        }
    }
    return 0;
}

static void stack_push(unsigned n) {
    unsigned top = load(&head, relaxed);
    add(&owners[n], -1, relaxed);
    do
        store(&next[n], top % TAG, relaxed);
    while (!swap_if(&head, &top, n + (wrong ? 0 : top / TAG * TAG + TAG), release));
}

static void aba_one(void *unused) {
    (void)unused;
    (void)stack_pop();
}

static void aba_other(void *unused) {
    (void)unused;
    const unsigned a = stack_pop();
    (void)stack_pop();
    if (a)
        stack_push(a);
}

static void aba(bool variant) {
    wrong = variant;
    store(&next[1], 2, relaxed);
    store(&head, 1, relaxed);
    spawn_two(aba_one, aba_other);
    explore_join_all();
    while (stack_pop())
        continue;
    explore_check(owners[1] == 1 && owners[2] == 1);
}
SEEDED(aba, EXPLORE_CHECK)

/* -- close loses a message: empty, then closed, but a send came between ----------------------- */

enum { FULL = 1, CLOSED = 2 };
static atomic_uint state;
static atomic_int sent, received;

static void close_sender(void *unused) {
    (void)unused;
    unsigned s = load(&state, relaxed);
    while (!(s & CLOSED))
        if (swap_if(&state, &s, s | FULL, release)) {
            add(&sent, 1, relaxed);
            return;
        }
}

static void close_receiver(void *unused) {
    (void)unused;
    for (;;) {
        const unsigned s = load(&state, acquire);
        if (s & FULL) {
            atomic_fetch_and_explicit(&state, ~(unsigned)FULL, acquire);
            add(&received, 1, relaxed);
        } else if ((wrong ? load(&state, acquire) : s) & CLOSED) {
            return;
        } else {
            weir_explore_relax();
        }
    }
}

static void close_loses(bool variant) {
    wrong = variant;
    spawn_two(close_sender, close_receiver);
    atomic_fetch_or_explicit(&state, CLOSED, release);
    explore_join_all();
    explore_check(sent == received);
}
SEEDED(close_loses, EXPLORE_CHECK)

/* -- the last Done touches a group that the waiter has freed ---------------------------------- */

typedef struct group {
    atomic_uint count, waiting;
} group;

static void group_done(void *argument) {
    group *g = argument;
    if (add(&g->count, -1u, acq_rel) != 1)
        return;
    if (wrong)
        store(&g->waiting, 0, relaxed);
    futex_wake(&g->count, 1); /* an address, not an access */
}

static void done_after_free(bool variant) {
    wrong = variant;
    group *g = calloc(1, sizeof *g);
    explore_check(g != NULL);
    store(&g->count, 2, relaxed);
    explore_spawn(group_done, g);
    explore_spawn(group_done, g);
    store(&g->waiting, 1, relaxed);
    for (unsigned n; (n = load(&g->count, acquire)) != 0;)
        futex_wait(&g->count, n);
    free(g);
    explore_join_all();
}
SEEDED(done_after_free, EXPLORE_LIFETIME)

/* -- two locks in two orders ------------------------------------------------------------------ */

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER;
static int guarded;

static void lock_both(pthread_mutex_t *first, pthread_mutex_t *second) {
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    guarded++;
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}

static void lock_ab(void *unused) {
    (void)unused;
    lock_both(&lock_a, &lock_b);
}

static void lock_ba(void *unused) {
    (void)unused;
    if (wrong)
        lock_both(&lock_b, &lock_a);
    else
        lock_both(&lock_a, &lock_b);
}

static void lock_order(bool variant) {
    wrong = variant;
    spawn_two(lock_ab, lock_ba);
    explore_join_all();
    explore_check(guarded == 2);
}
SEEDED(lock_order, EXPLORE_DEADLOCK)

/* -- two who are polite: each waits while the other wants ------------------------------------- */

static atomic_int wants[2];

static void polite(void *argument) {
    const int me = argument != NULL;
    store(&wants[me], 1, seq_cst);
    while (load(&wants[!me], seq_cst)) {
        if (!wrong && me)
            store(&wants[me], 0, seq_cst);
        weir_explore_relax();
    }
    store(&wants[me], 0, release);
}

static void after_you(bool variant) {
    wrong = variant;
    explore_spawn(polite, NULL);
    explore_spawn(polite, &wants);
    explore_join_all();
}
SEEDED(after_you, EXPLORE_LIVELOCK)

/* -- memory ----------------------------------------------------------------------------------- */

static _Atomic(int *) box;

static void box_take(void *unused) {
    (void)unused;
    int *mine = atomic_exchange_explicit(&box, NULL, acquire);
    if (mine)
        free(mine);
}

static void leak(bool variant) {
    wrong = variant;
    store(&box, malloc(sizeof(int)), relaxed);
    explore_spawn(box_take, NULL);
    if (wrong) /* over what may still be inside */
        store(&box, NULL, relaxed);
    explore_join_all();
}
SEEDED(leak, EXPLORE_LEAK)

static void box_free(void *unused) {
    (void)unused;
    int *mine = wrong ? load(&box, acquire) : atomic_exchange_explicit(&box, NULL, acquire);
    store(&box, NULL, relaxed);
    free(mine);
}

static void double_free(bool variant) {
    wrong = variant;
    store(&box, malloc(sizeof(int)), release);
    spawn_two(box_free, box_free);
    explore_join_all();
}
SEEDED(double_free, EXPLORE_LIFETIME)

static void beyond(bool variant) {
    volatile char *text = malloc(5);
    explore_check(text != NULL);
    for (int i = 0; i < (variant ? 6 : 5); i++)
        text[i] = 0;
    free((void *)text);
}
SEEDED(beyond, EXPLORE_LIFETIME)

/* A record on a stack, still linked when its frame is gone. */
static _Atomic(atomic_int *) linked;

static __attribute__((noinline)) void link_and_leave(void) {
    atomic_int record = 0;
    store(&linked, &record, release);
    if (!wrong)
        while (load(&record, acquire) == 0)
            weir_explore_relax();
}

static void frame_owner(void *unused) {
    (void)unused;
    link_and_leave();
}

static void frame_visitor(void *unused) {
    (void)unused;
    atomic_int *record;
    while (!(record = load(&linked, acquire)))
        weir_explore_relax();
    store(record, 1, release);
}

static void dead_frame(bool variant) {
    wrong = variant;
    spawn_two(frame_owner, frame_visitor);
    explore_join_all();
}
SEEDED(dead_frame, EXPLORE_LIFETIME)

/* -- plain races ------------------------------------------------------------------------------ */

static int counter;
static atomic_int turn;

static void count_first(void *unused) {
    (void)unused;
    counter++;
    store(&turn, 1, release);
}

static void count_second(void *unused) {
    (void)unused;
    if (load(&turn, acquire) || wrong)
        counter++;
}

static void race(bool variant) {
    wrong = variant;
    spawn_two(count_first, count_second);
    explore_join_all();
}
SEEDED(race, EXPLORE_RACE)

static struct {
    char padding;
    char text[9];
} record;

static void write_record(void *unused) {
    (void)unused;
    for (int i = 0; i < 9; i++)
        record.text[i] = (char)i;
    store(&turn, 1, release);
}

static void copy_record(void *unused) {
    char copy[9];
    (void)unused;
    if (!load(&turn, acquire) && !wrong)
        return;
    __builtin_memcpy(copy, record.text, sizeof copy);
    assert(copy[8] == 8 || wrong);
}

/* A copy across granules, not aligned. */
static void race_in_copy(bool variant) {
    wrong = variant;
    spawn_two(write_record, copy_record);
    explore_join_all();
}
SEEDED(race_in_copy, EXPLORE_RACE)
