/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * linearize_random.c - the linearizability checker against random histories.
 *
 * Right by construction: it must accept, and the order it found must be one. Then one thing in the
 * history is changed, and it must agree with an oracle that shares nothing with it: every order is
 * tried, call by call, with no positions, no needs and no memory.
 */
#include "check.h"
#include "linearize.h"
#include "simulate.h"
#include "specs/deque.h"
#include "specs/pool.h"
#include "specs/queue.h"
#include "specs/stack.h"

#include <weir/base/status.h>

#include <stdlib.h>

enum {
    THREADS = 4,
    CALLS = 8,
    MOST = THREADS * CALLS,
    STEPS = MOST * LINEARIZE_PARTS,
    CAPACITY = 2
};

static uint64_t seed;
static history past;
static history_call room[MOST];
static linearizer *checker;
static uint64_t views[MOST][THREADS]; /* when the calls are ordered by happens-before */

/* ---- The oracle -------------------------------------------------------------------------------
 */

typedef struct oracle {
    const linearize_spec *spec;
    linearize_step steps[STEPS];
    size_t owner[STEPS]; /* index of the call in room: parts of one call follow each other */
    bool done[STEPS];
    size_t n;
} oracle;

static bool is_before(const history_call *a, const history_call *b) {
    if (a->end == HISTORY_PENDING)
        return false;
    if (past.seen == NULL)
        return a->end < b->begin;
    return views[a - room][a->thread] <= views[b - room][a->thread];
}

static void add_call(oracle *o, const history_call *call) {
    history_call parts[LINEARIZE_PARTS] = {*call};
    unsigned n = o->spec->parts == NULL ? 1 : o->spec->parts(o->spec, call, parts);
    linearize_step step = {.pending = call->end == HISTORY_PENDING};
    bool rival[THREADS] = {false};
    for (unsigned t = 0; t < THREADS; t++)
        for (size_t i = 0; i < past.lanes[t].count; i++) {
            const history_call *other = &past.lanes[t].calls[i];
            if (t == call->thread || is_before(call, other) || is_before(other, call))
                continue;
            step.concurrent |= 1U << other->operation;
            step.rivals += !rival[t];
            rival[t] = true;
        }
    for (unsigned k = 0; k < n; k++) {
        step.call = parts[k];
        o->owner[o->n] = (size_t)(call - room);
        o->steps[o->n++] = step;
    }
}

/* Would step i come before one that must precede it? */
static bool is_too_early(const oracle *o, size_t i) {
    for (size_t j = 0; j < o->n; j++)
        if (!o->done[j] && j != i &&
            (o->owner[j] == o->owner[i] ? j < i
                                        : is_before(&room[o->owner[j]], &room[o->owner[i]])))
            return true;
    return false;
}

static uint32_t count_unseen(const oracle *o, size_t i) {
    const history_call *mine = &room[o->owner[i]];
    uint32_t n = 0;
    for (size_t j = 0; o->spec->watched != NULL && j < o->n; j++) {
        const history_call *other = &room[o->owner[j]], *step = &o->steps[j].call;
        bool failed = !o->steps[j].pending && step->status == 0;
        n += o->done[j] && !failed && other->thread != mine->thread && !is_before(other, mine) &&
             (o->spec->watched[o->steps[i].call.operation] >> step->operation & 1) != 0;
    }
    return n;
}

static bool can_finish(oracle *o, const linearize_state *state) {
    bool finished = true;
    for (size_t i = 0; i < o->n; i++)
        finished &= o->done[i] || o->steps[i].pending;
    for (size_t i = 0; !finished && i < o->n; i++) {
        if (o->done[i] || is_too_early(o, i))
            continue;
        linearize_state next[STEPS + 1];
        memcpy(next, state, linearize_words(state) * sizeof *next);
        o->steps[i].unseen = count_unseen(o, i);
        o->done[i] = true;
        finished = o->spec->step(o->spec, next, &o->steps[i]) && can_finish(o, next);
        o->done[i] = false;
    }
    return finished;
}

