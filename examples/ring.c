/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring.c - word lengths counted by three workers that share one ring of jobs.
 *
 * The ring never waits; here a worker that finds it empty yields. A job with a NULL word says stop.
 */
#include <weir/ring.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

typedef struct job {
    const char *word;
} job;

WEIR_RING(jobs, job)

enum { WORKERS = 3 };

static jobs queue;

static void push(job j) {
    while (!jobs_try_push(&queue, j))
        sched_yield();
}

static void *work(void *argument) {
    size_t *letters = (size_t *)argument;
    for (;;) {
        job j;
        if (!jobs_try_pop(&queue, &j)) {
            sched_yield();
            continue;
        }
        if (!j.word)
            return NULL;
        *letters += strlen(j.word);
    }
}

int main(void) {
    static const char *const words[] = {"a",    "weir", "regulates", "the",
                                        "flow", "of",   "a",         "river"};
    const job stop = {NULL};
    pthread_t threads[WORKERS];
    size_t letters[WORKERS] = {0};
    size_t sum = 0;
    if (jobs_init(&queue, 4) != WEIR_OK)
        return 1;
    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&threads[i], NULL, work, &letters[i]) != 0)
            return 1;
    for (int i = 0; i < 8; i++) {
        const job j = {words[i]};
        push(j);
    }
    for (int i = 0; i < WORKERS; i++)
        push(stop);
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        sum += letters[i];
    }
    jobs_destroy(&queue);
    printf("%zu letters\n", sum);
    return sum == 29 ? 0 : 1;
}
