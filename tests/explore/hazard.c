/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * hazard.c - hazard pointers, explored: whatever a reader reads is alive, and what readers did with
 * a node happens before it is reclaimed; on the asymmetric fence and, where a name ends in
 * `fenced`, without membarrier.
 *
 * Records here have one slot beside weir's own, and the table of protected nodes holds two: so two
 * holders need a block, and a third protected node a second pass.
 */
#define WEIR_I_HAZARD_SLOTS 2
#define WEIR_I_HAZARD_TABLE 4
#include "explore.h"

#include <weir/reclaim/hazard.h>

typedef struct item {
    weir_hazard_node node;
    struct item *also; /* what its reclaimer retires */
    int value;
} item;

static weir_hazard_domain domain;
static weir_hazard_cohort cohort;
static WEIR_I_ATOMIC(item *) source;
static WEIR_I_ATOMIC(item *) other;
static WEIR_I_ATOMIC(int) step;
static WEIR_I_ATOMIC(bool) first_gone;
static int reclaimed; /* written by reclaimers, which programs order */

/* One copy of each operation, so that each of its accesses is one site. */
#define ONE_COPY static __attribute__((noinline))

static item *item_new(int value) {
    item *i = malloc(sizeof *i);
    i->value = value;
    i->also = NULL;
    return i;
}

static void item_free(weir_hazard_node *node) {
    item *i = (item *)node;
    explore_check(i->value > 0);
    if (i->value == 1)
        weir_i_store(&first_gone, true, relaxed);
    i->value = 0; /* a reader that is still at it races */
    free(i);
}

ONE_COPY void open_holder(weir_hazard *h) {
    explore_check(weir_hazard_open(h, &domain) == WEIR_OK);
}

ONE_COPY void close_holder(weir_hazard *h) {
    weir_hazard_close(h);
}

ONE_COPY void clear_holder(weir_hazard *h) {
    weir_hazard_clear(h);
}

ONE_COPY item *protect(weir_hazard *h, WEIR_I_ATOMIC(item *) *from) {
    return WEIR_HAZARD_PROTECT(h, from);
}

ONE_COPY void protect_two(weir_hazard *h, WEIR_I_ATOMIC(item *) **sources, item **items) {
    WEIR_HAZARD_PROTECT_N(h, sources, items, 2);
}

ONE_COPY bool try_protect(weir_hazard *h, WEIR_I_ATOMIC(item *) *from, item **out) {
    return WEIR_HAZARD_TRY_PROTECT(h, from, out);
}

ONE_COPY void retire_in(weir_hazard_domain *d, item *i, void (*reclaim)(weir_hazard_node *node)) {
    weir_hazard_retire(d, &i->node, reclaim);
}

static void retire_for(item *i, void (*reclaim)(weir_hazard_node *node)) {
    retire_in(&domain, i, reclaim);
}

static void retire(item *i) {
    retire_for(i, item_free);
}

ONE_COPY void cohort_retire(weir_hazard_cohort *c, item *i,
                            void (*reclaim)(weir_hazard_node *node)) {
    weir_hazard_cohort_retire(c, &i->node, reclaim);
}

ONE_COPY void drain_in(weir_hazard_domain *d) {
    weir_hazard_drain(d);
}

static void drain(void) {
    drain_in(&domain);
}

/* A retire that scans. */
static void retire_and_scan(item *i) {
    weir_i_hazard_record *mine = weir_i_hazard_mine(&domain);
    if (mine)
        weir_i_store(&mine->limit, 1, relaxed);
    retire(i);
}

static item *replace(WEIR_I_ATOMIC(item *) *where, int value) {
    item *fresh = value ? item_new(value) : NULL;
    return weir_i_exchange(where, fresh, acq_rel);
}

static void start(void) {
    explore_check(weir_hazard_domain_init(&domain) == WEIR_OK);
    weir_hazard_cohort_init(&cohort, &domain);
    weir_i_store(&source, item_new(1), relaxed);
    weir_i_store(&other, item_new(2), relaxed);
    explore_name(&domain, sizeof domain, "domain");
}

static void finish(void) {
    weir_hazard_counts counts;
    if (explore_stopped())
        return;
    for (int i = 0; i < 2; i++) {
        item *left = replace(i ? &source : &other, 0);
        if (left)
            retire(left);
    }
    drain();
    weir_hazard_count(&domain, &counts);
    explore_check(counts.retired == counts.reclaimed);
    weir_hazard_domain_destroy(&domain);
}

static void raise_step(int to) {
    weir_i_store(&step, to, relaxed); /* orders nothing: the header has to */
}

static void await_step(int at) {
    while (weir_i_load(&step, relaxed) < at)
        weir_i_relax();
}

/* The same where the caller has to know: that a retire has returned. */
static void hand_on(int to) {
    weir_i_store(&step, to, release);
}

static void await_hand(int at) {
    while (weir_i_load(&step, acquire) < at)
        weir_i_relax();
}

/* -- a reader and a writer -------------------------------------------------------------------- */

static void read_both(weir_hazard *h) {
    item *i = protect(h, &source);
    if (i)
        explore_check(i->value % 2 == 1);
    i = protect(h, &other); /* ends the first protection */
    if (i)
        explore_check(i->value % 2 == 0);
}

static void reader(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&h);
    read_both(&h);
    clear_holder(&h);
    close_holder(&h);
}

static void reader_that_only_closes(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&h);
    read_both(&h);
    close_holder(&h);
}

static void writer(void *unused) {
    (void)unused;
    retire(replace(&source, 3));
    retire(replace(&other, 4));
    drain();
}

static void writer_that_scans(void *unused) {
    (void)unused;
    retire_and_scan(replace(&other, 4));
    retire_and_scan(replace(&source, 3));
}

