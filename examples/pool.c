/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.c - four threads render lines of text into buffers from one pool.
 *
 * A buffer keeps its memory from one use to the next, so that only the first uses allocate; at most
 * eight are kept, and what two rounds did not need is given back.
 */
#include <weir/pool.h>

#include <pthread.h>
#include <stdio.h>

typedef struct buffer {
    char *text;
    size_t length;
} buffer;

WEIR_POOL(buffers, buffer)

enum { THREADS = 4, LINES = 1000, ROOM = 4096 };

static buffers pool;

static bool buffer_open(buffer *b, void *ctx) {
    (void)ctx;
    b->text = (char *)malloc(ROOM);
    b->length = 0;
    return b->text != NULL;
}

static void buffer_clear(buffer *b, void *ctx) {
    (void)ctx;
    b->length = 0;
}

static void buffer_close(buffer *b, void *ctx) {
    (void)ctx;
    free(b->text);
}

static void *render(void *argument) {
    size_t *bytes = (size_t *)argument;
    for (int line = 0; line < LINES; line++) {
        buffer *b = buffers_get(&pool);
        if (!b)
            return NULL;
        for (int word = 0; word < 10; word++)
            b->length += (size_t)snprintf(b->text + b->length, ROOM - b->length, "%03d ", word);
        *bytes += b->length;
        buffers_put(&pool, b); /* and buffer_clear makes it empty */
    }
    return NULL;
}

int main(void) {
    const buffers_options options = {
        .create = buffer_open, .reset = buffer_clear, .destroy = buffer_close, .max_idle = 8};
    pthread_t threads[THREADS];
    size_t bytes[THREADS] = {0};
    size_t sum = 0;
    if (buffers_init(&pool, &options) != WEIR_OK)
        return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, render, &bytes[i]) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += bytes[i];
    }
    const size_t idle = buffers_idle(&pool);
    buffers_age(&pool);
    buffers_age(&pool);
    printf("%zu bytes; %zu buffers were idle, %zu are left\n", sum, idle, buffers_idle(&pool));
    buffers_destroy(&pool);
    return sum == THREADS * LINES * 40 && idle >= 1 && idle <= 8 ? 0 : 1;
}
