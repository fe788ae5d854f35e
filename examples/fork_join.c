/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fork_join.c - fib, quicksort and a word count on the pool of fork_join.h.
 *
 *   fork_join [file...]      counts the words of the files, or of a text of its own
 */
#define _POSIX_C_SOURCE 200809L
#include "fork_join.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { WORKERS = 4, NUMBERS = 200000, FEW = 64, CHUNK = 16384 };

/* -- fib -------------------------------------------------------------------------------------- */

typedef struct fib {
    task base;
    unsigned n;
    uint64_t result;
} fib;

static void fib_run(worker *w, task *t) {
    fib *const f = (fib *)t;
    if (f->n < 2) {
        f->result = f->n;
        return;
    }
    fib left = {.base.run = fib_run, .n = f->n - 1};
    fib right = {.base.run = fib_run, .n = f->n - 2};
    fork_task(w, &left.base);
    fib_run(w, &right.base);
    join_task(w, &left.base);
    f->result = left.result + right.result;
}

static bool show_fib(pool *p) {
    fib root = {.base.run = fib_run, .n = 20};
    if (!pool_run(p, &root.base))
        return false;
    printf("fib(20) is %llu\n", (unsigned long long)root.result);
    return root.result == 6765;
}

/* -- quicksort -------------------------------------------------------------------------------- */

typedef struct sort {
    task base;
    unsigned *first;
    size_t count;
} sort;

static void insertion_sort(unsigned *first, size_t count) {
    for (size_t i = 1; i < count; i++) {
        const unsigned moving = first[i];
        size_t hole = i;
        for (; hole > 0 && first[hole - 1] > moving; hole--)
            first[hole] = first[hole - 1];
        first[hole] = moving;
    }
}

/* Hoare's: afterwards no element before the returned index is greater than one behind it. */
static size_t partition(unsigned *first, size_t count) {
    const unsigned pivot = first[(count - 1) / 2];
    size_t i = 0;
    size_t j = count - 1;
    for (;; i++, j--) {
        while (first[i] < pivot)
            i++;
        while (first[j] > pivot)
            j--;
        if (i >= j)
            return j + 1;
        const unsigned swapped = first[i];
        first[i] = first[j];
        first[j] = swapped;
    }
}

static void sort_run(worker *w, task *t) {
    sort *const s = (sort *)t;
    if (s->count <= FEW) {
        insertion_sort(s->first, s->count);
        return;
    }
    const size_t middle = partition(s->first, s->count);
    sort left = {.base.run = sort_run, .first = s->first, .count = middle};
    sort right = {.base.run = sort_run, .first = s->first + middle, .count = s->count - middle};
    fork_task(w, &left.base);
    sort_run(w, &right.base);
    join_task(w, &left.base);
}

static bool show_sort(pool *p) {
    unsigned *numbers = malloc(NUMBERS * sizeof *numbers);
    bool sorted = numbers != NULL;
    unsigned random = 1;
    for (size_t i = 0; sorted && i < NUMBERS; i++)
        numbers[i] = random = random * 1664525u + 1013904223u;
    sort root = {.base.run = sort_run, .first = numbers, .count = NUMBERS};
    sorted = sorted && pool_run(p, &root.base);
    for (size_t i = 1; sorted && i < NUMBERS; i++)
        sorted = numbers[i - 1] <= numbers[i];
    free(numbers);
    printf("%d numbers are %s\n", NUMBERS, sorted ? "sorted" : "not sorted");
    return sorted;
}

/* -- word count ------------------------------------------------------------------------------- */

typedef struct count {
    task base;
    const char *text;
    size_t length;
    size_t
        before; /* characters that may be looked at before text: is its first one within a word? */
    uint64_t words;
} count;

static bool is_space(char c) {
    return isspace((unsigned char)c) != 0;
}

/* A word is counted where it begins. */
static uint64_t words_of(const char *text, size_t length, size_t before) {
    bool within = before > 0 && !is_space(text[-1]);
    uint64_t words = 0;
    for (size_t i = 0; i < length; i++) {
        const bool letter = !is_space(text[i]);
        words += letter && !within;
        within = letter;
    }
    return words;
}