static void two(void (*a)(void *), void (*b)(void *)) {
    start();
    explore_spawn(a, NULL);
    explore_spawn(b, NULL);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(hazard_reader_and_drain) {
    two(reader, writer);
}

EXPLORE_PROGRAM(hazard_reader_and_drain_fenced, .no_membarrier = true) {
    two(reader, writer);
}

static void reads_once(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&h);
    const item *i = protect(&h, &source);
    raise_step(1);
    explore_check(i->value % 2 == 1);
    close_holder(&h);
}

/* Twice at one source: what a reader finds on its second look may be gone, too. */
static void writer_twice(void *unused) {
    (void)unused;
    retire(replace(&source, 3));
    retire(replace(&source, 5));
    drain();
}

EXPLORE_PROGRAM(hazard_source_that_changes_twice) {
    two(reads_once, writer_twice);
}

EXPLORE_PROGRAM(hazard_source_that_changes_twice_fenced, .no_membarrier = true) {
    two(reads_once, writer_twice);
}

EXPLORE_PROGRAM(hazard_reader_and_scan) {
    two(reader_that_only_closes, writer_that_scans);
}

EXPLORE_PROGRAM(hazard_reader_and_scan_fenced, .no_membarrier = true) {
    two(reader_that_only_closes, writer_that_scans);
}

EXPLORE_PROGRAM(hazard_two_writers) {
    start();
    explore_spawn(reader, NULL);
    explore_spawn(writer, NULL);
    explore_spawn(writer_that_scans, NULL);
    explore_join_all();
    finish();
}

static void writer_of_batch(void *unused) {
    (void)unused;
    item *a = replace(&source, 3);
    item *b = replace(&other, 4);
    retire(a);
    retire(b);
    drain();
}

static void tries(void *unused) {
    weir_hazard h;
    item *i = NULL;
    (void)unused;
    open_holder(&h);
    if (try_protect(&h, &source, &i))
        explore_check(i->value % 2 == 1);
    if (try_protect(&h, &other, &i)) /* ends the first protection, as does its failure */
        explore_check(i->value % 2 == 0);
    else
        explore_check(!weir_i_load(&h.slot->node, relaxed));
    if (try_protect(&h, &source, &i))
        explore_check(i->value % 2 == 1);
    close_holder(&h);
}

EXPLORE_PROGRAM(hazard_try_protect) {
    two(tries, writer);
}

EXPLORE_PROGRAM(hazard_try_protect_fenced, .no_membarrier = true) {
    two(tries, writer);
}

static void reader_of_two(void *unused) {
    weir_hazard h[2];
    WEIR_I_ATOMIC(item *) *sources[2];
    item *items[2];
    (void)unused;
    open_holder(&h[0]);
    open_holder(&h[1]);           /* in a block */
    for (int n = 0; n < 2; n++) { /* the second ends the first protection */
        sources[n] = &other;
        sources[!n] = &source;
        protect_two(h, sources, items);
        if (items[n])
            explore_check(items[n]->value % 2 == 0);
        if (items[!n])
            explore_check(items[!n]->value % 2 == 1);
    }
    close_holder(&h[1]);
    close_holder(&h[0]);
}

EXPLORE_PROGRAM(hazard_protect_two_at_once) {
    two(reader_of_two, writer_of_batch);
}

EXPLORE_PROGRAM(hazard_protect_two_at_once_fenced, .no_membarrier = true) {
    two(reader_of_two, writer_of_batch);
}

/* What ends a protection, be it another or a failure, is ordered behind what was read under it. The
 * steps bring the two close together. */
static void reads_and_fails(void *unused) {
    weir_hazard h;
    item *i = NULL;
    (void)unused;
    open_holder(&h);
    const bool protects = try_protect(&h, &source, &i);
    raise_step(1);
    await_step(2);
    if (protects)
        explore_check(i->value == 1);
    if (try_protect(&h, &other, &i))
        explore_check(i->value % 2 == 0);
    raise_step(3);
    close_holder(&h);
}

static void retires_between(void *unused) {
    (void)unused;
    await_step(1);
    retire(replace(&source, 0));
    raise_step(2);
    retire(replace(&other, 4));
    drain();
}

EXPLORE_PROGRAM(hazard_failure_ends_a_protection) {
    two(reads_and_fails, retires_between);
}

static void reads_two_twice(void *unused) {
    weir_hazard h[2];
    WEIR_I_ATOMIC(item *) *sources[2] = {&source, &other};
    item *items[2];
    (void)unused;
    open_holder(&h[0]);
    open_holder(&h[1]);
    for (int n = 0; n < 2; n++) {
        protect_two(h, sources, items);
        if (n == 0) {
            raise_step(1);
            await_step(2);
        }
        explore_check(items[0]->value % 2 == 1 && items[1]->value % 2 == 0);
    }
    close_holder(&h[1]);
    close_holder(&h[0]);
}

static void retires_two_between(void *unused) {
    (void)unused;
    await_step(1);
    retire(replace(&source, 3));
    retire(replace(&other, 4));
    raise_step(2);
    drain();
}

EXPLORE_PROGRAM(hazard_two_protections_end_two) {
    two(reads_two_twice, retires_two_between);
}

/* More nodes protected by one thread than the table holds at a time. */
enum { MORE = 5 };
static WEIR_I_ATOMIC(item *) more[MORE];

static void reader_of_more(void *unused) {
    weir_hazard h[MORE];
    item *i[MORE];
    (void)unused;
    for (int n = 0; n < MORE; n++)
        open_holder(&h[n]);
    for (int n = 0; n < MORE; n++)
        i[n] = protect(&h[n], &more[n]);
    raise_step(1);
    for (int n = 0; n < MORE; n++)
        explore_check(i[n]->value == 7);
    for (int n = 0; n < MORE; n++)
        close_holder(&h[n]);
}

