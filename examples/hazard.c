/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * hazard.c - a configuration that is read all the time and replaced now and then.
 *
 * Readers take no lock and never wait; a configuration that was replaced is freed when the last
 * reader has let go of it.
 */
#include <weir/hazard.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct config {
    weir_hazard_node node; /* first */
    int limit, twice;
} config;

enum { READERS = 3, READS = 20000, VERSIONS = 500 };

static _Atomic(config *) current;
static atomic_int freed;

static config *config_new(int limit) {
    config *c = (config *)malloc(sizeof *c);
    if (c) {
        c->limit = limit;
        c->twice = 2 * limit;
    }
    return c;
}

static void config_free(weir_hazard_node *node) {
    atomic_fetch_add(&freed, 1);
    free(node);
}

static void *read_it(void *argument) {
    int *wrong = (int *)argument;
    weir_hazard h;
    if (weir_hazard_open(&h, weir_hazard_default()) != WEIR_OK)
        return NULL;
    for (int i = 0; i < READS; i++) {
        const config *c = WEIR_HAZARD_PROTECT(&h, &current);
        *wrong += c->twice != 2 * c->limit;
    }
    weir_hazard_close(&h);
    return NULL;
}

int main(void) {
    pthread_t threads[READERS];
    int wrong[READERS] = {0};
    int sum = 0;
    atomic_store(&current, config_new(0));
    for (int i = 0; i < READERS; i++)
        if (pthread_create(&threads[i], NULL, read_it, &wrong[i]) != 0)
            return 1;
    for (int version = 1; version <= VERSIONS; version++) {
        config *fresh = config_new(version);
        if (!fresh)
            return 1;
        config *old = atomic_exchange(&current, fresh); /* unlink, then retire */
        weir_hazard_retire(weir_hazard_default(), &old->node, config_free);
    }
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        sum += wrong[i];
    }
    weir_hazard_retire(weir_hazard_default(), &atomic_exchange(&current, NULL)->node, config_free);
    weir_hazard_drain(weir_hazard_default());
    printf("%d versions freed\n", atomic_load(&freed));
    return sum == 0 && atomic_load(&freed) == VERSIONS + 1 ? 0 : 1;
}
