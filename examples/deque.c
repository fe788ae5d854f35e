/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.c - sums the squares of a range: the owner halves ranges and keeps the other half in its
 * deque, from where a second thread takes the oldest, which is the largest.
 *
 * fork_join.c beside this is a whole pool.
 */
#include <weir/deque.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

typedef struct range {
    uint32_t first;
    uint32_t end;
} range;

WEIR_DEQUE(ranges, range)

enum { NUMBERS = 1000000, SMALL = 1000 };

static ranges deque;
static atomic_uint_fast64_t missing = NUMBERS;
static atomic_uint_fast64_t total;

static void sum(range r) {
    uint64_t squares = 0;
    for (uint64_t n = r.first; n < r.end; n++)
        squares += n * n;
    atomic_fetch_add_explicit(&total, squares, memory_order_relaxed);
    atomic_fetch_sub_explicit(&missing, r.end - r.first, memory_order_release);
}

static void *thief(void *unused) {
    range r;
    (void)unused;
    while (atomic_load_explicit(&missing, memory_order_acquire) > 0) {
        switch (ranges_steal(&deque, &r)) {
        case WEIR_OK: sum(r); break;
        case WEIR_BUSY: break;               /* lost a race: at once again */
        default: (void)sched_yield(); break; /* empty */
        }
    }
    return NULL;
}

int main(void) {
    range r = {0, NUMBERS};
    pthread_t helper;
    if (ranges_init(&deque, 16) != WEIR_OK || ranges_push(&deque, r) != WEIR_OK ||
        pthread_create(&helper, NULL, thief, NULL) != 0)
        return 1;
    while (ranges_pop(&deque, &r)) {
        while (r.end - r.first > SMALL) {
            const range other = {r.first + (r.end - r.first) / 2, r.end};
            if (ranges_push(&deque, other) != WEIR_OK)
                break; /* no memory: then this one is done in one piece */
            r.end = other.first;
        }
        sum(r);
    }
    pthread_join(helper, NULL);
    ranges_destroy(&deque);
    printf("the squares below %d sum up to %llu\n", NUMBERS, (unsigned long long)total);
    return total == 333332833333500000u ? 0 : 1;
}
