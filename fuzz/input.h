/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * input.h - fuzz input as a stream of choices, and how a target says what went wrong.
 */
#ifndef WEIR_FUZZ_INPUT_H
#define WEIR_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct fuzz_input {
    const uint8_t *next;
    const uint8_t *end;
} fuzz_input;

static inline bool fuzz_more(const fuzz_input *input) {
    return input->next != input->end;
}

/* A number below `below`; 0 when the input is used up. */
static inline unsigned fuzz_choose(fuzz_input *input, unsigned below) {
    return fuzz_more(input) ? *input->next++ % below : 0;
}

#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
