/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.c - the mutex under more threads than there are cores: nobody is in with another, nobody is
 * left behind, with deadlines, tries and short and long critical sections mixed.
 *
 * WEIR_STRESS=N in the environment multiplies the number of passes.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/mutex.h>

#include <sched.h>

enum { PASSES = 60000 };

typedef struct arena {
    weir_mutex mutex;
    uint64_t guarded[3]; /* plain, and always equal */
    uint64_t torn;
    unsigned threads;
    unsigned passes; /* of each thread */
    WEIR_I_ATOMIC(uint64_t) timeouts;
} arena;

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void pass(arena *a, bool yields) {
    if (a->guarded[0] != a->guarded[1] || a->guarded[1] != a->guarded[2])
        a->torn++;
    a->guarded[0]++;
    if (yields)
        sched_yield();
    a->guarded[1]++;
    a->guarded[2]++;
    weir_mutex_unlock(&a->mutex);
}

static void run(unsigned me, void *shared) {
    arena *a = (arena *)shared;
    for (unsigned i = 0; i < a->passes;) {
        bool in = true;
        switch ((me + i) % 4) {
        case 0: in = weir_mutex_try_lock(&a->mutex); break;
        case 1:
            in = weir_mutex_lock_until(&a->mutex, weir_in((int64_t)i % 64 * 1000)) == WEIR_OK;
            break;
        default: weir_mutex_lock(&a->mutex);
        }
        if (in) {
            pass(a, i % 256 == me);
            i++;
        } else {
            weir_i_fetch_add(&a->timeouts, 1, relaxed);
            sched_yield();
        }
    }
}

static void arena_of(unsigned threads) {
    static arena a;
    memset(&a, 0, sizeof a);
    a.threads = threads;
    a.passes = PASSES * times() / threads;
    cr_assert(threads_run(threads, run, &a));
    cr_assert_eq(a.torn, 0);
    cr_assert_eq(a.guarded[0], (uint64_t)a.passes * threads);
    cr_assert_eq(weir_i_load(&a.mutex.word, relaxed), 0);
}

Test(mutex_stress, two_threads, .timeout = 300) {
    arena_of(2);
}

Test(mutex_stress, eight_threads, .timeout = 300) {
    arena_of(8);
}

Test(mutex_stress, sixty_four_threads, .timeout = 300) {
    arena_of(64);
}

/* Whoever gets it last frees it, at once. */
typedef struct page {
    weir_mutex mutex;
    unsigned users;
} page;

typedef struct book {
    page *pages[2000];
    unsigned count;
} book;

static void read_book(unsigned me, void *shared) {
    book *b = (book *)shared;
    (void)me;
    for (unsigned i = 0; i < b->count; i++) {
        page *p = b->pages[i];
        weir_mutex_lock(&p->mutex);
        const bool last = --p->users == 0;
        weir_mutex_unlock(&p->mutex);
        if (last)
            free(p);
    }
}

Test(mutex_stress, freed_by_its_last_owner, .timeout = 300) {
    static book b;
    for (unsigned round = 0; round < 4 * times(); round++) {
        b.count = sizeof b.pages / sizeof b.pages[0];
        for (unsigned i = 0; i < b.count; i++) {
            b.pages[i] = (page *)calloc(1, sizeof *b.pages[i]);
            cr_assert_not_null(b.pages[i]);
            b.pages[i]->users = 4;
        }
        cr_assert(threads_run(4, read_book, &b));
    }
}
