/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.c - chan.h as both languages see it; see pair.h.
 */
#include <weir/chan.h>

#include "pair.h"

typedef struct point {
    double x;
    char name;
} point;

WEIR_CHAN(numbers, short)
WEIR_CHAN(points, point);

typedef struct shared {
    numbers small;
    points large;
} shared;

static const pair_fact PAIR(facts)[] = {
    PAIR_SIZE(numbers),
    PAIR_SIZE(points),
    PAIR_SIZE(weir_chan),
    PAIR_SIZE(weir_case),
    PAIR_OFFSET(weir_case, kind),
    PAIR_OFFSET(weir_case, object),
    PAIR_OFFSET(weir_case, value),
    PAIR_OFFSET(weir_case, status),
    PAIR_OFFSET(weir_case, detail),
    PAIR_OFFSET(weir_chan, slots),
    PAIR_OFFSET(weir_chan, mask),
    PAIR_OFFSET(weir_chan, lap),
    PAIR_OFFSET(weir_chan, gate),
    PAIR_OFFSET(weir_chan, capacity),
    PAIR_OFFSET(weir_chan, cell),
    PAIR_OFFSET(weir_chan, allocator),
    PAIR_OFFSET(weir_chan, nothing),
    PAIR_OFFSET(weir_chan, tail),
    PAIR_OFFSET(weir_chan, head),
    PAIR_OFFSET(weir_chan, receivers),
    PAIR_OFFSET(weir_chan, stripes),
    PAIR_OFFSET(weir_chan, senders),
    PAIR_OFFSET(weir_chan, receiving),
    PAIR_OFFSET(weir_chan, sending),
};

static int PAIR(disposed);

static void PAIR(dispose)(point *left) {
    PAIR(disposed) += left->name == 'z';
}

static bool PAIR(in_storage)(void) {
    static void *storage[64]; /* aligned for any channel of short */
    numbers ch;
    if (numbers_storage(3) > sizeof storage ||
        numbers_init_in(&ch, 3, storage, sizeof storage) != WEIR_OK)
        return false;
    numbers_destroy(&ch);
    return true;
}

static void *PAIR(make)(void) {
    static shared object;
    if (!PAIR(in_storage)() || numbers_init(&object.small, 4) != WEIR_OK)
        return NULL;
    if (points_init_with(&object.large, 3, NULL) != WEIR_OK) {
        numbers_destroy(&object.small);
        return NULL;
    }
    points_set_dispose(&object.large, PAIR(dispose));
    return &object;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    numbers_destroy(&object->small);
    points_destroy(&object->large);
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const short more[] = {4, 5};
    const short last = 6;
    size_t went = 9;
    const point p = {1.5, 'p'};
    const point z = {0, 'z'};
    const numbers_sender to = numbers_as_sender(&object->small);
    weir_case c = numbers_sender_case(to, &last);
    return numbers_send(&object->small, 1) == WEIR_OK &&
           numbers_try_send(&object->small, 2) == WEIR_OK &&
           numbers_send_until(&object->small, 3, WEIR_NOW) == WEIR_OK &&
           numbers_send_n_until(&object->small, more, 2, &went, WEIR_NOW) == WEIR_TIMEOUT &&
           went == 1 && numbers_try_send_n(&object->small, more, 2, &went) == WEIR_AGAIN &&
           numbers_send_n(&object->small, more, 0, NULL) == WEIR_OK && c.kind &&
           !c.kind->attempt(&c) && numbers_sender_send_until(to, 1, WEIR_NOW) == WEIR_TIMEOUT &&
           numbers_sender_try_send(to, 1) == WEIR_AGAIN && numbers_len(&object->small) == 4 &&
           points_send(&object->large, p) == WEIR_OK && points_send(&object->large, z) == WEIR_OK &&
           points_sender_close(points_as_sender(&object->large)) == WEIR_OK &&
           points_close(&object->large) == WEIR_CLOSED &&
           points_sender_send(points_as_sender(&object->large), p) == WEIR_CLOSED;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    short one = 0;
    short rest[] = {0, 0, 0};
    size_t came = 9;
    point p = {0, 0};
    const numbers_receiver from = numbers_as_receiver(&object->small);
    weir_case c = numbers_receiver_case(from, &one);
    return numbers_recv(&object->small, &one) == WEIR_OK && one == 1 &&
           numbers_try_recv(&object->small, &one) == WEIR_OK && one == 2 &&
           numbers_receiver_recv_until(from, &one, WEIR_NOW) == WEIR_OK && one == 3 &&
           numbers_recv_n(&object->small, rest, 3, &came) == WEIR_OK && came == 1 && rest[0] == 4 &&
           numbers_try_recv_n(&object->small, rest, 3, &came) == WEIR_AGAIN &&
           numbers_recv_n_until(&object->small, rest, 3, NULL, WEIR_NOW) == WEIR_TIMEOUT &&
           numbers_recv_until(&object->small, &one, WEIR_NOW) == WEIR_TIMEOUT &&
           numbers_receiver_try_recv(from, &one) == WEIR_AGAIN && c.kind && !c.kind->attempt(&c) &&
           numbers_capacity(&object->small) == 4 && !numbers_closed(&object->small) &&
           points_receiver_recv(points_as_receiver(&object->large), &p) == WEIR_OK && p.x > 1 &&
           points_case_recv(&object->large, &p).object == &object->large.raw &&
           points_case_send(&object->large, &p).object == &object->large.raw &&
           points_closed(&object->large);
}

PAIR_SIDE
