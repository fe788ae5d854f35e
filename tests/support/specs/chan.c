/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.c - sequential specification of channels and select; see chan.h. Go's rules, in the form of
 * a dual data structure (Scherer and Scott): who waits is in the state.
 *
 * The state, as words behind each other: which channels are closed; for each channel how many
 * values are inside, then they; how many calls wait, then each as thread and cases, in order of
 * arrival; then the answers that calls have got and not taken yet, by thread.
 */
#include "chan.h"

#include <string.h>

enum { CHANNELS = 2, CASES = 4, INSIDE = 16, CALLS = 8 };

typedef struct world {
    uint64_t closed; /* a bit for each channel */
    size_t inside[CHANNELS];
    uint64_t values[CHANNELS][INSIDE];
    size_t waiting;
    uint64_t thread[CALLS];
    uint64_t cases[CALLS];
    size_t answered;
    uint64_t answer[CALLS]; /* thread << 32 | index << 16 | result, ascending */
} world;

static void get(world *w, const linearize_state *state) {
    const uint64_t *word = state + 1;
    memset(w, 0, sizeof *w);
    w->closed = *word++;
    for (unsigned c = 0; c < CHANNELS; c++) {
        w->inside[c] = (size_t)*word++;
        for (size_t i = 0; i < w->inside[c]; i++)
            w->values[c][i] = *word++;
    }
    w->waiting = (size_t)*word++;
    for (size_t i = 0; i < w->waiting; i++) {
        w->thread[i] = *word++;
        w->cases[i] = *word++;
    }
    while (word <= state + state[0])
        w->answer[w->answered++] = *word++;
}

static void put(const world *w, linearize_state *state) {
    uint64_t *word = state + 1;
    *word++ = w->closed;
    for (unsigned c = 0; c < CHANNELS; c++) {
        *word++ = w->inside[c];
        for (size_t i = 0; i < w->inside[c]; i++)
            *word++ = w->values[c][i];
    }
    *word++ = w->waiting;
    for (size_t i = 0; i < w->waiting; i++) {
        *word++ = w->thread[i];
        *word++ = w->cases[i];
    }
    for (size_t i = 0; i < w->answered; i++)
        *word++ = w->answer[i];
    state[0] = (uint64_t)(word - state) - 1;
}

static uint64_t case_at(uint64_t cases, unsigned index) {
    return cases >> 16 * index & 0xffff;
}
static bool sends(uint64_t one) {
    return (one & 0x100) != 0;
}
static unsigned channel_of(uint64_t one) {
    return one >> 9 & 1;
}

static void leave(world *w, size_t at) {
    w->waiting--;
    for (size_t i = at; i < w->waiting; i++) {
        w->thread[i] = w->thread[i + 1];
        w->cases[i] = w->cases[i + 1];
    }
}

static void answer(world *w, uint64_t thread, unsigned index, uint64_t result) {
    const uint64_t word = thread << 32 | (uint64_t)index << 16 | result;
    size_t at = w->answered++;
    for (; at > 0 && w->answer[at - 1] > word; at--)
        w->answer[at] = w->answer[at - 1];
    w->answer[at] = word;
}

/* The first who waits to do that on the channel; its case in *index. w->waiting: nobody. */
static size_t first_waiting(const world *w, unsigned channel, bool sending, unsigned *index) {
    for (size_t i = 0; i < w->waiting; i++) {
        for (*index = 0; *index < CASES; ++*index) {
            const uint64_t one = case_at(w->cases[i], *index);
            if (one && channel_of(one) == channel && sends(one) == sending)
                return i;
        }
    }
    return w->waiting;
}

static bool is_closed(const world *w, unsigned channel) {
    return (w->closed >> channel & 1) != 0;
}

static void append(world *w, unsigned channel, uint64_t value) {
    w->values[channel][w->inside[channel]++] = value;
}

/* Does a send; false if it would have to wait. */
static bool do_send(world *w, size_t capacity, uint64_t one, uint64_t *result) {
    const unsigned channel = channel_of(one);
    unsigned index;
    const size_t peer = first_waiting(w, channel, false, &index);
    *result = chan_result(is_closed(w, channel), 0);
    if (is_closed(w, channel))
        return true;
    if (peer < w->waiting) {
        answer(w, w->thread[peer], index, chan_result(false, one & 0xff));
        leave(w, peer);
        return true;
    }
    if (w->inside[channel] == capacity)
        return false;
    append(w, channel, one & 0xff);
    return true;
}

/* Does a receive; false if it would have to wait. */
static bool do_recv(world *w, uint64_t one, uint64_t *result) {
    const unsigned channel = channel_of(one);
    unsigned index;
    const size_t peer = first_waiting(w, channel, true, &index);
    if (peer < w->waiting) { /* its value goes behind the others: if there are none, to us */
        append(w, channel, case_at(w->cases[peer], index) & 0xff);
        answer(w, w->thread[peer], index, 0);
        leave(w, peer);
    }
    if (w->inside[channel] == 0) {
        *result = chan_result(true, 0);
        return is_closed(w, channel);
    }
    *result = chan_result(false, w->values[channel][0]);
    w->inside[channel]--;
    memmove(w->values[channel], w->values[channel] + 1, w->inside[channel] * sizeof(uint64_t));
    return true;
}

