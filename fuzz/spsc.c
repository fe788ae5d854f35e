/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.c - the two-thread queue in one thread against the model, copies and in-place calls mixed.
 */
#include "fifo.h"
#include "input.h"

#include <weir/spsc.h>

WEIR_SPSC(numbers, uint64_t)

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

static void push_in_place(numbers *queue, fifo *model, bool commit) {
    uint64_t *slot = numbers_reserve(queue);
    FUZZ_CHECK((slot != NULL) == (fifo_room(model) > 0));
    if (!slot)
        return;
    *slot = model->next;
    if (commit) {
        numbers_commit(queue);
        model->next++;
    }
}

static void pop_in_place(numbers *queue, fifo *model, bool release) {
    const uint64_t *slot = numbers_front(queue);
    FUZZ_CHECK((slot != NULL) == (fifo_len(model) > 0));
    if (!slot)
        return;
    FUZZ_CHECK(*slot == model->first);
    if (release) {
        numbers_release(queue);
        model->first++;
    }
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    fifo model = {1, 1, 1 + fuzz_choose(&input, 33)};
    numbers queue;
    FUZZ_CHECK(numbers_init(&queue, model.capacity) == WEIR_OK);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 8)) {
        case 0: push(&queue, &model); break;
        case 1: pop(&queue, &model); break;
        case 2: push_in_place(&queue, &model, true); break;
        case 3: pop_in_place(&queue, &model, true); break;
        case 4: push_in_place(&queue, &model, false); break;
        case 5: pop_in_place(&queue, &model, false); break;
        case 6: push_batch(&queue, &model, fuzz_choose(&input, MOST + 1)); break;
        default: pop_batch(&queue, &model, fuzz_choose(&input, MOST + 1)); break;
        }
        FUZZ_CHECK(numbers_len(&queue) == fifo_len(&model));
        FUZZ_CHECK(numbers_capacity(&queue) == model.capacity);
    }
    numbers_destroy(&queue);
    return 0;
}
