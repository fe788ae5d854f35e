/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * hazard.c - holders, sources and retired nodes against the model: a node is reclaimed once, never
 * while a holder has it, and by a drain at the latest. AddressSanitizer sees what is read too late.
 */
#include "input.h"

#include <weir/hazard.h>

enum { SOURCES = 8, HOLDERS = 24, NODES = 4096 };

typedef struct item {
    weir_hazard_node node;
    unsigned number;
} item;

static enum { ALIVE, RETIRED, GONE } state[NODES];
static unsigned made;
static unsigned char guarded[NODES]; /* by how many holders */
static weir_hazard_domain domain;
static WEIR_I_ATOMIC(item *) source[SOURCES];
static struct {
    weir_hazard hazard;
    const item *item;
    bool open;
} holder[HOLDERS];

static item *item_new(void) {
    item *i = (item *)malloc(sizeof *i);
    FUZZ_CHECK(i != NULL);
    i->number = made;
    state[made] = ALIVE;
    guarded[made++] = 0;
    return i;
}

static void item_free(weir_hazard_node *node) {
    item *i = (item *)node;
    FUZZ_CHECK(state[i->number] == RETIRED && guarded[i->number] == 0);
    state[i->number] = GONE;
    free(i);
}

static void let_go(unsigned h) {
    if (holder[h].item) {
        FUZZ_CHECK(state[holder[h].item->number] != GONE); /* reads it */
        guarded[holder[h].item->number]--;
    }
    holder[h].item = NULL;
}

static void protect(unsigned h, unsigned s) {
    if (!holder[h].open)
        FUZZ_CHECK(weir_hazard_open(&holder[h].hazard, &domain) == WEIR_OK);
    holder[h].open = true;
    let_go(h);
    holder[h].item = WEIR_HAZARD_PROTECT(&holder[h].hazard, &source[s]);
    guarded[holder[h].item->number]++;
}

static void close_one(unsigned h) {
    let_go(h);
    if (holder[h].open)
        weir_hazard_close(&holder[h].hazard);
    holder[h].open = false;
}

static void replace(unsigned s, bool defer) {
    item *old = weir_i_exchange(&source[s], item_new(), relaxed);
    state[old->number] = RETIRED;
    (defer ? weir_hazard_defer : weir_hazard_retire)(&domain, &old->node, item_free);
}

static void drain(void) {
    weir_hazard_drain(&domain);
    for (unsigned n = 0; n < made; n++)
        FUZZ_CHECK(state[n] != RETIRED || guarded[n] > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    made = 0;
    FUZZ_CHECK(weir_hazard_domain_init(&domain) == WEIR_OK);
    weir_hazard_domain_set_batch(&domain, 1 + fuzz_choose(&input, 40));
    for (int s = 0; s < SOURCES; s++)
        weir_i_store(&source[s], item_new(), relaxed);
    while (fuzz_more(&input) && made < NODES - 1) {
        const unsigned what = fuzz_choose(&input, 8);
        const unsigned which = fuzz_choose(&input, 256);
        switch (what) {
        case 0:
        case 1: protect(which % HOLDERS, which / HOLDERS % SOURCES); break;
        case 2: close_one(which % HOLDERS); break;
        case 3: drain(); break;
        case 4: replace(which % SOURCES, true); break;
        default: replace(which % SOURCES, false); break;
        }
    }
    for (unsigned h = 0; h < HOLDERS; h++)
        close_one(h);
    for (int s = 0; s < SOURCES; s++) {
        item *last = weir_i_exchange(&source[s], NULL, relaxed);
        state[last->number] = RETIRED;
        weir_hazard_retire(&domain, &last->node, item_free);
    }
    drain();
    weir_hazard_domain_destroy(&domain);
    return 0;
}
