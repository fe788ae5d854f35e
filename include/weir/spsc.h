/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.h - a bounded queue from one producer to one consumer.
 *
 * Do this:
 *   WEIR_SPSC(samples, struct sample)
 *   samples q;
 *   if (samples_init(&q, 1000) != WEIR_OK) ...;
 *   if (!samples_try_push(&q, sample)) ...;       // the producer: false, full
 *   if (samples_try_pop(&q, &sample)) ...;        // the consumer: false, empty
 *   struct sample *s = samples_reserve(&q);       // or without copying: NULL, full
 *   if (s) { fill(s); samples_commit(&q); }
 *   samples_destroy(&q);
 *
 * Guarantees
 *   Every call is wait-free: no loop but that over a batch's elements, no locked instruction; at
 * most four pauses of the processor (I3). Exact: full and empty are said only when so, by all that
 * happens before the call. (Without a full fence in each call the producer's full and the
 * consumer's empty may cross in time.) FIFO. Memory: (capacity + 1) * the element's size. At one
 * time at most one thread in push, push_n, reserve, commit (the producer), and at most one in pop,
 * pop_n, front, release (the consumer); len and capacity from any thread; init and destroy alone.
 * Who is producer may change hands, if the hand-over itself synchronises (a join, a lock). A signal
 * handler may be the one side while the thread that it interrupts is the other.
 *
 * Invariants. A position is the address of a slot; `end`, the address behind the last one, is
 * another name for the first. There is nothing that counts, so nothing that can overflow. I1 tail
 * is the slot of the next push, head that of the next pop; the elements lie from head to just
 * before tail, around the end. One slot more than the capacity keeps full from empty. I2 the
 * producer owns the slots from tail to just before write_until, the consumer those from head to
 * just before read_until; neither stretch goes past the end. Each side moves its own bound on when
 * it gets there, by a look at the other's position. An old look costs another look.
 * I3 full_at and empty_at are each side's own notes about speed, and decide nothing: where it last
 * found nothing, else NULL. A side that was stuck and has caught up again gives the other the time
 * of a hand-off before the next look (a temporal slip), else it takes the other's lines from it for
 * each element. It costs no latency: who is stuck looks at once, and who slips has just been
 * served.
 *
 * Orders
 *   O1 push stores tail, release:  publishes the element.                Read by O2.
 *   O2 pop loads tail, acquire:    before it reads the element.
 *   O3 pop stores head, release:   the slot is read, it may be overwritten.  Read by O4.
 *   O4 push loads head, acquire:   before it writes the element.
 *   Each side reads its own position relaxed: nobody else writes it.
 *
 * Not for: a second producer or consumer (ring.h).
 * Override: WEIR_CACHE_LINE.
 * Source: L. Lamport's queue (1977); cached remote positions from P. Lee et al., MCRingBuffer
 * (2010) and E. Rigtorp's SPSCQueue; the temporal slip from J. Giacomoni et al., FastForward
 * (2008). Different here: what is cached is how far one may go without looking, wrap included, so
 * that a push is a compare, a copy and a store.
 */
#ifndef WEIR_SPSC_H
#define WEIR_SPSC_H

#include <weir/base/atomic.h>
#include <weir/base/cpu.h>
#include <weir/base/panic.h>
#include <weir/base/ring.h>

WEIR_I_BEGIN

/* The raw queue: elements of a size known at run time. Fields are private. */
typedef struct weir_spsc {
    /* Never written after init. */
    unsigned char *slots;
    unsigned char *end;
    size_t capacity;
    size_t size;
    weir_allocator allocator;
    /* The producer's. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(unsigned char *) tail;
    unsigned char *write_until;
    unsigned char *full_at; /* I3 */
    /* The consumer's. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(unsigned char *) head;
    unsigned char *read_until;
    unsigned char *empty_at; /* I3 */
} weir_spsc;

WEIR_I_STATIC_ASSERT(offsetof(weir_spsc, tail) % WEIR_CACHE_LINE == 0 &&
                         offsetof(weir_spsc, head) % WEIR_CACHE_LINE == 0,
                     "weir: the sides of a queue share a cache line");

/* -- keeping a distance ----------------------------------------------------------------------- */

/* For about as long as a line takes from core to core, in pauses; and what is a distance. */
enum { WEIR_I_SPSC_SLIP = 4, WEIR_I_SPSC_DISTANCE = 4 * WEIR_CACHE_LINE };

/* Of a side that was stuck at *stuck_at, before it looks at the other's position again (I3). True
 * if it has waited. */
WEIR_I_SLOW bool weir_i_spsc_slip(unsigned char **stuck_at, const unsigned char *position) {
    if (*stuck_at == position)
        return false; /* still stuck: the sooner it looks the better */
    *stuck_at = NULL;
    weir_i_delay(WEIR_I_SPSC_SLIP);
    return true;
}

/* After it: whether to do so again the next time. One element is no sign that more would come. */
WEIR_I_FAST bool weir_i_spsc_is_close(size_t found, size_t size) {
    return found > size && found <= WEIR_I_SPSC_DISTANCE;
}

/* -- the producer ----------------------------------------------------------------------------- */

/* How far the producer may write when the consumer stands at head (I1, I2); tail is not at end. */
WEIR_I_FAST unsigned char *weir_i_spsc_bound(const weir_spsc *queue, const unsigned char *tail,
                                             unsigned char *head) {
    if (tail < head)
        return head - queue->size; /* with head at end this is the same as with the first slot */
    return head == queue->slots ? queue->end - queue->size : queue->end;
}

/* Looks at head and moves the bound. The slot to write, or NULL if the queue is full. */
WEIR_I_SLOW unsigned char *weir_i_spsc_look_for_room(weir_spsc *queue, unsigned char *tail) {
    const bool slipped = queue->full_at && weir_i_spsc_slip(&queue->full_at, tail);
    unsigned char *head = weir_i_load(&queue->head, acquire); /* O4 */
    if (tail == queue->end) {
        tail = queue->slots;
        weir_i_store(&queue->tail, tail, release); /* O1: publishes what end did */
    }
    queue->write_until = weir_i_spsc_bound(queue, tail, head);
    if (tail == queue->write_until) {
        queue->full_at = tail;
        return NULL;
    }
    if (slipped &&
        weir_i_spsc_is_close(WEIR_I_CAST(size_t, queue->write_until - tail), queue->size))
        queue->full_at = tail;
    return tail;
}

/* The slot for the next element, or NULL if the queue is full. Write it, then commit. */
WEIR_I_FAST void *weir_spsc_reserve_raw(weir_spsc *queue) {
    unsigned char *tail = weir_i_load(&queue->tail, relaxed);
    if (WEIR_I_LIKELY(tail != queue->write_until))
        return tail;
    return weir_i_spsc_look_for_room(queue, tail);
}

WEIR_I_FAST void weir_i_spsc_commit(weir_spsc *queue, size_t size) {
    unsigned char *tail = weir_i_load(&queue->tail, relaxed);
#if WEIR_CHECKED
    if (tail == queue->write_until)
        WEIR_PANIC("spsc: commit without reserve");
#endif
    weir_i_store(&queue->tail, tail + size, release); /* O1 */
}

WEIR_I_FAST bool weir_i_spsc_push(weir_spsc *queue, const void *element, size_t size) {
    unsigned char *tail = weir_i_load(&queue->tail, relaxed);
    if (WEIR_I_UNLIKELY(tail == queue->write_until)) {
        tail = weir_i_spsc_look_for_room(queue, tail);
        if (!tail)
            return false;
    }
    weir_i_copy(tail, element, size);
    weir_i_store(&queue->tail, tail + size, release); /* O1 */
    return true;
}

/* -- the consumer ----------------------------------------------------------------------------- */

/* When tail is not simply ahead: around the end, or empty. The slot to read, or NULL.
 * Goes from end to the first slot only with an element there: head at the first slot and tail at
 * end would look like a queue filled beyond its capacity, though it is empty. */
WEIR_I_SLOW unsigned char *weir_i_spsc_look_around(weir_spsc *queue, unsigned char *head,
                                                   unsigned char *tail) {
    if (tail == head || (head == queue->end && tail == queue->slots)) {
        queue->empty_at = head;
        return NULL;
    }
    if (head != queue->end) {
        queue->read_until = queue->end;
        return head;
    }
    queue->read_until = tail;
    weir_i_store(&queue->head, queue->slots, release); /* O3: releases what end did */
    return queue->slots;
}

/* Looks at tail and moves the bound. The slot to read, or NULL if the queue is empty. */
WEIR_I_FAST unsigned char *weir_i_spsc_look(weir_spsc *queue, unsigned char *head) {
    unsigned char *tail = weir_i_load(&queue->tail, acquire); /* O2 */
    if (WEIR_I_UNLIKELY(tail <= head))
        return weir_i_spsc_look_around(queue, head, tail);
    queue->read_until = tail;
    return head;
}

WEIR_I_SLOW unsigned char *weir_i_spsc_look_late(weir_spsc *queue, unsigned char *head) {
    const bool slipped = weir_i_spsc_slip(&queue->empty_at, head);
    unsigned char *found = weir_i_spsc_look(queue, head);
    if (slipped && found &&
        weir_i_spsc_is_close(WEIR_I_CAST(size_t, queue->read_until - found), queue->size))
        queue->empty_at = found;
    return found;
}

WEIR_I_FAST unsigned char *weir_i_spsc_look_for_element(weir_spsc *queue, unsigned char *head) {
    return WEIR_I_UNLIKELY(queue->empty_at != NULL) ? weir_i_spsc_look_late(queue, head)
                                                    : weir_i_spsc_look(queue, head);
}

/* The oldest element, or NULL if the queue is empty. Read or change it, then release. */
WEIR_I_FAST void *weir_spsc_front_raw(weir_spsc *queue) {
    unsigned char *head = weir_i_load(&queue->head, relaxed);
    return head != queue->read_until ? head : weir_i_spsc_look_for_element(queue, head);
}

WEIR_I_FAST void weir_i_spsc_release(weir_spsc *queue, size_t size) {
    unsigned char *head = weir_i_load(&queue->head, relaxed);
#if WEIR_CHECKED
    if (head == queue->read_until)
        WEIR_PANIC("spsc: release without front");
#endif
    weir_i_store(&queue->head, head + size, release); /* O3 */
}

WEIR_I_FAST bool weir_i_spsc_pop(weir_spsc *queue, void *element, size_t size) {
    unsigned char *head = weir_i_load(&queue->head, relaxed);
    if (head == queue->read_until) {
        head = weir_i_spsc_look_for_element(queue, head);
        if (!head)
            return false;
    }
    weir_i_copy(element, head, size);
    weir_i_store(&queue->head, head + size, release); /* O3 */
    return true;
}

/* -- batches ---------------------------------------------------------------------------------- */

/* A batch is at most two copies: up to the bound, and, if that was the end, from the start. Each
 * looks at the other side at most once, and is published by itself; so the consumer may begin with
 * the first while the second is written. */

WEIR_I_FAST size_t weir_i_spsc_push_some(weir_spsc *queue, const unsigned char *from, size_t bytes,
                                         size_t size) {
    unsigned char *tail = weir_i_load(&queue->tail, relaxed);
    if (WEIR_I_CAST(size_t, queue->write_until - tail) < bytes) {
        tail = weir_i_spsc_look_for_room(queue, tail);
        if (!tail)
            return 0;
    }
    const size_t room = WEIR_I_CAST(size_t, queue->write_until - tail);
    const size_t some = bytes < room ? bytes : room;
    weir_i_copy_some(tail, from, some, size);
    weir_i_store(&queue->tail, tail + some, release); /* O1 */
    return some;
}

WEIR_I_FAST size_t weir_i_spsc_pop_some(weir_spsc *queue, unsigned char *to, size_t bytes,
                                        size_t size) {
    unsigned char *head = weir_i_load(&queue->head, relaxed);
    if (WEIR_I_CAST(size_t, queue->read_until - head) < bytes) {
        head = weir_i_spsc_look_for_element(queue, head);
        if (!head)
            return 0;
    }
    const size_t filled = WEIR_I_CAST(size_t, queue->read_until - head);
    const size_t some = bytes < filled ? bytes : filled;
    weir_i_copy_some(to, head, some, size);
    weir_i_store(&queue->head, head + some, release); /* O3 */
    return some;
}

WEIR_I_FAST size_t weir_i_spsc_push_n(weir_spsc *queue, const void *elements, size_t n,
                                      size_t size) {
    const unsigned char *from = (const unsigned char *)elements;
    const size_t bytes = (n < queue->capacity ? n : queue->capacity) * size;
    size_t some = bytes;
    size_t done = 0;
    for (unsigned part = 0; part < 2 && some > 0 && done < bytes; part++) {
        some = weir_i_spsc_push_some(queue, from + done, bytes - done, size);
        done += some;
    }
    return done / size;
}

WEIR_I_FAST size_t weir_i_spsc_pop_n(weir_spsc *queue, void *elements, size_t n, size_t size) {
    unsigned char *to = (unsigned char *)elements;
    const size_t bytes = (n < queue->capacity ? n : queue->capacity) * size;
    size_t some = bytes;
    size_t done = 0;
    for (unsigned part = 0; part < 2 && some > 0 && done < bytes; part++) {
        some = weir_i_spsc_pop_some(queue, to + done, bytes - done, size);
        done += some;
    }
    return done / size;
}

/* -- life ------------------------------------------------------------------------------------- */

/* Makes queue an empty queue for capacity elements of size bytes, aligned to align, in memory from
 * allocator (NULL: the default). WEIR_INVALID if capacity or size is 0, align no power of two, size
 * no multiple of it, or the whole too large for any object; WEIR_NOMEM. Only on WEIR_OK is there
 * something to destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_spsc_init_raw_with(weir_spsc *queue, size_t capacity,
                                                                 size_t size, size_t align,
                                                                 const weir_allocator *allocator) {
    size_t bytes;
    if (capacity == 0 || size == 0 || align == 0 || (align & (align - 1)) != 0 || size % align != 0)
        return WEIR_INVALID;
    if (capacity == SIZE_MAX || !weir_i_size_multiply(capacity + 1, size, &bytes)) /* I1 */
        return WEIR_INVALID;
    queue->allocator = weir_i_allocator(allocator);
    queue->slots = weir_i_ring_slots(&queue->allocator, bytes, align);
    if (!queue->slots)
        return WEIR_NOMEM;
    queue->end = queue->slots + bytes;
    queue->capacity = capacity;
    queue->size = size;
    queue->write_until = queue->end - size;
    queue->read_until = queue->slots;
    queue->full_at = NULL;
    queue->empty_at = NULL;
    weir_i_store(&queue->tail, queue->slots, relaxed);
    weir_i_store(&queue->head, queue->slots, relaxed);
    return WEIR_OK;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_spsc_init_raw(weir_spsc *queue, size_t capacity,
                                                            size_t size, size_t align) {
    return weir_spsc_init_raw_with(queue, capacity, size, align, NULL);
}

/* Gives the memory back. Elements still inside are dropped. No thread may be inside any call. */
WEIR_I_FUNC void weir_spsc_destroy(weir_spsc *queue) {
    queue->allocator.free(queue->slots, WEIR_I_CAST(size_t, queue->end - queue->slots),
                          queue->allocator.ctx);
    queue->slots = NULL;
}

/* How many elements are inside: exact for a side while the other rests. Else the producer may get
 * too many (what is being popped), the consumer too few, and anyone else a number between 0 and
 * capacity. */
WEIR_I_FUNC size_t weir_spsc_len(const weir_spsc *queue) {
    const ptrdiff_t all = queue->end - queue->slots;
    const unsigned char *head = weir_i_load(&queue->head, relaxed);
    const ptrdiff_t ahead = weir_i_load(&queue->tail, relaxed) - head;
    const ptrdiff_t bytes = ahead < 0 ? ahead + all : ahead;
    return bytes == all ? 0 : WEIR_I_CAST(size_t, bytes) / queue->size;
}

/* The capacity given to init. */
WEIR_I_FUNC size_t weir_spsc_capacity(const weir_spsc *queue) {
    return queue->capacity;
}

/* -- elements of a run-time size -------------------------------------------------------------- */

/* Each takes the size given to init again. */

WEIR_I_FUNC bool weir_spsc_try_push_raw(weir_spsc *queue, const void *element, size_t size) {
    return weir_i_spsc_push(queue, element, size);
}

WEIR_I_FUNC bool weir_spsc_try_pop_raw(weir_spsc *queue, void *element, size_t size) {
    return weir_i_spsc_pop(queue, element, size);
}

/* Pushes the first of n elements that there is room for; returns how many. */
WEIR_I_FUNC size_t weir_spsc_push_n_raw(weir_spsc *queue, const void *elements, size_t n,
                                        size_t size) {
    return weir_i_spsc_push_n(queue, elements, n, size);
}

/* Pops at most n elements; returns how many. */
WEIR_I_FUNC size_t weir_spsc_pop_n_raw(weir_spsc *queue, void *elements, size_t n, size_t size) {
    return weir_i_spsc_pop_n(queue, elements, n, size);
}

WEIR_I_FUNC void weir_spsc_commit_raw(weir_spsc *queue, size_t size) {
    weir_i_spsc_commit(queue, size);
}

WEIR_I_FUNC void weir_spsc_release_raw(weir_spsc *queue, size_t size) {
    weir_i_spsc_release(queue, size);
}

WEIR_I_END

/* -- typed queues ----------------------------------------------------------------------------- */

/* WEIR_SPSC(name, T): the type `name`, a queue of T, and its functions.
 *   weir_status name_init(name *, size_t capacity)     any capacity >= 1, kept exactly
 *   weir_status name_init_with(name *, size_t capacity, const weir_allocator *)
 *   void        name_destroy(name *)
 *   bool        name_try_push(name *, T)               producer; false: full
 *   size_t      name_push_n(name *, const T *, size_t) producer; how many went
 *   T          *name_reserve(name *)                   producer; NULL: full
 *   void        name_commit(name *)                    producer, after reserve
 *   bool        name_try_pop(name *, T *)              consumer; false: empty, nothing is written
 *   size_t      name_pop_n(name *, T *, size_t)        consumer; how many came
 *   T          *name_front(name *)                     consumer; NULL: empty
 *   void        name_release(name *)                   consumer, after front
 *   size_t      name_len(const name *)                 anyone
 *   size_t      name_capacity(const name *)            anyone
 * Cost of a push or a pop: about ten instructions, none locked. */
#define WEIR_SPSC(name, T)                                                                         \
    WEIR_I_BOUNDED(name, T, weir_spsc)                                                             \
    WEIR_I_FAST bool name##_try_push(name *queue_, T value_) {                                     \
        return weir_i_spsc_push(&queue_->raw, &value_, sizeof(T));                                 \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_push_n(name *queue_, T const *values_, size_t n_) {                  \
        return weir_i_spsc_push_n(&queue_->raw, values_, n_, sizeof(T));                           \
    }                                                                                              \
    WEIR_I_FAST T *name##_reserve(name *queue_) {                                                  \
        return WEIR_I_CAST(T *, weir_spsc_reserve_raw(&queue_->raw));                              \
    }                                                                                              \
    WEIR_I_FAST void name##_commit(name *queue_) {                                                 \
        weir_i_spsc_commit(&queue_->raw, sizeof(T));                                               \
    }                                                                                              \
    WEIR_I_FAST bool name##_try_pop(name *queue_, T *out_) {                                       \
        return weir_i_spsc_pop(&queue_->raw, out_, sizeof(T));                                     \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_pop_n(name *queue_, T *out_, size_t n_) {                            \
        return weir_i_spsc_pop_n(&queue_->raw, out_, n_, sizeof(T));                               \
    }                                                                                              \
    WEIR_I_FAST T *name##_front(name *queue_) {                                                    \
        return WEIR_I_CAST(T *, weir_spsc_front_raw(&queue_->raw));                                \
    }                                                                                              \
    WEIR_I_FAST void name##_release(name *queue_) {                                                \
        weir_i_spsc_release(&queue_->raw, sizeof(T));                                              \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
