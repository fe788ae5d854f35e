/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.h - the one place where weir sleeps and wakes: waiters, wait lists, event counts.
 *
 * Do this, to sleep until a lock-free container has something (what notifies is publish first):
 *   weir_event_count filled = {0};
 *   while (!jobs_try_pop(&q, &job)) {                  // the consumer
 *       weir_wait_entry entry;
 *       weir_event_count_prepare(&filled, &entry);
 *       if (jobs_try_pop(&q, &job)) { weir_event_count_cancel(&filled, &entry); break; }
 *       if (weir_event_count_wait(&filled, &entry, deadline) == WEIR_TIMEOUT) return ...;
 *   }
 *   jobs_try_push(&q, job); weir_event_count_notify(&filled, 1);   // the producer
 *
 * Guarantees
 *   Whoever published before notify is seen by the look after prepare, or its notify finds the
 *   entry. A notify that nobody waits for costs one fence and one load. A notification is not lost:
 *   one that meets a waiter which is leaving goes to the next (rule R4). First come, first woken.
 *   Nothing is allocated: an entry lives on the stack of who waits. Idle waiters use no processor
 *   time once they have stopped spinning, which is bounded (see spinning). A wait is no
 * cancellation point; a wait that a signal interrupts goes on. After fork() a child may use what no
 * other thread was using. Any thread may call anything, but an entry and a waiter belong to the
 * thread that waits; no function here may be called from a signal handler.
 *
 * The contract of waiting, for who builds what can be waited for.
 *   A *waiter* is one sleeping caller. A *node* is its place in one object's list; a select has one
 *   waiter and many nodes. The waiting side: init the waiter; prepare each object (lock its list,
 *   push the node, unlock, weir_wait_fence()); recheck each; await; take out the nodes that are
 * still in lists. The waking side: change the object, weir_wait_fence(), look at the list; if
 * somebody is there lock it, take the first node, claim its waiter, unlock, release. R1 claim is
 * one compare-and-swap on the waiter: of many objects, of a timeout and of a cancel exactly one
 * wins. It is called only with the lock of a list in which the node stands: a waiter does not go
 * away before it has taken its nodes out. R2 between claim and release the waiter stays where it
 * is, and its frame is the claimer's to write: a value is handed over there, and node->won tells
 * which node it was. R3 release is the claimer's last access to the waiter. The futex is woken by
 * address only. R4 what a claim gives is kept: either the claimer did what the waiter waited for (a
 * grant), or the waiter is told to look again, and then passes the notification on if it leaves
 * without having used it. A claim that fails costs nothing: the claimer goes to the next node. R5
 * await returns WEIR_TIMEOUT only if no claim won. A claim that won comes first. R6 who claims a
 * node that has a twin takes that out of its list, too, while it has the lock.
 *
 * Invariants. I1 a waiter's state goes WAITING -> CLAIMED -> DONE by a claimer, or WAITING ->
 * CANCELED by itself; ASLEEP is set beside WAITING or CLAIMED by the waiter before it parks, and
 * whoever stores DONE unparks it if it saw ASLEEP. I2 a list is a ring through next and prev; its
 * word points to the last node, so both ends are at hand; nodes and pointer change under the lock
 * bit. I3 a node's next is NULL exactly while it is in no list.
 *
 * Orders
 *   O1 list lock, acquire: what the former holder did to the ring and to the nodes.  Reads O2.
 *   O2 list unlock, release.
 *   O3 release stores DONE, release: what the claimer wrote into the frame.  Read by O4.
 *   O4 the waiter loads the state, acquire.
 *   O5 weir_wait_fence: the StoreLoad barrier between publishing and looking for waiters, and
 * between entering a list and looking again. It is called in pairs, or a wake-up is lost.
 *
 * Spinning. Before it parks a waiter spins, since to wake a thread takes 3-30 us and to see a store
 * of a running one 0.1 us. Not on a single processor (affinity, cgroup quota); never more waiters
 * at once than there are processors; and no longer than it paid lately on this object:
 * success lengthens the next spin towards twice what was needed, failure shortens it.
 *
 * Tasks. A scheduler of tasks (coroutines on few threads) sets weir_wait_task_set(task) while it
 * runs one; what waits then calls the task's scheduler to park, instead of blocking the thread.
 *
 * Checked build: weir_wait_report() tells who waits for what, and since when.
 *
 * Override: WEIR_CLOCK; WEIR_SPIN_MOST, iterations at most (0: never spin).
 * Source: event counts: Reed and Kanodia 1979, D. Vyukov's and folly's; one claim for many objects:
 * Go's selectDone; learning to spin: glibc's adaptive mutex. Different here: lists live in the
 * objects, no table of addresses; one record serves threads and tasks.
 */
#ifndef WEIR_WAIT_H
#define WEIR_WAIT_H

