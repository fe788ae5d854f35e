/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fifo_check.c - the check of long FIFO histories: each pattern by hand, a comparison with the
 * linearizability checker on small histories, and long histories with one fault in them.
 */
#include "fifo_check.h"
#include "check.h"
#include "linearize.h"
#include "simulate.h"
#include "specs/queue.h"
#include "threads.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 8, CALLS = 8 };

static history past;
static history_call room[THREADS * CALLS];

static uint64_t no_clock(void) {
    return 0;
}

static void start(void) {
    history_init(&past, no_clock, THREADS, CALLS, room);
}

static void add(unsigned thread, uint64_t begin, uint64_t end, unsigned operation,
                uint64_t argument, int status, uint64_t value) {
    history_call *call = history_begin(&past, thread, operation, argument);
    history_end(&past, call, status, value);
    call->begin = begin;
    call->end = end;
}

static void push(unsigned thread, uint64_t begin, uint64_t end, uint64_t value) {
    add(thread, begin, end, QUEUE_PUSH, value, true, 0);
}

static void pop(unsigned thread, uint64_t begin, uint64_t end, uint64_t value) {
    add(thread, begin, end, QUEUE_POP, 0, true, value);
}

static void empty(unsigned thread, uint64_t begin, uint64_t end) {
    add(thread, begin, end, QUEUE_POP, 0, false, 0);
}

static fifo_verdict judge(fifo_empties empties) {
    fifo_report report;
    return fifo_check(&past, empties, &report);
}

/* ---- Each pattern -----------------------------------------------------------------------------
 */

Test(fifo_check, right_histories) {
    start();
    cr_assert_eq(judge(FIFO_EXACT), FIFO_OK);
    empty(0, 1, 2);
    push(0, 3, 6, 7);
    push(1, 4, 5, 8);
    pop(2, 7, 8, 8);
    pop(2, 9, 10, 7);
    empty(2, 11, 12);
    cr_assert_eq(judge(FIFO_EXACT), FIFO_OK);
    push(0, 13, 14, 0);                      /* zero is a value, and may stay inside */
    add(1, 15, 16, QUEUE_PUSH, 8, false, 0); /* what was not pushed may be tried again */
    cr_assert_eq(judge(FIFO_EXACT), FIFO_OK);
}

Test(fifo_check, fresh_twice_and_early) {
    start();
    push(0, 3, 4, 7);
    pop(1, 5, 6, 8);
    cr_assert_eq(judge(FIFO_EXACT), FIFO_FRESH);
    past.lanes[1].calls[0].value = 7;
    pop(1, 7, 8, 7);
    cr_assert_eq(judge(FIFO_EXACT), FIFO_TWICE);
    past.lanes[1].count = 1;
    past.lanes[1].calls[0].begin = 1;
    past.lanes[1].calls[0].end = 2;
    cr_assert_eq(judge(FIFO_EXACT), FIFO_EARLY);
    past.lanes[1].calls[0].end = 3; /* they touch: concurrent */
    cr_assert_eq(judge(FIFO_EXACT), FIFO_OK);
}

Test(fifo_check, overtaken_and_lost) {
    fifo_report report;
    start();
    push(0, 1, 2, 7);
    push(1, 3, 4, 8);
    pop(2, 5, 6, 8);
    cr_assert_eq(fifo_check(&past, FIFO_EXACT, &report), FIFO_LOST);
    cr_assert_eq(report.calls[0]->argument, 7);
    cr_assert_eq(report.calls[1]->argument, 8);
    pop(3, 7, 8, 7);
    cr_assert_eq(fifo_check(&past, FIFO_EXACT, &report), FIFO_OVERTAKEN);
    cr_assert_eq(report.calls[3]->value, 7);
    past.lanes[3].calls[0].begin = 6;
    cr_assert_eq(judge(FIFO_EXACT), FIFO_OK);
}

Test(fifo_check, wrong_empty) {
    start();
    push(0, 1, 2, 7);
    push(1, 3, 4, 8);
    pop(2, 5, 8, 7);
    pop(3, 9, 12, 8);
    empty(4, 6, 7); /* 7 may be gone, but 8 is there */
    cr_assert_eq(judge(FIFO_EXACT), FIFO_WRONG_EMPTY);
    past.lanes[4].calls[0].end = 9; /* both may be gone at 9 */
    cr_assert_eq(judge(FIFO_EXACT), FIFO_OK);
    past.lanes[1].calls[0].begin = 1;
    past.lanes[1].calls[0].end = 6; /* 7 taken at 5, 8 put at 6: empty between */
    past.lanes[4].calls[0].end = 7;
    cr_assert_eq(judge(FIFO_EXACT), FIFO_OK);
}