static bool oracle_accepts(const linearize_spec *spec) {
    static oracle o;
    o = (oracle){.spec = spec};
    for (unsigned t = 0; t < THREADS; t++)
        for (size_t i = 0; i < past.lanes[t].count; i++)
            add_call(&o, &past.lanes[t].calls[i]);
    const linearize_state start[1] = {0};
    return can_finish(&o, start);
}

static size_t completed_steps(const linearize_spec *spec) {
    size_t n = 0;
    for (unsigned t = 0; t < THREADS; t++)
        for (size_t i = 0; i < past.lanes[t].count; i++) {
            history_call parts[LINEARIZE_PARTS];
            const history_call *call = &past.lanes[t].calls[i];
            if (call->end != HISTORY_PENDING)
                n += spec->parts == NULL ? 1 : spec->parts(spec, call, parts);
        }
    return n;
}

/* Replays the order found by time. */
static bool is_witness(const linearize_spec *spec) {
    const linearize_order *order = linearize_best(checker);
    linearize_state state[STEPS + 1] = {0};
    size_t taken = 0;
    for (size_t i = 0; i < order->length; i++) {
        const linearize_step *step = order->steps[i];
        for (size_t j = i + 1; j < order->length; j++)
            if (order->steps[j] == step || order->steps[j]->call.end < step->call.begin)
                return false;
        if (!spec->step(spec, state, step))
            return false;
        taken += !step->pending;
    }
    return taken == completed_steps(spec);
}

/* ---- Sequential objects to simulate, written without the specifications ------------------------
 */

typedef struct object {
    uint64_t items[MOST * 8];
    size_t first, last; /* items[first..last) are inside */
    uint64_t pushed;    /* values given out so far */
    bool held[MOST];
} object;

static bool put(object *o, size_t capacity, uint64_t value) {
    if (o->last - o->first == capacity)
        return false;
    o->items[o->last++] = value;
    return true;
}

static bool take(object *o, uint64_t *value, bool newest) {
    if (o->first == o->last)
        return false;
    *value = newest ? o->items[--o->last] : o->items[o->first++];
    return true;
}

static void choose_queue(simulation *s, history_call *call) {
    object *o = s->object;
    call->operation = (uint16_t)random_below(s->seed, 2);
    if (call->operation == QUEUE_PUSH)
        call->argument = ++o->pushed;
}

static void act_queue(simulation *s, history_call *call) {
    object *o = s->object;
    call->status = call->operation == QUEUE_PUSH ? put(o, CAPACITY, call->argument)
                                                 : take(o, &call->value, false);
}

/* One producer and one consumer, which also move batches of up to three; the others look on. */
static void choose_spsc(simulation *s, history_call *call) {
    object *o = s->object;
    unsigned batch = random_below(s->seed, 4);
    if (call->thread % 2 == 1) {
        call->operation = batch == 0 ? QUEUE_POP : QUEUE_POP_N;
        call->argument = batch;
        return;
    }
    uint64_t values[3];
    for (unsigned i = 0; i < batch; i++)
        values[i] = ++o->pushed;
    call->operation = batch == 0 ? QUEUE_PUSH : QUEUE_PUSH_N;
    call->argument = batch == 0 ? ++o->pushed : history_pack(values, batch);
}

static void act_batches(simulation *s, history_call *call) {
    object *o = s->object;
    uint64_t values[3];
    call->status = 0;
    if (call->operation == QUEUE_PUSH_N) {
        for (unsigned i = 0; i < history_packed(call->argument); i++)
            call->status += put(o, CAPACITY, history_unpack(call->argument, i));
    } else if (call->operation == QUEUE_POP_N) {
        for (unsigned i = 0; i < call->argument; i++)
            call->status += take(o, &values[i], false);
        call->value = history_pack(values, (size_t)call->status);
    } else {
        act_queue(s, call);
    }
}

static void choose_stack(simulation *s, history_call *call) {
    object *o = s->object;
    call->operation = (uint16_t)random_below(s->seed, 3);
    if (call->operation == STACK_PUSH)
        call->argument = ++o->pushed;
}

