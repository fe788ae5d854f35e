/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * bounded.h - the calls that every queue with a capacity has, against the model. NAME.c has made
 * the typed queue `numbers` before.
 */
#ifndef WEIR_FUZZ_BOUNDED_H
#define WEIR_FUZZ_BOUNDED_H

#include "fifo.h"
#include "input.h"

enum { MOST = 40 };

static void push(numbers *queue, fifo *model) {
    const bool went = numbers_try_push(queue, model->next);
    FUZZ_CHECK(went == (fifo_room(model) > 0));
    model->next += went;
}

static void pop(numbers *queue, fifo *model) {
    uint64_t out = 0;
    const bool came = numbers_try_pop(queue, &out);
    FUZZ_CHECK(came == (fifo_len(model) > 0));
    FUZZ_CHECK(out == (came ? model->first : 0));
    model->first += came;
}

static void push_batch(numbers *queue, fifo *model, size_t n) {
    uint64_t values[MOST];
    for (size_t i = 0; i < n; i++)
        values[i] = model->next + i;
    const size_t went = numbers_push_n(queue, values, n);
    FUZZ_CHECK(went == fifo_least(n, fifo_room(model)));
    model->next += went;
}

static void pop_batch(numbers *queue, fifo *model, size_t n) {
    uint64_t values[MOST] = {0};
    const size_t came = numbers_pop_n(queue, values, n);
    FUZZ_CHECK(came == fifo_least(n, fifo_len(model)));
    for (size_t i = 0; i < MOST; i++)
        FUZZ_CHECK(values[i] == (i < came ? model->first + i : 0));
    model->first += came;
}

static void check_size(const numbers *queue, const fifo *model) {
    FUZZ_CHECK(numbers_len(queue) == fifo_len(model));
    FUZZ_CHECK(numbers_capacity(queue) == model->capacity);
}

#endif
