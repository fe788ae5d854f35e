/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue.c - a crawl of unknown size: workers take pages from a queue and push those that they link
 * to.
 *
 * Nobody knows beforehand how many pages there will be, so the queue has no bound. `left` counts
 * the pages that are pushed and not done; at zero all workers go home.
 */
#include <weir/queue.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

typedef struct page {
    unsigned number;
} page;

WEIR_QUEUE(pages, page)

enum { WORKERS = 3, PAGES = 10000 };

static pages todo;
static WEIR_I_ATOMIC(unsigned) left;
static WEIR_I_ATOMIC(unsigned) done;

static bool discover(unsigned number) {
    const page p = {number};
    weir_i_fetch_add(&left, 1, relaxed);
    return pages_push(&todo, p) == WEIR_OK;
}

static void *work(void *result) {
    bool *ok = (bool *)result;
    while (weir_i_load(&left, acquire) > 0) {
        page p;
        if (!pages_try_pop(&todo, &p)) {
            sched_yield();
            continue;
        }
        for (unsigned child = 2 * p.number; child <= 2 * p.number + 1; child++)
            if (child <= PAGES)
                *ok &= discover(child);
        weir_i_fetch_add(&done, 1, relaxed);
        weir_i_fetch_sub(&left, 1, release);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[WORKERS];
    bool ok[WORKERS];
    if (pages_init(&todo) != WEIR_OK || !discover(1))
        return 1;
    for (int i = 0; i < WORKERS; i++) {
        ok[i] = true;
        if (pthread_create(&threads[i], NULL, work, &ok[i]) != 0)
            return 1;
    }
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
    pages_destroy(&todo);
    printf("%u pages\n", weir_i_load(&done, relaxed));
    return ok[0] && ok[1] && ok[2] && weir_i_load(&done, relaxed) == PAGES ? 0 : 1;
}