static void writer_against_more(void *unused) {
    (void)unused;
    await_step(1);
    for (int n = 0; n < MORE; n++)
        retire(replace(&more[n], 0));
    drain();
}

EXPLORE_PROGRAM(hazard_more_protected_than_the_table_holds) {
    for (int n = 0; n < MORE; n++)
        weir_i_store(&more[n], item_new(7), relaxed);
    two(reader_of_more, writer_against_more);
}

/* One unlinks and retires, another drains: its fence has to come after it has taken the node. */
static void retires_only(void *unused) {
    (void)unused;
    await_step(1);
    retire(replace(&source, 3));
}

static void drains_only(void *unused) {
    (void)unused;
    drain();
}

EXPLORE_PROGRAM(hazard_drain_of_what_another_retires) {
    start();
    explore_spawn(reads_once, NULL);
    explore_spawn(retires_only, NULL);
    explore_spawn(drains_only, NULL);
    explore_join_all();
    finish();
}

/* -- drain takes over ------------------------------------------------------------------------- */

static void retires_and_lives_on(void *unused) {
    (void)unused;
    retire(replace(&source, 0));
    hand_on(1);
    await_step(2);
}

static void drains_the_other(void *unused) {
    weir_hazard_counts counts;
    (void)unused;
    await_hand(1);
    drain();
    weir_hazard_count(&domain, &counts);
    explore_check(counts.reclaimed == 1);
    raise_step(2);
}

EXPLORE_PROGRAM(hazard_drain_takes_over_what_a_live_thread_holds) {
    two(retires_and_lives_on, drains_the_other);
}

/* One of its nodes is found free already, and not yet reclaimed. */
static void scans_and_lives_on(void *unused) {
    (void)unused;
    retire(replace(&source, 0));
    retire_and_scan(replace(&other, 0));
    hand_on(1);
    await_step(2);
}

static void drains_both(void *unused) {
    weir_hazard_counts counts;
    (void)unused;
    await_hand(1);
    drain();
    weir_hazard_count(&domain, &counts);
    explore_check(counts.reclaimed == 2);
    raise_step(2);
}

EXPLORE_PROGRAM(hazard_drain_takes_over_what_is_ready) {
    two(scans_and_lives_on, drains_both);
}

static void retires_and_drains(void *which) {
    if (which)
        retire(replace(&source, 0));
    else
        cohort_retire(&cohort, replace(&other, 0), item_free);
    drain();
}

EXPLORE_PROGRAM(hazard_two_drains) {
    start();
    explore_spawn(retires_and_drains, (void *)0);
    explore_spawn(retires_and_drains, (void *)1);
    explore_join_all();
    finish();
}

/* Nodes that a scan found free, that it has taken from among others, and that its thread has not
 * reclaimed yet. */
static void protects_one(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&h);
    const item *i = protect(&h, &source);
    raise_step(1);
    explore_check(i->value == 1);
    close_holder(&h);
}

static void retires_four_and_scans(void *unused) {
    (void)unused;
    await_step(1);
    retire(item_new(9));
    retire(replace(&source, 0));
    retire(item_new(9));
    retire_and_scan(item_new(9));
}

EXPLORE_PROGRAM(hazard_drain_of_what_is_ready) {
    start();
    explore_spawn(protects_one, NULL);
    explore_spawn(retires_four_and_scans, NULL);
    explore_spawn(drains_only, NULL);
    explore_join_all();
    finish();
}

/* -- leaving ---------------------------------------------------------------------------------- */

/* What the thread retired is still protected when it leaves; whoever scans next reclaims it. */
static void retires_and_leaves(void *unused) {
    (void)unused;
    await_step(1);
    retire(replace(&source, 0));
}

static void protects_over_the_exit(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&h);
    const item *i = protect(&h, &source);
    raise_step(1);
    explore_check(i->value == 1);
    close_holder(&h);
    retire_and_scan(replace(&other, 0));
}

EXPLORE_PROGRAM(hazard_exit_with_protected_nodes) {
    start();
    (void)weir_i_hazard_mine(&domain); /* not the record of one that left */
    explore_spawn(protects_over_the_exit, NULL);
    explore_spawn(retires_and_leaves, NULL);
    explore_join_all();
    for (int n = 0; n < 4; n++) /* each reclaims one of those that the scans found free */
        retire_and_scan(item_new(9));
    explore_check(weir_i_load(&first_gone, relaxed));
    finish();
}

/* Records come back with their slots, and no more are made than threads were there at once. */
static void comes_and_goes(void *unused) {
    weir_hazard h[2];
    (void)unused;
    open_holder(&h[0]);
    open_holder(&h[1]);
    (void)protect(&h[1], &source);
    close_holder(&h[0]);
    close_holder(&h[1]);
}

EXPLORE_PROGRAM(hazard_records_come_back) {
    weir_hazard_counts counts;
    start();
    explore_spawn(comes_and_goes, NULL);
    explore_spawn(comes_and_goes, NULL);
    explore_join(1);
    explore_spawn(comes_and_goes, NULL);
    explore_join_all();
    weir_hazard_count(&domain, &counts);
    explore_check(counts.records <= 2);
    finish();
}

/* The last one's record is taken, not behind a join: by the header's own orders. */
EXPLORE_PROGRAM(hazard_record_changes_hands) {
    start();
    explore_spawn(comes_and_goes, NULL);
    explore_spawn(comes_and_goes, NULL);
    explore_spawn(comes_and_goes, NULL);
    explore_join_all();
    finish();
}

static void leaves_late(void *unused) {
    (void)unused;
    retire(replace(&source, 0));
    hand_on(1);
}

