/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rings.h - a ring of 8-byte elements, from any ticket, against the model; every answer is
 * compared. ring.c and lfring.c have made the typed ring `numbers` before, and say by RING_START
 * how tickets are set.
 */
#include "bounded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    fifo model = {1, 1, 1 + fuzz_choose(&input, 33)};
    const uint64_t laps_to_overflow = fuzz_choose(&input, 4);
    numbers ring;
    FUZZ_CHECK(numbers_init(&ring, model.capacity) == WEIR_OK);
    RING_START(&ring.raw, 0 - laps_to_overflow * ring.raw.lap);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 4)) {
        case 0: push(&ring, &model); break;
        case 1: pop(&ring, &model); break;
        case 2: push_batch(&ring, &model, fuzz_choose(&input, MOST + 1)); break;
        default: pop_batch(&ring, &model, fuzz_choose(&input, MOST + 1)); break;
        }
        check_size(&ring, &model);
    }
    numbers_destroy(&ring);
    return 0;
}