#include <weir/base/atomic.h>
#include <weir/base/clock.h>
#include <weir/base/cpu.h>
#include <weir/base/cpus.h>
#include <weir/base/fence.h>
#include <weir/base/futex.h>
#include <weir/base/status.h>

#if WEIR_CHECKED
#include <pthread.h>
#include <stdio.h>
#endif

WEIR_I_BEGIN

/* -- who parks -------------------------------------------------------------------------------- */

typedef struct weir_wait_task weir_wait_task;

/* What a scheduler of tasks has to offer.
 * park: suspends the calling task until unpark(task), or until deadline. True: an unpark ended it;
 * each unpark ends exactly one park, also one that is called later. False: time is up, and there
 * was none. No other reason to return. unpark: makes the task run again; called by any thread or
 * task, at most once for a park. */
typedef struct weir_wait_scheduler {
    bool (*park)(weir_wait_task *task, weir_time deadline);
    void (*unpark)(weir_wait_task *task);
} weir_wait_scheduler;

/* The first member of a scheduler's own record of a task. */
struct weir_wait_task {
    const weir_wait_scheduler *scheduler;
};

#if WEIR_EXPLORE
void **weir_explore_local(void *key);
static char weir_i_wait_key;
#define WEIR_I_WAIT_TASK (*(weir_wait_task **)weir_explore_local(&weir_i_wait_key))
#else
/* NULL: the thread itself waits. Only parking looks at it. */
WEIR_I_STATE(__thread weir_wait_task *, weir_i_wait_task, NULL);
#define WEIR_I_WAIT_TASK weir_i_wait_task
#endif

/* Says that the calling thread runs task from now on; NULL: none. */
WEIR_I_FUNC void weir_wait_task_set(weir_wait_task *task) {
    WEIR_I_WAIT_TASK = task;
}

/* The task that the calling thread runs, or NULL. */
WEIR_I_FUNC weir_wait_task *weir_wait_task_get(void) {
    return WEIR_I_WAIT_TASK;
}

/* Who calls: a number that no other thread or task has while this one lives. Never 0. */
WEIR_I_FUNC uintptr_t weir_wait_self(void) {
    weir_wait_task *task = weir_wait_task_get();
    return task ? (uintptr_t)task : (uintptr_t)&WEIR_I_WAIT_TASK;
}

/* -- waiters ---------------------------------------------------------------------------------- */

enum {
    WEIR_I_WAITING = 0,
    WEIR_I_CLAIMED = 1,
    WEIR_I_DONE = 2,
    WEIR_I_CANCELED = 3,
    WEIR_I_ASLEEP = 4 /* a bit */
};

/* One sleeping caller. Fields are private. */
typedef struct weir_waiter {
    weir_i_futex_word state; /* I1 */
    weir_wait_task *task;    /* who is unparked; NULL: who sleeps on state */
#if WEIR_CHECKED
    const char *what; /* the kind of the object, for weir_wait_report; and which one */
    const void *object;
#endif
} weir_waiter;

/* Its place in the list of one object. The object's own code may add to it what a claimer needs, as
 * the struct around it. */
typedef struct weir_wait_node {
    struct weir_wait_node *next; /* I3 */
    struct weir_wait_node *prev;
    weir_waiter *waiter;
    void *of; /* for the object's own code, which a claimer calls: the case, say, or its frame */
    struct weir_wait_node *twin; /* R6: the waiter's other node under the same lock, or NULL */
    int64_t since; /* for an object whose waiters stand in several lists: the order of arrival */
    bool won;      /* R2: true in the one node through which its waiter was claimed */
} weir_wait_node;

WEIR_I_FUNC void weir_waiter_init(weir_waiter *waiter) {
    weir_i_store(&waiter->state, WEIR_I_WAITING, relaxed);
    waiter->task = weir_wait_task_get();
#if WEIR_CHECKED
    waiter->what = "something";
    waiter->object = NULL;
#endif
}

/* Says what the waiter waits for, a literal such as "a mutex", and which one: for the report of the
 * checked build. Nothing in others. */
WEIR_I_FAST void weir_waiter_of(weir_waiter *waiter, const char *what, const void *object) {
#if WEIR_CHECKED
    waiter->what = what;
    waiter->object = object;
#else
    (void)waiter;
    (void)what;
    (void)object;
#endif
}

WEIR_I_FUNC void weir_wait_node_init(weir_wait_node *node, weir_waiter *waiter) {
    node->next = node->prev = NULL;
    node->waiter = waiter;
    node->of = NULL;
    node->twin = NULL;
    node->since = 0;
    node->won = false;
}

/* R1: makes the caller the one who ends the wait of node's waiter. False: another was first, or the
 * waiter left. */
