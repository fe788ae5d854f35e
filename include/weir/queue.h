/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.h - an unbounded first-in first-out queue for many producers and many consumers.
 *
 * Do this:
 *   WEIR_QUEUE(jobs, struct job)
 *   jobs q;
 *   if (jobs_init(&q) != WEIR_OK) ...;
 *   if (jobs_push(&q, job) != WEIR_OK) ...;   // any thread: WEIR_NOMEM
 *   if (jobs_try_pop(&q, &job)) ...;          // any thread: false, empty
 *   jobs_destroy(&q);                         // when no thread is inside any more
 *
 * Guarantees
 *   push and try_pop are lock-free, but for the allocator in push, and linearizable: first in,
 * first out, over all threads; empty means that at one instant within the call nothing was inside.
 * A thread that is stopped in the middle of a push is passed over. (One exception: membarrier must
 *   not come to be refused while the queue is in use, fence.h. If it is, pops wait for such a
 * push.) Memory: segments of WEIR_QUEUE_SEGMENT cells of 8 bytes and the element. At least one; as
 * many as the elements inside fill, and one more; one that is kept for the next push; one for each
 * thread that is just adding one; and used up ones that wait to be reclaimed, at most the bound of
 * hazard.h for all stacks and queues together. The allocator may use stacks and queues, but this
 * one. Any number of threads may be in push, try_pop and empty at once; init and destroy stand
 * alone. No call may come from a signal handler. A child of fork() may use a queue whatever the
 * other threads were doing.
 *
 * Invariants. I1 the segments form a list from head to tail or beyond; tail never falls behind
 * head; only the last has no next. I2 a push takes the next cell of the tail segment by adding to
 * its `tail`; cells beyond the end mean: go on to the next segment. It copies the element in and
 * marks the cell filled. A new segment is linked with the element of the push that links it inside:
 * so pops that pass over all that pushes take do so to a segment's end and not for ever. I3 `head`
 * of a segment moves over one cell at a time, over filled ones by the pop that then owns the
 * element, over cells whose push is late by whoever finds it so. I4 a filled cell with an open
 * verdict counts. If somebody suspects that a push is late, the cell's verdict decides: whoever
 * changes it first from `suspected` says for all whether the push counts, or is passed over and has
 * to take another cell. I5 a push fills, then looks at the verdict; a pop takes, then looks at the
 * verdict; who suspects does so, then looks whether the cell is filled. Between stand fences
 * (fence.h: light in push and pop, heavy in who suspects): so a push and a pop that found the
 * verdict open are right, and neither needs a locked instruction for it. Where membarrier is
 * missing all verdicts are suspected from the start.
 *
 * Orders
 *   O1 push marks the cell filled, release: the element.       O2 pop loads the mark, acquire.
 *   O3 a segment is linked behind another, release: its cells. O4 next is loaded, acquire.
 *   O5 a kept segment is put by, release.                      O6 it is taken, acquire.
 *   O7 head and tail of the queue are moved, release: the segment.  Read by the guard's protect
 *      (hazard.h O3).
 *   O8 push takes a cell, O9 pop moves over one, release: what the thread did before, to other
 *      objects too. A pop that finds nothing fences and looks again: that acquires what others had
 *      done before the cells came and went that it has seen, and of two threads that each push to
 *      one queue and then find another empty, one sees the other's push (fence.h: publish, then
 *      look).
 *
 * Not for: a known bound (ring.h: no allocation, cheaper); one producer and one consumer (spsc.h).
 * Override: WEIR_QUEUE_SEGMENT, WEIR_QUEUE_PATIENCE, WEIR_RECLAIM_URCU_MEMB, WEIR_RECLAIM_URCU_BP.
 * Source: the list of arrays is that of P. Ramalhete's and A. Correia's FAAArrayQueue (2016), after
 * LCRQ (Morrison and Afek 2013) and LPRQ (Romanov and Koval 2023). Different here: elements of any
 * size stand in the cells; a pop claims by compare-and-swap and only what is there; cells are
 * passed over by a verdict behind an asymmetric fence, which leaves one locked instruction to each
 * call.
 */
#ifndef WEIR_QUEUE_H
#define WEIR_QUEUE_H

