/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - a stack of 8-byte elements against an array; every answer is compared.
 */
#include "input.h"

#include <weir/stack.h>

WEIR_STACK(numbers, uint64_t)

enum { MOST = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint64_t model[MOST];
    fuzz_input input = {data, data + size};
    size_t height = 0;
    uint64_t next = 1;
    numbers stack;
    FUZZ_CHECK(numbers_init(&stack) == WEIR_OK);
    weir_hazard_domain_set_batch(weir_hazard_default(), 1 + fuzz_choose(&input, 8));
    while (fuzz_more(&input)) {
        unsigned n = 1 + fuzz_choose(&input, 32);
        for (const bool pushes = n % 2; n > 0; n--) {
            uint64_t out = 0;
            if (pushes && height < MOST) {
                FUZZ_CHECK(numbers_push(&stack, next) == WEIR_OK);
                model[height++] = next++;
            } else {
                const bool came = numbers_try_pop(&stack, &out);
                FUZZ_CHECK(came == (height > 0));
                FUZZ_CHECK(out == (came ? model[--height] : 0));
            }
            FUZZ_CHECK(numbers_empty(&stack) == (height == 0));
        }
    }
    numbers_destroy(&stack);
    return 0;
}
