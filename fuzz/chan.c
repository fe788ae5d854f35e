/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.c - a channel of 8-byte messages, from any ticket, against the model: calls that do not
 * wait, batches, close; every answer is compared.
 */
#include "fifo.h"
#include "input.h"

#include <weir/chan.h>

WEIR_CHAN(numbers, uint64_t)

enum { MOST = 40 };

typedef struct model {
    fifo fifo;
    bool closed;
} model;

/* What a call says that moved nothing, in its try form. */
static weir_status miss(const model *m) {
    return m->closed ? WEIR_CLOSED : WEIR_AGAIN;
}

static weir_status timed(weir_status status) {
    return status == WEIR_AGAIN ? WEIR_TIMEOUT : status;
}

static void send(numbers *ch, model *m, bool until) {
    const bool goes = !m->closed && fifo_room(&m->fifo) > 0;
    const weir_status expected = goes ? WEIR_OK : miss(m);
    if (until)
        FUZZ_CHECK(numbers_send_until(ch, m->fifo.next, WEIR_NOW) == timed(expected));
    else
        FUZZ_CHECK(numbers_try_send(ch, m->fifo.next) == expected);
    m->fifo.next += goes;
}

static void recv(numbers *ch, model *m, bool until) {
    const bool comes = fifo_len(&m->fifo) > 0;
    const weir_status expected = comes ? WEIR_OK : miss(m);
    uint64_t out = 0;
    if (until)
        FUZZ_CHECK(numbers_recv_until(ch, &out, WEIR_NOW) == timed(expected));
    else
        FUZZ_CHECK(numbers_try_recv(ch, &out) == expected);
    FUZZ_CHECK(out == (comes ? m->fifo.first : 0));
    m->fifo.first += comes;
}

static void send_batch(numbers *ch, model *m, size_t n) {
    uint64_t values[MOST];
    size_t went = 99;
    const size_t expected = m->closed ? 0 : fifo_least(n, fifo_room(&m->fifo));
    for (size_t i = 0; i < n; i++)
        values[i] = m->fifo.next + i;
    FUZZ_CHECK(numbers_try_send_n(ch, values, n, &went) == (expected || !n ? WEIR_OK : miss(m)));
    FUZZ_CHECK(went == expected);
    m->fifo.next += went;
}

static void recv_batch(numbers *ch, model *m, size_t n) {
    uint64_t values[MOST] = {0};
    size_t came = 99;
    const size_t expected = fifo_least(n, fifo_len(&m->fifo));
    FUZZ_CHECK(numbers_try_recv_n(ch, values, n, &came) == (expected || !n ? WEIR_OK : miss(m)));
    FUZZ_CHECK(came == expected);
    for (size_t i = 0; i < MOST; i++)
        FUZZ_CHECK(values[i] == (i < came ? m->fifo.first + i : 0));
    m->fifo.first += came;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    model m = {{1, 1, fuzz_choose(&input, 33)}, false};
    const uint64_t laps_to_overflow = fuzz_choose(&input, 4);
    numbers ch;
    FUZZ_CHECK(numbers_init(&ch, m.fifo.capacity) == WEIR_OK);
    if (m.fifo.capacity)
        weir_i_chan_start(&ch.raw, 0 - laps_to_overflow * ch.raw.lap);
    while (fuzz_more(&input)) {
        switch (fuzz_choose(&input, 16)) {
        case 0: send_batch(&ch, &m, fuzz_choose(&input, MOST + 1)); break;
        case 1: recv_batch(&ch, &m, fuzz_choose(&input, MOST + 1)); break;
        case 2:
            FUZZ_CHECK(numbers_close(&ch) == (m.closed ? WEIR_CLOSED : WEIR_OK));
            m.closed = true;
            break;
        case 3: send(&ch, &m, true); break;
        case 4: recv(&ch, &m, true); break;
        case 5:
        case 6:
        case 7:
        case 8:
        case 9: send(&ch, &m, false); break;
        default: recv(&ch, &m, false); break;
        }
        FUZZ_CHECK(numbers_len(&ch) == fifo_len(&m.fifo));
        FUZZ_CHECK(numbers_capacity(&ch) == m.fifo.capacity && numbers_closed(&ch) == m.closed);
    }
    numbers_destroy(&ch);
    return 0;
}