#include <weir/base/alloc.h>
#include <weir/base/atomic.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/fence.h>
#include <weir/base/status.h>
#if defined(WEIR_RECLAIM_URCU_MEMB) || defined(WEIR_RECLAIM_URCU_BP)
#include <weir/reclaim/urcu.h>
#else
#include <weir/reclaim/hazard.h>
#endif

/* Cells in a segment. */
#ifndef WEIR_QUEUE_SEGMENT
#define WEIR_QUEUE_SEGMENT 1024
#endif
/* How many turns a pop waits for a push that has its cell and has not filled it, before it passes
 * it over, which takes microseconds. */
#ifndef WEIR_QUEUE_PATIENCE
#define WEIR_QUEUE_PATIENCE 256
#endif

WEIR_I_BEGIN

/* What precedes an element. */
typedef struct weir_i_queue_cell {
    WEIR_I_ATOMIC(uint32_t) filled;
    WEIR_I_ATOMIC(uint32_t) verdict; /* I4 */
} weir_i_queue_cell;

enum {
    WEIR_I_QUEUE_OPEN = 0,      /* nobody suspects anything */
    WEIR_I_QUEUE_SUSPECTED = 1, /* somebody does */
    WEIR_I_QUEUE_VALID = 2,     /* the push counts */
    WEIR_I_QUEUE_PASSED = 3     /* it does not */
};

/* A segment is reclaimed when a hundred nodes would be: it is large, and better warm. */
enum { WEIR_I_QUEUE_WEIGHT = 128 };

/* In such pieces segments of small elements are cleared, and all are allocated. */
enum { WEIR_I_QUEUE_PIECE = 64 };

typedef struct weir_i_queue_segment {
    weir_i_reclaim_node reclaim; /* the first member */
    WEIR_I_ATOMIC(struct weir_i_queue_segment *) next;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(size_t) tail; /* I2 */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(size_t) head; /* I3 */
} weir_i_queue_segment;

/* Where the element lies behind its cell's marks, and how far it is to the next cell. Constants in
 * typed code. Cells are numbered by the bytes before them: so the fast paths multiply nothing. */
typedef struct weir_i_queue_layout {
    size_t start; /* of the first cell in the segment */
    size_t size;
    size_t offset;
    size_t stride;
} weir_i_queue_layout;

/* The raw queue: elements of a size known at run time. Fields are private. */
typedef struct weir_queue {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(weir_i_queue_segment *) tail; /* I1 */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(weir_i_queue_segment *) head;
    /* Seldom written. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(weir_i_queue_segment *) kept;
    weir_i_fence_mode mode; /* between those who fill, take and suspect: I5 */
    weir_i_queue_layout layout;
    size_t bytes; /* of a segment */
    size_t align;
    weir_allocator allocator;
    weir_i_reclaim_group group;
} weir_queue;

/* The layout for elements of a size and an alignment (a power of two). */
WEIR_I_FAST weir_i_queue_layout weir_i_queue_layout_of(size_t size, size_t align) {
    const size_t marks = sizeof(weir_i_queue_cell);
    const size_t unit = align > marks ? align : marks;
    weir_i_queue_layout layout = {(sizeof(weir_i_queue_segment) + unit - 1) & ~(unit - 1), size,
                                  unit, (unit + size + unit - 1) & ~(unit - 1)};
    return layout;
}

/* Behind the last cell that can be filled. One more stands there, for ever unfilled, so that a pop
 * need not ask for the end before it looks at a cell. */
WEIR_I_FAST size_t weir_i_queue_end(weir_i_queue_layout layout) {
    return WEIR_QUEUE_SEGMENT * layout.stride;
}

WEIR_I_FAST weir_i_queue_cell *weir_i_queue_cell_at(weir_i_queue_segment *segment, size_t at,
                                                    weir_i_queue_layout layout) {
    return (weir_i_queue_cell *)(void *)((unsigned char *)segment + layout.start + at);
}

/* -- segments --------------------------------------------------------------------------------- */

WEIR_I_FUNC void weir_i_queue_free_segment(weir_queue *queue, weir_i_queue_segment *segment) {
    if (segment)
        queue->allocator.free(segment, queue->bytes, queue->allocator.ctx);
}

