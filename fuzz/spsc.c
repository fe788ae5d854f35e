/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * spsc.c - the two-thread queue in one thread against the model, copies and in-place calls mixed.
 */
#include <weir/spsc.h>

WEIR_SPSC(numbers, uint64_t)

#include "bounded.h"

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
        check_size(&queue, &model);
    }
    numbers_destroy(&queue);
    return 0;
}