WEIR_I_FUNC bool weir_wait_claim(weir_wait_node *node) {
    weir_waiter *waiter = node->waiter;
    uint32_t state = weir_i_load(&waiter->state, relaxed);
    while ((state & ~WEIR_I_CAST(uint32_t, WEIR_I_ASLEEP)) == WEIR_I_WAITING) {
        if (weir_i_compare_exchange_weak(&waiter->state, &state, state | WEIR_I_CLAIMED, relaxed,
                                         relaxed)) {
            node->won = true;
            return true;
        }
    }
    return false;
}

/* Could it be claimed? With the lock of the node's list. */
WEIR_I_FUNC bool weir_wait_claimable(const weir_wait_node *node) {
    const uint32_t state = weir_i_load(&node->waiter->state, relaxed);
    return (state & ~WEIR_I_CAST(uint32_t, WEIR_I_ASLEEP)) == WEIR_I_WAITING;
}

/* R3: ends the wait that the caller has claimed. The waiter may be gone on return. */
WEIR_I_FUNC void weir_wait_release(weir_waiter *waiter) {
    weir_wait_task *task = waiter->task;
    if (weir_i_exchange(&waiter->state, WEIR_I_DONE, release) & WEIR_I_ASLEEP) { /* O3 */
        if (task)
            task->scheduler->unpark(task);
        else
            weir_i_futex_wake(&waiter->state, 1);
    }
}

/* True once the wait has been ended by a claimer. */
WEIR_I_FUNC bool weir_waiter_done(weir_waiter *waiter) {
    return weir_i_load(&waiter->state, acquire) == WEIR_I_DONE; /* O4 */
}

/* The waiter leaves by itself. False: it was claimed before, and must await the release. */
WEIR_I_FUNC bool weir_waiter_cancel(weir_waiter *waiter) {
    uint32_t state = weir_i_load(&waiter->state, relaxed);
    while ((state & ~WEIR_I_CAST(uint32_t, WEIR_I_ASLEEP)) == WEIR_I_WAITING) {
        if (weir_i_compare_exchange_weak(&waiter->state, &state, WEIR_I_CANCELED, relaxed, relaxed))
            return true;
    }
    return false;
}

/* True once the waiter has left by itself. */
WEIR_I_FUNC bool weir_i_waiter_gone(weir_waiter *waiter) {
    return weir_i_load(&waiter->state, relaxed) == WEIR_I_CANCELED;
}

/* -- lists of waiters ------------------------------------------------------------------------- */

/* One word, all zero when nobody waits: the last node, and a lock bit. */
typedef struct weir_wait_list {
    WEIR_I_ATOMIC(uintptr_t) word; /* I2 */
} weir_wait_list;

enum { WEIR_I_WAIT_LOCKED = 1 };

/* Locks the list, for a few instructions: nothing that waits, and no call into unknown code. */
WEIR_I_SLOW void weir_wait_list_lock(weir_wait_list *list) {
    for (unsigned times = 0;; times++) {
        uintptr_t word = weir_i_load(&list->word, relaxed);
        if (!(word & WEIR_I_WAIT_LOCKED) &&
            weir_i_compare_exchange_weak(&list->word, &word, word | WEIR_I_WAIT_LOCKED, acquire,
                                         relaxed)) /* O1 */
            return;
        weir_i_step_aside(times);
    }
}

WEIR_I_SLOW void weir_wait_list_unlock(weir_wait_list *list) {
    const uintptr_t word = weir_i_load(&list->word, relaxed);
    const uintptr_t locked = WEIR_I_WAIT_LOCKED;
    weir_i_store(&list->word, word & ~locked, release); /* O2 */
}

/* True if nobody was in the list, and nobody was about to enter or leave. Without the lock: after
 * weir_wait_fence(). */
WEIR_I_FAST bool weir_wait_list_idle(const weir_wait_list *list) {
    return weir_i_load(&list->word, relaxed) == 0;
}

/* For the checked build: marks the list of an object that is destroyed, and tells. Nothing in
 * others. */
WEIR_I_FAST void weir_i_wait_list_bury(weir_wait_list *list) {
#if WEIR_CHECKED
    weir_i_store(&list->word, UINTPTR_MAX, relaxed);
#else
    (void)list;
#endif
}

WEIR_I_FAST bool weir_i_wait_list_buried(const weir_wait_list *list) {
    return WEIR_CHECKED && weir_i_load(&list->word, relaxed) == UINTPTR_MAX;
}

/* Under the lock: the last node, or NULL. */
WEIR_I_FUNC weir_wait_node *weir_i_wait_list_last(const weir_wait_list *list) {
    const uintptr_t word = weir_i_load(&list->word, relaxed);
    return (weir_wait_node *)(word & ~WEIR_I_CAST(uintptr_t, WEIR_I_WAIT_LOCKED));
}

/* Under the lock: makes node the last one. */
WEIR_I_FUNC void weir_i_wait_list_set_last(weir_wait_list *list, weir_wait_node *last) {
    weir_i_store(&list->word, (uintptr_t)last | WEIR_I_WAIT_LOCKED, relaxed);
}

