/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * rings.h - both rings, filled and drained; after bounded.h.
 */
static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    const short more[] = {2, 3, 4};
    const point p = {1.5, 'p'};
    return numbers_try_push(&object->small, 1) && numbers_push_n(&object->small, more, 3) == 2 &&
           !numbers_try_push(&object->small, 5) && numbers_len(&object->small) == 3 &&
           points_push_n(&object->large, &p, 1) == 1 && points_try_push(&object->large, p) &&
           points_len(&object->large) == 2;
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    short one = 0;
    short rest[] = {0, 0, 0};
    point p = {0, 0};
    point q = {0, 0};
    return numbers_try_pop(&object->small, &one) && one == 1 &&
           numbers_pop_n(&object->small, rest, 3) == 2 && rest[0] == 2 && rest[1] == 3 &&
           !numbers_try_pop(&object->small, &one) && numbers_capacity(&object->small) == 3 &&
           points_pop_n(&object->large, &p, 1) == 1 && points_try_pop(&object->large, &q) &&
           p.x > 1 && p.name == 'p' && q.x > 1 && q.name == 'p' &&
           points_capacity(&object->large) == 3;
}