/* The domain goes while a thread that was in it exits. */
EXPLORE_PROGRAM(hazard_destroy_beside_an_exit) {
    start();
    explore_spawn(leaves_late, NULL);
    await_hand(1);
    free(weir_i_load(&other, relaxed));
    weir_hazard_domain_destroy(&domain);
    explore_join_all();
}

/* It goes while a thread that was in it lives on, and comes by in another domain. */
static weir_hazard_domain another;

static void moves_on(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&h);
    close_holder(&h);
    hand_on(1);
    explore_check(weir_hazard_open(&h, &another) == WEIR_OK);
    close_holder(&h);
    explore_check(weir_hazard_open(&h, &another) == WEIR_OK);
    close_holder(&h);
}

EXPLORE_PROGRAM(hazard_domain_goes_before_its_threads) {
    start();
    explore_spawn(moves_on, NULL);
    await_hand(1);
    free(weir_i_load(&source, relaxed));
    free(weir_i_load(&other, relaxed));
    weir_hazard_domain_destroy(&domain);
    explore_join_all();
    weir_hazard_domain_destroy(&another);
}

/* -- holders that travel ---------------------------------------------------------------------- */

static weir_hazard travelling;

static void opens_for_another(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&travelling);
    (void)protect(&travelling, &source);
    weir_i_store(&step, 1, release);
    open_holder(&h); /* perhaps in the slot that came back, perhaps in a block */
    (void)protect(&h, &other);
    close_holder(&h);
    open_holder(&h);
    close_holder(&h);
}

static void closes_for_another(void *unused) {
    (void)unused;
    while (weir_i_load(&step, acquire) < 1)
        weir_i_relax();
    explore_check(weir_i_load(&source, relaxed)->value == 1);
    close_holder(&travelling);
    retire_and_scan(replace(&source, 0));
}

EXPLORE_PROGRAM(hazard_holder_closed_by_another_thread) {
    two(opens_for_another, closes_for_another);
}

/* -- reclaimers ------------------------------------------------------------------------------- */

static void retire_the_other_too(weir_hazard_node *node) {
    item *i = (item *)node;
    item *also = i->also;
    item_free(node);
    if (also)
        retire_for(also, retire_the_other_too);
    drain(); /* carried out later: the chain does not recurse */
    reclaimed++;
}

EXPLORE_PROGRAM(hazard_retire_and_drain_within_reclaim) {
    item *chain = NULL;
    start();
    for (int n = 0; n < 3; n++) {
        item *i = item_new(7);
        i->also = chain;
        chain = i;
    }
    retire_for(chain, retire_the_other_too);
    retire_for(item_new(7), retire_the_other_too);
    drain();
    explore_check(reclaimed == 4);
    finish();
}

/* -- cohorts ---------------------------------------------------------------------------------- */

static int *owned; /* goes away when the cohort is drained */

static void use_what_is_owned(weir_hazard_node *node) {
    (*owned)++;
    item_free(node);
}

ONE_COPY void cohort_drain(weir_hazard_cohort *c) {
    weir_hazard_cohort_drain(c);
}

static void retires_into_cohort(void *unused) {
    (void)unused;
    cohort_retire(&cohort, replace(&source, 0), use_what_is_owned);
    hand_on(1);
    drain();
}

static void reads_slowly(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&h);
    const item *i = protect(&h, &source);
    if (i)
        explore_check(i->value == 1);
    close_holder(&h);
}

EXPLORE_PROGRAM(hazard_cohort_drain_leaves_none) {
    start();
    owned = calloc(1, sizeof *owned);
    explore_spawn(retires_into_cohort, NULL);
    explore_spawn(reads_slowly, NULL);
    await_hand(1);
    cohort_drain(&cohort);
    free(owned);
    explore_join_all();
    finish();
}

/* Two reclaimers, in two threads, each of which drains a cohort; a node of each may be in the other
 * thread's hand. */
static weir_hazard_cohort inner[2];

static void drain_inner(weir_hazard_node *node) {
    const int mine = ((item *)node)->value - 1;
    item_free(node);
    cohort_drain(&inner[mine]);
}

static void retires_outer(void *which) {
    const int mine = (int)(intptr_t)which;
    item *outer = item_new(mine + 1);
    for (int n = 0; n < 2; n++)
        cohort_retire(&inner[n], item_new(7), item_free);
    weir_i_fetch_add(&step, 1, acq_rel);
    while (weir_i_load(&step, acquire) < 2) /* into a cohort that drains nobody may retire */
        weir_i_relax();
    retire_for(outer, drain_inner);
    drain();
}

EXPLORE_PROGRAM(hazard_reclaimers_that_drain_cohorts) {
    start();
    weir_hazard_cohort_init(&inner[0], &domain);
    weir_hazard_cohort_init(&inner[1], &domain);
    explore_spawn(retires_outer, (void *)0);
    explore_spawn(retires_outer, (void *)1);
    explore_join_all();
    finish();
}

/* -- no memory -------------------------------------------------------------------------------- */

static void reader_without_memory(void *unused) {
    weir_hazard h;
    (void)unused;
    const weir_status status = weir_hazard_open(&h, &domain);
    explore_check(status == WEIR_OK || status == WEIR_NOMEM);
    if (status != WEIR_OK)
        return;
    read_both(&h);
    close_holder(&h);
}

static void writer_without_memory(void *which) {
    WEIR_I_ATOMIC(item *) *from = which ? &source : &other;
    item *i = weir_i_exchange(from, NULL, acq_rel);
    retire_and_scan(i);
    drain();
}

EXPLORE_PROGRAM(hazard_without_memory, .alloc_failures = 3) {
    item *a = malloc(sizeof *a);
    item *b = malloc(sizeof *b);
    if (a && b) {
        (void)weir_hazard_domain_init(&domain);
        a->value = 1;
        b->value = 2;
        weir_i_store(&source, a, relaxed);
        weir_i_store(&other, b, relaxed);
        explore_spawn(reader_without_memory, NULL);
        explore_spawn(writer_without_memory, (void *)0);
        explore_spawn(writer_without_memory, (void *)1);
        explore_join_all();
        weir_hazard_domain_destroy(&domain);
    } else {
        free(a);
        free(b);
    }
}

