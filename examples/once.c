/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.c - a table that whoever needs it first computes, and a file that is opened once, as soon as
 * that succeeds.
 */
#include <weir/once.h>

#include <pthread.h>
#include <stdio.h>

enum { WORKERS = 4, PRIMES = 100 };

static weir_once table_once = WEIR_ONCE_INIT;
static unsigned primes[PRIMES];

static void compute_primes(void *unused) {
    unsigned found = 0;
    (void)unused;
    for (unsigned n = 2; found < PRIMES; n++) {
        unsigned i = 0;
        while (i < found && n % primes[i] != 0)
            i++;
        if (i == found)
            primes[found++] = n;
    }
}

typedef struct settings {
    unsigned attempts;
} settings;

WEIR_ONCE_VALUE(the_settings, settings)

static the_settings shared_settings;

/* Fails at first, as a file or a server may. */
static bool read_settings(settings *s, void *attempts) {
    s->attempts = ++*(unsigned *)attempts;
    return s->attempts == 3;
}

static void *work(void *sum) {
    weir_once_do(&table_once, compute_primes, NULL);
    for (unsigned i = 0; i < PRIMES; i++)
        *(unsigned *)sum += primes[i];
    return NULL;
}

int main(void) {
    pthread_t threads[WORKERS];
    unsigned sums[WORKERS] = {0};
    unsigned attempts = 0;
    bool same = true;
    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&threads[i], NULL, work, &sums[i]) != 0)
            return 1;
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        same = same && sums[i] == 24133;
    }
    const settings *s = NULL;
    while (!s)
        s = the_settings_get(&shared_settings, read_settings, &attempts);
    printf("the first %d primes add up to %u; settings after %u attempts\n", PRIMES, sums[0],
           s->attempts);
    return same && s->attempts == 3 ? 0 : 1;
}