/* Puts a segment by for the next push that needs one; frees the one that was. */
WEIR_I_FUNC void weir_i_queue_keep(weir_queue *queue, weir_i_queue_segment *segment) {
    weir_i_queue_free_segment(queue, weir_i_exchange(&queue->kept, segment, acq_rel)); /* O5, O6 */
}

WEIR_I_FUNC void weir_i_queue_reclaim(weir_i_reclaim_node *node) {
    unsigned char *group = (unsigned char *)weir_i_reclaim_group_of(node);
    weir_queue *queue = (weir_queue *)(void *)(group - offsetof(weir_queue, group));
    weir_i_queue_keep(queue, (weir_i_queue_segment *)(void *)node);
}

/* All cells unfilled, all verdicts `first`. Where every cache line has a cell, all is cleared,
 * several cells at a time: that touches no more memory. */
WEIR_I_FUNC void weir_i_queue_clear(weir_i_queue_segment *segment, weir_i_queue_layout layout,
                                    uint32_t first) {
    const size_t bytes = weir_i_queue_end(layout) + sizeof(weir_i_queue_cell);
    const bool whole = layout.stride <= WEIR_I_QUEUE_PIECE;
    for (size_t at = 0; whole && at < bytes; at += WEIR_I_QUEUE_PIECE)
        memset((unsigned char *)segment + layout.start + at, 0, WEIR_I_QUEUE_PIECE);
    if (whole && first == WEIR_I_QUEUE_OPEN)
        return;
    for (size_t at = 0; at < bytes; at += layout.stride) {
        weir_i_queue_cell *cell = weir_i_queue_cell_at(segment, at, layout);
        weir_i_store(&cell->filled, 0, relaxed);
        weir_i_store(&cell->verdict, first, relaxed);
    }
}

/* An empty segment, from the one kept or from the allocator; NULL: no memory. */
WEIR_I_SLOW weir_i_queue_segment *weir_i_queue_segment_new(weir_queue *queue) {
    weir_i_queue_segment *segment = weir_i_load(&queue->kept, relaxed);
    if (segment)
        segment = weir_i_exchange(&queue->kept, NULL, acquire); /* O6 */
    if (!segment)
        segment =
            WEIR_I_CAST(weir_i_queue_segment *,
                        queue->allocator.alloc(queue->bytes, queue->align, queue->allocator.ctx));
    if (!segment)
        return NULL;
    weir_i_store(&segment->next, NULL, relaxed);
    weir_i_store(&segment->tail, 0, relaxed);
    weir_i_store(&segment->head, 0, relaxed);
    weir_i_queue_clear(segment, queue->layout,
                       queue->mode == WEIR_I_FENCE_ASYMMETRIC ? WEIR_I_QUEUE_OPEN
                                                              : WEIR_I_QUEUE_SUSPECTED);
    return segment;
}

/* -- push ------------------------------------------------------------------------------------- */

/* A verdict was asked for. True: the push or the pop counts. */
WEIR_I_SLOW bool weir_i_queue_counts(weir_i_queue_cell *cell) {
    uint32_t verdict = WEIR_I_QUEUE_SUSPECTED;
    return weir_i_compare_exchange_strong(&cell->verdict, &verdict, WEIR_I_QUEUE_VALID, relaxed,
                                          relaxed) ||
           verdict == WEIR_I_QUEUE_VALID;
}

/* Fills a cell. False: the push was late. */
WEIR_I_FAST bool weir_i_queue_fill(weir_i_queue_cell *cell, const void *element,
                                   weir_i_queue_layout layout) {
    weir_i_copy((unsigned char *)cell + layout.offset, element, layout.size);
    weir_i_store(&cell->filled, 1, release);     /* O1 */
    weir_i_fence_light(WEIR_I_FENCE_ASYMMETRIC); /* I5 */
    return WEIR_I_LIKELY(weir_i_load(&cell->verdict, relaxed) == WEIR_I_QUEUE_OPEN) ||
           weir_i_queue_counts(cell);
}

