/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * history.c - recording of histories; see history.h.
 */
#include "history.h"

#include <weir/base/atomic.h>
#include <weir/base/clock.h>
#include <weir/base/fence.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void history_init(history *h, history_clock *now, unsigned threads, size_t capacity,
                  history_call *room) {
    assert(threads >= 1 && threads <= HISTORY_THREADS);
    h->now = now;
    h->seen = NULL;
    h->views = NULL;
    h->capacity = capacity;
    h->threads = threads;
    for (unsigned t = 0; t < threads; t++)
        h->lanes[t].calls = room + t * capacity;
    history_clear(h);
}

void history_observe(history *h, history_seen *seen, uint64_t *views) {
    h->seen = seen;
    h->views = views;
}

void history_clear(history *h) {
    for (unsigned t = 0; t < h->threads; t++)
        h->lanes[t].count = 0;
}

static uint64_t *view_of(const history *h, const history_call *call) {
    size_t index = (size_t)(call - h->lanes[call->thread].calls);
    return h->views + (call->thread * h->capacity + index) * h->threads;
}

history_call *history_begin(history *h, unsigned thread, unsigned operation, uint64_t argument) {
    assert(thread < h->threads && operation < 32);
    history_lane *lane = &h->lanes[thread];
    if (lane->count == h->capacity) {
        fprintf(stderr, "history: the lane of thread %u is full\n", thread);
        abort();
    }
    history_call *call = &lane->calls[lane->count++];
    call->end = HISTORY_PENDING;
    call->argument = argument;
    call->value = 0;
    call->status = 0;
    call->operation = (uint16_t)operation;
    call->thread = (uint16_t)thread;
    if (h->seen != NULL) {
        uint64_t *view = view_of(h, call);
        for (unsigned t = 0; t < h->threads; t++)
            view[t] = h->seen(t);
    }
    call->begin = h->now();
    return call;
}

void history_end(history *h, history_call *call, int status, uint64_t value) {
    call->end = h->now();
    call->status = status;
    call->value = value;
    if (h->seen == NULL)
        return;
    /* A lane is in order anyhow, so its own entry is free to say at which step the call ended; at
     * the first at the earliest, for who has seen no step has not seen the call. */
    uint64_t last = h->seen(call->thread);
    view_of(h, call)[call->thread] = last == 0 ? 1 : last;
}

/* Sequentially consistent: what a call stored is visible to all whose later call has a later time.
 */
uint64_t history_count(void) {
    static struct { _Alignas(HISTORY_LINE) WEIR_I_ATOMIC(uint64_t) now; } counter;
    return weir_i_fetch_add(&counter.now, 1, seq_cst);
}

/* The fence drains the store buffer before the clock is read; the kernel's clock waits for the
 * loads before it, and the loads after it wait for the fence. */
uint64_t history_nanoseconds(void) {
    weir_i_fence_store_load();
    uint64_t now = (uint64_t)weir_now();
    weir_i_fence_store_load();
    return now;
}

uint64_t history_pack(const uint64_t *values, size_t n) {
    assert(n <= 8);
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++) {
        assert(values[i] >= 1 && values[i] <= 255);
        word |= values[i] << (8 * i);
    }
    return word;
}

unsigned history_packed(uint64_t word) {
    unsigned n = 0;
    for (; word != 0; word >>= 8)
        n++;
    return n;
}

uint64_t history_unpack(uint64_t word, unsigned index) {
    return word >> (8 * index) & 255;
}
