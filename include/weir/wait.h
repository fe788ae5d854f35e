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
 *   entry. (If the look can see it: a ring may say empty beside a push in flight. Behind one, who
 *   has taken something calls notify, too, for the next who waits.) A notify that nobody waits for
 *   costs one fence and one load. A notification is not lost: one that meets a waiter which is
 *   leaving goes to the next (rule R4). First come, first woken. Nothing is allocated: an entry
 *   lives on the stack of who waits.
 *   Idle waiters use no processor time once they have stopped spinning, which is bounded (see
 *   spinning). A wait is no cancellation point; a wait that a signal interrupts goes on.
 *   After fork() a child may use what no other thread was using. Any thread may call anything, but
 *   an entry and a waiter belong to the thread that waits; no function here may be called from a
 *   signal handler. An event count stays until every call on it, notify included, has returned
 *   (event.h may go sooner).
 *
 * The contract of waiting, for who builds what can be waited for.
 *   A *waiter* is one sleeping caller. A *node* is its place in one object's list; a select has one
 *   waiter and many nodes. The waiting side: init the waiter; prepare each object (lock its list,
 *   push the node, unlock, weir_wait_fence()); recheck each; await; take out the nodes that are
 *   still in lists. The waking side: change the object, weir_wait_fence(), look at the list; if
 *   somebody is there lock it, take the first node, claim its waiter, unlock, release.
 *   R1 claim is one compare-and-swap on the waiter: of many objects, of a timeout and of a cancel
 *      exactly one wins. It is called only with the lock of a list in which the node stands: a
 *      waiter does not go away before it has taken its nodes out.
 *   R2 between claim and release the waiter stays where it is, and its frame is the claimer's to
 *      write: a value is handed over there, and node->won tells which node it was.
 *   R3 release is the claimer's last access to the waiter. The futex is woken by address only.
 *   R4 what a claim gives is kept: either the claimer did what the waiter waited for (a grant), or
 *      the waiter is told to look again, and then passes the notification on if it leaves without
 *      having used it. A claim that fails costs nothing: the claimer goes to the next node.
 *   R5 await returns WEIR_TIMEOUT only if no claim won. A claim that won comes first.
 *   R6 who claims a node that has a twin takes that out of its list, too, while it has the lock.
 *
 * Invariants
 *   I1 a waiter's state goes WAITING -> CLAIMED -> DONE by a claimer, or WAITING -> CANCELED by
 *      itself; ASLEEP is set beside WAITING or CLAIMED by the waiter before it parks, and whoever
 *      stores DONE unparks it if it saw ASLEEP.
 *   I2 a list is a ring through next and prev; its word points to the last node, so both ends are
 *      at hand; nodes and pointer change under the lock bit.
 *   I3 a node's next is NULL exactly while it is in no list.
 *
 * Orders
 *   O1 list lock, acquire: what the former holder did to the ring and to the nodes.  Reads O2.
 *   O2 list unlock, release.
 *   O3 release stores DONE, release: what the claimer wrote into the frame.  Read by O4.
 *   O4 the waiter loads the state, acquire.
 *   O5 weir_wait_fence: the StoreLoad barrier between publishing and looking for waiters, and
 *      between entering a list and looking again. It is called in pairs, or a wake-up is lost.
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
 *
 * In wait/, to be read in this order: task.h, waiter.h, list.h, report.h, spin.h, sleep.h, case.h,
 * event_count.h.
 */
#ifndef WEIR_WAIT_H
#define WEIR_WAIT_H

#include <weir/wait/case.h>
#include <weir/wait/event_count.h>

#endif
