/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.c - a pipeline: words go in, three workers turn them into lengths, one thread adds these up.
 *
 * No thread is told how much there is to do: who sends closes, and who receives goes on to the end.
 */
#include <weir/chan.h>

#include <pthread.h>
#include <stdio.h>

WEIR_CHAN(words, const char *)
WEIR_CHAN(lengths, size_t)

enum { WORKERS = 3 };

static words in;
static lengths out;

static void *work(void *unused) {
    const char *word;
    (void)unused;
    while (words_recv(&in, &word) == WEIR_OK) {
        if (lengths_send(&out, strlen(word)) != WEIR_OK)
            break;
    }
    return NULL;
}

static void *send_words(void *unused) {
    static const char *const text[] = {"a", "weir", "regulates", "the", "flow", "of", "a", "river"};
    (void)unused;
    for (int i = 0; i < 8; i++) {
        if (words_send(&in, text[i]) != WEIR_OK)
            break;
    }
    words_close(&in); /* the workers finish what is inside, and end */
    return NULL;
}

static void *close_behind(void *workers) {
    for (int i = 0; i < WORKERS; i++)
        pthread_join(((pthread_t *)workers)[i], NULL);
    lengths_close(&out);
    return NULL;
}

int main(void) {
    pthread_t workers[WORKERS], source, closer;
    size_t sum = 0;
    size_t length;
    if (words_init(&in, 2) != WEIR_OK || lengths_init(&out, 0) != WEIR_OK)
        return 1;
    for (int i = 0; i < WORKERS; i++) {
        if (pthread_create(&workers[i], NULL, work, NULL) != 0)
            return 1;
    }
    if (pthread_create(&source, NULL, send_words, NULL) != 0 ||
        pthread_create(&closer, NULL, close_behind, workers) != 0)
        return 1;
    while (lengths_recv(&out, &length) == WEIR_OK)
        sum += length;
    pthread_join(source, NULL);
    pthread_join(closer, NULL);
    words_destroy(&in);
    lengths_destroy(&out);
    printf("%zu letters\n", sum);
    return sum == 29 ? 0 : 1;
}