static void act_stack(simulation *s, history_call *call) {
    object *o = s->object;
    switch (call->operation) {
    case STACK_PUSH: call->status = put(o, SIZE_MAX, call->argument); break;
    case STACK_POP: call->status = take(o, &call->value, true); break;
    default: call->status = o->first == o->last;
    }
}

static void choose_deque(simulation *s, history_call *call) {
    object *o = s->object;
    call->operation = DEQUE_STEAL;
    if (call->thread == 0)
        call->operation = random_below(s->seed, 2) == 0 ? DEQUE_PUSH : DEQUE_POP;
    if (call->operation == DEQUE_PUSH)
        call->argument = ++o->pushed;
}

static void act_deque(simulation *s, history_call *call) {
    object *o = s->object;
    switch (call->operation) {
    case DEQUE_PUSH: call->status = put(o, SIZE_MAX, call->argument); break;
    case DEQUE_POP: call->status = take(o, &call->value, true); break;
    default: call->status = take(o, &call->value, false) ? WEIR_OK : WEIR_AGAIN;
    }
}

/* Puts back what this thread got last, if it has something. */
static void choose_pool(simulation *s, history_call *call) {
    const history_lane *lane = &past.lanes[call->thread];
    size_t n = lane->count - 1; /* calls before this one */
    call->operation = POOL_GET;
    if (n > 0 && lane->calls[n - 1].operation == POOL_GET && random_below(s->seed, 3) != 0) {
        call->operation = POOL_PUT;
        call->argument = lane->calls[n - 1].value;
    }
}

static void act_pool(simulation *s, history_call *call) {
    object *o = s->object;
    call->status = true;
    if (call->operation == POOL_PUT) {
        o->held[call->argument] = false;
        return;
    }
    while (o->held[call->value])
        call->value++;
    o->held[call->value] = true;
}

/* ---- The comparison ---------------------------------------------------------------------------
 */

static history_call *any_call(void) {
    for (;;) {
        const history_lane *lane = &past.lanes[random_below(&seed, THREADS)];
        if (lane->count > 0)
            return &lane->calls[random_below(&seed, (unsigned)lane->count)];
    }
}

/* Shortens a call, or gives it another call's result, another status, or another value. */
static void spoil(void) {
    history_call *call = any_call(), *other = any_call();
    switch (random_below(&seed, 4)) {
    case 0:
        if (call->end != HISTORY_PENDING)
            call->end = call->begin;
        break;
    case 1:
        call->value = other->value;
        call->status = other->status;
        break;
    case 2: call->status = (int)random_below(&seed, 3); break;
    default: call->value ^= 1; break;
    }
}

typedef struct object_kind {
    linearize_spec spec;
    unsigned threads;
    void (*choose)(simulation *s, history_call *call);
    void (*act)(simulation *s, history_call *call);
} object_kind;

static uint64_t no_clock(void) {
    return 0;
}

static void make_right(const object_kind *kind) {
    static object sequential;
    memset(&sequential, 0, sizeof sequential);
    history_init(&past, no_clock, THREADS, CALLS, room);
    past.threads = kind->threads;
    simulation s = {
        .seed = &seed,
        .calls = 1 + random_below(&seed, 7),
        .interrupted = random_below(&seed, 3) == 0,
        .object = &sequential,
        .choose = kind->choose,
        .act = kind->act,
    };
    simulate(&s, &past);
    past.threads = THREADS;
}

static uint64_t seen_nothing(unsigned thread) {
    (void)thread;
    return 0;
}

/* The call of the history that began first among those not marked, or NULL. */
static const history_call *earliest(const bool *marked) {
    const history_call *first = NULL;
    for (unsigned t = 0; t < THREADS; t++)
        for (size_t i = 0; i < past.lanes[t].count; i++) {
            const history_call *call = &past.lanes[t].calls[i];
            if (!marked[call - room] && (first == NULL || call->begin < first->begin))
                first = call;
        }
    return first;
}

