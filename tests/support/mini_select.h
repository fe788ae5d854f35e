/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mini_select.h - the shortest select that keeps the contract of weir_selectable (wait.h): what an
 * object offers to selects is tested by it, without the one that users get.
 */
#ifndef WEIR_TESTS_MINI_SELECT_H
#define WEIR_TESTS_MINI_SELECT_H

#include <weir/wait.h>

enum { MINI_SELECT_MOST = 4 };

typedef struct mini_select {
    weir_case *cases;
    unsigned n;
    weir_wait_list *lists[MINI_SELECT_MOST]; /* by address, each once */
    unsigned list_count;
    weir_waiter waiter;
    weir_wait_node nodes[MINI_SELECT_MOST];
} mini_select;

static inline void mini_select_lists(mini_select *s) {
    s->list_count = 0;
    for (unsigned i = 0; i < s->n; i++) {
        weir_wait_list *list = s->cases[i].kind->list(&s->cases[i]);
        unsigned at = s->list_count;
        while (at > 0 && (uintptr_t)s->lists[at - 1] > (uintptr_t)list)
            at--;
        if (at > 0 && s->lists[at - 1] == list)
            continue;
        for (unsigned j = s->list_count++; j > at; j--)
            s->lists[j] = s->lists[j - 1];
        s->lists[at] = list;
    }
}

static inline void mini_select_lock(mini_select *s) {
    for (unsigned i = 0; i < s->list_count; i++)
        weir_wait_list_lock(s->lists[i]);
}

static inline void mini_select_unlock(mini_select *s) {
    for (unsigned i = 0; i < s->list_count; i++)
        weir_wait_list_unlock(s->lists[i]);
}

static inline int mini_select_attempt(mini_select *s) {
    for (unsigned i = 0; i < s->n; i++)
        if (s->cases[i].kind->attempt(&s->cases[i]))
            return (int)i;
    return -1;
}

static inline bool mini_select_ready(mini_select *s) {
    uint64_t stamp;
    for (unsigned i = 0; i < s->n; i++)
        if (s->cases[i].kind->ready(&s->cases[i], &stamp))
            return true;
    return false;
}

static inline void mini_select_enter(mini_select *s) {
    weir_waiter_init(&s->waiter);
    for (unsigned i = 0; i < s->n; i++)
        weir_wait_node_init(&s->nodes[i], &s->waiter);
    mini_select_lock(s);
    for (unsigned i = 0; i < s->n; i++)
        s->cases[i].kind->enter(&s->cases[i], &s->nodes[i]);
    mini_select_unlock(s);
    weir_wait_fence();
}

/* Leaves all but the case that won, whose object may be gone. */
static inline void mini_select_leave(mini_select *s) {
    for (unsigned i = 0; i < s->n; i++) {
        if (s->nodes[i].won)
            continue;
        weir_wait_list *list = s->cases[i].kind->list(&s->cases[i]);
        weir_wait_list_lock(list);
        s->cases[i].kind->leave(&s->cases[i], &s->nodes[i]);
        weir_wait_list_unlock(list);
        if (s->cases[i].kind->left)
            s->cases[i].kind->left(&s->cases[i], &s->nodes[i]);
    }
}

/* The index of the case that was done, or -1: time is up. The cases' objects grant what they claim
 * for, so there is nothing to pass. */
static inline int mini_select_until(weir_case *cases, unsigned n, weir_time deadline) {
    mini_select s = {.cases = cases, .n = n};
    weir_wait_habit habit = {0, 0};
    mini_select_lists(&s);
    for (;;) {
        const int now = mini_select_attempt(&s);
        if (now >= 0)
            return now;
        mini_select_enter(&s);
        const bool again = mini_select_ready(&s) && weir_waiter_cancel(&s.waiter);
        const weir_status status =
            again ? WEIR_TIMEOUT : weir_waiter_await(&s.waiter, &habit, deadline);
        mini_select_leave(&s);
        for (unsigned i = 0; i < n && status == WEIR_OK; i++)
            if (s.nodes[i].won && cases[i].kind->collect(&cases[i], &s.nodes[i]))
                return (int)i;
        if (!again && status != WEIR_OK)
            return -1;
    }
}

#endif