/* Under the lock: the first node, or NULL. */
WEIR_I_FUNC weir_wait_node *weir_wait_list_first(const weir_wait_list *list) {
    weir_wait_node *last = weir_i_wait_list_last(list);
    return last ? last->next : NULL;
}

/* Under the lock: the node behind `node`, or NULL. */
WEIR_I_FUNC weir_wait_node *weir_wait_list_next(const weir_wait_list *list,
                                                const weir_wait_node *node) {
    return node == weir_i_wait_list_last(list) ? NULL : node->next;
}

/* A ring without a word of its own, for objects whose word holds more than a list: known by its
 * last node, NULL when empty. Each returns the last node of what results. */
WEIR_I_FUNC weir_wait_node *weir_i_wait_ring_push_front(weir_wait_node *last,
                                                        weir_wait_node *node) {
    if (!last) {
        node->next = node->prev = node;
        return node;
    }
    node->next = last->next;
    node->prev = last;
    last->next->prev = node;
    last->next = node;
    return last;
}

WEIR_I_FUNC weir_wait_node *weir_i_wait_ring_push(weir_wait_node *last, weir_wait_node *node) {
    (void)weir_i_wait_ring_push_front(last, node);
    return node;
}

/* Nothing happens to a node that is in no ring (I3). */
WEIR_I_FUNC weir_wait_node *weir_i_wait_ring_remove(weir_wait_node *last, weir_wait_node *node) {
    if (!node->next)
        return last;
    if (node == last)
        last = node->next == node ? NULL : node->prev;
    node->next->prev = node->prev;
    node->prev->next = node->next;
    node->next = node->prev = NULL;
    return last;
}

/* Under the lock: puts node before the first one. */
WEIR_I_FUNC void weir_wait_list_push_front(weir_wait_list *list, weir_wait_node *node) {
    weir_i_wait_list_set_last(list, weir_i_wait_ring_push_front(weir_i_wait_list_last(list), node));
}

/* Under the lock: puts node behind the last one. */
WEIR_I_FUNC void weir_wait_list_push(weir_wait_list *list, weir_wait_node *node) {
    weir_i_wait_list_set_last(list, weir_i_wait_ring_push(weir_i_wait_list_last(list), node));
}

/* Under the lock: takes node out; nothing happens if it is in no list. */
WEIR_I_FUNC void weir_wait_list_remove(weir_wait_list *list, weir_wait_node *node) {
    weir_i_wait_list_set_last(list, weir_i_wait_ring_remove(weir_i_wait_list_last(list), node));
}

/* The StoreLoad barrier of all waiting: a waker calls it between its change of the object and its
 * look at the list, a waiter between entering the list and its look at the object. */
WEIR_I_FAST void weir_wait_fence(void) {
    weir_i_fence_store_load(); /* O5 */
}

/* Under the lock: takes out the first node whose waiter can be claimed, and claims it. NULL: nobody
 * waits. Nodes of waiters that are leaving go out, too. */
WEIR_I_FUNC weir_wait_node *weir_wait_list_claim(weir_wait_list *list) {
    weir_wait_node *node;
    while ((node = weir_wait_list_first(list)) != NULL) {
        weir_wait_list_remove(list, node);
        if (weir_wait_claim(node))
            return node;
    }
    return NULL;
}

/* Under the lock: claims up to n waiters, in the order in which they came, and chains their nodes
 * through prev, which nobody else uses now (R2, I3). `end` is where the chain goes on; returns the
 * new end. */
WEIR_I_FUNC weir_wait_node **weir_wait_list_claim_n(weir_wait_list *list, size_t n,
                                                    weir_wait_node **end) {
    for (; n > 0; n--) {
        weir_wait_node *node = weir_wait_list_claim(list);
        if (!node)
            break;
        *end = node;
        end = &node->prev;
    }
    return end;
}

/* Releases the waiters of a chain. Without the lock: nothing of the object is touched. */
WEIR_I_FUNC void weir_wait_release_all(weir_wait_node *claimed) {
    while (claimed) {
        weir_wait_node *node = claimed;
        claimed = node->prev;
        weir_wait_release(node->waiter);
    }
}

/* -- who waits where -------------------------------------------------------------------------- */

#if WEIR_CHECKED

/* One that sleeps, for weir_wait_report. */
typedef struct weir_i_wait_sleeper {
    weir_wait_node node; /* first: a node is a sleeper */
    weir_time since;
    uintptr_t who;
} weir_i_wait_sleeper;

/* All that sleep now, in the order in which they lay down. */
WEIR_I_STATE(weir_wait_list, weir_i_wait_sleepers, {0});

/* Writes a line for each thread and task that sleeps in weir: what it waits for, and how long.
 * Returns how many there are. Only in the checked build; threads are numbered as pthread_self()
 * does. Lines for the first 64. */