/* A segment that has the element in its first cell. Nobody else sees it yet. */
WEIR_I_SLOW weir_i_queue_segment *weir_i_queue_segment_with(weir_queue *queue, const void *element,
                                                            weir_i_queue_layout layout) {
    weir_i_queue_segment *segment = weir_i_queue_segment_new(queue);
    if (!segment)
        return NULL;
    weir_i_queue_cell *cell = weir_i_queue_cell_at(segment, 0, layout);
    weir_i_copy((unsigned char *)cell + layout.offset, element, layout.size);
    weir_i_store(&cell->filled, 1, relaxed);
    weir_i_store(&segment->tail, layout.stride, relaxed);
    return segment;
}

typedef enum weir_i_queue_came {
    WEIR_I_QUEUE_PUSHED, /* into a cell */
    WEIR_I_QUEUE_LINKED, /* in the fresh segment */
    WEIR_I_QUEUE_AGAIN,
    WEIR_I_QUEUE_FULL /* the last segment is; a fresh one is needed */
} weir_i_queue_came;

/* The tail segment is full: the queue's tail moves on to the next, which is `fresh` if there is
 * none. */
WEIR_I_FUNC weir_i_queue_came weir_i_queue_extend(weir_queue *queue, weir_i_queue_segment *full,
                                                  weir_i_queue_segment *fresh) {
    weir_i_queue_segment *next = weir_i_load(&full->next, acquire); /* O4 */
    weir_i_queue_came came = WEIR_I_QUEUE_AGAIN;
    if (!next) {
        if (!fresh) {
            /* Nobody can go below it any more, and it must not come round. */
            weir_i_store(&full->tail, weir_i_queue_end(queue->layout), relaxed);
            return WEIR_I_QUEUE_FULL;
        }
        if (weir_i_compare_exchange_strong(&full->next, &next, fresh, release, /* O3 */
                                           acquire)) {                         /* O4 */
            next = fresh;
            came = WEIR_I_QUEUE_LINKED;
        }
    }
    (void)weir_i_compare_exchange_strong(&queue->tail, &full, next, release, relaxed); /* O7 */
    return came;
}

WEIR_I_FUNC weir_i_queue_came weir_i_queue_push_once(weir_queue *queue, const void *element,
                                                     weir_i_queue_layout layout,
                                                     weir_i_queue_segment *fresh) {
    const weir_i_guard guard = weir_i_guard_enter();
    weir_i_queue_segment *segment = WEIR_I_GUARD_PROTECT(&guard, &queue->tail);
    const size_t at = weir_i_fetch_add(&segment->tail, layout.stride, release); /* O8 */
    weir_i_queue_came came = WEIR_I_QUEUE_AGAIN;
    if (at >= weir_i_queue_end(layout))
        came = weir_i_queue_extend(queue, segment, fresh);
    else if (weir_i_queue_fill(weir_i_queue_cell_at(segment, at, layout), element, layout))
        came = WEIR_I_QUEUE_PUSHED;
    weir_i_guard_leave(guard);
    return came;
}

/* The whole of it: at a segment's end, after a late push, where membarrier is missing. The
 * allocator is called outside of guards: it may be one that uses stacks and queues itself. */
WEIR_I_SLOW weir_status weir_i_queue_push_slow(weir_queue *queue, const void *element,
                                               size_t size) {
    weir_i_queue_segment *fresh = NULL;
    weir_i_queue_layout layout = queue->layout;
    weir_i_queue_came came;
    layout.size = size;
    do {
        came = weir_i_queue_push_once(queue, element, layout, fresh);
        if (came == WEIR_I_QUEUE_FULL &&
            !(fresh = weir_i_queue_segment_with(queue, element, layout)))
            return WEIR_NOMEM;
    } while (came == WEIR_I_QUEUE_AGAIN || came == WEIR_I_QUEUE_FULL);
    if (fresh && came != WEIR_I_QUEUE_LINKED)
        weir_i_queue_keep(queue, fresh);
    return WEIR_OK;
}

