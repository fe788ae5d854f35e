/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rwmutex.c - a table of settings that many threads read and one changes, two entries at a time.
 */
#include <weir/rwmutex.h>

#include <pthread.h>
#include <stdio.h>

enum { READERS = 4, CHANGES = 500 };

static weir_rwmutex lock; /* zeroed: free */
static int width = 1;
static int height = 1;
static bool done;

/* Counts how often it saw one changed and the other not. */
static void *look(void *argument) {
    unsigned *torn = (unsigned *)argument;
    for (bool last = false; !last;) {
        weir_rwmutex_rlock(&lock);
        *torn += width != height;
        last = done;
        weir_rwmutex_runlock(&lock);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[READERS];
    unsigned torn[READERS] = {0};
    unsigned sum = 0;
    for (int i = 0; i < READERS; i++)
        if (pthread_create(&threads[i], NULL, look, &torn[i]) != 0)
            return 1;
    for (int i = 0; i < CHANGES; i++) {
        weir_rwmutex_lock(&lock);
        width++;
        height++;
        done = i == CHANGES - 1;
        weir_rwmutex_unlock(&lock);
    }
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        sum += torn[i];
    }
    printf("%d by %d, seen half changed %u times\n", width, height, sum);
    return width == CHANGES + 1 && sum == 0 ? 0 : 1;
}
