/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pair.h - NAME.c is compiled as C, and again as C++ by NAME.cc; here the two meet in one program.
 *
 * NAME.c makes two types with each typed macro, one with and one without a semicolon, calls every
 * function generated, and defines with PAIR(...) what this file declares. The program compares the
 * layout as the two languages see it, and passes objects from one to the other: either may make
 * one, fill it, empty it and end it.
 */
#ifndef WEIR_TESTS_PAIR_H
#define WEIR_TESTS_PAIR_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
#define PAIR(name) name##_in_cc
extern "C" {
#else
#define PAIR(name) name##_in_c
#endif

typedef struct pair_fact {
    const char *what;
    size_t value;
} pair_fact;

#define PAIR_SIZE(T)                                                                               \
    { "size of " #T, sizeof(T) }
#define PAIR_OFFSET(T, field)                                                                      \
    { "offset of " #field " in " #T, offsetof(T, field) }

/* What a language has to offer; each step says whether all answers were right. */
typedef struct pair_side {
    const pair_fact *facts;
    size_t fact_count;
    void *(*make)(void); /* the shared objects, NULL if that failed */
    bool (*fill)(void *shared);
    bool (*drain)(void *shared);
    void (*end)(void *shared);
} pair_side;

extern const pair_side side_in_c;
extern const pair_side side_in_cc;

#define PAIR_SIDE                                                                                  \
    const pair_side PAIR(side) = {                                                                 \
        PAIR(facts), sizeof PAIR(facts) / sizeof PAIR(facts)[0],                                   \
        PAIR(make),  PAIR(fill),                                                                   \
        PAIR(drain), PAIR(end),                                                                    \
    };

#ifdef __cplusplus
}

#include <cstdio>
#include <cstring>

static bool pair_same_layout() {
    bool same = side_in_c.fact_count == side_in_cc.fact_count;
    for (size_t i = 0; same && i < side_in_c.fact_count; i++) {
        const pair_fact &c = side_in_c.facts[i];
        const pair_fact &cc = side_in_cc.facts[i];
        if (std::strcmp(c.what, cc.what) != 0 || c.value != cc.value) {
            std::printf("%s: %zu in C, %zu in C++\n", c.what, c.value, cc.value);
            same = false;
        }
    }
    return same;
}

static bool pair_share(const pair_side &maker, const pair_side &filler, const pair_side &drainer) {
    void *shared = maker.make();
    if (!shared || !filler.fill(shared) || !drainer.drain(shared)) {
        std::printf("objects do not pass between C and C++\n");
        return false;
    }
    maker.end(shared);
    return true;
}

int main() {
    const pair_side *sides[] = {&side_in_c, &side_in_cc};
    bool good = pair_same_layout();
    for (int i = 0; i < 8; i++)
        good = pair_share(*sides[i & 1], *sides[i >> 1 & 1], *sides[i >> 2]) && good;
    return good ? 0 : 1;
}
#endif

#endif
