/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.c - eight onces, each of which may do others inside, by do and by try, with failures,
 * against a model. An attempt at one that is running would be recursion: the model keeps from it.
 */
#include "input.h"

#include <weir/once.h>

enum { ONCES = 8, DEEPEST = 6 };

typedef enum phase { FRESH, RUNNING, DONE } phase;

typedef struct world {
    fuzz_input *input;
    weir_once once[ONCES];
    phase model[ONCES];
    unsigned running; /* the innermost */
    unsigned depth;
} world;

static void step(world *w);

static weir_status attempt(void *argument) {
    world *w = argument;
    const unsigned me = w->running;
    FUZZ_CHECK(w->model[me] == FRESH);
    FUZZ_CHECK(!weir_once_done(&w->once[me]));
    w->model[me] = RUNNING;
    for (unsigned inside = fuzz_choose(w->input, 4); inside > 0; inside--)
        step(w);
    const bool fails = fuzz_choose(w->input, 3) == 0;
    w->model[me] = fails ? FRESH : DONE;
    return fails ? (weir_status)(1 + fuzz_choose(w->input, 7)) : WEIR_OK;
}

static void act(void *argument) {
    world *w = argument;
    const unsigned me = w->running;
    FUZZ_CHECK(w->model[me] == FRESH);
    w->model[me] = RUNNING;
    for (unsigned inside = fuzz_choose(w->input, 4); inside > 0; inside--)
        step(w);
    w->model[me] = DONE;
}

static void step(world *w) {
    const unsigned outer = w->running;
    const unsigned which = fuzz_choose(w->input, ONCES);
    const phase before = w->model[which];
    if (before == RUNNING || w->depth == DEEPEST)
        return;
    w->depth++;
    w->running = which;
    switch (fuzz_choose(w->input, 3)) {
    case 0:
        weir_once_do(&w->once[which], act, w);
        FUZZ_CHECK(w->model[which] == DONE);
        break;
    case 1:
        FUZZ_CHECK((weir_once_try(&w->once[which], attempt, w) == WEIR_OK) ==
                   (w->model[which] == DONE));
        break;
    default:
        FUZZ_CHECK((weir_once_try_until(&w->once[which], attempt, w, WEIR_NOW) == WEIR_OK) ==
                   (w->model[which] == DONE));
    }
    FUZZ_CHECK(before != DONE || w->model[which] == DONE);
    w->running = outer;
    w->depth--;
    for (unsigned i = 0; i < ONCES; i++)
        FUZZ_CHECK(weir_once_done(&w->once[i]) == (w->model[i] == DONE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    world w = {.input = &input};
    while (fuzz_more(&input))
        step(&w);
    return 0;
}
