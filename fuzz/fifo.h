/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fifo.h - the model of every queue: numbers in order, at most capacity of them.
 *
 * Values count up from 1, so the model needs no memory: it holds the numbers from `first` to just
 * before `next`.
 */
#ifndef WEIR_FUZZ_FIFO_H
#define WEIR_FUZZ_FIFO_H

#include <stddef.h>
#include <stdint.h>

typedef struct fifo {
    uint64_t first;
    uint64_t next;
    size_t capacity;
} fifo;

static inline size_t fifo_len(const fifo *model) {
    return (size_t)(model->next - model->first);
}

static inline size_t fifo_room(const fifo *model) {
    return model->capacity - fifo_len(model);
}

static inline size_t fifo_least(size_t a, size_t b) {
    return a < b ? a : b;
}

#endif