WEIR_I_FUNC size_t weir_wait_report(FILE *to) {
    enum { MOST = 64 };
    weir_i_wait_sleeper seen[MOST];
    weir_waiter waiter[MOST];
    size_t count = 0;
    weir_wait_list_lock(&weir_i_wait_sleepers);
    for (const weir_wait_node *node = weir_wait_list_first(&weir_i_wait_sleepers); node;
         node = weir_wait_list_next(&weir_i_wait_sleepers, node), count++) {
        if (count < MOST) {
            seen[count].since = ((const weir_i_wait_sleeper *)(const void *)node)->since;
            seen[count].who = ((const weir_i_wait_sleeper *)(const void *)node)->who;
            waiter[count].task = node->waiter->task;
            waiter[count].what = node->waiter->what;
            waiter[count].object = node->waiter->object;
        }
    }
    weir_wait_list_unlock(&weir_i_wait_sleepers);
    for (size_t i = 0; i < count && i < MOST; i++)
        fprintf(to, "weir: %s %#lx waits for %s (%p) since %.3f s\n",
                waiter[i].task ? "task" : "thread", WEIR_I_CAST(unsigned long, seen[i].who),
                waiter[i].what, waiter[i].object,
                WEIR_I_CAST(double, weir_now() - seen[i].since) / WEIR_I_SECOND);
    return count;
}

/* A child of fork() has none of the threads that sleep here, nor of those that held the lock. */
WEIR_I_FUNC void weir_i_wait_after_fork(void) {
    weir_i_store(&weir_i_wait_sleepers.word, 0, relaxed);
}

WEIR_I_FUNC void weir_i_wait_at_fork(void) {
    (void)pthread_atfork(NULL, NULL, weir_i_wait_after_fork);
}

/* Says of a waiter that may sleep that from now on it waits for another object. */
WEIR_I_FUNC void weir_i_waiter_moved(weir_waiter *waiter, const char *what, const void *object) {
    weir_wait_list_lock(&weir_i_wait_sleepers);
    weir_waiter_of(waiter, what, object);
    weir_wait_list_unlock(&weir_i_wait_sleepers);
}

WEIR_I_FUNC void weir_i_wait_lie_down(weir_i_wait_sleeper *sleeper, weir_waiter *waiter) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, weir_i_wait_at_fork);
    weir_wait_node_init(&sleeper->node, waiter);
    sleeper->since = weir_now();
    sleeper->who = waiter->task ? (uintptr_t)waiter->task : (uintptr_t)pthread_self();
    weir_wait_list_lock(&weir_i_wait_sleepers);
    weir_wait_list_push(&weir_i_wait_sleepers, &sleeper->node);
    weir_wait_list_unlock(&weir_i_wait_sleepers);
}

WEIR_I_FUNC void weir_i_wait_get_up(weir_i_wait_sleeper *sleeper) {
    weir_wait_list_lock(&weir_i_wait_sleepers);
    weir_wait_list_remove(&weir_i_wait_sleepers, &sleeper->node);
    weir_wait_list_unlock(&weir_i_wait_sleepers);
}

#else

WEIR_I_FAST void weir_i_waiter_moved(weir_waiter *waiter, const char *what, const void *object) {
    (void)waiter;
    (void)what;
    (void)object;
}

#endif

/* -- sleeping --------------------------------------------------------------------------------- */

/* Parks once. False: time is up. A thread may also come back for no reason, a task not. */
WEIR_I_FUNC bool weir_i_waiter_park(weir_waiter *waiter, uint32_t state, weir_time deadline) {
    if (waiter->task)
        return waiter->task->scheduler->park(waiter->task, deadline);
    return weir_i_futex_wait(&waiter->state, state, deadline) != WEIR_TIMEOUT;
}

/* Sleeps until released, or until deadline (R5). A task that has set ASLEEP takes the unpark that
 * this brings before it goes on, even if it came late. */
WEIR_I_SLOW weir_status weir_i_waiter_doze(weir_waiter *waiter, weir_time deadline) {
    uint32_t state = weir_i_load(&waiter->state, acquire); /* O4 */
    while (state != WEIR_I_DONE) {
        if ((state & WEIR_I_ASLEEP) ||
            weir_i_compare_exchange_weak(&waiter->state, &state, state | WEIR_I_ASLEEP, relaxed,
                                         relaxed)) {
            if (!weir_i_waiter_park(waiter, state | WEIR_I_ASLEEP, deadline)) {
                if (weir_waiter_cancel(waiter))
                    return WEIR_TIMEOUT;
                deadline = WEIR_FOREVER; /* claimed: its release will come */
                if (waiter->task)
                    (void)weir_i_waiter_park(waiter, state, deadline);
            }
        }
        state = weir_i_load(&waiter->state, acquire); /* O4 */
    }
    return WEIR_OK;
}

