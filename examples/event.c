/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * event.c - two players who take turns (automatic reset) once the whistle has gone (manual reset).
 */
#include <weir/event.h>

#include <pthread.h>
#include <stdio.h>

enum { RALLY = 1000 };

static weir_event whistle = WEIR_EVENT_INIT;
static weir_event turn[2] = {WEIR_EVENT_AUTO_INIT, WEIR_EVENT_AUTO_INIT};
static unsigned hits; /* who has the turn may touch it */

static void *play(void *number) {
    const unsigned me = *(unsigned *)number;
    weir_event_wait(&whistle);
    for (unsigned i = 0; i < RALLY; i++) {
        weir_event_wait(&turn[me]);
        hits++;
        weir_event_set(&turn[1 - me]);
    }
    return NULL;
}

int main(void) {
    pthread_t players[2];
    unsigned numbers[2] = {0, 1};
    for (int i = 0; i < 2; i++)
        if (pthread_create(&players[i], NULL, play, &numbers[i]) != 0)
            return 1;
    if (weir_event_wait_until(&turn[0], weir_in(1000 * 1000)) == WEIR_TIMEOUT)
        puts("nobody plays before the whistle");
    weir_event_set(&turn[0]);
    weir_event_set(&whistle);
    for (int i = 0; i < 2; i++)
        pthread_join(players[i], NULL);
    printf("%u hits\n", hits);
    return hits == 2 * RALLY ? 0 : 1;
}
