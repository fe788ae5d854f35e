/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A value is made by a function for its own type.
 * expect gcc: incompatible pointer type
 * expect clang: incompatible function pointer types
 */
#include <weir/once.h>

WEIR_ONCE_VALUE(numbers, int)

static bool make_double(double *number, void *unused) {
    (void)unused;
    *number = 1;
    return true;
}

static bool make_int(int *number, void *unused) {
    (void)unused;
    *number = 1;
    return true;
}

const int *get(numbers *n);
const int *get(numbers *n) {
    (void)make_int;
    (void)make_double;
#ifdef MISTAKE
    return numbers_get(n, make_double, NULL);
#else
    return numbers_get(n, make_int, NULL);
#endif
}
