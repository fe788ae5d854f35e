/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.c - select.h as both languages see it; see pair.h.
 */
#include <weir/chan.h>
#include <weir/select.h>

#include "pair.h"

WEIR_CHAN(numbers, int)

typedef struct shared {
    numbers ch;
    weir_case cases[2]; /* made by one language, used by the other */
    int in, out;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(shared),
    PAIR_SIZE(weir_case),
    PAIR_SIZE(weir_selectable),
    PAIR_OFFSET(weir_selectable, attempt),
    PAIR_OFFSET(weir_selectable, ready),
    PAIR_OFFSET(weir_selectable, list),
    PAIR_OFFSET(weir_selectable, enter),
    PAIR_OFFSET(weir_selectable, leave),
    PAIR_OFFSET(weir_selectable, collect),
    PAIR_OFFSET(weir_selectable, pass),
    PAIR_OFFSET(weir_selectable, decide),
    PAIR_OFFSET(weir_selectable, finish),
    PAIR_OFFSET(weir_selectable, left),
    PAIR_SIZE(weir_grip),
    PAIR_SIZE(weir_wait_node),
};

static void *PAIR(make)(void) {
    static shared object;
    if (numbers_init(&object.ch, 1) != WEIR_OK)
        return NULL;
    object.in = 7;
    object.out = 0;
    object.cases[0] = numbers_case_send(&object.ch, &object.in);
    object.cases[1] = numbers_case_recv(&object.ch, &object.out);
    return &object;
}

static void PAIR(end)(void *memory) {
    numbers_destroy(&WEIR_I_CAST(shared *, memory)->ch);
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    return weir_select_first(object->cases, 2) == 0 && weir_try_select(object->cases, 1) == -1 &&
           weir_try_select_first(object->cases, 1) == -1 &&
           weir_select_until(object->cases, 1, WEIR_NOW) == -1 &&
           weir_select_first_until(object->cases, 1, WEIR_NOW) == -1;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    return weir_select(object->cases, 2) == 1 && object->cases[1].status == WEIR_OK &&
           object->out == 7;
}

PAIR_SIDE
