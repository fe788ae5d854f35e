/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * latch.c - servers that are started at once, and clients that begin when all of them are ready.
 */
#include <weir/latch.h>

#include <pthread.h>
#include <stdio.h>

enum { SERVERS = 3, CLIENTS = 4 };

static weir_latch ready = WEIR_LATCH_INIT(SERVERS);
static unsigned ports[SERVERS];

static void *serve(void *number) {
    const unsigned me = *(unsigned *)number;
    ports[me] = 8000 + me;
    weir_latch_count_down(&ready, 1);
    return NULL;
}

static void *connect_to_all(void *sum) {
    weir_latch_wait(&ready);
    for (int i = 0; i < SERVERS; i++)
        *(unsigned *)sum += ports[i];
    return NULL;
}

int main(void) {
    pthread_t threads[SERVERS + CLIENTS];
    unsigned numbers[SERVERS + CLIENTS] = {0};
    bool good = true;
    for (unsigned i = 0; i < SERVERS + CLIENTS; i++) {
        numbers[i] = i < CLIENTS ? 0 : i - CLIENTS;
        if (pthread_create(&threads[i], NULL, i < CLIENTS ? connect_to_all : serve, &numbers[i]) !=
            0)
            return 1;
    }
    for (unsigned i = 0; i < SERVERS + CLIENTS; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < CLIENTS; i++)
        good = good && numbers[i] == 24003;
    printf("%d clients found %d servers each\n", CLIENTS, good ? SERVERS : 0);
    return good ? 0 : 1;
}
