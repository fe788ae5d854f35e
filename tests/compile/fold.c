/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fold.c - fold_OBJECT_VERB_SIZE for each operation whose machine code ci/asm inspects.
 */
#include <weir/chan.h>
#include <weir/event.h>
#include <weir/lfring.h>
#include <weir/once.h>
#include <weir/pool.h>
#include <weir/queue.h>
#include <weir/ring.h>
#include <weir/spsc.h>
#include <weir/wait_group.h>

typedef uint64_t word;
typedef struct triple {
    uint64_t words[3];
} triple;

WEIR_LFRING(lfring_8, word)
WEIR_LFRING(lfring_24, triple)
WEIR_RING(ring_8, word)
WEIR_RING(ring_24, triple)
WEIR_SPSC(spsc_8, word)
WEIR_SPSC(spsc_24, triple)

#define FOLD(object, size, T)                                                                      \
    bool fold_##object##_push_##size(object##_##size *queue, const T *element);                    \
    bool fold_##object##_pop_##size(object##_##size *queue, T *element);                           \
    bool fold_##object##_push_##size(object##_##size *queue, const T *element) {                   \
        return object##_##size##_try_push(queue, *element);                                        \
    }                                                                                              \
    bool fold_##object##_pop_##size(object##_##size *queue, T *element) {                          \
        return object##_##size##_try_pop(queue, element);                                          \
    }

FOLD(lfring, 8, word)
FOLD(lfring, 24, triple)
FOLD(ring, 8, word)
FOLD(ring, 24, triple)
FOLD(spsc, 8, word)
FOLD(spsc, 24, triple)

WEIR_CHAN(chan_8, word)
WEIR_CHAN(chan_24, triple)

/* Sends and receives that wait: while they need not, they are what try_send and try_recv are. */
#define FOLD_CHAN(size, T)                                                                         \
    weir_status fold_chan_send_##size(chan_##size *ch, const T *message);                          \
    weir_status fold_chan_recv_##size(chan_##size *ch, T *message);                                \
    weir_status fold_chan_send_##size(chan_##size *ch, const T *message) {                         \
        return chan_##size##_send(ch, *message);                                                   \
    }                                                                                              \
    weir_status fold_chan_recv_##size(chan_##size *ch, T *message) {                               \
        return chan_##size##_recv(ch, message);                                                    \
    }

FOLD_CHAN(8, word)
FOLD_CHAN(24, triple)

#define FOLD_QUEUE(size, T)                                                                        \
    WEIR_QUEUE(queue_##size, T)                                                                    \
    bool fold_queue_push_##size(queue_##size *queue, const T *element);                            \
    bool fold_queue_pop_##size(queue_##size *queue, T *element);                                   \
    bool fold_queue_push_##size(queue_##size *queue, const T *element) {                           \
        return queue_##size##_push(queue, *element) == WEIR_OK;                                    \
    }                                                                                              \
    bool fold_queue_pop_##size(queue_##size *queue, T *element) {                                  \
        return queue_##size##_try_pop(queue, element);                                             \
    }

FOLD_QUEUE(8, word)
FOLD_QUEUE(24, triple)

WEIR_POOL(pool_24, triple)
triple *fold_pool_get(pool_24 *pool);
void fold_pool_put(pool_24 *pool, triple *object);
triple *fold_pool_get(pool_24 *pool) {
    return pool_24_get(pool);
}
void fold_pool_put(pool_24 *pool, triple *object) {
    pool_24_put(pool, object);
}

/* The fast path of once is a load and a branch, of the others one locked instruction each. */
void fold_once_do(weir_once *once, void (*f)(void *), void *arg);
void fold_once_do(weir_once *once, void (*f)(void *), void *arg) {
    weir_once_do(once, f, arg);
}

bool fold_once_done(const weir_once *once);
bool fold_once_done(const weir_once *once) {
    return weir_once_done(once);
}

void fold_count_up(weir_wait_group *group);
void fold_count_up(weir_wait_group *group) {
    weir_wait_group_add(group, 1);
}

void fold_count_done(weir_wait_group *group);
void fold_count_done(weir_wait_group *group) {
    weir_wait_group_done(group);
}

void fold_look_wait(weir_wait_group *group);
void fold_look_wait(weir_wait_group *group) {
    weir_wait_group_wait(group);
}

void fold_event_set(weir_event *event);
void fold_event_set(weir_event *event) {
    weir_event_set(event);
}

void fold_event_reset(weir_event *event);
void fold_event_reset(weir_event *event) {
    weir_event_reset(event);
}
