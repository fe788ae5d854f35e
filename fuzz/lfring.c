/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - a lock-free ring of 8-byte elements, from any ticket, against the model; every answer
 * is compared.
 */
#include "fifo.h"
#include "input.h"

#include <weir/lfring.h>

WEIR_LFRING(numbers, uint64_t)

enum { MOST = 40 };

static void push(numbers *ring, fifo *model) {
    const bool went = numbers_try_push(ring, model->next);
    FUZZ_CHECK(went == (fifo_room(model) > 0));
    model->next += went;
}

static void pop(numbers *ring, fifo *model) {
    uint64_t out = 0;
    const bool came = numbers_try_pop(ring, &out);
    FUZZ_CHECK(came == (fifo_len(model) > 0));
    FUZZ_CHECK(out == (came ? model->first : 0));
    model->first += came;
}

static void push_batch(numbers *ring, fifo *model, size_t n) {
    uint64_t values[MOST];
    for (size_t i = 0; i < n; i++)
        values[i] = model->next + i;
    const size_t went = numbers_push_n(ring, values, n);
    FUZZ_CHECK(went == fifo_least(n, fifo_room(model)));
    model->next += went;
}

static void pop_batch(numbers *ring, fifo *model, size_t n) {
    uint64_t values[MOST] = {0};
    const size_t came = numbers_pop_n(ring, values, n);
    FUZZ_CHECK(came == fifo_least(n, fifo_len(model)));
    for (size_t i = 0; i < MOST; i++)
        FUZZ_CHECK(values[i] == (i < came ? model->first + i : 0));
    model->first += came;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    fifo model = {1, 1, 1 + fuzz_choose(&input, 33)};
    const uint64_t laps_to_overflow = fuzz_choose(&input, 4);
    numbers ring;
    FUZZ_CHECK(numbers_init(&ring, model.capacity) == WEIR_OK);
    weir_i_lfring_start(&ring.raw, 0 - laps_to_overflow * ring.raw.lap);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 4)) {
        case 0: push(&ring, &model); break;
        case 1: pop(&ring, &model); break;
        case 2: push_batch(&ring, &model, fuzz_choose(&input, MOST + 1)); break;
        default: pop_batch(&ring, &model, fuzz_choose(&input, MOST + 1)); break;
        }
        FUZZ_CHECK(numbers_len(&ring) == fifo_len(&model));
        FUZZ_CHECK(numbers_capacity(&ring) == model.capacity);
    }
    numbers_destroy(&ring);
    return 0;
}
