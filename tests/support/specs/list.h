/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * list.h - the states of the specifications: a list of words behind its length.
 *
 * Where elements go in and out: right is where a queue and a deque's owner push. Taking from an
 * empty list is the caller's mistake.
 */
#ifndef WEIR_TESTS_SPECS_LIST_H
#define WEIR_TESTS_SPECS_LIST_H

#include "../linearize.h"

#include <string.h>

static inline void list_push_right(linearize_state *list, uint64_t value) {
    list[++list[0]] = value;
}

static inline uint64_t list_pop_right(linearize_state *list) {
    return list[list[0]--];
}

static inline void list_remove(linearize_state *list, size_t index) {
    memmove(list + 1 + index, list + 2 + index, (linearize_words(list) - index - 2) * sizeof *list);
    list[0]--;
}

static inline uint64_t list_pop_left(linearize_state *list) {
    uint64_t value = list[1];
    list_remove(list, 0);
    return value;
}

/* For sets, kept ascending so that equal sets are equal lists: where value is or would be. */
static inline size_t list_find(const linearize_state *list, uint64_t value) {
    size_t index = 0;
    while (index < list[0] && list[1 + index] < value)
        index++;
    return index;
}

static inline bool list_has(const linearize_state *list, size_t index, uint64_t value) {
    return index < list[0] && list[1 + index] == value;
}

static inline void list_insert(linearize_state *list, size_t index, uint64_t value) {
    memmove(list + 2 + index, list + 1 + index, (linearize_words(list) - index - 1) * sizeof *list);
    list[1 + index] = value;
    list[0]++;
}

#endif
