/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * base.c - the small headers of layer 0: status, panic, clock, alloc, copy, config.
 */
#include <stdint.h>
static int64_t pretended_now;
#define WEIR_CLOCK() pretended_now
#include "support/check.h"
#include "support/faulty_allocator.h"

#include <weir/base/atomic.h>
#include <weir/base/clock.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/panic.h>
#include <weir/base/status.h>

Test(status, each_has_its_name) {
    static const char *const names[] = {"WEIR_OK",      "WEIR_AGAIN",    "WEIR_BUSY",
                                        "WEIR_TIMEOUT", "WEIR_CANCELED", "WEIR_CLOSED",
                                        "WEIR_NOMEM",   "WEIR_INVALID"};
    for (int i = 0; i < 8; i++)
        cr_assert_str_eq(weir_status_name((weir_status)i), names[i]);
    cr_assert_str_eq(weir_status_name((weir_status)99), "WEIR_UNKNOWN");
    cr_assert_eq(WEIR_OK, 0);
}

Test(panic, prints_and_aborts, .signal = SIGABRT) {
    WEIR_PANIC("the text");
}

Test(clock, deadlines_saturate) {
    pretended_now = 100;
    cr_assert_eq(weir_now(), 100);
    cr_assert_eq(weir_in(50), 150);
    cr_assert_eq(weir_in(-50), 50);
    cr_assert_eq(weir_in(WEIR_FOREVER), WEIR_FOREVER);
    cr_assert_eq(weir_in(INT64_MAX - 100), INT64_MAX);
    pretended_now = -100;
    cr_assert_eq(weir_in(INT64_MIN), WEIR_NOW);
    cr_assert_lt(WEIR_NOW, weir_now());
}

Test(alloc, default_aligns_and_refuses_the_impossible) {
    const weir_allocator memory = weir_i_allocator(NULL);
    for (size_t align = 1; align <= 4096; align *= 2) {
        void *p = memory.alloc(3 * align + 1, align, memory.ctx);
        cr_assert_not_null(p);
        cr_assert_eq((uintptr_t)p % align, 0);
        memory.free(p, 3 * align + 1, memory.ctx);
    }
    cr_assert_null(memory.alloc(SIZE_MAX, 64, memory.ctx));
}

Test(alloc, products_that_no_object_can_have_are_refused) {
    size_t product = 0;
    cr_assert(weir_i_size_multiply(1000, 1000, &product));
    cr_assert_eq(product, 1000000);
    cr_assert_not(weir_i_size_multiply(SIZE_MAX, 2, &product));
    cr_assert_not(weir_i_size_multiply(PTRDIFF_MAX, 2, &product));
    cr_assert(weir_i_size_multiply(PTRDIFF_MAX, 1, &product));
}

Test(copy, moves_any_number_of_bytes) {
    for (size_t size = 0; size <= 40; size++) {
        unsigned char from[40];
        unsigned char to[41];
        memset(to, 0xee, sizeof to);
        for (size_t i = 0; i < sizeof from; i++)
            from[i] = (unsigned char)i;
        weir_i_copy(to, from, size);
        cr_assert_eq(memcmp(to, from, size), 0);
        cr_assert_eq(to[size], 0xee);
    }
}

Test(atomic, verbs_do_what_they_say) {
    WEIR_I_ATOMIC(uint32_t) x = 1;
    uint32_t expected = 7;
    cr_assert_eq(weir_i_exchange(&x, 5, acq_rel), 1);
    cr_assert_not(weir_i_compare_exchange_strong(&x, &expected, 9, acq_rel, acquire));
    cr_assert_eq(expected, 5);
    cr_assert(weir_i_compare_exchange_strong(&x, &expected, 12, seq_cst, relaxed));
    while (!weir_i_compare_exchange_weak(&x, &expected, 12, release, relaxed))
        weir_i_relax();
    cr_assert_eq(weir_i_fetch_add(&x, 3, relaxed), 12);
    cr_assert_eq(weir_i_fetch_sub(&x, 1, relaxed), 15);
    cr_assert_eq(weir_i_fetch_and(&x, 12, relaxed), 14);
    cr_assert_eq(weir_i_fetch_or(&x, 3, relaxed), 12);
    cr_assert_eq(weir_i_fetch_xor(&x, 1, relaxed), 15);
    cr_assert_eq(weir_i_load(&x, acquire), 14);
    weir_i_store(&x, 0, release);
    cr_assert_eq(weir_i_load(&x, seq_cst), 0);
}
