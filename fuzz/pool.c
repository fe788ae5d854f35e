/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.c - a pool in one thread against the model: how many are idle, who has what, what is
 * destroyed at which age, when something new is made, without memory too.
 *
 * The model keeps for each object where it is, and for the idle ones how many calls of age they
 * have seen. One thread gets what it put last, unless it moves to another processor in between; so
 * which idle object comes is not compared, that it was idle is.
 */
#include "input.h"

#include <weir/pool.h>

#include <string.h>

enum { MOST = 200 };

typedef struct thing {
    unsigned number;
} thing;

WEIR_POOL(things, thing)

enum place { NOWHERE, OUT, IDLE };

static struct model {
    size_t max_idle; /* 0: no bound */
    size_t idle;
    unsigned created;
    unsigned refuse; /* so many of the next creations fail */
    unsigned starve; /* the next so many allocations fail */
    enum place place[MOST];
    unsigned age[MOST];
    thing *thing[MOST];
    unsigned out[MOST]; /* numbers of those that are out */
    unsigned out_count;
} m;

static void *allocate(size_t size, size_t align, void *ctx) {
    if (m.starve > 0) {
        m.starve--;
        return NULL;
    }
    return weir_i_default_alloc(size, align, ctx);
}

static bool create(thing *t, void *ctx) {
    FUZZ_CHECK(ctx == &m && m.idle == 0);
    if (m.refuse > 0) {
        m.refuse--;
        return false;
    }
    t->number = m.created++;
    m.thing[t->number] = t;
    m.place[t->number] = OUT;
    return true;
}

static void reset(thing *t, void *ctx) {
    FUZZ_CHECK(ctx == &m && m.place[t->number] == OUT);
}

static void destroy(thing *t, void *ctx) {
    FUZZ_CHECK(ctx == &m && m.place[t->number] != NOWHERE && m.thing[t->number] == t);
    m.idle -= m.place[t->number] == IDLE;
    m.place[t->number] = NOWHERE;
}

static void get(things *pool) {
    if (m.created == MOST)
        return;
    const bool is_new = m.idle == 0;
    const bool fails = is_new && (m.starve > 0 || m.refuse > 0);
    thing *t = things_get(pool);
    FUZZ_CHECK((t == NULL) == fails);
    if (!t)
        return;
    FUZZ_CHECK(m.place[t->number] == (is_new ? OUT : IDLE));
    m.idle -= !is_new;
    m.place[t->number] = OUT;
    m.out[m.out_count++] = t->number;
}

/* A pool that needs memory for a place, and gets none, destroys the object; which put that is, the
 * model does not know. */
static void put(things *pool, unsigned which) {
    const unsigned number = m.out[which];
    const size_t before = m.idle;
    const bool hungry = m.starve > 0;
    m.out[which] = m.out[--m.out_count];
    things_put(pool, m.thing[number]);
    if (m.place[number] == OUT) {
        m.place[number] = IDLE;
        m.age[number] = 0;
        m.idle++;
    } else {
        FUZZ_CHECK(hungry || (m.max_idle > 0 && before == m.max_idle));
    }
    FUZZ_CHECK(m.max_idle == 0 || m.idle <= m.max_idle);
}

static void age(things *pool) {
    bool is_due[MOST] = {false};
    for (unsigned i = 0; i < m.created; i++)
        if (m.place[i] == IDLE)
            is_due[i] = ++m.age[i] >= 2;
    things_age(pool);
    for (unsigned i = 0; i < m.created; i++)
        FUZZ_CHECK((m.place[i] == IDLE) <= !is_due[i]);
    for (unsigned i = 0; i < m.out_count; i++)
        FUZZ_CHECK(m.place[m.out[i]] == OUT);
}

static void step(things *pool, fuzz_input *input) {
    switch (fuzz_choose(input, 10)) {
    case 0:
    case 1:
    case 2: get(pool); break;
    case 3:
    case 4:
        if (m.out_count > 0)
            put(pool, fuzz_choose(input, m.out_count));
        break;
    case 5:
        for (unsigned n = fuzz_choose(input, 70); n > 0; n--)
            get(pool);
        break;
    case 6:
        for (unsigned n = fuzz_choose(input, 70); n > 0 && m.out_count > 0; n--)
            put(pool, m.out_count - 1);
        break;
    case 7: age(pool); break;
    case 8: m.refuse = fuzz_choose(input, 3); break;
    default: m.starve = fuzz_choose(input, 3); break;
    }
    FUZZ_CHECK(things_idle(pool) == m.idle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input input = {data, data + size};
    const weir_allocator allocator = {allocate, weir_i_default_free, NULL};
    const bool with_reset = fuzz_choose(&input, 2);
    things pool;
    memset(&m, 0, sizeof m);
    m.max_idle = fuzz_choose(&input, 100);
    const things_options options = {.create = create,
                                    .reset = with_reset ? reset : NULL,
                                    .destroy = destroy,
                                    .ctx = &m,
                                    .max_idle = m.max_idle};
    FUZZ_CHECK(things_init_with(&pool, &options, &allocator) == WEIR_OK);
    FUZZ_CHECK(things_idle(&pool) == 0);
    while (fuzz_more(&input))
        step(&pool, &input);
    m.starve = 0;
    while (m.out_count > 0)
        put(&pool, m.out_count - 1);
    things_destroy(&pool);
    FUZZ_CHECK(m.idle == 0);
    for (unsigned i = 0; i < m.created; i++)
        FUZZ_CHECK(m.place[i] == NOWHERE);
    return 0;
}
