/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * barrier.c - heat that spreads along a rod, in steps: each thread has a part of the rod, and none
 * begins a step before all have ended the last. The completion function turns the buffers round.
 */
#include <weir/barrier.h>

#include <pthread.h>
#include <stdio.h>

enum { PARTS = 4, CELLS = 64, STEPS = 500 };

static double heat[2][CELLS + 2];
static unsigned now;
static weir_barrier barrier;

static void turn_round(void *unused) {
    (void)unused;
    now = 1 - now;
}

static void *spread(void *part) {
    const unsigned first = 1 + *(unsigned *)part * (CELLS / PARTS);
    for (unsigned step = 0; step < STEPS; step++) {
        const double *from = heat[now];
        double *to = heat[1 - now];
        for (unsigned i = first; i < first + CELLS / PARTS; i++)
            to[i] = (from[i - 1] + from[i + 1]) / 2;
        weir_barrier_arrive_and_wait(&barrier);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[PARTS];
    unsigned parts[PARTS];
    bool falls = true;
    heat[0][0] = heat[1][0] = 100; /* one end is kept hot, the other cold */
    if (weir_barrier_init(&barrier, PARTS, turn_round, NULL) != WEIR_OK)
        return 1;
    for (unsigned i = 0; i < PARTS; i++) {
        parts[i] = i;
        if (pthread_create(&threads[i], NULL, spread, &parts[i]) != 0)
            return 1;
    }
    for (unsigned i = 0; i < PARTS; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < CELLS / 4; i++)
        falls = falls && heat[now][i] > heat[now][i + 1];
    printf("after %d steps: %.1f near the hot end, %.1f in the middle\n", STEPS, heat[now][1],
           heat[now][CELLS / 2]);
    return falls ? 0 : 1;
}