/* Two that never get a record, and drain: who finds the reserve taken leaves its drain to the
 * other, which may just be giving it back. */
static void *never(size_t size, size_t align, void *ctx) {
    (void)size;
    (void)align;
    (void)ctx;
    return NULL;
}

static void never_free(void *memory, size_t size, void *ctx) {
    (void)memory;
    (void)size;
    (void)ctx;
}

static void start_without_memory(void) {
    const weir_allocator none = {never, never_free, NULL};
    start();
    explore_check(weir_hazard_domain_init_with(&domain, &none) == WEIR_OK);
}

static void all_must_be_gone(void) {
    weir_hazard_counts counts;
    if (explore_stopped())
        return;
    weir_hazard_count(&domain, &counts);
    explore_check(counts.retired == 2 && counts.reclaimed == 2);
    weir_hazard_domain_destroy(&domain);
}

static void drains_without_memory(void *which) {
    retire(replace(which ? &source : &other, 0));
    drain();
}

EXPLORE_PROGRAM(hazard_no_drain_is_lost_between_threads_without_records) {
    start_without_memory();
    explore_spawn(drains_without_memory, (void *)0);
    explore_spawn(drains_without_memory, (void *)1);
    explore_join_all();
    all_must_be_gone();
}

/* Who finds the reserve taken again passes the note on, with what its author had done. */
EXPLORE_PROGRAM(hazard_no_drain_is_lost_where_a_note_is_passed_on) {
    weir_hazard_counts counts;
    start_without_memory();
    explore_spawn(drains_without_memory, (void *)0);
    explore_spawn(drains_only, NULL);
    explore_spawn(drains_only, NULL);
    explore_join_all();
    weir_hazard_count(&domain, &counts);
    explore_check(counts.reclaimed == 1);
    retire(replace(&source, 0));
    drain();
    all_must_be_gone();
}

static void retires_and_drains_cohort(void *unused) {
    (void)unused;
    cohort_retire(&cohort, replace(&source, 0), item_free);
    cohort_drain(&cohort);
}

EXPLORE_PROGRAM(hazard_no_drain_is_lost_beside_a_cohort_without_records) {
    start_without_memory();
    explore_spawn(retires_and_drains_cohort, NULL);
    explore_spawn(drains_without_memory, (void *)0);
    explore_join_all();
    all_must_be_gone();
}

static void drains_inner_without_memory(weir_hazard_node *node) {
    item_free(node);
    cohort_drain(&inner[0]);
}

/* Both reclaimers drain, of which one thread at a time can be at it. */
static void outer_without_memory(void *which) {
    retire_for(replace(which ? &source : &other, 0), drains_inner_without_memory);
    drain();
}

EXPLORE_PROGRAM(hazard_reclaimers_that_drain_a_cohort_without_records) {
    start_without_memory();
    weir_hazard_cohort_init(&inner[0], &domain);
    cohort_retire(&inner[0], item_new(7), item_free);
    explore_spawn(outer_without_memory, (void *)0);
    explore_spawn(outer_without_memory, (void *)1);
    explore_join_all();
    weir_hazard_domain_destroy(&domain);
}

/* Memory for some: the others share the reserve. */
static bool rich[EXPLORE_THREADS];

static void *for_the_rich(size_t size, size_t align, void *ctx) {
    (void)ctx;
    (void)align;
    return rich[explore_thread()] ? malloc(size) : NULL;
}

static void free_of_the_rich(void *memory, size_t size, void *ctx) {
    (void)size;
    (void)ctx;
    free(memory);
}

static const weir_allocator some = {for_the_rich, free_of_the_rich, NULL};

static void start_with_some_memory(void) {
    start();
    explore_check(weir_hazard_domain_init_with(&domain, &some) == WEIR_OK);
}

static void reads_once_with_memory(void *unused) {
    rich[explore_thread()] = true;
    reads_once(unused);
}

EXPLORE_PROGRAM(hazard_readers_beside_a_drain_without_a_record) {
    start_with_some_memory();
    explore_spawn(reads_once_with_memory, NULL);
    explore_spawn(writer_twice, NULL);
    explore_join_all();
    finish();
}

static void drains_with_memory(void *unused) {
    rich[explore_thread()] = true;
    drains_the_other(unused);
}

EXPLORE_PROGRAM(hazard_drain_takes_over_what_threads_without_records_retired) {
    start_with_some_memory();
    explore_spawn(retires_and_lives_on, NULL); /* without memory */
    explore_spawn(drains_with_memory, NULL);
    explore_join_all();
    finish();
}

/* Nobody drains: every so many retires one reclaims. */
EXPLORE_PROGRAM(hazard_retire_without_a_record_reclaims) {
    weir_hazard_counts counts;
    start_with_some_memory();
    weir_hazard_domain_set_batch(&domain, 2);
    retire(replace(&source, 0));
    retire(replace(&other, 0));
    weir_hazard_count(&domain, &counts);
    explore_check(counts.reclaimed == 2);
    finish();
}

/* The rest of what the drain took has to be reclaimed by it, although a reclaimer put it down. */
static void reclaims_inner(weir_hazard_node *node) {
    item_free(node);
    cohort_drain(&inner[0]);
}

static void drains_in_the_middle(void) {
    weir_hazard_counts counts;
    weir_hazard_cohort_init(&inner[0], &domain);
    cohort_retire(&inner[0], item_new(7), item_free);
    retire(replace(&other, 0));
    retire_for(replace(&source, 0), reclaims_inner);
    drain();
    weir_hazard_count(&domain, &counts);
    explore_check(counts.reclaimed == 3);
    finish();
}

