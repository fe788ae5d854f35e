/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.c - the pool under many threads, more than there are cores: an object is with one thread at
 * a time, the bound is never exceeded, each object is destroyed once and none is lost; with get in
 * one thread and put in another, with threads that come and go, and across fork.
 *
 * WEIR_STRESS=N in the environment multiplies the number of rounds.
 */
#include "support/check.h"
#include "support/threads.h"

#include <weir/pool.h>
#include <weir/ring.h>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct thing {
    unsigned owner; /* 0, or 1 + the thread that has it: plain, so a race shows under TSan, too */
    unsigned is_alive;
    uint64_t uses;
} thing;

WEIR_POOL(things, thing)
WEIR_RING(parcels, thing *)

enum { ROUNDS = 60000, IN_HAND = 8 };

typedef struct crowd {
    things pool;
    parcels ring;
    unsigned threads;
    unsigned rounds; /* of each */
    size_t max_idle;
    unsigned ages_every;
    WEIR_I_ATOMIC(unsigned) created;
    WEIR_I_ATOMIC(unsigned) destroyed;
    WEIR_I_ATOMIC(unsigned) shared; /* objects that two had at once */
    WEIR_I_ATOMIC(unsigned) dead;   /* objects that were destroyed before */
    WEIR_I_ATOMIC(unsigned) beyond; /* looks that saw more idle than max_idle */
    WEIR_I_ATOMIC(unsigned) leavers;
} crowd;

static bool create(thing *t, void *ctx) {
    crowd *c = (crowd *)ctx;
    t->owner = 0;
    t->is_alive = 1;
    t->uses = 0;
    weir_i_fetch_add(&c->created, 1, relaxed);
    return true;
}

static void destroy(thing *t, void *ctx) {
    crowd *c = (crowd *)ctx;
    if (t->owner != 0)
        weir_i_fetch_add(&c->shared, 1, relaxed);
    if (!t->is_alive)
        weir_i_fetch_add(&c->dead, 1, relaxed);
    t->is_alive = 0;
    weir_i_fetch_add(&c->destroyed, 1, relaxed);
}

static thing *get(crowd *c, unsigned me) {
    thing *t = things_get(&c->pool);
    if (t->owner != 0)
        weir_i_fetch_add(&c->shared, 1, relaxed);
    if (!t->is_alive)
        weir_i_fetch_add(&c->dead, 1, relaxed);
    t->owner = me + 1;
    t->uses++;
    return t;
}

static void put(crowd *c, unsigned me, thing *t) {
    if (t->owner != me + 1)
        weir_i_fetch_add(&c->shared, 1, relaxed);
    t->owner = 0;
    things_put(&c->pool, t);
}

static void look(crowd *c) {
    if (c->max_idle > 0 && things_idle(&c->pool) > c->max_idle)
        weir_i_fetch_add(&c->beyond, 1, relaxed);
}

static unsigned times(void) {
    const char *text = getenv("WEIR_STRESS");
    return text && atoi(text) > 0 ? (unsigned)atoi(text) : 1;
}

static void start(crowd *c, unsigned threads, size_t max_idle, unsigned ages_every) {
    const things_options options = {
        .create = create, .destroy = destroy, .ctx = c, .max_idle = max_idle};
    memset((void *)c, 0, sizeof *c);
    c->threads = threads;
    c->rounds = ROUNDS * times() / threads;
    c->max_idle = max_idle;
    c->ages_every = ages_every;
    cr_assert_eq(things_init(&c->pool, &options), WEIR_OK);
}

static void finish(crowd *c) {
    const size_t idle = things_idle(&c->pool);
    cr_assert_eq(weir_i_load(&c->created, relaxed) - weir_i_load(&c->destroyed, relaxed), idle,
                 "an object is lost");
    if (c->max_idle > 0)
        cr_assert_leq(idle, c->max_idle);
    things_age(&c->pool);
    things_age(&c->pool);
    cr_assert_eq(things_idle(&c->pool), 0);
    things_destroy(&c->pool);
    cr_assert_eq(weir_i_load(&c->created, relaxed), weir_i_load(&c->destroyed, relaxed));
    cr_assert_eq(weir_i_load(&c->shared, relaxed), 0, "an object was with two threads");
    cr_assert_eq(weir_i_load(&c->dead, relaxed), 0, "an object was used after its end");
    cr_assert_eq(weir_i_load(&c->beyond, relaxed), 0, "the bound did not hold");
}

/* Takes a few and gives them back, in another order. */
static void use(unsigned me, void *shared) {
    crowd *c = (crowd *)shared;
    thing *held[IN_HAND];
    for (unsigned round = 0; round < c->rounds; round++) {
        const unsigned count = 1 + (round + me) % IN_HAND;
        for (unsigned i = 0; i < count; i++)
            held[i] = get(c, me);
        if (round % 16 == me % 16)
            sched_yield();
        for (unsigned i = 0; i < count; i++)
            put(c, me, held[(i + round) % count]);
        if (c->ages_every > 0 && round % c->ages_every == 0)
            things_age(&c->pool);
        if (round % 64 == 0)
            look(c);
    }
}