/* The fast path: one attempt. False: see weir_i_queue_push_slow. */
WEIR_I_FAST bool weir_i_queue_push(weir_queue *queue, const void *element,
                                   weir_i_queue_layout layout) {
    weir_i_queue_segment *segment;
    weir_i_guard guard;
    bool pushed = false;
    if (WEIR_I_UNLIKELY(!weir_i_guard_enter_fast(&guard)))
        return false;
    if (WEIR_I_LIKELY(WEIR_I_GUARD_TRY(&guard, &queue->tail, &segment))) {
        const size_t at = weir_i_fetch_add(&segment->tail, layout.stride, release); /* O8 */
        pushed = WEIR_I_LIKELY(at < weir_i_queue_end(layout)) &&
                 WEIR_I_LIKELY(
                     weir_i_queue_fill(weir_i_queue_cell_at(segment, at, layout), element, layout));
    }
    weir_i_guard_leave(guard);
    return pushed;
}

/* -- pop -------------------------------------------------------------------------------------- */

typedef enum weir_i_queue_found {
    WEIR_I_QUEUE_FILLED, /* or it may be, look again */
    WEIR_I_QUEUE_LATE,   /* the cell is passed over */
    WEIR_I_QUEUE_EMPTY
} weir_i_queue_found;

/* Waits a little for the push that has the cell; then has it decided. */
WEIR_I_FUNC weir_i_queue_found weir_i_queue_suspect(const weir_queue *queue,
                                                    weir_i_queue_cell *cell) {
    uint32_t verdict = WEIR_I_QUEUE_OPEN;
    for (int i = 0; i < WEIR_QUEUE_PATIENCE; i++) {
        if (weir_i_load(&cell->filled, relaxed))
            return WEIR_I_QUEUE_FILLED;
        weir_i_relax();
    }
    if (weir_i_compare_exchange_strong(&cell->verdict, &verdict, WEIR_I_QUEUE_SUSPECTED, relaxed,
                                       relaxed))
        verdict = WEIR_I_QUEUE_SUSPECTED;
    if (verdict != WEIR_I_QUEUE_SUSPECTED) {
        weir_i_relax();
        return verdict == WEIR_I_QUEUE_PASSED ? WEIR_I_QUEUE_LATE : WEIR_I_QUEUE_FILLED;
    }
    if (!weir_i_fence_heavy(queue->mode)) { /* I5 */
        weir_i_relax();
        return WEIR_I_QUEUE_FILLED; /* who knows; we have to wait for it */
    }
    if (weir_i_load(&cell->filled, relaxed))
        return WEIR_I_QUEUE_FILLED;
    return weir_i_compare_exchange_strong(&cell->verdict, &verdict, WEIR_I_QUEUE_PASSED, relaxed,
                                          relaxed) ||
                   verdict == WEIR_I_QUEUE_PASSED
               ? WEIR_I_QUEUE_LATE
               : WEIR_I_QUEUE_FILLED;
}

/* The cell at `at`, the segment's head, is not filled: is there a push, or nothing? If no push has
 * the cell, none has any behind it, nor one in a later segment, at the time that tail is read. */
WEIR_I_SLOW weir_i_queue_found weir_i_queue_look(weir_queue *queue, weir_i_queue_segment *segment,
                                                 size_t at) {
    if (weir_i_load(&segment->tail, relaxed) <= at) {
        weir_i_fence_store_load();
        if (weir_i_load(&segment->tail, relaxed) <= at)
            return WEIR_I_QUEUE_EMPTY;
    }
    return weir_i_queue_suspect(queue, weir_i_queue_cell_at(segment, at, queue->layout));
}

/* Moves the head over a late push's cell. Tells nobody anything: the push has not happened. */
WEIR_I_SLOW void weir_i_queue_pass(weir_i_queue_segment *segment, size_t at, size_t stride) {
    (void)weir_i_compare_exchange_strong(&segment->head, &at, at + stride, relaxed, relaxed);
}

/* The head segment is used up: on to the next; and out of the guard, since reclaimers may use
 * queues. False: there is none, so the queue is empty, and the guard stays. */
