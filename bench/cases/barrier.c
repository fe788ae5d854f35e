/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Phases of a barrier, by as many threads as there are processors, and by more. */
#include "../harness/group_loops.h"

#include <weir/barrier.h>

#include <stdlib.h>

typedef struct room {
    bench_meeting meeting;
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_barrier barrier;
} room;

static void *barrier_create(size_t parties) {
    room *r = aligned_alloc(WEIR_CACHE_LINE, sizeof *r);
    if (!r || weir_barrier_init(&r->barrier, (uint32_t)parties, NULL, NULL) != WEIR_OK)
        abort();
    r->meeting.last = 0;
    return r;
}

static void barrier_destroy(void *object) {
    free(object);
}

static inline void barrier_meet(void *object) {
    weir_barrier_arrive_and_wait(&((room *)object)->barrier);
}

BENCH_MEET_LOOPS(barrier)

const bench_subject bench_case_barrier[] = {
    BENCH_MEET_SUBJECT("barrier", barrier, "weir", NULL, 1),
    {NULL},
};

/* The capacity is the number of parties. */
const bench_workload bench_workloads_barrier[] = {
    {"barrier", "phases", 8, 2, 1, {{BENCH_ECHO, 1}, {BENCH_PING, 1}}},
    {"barrier", "phases", 8, 8, 1, {{BENCH_ECHO, 7}, {BENCH_PING, 1}}},
    {"barrier", "phases", 8, 32, 0, {{BENCH_ECHO, 31}, {BENCH_PING, 1}}},
    {NULL},
};
