/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.c - buffers that are lent out: the one that came back last goes out first, still warm.
 */
#include <weir/stack.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORKERS = 4, ROUNDS = 1000, SIZE = 256 };

WEIR_STACK(buffers, char *)

static buffers idle;

/* A buffer that lay idle, or a new one. */
static char *borrow(void) {
    char *buffer;
    return buffers_try_pop(&idle, &buffer) ? buffer : (char *)malloc(SIZE);
}

static void give_back(char *buffer) {
    if (buffers_push(&idle, buffer) != WEIR_OK)
        free(buffer);
}

static void *work(void *argument) {
    unsigned long *sum = (unsigned long *)argument;
    for (int round = 0; round < ROUNDS; round++) {
        char *buffer = borrow();
        if (!buffer)
            return NULL;
        snprintf(buffer, SIZE, "%d", round);
        *sum += strtoul(buffer, NULL, 10);
        give_back(buffer);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[WORKERS];
    unsigned long sum[WORKERS] = {0};
    unsigned long total = 0;
    unsigned made = 0;
    char *buffer;
    if (buffers_init(&idle) != WEIR_OK)
        return 1;
    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&threads[i], NULL, work, &sum[i]) != 0)
            return 1;
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        total += sum[i];
    }
    for (; buffers_try_pop(&idle, &buffer); made++)
        free(buffer);
    buffers_destroy(&idle);
    printf("%u buffers for %d uses\n", made, WORKERS * ROUNDS);
    return made <= WORKERS && total == (unsigned long)WORKERS * ROUNDS * (ROUNDS - 1) / 2 ? 0 : 1;
}
