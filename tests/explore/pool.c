/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.c - the pool, explored: with two slots in a shard, so that the third object needs a segment,
 * and two processors, on which threads may share a shard. An object is written by who has it, which
 * makes any doubt about its owner a race.
 */
#define WEIR_I_POOL_NEAR 2
#include "specs/pool.h"
#include "explore.h"
static int64_t read_clock(void);
#define WEIR_CLOCK() read_clock()
#include "judge.h"

#include <weir/pool.h>

enum { MOST = 16 };

typedef struct thing {
    unsigned number; /* from 1, as created */
    unsigned uses;
    bool is_out;
} thing;

WEIR_POOL(things, thing)

static things pool;
static WEIR_I_ATOMIC(int64_t) the_time;
static WEIR_I_ATOMIC(unsigned) created;
static WEIR_I_ATOMIC(unsigned) ended;
static thing *thing_of[MOST]; /* by number, written by create */
static bool gone[MOST];       /* by number; written by destroy, which runs once for each */

static int64_t read_clock(void) {
    return weir_i_fetch_add(&the_time, 1, relaxed);
}

static bool thing_create(thing *t, void *ctx) {
    (void)ctx;
    t->number = weir_i_fetch_add(&created, 1, relaxed) + 1;
    t->uses = 0;
    t->is_out = false;
    explore_check(t->number < MOST);
    thing_of[t->number] = t;
    return true;
}

static void thing_reset(thing *t, void *ctx) {
    (void)ctx;
    t->uses = 0;
}

static void thing_destroy(thing *t, void *ctx) {
    (void)ctx;
    t->uses = 99;
    explore_check(!gone[t->number]);
    gone[t->number] = true;
    weir_i_fetch_add(&ended, 1, relaxed);
}

static unsigned made(void) {
    return weir_i_load(&created, relaxed);
}

static void start_with(things_options options) {
    options.create = thing_create;
    options.destroy = thing_destroy;
    explore_check(things_init(&pool, &options) == WEIR_OK);
    explore_name(pool.raw.shards, sizeof *pool.raw.shards * (pool.raw.mask + 1), "shards");
}

static void start(size_t max_idle) {
    const things_options options = {.max_idle = max_idle};
    start_with(options);
}

/* One copy of each operation in this file, so that each of its accesses is one site, which threads
 * share: a copy that only one thread runs could be weakened and nobody would notice. */
#define ONE_COPY static __attribute__((noinline))

ONE_COPY thing *try_get(void) {
    return things_get(&pool);
}

static thing *get(void) {
    thing *t = try_get();
    explore_check(t && t->uses != 99 && !t->is_out);
    t->is_out = true;
    t->uses++;
    return t;
}

ONE_COPY void put(thing *t) {
    t->is_out = false;
    t->uses++;
    things_put(&pool, t);
}

ONE_COPY void age(void) {
    things_age(&pool);
}

/* What is neither out nor gone is idle, and found without creating anything. For when all rest. */
static void check_nothing_forgotten(void) {
    const unsigned before = made();
    unsigned idle = 0;
    for (unsigned i = 1; i <= before; i++)
        idle += !gone[i] && !thing_of[i]->is_out;
    explore_check(things_idle(&pool) == idle);
    for (; idle > 0; idle--)
        get();
    explore_check(made() == before && things_idle(&pool) == 0);
}

/* Everything that was created is put back if it was kept, and destroyed, once; nothing leaks. */
static void finish(void) {
    if (explore_stopped())
        return;
    for (unsigned i = 1; i <= made(); i++)
        if (!gone[i] && thing_of[i]->is_out)
            put(thing_of[i]);
    things_destroy(&pool);
    explore_check(made() == weir_i_load(&ended, relaxed));
}

/* `count` idle objects, put on the processor that runs this. */
static void stock(unsigned count) {
    thing *held[MOST];
    for (unsigned i = 0; i < count; i++)
        held[i] = get();
    for (unsigned i = count; i-- > 0;)
        put(held[i]);
}

