/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * typed.c - the typed macros take a type whatever it is called, and pointers. A type that has the
 * name of a generated parameter must not become that parameter in sizeof.
 */
#include "support/check.h"

#include <weir/ring.h>
#include <weir/spsc.h>

typedef struct three {
    uint64_t a, b, c;
} three;

typedef three ring, queue, value, values, out, n, capacity, allocator;

#define EACH_NAME(use)                                                                             \
    use(ring) use(queue) use(value) use(values) use(out) use(n) use(capacity) use(allocator)
#define DEFINE(T) WEIR_RING(ring_of_##T, T) WEIR_SPSC(spsc_of_##T, T)
EACH_NAME(DEFINE)

WEIR_RING(ring_of_pointers, int *)
WEIR_SPSC(spsc_of_pointers, int *)

#define CARRIES(name, in)                                                                          \
    {                                                                                              \
        name carrier;                                                                              \
        three single = {0, 0, 0};                                                                  \
        three batch = {0, 0, 0};                                                                   \
        cr_assert_eq(name##_init(&carrier, 2), WEIR_OK);                                           \
        cr_assert(name##_try_push(&carrier, in) && name##_push_n(&carrier, &in, 1) == 1);          \
        cr_assert(name##_try_pop(&carrier, &single) && name##_pop_n(&carrier, &batch, 1) == 1);    \
        cr_assert(memcmp(&in, &single, sizeof in) == 0 && memcmp(&in, &batch, sizeof in) == 0,     \
                  #name);                                                                          \
        name##_destroy(&carrier);                                                                  \
    }
#define CARRY(T) CARRIES(ring_of_##T, in) CARRIES(spsc_of_##T, in)

Test(typed, a_type_may_have_any_name, .timeout = 10) {
    const three in = {1, 2, 3};
    EACH_NAME(CARRY)
}

#define CARRIES_POINTERS(name)                                                                     \
    {                                                                                              \
        name carrier;                                                                              \
        int *got[2] = {NULL, NULL};                                                                \
        cr_assert_eq(name##_init(&carrier, 2), WEIR_OK);                                           \
        cr_assert(name##_push_n(&carrier, in, 2) == 2 && name##_pop_n(&carrier, got, 2) == 2);     \
        cr_assert(got[0] == in[0] && got[1] == in[1], #name);                                      \
        name##_destroy(&carrier);                                                                  \
    }

Test(typed, pointers_go_in_batches) {
    int numbers[2] = {1, 2};
    int *in[2] = {&numbers[0], &numbers[1]};
    CARRIES_POINTERS(ring_of_pointers)
    CARRIES_POINTERS(spsc_of_pointers)
}