WEIR_I_SLOW bool weir_i_queue_advance(weir_queue *queue, weir_i_queue_segment *used,
                                      weir_i_guard guard) {
    weir_i_queue_segment *next = weir_i_load(&used->next, acquire); /* O4 */
    if (!next) {
        weir_i_fence_store_load();
        next = weir_i_load(&used->next, acquire); /* O4 */
        if (!next)
            return false;
    }
    weir_i_queue_segment *seen = used;
    /* Pushes must not find it any more, once it is retired: I1. */
    (void)weir_i_compare_exchange_strong(&queue->tail, &seen, next, release, relaxed); /* O7 */
    seen = used;
    const bool ours = weir_i_compare_exchange_strong(&queue->head, &seen, next, release, /* O7 */
                                                     relaxed);
    weir_i_guard_leave(guard);
    if (ours)
        weir_i_reclaim_in(&queue->group, &used->reclaim, weir_i_queue_reclaim, WEIR_I_QUEUE_WEIGHT);
    return true;
}

/* Takes the element of a cell over which the caller has moved the head. False: the push was late.
 */
WEIR_I_FAST bool weir_i_queue_take(weir_i_queue_cell *cell, void *element,
                                   weir_i_queue_layout layout) {
    weir_i_fence_light(WEIR_I_FENCE_ASYMMETRIC); /* I5 */
    if (WEIR_I_UNLIKELY(weir_i_load(&cell->verdict, relaxed) != WEIR_I_QUEUE_OPEN) &&
        !weir_i_queue_counts(cell))
        return false;
    weir_i_copy(element, (unsigned char *)cell + layout.offset, layout.size);
    return true;
}

/* Moves the head over a filled cell. False: another was faster. */
WEIR_I_FAST bool weir_i_queue_claim(weir_i_queue_segment *segment, size_t at, size_t stride) {
    return weir_i_compare_exchange_weak(&segment->head, &at, at + stride, release, /* O9 */
                                        relaxed);
}

/* How long a lost race makes a pop wait at first and at most, in pauses: half a microsecond, and
 * three to six. */
enum { WEIR_I_QUEUE_LEAST_PAUSES = 16, WEIR_I_QUEUE_MOST_PAUSES = 128 };

/* The whole of it, see weir_i_queue_push_slow; also when the queue is empty, or a push half way. */
WEIR_I_SLOW bool weir_i_queue_pop_slow(weir_queue *queue, void *element, size_t size) {
    weir_i_guard guard = weir_i_guard_enter();
    weir_i_queue_layout layout = queue->layout;
    unsigned pauses = WEIR_I_QUEUE_LEAST_PAUSES;
    bool taken = false;
    layout.size = size;
    while (!taken) {
        weir_i_queue_segment *segment = WEIR_I_GUARD_PROTECT(&guard, &queue->head);
        const size_t at = weir_i_load(&segment->head, relaxed);
        weir_i_queue_cell *cell = weir_i_queue_cell_at(segment, at, layout);
        if (at >= weir_i_queue_end(layout)) {
            if (!weir_i_queue_advance(queue, segment, guard))
                break;
            guard = weir_i_guard_enter();
        } else if (weir_i_load(&cell->filled, acquire)) { /* O2 */
            if (weir_i_queue_claim(segment, at, layout.stride))
                taken = weir_i_queue_take(cell, element, layout);
            else
                pauses = weir_i_back_off(pauses, WEIR_I_QUEUE_MOST_PAUSES);
        } else {
            const weir_i_queue_found what = weir_i_queue_look(queue, segment, at);
            if (what == WEIR_I_QUEUE_EMPTY)
                break;
            if (what == WEIR_I_QUEUE_LATE)
                weir_i_queue_pass(segment, at, layout.stride);
        }
    }
    weir_i_guard_leave(guard);
    return taken;
}

/* The fast path: one attempt. False: see weir_i_queue_pop_slow. */
WEIR_I_FAST bool weir_i_queue_pop(weir_queue *queue, void *element, weir_i_queue_layout layout) {
    weir_i_queue_segment *segment;
    weir_i_guard guard;
    bool taken = false;
    if (WEIR_I_UNLIKELY(!weir_i_guard_enter_fast(&guard)))
        return false;
    if (WEIR_I_LIKELY(WEIR_I_GUARD_TRY(&guard, &queue->head, &segment))) {
        const size_t at = weir_i_load(&segment->head, relaxed);
        weir_i_queue_cell *cell = weir_i_queue_cell_at(segment, at, layout); /* maybe the end's */
        taken = WEIR_I_LIKELY(weir_i_load(&cell->filled, acquire)) &&        /* O2 */
                WEIR_I_LIKELY(weir_i_queue_claim(segment, at, layout.stride)) &&
                WEIR_I_LIKELY(weir_i_queue_take(cell, element, layout));
    }
    weir_i_guard_leave(guard);
    return taken;
}

