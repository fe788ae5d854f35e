/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Whether it failed is not ignored.
 * expect gcc: ignoring return value of .weir_once_try.
 * expect clang: ignoring return value of function
 */
#include <weir/once.h>

weir_status start(weir_once *once, weir_status (*f)(void *));
weir_status start(weir_once *once, weir_status (*f)(void *)) {
#ifdef MISTAKE
    weir_once_try(once, f, NULL);
    return WEIR_OK;
#else
    return weir_once_try(once, f, NULL);
#endif
}