Test(fifo_check, the_last_element_lost) {
    start();
    push(0, 1, 2, 7);
    empty(1, 3, 4);
    cr_assert_eq(judge(FIFO_EXACT), FIFO_WRONG_EMPTY);
    cr_assert_eq(judge(FIFO_EXCUSED), FIFO_WRONG_EMPTY);
    push(2, 4, 5, 8); /* concurrent: an excuse */
    cr_assert_eq(judge(FIFO_EXACT), FIFO_WRONG_EMPTY);
    cr_assert_eq(judge(FIFO_EXCUSED), FIFO_OK);
}

Test(fifo_check, what_it_cannot_judge_it_says) {
    start();
    push(0, 1, 2, 7);
    push(1, 3, HISTORY_PENDING, 8);
    cr_assert_eq(judge(FIFO_EXACT), FIFO_UNSUITED);
    past.lanes[1].calls[0].end = 4;
    cr_assert_eq(judge(FIFO_EXACT), FIFO_OK);
    past.lanes[1].calls[0].argument = 7;
    cr_assert_eq(judge(FIFO_EXACT), FIFO_UNSUITED);
    past.lanes[1].calls[0].operation = QUEUE_PUSH_N;
    cr_assert_eq(judge(FIFO_EXACT), FIFO_UNSUITED);
}

/* ---- Against the linearizability checker -------------------------------------------------------
 */

typedef struct fifo {
    uint64_t items[THREADS * CALLS];
    size_t first, last;
    uint64_t pushed;
    unsigned pushes; /* of ten calls */
} fifo;

static void choose(simulation *s, history_call *call) {
    fifo *q = s->object;
    call->operation = random_below(s->seed, 10) < q->pushes ? QUEUE_PUSH : QUEUE_POP;
    if (call->operation == QUEUE_PUSH)
        call->argument = ++q->pushed;
}

static void act(simulation *s, history_call *call) {
    fifo *q = s->object;
    call->status = true;
    if (call->operation == QUEUE_PUSH)
        q->items[q->last++] = call->argument;
    else if (q->first < q->last)
        call->value = q->items[q->first++];
    else
        call->status = false;
}

static void make_right(uint64_t *seed) {
    fifo queue = {.pushes = 2 + random_below(seed, 7)};
    simulation s = {seed, 2 + random_below(seed, 11), false, &queue, choose, act};
    start();
    past.threads = 1 + random_below(seed, 5);
    simulate(&s, &past);
}

/* Any calls at any times with any results: nearly always wrong, and in every way. */
static void make_any(uint64_t *seed) {
    uint64_t values = 1 + random_below(seed, 4), pushed = 0;
    start();
    past.threads = 1 + random_below(seed, 4);
    for (unsigned t = 0; t < past.threads; t++) {
        uint64_t now = random_below(seed, 8);
        for (unsigned i = random_below(seed, 4); i > 0; i--) {
            uint64_t end = now + random_below(seed, 8);
            if (random_below(seed, 2) == 0)
                push(t, now, end, ++pushed);
            else if (random_below(seed, 3) == 0)
                empty(t, now, end);
            else
                pop(t, now, end, 1 + random_below(seed, (unsigned)values));
            now = end + 1 + random_below(seed, 4);
        }
    }
}

static history_call *any_call(uint64_t *seed, bool failed_too) {
    for (unsigned tries = 0; tries < 100; tries++) {
        const history_lane *lane = &past.lanes[random_below(seed, past.threads)];
        history_call *call = &lane->calls[random_below(seed, CALLS)];
        if ((size_t)(call - lane->calls) < lane->count && call->operation == QUEUE_POP &&
            (call->status || failed_too))
            return call;
    }
    return NULL;
}

/* Swaps the results of two pops, or changes one. */
static void spoil(uint64_t *seed) {
    history_call *a = any_call(seed, true), *b = any_call(seed, true);
    if (a == NULL || b == NULL)
        return;
    history_call old = *a;
    switch (random_below(seed, 5)) {
    case 0:
        a->status = false;
        a->value = 0;
        break;
    case 1: a->status = true; break;
    case 2: a->end = a->begin; break;
    default:
        a->status = b->status;
        a->value = b->value;
        b->status = old.status;
        b->value = old.value;
    }
}

typedef struct tally {
    unsigned right, wrong, reasons[FIFO_UNSUITED + 1];
} tally;

/* A queue whose pop may fail whenever a push is concurrent. */
static bool step_excused(const linearize_spec *spec, linearize_state *state,
                         const linearize_step *step) {
    bool excused = step->call.operation == QUEUE_POP && step->call.status == 0 &&
                   (step->concurrent >> QUEUE_PUSH & 1) != 0;
    return excused || queue_spec_unbounded().step(spec, state, step);
}

