/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.c - a queue of 8-byte elements against the model, with pushes that are late; every answer
 * is compared.
 */
#include "fifo.h"
#include "input.h"

#define WEIR_QUEUE_SEGMENT 4
#define WEIR_QUEUE_PATIENCE 1
#include <weir/queue.h>

WEIR_QUEUE(numbers, uint64_t)

static void push(numbers *queue, fifo *model) {
    FUZZ_CHECK(numbers_push(queue, model->next) == WEIR_OK);
    model->next++;
}

static void pop(numbers *queue, fifo *model) {
    uint64_t out = 0;
    const bool came = numbers_try_pop(queue, &out);
    FUZZ_CHECK(came == (fifo_len(model) > 0));
    FUZZ_CHECK(out == (came ? model->first : 0));
    model->first += came;
}

/* What a push does that takes a cell and is not heard of again. */
static void stop_in_push(numbers *queue) {
    weir_i_queue_segment *segment = weir_i_load(&queue->raw.tail, relaxed);
    weir_i_fetch_add(&segment->tail, queue->raw.layout.stride, relaxed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    fifo model = {1, 1, 0};
    numbers queue;
    FUZZ_CHECK(numbers_init(&queue) == WEIR_OK);
    weir_hazard_domain_set_batch(weir_hazard_default(), 1 + fuzz_choose(&input, 8));
    while (fuzz_more(&input)) {
        const unsigned n = 1 + fuzz_choose(&input, 16);
        for (unsigned i = 0; i < n; i++) {
            switch (n % 4) {
            case 0: push(&queue, &model); break;
            case 1: pop(&queue, &model); break;
            case 2: (void)(i % 2 ? pop(&queue, &model) : push(&queue, &model)); break;
            default: stop_in_push(&queue); break;
            }
            FUZZ_CHECK(numbers_empty(&queue) == (fifo_len(&model) == 0));
        }
    }
    numbers_destroy(&queue);
    return 0;
}
