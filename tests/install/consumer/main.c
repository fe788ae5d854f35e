/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * main.c - the least that uses weir.
 */
#include <weir/weir.h>

WEIR_RING(numbers, int)

int main(void) {
    numbers n;
    int seven = 0;
    if (numbers_init(&n, 2) != WEIR_OK)
        return 1;
    const bool good = numbers_try_push(&n, 7) && numbers_try_pop(&n, &seven) && seven == 7;
    numbers_destroy(&n);
    return good ? 0 : 1;
}
