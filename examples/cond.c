/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cond.c - a printer that sleeps until there is a page, or until nothing has come for a while.
 */
#include <weir/cond.h>

#include <pthread.h>
#include <stdio.h>

enum { PAGES = 20, ROOM = 4 };

static weir_mutex mutex;
static weir_cond filled;
static weir_cond emptied;
static int pages[ROOM]; /* under the mutex */
static int count;
static bool closed;

static void put(int page) {
    weir_mutex_lock(&mutex);
    while (count == ROOM)
        weir_cond_wait(&emptied, &mutex);
    pages[count++] = page;
    weir_mutex_unlock(&mutex);
    weir_cond_signal(&filled);
}

/* False: there will be none. */
static bool take(int *page) {
    bool late = false;
    weir_mutex_lock(&mutex);
    while (count == 0 && !closed && !late)
        late = weir_cond_wait_until(&filled, &mutex, weir_in((int64_t)10 * 1000 * 1000 * 1000)) ==
               WEIR_TIMEOUT;
    const bool there = count > 0;
    if (there)
        *page = pages[--count];
    weir_mutex_unlock(&mutex);
    weir_cond_signal(&emptied);
    return there;
}

static void *print(void *argument) {
    int *sum = (int *)argument;
    for (int page = 0; take(&page);)
        *sum += page;
    return NULL;
}

int main(void) {
    pthread_t printers[2];
    int sums[2] = {0, 0};
    for (int i = 0; i < 2; i++)
        if (pthread_create(&printers[i], NULL, print, &sums[i]) != 0)
            return 1;
    for (int page = 1; page <= PAGES; page++)
        put(page);
    weir_mutex_lock(&mutex);
    closed = true;
    weir_mutex_unlock(&mutex);
    weir_cond_broadcast(&filled);
    for (int i = 0; i < 2; i++)
        pthread_join(printers[i], NULL);
    printf("the pages printed add up to %d\n", sums[0] + sums[1]);
    return sums[0] + sums[1] == PAGES * (PAGES + 1) / 2 ? 0 : 1;
}