EXPLORE_PROGRAM(hazard_drain_goes_on_behind_a_cohort) {
    start();
    drains_in_the_middle();
}

EXPLORE_PROGRAM(hazard_drain_goes_on_behind_a_cohort_without_a_record) {
    start_with_some_memory();
    drains_in_the_middle();
}

/* It gets a record while it is at the reserve, in whose hand the cohort's nodes are. */
static void has_memory_by_now(weir_hazard_node *node) {
    item_free(node);
    rich[explore_thread()] = true;
    cohort_drain(&inner[0]);
}

static void comes_to_memory_within(void *which) {
    retire_for(replace(which ? &source : &other, 0), has_memory_by_now);
    drain();
}

EXPLORE_PROGRAM(hazard_record_for_a_thread_that_is_at_the_reserve) {
    start_with_some_memory();
    weir_hazard_cohort_init(&inner[0], &domain);
    cohort_retire(&inner[0], item_new(7), item_free);
    explore_spawn(comes_to_memory_within, (void *)0);
    explore_spawn(comes_to_memory_within, (void *)1);
    explore_join_all();
    finish();
}

/* Destroy reclaims as the reserve's owner if it has no record. Nothing recurses there either. */
static bool within;
static bool retires_are_due;

static void retires_one_more_and_drains(weir_hazard_node *node) {
    item *also = ((item *)node)->also;
    item_free(node);
    explore_check(!within);
    within = true;
    if (retires_are_due)
        weir_i_store(&weir_i_hazard_mine(&domain)->limit, 1, relaxed);
    if (also)
        retire_for(also, retires_one_more_and_drains);
    drain();
    within = false;
    reclaimed++;
}

static void has_a_record_by_now(weir_hazard_node *node) {
    rich[explore_thread()] = true;
    retires_one_more_and_drains(node);
}

static void destroy_with_nodes(void (*first)(weir_hazard_node *node)) {
    weir_hazard_cohort_init(&inner[0], &domain);
    cohort_retire(&inner[0], item_new(7), item_free);
    for (int i = 0; i < 2; i++) {
        item *last = replace(i ? &source : &other, 0);
        last->also = item_new(7);
        retire_for(last, i ? retires_one_more_and_drains : first);
    }
    retire_for(item_new(7), reclaims_inner);
    weir_hazard_domain_destroy(&domain);
    explore_check(reclaimed == 4);
}

EXPLORE_PROGRAM(hazard_destroy_without_a_record) {
    start_with_some_memory();
    destroy_with_nodes(retires_one_more_and_drains);
}

EXPLORE_PROGRAM(hazard_destroy_gets_a_record_on_the_way) {
    start_with_some_memory();
    destroy_with_nodes(has_a_record_by_now);
}

EXPLORE_PROGRAM(hazard_destroy_with_a_record) {
    start();
    retires_are_due = true;
    destroy_with_nodes(retires_one_more_and_drains);
}

/* A drain in a reclaimer is carried out behind it, also if its thread, at the reserve, has got a
 * record in between. */
EXPLORE_PROGRAM(hazard_drain_within_gets_a_record_on_the_way) {
    start_with_some_memory();
    for (int i = 0; i < 2; i++) {
        item *last = replace(i ? &source : &other, 0);
        last->also = item_new(7);
        retire_for(last, has_a_record_by_now);
    }
    drain();
    explore_check(reclaimed == 4);
    finish();
}

/* Two without records, each in the drain of its cohort, beside a reader. */
static void drains_its_cohort(void *which) {
    const int mine = which ? 1 : 0;
    cohort_retire(&inner[mine], replace(which ? &source : &other, 0), item_free);
    cohort_drain(&inner[mine]);
    explore_check(weir_i_load(&inner[mine].live, relaxed) == 0);
}

static void reads_slowly_with_memory(void *unused) {
    rich[explore_thread()] = true;
    reads_slowly(unused);
}

EXPLORE_PROGRAM(hazard_cohort_drains_without_records) {
    start_with_some_memory();
    weir_hazard_cohort_init(&inner[0], &domain);
    weir_hazard_cohort_init(&inner[1], &domain);
    explore_spawn(drains_its_cohort, (void *)0);
    explore_spawn(drains_its_cohort, (void *)1);
    explore_spawn(reads_slowly_with_memory, NULL);
    explore_join_all();
    finish();
}

/* -- weir's own guards, of the default domain ------------------------------------------------- */

ONE_COPY weir_i_guard enter(void) {
    return weir_i_guard_enter();
}

ONE_COPY void leave(weir_i_guard guard) {
    weir_i_guard_leave(guard);
}

ONE_COPY item *guard_protect(const weir_i_guard *guard, WEIR_I_ATOMIC(item *) *from) {
    return WEIR_I_GUARD_PROTECT(guard, from);
}

static void start_guards(void) {
    start();
    explore_check(weir_hazard_domain_init_with(weir_hazard_default(), &some) == WEIR_OK);
}

static void finish_guards(void) {
    weir_hazard_counts counts;
    if (explore_stopped())
        return;
    for (int i = 0; i < 2; i++) {
        item *left = replace(i ? &source : &other, 0);
        if (left)
            retire_in(weir_hazard_default(), left, item_free);
    }
    drain_in(weir_hazard_default());
    weir_hazard_count(weir_hazard_default(), &counts);
    explore_check(counts.retired == counts.reclaimed); /* no slot was left set */
    weir_hazard_domain_destroy(weir_hazard_default());
    weir_hazard_domain_destroy(&domain);
}

