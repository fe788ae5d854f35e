/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait.c - a ring that sleeps: two event counts make a queue of a lock-free ring in which producers
 * wait for room and consumers for work, with a deadline where one is wanted.
 */
#include <weir/ring.h>
#include <weir/wait.h>

#include <pthread.h>
#include <stdio.h>

WEIR_RING(numbers, unsigned)

enum { NUMBERS = 10000, STOP = 0 };

typedef struct queue {
    numbers ring;
    weir_event_count not_full;
    weir_event_count not_empty;
} queue;

/* Beside a push in flight a ring may say empty although there is more inside (ring.h), and so send
 * one that was woken back to sleep. So whoever has taken a number wakes the next, who looks again;
 * and likewise whoever has put one. */
typedef struct transfer {
    queue *queue;
    unsigned number;
} transfer;

static bool push(void *argument) {
    transfer *t = argument;
    return numbers_try_push(&t->queue->ring, t->number);
}

static bool pop(void *argument) {
    transfer *t = argument;
    return numbers_try_pop(&t->queue->ring, &t->number);
}

static weir_status queue_put(queue *q, unsigned number, weir_time deadline) {
    transfer t = {q, number};
    const weir_status status = weir_event_count_await(&q->not_full, push, &t, deadline);
    if (status == WEIR_OK) {
        weir_event_count_notify(&q->not_empty, 1);
        weir_event_count_notify(&q->not_full, 1);
    }
    return status;
}

static weir_status queue_take(queue *q, unsigned *number, weir_time deadline) {
    transfer t = {q, 0};
    const weir_status status = weir_event_count_await(&q->not_empty, pop, &t, deadline);
    if (status == WEIR_OK) {
        *number = t.number;
        weir_event_count_notify(&q->not_full, 1);
        weir_event_count_notify(&q->not_empty, 1);
    }
    return status;
}

static void *produce(void *argument) {
    queue *q = argument;
    for (unsigned number = NUMBERS; number > STOP; number--)
        if (queue_put(q, number, WEIR_FOREVER) != WEIR_OK)
            return NULL;
    (void)queue_put(q, STOP, WEIR_FOREVER);
    return q;
}

int main(void) {
    static queue q; /* event counts are valid when zeroed */
    pthread_t producer;
    unsigned number;
    unsigned long sum = 0;
    if (numbers_init(&q.ring, 16) != WEIR_OK)
        return 1;
    if (queue_take(&q, &number, weir_in(1000 * 1000)) == WEIR_TIMEOUT)
        puts("nothing within a millisecond, as it should be");
    if (pthread_create(&producer, NULL, produce, &q) != 0)
        return 1;
    while (queue_take(&q, &number, WEIR_FOREVER) == WEIR_OK && number != STOP)
        sum += number;
    pthread_join(producer, NULL);
    numbers_destroy(&q.ring);
    printf("the sum of the numbers up to %d is %lu\n", NUMBERS, sum);
    return sum == (unsigned long)NUMBERS * (NUMBERS + 1) / 2 ? 0 : 1;
}