/* The same, and the report of the checked build tells about it. */
WEIR_I_FUNC weir_status weir_i_waiter_sleep(weir_waiter *waiter, weir_time deadline) {
#if WEIR_CHECKED
    weir_i_wait_sleeper sleeper;
    weir_i_wait_lie_down(&sleeper, waiter);
    const weir_status status = weir_i_waiter_doze(waiter, deadline);
    weir_i_wait_get_up(&sleeper);
    return status;
#else
    return weir_i_waiter_doze(waiter, deadline);
#endif
}

/* -- spinning --------------------------------------------------------------------------------- */

#ifndef WEIR_SPIN_MOST
#if WEIR_EXPLORE
#define WEIR_SPIN_MOST 1
#else
#define WEIR_SPIN_MOST 1500 /* pauses: longer than it takes to wake a sleeping thread */
#endif
#endif

/* What an object has learned about spinning. Zero: nothing yet. */
typedef struct weir_wait_habit {
    WEIR_I_ATOMIC(uint16_t) spins;    /* how long it took lately, about */
    WEIR_I_ATOMIC(uint16_t) failures; /* how often in a row it did not pay */
} weir_wait_habit;

/* How many threads spin now. One per process where that can be had; it only saves time. */
WEIR_I_STATE(WEIR_I_ATOMIC(uint32_t), weir_i_wait_spinners, 0);

/* One spin: init, then look and look again while weir_wait_spin_more says so, then end. */
typedef struct weir_wait_spin {
    weir_wait_habit *habit;
    uint32_t spins;
    uint32_t most;
} weir_wait_spin;

/* How long to spin. Two threads that hand over to each other are stuck in sleep if both spin for
 * less than a wake-up takes, and spinning would never be seen to pay: so now and then, the rarer
 * the more often it failed, it is tried for longer than that. */
WEIR_I_FUNC uint32_t weir_i_wait_spin_length(const weir_wait_habit *habit) {
    const uint32_t least = 8;
    const uint32_t most = WEIR_SPIN_MOST;
    const uint32_t failures = weir_i_load(&habit->failures, relaxed);
    const uint32_t spins = 2 * WEIR_I_CAST(uint32_t, weir_i_load(&habit->spins, relaxed)) + least;
    const bool probe = failures % 256 == 0 || (failures & (failures - 1)) == 0;
    return probe || spins > most ? most : spins;
}

WEIR_I_FUNC void weir_wait_spin_init(weir_wait_spin *spin, weir_wait_habit *habit) {
    spin->habit = habit;
    spin->spins = 0;
    spin->most = weir_i_cpus() > 1 ? weir_i_wait_spin_length(habit) : 0;
    if (spin->most && weir_i_fetch_add(&weir_i_wait_spinners, 1, relaxed) >= weir_i_cpus()) {
        weir_i_fetch_sub(&weir_i_wait_spinners, 1, relaxed);
        spin->most = 0;
    }
}

/* Pauses, and says whether to look once more. */
WEIR_I_FUNC bool weir_wait_spin_more(weir_wait_spin *spin) {
    if (spin->spins >= spin->most)
        return false;
    spin->spins++;
    weir_i_relax();
    return true;
}

/* Ends it, and remembers whether it paid. */
WEIR_I_FUNC void weir_wait_spin_end(weir_wait_spin *spin, bool paid) {
    weir_wait_habit *habit = spin->habit;
    if (!spin->most)
        return;
    weir_i_fetch_sub(&weir_i_wait_spinners, 1, relaxed);
    const uint32_t failures = weir_i_load(&habit->failures, relaxed);
    const uint32_t old = weir_i_load(&habit->spins, relaxed);
    const uint32_t seen = paid ? spin->spins : 0;
    const uint32_t spins = seen > old ? old + (seen - old + 7) / 8 : old - (old - seen + 7) / 8;
    if (spins != old)
        weir_i_store(&habit->spins, WEIR_I_CAST(uint16_t, spins), relaxed);
    if (!paid || failures)
        weir_i_store(&habit->failures, WEIR_I_CAST(uint16_t, paid ? 0 : failures + 1), relaxed);
}

/* Waits until released, or until deadline: spins, then sleeps. WEIR_OK: a claimer ended it.
 * WEIR_TIMEOUT: nobody did, nobody will (R5). In both cases nodes that are still in lists are to be
 * taken out. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_waiter_await(weir_waiter *waiter,
                                                           weir_wait_habit *habit,
                                                           weir_time deadline) {
    weir_wait_spin spin;
    bool done = weir_waiter_done(waiter);
    if (!done && deadline == WEIR_NOW && weir_waiter_cancel(waiter))
        return WEIR_TIMEOUT;
    if (!done && !waiter->task) {
        weir_wait_spin_init(&spin, habit);
        while (!done && weir_wait_spin_more(&spin))
            done = weir_waiter_done(waiter);
        weir_wait_spin_end(&spin, done);
    }
    return done ? WEIR_OK : weir_i_waiter_sleep(waiter, deadline);
}

/* -- the selectable contract ------------------------------------------------------------------- */

