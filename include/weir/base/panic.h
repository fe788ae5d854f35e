/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * panic.h - what happens on misuse that no status can report.
 *
 * Override: define WEIR_PANIC(text) before including; text is a string literal. What it expands to
 * should not return: the object is in a state from which weir cannot go on.
 */
#ifndef WEIR_BASE_PANIC_H
#define WEIR_BASE_PANIC_H

#include <weir/base/config.h>

#ifndef WEIR_PANIC
#include <stdio.h>
#include <stdlib.h>

WEIR_I_BEGIN

__attribute__((noreturn, cold)) WEIR_I_SLOW void weir_i_panic(const char *text) {
    fprintf(stderr, "weir: %s\n", text);
    abort();
}

WEIR_I_END

#define WEIR_PANIC(text) weir_i_panic(text)
#endif

#endif
