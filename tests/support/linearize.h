/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * linearize.h - is there an order of these calls that a sequential object could have answered?
 *
 * Do this:
 *   linearizer *checker = linearize_new(64 << 20);              // once; at most 64 MiB of memory
 *   linearize_spec spec = queue_spec(capacity);                 // specs/queue.h
 *   if (linearize(checker, &past, &spec) != LINEARIZE_OK)
 *       linearize_explain(checker, &past, &spec, stderr);
 *
 * Guarantees: LINEARIZE_OK and LINEARIZE_FAIL are exact, nothing is sampled or hashed away;
 * LINEARIZE_UNKNOWN says that the memory given did not suffice. A pending call may have taken
 * effect or not. After the first calls on histories of a size, checking allocates nothing.
 *
 * Cost: exponential in the number of threads at worst. Histories of some 8 to 24 calls, as the
 * explorer makes them, take around a microsecond; above 100 calls use fifo_check.h if it is a
 * queue.
 *
 * Source: the search of Wing and Gong, with Lowe's memory of configurations that led nowhere; here
 * the set of linearised calls is a vector with one position per thread, so that the key is short
 * and exact. docs/design/linearizability.md has the argument.
 */
#ifndef WEIR_TESTS_LINEARIZE_H
#define WEIR_TESTS_LINEARIZE_H

#include "history.h"

#include <stdbool.h>
#include <stdio.h>

/* One step of the sequential object: a call, or one part of a call that acts in several parts. */
typedef struct linearize_step {
    history_call call;
    bool pending;        /* no result is known: the specification says what it would be */
    uint32_t concurrent; /* bit k: some call of operation k is concurrent with this one */
    uint32_t rivals;     /* how many threads have a call concurrent with this one */
    uint32_t unseen; /* steps already in the order that it need not have noticed: concurrent with
                      * it, not failed (status 0), of an operation in spec->watched */
} linearize_step;

/* A state is a list of words: state[0] says how many follow. Equal states are equal lists. */
typedef uint64_t linearize_state;

/* How many words a state has, the first one included. */
static inline size_t linearize_words(const linearize_state *state) {
    return (size_t)state[0] + 1;
}

enum { LINEARIZE_PARTS = 9 }; /* the most steps in one call */

/* A sequential specification. specs/README.md says how to write one. */
typedef struct linearize_spec linearize_spec;
struct linearize_spec {
    const char *name;
    size_t capacity; /* a parameter of the object, for the functions below */

    /* Takes one step: changes the state and returns true, or returns false if the object cannot
     * answer so in this state (the state may then hold anything). */
    bool (*step)(const linearize_spec *spec, linearize_state *state, const linearize_step *step);

    /* NULL, or for each operation a mask of those whose steps are counted in step->unseen. */
    const uint32_t *watched;

    /* The longest list that a state can become, in a history of this many steps. */
    size_t (*longest)(const linearize_spec *spec, size_t steps);

    /* NULL: the object starts as the empty list. */
    void (*init)(const linearize_spec *spec, linearize_state *state);

    /* NULL: a call is one step. Else cuts the call into steps that take effect in this order, each
     * at its own moment within the call; returns how many, at most LINEARIZE_PARTS, 0 for a call
     * that has no effect and may always happen. */
    unsigned (*parts)(const linearize_spec *spec, const history_call *call, history_call *parts);

    /* For the reader of a failure: "try_push(3)", and "full". */
    void (*describe)(const history_call *call, char *text, size_t size);
    void (*describe_result)(const history_call *call, char *text, size_t size);
};

typedef enum linearize_verdict {
    LINEARIZE_OK,
    LINEARIZE_FAIL,
    LINEARIZE_UNKNOWN
} linearize_verdict;

typedef struct linearizer linearizer;

/* Working memory, for one thread, any number of checks; it grows as needed, to at most `limit`
 * bytes. NULL only when out of memory. */
linearizer *linearize_new(size_t limit);
void linearize_free(linearizer *l);

linearize_verdict linearize(linearizer *l, const history *h, const linearize_spec *spec);

/* The same for the history as it stood at time `cut`: later calls are not there, unfinished ones
 * are pending. */
linearize_verdict linearize_until(linearizer *l, const history *h, const linearize_spec *spec,
                                  uint64_t cut);

/* The longest order that the last check found; after LINEARIZE_OK it holds every call that
 * returned, after LINEARIZE_FAIL it shows where the search stuck. Valid until the next check. */
typedef struct linearize_order {
    size_t length;
    const linearize_step **steps;
    const linearize_state *state; /* after these steps */
    size_t candidates;            /* the steps that could have come next in time */
    const linearize_step *next[HISTORY_THREADS];
} linearize_order;

const linearize_order *linearize_best(const linearizer *l);

/* linearize_explain.c: writes the shortest prefix of the history that is wrong, a column per thread
 * and a line per event, the call that cannot be explained, and how far the best order came. Says
 * so if nothing is wrong. */
void linearize_explain(linearizer *l, const history *h, const linearize_spec *spec, FILE *out);

/* The call whose return made the history wrong; NULL if it is not known to be wrong. */
const history_call *linearize_culprit(linearizer *l, const history *h, const linearize_spec *spec);

#endif
