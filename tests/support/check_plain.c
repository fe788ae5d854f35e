/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * check_plain.c - the main of check_plain.h. Empty where Criterion brings its own.
 */
#ifdef WEIR_CHECK_PLAIN
#define _GNU_SOURCE
#include "check_plain.h"

#include <stdarg.h>

check_test *check_first, **check_end = &check_first;

static const check_test *running;

void check_fail(const char *file, int line, const char *what, const char *format, ...) {
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "%s:%d: %s: failed: %s ", file, line, running->name, what);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    _exit(1);
}

static void too_late(int signal) {
    static const char text[] = ": the test outlived its timeout\n";
    (void)signal;
    (void)!write(2, running->name, strlen(running->name));
    (void)!write(2, text, sizeof text - 1);
    _exit(1);
}

static void run_body(const check_test *test) {
    running = test;
    alarm(test->timeout > 0 ? (unsigned)test->timeout + 1 : 120);
    test->body();
    alarm(0);
}

/* In a child, which must die of the signal. */
static bool dies_of_signal(const check_test *test) {
    int status = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        run_body(test);
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
           WTERMSIG(status) == test->signal;
}

int main(int count, char **arguments) {
    const char *filter = count > 1 ? arguments[1] : "";
    int passed = 0;
    int failed = 0;
    signal(SIGALRM, too_late);
    for (const check_test *test = check_first; test; test = test->next) {
        if (test->disabled || !strstr(test->name, filter))
            continue;
        printf("%s\n", test->name);
        fflush(stdout);
        if (test->signal && !dies_of_signal(test)) {
            fprintf(stderr, "%s: did not end by signal %d\n", test->name, test->signal);
            failed++;
            continue;
        }
        if (!test->signal)
            run_body(test);
        passed++;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
#else
typedef int check_plain_is_not_used;
#endif
