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
 *   Every call is wait-free: no loop but that over a batch's elements, no locked instruction.
 *   Exact: full and empty are said only when so. Strict FIFO.
 *   Memory: capacity * the element's size.
 *   At one time at most one thread in push, push_n, reserve, commit (the producer), and at most one
 *   in pop, pop_n, front, release (the consumer); len and capacity from any thread; init and destroy
 *   alone. Who is producer may change hands, if the hand-over itself synchronises (a join, a lock).
 *   A signal handler may be the one side while the thread that it interrupts is the other.
 *
 * Invariants
 *   I1 tail counts pushes, head counts pops; both wrap; tail - head is the number inside, between 0
 *      and capacity. Nothing is derived from their remainders, so any capacity survives the wrap.
 *   I2 write_at is the slot of push number tail, read_at that of pop number head. Between reserve
 *      and commit the producer owns the slot at write_at; between front and release the consumer
 *      owns that at read_at.
 *   I3 room_until is a head once seen + capacity: the producer need not look again before tail gets
 *      there. filled_until is a tail once seen. An old value costs only another look.
 *
 * Orders
 *   O1 push stores tail, release:  publishes the element.                Read by O2.
 *   O2 pop loads tail, acquire:    before it reads the element.
 *   O3 pop stores head, release:   the slot is read, it may be overwritten.  Read by O4.
 *   O4 push loads head, acquire:   before it writes the element.
 *   Each side reads its own counter relaxed: nobody else writes it.
 *
 * Not for: a second producer or consumer (ring.h).
 * Override: WEIR_CACHE_LINE.
 * Source: L. Lamport's queue (1977); cached remote counters from P. Lee et al., MCRingBuffer (2010)
 * and E. Rigtorp's SPSCQueue. Different here: free-running counters beside moving pointers, so a
 * step needs neither a multiplication nor a power of two, and no slot is left empty.
 */
#ifndef WEIR_SPSC_H
#define WEIR_SPSC_H

#include <weir/base/alloc.h>
#include <weir/base/atomic.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/panic.h>
#include <weir/base/status.h>

WEIR_I_BEGIN

