/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * check.h - the front of every test: Criterion, or the same spelling without it.
 *
 * Do this:
 *   Test(ring, is_empty_after_init, .timeout = 5) { cr_assert_eq(numbers_len(&n), 0); }
 *   Test(ring, panics, .signal = SIGABRT) { misuse(); }
 *
 * With WEIR_CHECK_PLAIN defined a small main of our own runs the tests (check_plain.h): Criterion
 * cannot start under ThreadSanitizer, and cross builds lack it. That main knows what our tests use:
 * Test with .timeout, .signal and .disabled; cr_assert, cr_assert_not, cr_assert_eq/neq/lt/leq/gt/
 * geq, cr_assert_null/not_null, cr_assert_str_eq.
 *
 * Two rules. Asserts belong to the main thread: workers record, main asserts after the join
 * (Criterion leaves a failed test by longjmp). And a leak fails the test that leaked: Criterion
 * alone would report it after the test had passed, so the check runs inside.
 */
#ifndef WEIR_TESTS_CHECK_H
#define WEIR_TESTS_CHECK_H

#include <signal.h>

#ifdef WEIR_CHECK_PLAIN
#include "check_plain.h"
#else
#include <criterion/criterion.h>

__attribute__((weak)) int __lsan_do_recoverable_leak_check(void); /* of the sanitizer, if linked */

static inline void check_leaks(void) {
    if (__lsan_do_recoverable_leak_check)
        cr_assert_eq(__lsan_do_recoverable_leak_check(), 0, "the test leaked memory");
}

#undef Test
#define Test(...) CHECK_TEST(__VA_ARGS__, .sentinel_ = 0)
#define CHECK_TEST(suite, name, ...)                                                               \
    static void suite##_##name##_body(void);                                                       \
    CR_EXPAND(CR_TEST_BASE(suite, name, __VA_ARGS__)) {                                            \
        suite##_##name##_body();                                                                   \
        check_leaks();                                                                             \
    }                                                                                              \
    static void suite##_##name##_body(void)
#endif

#endif