typedef struct weir_selectable weir_selectable;

/* One case of a select: made by the object's case constructor. Only status is for the user to read:
 * WEIR_OK or WEIR_CLOSED in the case that was chosen. */
typedef struct weir_case {
    const weir_selectable *kind; /* NULL: never ready */
    void *object;
    void *value; /* what to send from, or where to put what comes; or NULL */
    weir_status status;
    uint32_t detail; /* the object's own: how many units, say */
} weir_case;

/* What an object must offer to stand in a select, beside others. attempt, ready, list stand alone;
 * enter and leave are called with the lock of list(c) held. In the order of a select that waits:
 *   1. attempt each case; one done: that is the choice.
 *   2. prepare each case; lock the lists of all cases, by address, each once; if another list than
 *      the one that was locked is now that of a case, unlock and go to 1. Attempt none; enter all;
 *      unlock.
 *   3. weir_wait_fence(); if some case is ready now: cancel the waiter, leave all, go to 1; if the
 *      waiter cannot be cancelled it was claimed, so go on.
 *   4. await; lock (and see that it is the case's list still) and leave all cases, but not the one
 * that won: its claimer took it out, and its twin (R6), and its object may be gone already. When
 * the lock of a case that was left is gone its `left`, if it has one, is called: whom leave has
 * claimed is released there, for no lock is held while a waiter is released. Then collect the case
 * whose node won: true, that is the choice; false, it was told to look again: go to 1, and if in
 * the end another case is chosen or time is up, pass. An object whose operations need both sides at
 * once (a rendezvous) cannot do with 3: two selects that wait for each other would cancel
 * themselves over and over. It offers decide and finish. In step 2, after the locks and a
 * weir_wait_fence(), decide is called before enter; such cases are not asked again in step 3. Of
 * cases of one kind, object and detail one stands in the list for all of them. An object may have
 * two kinds of cases: their lists lie within the object, and no other object's do. If both have the
 * same list, they are twins. If not, a select does not enter both, but starts over: then one of
 * them is ready, or a peer is in the middle of making it so. */
typedef enum weir_turn {
    WEIR_TURN_NONE, /* the case is not ready; whoever makes it so will find who enters now */
    WEIR_TURN_DONE, /* it was, and has been taken: finish follows when the locks are gone */
    WEIR_TURN_AGAIN /* neither: a peer is in the middle of it. Unlock, step aside, start over */
} weir_turn;

/* What a decision has got hold of until it is finished. */
typedef struct weir_grip {
    void *at;
    uint64_t ticket;
} weir_grip;

struct weir_selectable {
    /* Does the case now, if that needs no waiting: true, and c->status is set. False: it was not
     * ready, or only became so meanwhile; ready tells. */
    bool (*attempt)(weir_case *c);
    /* Could it be done now? Changes nothing. Two equal stamps around a false: it was false all the
     * time between. */
    bool (*ready)(const weir_case *c, uint64_t *stamp);
    /* The list in which a waiter for this case stands. It may become another one, but not while its
     * lock is held. */
    weir_wait_list *(*list)(const weir_case *c);
    /* Puts the node into it, or takes it out if it is still there. */
    void (*enter)(weir_case *c, weir_wait_node *node);
    void (*leave)(weir_case *c, weir_wait_node *node);
    /* After the wait, for the node that won. True: the claimer has done the case (a grant), and
     * c->status is set. False: the claimer said to look again. */
    bool (*collect)(weir_case *c, weir_wait_node *node);
    /* R4: a notification that this case got was not used; wake the next. NULL: nothing to pass on,
     * since what this object says stays true. */
    void (*pass)(weir_case *c);
    /* Both or neither. decide is called with the locks of all cases of the select held: it takes no
     * other lock and waits for nothing. */
    weir_turn (*decide)(weir_case *c, weir_grip *grip);
    void (*finish)(weir_case *c, weir_grip *grip);
    /* Follows leave when the lock is gone: releases those that leave has claimed. What leave wants
     * to tell it is in the node, which is in no list any more. NULL: nothing to do. */
    void (*left)(weir_case *c, weir_wait_node *node);
    /* Comes before the lists are locked, when the caller holds no lock and is about to wait. NULL:
     * nothing to do. */
    void (*prepare)(weir_case *c);
    /* True: who makes this case ready does so without finding the waiter in its list, so a select
     * may look for long before it enters. NULL: false, as at a rendezvous, where of two that only
     * look none meets the other. */
    bool (*watched)(const weir_case *c);
};

/* -- event counts ----------------------------------------------------------------------------- */

/* Who waits for a change of something that has no room for waiters itself. All zero: nobody. */
typedef struct weir_event_count {
    weir_wait_list list;
    weir_wait_habit habit;
} weir_event_count;

