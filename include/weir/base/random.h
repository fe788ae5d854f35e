/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * random.h - cheap random numbers for fair choices. Not for secrets.
 *
 * One generator per thread, xorshift64* (Marsaglia 2003, Vigna 2014), seeded by the clock and by
 * where the thread's generator lies. Its address is not published. In the explorer a random number
 * is a choice, so that every one is tried.
 */
#ifndef WEIR_BASE_RANDOM_H
#define WEIR_BASE_RANDOM_H

#include <weir/base/clock.h>
#include <weir/base/config.h>

WEIR_I_BEGIN

#if WEIR_EXPLORE

unsigned explore_choose(unsigned n);

WEIR_I_FUNC uint32_t weir_i_random_below(uint32_t n) {
    return n > 1 ? explore_choose(n) : 0;
}

WEIR_I_FUNC uint32_t weir_i_random_bits(void) {
    return 0;
}

WEIR_I_FUNC uint32_t weir_i_random_split(uint32_t *bits, uint32_t n) {
    (void)bits;
    return weir_i_random_below(n);
}

#else

static __thread uint64_t weir_i_random_state __attribute__((unused));

WEIR_I_SLOW uint64_t weir_i_random_seed(void) {
    uint64_t mixed = (uintptr_t)&weir_i_random_state + WEIR_I_CAST(uint64_t, weir_now());
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return (mixed ^ (mixed >> 31)) | 1; /* never 0, from which it would not get away */
}

WEIR_I_FUNC uint32_t weir_i_random_bits(void) {
    uint64_t x = weir_i_random_state;
    if (WEIR_I_UNLIKELY(x == 0))
        x = weir_i_random_seed();
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    weir_i_random_state = x;
    return WEIR_I_CAST(uint32_t, (x * 0x2545f4914f6cdd1du) >> 32);
}

/* The same, out of 32 bits drawn before: they go on as the fraction that is left of the product, so
 * that a few small numbers cost one draw. */
WEIR_I_FAST uint32_t weir_i_random_split(uint32_t *bits, uint32_t n) {
    const uint64_t product = WEIR_I_CAST(uint64_t, *bits) * n;
    *bits = WEIR_I_CAST(uint32_t, product);
    return WEIR_I_CAST(uint32_t, product >> 32);
}

/* A number below n, each as likely as the others up to n / 2^32; 0 for n = 0. */
WEIR_I_FUNC uint32_t weir_i_random_below(uint32_t n) {
    uint32_t bits = weir_i_random_bits();
    return weir_i_random_split(&bits, n);
}

#endif

WEIR_I_END

#endif
