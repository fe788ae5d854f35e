/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.cc - once.c as C++, and the program in which the two share objects. And what only C++ can
 * see: a function left by an exception leaves the once not done.
 */
#include "once.c"

/* In a namespace, and with nothing behind it in the braces. */
namespace inside {
WEIR_ONCE_VALUE(numbers, long)
}

static void throw_first(void *calls) {
    if (++*static_cast<int *>(calls) == 1)
        throw 1;
}

static bool exceptions_are_retried() {
    weir_once once = WEIR_ONCE_INIT;
    int calls = 0;
    bool caught = false;
    try {
        weir_once_do(&once, throw_first, &calls);
    } catch (int) {
        caught = !weir_once_done(&once);
    }
    weir_once_do(&once, throw_first, &calls);
    weir_once_do(&once, throw_first, &calls);
    return caught && calls == 2 && weir_once_done(&once);
}

static const bool they_are = exceptions_are_retried();
static const int checked = they_are ? 0 : (__builtin_abort(), 1);
