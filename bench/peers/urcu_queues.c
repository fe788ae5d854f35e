/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * liburcu's stack and queue, with nodes from malloc. The stack's pops are lock-free under RCU,
 * which frees the nodes; the queue's pushes are wait-free, its pops take a lock and free at once.
 */
#define _LGPL_SOURCE
#include "../harness/queue_loops.h"

#include <stdlib.h>
#include <urcu/lfstack.h>
#include <urcu/urcu-memb.h>
#include <urcu/wfcqueue.h>

static void start(void) {
    static __thread bool started;
    if (!started)
        urcu_memb_register_thread();
    started = true;
}

/* -- lfstack ---------------------------------------------------------------------------------- */

typedef struct layer {
    struct cds_lfs_node link; /* first */
    struct rcu_head rcu;
    uint64_t value;
} layer;

static void *stack_create(size_t unused) {
    struct cds_lfs_stack *made = aligned_alloc(128, (sizeof *made + 127) / 128 * 128);
    (void)unused;
    if (!made)
        abort();
    cds_lfs_init(made);
    return made;
}

static void stack_destroy(void *object) {
    urcu_memb_barrier();
    cds_lfs_destroy(object);
    free(object);
}

static void layer_free(struct rcu_head *head) {
    free(caa_container_of(head, layer, rcu));
}

BENCH_FAST bool stack_put(void *object, const void *item) {
    layer *made = malloc(sizeof *made);
    if (!made)
        return false;
    cds_lfs_node_init(&made->link);
    made->value = *(const uint64_t *)item;
    cds_lfs_push((struct cds_lfs_stack *)object, &made->link);
    return true;
}

BENCH_FAST bool stack_take(void *object, void *item) {
    start();
    urcu_memb_read_lock();
    layer *taken = (layer *)__cds_lfs_pop((struct cds_lfs_stack *)object);
    urcu_memb_read_unlock();
    if (!taken)
        return false;
    *(uint64_t *)item = taken->value;
    urcu_memb_call_rcu(&taken->rcu, layer_free);
    return true;
}

BENCH_QUEUE_LOOPS(stack, 8)

/* -- wfcqueue --------------------------------------------------------------------------------- */

typedef struct entry {
    struct cds_wfcq_node link; /* first */
    uint64_t value;
} entry;

typedef struct queue {
    __attribute__((aligned(128))) struct cds_wfcq_head head;
    __attribute__((aligned(128))) struct cds_wfcq_tail tail;
} queue;

static void *queue_create(size_t unused) {
    queue *made = aligned_alloc(128, sizeof *made);
    (void)unused;
    if (!made)
        abort();
    cds_wfcq_init(&made->head, &made->tail);
    return made;
}

static void queue_destroy(void *object) {
    queue *q = object;
    cds_wfcq_destroy(&q->head, &q->tail);
    free(q);
}

BENCH_FAST bool queue_put(void *object, const void *item) {
    queue *q = object;
    entry *made = malloc(sizeof *made);
    if (!made)
        return false;
    cds_wfcq_node_init(&made->link);
    made->value = *(const uint64_t *)item;
    cds_wfcq_enqueue(&q->head, &q->tail, &made->link);
    return true;
}

BENCH_FAST bool queue_take(void *object, void *item) {
    queue *q = object;
    if (cds_wfcq_empty(&q->head, &q->tail))
        return false;
    entry *taken = (entry *)cds_wfcq_dequeue_blocking(&q->head, &q->tail);
    if (!taken)
        return false;
    *(uint64_t *)item = taken->value;
    free(taken);
    return true;
}

BENCH_QUEUE_LOOPS(queue, 8)

const bench_subject bench_peer_urcu_queues[] = {
    {"stack",
     "urcu lfstack",
     "RCU: no bound",
     8,
     0,
     stack_create,
     stack_destroy,
     {BENCH_QUEUE_ROLES(stack)}},
    {"queue",
     "urcu wfcqueue",
     "pops take a lock",
     8,
     0,
     queue_create,
     queue_destroy,
     {BENCH_QUEUE_ROLES(queue)}},
    {NULL},
};