static void use_once(void *cpu) {
    explore_run_on((unsigned)(uintptr_t)cpu);
    put(get());
}

static void use_two(void *cpu) {
    explore_run_on((unsigned)(uintptr_t)cpu);
    thing *a = get();
    thing *b = get();
    put(a);
    put(b);
}

/* -- an object has one owner ------------------------------------------------------------------ */

static void share(unsigned idle, size_t max_idle, unsigned other_cpu) {
    start(max_idle);
    stock(idle);
    explore_spawn(use_two, (void *)0);
    explore_spawn(use_two, (void *)(uintptr_t)other_cpu);
    explore_spawn(use_once, (void *)0);
    explore_join_all();
    explore_check(max_idle == 0 || things_idle(&pool) <= max_idle);
    explore_check(max_idle != 0 || things_idle(&pool) == made());
    check_nothing_forgotten();
    finish();
}

EXPLORE_PROGRAM(pool_threads_share_a_processor) {
    share(1, 0, 0);
}

EXPLORE_PROGRAM(pool_threads_on_two_processors) {
    share(2, 0, 1);
}

EXPLORE_PROGRAM(pool_threads_share_a_segment) {
    share(4, 0, 0);
}

EXPLORE_PROGRAM(pool_threads_share_one_slot) {
    share(0, 1, 1);
}

EXPLORE_PROGRAM(pool_threads_share_three_slots) {
    share(3, 3, 1);
}

static void hand_over(void *held) {
    put(held);
}

EXPLORE_PROGRAM(pool_takes_back_from_another_thread) {
    start(0);
    explore_spawn(hand_over, get());
    explore_spawn(hand_over, get());
    put(get());
    explore_join_all();
    explore_check(things_idle(&pool) == made());
    finish();
}

/* Two threads find that the shard is full up to its last slot: both make the segment, one stays. */
static void put_two(void *held) {
    thing **both = held;
    explore_run_on(0);
    put(both[0]);
    put(both[1]);
}

EXPLORE_PROGRAM(pool_threads_grow_a_shard_at_once) {
    thing *held[5];
    start(0);
    for (int i = 0; i < 5; i++)
        held[i] = get();
    put(held[4]);
    explore_spawn(put_two, held);
    explore_spawn(put_two, held + 2);
    (void)things_idle(&pool);
    explore_join_all();
    explore_check(things_idle(&pool) == 5);
    check_nothing_forgotten();
    finish();
}

/* -- get creates only when nothing is idle ---------------------------------------------------- */

/* An empty shard whose state says that it may hold something, as it once did. */
static thing *start_dry(void) {
    start(0);
    stock(1);
    return get();
}

static void get_one(void *unused) {
    (void)unused;
    explore_run_on(0);
    get();
}

/* Whoever finds the shard empty says so; an object that comes in this moment is not forgotten. */
EXPLORE_PROGRAM(pool_forgets_no_object_that_comes_while_it_is_searched) {
    thing *held = start_dry();
    explore_spawn(get_one, NULL);
    put(held);
    explore_join_all();
    check_nothing_forgotten();
    finish();
}

/* In spite of a search in another thread a get finds what its own thread has put. */
EXPLORE_PROGRAM(pool_get_sees_what_was_put_before) {
    thing *held = start_dry();
    explore_spawn(get_one, NULL);
    put(held);
    get();
    explore_join_all();
    explore_check(made() <= 2);
    finish();
}

/* The same with two searches: one that began before the shard was filled and emptied again may not
 * end the one that began after. */
static void fill_empty_and_fill(void *held) {
    thing **both = held;
    explore_run_on(0);
    put(both[0]);
    both[0] = get();
    put(both[0]);
    put(both[1]);
}

EXPLORE_PROGRAM(pool_an_old_search_ends_no_new_one, .steps = 400) {
    thing *held[2];
    start(0);
    stock(2);
    held[0] = get();
    held[1] = get();
    explore_spawn(get_one, NULL);
    explore_spawn(fill_empty_and_fill, held);
    get();
    explore_join_all();
    check_nothing_forgotten();
    finish();
}

