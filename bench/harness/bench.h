/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * bench.h - the words of the benchmark: subject, role, turn, workload.
 *
 * A subject is one implementation (ours or a peer's) for one element size. It exports whole loops,
 * one per role that a thread can play: what is timed has no call across a boundary but those that
 * the implementation itself makes. A workload says how many threads play which role. A turn is one
 * thread's part in one round. peers/rust/src/lib.rs and peers/go/main.go mirror bench_turn.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bench_histogram bench_histogram;

typedef struct bench_turn {
    void *object;
    void *reply;             /* ping and echo: the way back */
    const uint32_t *stop;    /* not 0: the round is over */
    uint64_t limit;          /* pair, stack: how many; out, owner: how many it pushed */
    uint64_t first;          /* produce: the first value; they count up from there */
    uint64_t done;           /* out: how many elements (pairs, round trips) */
    uint64_t sum;            /* out, consume, owner and drain: the sum of the values */
    bench_histogram *delays; /* ping */
} bench_turn;

typedef void bench_loop(bench_turn *turn);

enum bench_role {
    BENCH_NONE,
    BENCH_PAIR,    /* `limit` times push and pop, by one thread */
    BENCH_PAIR_N,  /* the same in batches */
    BENCH_PRODUCE, /* push until stopped */
    BENCH_CONSUME, /* pop until stopped */
    BENCH_PRODUCE_N,
    BENCH_CONSUME_N,
    BENCH_PING,  /* push, wait for the echo, note the time */
    BENCH_ECHO,  /* send back what comes */
    BENCH_DRAIN, /* pop until empty, by one thread, not timed */
    BENCH_STACK, /* `limit` pushes, then as many pops, by one thread */
    BENCH_OWNER, /* push 8, pop 4, until stopped; others (BENCH_CONSUME) steal the rest */
    BENCH_FORK,  /* tasks that start tasks, as many workers as the capacity says */
    BENCH_LOCK,  /* lock, change something, unlock, until stopped: lock_loops.h */
    BENCH_READ,  /* the same for reading */
    BENCH_MIX,   /* for reading, now and then for writing */
    BENCH_ROLES
};

/* Elements in a batch. */
enum { BENCH_BATCH = 16 };

typedef struct bench_subject {
    const char *suite; /* the case that it takes part in; NULL ends a table */
    const char *name;
    const char *note; /* what to know when comparing, or NULL */
    unsigned item;    /* bytes of an element */
    unsigned is_ours; /* what the others are compared with */
    void *(*create)(size_t capacity);
    void (*destroy)(void *object);
    bench_loop *loop[BENCH_ROLES]; /* NULL: not offered */
    const char *preload; /* NULL: runs here; else in a process of its own with this library, if any,
                          * loaded before all others: see remote.h */
    unsigned own_threads; /* it works on threads that it started itself: their time counts, too */
    unsigned consumers;   /* how many there may be; 0: any number */
} bench_subject;

typedef struct bench_crew {
    enum bench_role role;
    unsigned threads;
} bench_crew;

/* The last crew that is not BENCH_NONE counts what was done; an owner counts, too. */
typedef struct bench_workload {
    const char *suite; /* NULL ends a table */
    const char *name;
    unsigned item;
    size_t capacity;
    unsigned is_quick; /* part of a quick run */
    bench_crew crew[2];
} bench_workload;

/* All subjects and workloads that were built in; and why peers are missing, one text. Made by CMake
 * from the list of cases and peers that it found. */
extern const bench_subject *const bench_subjects[];
extern const bench_workload *const bench_workloads[];
extern const char bench_skipped[];

#ifdef __cplusplus
}
#endif

#endif