static void compare(linearizer *l, fifo_empties empties, unsigned round, tally *t) {
    linearize_spec spec = queue_spec_unbounded();
    if (empties == FIFO_EXCUSED)
        spec.step = step_excused;
    fifo_report report;
    linearize_verdict truth = linearize(l, &past, &spec);
    fifo_verdict verdict = fifo_check(&past, empties, &report);
    cr_assert_neq(truth, LINEARIZE_UNKNOWN);
    cr_assert_neq(verdict, FIFO_UNSUITED);
    cr_assert_eq(truth == LINEARIZE_OK, verdict == FIFO_OK, "round %u: verdict %d", round,
                 (int)verdict);
    t->reasons[verdict]++;
    t->right += verdict == FIFO_OK;
    t->wrong += verdict != FIFO_OK;
}

Test(fifo_check, agrees_with_the_search, .timeout = 120) {
    enum { ROUNDS = 70000 };
    linearizer *l = linearize_new(1 << 26);
    tally t = {0};
    fifo_report report;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t seed = round;
        fifo_empties empties = round % 4 == 3 ? FIFO_EXCUSED : FIFO_EXACT;
        make_right(&seed);
        cr_assert_eq(fifo_check(&past, empties, &report), FIFO_OK, "round %u", round);
        compare(l, empties, round, &t);
        spoil(&seed);
        compare(l, empties, round, &t);
        make_any(&seed);
        compare(l, empties, round, &t);
    }
    cr_assert(t.right > ROUNDS / 2 && t.wrong > ROUNDS / 2, "%u right, %u wrong", t.right, t.wrong);
    for (int v = FIFO_FRESH; v < FIFO_UNSUITED; v++)
        cr_assert_gt(t.reasons[v], ROUNDS / 1000, "verdict %d only %u times", v, t.reasons[v]);
    linearize_free(l);
}

/* ---- Long histories of a real queue ------------------------------------------------------------
 */

enum { LONG_THREADS = 8, LONG_CALLS = 25000 };

/* A queue behind a mutex; with `fault`, it once swaps two elements that were pushed far apart. */
typedef struct locked_queue {
    pthread_mutex_t lock;
    uint64_t items[LONG_THREADS * LONG_CALLS];
    size_t first, last;
    bool fault;
} locked_queue;

static locked_queue queue;
static history_call *long_room;

static void locked_push(uint64_t value) {
    pthread_mutex_lock(&queue.lock);
    queue.items[queue.last++] = value;
    pthread_mutex_unlock(&queue.lock);
}

static bool locked_pop(uint64_t *value) {
    pthread_mutex_lock(&queue.lock);
    bool some = queue.first < queue.last;
    if (queue.fault && queue.last - queue.first >= 100) {
        uint64_t *oldest = &queue.items[queue.first], *newest = &queue.items[queue.last - 1];
        uint64_t kept = *oldest;
        *oldest = *newest;
        *newest = kept;
        queue.fault = false;
    }
    if (some)
        *value = queue.items[queue.first++];
    pthread_mutex_unlock(&queue.lock);
    return some;
}

static void use_queue(unsigned me, void *shared) {
    uint64_t seed = me;
    (void)shared;
    for (uint64_t i = 0; i < LONG_CALLS; i++) {
        bool pushes = random_below(&seed, 100) < 52;
        uint64_t value = pushes ? (uint64_t)me << 32 | i : 0;
        history_call *call = history_begin(&past, me, pushes ? QUEUE_PUSH : QUEUE_POP, value);
        if (pushes) {
            locked_push(value);
            history_end(&past, call, true, 0);
        } else {
            bool some = locked_pop(&value);
            history_end(&past, call, some, some ? value : 0);
        }
    }
}

static fifo_verdict judge_long(history_clock *clock, bool fault) {
    fifo_report report;
    long_room = malloc(sizeof *long_room * LONG_THREADS * LONG_CALLS);
    cr_assert_not_null(long_room);
    history_init(&past, clock, LONG_THREADS, LONG_CALLS, long_room);
    queue.first = queue.last = 0;
    queue.fault = fault;
    pthread_mutex_init(&queue.lock, NULL);
    cr_assert(threads_run(LONG_THREADS, use_queue, NULL));
    cr_assert(!queue.fault, "the queue was never long enough to swap");
    fifo_verdict verdict = fifo_check(&past, FIFO_EXACT, &report);
    pthread_mutex_destroy(&queue.lock);
    free(long_room);
    return verdict;
}

Test(fifo_check, a_right_queue_by_either_clock, .timeout = 60) {
    cr_assert_eq(judge_long(history_count, false), FIFO_OK);
    cr_assert_eq(judge_long(history_nanoseconds, false), FIFO_OK);
}

Test(fifo_check, one_swap_in_a_long_run_is_found, .timeout = 60) {
    static history_clock *const clocks[] = {history_count, history_nanoseconds};
    for (unsigned i = 0; i < 2; i++) {
        fifo_verdict verdict = judge_long(clocks[i], true);
        cr_assert(verdict == FIFO_OVERTAKEN || verdict == FIFO_LOST, "verdict %d", (int)verdict);
    }
}