static void put_on_one(void *held) {
    explore_run_on(1);
    put(held);
}

EXPLORE_PROGRAM(pool_get_steals_before_it_creates) {
    start(0);
    explore_join(explore_spawn(put_on_one, get()));
    get();
    explore_check(made() == 1 && things_idle(&pool) == 0);
    finish();
}

/* -- the bound -------------------------------------------------------------------------------- */

static void watch_bound(void *max_idle) {
    explore_check(things_idle(&pool) <= (uintptr_t)max_idle);
    explore_check(things_idle(&pool) <= (uintptr_t)max_idle);
}

static void bounded(size_t max_idle) {
    start(max_idle);
    stock(1);
    explore_spawn(use_two, (void *)0);
    explore_spawn(use_two, (void *)1);
    explore_spawn(watch_bound, (void *)max_idle);
    explore_join_all();
    watch_bound((void *)max_idle);
    explore_check(made() - weir_i_load(&ended, relaxed) == things_idle(&pool));
    finish();
}

EXPLORE_PROGRAM(pool_bound_1_holds) {
    bounded(1);
}

EXPLORE_PROGRAM(pool_bound_2_holds) {
    bounded(2);
}

EXPLORE_PROGRAM(pool_bound_3_holds) {
    bounded(3);
}

/* A shard that is full passes on what another has room for. */
EXPLORE_PROGRAM(pool_put_fills_all_shards_before_it_destroys) {
    start(2);
    stock(2);
    explore_check(things_idle(&pool) == 2 && weir_i_load(&ended, relaxed) == 0);
    finish();
}

/* -- ageing ----------------------------------------------------------------------------------- */

static void age_twice(void *unused) {
    (void)unused;
    age();
    age();
}

EXPLORE_PROGRAM(pool_ages_beside_get_and_put) {
    start(0);
    stock(3);
    age();
    explore_spawn(age_twice, NULL);
    explore_spawn(use_two, (void *)0);
    explore_spawn(use_once, (void *)1);
    explore_join_all();
    explore_check(made() - weir_i_load(&ended, relaxed) == things_idle(&pool));
    age();
    age();
    explore_check(things_idle(&pool) == 0);
    finish();
}

EXPLORE_PROGRAM(pool_two_age_at_once) {
    start(2);
    stock(2);
    explore_spawn(age_twice, NULL);
    explore_spawn(age_twice, NULL);
    explore_join_all();
    explore_check(things_idle(&pool) == 0 && weir_i_load(&ended, relaxed) == made());
    finish();
}

static void age_once(void *unused) {
    (void)unused;
    age();
}

/* What came in after a call of age has been through at most the one that still runs. */
EXPLORE_PROGRAM(pool_age_spares_what_comes_in_meanwhile) {
    thing *held;
    start(0);
    held = get();
    explore_spawn(age_once, NULL);
    age();
    put(held);
    explore_join_all();
    explore_check(things_idle(&pool) == 1);
    finish();
}

/* Its content was written in another thread, and reset there; destroy sees both. */
static void use_and_age(void *unused) {
    (void)unused;
    put(get());
    put(get());
}

EXPLORE_PROGRAM(pool_ages_by_itself) {
    const things_options options = {.reset = thing_reset, .age_every = 1};
    start_with(options);
    stock(1);
    explore_spawn(use_and_age, NULL);
    explore_spawn(use_and_age, NULL);
    explore_join_all();
    finish();
}

/* A period is over once, for however many threads find that it is. */
static void put_one(void *held) {
    put(held);
}