/* Halves the text until it is small. */
static void count_run(worker *w, task *t) {
    count *const c = (count *)t;
    if (c->length <= CHUNK) {
        c->words = words_of(c->text, c->length, c->before);
        return;
    }
    const size_t half = c->length / 2;
    count left = {.base.run = count_run, .text = c->text, .length = half, .before = c->before};
    count right = {.base.run = count_run,
                   .text = c->text + half,
                   .length = c->length - half,
                   .before = c->before + half};
    fork_task(w, &left.base);
    count_run(w, &right.base);
    join_task(w, &left.base);
    c->words = left.words + right.words;
}

/* One file, or the names from first to last, halved. */
typedef struct files {
    task base;
    char **name;
    size_t number;
    uint64_t words;
    uint64_t unreadable;
} files;

static char *read_file(const char *name, size_t *length) {
    FILE *in = fopen(name, "rb");
    char *text = NULL;
    *length = 0;
    for (size_t room = 0, got = 1; in && got > 0; *length += got) {
        if (*length + CHUNK > room) {
            char *larger = realloc(text, room = 2 * room + CHUNK);
            if (!larger)
                break;
            text = larger;
        }
        got = fread(text + *length, 1, CHUNK, in);
    }
    if (in)
        fclose(in);
    return text;
}

static void files_run(worker *w, task *t) {
    files *const f = (files *)t;
    if (f->number == 1) {
        count whole = {.base.run = count_run};
        char *text = read_file(f->name[0], &whole.length);
        whole.text = text;
        if (text)
            count_run(w, &whole.base);
        f->words = whole.words;
        f->unreadable = text == NULL;
        free(text);
        return;
    }
    const size_t half = f->number / 2;
    files left = {.base.run = files_run, .name = f->name, .number = half};
    files right = {.base.run = files_run, .name = f->name + half, .number = f->number - half};
    fork_task(w, &left.base);
    files_run(w, &right.base);
    join_task(w, &left.base);
    f->words = left.words + right.words;
    f->unreadable = left.unreadable + right.unreadable;
}

static bool show_files(pool *p, char **name, size_t number) {
    files root = {.base.run = files_run, .name = name, .number = number};
    if (!pool_run(p, &root.base))
        return false;
    printf("%llu words in %zu files\n", (unsigned long long)root.words,
           number - (size_t)root.unreadable);
    return root.unreadable == 0;
}

static bool show_text(pool *p) {
    static const char line[] = "a weir is a low dam that regulates the flow of a river\n";
    enum { LINES = 10000, WORDS = 13 };
    const size_t length = LINES * (sizeof line - 1);
    char *text = malloc(length);
    if (!text)
        return false;
    for (size_t i = 0; i < length; i += sizeof line - 1)
        memcpy(text + i, line, sizeof line - 1);
    count root = {.base.run = count_run, .text = text, .length = length};
    const bool ran = pool_run(p, &root.base);
    free(text);
    printf("%llu words\n", (unsigned long long)root.words);
    return ran && root.words == (uint64_t)LINES * WORDS;
}

/* -- waking and sleeping ---------------------------------------------------------------------- */

/* Many small jobs, each of which finds the workers asleep or about to be: a lost wake-up hangs. */
static bool show_wakes(pool *p) {
    enum { JOBS = 2000 };
    unsigned right = 0;
    for (unsigned i = 0; i < JOBS; i++) {
        fib root = {.base.run = fib_run, .n = i % 8};
        if (pool_run(p, &root.base))
            right += root.result == (uint64_t[]){0, 1, 1, 2, 3, 5, 8, 13}[i % 8];
    }
    printf("%u small jobs\n", right);
    return right == JOBS;
}

/* Without work the pool uses no processor time. */
static bool show_idle(void) {
    const struct timespec while_idle = {0, 100000000};
    nanosleep(&while_idle, NULL);
    const clock_t before = clock();
    nanosleep(&while_idle, NULL);
    const double used = (double)(clock() - before) / CLOCKS_PER_SEC;
    printf("idle: %.0f %% of a processor\n", used * 1000);
    return used < 0.02;
}

int main(int argc, char **argv) {
    pool *p = pool_new(WORKERS);
    if (!p)
        return 1;
    bool right = show_fib(p);
    right = show_sort(p) && right;
    right = (argc > 1 ? show_files(p, argv + 1, (size_t)argc - 1) : show_text(p)) && right;
    right = show_wakes(p) && right;
    right = show_idle() && right;
    pool_delete(p);
    return right ? 0 : 1;
}