/* The raw queue: elements of a size known at run time. Fields are private. */
typedef struct weir_spsc {
    /* Never written after init. */
    unsigned char *slots;
    unsigned char *end; /* behind the last slot */
    size_t capacity;
    size_t size;
    weir_allocator allocator;
    /* The producer's. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(size_t) tail;
    size_t room_until;
    unsigned char *write_at;
    /* The consumer's. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(size_t) head;
    size_t filled_until;
    unsigned char *read_at;
} weir_spsc;

WEIR_I_STATIC_ASSERT(offsetof(weir_spsc, tail) % WEIR_CACHE_LINE == 0 &&
                         offsetof(weir_spsc, head) % WEIR_CACHE_LINE == 0,
                     "weir: the sides of a queue share a cache line");

/* -- the producer ----------------------------------------------------------------------------- */

/* True if push number tail has a slot; looks at head only when the last look is used up. */
WEIR_I_FAST bool weir_i_spsc_has_room(weir_spsc *queue, size_t tail) {
    if (WEIR_I_LIKELY(tail != queue->room_until))
        return true;
    queue->room_until = weir_i_load(&queue->head, acquire) + queue->capacity; /* O4 */
    return tail != queue->room_until;
}

/* The slot for the next element, or NULL if the queue is full. Write it, then commit. */
WEIR_I_FAST void *weir_spsc_reserve_raw(weir_spsc *queue) {
    const size_t tail = weir_i_load(&queue->tail, relaxed);
    return weir_i_spsc_has_room(queue, tail) ? queue->write_at : NULL;
}

WEIR_I_FAST void weir_i_spsc_publish(weir_spsc *queue, size_t tail, size_t size) {
    unsigned char *next = queue->write_at + size;
    queue->write_at = WEIR_I_UNLIKELY(next == queue->end) ? queue->slots : next;
    weir_i_store(&queue->tail, tail + 1, release); /* O1 */
}

WEIR_I_FAST void weir_i_spsc_commit(weir_spsc *queue, size_t size) {
    const size_t tail = weir_i_load(&queue->tail, relaxed);
#if WEIR_CHECKED
    if (tail == queue->room_until)
        WEIR_PANIC("spsc: commit without reserve");
#endif
    weir_i_spsc_publish(queue, tail, size);
}

WEIR_I_FAST bool weir_i_spsc_push(weir_spsc *queue, const void *element, size_t size) {
    const size_t tail = weir_i_load(&queue->tail, relaxed);
    if (!weir_i_spsc_has_room(queue, tail))
        return false;
    weir_i_copy(queue->write_at, element, size);
    weir_i_spsc_publish(queue, tail, size);
    return true;
}

/* -- the consumer ----------------------------------------------------------------------------- */

WEIR_I_FAST bool weir_i_spsc_has_element(weir_spsc *queue, size_t head) {
    if (WEIR_I_LIKELY(head != queue->filled_until))
        return true;
    queue->filled_until = weir_i_load(&queue->tail, acquire); /* O2 */
    return head != queue->filled_until;
}

/* The oldest element, or NULL if the queue is empty. Read or change it, then release. */
WEIR_I_FAST void *weir_spsc_front_raw(weir_spsc *queue) {
    const size_t head = weir_i_load(&queue->head, relaxed);
    return weir_i_spsc_has_element(queue, head) ? queue->read_at : NULL;
}

WEIR_I_FAST void weir_i_spsc_retire(weir_spsc *queue, size_t head, size_t size) {
    unsigned char *next = queue->read_at + size;
    queue->read_at = WEIR_I_UNLIKELY(next == queue->end) ? queue->slots : next;
    weir_i_store(&queue->head, head + 1, release); /* O3 */
}

WEIR_I_FAST void weir_i_spsc_release(weir_spsc *queue, size_t size) {
    const size_t head = weir_i_load(&queue->head, relaxed);
#if WEIR_CHECKED
    if (head == queue->filled_until)
        WEIR_PANIC("spsc: release without front");
#endif
    weir_i_spsc_retire(queue, head, size);
}

WEIR_I_FAST bool weir_i_spsc_pop(weir_spsc *queue, void *element, size_t size) {
    const size_t head = weir_i_load(&queue->head, relaxed);
    if (!weir_i_spsc_has_element(queue, head))
        return false;
    weir_i_copy(element, queue->read_at, size);
    weir_i_spsc_retire(queue, head, size);
    return true;
}

/* -- batches ---------------------------------------------------------------------------------- */

/* Pushes the first of n elements that there is room for; returns how many. One release for all. */
WEIR_I_FUNC size_t weir_spsc_push_n_raw(weir_spsc *queue, const void *elements, size_t n,
                                        size_t size) {
    const unsigned char *from = (const unsigned char *)elements;
    const size_t tail = weir_i_load(&queue->tail, relaxed);
    if (queue->room_until - tail < n)
        queue->room_until = weir_i_load(&queue->head, acquire) + queue->capacity; /* O4 */
    const size_t room = queue->room_until - tail;
    const size_t count = n < room ? n : room;
    const size_t bytes = count * size;
    const size_t straight = WEIR_I_CAST(size_t, queue->end - queue->write_at);
    if (count == 0)
        return 0;
    if (bytes < straight) {
        weir_i_copy(queue->write_at, from, bytes);
        queue->write_at += bytes;
    } else {
        weir_i_copy(queue->write_at, from, straight);
        weir_i_copy(queue->slots, from + straight, bytes - straight);
        queue->write_at = queue->slots + (bytes - straight);
    }
    weir_i_store(&queue->tail, tail + count, release); /* O1 */
    return count;
}

/* Pops at most n elements; returns how many. One release for all. */
WEIR_I_FUNC size_t weir_spsc_pop_n_raw(weir_spsc *queue, void *elements, size_t n, size_t size) {
    unsigned char *to = (unsigned char *)elements;
    const size_t head = weir_i_load(&queue->head, relaxed);
    if (queue->filled_until - head < n)
        queue->filled_until = weir_i_load(&queue->tail, acquire); /* O2 */
    const size_t filled = queue->filled_until - head;
    const size_t count = n < filled ? n : filled;
    const size_t bytes = count * size;
    const size_t straight = WEIR_I_CAST(size_t, queue->end - queue->read_at);
    if (count == 0)
        return 0;
    if (bytes < straight) {
        weir_i_copy(to, queue->read_at, bytes);
        queue->read_at += bytes;
    } else {
        weir_i_copy(to, queue->read_at, straight);
        weir_i_copy(to + straight, queue->slots, bytes - straight);
        queue->read_at = queue->slots + (bytes - straight);
    }
    weir_i_store(&queue->head, head + count, release); /* O3 */
    return count;
}

/* -- life ------------------------------------------------------------------------------------- */

/* Sets an empty queue's counters to `first`. Tests start near the wrap by it. */
WEIR_I_FUNC void weir_i_spsc_start(weir_spsc *queue, size_t first) {
    queue->write_at = queue->read_at = queue->slots;
    queue->room_until = first + queue->capacity;
    queue->filled_until = first;
    weir_i_store(&queue->tail, first, relaxed);
    weir_i_store(&queue->head, first, relaxed);
}

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
    if (!weir_i_size_multiply(capacity, size, &bytes))
        return WEIR_INVALID;
    queue->allocator = weir_i_allocator(allocator);
    queue->slots = WEIR_I_CAST(
        unsigned char *,
        queue->allocator.alloc(bytes, align > WEIR_CACHE_LINE ? align : WEIR_CACHE_LINE,
                               queue->allocator.ctx));
    if (!queue->slots)
        return WEIR_NOMEM;
    queue->end = queue->slots + bytes;
    queue->capacity = capacity;
    queue->size = size;
    weir_i_spsc_start(queue, 0);
    return WEIR_OK;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_spsc_init_raw(weir_spsc *queue, size_t capacity,
                                                            size_t size, size_t align) {
    return weir_spsc_init_raw_with(queue, capacity, size, align, NULL);
}

/* Gives the memory back. Elements still inside are dropped. No thread may be inside any call. */
WEIR_I_FUNC void weir_spsc_destroy(weir_spsc *queue) {
    queue->allocator.free(queue->slots, queue->capacity * queue->size, queue->allocator.ctx);
    queue->slots = NULL;
}

/* How many elements are inside. Exact for the producer as an upper bound, for the consumer as a
 * lower one, and for anyone while the other rests; in between, between 0 and capacity. */
WEIR_I_FUNC size_t weir_spsc_len(const weir_spsc *queue) {
    const size_t head = weir_i_load(&queue->head, relaxed);
    const size_t len = weir_i_load(&queue->tail, relaxed) - head;
    if (len <= queue->capacity)
        return len;
    return len > SIZE_MAX / 2 ? 0 : queue->capacity; /* torn: the one or the other ran on */
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
    typedef struct name {                                                                          \
        weir_spsc raw;                                                                             \
    } name;                                                                                        \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(name *queue, size_t capacity,        \
                                                              const weir_allocator *allocator) {   \
        return weir_spsc_init_raw_with(&queue->raw, capacity, sizeof(T), WEIR_I_ALIGNOF(T),        \
                                       allocator);                                                 \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *queue, size_t capacity) {           \
        return name##_init_with(queue, capacity, NULL);                                            \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *queue) {                                                 \
        weir_spsc_destroy(&queue->raw);                                                            \
    }                                                                                              \
    WEIR_I_FAST bool name##_try_push(name *queue, T value) {                                       \
        return weir_i_spsc_push(&queue->raw, &value, sizeof(T));                                   \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_push_n(name *queue, const T *values, size_t n) {                     \
        return weir_spsc_push_n_raw(&queue->raw, values, n, sizeof(T));                            \
    }                                                                                              \
    WEIR_I_FAST T *name##_reserve(name *queue) {                                                   \
        return WEIR_I_CAST(T *, weir_spsc_reserve_raw(&queue->raw));                               \
    }                                                                                              \
    WEIR_I_FAST void name##_commit(name *queue) {                                                  \
        weir_i_spsc_commit(&queue->raw, sizeof(T));                                                \
    }                                                                                              \
    WEIR_I_FAST bool name##_try_pop(name *queue, T *out) {                                         \
        return weir_i_spsc_pop(&queue->raw, out, sizeof(T));                                       \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_pop_n(name *queue, T *out, size_t n) {                               \
        return weir_spsc_pop_n_raw(&queue->raw, out, n, sizeof(T));                                \
    }                                                                                              \
    WEIR_I_FAST T *name##_front(name *queue) {                                                     \
        return WEIR_I_CAST(T *, weir_spsc_front_raw(&queue->raw));                                 \
    }                                                                                              \
    WEIR_I_FAST void name##_release(name *queue) {                                                 \
        weir_i_spsc_release(&queue->raw, sizeof(T));                                               \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_len(const name *queue) {                                             \
        return weir_spsc_len(&queue->raw);                                                         \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_capacity(const name *queue) {                                        \
        return weir_spsc_capacity(&queue->raw);                                                    \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