static void guards_both(void *unused) {
    (void)unused;
    for (int n = 0; n < 2; n++) {
        const weir_i_guard guard = enter();
        const item *i = guard_protect(&guard, n ? &other : &source);
        if (i)
            explore_check(i->value % 2 == !n);
        leave(guard);
    }
}

static void replaces_both(void *unused) {
    (void)unused;
    for (int n = 0; n < 2; n++)
        retire_in(weir_hazard_default(), replace(n ? &other : &source, n ? 4 : 3), item_free);
    drain_in(weir_hazard_default());
}

/* One more reader than the reserve has slots. */
static void readers_at_the_reserve(void) {
    start_guards();
    for (int n = 0; n < WEIR_I_HAZARD_SLOTS + 1; n++)
        explore_spawn(guards_both, NULL);
    explore_spawn(replaces_both, NULL);
    explore_join_all();
    finish_guards();
}

EXPLORE_PROGRAM(hazard_guards_without_records) {
    readers_at_the_reserve();
}

EXPLORE_PROGRAM(hazard_guards_without_records_fenced, .no_membarrier = true) {
    readers_at_the_reserve();
}

/* The reclaimer finds the next reader's node in the slot, and nothing else tells it that the last
 * one is done. */
static void guards_and_leaves(void *unused) {
    (void)unused;
    const weir_i_guard guard = enter();
    const item *i = guard_protect(&guard, &source);
    explore_check(i->value == 1);
    leave(guard);
    raise_step(1);
}

static void guards_in_the_same_slot(void *unused) {
    (void)unused;
    await_step(1);
    const weir_i_guard guard = enter();
    const item *i = guard_protect(&guard, &other);
    raise_step(2);
    await_step(3);
    explore_check(i->value == 2);
    leave(guard);
}

static void reclaims_beside_them(void *unused) {
    (void)unused;
    await_step(2);
    retire_in(weir_hazard_default(), replace(&source, 0), item_free);
    drain_in(weir_hazard_default());
    raise_step(3);
}

EXPLORE_PROGRAM(hazard_guards_one_after_the_other_in_a_slot) {
    start_guards();
    explore_spawn(guards_and_leaves, NULL);
    explore_spawn(guards_in_the_same_slot, NULL);
    explore_spawn(reclaims_beside_them, NULL);
    explore_join_all();
    finish_guards();
}

/* The domain went, and was made anew; the thread's record is none of it, and guards nothing. */
static void guards_on(void *unused) {
    (void)unused;
    rich[explore_thread()] = true;
    leave(enter());
    hand_on(1);
    await_hand(2);
    weir_i_guard guard;
    if (!weir_i_guard_enter_fast(&guard))
        guard = enter();
    const item *i = guard_protect(&guard, &source);
    if (i)
        explore_check(i->value % 2 == 1);
    leave(guard);
}

EXPLORE_PROGRAM(hazard_guards_when_the_domain_was_made_anew) {
    start_guards();
    rich[0] = true;
    explore_spawn(guards_on, NULL);
    await_hand(1);
    weir_hazard_domain_destroy(weir_hazard_default());
    explore_check(weir_hazard_domain_init_with(weir_hazard_default(), &some) == WEIR_OK);
    hand_on(2);
    replaces_both(NULL);
    explore_join_all();
    finish_guards();
}

/* -- a forked child --------------------------------------------------------------------------- */

/* As a child finds it: the cohort counts a node that was in the hand of a thread that is gone. Its
 * drain must not wait for that one; but it must for those that others of the child have in hand. */
static void start_as_child(void) {
    start();
    owned = calloc(1, sizeof *owned);
    weir_i_store(&domain.lost, true, relaxed);
    weir_i_store(&cohort.live, 1, relaxed);
}

static void drain_in_child(void) {
    await_hand(1);
    cohort_drain(&cohort);
    (*owned)++; /* what the reclaimers used is this thread's now */
    free(owned);
    explore_join_all();
    finish();
}

static void retires_in_child(void *unused) {
    item *i = replace(&source, 0);
    (void)unused;
    (void)weir_i_hazard_mine(&domain); /* so that what comes next is the retire alone */
    cohort_retire(&cohort, i, use_what_is_owned);
    hand_on(1);
    drain();
}

EXPLORE_PROGRAM(hazard_cohort_drain_in_a_child_waits_for_a_drain) {
    start_as_child();
    explore_spawn(retires_in_child, NULL);
    drain_in_child();
}

/* Two nodes are found free, and one is left for the thread's next retire. */
static void leaves_ready_in_child(void *unused) {
    (void)unused;
    cohort_retire(&cohort, replace(&source, 0), use_what_is_owned);
    hand_on(1);
    retire_and_scan(replace(&other, 0));
    retire(item_new(7));
}

EXPLORE_PROGRAM(hazard_cohort_drain_in_a_child_waits_for_what_is_ready) {
    start_as_child();
    explore_spawn(leaves_ready_in_child, NULL);
    drain_in_child();
}

/* Another drain has the node in hand for a while, and puts it onto another list. */
static void drains_another_cohort(void *unused) {
    (void)unused;
    cohort_drain(&inner[0]);
}

