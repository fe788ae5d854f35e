/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.c - selects that do not wait over four channels of capacities 0 to 3, open, closed and
 * NULL, against the model: the chosen case could be done, the first one is the first, -1 means that
 * none could, and nothing else was touched.
 */
#include "input.h"

#include <weir/chan.h>
#include <weir/select.h>

WEIR_CHAN(numbers, uint64_t)

enum { CHANNELS = 4, MOST = 24, UNTOUCHED = 99999 };

typedef struct model {
    size_t capacity, first, next; /* holds the numbers from first to just before next */
    bool closed;
} model;

static bool could(const model *m, bool sending) {
    if (m->closed)
        return true;
    return sending ? m->next - m->first < m->capacity : m->next > m->first;
}

typedef struct wish {
    unsigned channel; /* CHANNELS: NULL */
    bool sending;
    uint64_t value;
} wish;

static void check_chosen(model *models, const wish *w, weir_case c, uint64_t value) {
    model *m = &models[w->channel];
    if (w->sending) {
        FUZZ_CHECK(c.status == (m->closed ? WEIR_CLOSED : WEIR_OK));
        m->next += c.status == WEIR_OK;
        return;
    }
    FUZZ_CHECK(c.status == (m->next > m->first ? WEIR_OK : WEIR_CLOSED));
    FUZZ_CHECK(value == (c.status == WEIR_OK ? m->first : UNTOUCHED));
    m->first += c.status == WEIR_OK;
}

static void choose(fuzz_input *input, numbers *chans, model *models) {
    wish wishes[MOST];
    uint64_t values[MOST];
    weir_case cases[MOST];
    const unsigned n = fuzz_choose(input, MOST + 1);
    const bool in_order = fuzz_choose(input, 2);
    int first = -1;
    for (unsigned i = 0; i < n; i++) {
        const unsigned byte = fuzz_choose(input, 256);
        const wish w = {byte % (CHANNELS + 1), byte >= 128, 0};
        numbers *ch = w.channel == CHANNELS ? NULL : &chans[w.channel];
        wishes[i] = w;
        values[i] = w.sending && ch ? models[w.channel].next : UNTOUCHED;
        cases[i] =
            w.sending ? numbers_case_send(ch, &values[i]) : numbers_case_recv(ch, &values[i]);
        cases[i].status = WEIR_BUSY;
        if (first < 0 && ch && could(&models[w.channel], w.sending))
            first = (int)i;
    }
    const int chosen = in_order ? weir_try_select_first(cases, n) : weir_try_select(cases, n);
    FUZZ_CHECK((chosen < 0) == (first < 0) && (!in_order || chosen == first));
    for (unsigned i = 0; i < n; i++) {
        if ((int)i == chosen)
            continue;
        FUZZ_CHECK(cases[i].status == WEIR_BUSY);
        FUZZ_CHECK(wishes[i].sending || values[i] == UNTOUCHED);
    }
    if (chosen >= 0) {
        FUZZ_CHECK(could(&models[wishes[chosen].channel], wishes[chosen].sending));
        check_chosen(models, &wishes[chosen], cases[chosen], values[chosen]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    numbers chans[CHANNELS];
    model models[CHANNELS];
    for (unsigned i = 0; i < CHANNELS; i++) {
        const model m = {i, 1, 1, false};
        models[i] = m;
        FUZZ_CHECK(numbers_init(&chans[i], i) == WEIR_OK);
        if (i)
            weir_i_chan_start(&chans[i].raw, 0 - chans[i].raw.lap);
    }
    while (fuzz_more(&input)) {
        const unsigned operation = fuzz_choose(&input, 32);
        if (operation < CHANNELS) {
            (void)numbers_close(&chans[operation]);
            models[operation].closed = true;
        } else {
            choose(&input, chans, models);
        }
        for (unsigned i = 0; i < CHANNELS; i++)
            FUZZ_CHECK(numbers_len(&chans[i]) == models[i].next - models[i].first);
    }
    for (unsigned i = 0; i < CHANNELS; i++)
        numbers_destroy(&chans[i]);
    return 0;
}
