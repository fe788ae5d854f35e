/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * check_plain.h - check.h without Criterion: tests register themselves, main runs them in turn.
 *
 * A test that expects a signal runs in a child. A failed assert ends the program, after saying
 * where; so does a test that outlives its timeout. `test [filter]` runs what contains the filter;
 * the last line counts: `N passed, N failed`.
 */
#ifndef WEIR_TESTS_CHECK_PLAIN_H
#define WEIR_TESTS_CHECK_PLAIN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct check_test {
    const char *name;
    void (*body)(void);
    double timeout; /* seconds */
    int signal;     /* how the test must end, 0: by returning */
    bool disabled;
    int sentinel_;
    struct check_test *next;
} check_test;

extern check_test *check_first, **check_end;
void check_fail(const char *file, int line, const char *what, const char *format, ...)
    __attribute__((noreturn));

#define Test(...) CHECK_TEST(__VA_ARGS__, .sentinel_ = 0)
#define CHECK_TEST(suite, id, ...)                                                                 \
    static void suite##_##id##_body(void);                                                         \
    __attribute__((constructor)) static void suite##_##id##_register(void) {                       \
        static check_test test = {                                                                 \
            .name = #suite "/" #id, .body = suite##_##id##_body, __VA_ARGS__};                     \
        *check_end = &test;                                                                        \
        check_end = &test.next;                                                                    \
    }                                                                                              \
    static void suite##_##id##_body(void)

/* Each takes a message after its operands, or none: an empty one is put behind. */
#define cr_assert(...) CHECK_TRUE(__VA_ARGS__, "")
#define cr_assert_not(...) CHECK_FALSE(__VA_ARGS__, "")
#define cr_assert_null(...) CHECK_COMPARE(==, NULL, __VA_ARGS__, "")
#define cr_assert_not_null(...) CHECK_COMPARE(!=, NULL, __VA_ARGS__, "")
#define cr_assert_eq(...) CHECK_COMPARE(==, __VA_ARGS__, "")
#define cr_assert_neq(...) CHECK_COMPARE(!=, __VA_ARGS__, "")
#define cr_assert_lt(...) CHECK_COMPARE(<, __VA_ARGS__, "")
#define cr_assert_leq(...) CHECK_COMPARE(<=, __VA_ARGS__, "")
#define cr_assert_gt(...) CHECK_COMPARE(>, __VA_ARGS__, "")
#define cr_assert_geq(...) CHECK_COMPARE(>=, __VA_ARGS__, "")
#define cr_assert_str_eq(...) CHECK_TEXT(__VA_ARGS__, "")

#define CHECK_OR_FAIL(condition, text, ...)                                                        \
    ((condition) ? (void)0 : check_fail(__FILE__, __LINE__, text, __VA_ARGS__))
#define CHECK_TRUE(condition, ...) CHECK_OR_FAIL(condition, #condition, __VA_ARGS__)
#define CHECK_FALSE(condition, ...) CHECK_OR_FAIL(!(condition), "not " #condition, __VA_ARGS__)
#define CHECK_COMPARE(is, a, b, ...) CHECK_OR_FAIL((a)is(b), #a " " #is " " #b, __VA_ARGS__)
#define CHECK_TEXT(a, b, ...) CHECK_OR_FAIL(strcmp((a), (b)) == 0, #a " equals " #b, __VA_ARGS__)

#endif