EXPLORE_PROGRAM(pool_ages_once_in_a_period) {
    const things_options options = {.age_every = 1000};
    thing *held[3];
    weir_i_store(&the_time, 1000000, relaxed);
    start_with(options);
    for (int i = 0; i < 3; i++)
        held[i] = get();
    put(held[0]);
    weir_i_store(&the_time, 1002000, relaxed);
    explore_spawn(put_one, held[1]);
    explore_spawn(put_one, held[2]);
    explore_join_all();
    explore_check(weir_i_load(&pool.raw.generation, relaxed) == 1);
    explore_check(things_idle(&pool) == 3);
    finish();
}

/* -- the answers are those of a pool ---------------------------------------------------------- */

static thing *judged_get(void) {
    judge_begin(POOL_GET, 0);
    thing *t = get();
    judge_end(1, t->number);
    return t;
}

static void judged_put(thing *t) {
    judge_begin(POOL_PUT, t->number);
    put(t);
    judge_end(1, 0);
}

static void judged_use(void *cpu) {
    explore_run_on((unsigned)(uintptr_t)cpu);
    thing *a = judged_get();
    thing *b = judged_get();
    judged_put(a);
    judged_put(b);
}

EXPLORE_PROGRAM(pool_is_a_pool) {
    start(3);
    judge_start();
    explore_spawn(judged_use, (void *)0);
    explore_spawn(judged_use, (void *)1);
    explore_spawn(judged_use, (void *)0);
    explore_join_all();
    judge(pool_spec());
    finish();
}

/* -- no memory -------------------------------------------------------------------------------- */

EXPLORE_PROGRAM(pool_without_memory, .alloc_failures = 2) {
    thing *held[4];
    unsigned count = 0;
    const things_options options = {.create = thing_create, .destroy = thing_destroy};
    const weir_status status = things_init(&pool, &options);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status != WEIR_OK)
        return;
    for (int i = 0; i < 4; i++) {
        held[count] = try_get();
        count += held[count] != NULL;
    }
    explore_check(count == made());
    for (unsigned i = 0; i < count; i++)
        put(held[i]);
    explore_check(things_idle(&pool) + weir_i_load(&ended, relaxed) == count);
    finish();
}

static bool create_or_refuse(thing *t, void *ctx) {
    return explore_choose(2) == 0 && thing_create(t, ctx);
}

EXPLORE_PROGRAM(pool_create_that_refuses) {
    const things_options options = {.create = create_or_refuse, .destroy = thing_destroy};
    explore_check(things_init(&pool, &options) == WEIR_OK);
    for (int i = 0; i < 2; i++) {
        const unsigned before = made();
        thing *t = try_get();
        explore_check((t != NULL) == (made() > before || before > 0));
        if (t)
            put(t);
    }
    things_destroy(&pool);
    explore_check(made() == weir_i_load(&ended, relaxed));
}

/* -- whoever is stopped ----------------------------------------------------------------------- */

static void be_stopped(void *unused) {
    (void)unused;
    explore_run_on(0);
    explore_begin("get");
    thing *a = get();
    explore_end();
    explore_begin("get");
    thing *b = get();
    explore_end();
    explore_begin("put");
    put(a);
    explore_end();
    explore_begin("put");
    put(b);
    explore_end();
    explore_begin("age");
    age();
    explore_end();
}

/* Waits for an object of its own to come round, through the hands of the others. */
static void go_on(void *unused) {
    (void)unused;
    explore_run_on(0);
    for (int i = 0; i < 2; i++) {
        thing *a = get();
        thing *b = get();
        put(b);
        put(a);
        age();
    }
}

static void stopped(size_t max_idle, unsigned idle) {
    start(max_idle);
    stock(idle);
    explore_spawn(be_stopped, NULL);
    explore_spawn(go_on, NULL);
    explore_spawn(use_two, (void *)1);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(pool_goes_on_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    stopped(0, 1);
}

EXPLORE_PROGRAM(pool_goes_on_whoever_is_stopped_in_a_segment, .stop = EXPLORE_STOP_PASSES) {
    stopped(0, 4);
}

EXPLORE_PROGRAM(pool_with_one_slot_goes_on_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    stopped(1, 1);
}