/* -- life ------------------------------------------------------------------------------------- */

/* Makes queue an empty queue for elements of size bytes, aligned to align, whose segments come from
 * allocator (NULL: the default). WEIR_INVALID if size is 0 or too large or align no power of two;
 * WEIR_NOMEM. Only on WEIR_OK is there something to destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_queue_init_raw_with(weir_queue *queue, size_t size,
                                                                  size_t align,
                                                                  const weir_allocator *allocator) {
    const size_t most = PTRDIFF_MAX / 4;
    size_t bytes;
    if (size == 0 || size > most || align == 0 || align > most || (align & (align - 1)) != 0)
        return WEIR_INVALID;
    queue->layout = weir_i_queue_layout_of(size, align);
    if (!weir_i_size_multiply(WEIR_QUEUE_SEGMENT + 1, queue->layout.stride, &bytes) || bytes > most)
        return WEIR_INVALID;
    queue->bytes = queue->layout.start +
                   (bytes + WEIR_I_QUEUE_PIECE - 1) / WEIR_I_QUEUE_PIECE * WEIR_I_QUEUE_PIECE;
    queue->align = align > WEIR_CACHE_LINE ? align : WEIR_CACHE_LINE;
    queue->allocator = weir_i_allocator(allocator);
    queue->mode = weir_i_reclaim_mode();
    weir_i_store(&queue->kept, NULL, relaxed);
    weir_i_reclaim_group_init(&queue->group);
    weir_i_queue_segment *first = weir_i_queue_segment_new(queue);
    if (!first)
        return WEIR_NOMEM;
    weir_i_store(&queue->tail, first, relaxed);
    weir_i_store(&queue->head, first, relaxed);
    return WEIR_OK;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_queue_init_raw(weir_queue *queue, size_t size,
                                                             size_t align) {
    return weir_queue_init_raw_with(queue, size, align, NULL);
}

/* Gives the memory back. Elements still inside are dropped. No thread may be inside any call. Waits
 * for a thread that is just giving back a segment of this queue. */
WEIR_I_FUNC void weir_queue_destroy(weir_queue *queue) {
    weir_i_queue_segment *segment = weir_i_load(&queue->head, relaxed);
    while (segment) {
        weir_i_queue_segment *next = weir_i_load(&segment->next, relaxed);
        weir_i_queue_free_segment(queue, segment);
        segment = next;
    }
    weir_i_store(&queue->head, NULL, relaxed);
    weir_i_store(&queue->tail, NULL, relaxed);
    weir_i_reclaim_group_drain(&queue->group);
    weir_i_queue_free_segment(queue, weir_i_load(&queue->kept, relaxed));
}

/* True if there was nothing inside at one instant within the call. Like a pop that takes nothing.
 */
WEIR_I_FUNC bool weir_queue_empty(const weir_queue *constant) {
    weir_queue *queue = (weir_queue *)(uintptr_t)constant; /* it may pass over a late push */
    weir_i_queue_found what = WEIR_I_QUEUE_LATE;
    weir_i_guard guard = weir_i_guard_enter();
    for (;;) {
        weir_i_queue_segment *segment = WEIR_I_GUARD_PROTECT(&guard, &queue->head);
        size_t at = weir_i_load(&segment->head, relaxed);
        if (at >= weir_i_queue_end(queue->layout)) {
            if (!weir_i_queue_advance(queue, segment, guard)) {
                what = WEIR_I_QUEUE_EMPTY;
                break;
            }
            guard = weir_i_guard_enter();
            continue;
        }
        weir_i_queue_cell *cell = weir_i_queue_cell_at(segment, at, queue->layout);
        if (weir_i_load(&cell->filled, relaxed)) {
            weir_i_fence_light(WEIR_I_FENCE_ASYMMETRIC); /* I5 */
            if (weir_i_load(&cell->verdict, relaxed) == WEIR_I_QUEUE_OPEN ||
                weir_i_queue_counts(cell))
                break; /* it was inside, since the head was read */
            what = WEIR_I_QUEUE_LATE;
        } else {
            what = weir_i_queue_look(queue, segment, at);
            if (what == WEIR_I_QUEUE_EMPTY)
                break;
        }
        if (what == WEIR_I_QUEUE_LATE)
            weir_i_queue_pass(segment, at, queue->layout.stride);
    }
    weir_i_guard_leave(guard);
    return what == WEIR_I_QUEUE_EMPTY;
}