static void crowd_of(unsigned threads, size_t max_idle, unsigned ages_every) {
    static crowd c;
    start(&c, threads, max_idle, ages_every);
    cr_assert(threads_run(threads, use, &c));
    cr_assert(max_idle > 0 || ages_every > 0 ||
                  weir_i_load(&c.created, relaxed) <= threads * IN_HAND * 4,
              "objects are not used again: %u", weir_i_load(&c.created, relaxed));
    finish(&c);
}

Test(pool_stress, without_a_bound, .timeout = 300) {
    crowd_of(2, 0, 0);
    crowd_of(8, 0, 0);
    crowd_of(64, 0, 0);
}

Test(pool_stress, sixty_four_threads_never_exceed_the_bound, .timeout = 300) {
    crowd_of(64, 1, 0);
    crowd_of(64, 3, 0);
    crowd_of(64, 100, 0);
}

Test(pool_stress, beside_ageing, .timeout = 300) {
    crowd_of(4, 0, 10);
    crowd_of(16, 7, 3);
}

/* -- get in one thread, put in another -------------------------------------------------------- */

static void hand_over(unsigned me, void *shared) {
    crowd *c = (crowd *)shared;
    thing *t;
    if (me < c->threads / 2) {
        for (unsigned round = 0; round < c->rounds; round++) {
            t = get(c, me);
            t->owner = UINT32_MAX;
            while (!parcels_try_push(&c->ring, t))
                sched_yield();
        }
        weir_i_fetch_add(&c->leavers, 1, relaxed);
        return;
    }
    for (unsigned dry = 0; dry < 2;) {
        if (parcels_try_pop(&c->ring, &t)) {
            t->owner = me + 1;
            put(c, me, t);
        } else if (weir_i_load(&c->leavers, relaxed) == c->threads / 2) {
            dry++;
        } else {
            sched_yield();
        }
    }
}

static void relay_of(unsigned threads, size_t ring, size_t max_idle) {
    static crowd c;
    thing *t;
    start(&c, threads, max_idle, 0);
    cr_assert_eq(parcels_init(&c.ring, ring), WEIR_OK);
    cr_assert(threads_run(threads, hand_over, &c));
    while (parcels_try_pop(&c.ring, &t)) {
        t->owner = 1;
        put(&c, 0, t);
    }
    parcels_destroy(&c.ring);
    cr_assert(max_idle > 0 || weir_i_load(&c.created, relaxed) <= 4 * (ring + threads),
              "the getter does not find what the other put: %u", weir_i_load(&c.created, relaxed));
    finish(&c);
}

Test(pool_stress, get_in_one_thread_and_put_in_another, .timeout = 300) {
    relay_of(2, 1, 0);
    relay_of(2, 1000, 0);
    relay_of(8, 100, 0);
    relay_of(8, 100, 9);
}

/* -- threads that come and go ----------------------------------------------------------------- */

static void *come_and_go(void *shared) {
    crowd *c = (crowd *)shared;
    const unsigned me = weir_i_fetch_add(&c->leavers, 1, relaxed);
    thing *a = get(c, me);
    thing *b = get(c, me);
    put(c, me, a);
    put(c, me, b);
    return NULL;
}

Test(pool_stress, ten_thousand_short_threads, .timeout = 300) {
    enum { AT_ONCE = 20, ALL = 10000 };
    static crowd c;
    pthread_t thread[AT_ONCE];
    start(&c, AT_ONCE, 0, 0);
    for (unsigned n = 0; n < ALL; n += AT_ONCE) {
        for (unsigned i = 0; i < AT_ONCE; i++)
            cr_assert_eq(pthread_create(&thread[i], NULL, come_and_go, &c), 0);
        for (unsigned i = 0; i < AT_ONCE; i++)
            pthread_join(thread[i], NULL);
    }
    cr_assert_leq(weir_i_load(&c.created, relaxed), 8 * AT_ONCE,
                  "threads that left took objects with them");
    finish(&c);
}

/* -- fork ------------------------------------------------------------------------------------- */

/* Others are inside at the moment of fork; the child finds a pool that works. */
static void fork_or_use(unsigned me, void *shared) {
    crowd *c = (crowd *)shared;
    if (me > 0) {
        use(me, shared);
        return;
    }
    for (int n = 0; n < 5; n++) {
        int status = 1;
        const pid_t child = fork();
        if (child == 0) {
            alarm(20);
            thing *held[100];
            for (int i = 0; i < 100; i++)
                held[i] = things_get(&c->pool);
            for (int i = 0; i < 100; i++)
                things_put(&c->pool, held[i]);
            things_age(&c->pool);
            things_age(&c->pool);
            const size_t left = things_idle(&c->pool);
            things_destroy(&c->pool);
            _exit(left == 0 ? 0 : 1);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            weir_i_fetch_add(&c->dead, 1, relaxed);
    }
}

Test(pool_stress, a_child_of_fork_goes_on, .timeout = 300) {
    static crowd c;
    start(&c, 4, 0, 100);
    cr_assert(threads_run(4, fork_or_use, &c));
    finish(&c);
}
