/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.c - two deques, of one of the three flavours, and an injector, from any index, against a
 * model; every answer is compared.
 */
#include "fifo.h"
#include "input.h"

#include <weir/deque.h>

WEIR_DEQUE(lifos, uint64_t)
WEIR_DEQUE_FIFO(fifos, uint64_t)
WEIR_DEQUE_BOUNDED(shelves, uint64_t)
WEIR_INJECTOR(inbox, uint64_t)

enum { MOST = 65536, LONGEST = 2000, LIFO = 0, FIFO = 1, BOUNDED = 2 };

/* What a deque holds: values from first to end, the thieves' end first. */
typedef struct line {
    uint64_t value[MOST];
    size_t first;
    size_t end;
    size_t capacity;
} line;

typedef struct world {
    unsigned kind;
    weir_deque deque[2];
    line model[2];
    inbox in;
    fifo injected;
    uint64_t next;
} world;

static size_t length(const line *l) {
    return l->end - l->first;
}

static size_t room(const world *w, unsigned which) {
    return w->kind == BOUNDED ? w->model[which].capacity - length(&w->model[which]) : SIZE_MAX;
}

static lifos *lifo(world *w, unsigned which) {
    return (lifos *)(void *)&w->deque[which];
}
static fifos *queue(world *w, unsigned which) {
    return (fifos *)(void *)&w->deque[which];
}
static shelves *shelf(world *w, unsigned which) {
    return (shelves *)(void *)&w->deque[which];
}

static void push(world *w, unsigned which) {
    line *l = &w->model[which];
    const uint64_t value = w->next++;
    const weir_status status = w->kind == LIFO   ? lifos_push(lifo(w, which), value)
                               : w->kind == FIFO ? fifos_push(queue(w, which), value)
                                                 : shelves_push(shelf(w, which), value);
    FUZZ_CHECK(status == (room(w, which) > 0 ? WEIR_OK : WEIR_AGAIN));
    if (status == WEIR_OK)
        l->value[l->end++] = value;
}

static void pop(world *w, unsigned which) {
    line *l = &w->model[which];
    uint64_t out = 0;
    const bool came = w->kind == LIFO   ? lifos_pop(lifo(w, which), &out)
                      : w->kind == FIFO ? fifos_pop(queue(w, which), &out)
                                        : shelves_pop(shelf(w, which), &out);
    FUZZ_CHECK(came == (length(l) > 0));
    if (came)
        FUZZ_CHECK(out == (w->kind == FIFO ? l->value[l->first++] : l->value[--l->end]));
}

static void steal(world *w, unsigned which) {
    line *l = &w->model[which];
    uint64_t out = 0;
    const weir_status status = weir_deque_steal_raw(&w->deque[which], &out);
    FUZZ_CHECK(status == (length(l) > 0 ? WEIR_OK : WEIR_AGAIN));
    FUZZ_CHECK(out == (status == WEIR_OK ? l->value[l->first++] : 0));
}

static void steal_half(world *w, unsigned from, unsigned to) {
    line *victim = &w->model[from];
    line *own = &w->model[to];
    const size_t expected = from == to ? 0 : fifo_least((length(victim) + 1) / 2, room(w, to));
    const size_t came = w->kind == LIFO   ? lifos_steal_half(lifo(w, from), lifo(w, to))
                        : w->kind == FIFO ? fifos_steal_half(queue(w, from), queue(w, to))
                                          : shelves_steal_half(shelf(w, from), shelf(w, to));
    FUZZ_CHECK(came == expected);
    for (size_t i = 0; i < came; i++)
        own->value[own->end++] = victim->value[victim->first++];
}

static void inject(world *w) {
    FUZZ_CHECK(inbox_push(&w->in, w->injected.next++) == WEIR_OK);
}

static void eject(world *w) {
    uint64_t out = 0;
    const weir_status status = inbox_steal(&w->in, &out);
    FUZZ_CHECK(status == (fifo_len(&w->injected) > 0 ? WEIR_OK : WEIR_AGAIN));
    FUZZ_CHECK(out == (status == WEIR_OK ? w->injected.first++ : 0));
}

/* Half, up to 32, and never beyond the block, of which nothing outside knows: so how many is
 * checked by its bounds, and what comes exactly. */
static void eject_batch(world *w, unsigned to) {
    line *own = &w->model[to];
    const size_t half = (fifo_len(&w->injected) + 1) / 2;
    const size_t came = inbox_steal_batch(&w->in, &w->deque[to]);
    FUZZ_CHECK(came <= fifo_least(fifo_least(half, 32), room(w, to)));
    FUZZ_CHECK((came > 0) == (half > 0 && room(w, to) > 0));
    for (size_t i = 0; i < came; i++)
        own->value[own->end++] = w->injected.first++;
}

static void step(world *w, fuzz_input *input) {
    const unsigned choice = fuzz_choose(input, 16);
    const unsigned which = choice & 1;
    switch (choice / 2) {
    case 0: steal_half(w, which, !which); break;
    case 1: steal(w, which); break;
    case 2:
    case 3: pop(w, which); break;
    case 4: inject(w); break;
    case 5: which ? eject(w) : steal_half(w, which, which); break;
    case 6: eject_batch(w, which); break;
    default: push(w, which); break;
    }
    for (unsigned i = 0; i < 2; i++)
        FUZZ_CHECK(weir_deque_len(&w->deque[i]) == length(&w->model[i]));
    FUZZ_CHECK(inbox_len(&w->in) == fifo_len(&w->injected));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static world w;
    fuzz_input input = {data, data + fifo_least(size, LONGEST)};
    const uint64_t lap = (uint64_t)2 << fuzz_choose(&input, 6);
    w.kind = fuzz_choose(&input, 3);
    w.next = 1;
    for (unsigned i = 0; i < 2; i++) {
        const size_t capacity = 1 + fuzz_choose(&input, 9);
        FUZZ_CHECK(weir_deque_init_raw(&w.deque[i], capacity, 8, w.kind == BOUNDED) == WEIR_OK);
        weir_i_deque_start(&w.deque[i], 0 - (uint64_t)fuzz_choose(&input, 9));
        w.model[i].first = w.model[i].end = 0;
        w.model[i].capacity = capacity;
    }
    FUZZ_CHECK(weir_i_injector_init(&w.in.raw, 8, lap, 0 - lap, NULL) == WEIR_OK);
    w.injected.first = w.injected.next = (uint64_t)1 << 32;
    while (fuzz_more(&input))
        step(&w, &input);
    for (unsigned i = 0; i < 2; i++)
        weir_deque_destroy(&w.deque[i]);
    inbox_destroy(&w.in);
    return 0;
}
