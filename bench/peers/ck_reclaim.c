/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Concurrency Kit's hazard pointers and epochs; and its stack with nodes from malloc, which its
 * epochs free. */
#include "../harness/reclaim_loops.h"

#include <ck_epoch.h>
#include <ck_hp.h>
#include <ck_stack.h>
#include <stdlib.h>

typedef struct item {
    uint64_t value;
    ck_hp_hazard_t hazard;
} item;

typedef struct place {
    item *source;
} place;

static ck_hp_t hp;
static ck_epoch_t epoch;
static __thread ck_hp_record_t *hp_record;
static __thread ck_epoch_record_t *epoch_record;

static void hp_start(void) {
    static void *slots[64];
    static unsigned used;
    if (hp_record)
        return;
    hp_record = aligned_alloc(128, (sizeof *hp_record + 127) / 128 * 128);
    ck_hp_register(&hp, hp_record, &slots[__atomic_fetch_add(&used, 1, __ATOMIC_RELAXED)]);
}

static void epoch_start(void) {
    if (epoch_record)
        return;
    epoch_record = aligned_alloc(128, (sizeof *epoch_record + 127) / 128 * 128);
    ck_epoch_register(&epoch, epoch_record, NULL);
}

static void *create(size_t unused) {
    static bool started;
    place *p = malloc(sizeof *p);
    (void)unused;
    if (!started) {
        ck_hp_init(&hp, 1, 128, free);
        ck_epoch_init(&epoch);
        started = true;
    }
    p->source = malloc(sizeof *p->source);
    p->source->value = 1;
    return p;
}

static void destroy(void *object) {
    place *p = object;
    free(p->source);
    free(p);
}

BENCH_FAST uint64_t hp_read(void *object) {
    place *p = object;
    item *i;
    do {
        i = ck_pr_load_ptr(&p->source);
        ck_hp_set_fence(hp_record, 0, i);
    } while (i != ck_pr_load_ptr(&p->source));
    return i->value;
}

static void hp_protect(bench_turn *turn) {
    uint64_t sum = 0;
    hp_start();
    for (uint64_t left = turn->limit; left > 0; left--)
        sum += hp_read(turn->object);
    __asm__ volatile("" ::"r"(sum));
    ck_hp_set(hp_record, 0, NULL);
    turn->done += turn->limit;
}

static void epoch_protect(bench_turn *turn) {
    place *p = turn->object;
    uint64_t sum = 0;
    epoch_start();
    for (uint64_t left = turn->limit; left > 0; left--) {
        ck_epoch_begin(epoch_record, NULL);
        sum += ((item *)ck_pr_load_ptr(&p->source))->value;
        ck_epoch_end(epoch_record, NULL);
    }
    __asm__ volatile("" ::"r"(sum));
    turn->done += turn->limit;
}

BENCH_FAST void hp_give_up(void *object, void *node) {
    (void)object;
    ck_hp_free(hp_record, &((item *)node)->hazard, node, node);
}
BENCH_RETIRE_LOOP(hp_started, hp_give_up)

static void hp_retire(bench_turn *turn) {
    hp_start();
    hp_started_retire(turn);
}

static void epoch_free(ck_epoch_entry_t *entry) {
    free(entry);
}

/* As its own benchmarks do: a poll for every 64 calls. */
BENCH_FAST void epoch_give_up(void *object, void *node) {
    static __thread unsigned calls;
    (void)object;
    ck_epoch_call(epoch_record, node, epoch_free);
    if (++calls % 64 == 0)
        ck_epoch_poll(epoch_record);
}
BENCH_RETIRE_LOOP(epoch_started, epoch_give_up)

static void epoch_retire(bench_turn *turn) {
    epoch_start();
    epoch_started_retire(turn);
}

/* -- the stack -------------------------------------------------------------------------------- */

typedef struct node {
    ck_epoch_entry_t entry; /* first */
    ck_stack_entry_t link;
    uint64_t value;
} node;
CK_STACK_CONTAINER(node, link, node_of)

static void *stack_create(size_t unused) {
    ck_stack_t *stack = aligned_alloc(128, 128);
    free(create(unused)); /* starts the epochs */
    ck_stack_init(stack);
    return stack;
}

BENCH_FAST bool stack_put(void *object, const void *item) {
    node *n = malloc(sizeof *n);
    if (!n)
        return false;
    n->value = *(const uint64_t *)item;
    ck_stack_push_upmc(object, &n->link);
    return true;
}

BENCH_FAST bool stack_take(void *object, void *item) {
    epoch_start();
    ck_epoch_begin(epoch_record, NULL);
    ck_stack_entry_t *link = ck_stack_pop_upmc(object);
    ck_epoch_end(epoch_record, NULL);
    if (!link)
        return false;
    node *n = node_of(link);
    *(uint64_t *)item = n->value;
    epoch_give_up(NULL, n);
    return true;
}

BENCH_QUEUE_LOOPS(stack, 8)

const bench_subject bench_peer_ck_reclaim[] = {
    BENCH_RECLAIM_SUBJECT("protect", "ck_hp", NULL, 0, create, destroy, hp_protect),
    BENCH_RECLAIM_SUBJECT("protect", "ck_epoch", "an epoch for each read", 0, create, destroy,
                          epoch_protect),
    BENCH_RECLAIM_SUBJECT("retire", "ck_hp", NULL, 0, create, destroy, hp_retire),
    BENCH_RECLAIM_SUBJECT("retire", "ck_epoch", "no bound", 0, create, destroy, epoch_retire),
    {"stack", "ck_stack", "epochs: no bound", 8, 0, stack_create, free, {BENCH_QUEUE_ROLES(stack)}},
    {NULL},
};