/* -- elements of a run-time size -------------------------------------------------------------- */

/* Each takes the size given to init again, and reads or writes that many bytes at element. */

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_queue_push_raw(weir_queue *queue, const void *element,
                                                             size_t size) {
    weir_i_queue_layout layout = queue->layout;
    layout.size = size;
    return WEIR_I_LIKELY(weir_i_queue_push(queue, element, layout))
               ? WEIR_OK
               : weir_i_queue_push_slow(queue, element, size);
}

WEIR_I_FUNC bool weir_queue_try_pop_raw(weir_queue *queue, void *element, size_t size) {
    weir_i_queue_layout layout = queue->layout;
    layout.size = size;
    return WEIR_I_LIKELY(weir_i_queue_pop(queue, element, layout)) ||
           weir_i_queue_pop_slow(queue, element, size);
}

WEIR_I_END

/* -- typed queues ----------------------------------------------------------------------------- */

/* WEIR_QUEUE(name, T): the type `name`, a queue of T, and its functions.
 *   weir_status name_init(name *)                      WEIR_NOMEM
 *   weir_status name_init_with(name *, const weir_allocator *)
 *   void        name_destroy(name *)
 *   weir_status name_push(name *, T)                   WEIR_NOMEM: the value stays the caller's
 *   bool        name_try_pop(name *, T *)              false: empty, nothing is written
 *   bool        name_empty(const name *)
 * Cost of a push or a pop: one locked instruction; every WEIR_QUEUE_SEGMENT of them a segment.
 * The slow paths get copies: so the caller's own variables can stay in registers. */
#define WEIR_QUEUE(name, T)                                                                        \
    WEIR_I_ELEMENT(name, T);                                                                       \
    typedef struct name {                                                                          \
        weir_queue raw;                                                                            \
    } name;                                                                                        \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(name *queue_,                        \
                                                              const weir_allocator *allocator_) {  \
        return weir_queue_init_raw_with(&queue_->raw, sizeof(T), WEIR_I_ALIGNOF(T), allocator_);   \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *queue_) {                           \
        return name##_init_with(queue_, NULL);                                                     \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *queue_) {                                                \
        weir_queue_destroy(&queue_->raw);                                                          \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_push(name *queue_, T value_) {                 \
        if (WEIR_I_LIKELY(weir_i_queue_push(                                                       \
                &queue_->raw, &value_, weir_i_queue_layout_of(sizeof(T), WEIR_I_ALIGNOF(T)))))     \
            return WEIR_OK;                                                                        \
        WEIR_I_ALIGNED(WEIR_I_ALIGNOF(T)) unsigned char copy_[sizeof(T)];                          \
        weir_i_copy(copy_, &value_, sizeof(T));                                                    \
        return weir_i_queue_push_slow(&queue_->raw, copy_, sizeof(T));                             \
    }                                                                                              \
    WEIR_I_FAST bool name##_try_pop(name *queue_, T *out_) {                                       \
        if (WEIR_I_LIKELY(weir_i_queue_pop(&queue_->raw, out_,                                     \
                                           weir_i_queue_layout_of(sizeof(T), WEIR_I_ALIGNOF(T))))) \
            return true;                                                                           \
        WEIR_I_ALIGNED(WEIR_I_ALIGNOF(T)) unsigned char copy_[sizeof(T)];                          \
        if (!weir_i_queue_pop_slow(&queue_->raw, copy_, sizeof(T)))                                \
            return false;                                                                          \
        weir_i_copy(out_, copy_, sizeof(T));                                                       \
        return true;                                                                               \
    }                                                                                              \
    WEIR_I_FUNC bool name##_empty(const name *queue_) {                                            \
        return weir_queue_empty(&queue_->raw);                                                     \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