#define WEIR_EVENT_COUNT_INIT                                                                      \
    {                                                                                              \
        {0}, {                                                                                     \
            0, 0                                                                                   \
        }                                                                                          \
    }

/* A waiter for one object. */
typedef struct weir_wait_entry {
    weir_waiter waiter;
    weir_wait_node node;
} weir_wait_entry;

/* Enters the caller as waiting. Then it looks at what it waits for once more, and cancels or waits:
 * a notify that follows a change which that look did not see will end the wait. */
WEIR_I_FUNC void weir_event_count_prepare(weir_event_count *count, weir_wait_entry *entry) {
    weir_waiter_init(&entry->waiter);
    weir_waiter_of(&entry->waiter, "an event count", count);
    weir_wait_node_init(&entry->node, &entry->waiter);
    weir_wait_list_lock(&count->list);
    weir_wait_list_push(&count->list, &entry->node);
    weir_wait_list_unlock(&count->list);
    weir_wait_fence(); /* O5 */
}

/* Wakes up to n waiters, in the order in which they came. Call it after the change. */
WEIR_I_SLOW void weir_i_event_count_wake(weir_event_count *count, size_t n) {
    weir_wait_node *claimed = NULL;
    weir_wait_list_lock(&count->list);
    (void)weir_wait_list_claim_n(&count->list, n, &claimed);
    weir_wait_list_unlock(&count->list);
    weir_wait_release_all(claimed);
}

/* Wakes up to n of those who wait. Cost without any: a fence and a load. */
WEIR_I_FAST void weir_event_count_notify(weir_event_count *count, size_t n) {
    weir_wait_fence(); /* O5 */
    if (WEIR_I_UNLIKELY(!weir_wait_list_idle(&count->list)))
        weir_i_event_count_wake(count, n);
}

WEIR_I_FAST void weir_event_count_notify_all(weir_event_count *count) {
    weir_event_count_notify(count, SIZE_MAX);
}

/* Takes the entry out of the list; true if it was still in there. */
WEIR_I_FUNC void weir_i_event_count_leave(weir_event_count *count, weir_wait_entry *entry) {
    weir_wait_list_lock(&count->list);
    weir_wait_list_remove(&count->list, &entry->node);
    weir_wait_list_unlock(&count->list);
}

/* Instead of waiting: leaves. A notification that the entry got meanwhile goes to the next (R4). */
WEIR_I_FUNC void weir_event_count_cancel(weir_event_count *count, weir_wait_entry *entry) {
    if (weir_waiter_cancel(&entry->waiter)) {
        weir_i_event_count_leave(count, entry);
        return;
    }
    (void)weir_i_waiter_sleep(&entry->waiter, WEIR_FOREVER); /* claimed: soon released */
    weir_event_count_notify(count, 1);
}

/* Waits for a notification. WEIR_TIMEOUT: none came before deadline. Either way the entry is free.
 */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_event_count_wait(weir_event_count *count,
                                                               weir_wait_entry *entry,
                                                               weir_time deadline) {
    const weir_status status = weir_waiter_await(&entry->waiter, &count->habit, deadline);
    if (status != WEIR_OK)
        weir_i_event_count_leave(count, entry);
    return status;
}

/* Spins until ready(arg) is true, as long as that pays. */
WEIR_I_FUNC bool weir_i_event_count_spin(weir_event_count *count, bool (*ready)(void *arg),
                                         void *arg) {
    weir_wait_spin spin;
    bool done = false;
    weir_wait_spin_init(&spin, &count->habit);
    while (!done && weir_wait_spin_more(&spin))
        done = ready(arg);
    weir_wait_spin_end(&spin, done);
    return done;
}

/* Waits until ready(arg) is true, or until deadline. ready takes what it waits for, if there is
 * something to take: it is called by the calling thread until it says true once. WEIR_OK: it said
 * true, even if time was up. Spins before it enters the list: who is not in there costs a notifier
 * nothing. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_event_count_await(weir_event_count *count,
                                                                bool (*ready)(void *arg), void *arg,
                                                                weir_time deadline) {
    weir_wait_entry entry;
    bool done = ready(arg);
    if (!done && deadline != WEIR_NOW && !weir_wait_task_get())
        done = weir_i_event_count_spin(count, ready, arg);
    while (!done) {
        weir_event_count_prepare(count, &entry);
        done = ready(arg);
        if (done) {
            weir_event_count_cancel(count, &entry);
        } else if (weir_i_waiter_sleep(&entry.waiter, deadline) != WEIR_OK) {
            weir_i_event_count_leave(count, &entry);
            return ready(arg) ? WEIR_OK : WEIR_TIMEOUT;
        } else {
            done = ready(arg);
        }
    }
    return WEIR_OK;
}

WEIR_I_END

#endif