static bool do_case(world *w, const linearize_spec *spec, uint64_t one, uint64_t *result) {
    const size_t capacity = channel_of(one) ? spec->capacity / 65536 : spec->capacity % 65536;
    return sends(one) ? do_send(w, capacity, one, result) : do_recv(w, one, result);
}

/* The index of a case that can be done, the wanted one if it is among them; -1: none. */
static int choose(const world *w, const linearize_spec *spec, const history_call *call) {
    int ready = -1;
    for (int i = 0; i < CASES; i++) {
        const uint64_t one = case_at(call->argument, (unsigned)i);
        world trial = *w;
        uint64_t result;
        if (one && do_case(&trial, spec, one, &result) && (ready < 0 || i == call->status))
            ready = i;
    }
    return ready;
}

static bool do_select(world *w, const linearize_spec *spec, const linearize_step *step) {
    const history_call *call = &step->call;
    const bool waits = call->operation == CHAN_SELECT;
    const int ready = choose(w, spec, call);
    uint64_t result = 0;
    if (ready < 0 && waits) {
        w->thread[w->waiting] = call->thread;
        w->cases[w->waiting++] = call->argument;
        return true;
    }
    if (!step->pending && ready != call->status)
        return false;
    if (ready < 0)
        return true;
    (void)do_case(w, spec, case_at(call->argument, (unsigned)ready), &result);
    if (waits)
        answer(w, call->thread, (unsigned)ready, result);
    return step->pending || waits || result == call->value;
}

static bool do_return(world *w, const linearize_step *step) {
    const history_call *call = &step->call;
    for (size_t i = 0; i < w->answered; i++) {
        if (w->answer[i] >> 32 != call->thread)
            continue;
        const bool right = call->status == (int)(w->answer[i] >> 16 & 0xffff) &&
                           call->value == (w->answer[i] & 0xffff);
        w->answered--;
        memmove(w->answer + i, w->answer + i + 1, (w->answered - i) * sizeof(uint64_t));
        return right || step->pending;
    }
    for (size_t i = 0; i < w->waiting && call->status < 0; i++) {
        if (w->thread[i] == call->thread) {
            leave(w, i);
            return true;
        }
    }
    return false;
}

static bool do_close(world *w, const linearize_step *step) {
    const unsigned channel = (unsigned)step->call.argument;
    const bool first = !is_closed(w, channel);
    unsigned index;
    w->closed |= 1u << channel;
    for (int sending = 0; sending < 2; sending++) {
        size_t at;
        while ((at = first_waiting(w, channel, sending != 0, &index)) < w->waiting) {
            answer(w, w->thread[at], index, chan_result(true, 0));
            leave(w, at);
        }
    }
    return step->pending || first == (step->call.status != 0);
}

static bool step_chan(const linearize_spec *spec, linearize_state *state,
                      const linearize_step *step) {
    world w;
    bool right;
    get(&w, state);
    switch (step->call.operation) {
    case CHAN_CLOSE: right = do_close(&w, step); break;
    case CHAN_RETURN: right = do_return(&w, step); break;
    default: right = do_select(&w, spec, step); break;
    }
    put(&w, state);
    return right;
}

static unsigned parts(const linearize_spec *spec, const history_call *call, history_call *part) {
    (void)spec;
    part[0] = *call;
    if (call->operation != CHAN_SELECT)
        return 1;
    part[1] = *call;
    part[1].operation = CHAN_RETURN;
    return 2;
}

static void init(const linearize_spec *spec, linearize_state *state) {
    const world empty = {0};
    (void)spec;
    put(&empty, state);
}

static size_t longest(const linearize_spec *spec, size_t steps) {
    (void)spec;
    return 4 + 5 * steps;
}

static void describe(const history_call *call, char *text, size_t size) {
    static const char *const names[] = {"select(", "try_select(", "close(", "return("};
    int n = snprintf(text, size, "%s", names[call->operation]);
    if (call->operation == CHAN_CLOSE)
        n += snprintf(text + n, size - (size_t)n, "%u", (unsigned)call->argument);
    for (unsigned i = 0; call->operation != CHAN_CLOSE && i < CASES; i++) {
        const uint64_t one = case_at(call->argument, i);
        if (!one || (size_t)n >= size)
            break;
        n += sends(one) ? snprintf(text + n, size - (size_t)n, " %u<-%u", channel_of(one),
                                   (unsigned)(one & 0xff))
                        : snprintf(text + n, size - (size_t)n, " <-%u", channel_of(one));
    }
    if ((size_t)n < size)
        snprintf(text + n, size - (size_t)n, ")");
}

static void describe_result(const history_call *call, char *text, size_t size) {
    if (call->operation == CHAN_CLOSE)
        snprintf(text, size, "%s", call->status ? "ok" : "closed");
    else if (call->status < 0)
        snprintf(text, size, "none");
    else if (call->value == chan_result(true, 0))
        snprintf(text, size, "%d: closed", call->status);
    else
        snprintf(text, size, "%d: %u", call->status, (unsigned)call->value);
}

linearize_spec chan_spec(size_t capacity, size_t capacity_of_second) {
    return (linearize_spec){
        .name = "channel",
        .capacity = capacity + 65536 * capacity_of_second,
        .step = step_chan,
        .longest = longest,
        .init = init,
        .parts = parts,
        .describe = describe,
        .describe_result = describe_result,
    };
}
