/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.h - what bounded queues share: how elements lie in an array, how far apart two tickets are,
 * and the typed wrapper.
 */
#ifndef WEIR_BASE_RING_H
#define WEIR_BASE_RING_H

#include <weir/base/alloc.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/status.h>

WEIR_I_BEGIN

/* An array of slots, each a 64-bit word with room for an element behind it. Constants in typed
 * code, so that copies and steps fold. */
typedef struct weir_i_ring_cell {
    size_t size;   /* of the element */
    size_t offset; /* of the element from its slot */
    size_t stride; /* from slot to slot */
} weir_i_ring_cell;

/* The layout for elements of a size and an alignment (a power of two). */
WEIR_I_FAST weir_i_ring_cell weir_i_ring_cell_of(size_t size, size_t align) {
    const size_t slot = sizeof(uint64_t);
    const size_t unit = align > slot ? align : slot;
    weir_i_ring_cell cell = {size, unit, (unit + size + unit - 1) & ~(unit - 1)};
    return cell;
}

/* The layout, and the bytes of capacity slots. False if capacity or size is 0, align no power of
 * two, or the whole too large for any object. */
WEIR_I_FUNC bool weir_i_ring_layout(size_t capacity, size_t size, size_t align,
                                    weir_i_ring_cell *cell, size_t *bytes) {
    const size_t most = PTRDIFF_MAX / 4;
    if (capacity == 0 || size == 0 || size > most || align > most || align == 0 ||
        (align & (align - 1)) != 0)
        return false;
    *cell = weir_i_ring_cell_of(size, align);
    return weir_i_size_multiply(capacity, cell->stride, bytes) && *bytes <= most;
}

/* Memory for such an array, aligned for its elements, and to a cache line. */
WEIR_I_FUNC unsigned char *weir_i_ring_slots(const weir_allocator *allocator, size_t bytes,
                                             size_t align) {
    return WEIR_I_CAST(
        unsigned char *,
        allocator->alloc(bytes, align > WEIR_CACHE_LINE ? align : WEIR_CACHE_LINE, allocator->ctx));
}

/* How many slots lie between two tickets {lap, offset}: 0 to capacity, also if they were read one
 * after the other, and head has moved past the tail that was read. */
WEIR_I_FUNC size_t weir_i_ring_distance(uint64_t head, uint64_t tail, uint64_t lap, size_t stride,
                                        size_t capacity) {
    const uint64_t mask = lap - 1;
    const uint64_t laps = ((tail & ~mask) - (head & ~mask)) / lap;
    const uint64_t end = (tail & mask) / stride;
    const uint64_t start = (head & mask) / stride;
    if (WEIR_I_CAST(int64_t, tail - head) < 0)
        return 0;
    if (laps * capacity + end >= capacity + start)
        return capacity;
    return WEIR_I_CAST(size_t, laps * capacity + end - start);
}

WEIR_I_END

/* The type `name` around the raw type `weir`, and those of its functions that only pass on. */
#define WEIR_I_BOUNDED(name, T, weir)                                                              \
    WEIR_I_ELEMENT(name, T);                                                                       \
    typedef struct name {                                                                          \
        weir raw;                                                                                  \
    } name;                                                                                        \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(name *queue_, size_t capacity_,      \
                                                              const weir_allocator *allocator_) {  \
        return weir##_init_raw_with(&queue_->raw, capacity_, sizeof(T), WEIR_I_ALIGNOF(T),         \
                                    allocator_);                                                   \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *queue_, size_t capacity_) {         \
        return name##_init_with(queue_, capacity_, NULL);                                          \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *queue_) {                                                \
        weir##_destroy(&queue_->raw);                                                              \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_len(const name *queue_) {                                            \
        return weir##_len(&queue_->raw);                                                           \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_capacity(const name *queue_) {                                       \
        return weir##_capacity(&queue_->raw);                                                      \
    }

/* The same of a ring, whose inner functions begin with `weir_i`; but for name_try_pop. */
#define WEIR_I_BOUNDED_RING(name, T, weir, weir_i)                                                 \
    WEIR_I_BOUNDED(name, T, weir)                                                                  \
    WEIR_I_FAST bool name##_try_push(name *queue_, T value_) {                                     \
        return weir_i##_push(&queue_->raw, &value_,                                                \
                             weir_i_ring_cell_of(sizeof(T), WEIR_I_ALIGNOF(T)));                   \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_push_n(name *queue_, T const *values_, size_t n_) {                  \
        return weir_i##_push_n(&queue_->raw, values_, n_,                                          \
                               weir_i_ring_cell_of(sizeof(T), WEIR_I_ALIGNOF(T)));                 \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_pop_n(name *queue_, T *out_, size_t n_) {                            \
        return weir_i##_pop_n(&queue_->raw, out_, n_,                                              \
                              weir_i_ring_cell_of(sizeof(T), WEIR_I_ALIGNOF(T)));                  \
    }

#endif
