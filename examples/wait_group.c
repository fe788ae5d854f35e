/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * wait_group.c - words counted by as many threads as there are texts; the main thread reports while
 * it waits, and the group lives on its stack.
 */
#include <weir/wait_group.h>

#include <pthread.h>
#include <stdio.h>

typedef struct text {
    const char *words;
    unsigned count;
    weir_wait_group *group;
} text;

static void *count_words(void *argument) {
    text *t = (text *)argument;
    for (const char *c = t->words; *c; c++)
        if (*c != ' ' && (c[1] == ' ' || c[1] == '\0'))
            t->count++;
    weir_wait_group_done(t->group); /* the group may be gone before this returns */
    return NULL;
}

static unsigned count_all(text *texts, unsigned n) {
    weir_wait_group group = {0};
    unsigned sum = 0;
    for (unsigned i = 0; i < n; i++) {
        pthread_t thread;
        texts[i].group = &group;
        weir_wait_group_add(&group, 1);
        if (pthread_create(&thread, NULL, count_words, &texts[i]) != 0) {
            weir_wait_group_done(&group);
            continue;
        }
        pthread_detach(thread);
    }
    while (weir_wait_group_wait_until(&group, weir_in(1000 * 1000 * 1000)) == WEIR_TIMEOUT)
        puts("still counting");
    for (unsigned i = 0; i < n; i++)
        sum += texts[i].count;
    return sum;
}

int main(void) {
    text texts[] = {{"a weir is a low dam", 0, NULL},
                    {"that regulates", 0, NULL},
                    {"the flow of a river", 0, NULL}};
    const unsigned words = count_all(texts, 3);
    printf("%u words\n", words);
    return words == 13 ? 0 : 1;
}