EXPLORE_PROGRAM(hazard_cohort_drain_in_a_child_finds_what_another_put_back) {
    start_as_child();
    weir_hazard_cohort_init(&inner[0], &domain);
    cohort_retire(&inner[0], item_new(7), item_free);
    cohort_retire(&cohort, replace(&source, 0), use_what_is_owned);
    explore_spawn(drains_another_cohort, NULL);
    cohort_drain(&cohort);
    free(owned);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(hazard_cohort_drain_in_a_child_waits_for_readers) {
    start_as_child();
    explore_spawn(reads_slowly, NULL);
    cohort_retire(&cohort, replace(&source, 0), use_what_is_owned);
    cohort_drain(&cohort);
    free(owned);
    explore_join_all();
    finish();
}

/* The thread that owned a record, or the reserve, is the parent's: it had nodes in hand, holders
 * open, and a note to drain once more. */
static weir_hazard_node lost_with_it;

static void make_orphan(weir_i_hazard_record *record, const void *found) {
    const uint32_t parent = weir_i_hazard_owner(WEIR_I_HAZARD_OWNED) + 8;
    weir_i_store(&record->owner, parent, relaxed);
    weir_i_store(&record->turns, 1, relaxed);
    weir_i_store(&record->again, true, relaxed);
    record->hand = &lost_with_it;
    weir_i_store(&record->slot[0].node, found, relaxed); /* nobody's node */
}

/* Its identity may well be that of a thread of the child. */
static void reserve_of_a_thread_that_is_gone(bool record) {
    start_with_some_memory();
    rich[0] = record;
    cohort_retire(&cohort, replace(&source, 0), item_free);
    make_orphan(&domain.reserve, NULL);
    weir_i_store(&domain.at_reserve, weir_i_hazard_local_self(), relaxed);
    weir_i_fetch_add(&cohort.live, 1, relaxed); /* what it had in hand */
    explore_spawn(drains_without_memory, (void *)0);
    cohort_drain(&cohort);
    explore_join_all();
    finish();
}

EXPLORE_PROGRAM(hazard_reserve_of_a_thread_that_is_gone) {
    reserve_of_a_thread_that_is_gone(false);
}

EXPLORE_PROGRAM(hazard_reserve_of_a_thread_that_is_gone_and_a_record) {
    reserve_of_a_thread_that_is_gone(true);
}

static void takes_the_record(void *unused) {
    weir_hazard_counts counts;
    weir_hazard h;
    (void)unused;
    open_holder(&h); /* all of its slots are free again */
    (void)protect(&h, &source);
    weir_hazard_count(&domain, &counts);
    explore_check(counts.records == 1 && counts.slots == WEIR_I_HAZARD_SLOTS);
    close_holder(&h);
    retire_and_scan(replace(&source, 0));
}

static void has_a_record(void *unused) {
    (void)unused;
    weir_hazard h;
    open_holder(&h);
    close_holder(&h);
}

EXPLORE_PROGRAM(hazard_record_of_a_thread_that_is_gone) {
    start();
    explore_spawn(has_a_record, NULL);
    explore_join_all();
    weir_i_hazard_record *record = weir_i_load(&domain.records, relaxed);
    make_orphan(record, record);
    record->free = NULL;
    explore_spawn(takes_the_record, NULL);
    explore_join_all();
    explore_check(!weir_i_load(&record->slot[0].node, relaxed));
    finish();
}

/* Nobody takes the record: a scan does, and finds the holder closed. */
EXPLORE_PROGRAM(hazard_scan_takes_what_a_thread_that_is_gone_left) {
    start_with_some_memory();
    rich[0] = rich[1] = true;
    (void)weir_i_hazard_mine(&domain); /* not the record of one that is gone */
    explore_spawn(has_a_record, NULL);
    explore_join_all();
    weir_i_hazard_record *record = weir_i_load(&domain.records, relaxed);
    item *left = replace(&source, 0);
    if (record == weir_i_hazard_mine(&domain))
        record = record->next;
    make_orphan(record, left);
    weir_i_hazard_put_back(record, &left->node, &left->node);
    weir_i_fetch_add(&record->retires, 1, relaxed);
    left->node.reclaim = item_free;
    left->node.cohort = NULL;
    for (int n = 0; n < 3; n++) /* each reclaims one of those that the scans found free */
        retire_and_scan(item_new(9));
    explore_check(weir_i_load(&first_gone, relaxed));
    finish();
}

/* -- nobody waits for anybody ----------------------------------------------------------------- */

static void stoppable(void *unused) {
    weir_hazard h;
    item *i;
    (void)unused;
    explore_begin("open");
    open_holder(&h);
    explore_end();
    explore_begin("protect");
    (void)protect(&h, &source);
    explore_end();
    explore_begin("try_protect");
    (void)try_protect(&h, &source, &i);
    explore_end();
    explore_begin("close");
    close_holder(&h);
    explore_end();
    item *a = replace(&source, 3);
    item *b = replace(&other, 4);
    explore_begin("retire");
    retire(a);
    explore_end();
    explore_begin("retire that scans");
    retire_and_scan(b);
    explore_end();
    explore_begin("drain");
    drain();
    explore_end();
}

static void everything(void *unused) {
    weir_hazard h;
    (void)unused;
    open_holder(&h);
    read_both(&h);
    close_holder(&h);
    retire(replace(&source, 5));
    retire_and_scan(replace(&other, 6));
    drain();
}

EXPLORE_PROGRAM(hazard_calls_return_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    two(stoppable, everything);
}

/* Threads without records wait for a slot of the reserve at most, and here each finds one. */
static void stoppable_without_a_record(void *unused) {
    (void)unused;
    item *a = replace(&source, 3);
    explore_begin("retire");
    retire_in(weir_hazard_default(), a, item_free);
    explore_end();
    explore_begin("drain");
    drain_in(weir_hazard_default());
    explore_end();
    explore_begin("enter");
    const weir_i_guard guard = enter();
    explore_end();
    explore_begin("protect");
    (void)guard_protect(&guard, &source);
    explore_end();
    explore_begin("leave");
    leave(guard);
    explore_end();
}

static void guards_and_replaces(void *unused) {
    guards_both(unused);
    replaces_both(unused);
}

EXPLORE_PROGRAM(hazard_calls_without_records_return_whoever_is_stopped,
                .stop = EXPLORE_STOP_PASSES) {
    start_guards();
    explore_spawn(stoppable_without_a_record, NULL);
    explore_spawn(guards_and_replaces, NULL);
    explore_join_all();
    finish_guards();
}
