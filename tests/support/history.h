/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * history.h - what each thread called and what it got, to be judged after the join.
 *
 * Do this:
 *   static history_call room[2 * 100];
 *   static history past;
 *   history_init(&past, history_count, 2, 100, room);           // 2 threads, 100 calls each
 *   history_call *call = history_begin(&past, me, QUEUE_POP, 0);
 *   bool taken = numbers_try_pop(&numbers, &n);
 *   history_end(&past, call, taken, taken ? n : 0);
 *   ... join ...
 *   linearize(checker, &past, &spec);                           // linearize.h
 *
 * Each thread writes a lane of its own, in memory that the caller gives: recording allocates
 * nothing and takes no lock. A call that never returned stays pending; it is the last of its lane.
 *
 * Clocks. Two calls are ordered when one ended before the other began; an equal time is no order.
 *   history_count        one shared counter. Right on every machine; costs a contended atomic add,
 *                        and synchronises its callers, so a data race may hide behind it.
 *   history_nanoseconds  the monotonic clock, which the kernel keeps in step between processors,
 *                        behind a full fence. Disturbs less, scales. For x86: elsewhere a fence
 * need not order a store before a reading of the clock, so use history_count. the explorer's own
 * logical time, one tick per step.
 *
 * Happens-before. Under a weak memory model a store may reach another thread after the call that
 * made it has returned, so time orders more than the language promises. With history_observe() two
 * calls are ordered only when the end of one happens before the beginning of the other
 * (docs/design/linearizability.md says why this is the right order in the explorer).
 */
#ifndef WEIR_TESTS_HISTORY_H
#define WEIR_TESTS_HISTORY_H

#include <stddef.h>
#include <stdint.h>

enum { HISTORY_THREADS = 64, HISTORY_LINE = 128 };

#define HISTORY_PENDING UINT64_MAX /* the end of a call that never returned */

typedef struct history_call {
    uint64_t begin;
    uint64_t end;
    uint64_t argument;  /* what was passed: a value, a count, or several values (history_pack) */
    uint64_t value;     /* what came out; 0 if nothing */
    int32_t status;     /* what was returned: a bool, a weir_status or a count */
    uint16_t operation; /* a code of the specification, below 32 */
    uint16_t thread;
} history_call;

typedef uint64_t history_clock(void);

/* The step number of `thread` that is the last to happen before this point of the caller; for the
 * caller itself, the number of its last step. Threads are numbered like the lanes. */
typedef uint64_t history_seen(unsigned thread);

typedef struct history_lane {
    _Alignas(HISTORY_LINE) history_call *calls;
    size_t count;
} history_lane;

typedef struct history {
    history_clock *now;
    history_seen *seen; /* NULL: calls are ordered by time */
    uint64_t *views;    /* with seen: a row of `threads` numbers for each call */
    size_t capacity;    /* calls in a lane */
    unsigned threads;
    history_lane lanes[HISTORY_THREADS];
} history;

/* room: threads * capacity calls, the caller's for as long as the history lives. */
void history_init(history *h, history_clock *now, unsigned threads, size_t capacity,
                  history_call *room);

/* Orders the calls by happens-before instead of time. views: threads * threads * capacity numbers.
 */
void history_observe(history *h, history_seen *seen, uint64_t *views);

/* Forgets all calls, in a time that does not depend on their number. */
void history_clear(history *h);

/* Around the call under test, by the thread that owns the lane. Aborts when the lane is full. */
history_call *history_begin(history *h, unsigned thread, unsigned operation, uint64_t argument);
void history_end(history *h, history_call *call, int status, uint64_t value);

history_clock history_count, history_nanoseconds;

/* Up to eight values of 1 to 255 in one word, the first in the lowest byte: what a batch moved. */
uint64_t history_pack(const uint64_t *values, size_t n);
unsigned history_packed(uint64_t word); /* how many */
uint64_t history_unpack(uint64_t word, unsigned index);

#endif