/* Keeps the calls and weakens their order: of the calls that ended before it, a call has seen only
 * those that a random other thread told its own of, and what they had seen. */
static void weaken(void) {
    bool marked[MOST] = {false};
    uint64_t clocks[THREADS][THREADS] = {{0}};
    history_observe(&past, seen_nothing, &views[0][0]);
    for (const history_call *call; (call = earliest(marked)) != NULL;) {
        unsigned t = call->thread, from = random_below(&seed, THREADS);
        marked[call - room] = true;
        for (unsigned u = 0; u < THREADS; u++)
            if (clocks[from][u] > clocks[t][u] && u != t)
                clocks[t][u] = clocks[from][u];
        /* What `from` does now it may not have finished: its last call counts if it has ended. */
        size_t done = past.lanes[from].count;
        while (done > 0 && past.lanes[from].calls[done - 1].end >= call->begin)
            done--;
        if (from != t && done > clocks[t][from])
            clocks[t][from] = done;
        memcpy(views[call - room], clocks[t], sizeof clocks[t]);
        views[call - room][t] = (uint64_t)(call - past.lanes[t].calls) + 1;
    }
}

static void compare_once(const linearize_spec *spec, unsigned round, unsigned *accepted) {
    cr_assert_eq(linearize(checker, &past, spec), LINEARIZE_OK, "round %u: rejected", round);
    cr_assert(past.seen != NULL || is_witness(spec), "round %u: not an order", round);
    spoil();
    bool right = linearize(checker, &past, spec) == LINEARIZE_OK;
    cr_assert_eq(right, oracle_accepts(spec), "round %u: the oracle differs", round);
    cr_assert(past.seen != NULL || !right || is_witness(spec), "round %u: not an order", round);
    *accepted += right;
}

static void compare(const object_kind *kind, unsigned rounds) {
    unsigned by_time = 0, by_edges = 0;
    checker = linearize_new(1 << 24);
    for (unsigned round = 0; round < rounds; round++) {
        seed = round * UINT64_C(1000003);
        make_right(kind);
        compare_once(&kind->spec, round, &by_time);
        make_right(kind);
        weaken();
        compare_once(&kind->spec, round, &by_edges);
    }
    const unsigned few = rounds / 20, most = rounds - few;
    cr_assert(by_time > few && by_time < most, "%u of %u are right", by_time, rounds);
    cr_assert(by_edges > few && by_edges < most, "%u of %u are right", by_edges, rounds);
    linearize_free(checker);
}

enum { ROUNDS = 10000 };

Test(linearize_random, exact_queue) {
    const object_kind it = {queue_spec(CAPACITY), THREADS, choose_queue, act_queue};
    compare(&it, ROUNDS);
}

Test(linearize_random, fast_ring) {
    const object_kind it = {queue_spec_fast(CAPACITY), THREADS, choose_queue, act_queue};
    compare(&it, ROUNDS);
}

Test(linearize_random, lock_free_ring) {
    const object_kind it = {queue_spec_lfring(CAPACITY), THREADS, choose_queue, act_queue};
    compare(&it, ROUNDS);
}

Test(linearize_random, ring_with_batches) {
    const object_kind it = {queue_spec(CAPACITY), THREADS, choose_spsc, act_batches};
    compare(&it, ROUNDS);
}

Test(linearize_random, spsc_with_batches) {
    const object_kind it = {queue_spec_spsc(CAPACITY), 2, choose_spsc, act_batches};
    compare(&it, ROUNDS);
}

Test(linearize_random, stack) {
    const object_kind it = {stack_spec(), THREADS, choose_stack, act_stack};
    compare(&it, ROUNDS);
}

Test(linearize_random, deque) {
    const object_kind it = {deque_spec(), 3, choose_deque, act_deque};
    compare(&it, ROUNDS);
}

Test(linearize_random, pool) {
    const object_kind it = {pool_spec(), THREADS, choose_pool, act_pool};
    compare(&it, ROUNDS);
}
