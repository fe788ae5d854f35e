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

#include <weir/hazard.h>

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

ONE_COPY void retire_for(item *i, void (*reclaim)(weir_hazard_node *node)) {
    weir_hazard_retire(&domain, &i->node, reclaim);
}

static void retire(item *i) {
    retire_for(i, item_free);
}

ONE_COPY void cohort_retire(weir_hazard_cohort *c, item *i,
                            void (*reclaim)(weir_hazard_node *node)) {
    weir_hazard_cohort_retire(c, &i->node, reclaim);
}

ONE_COPY void drain(void) {
    weir_hazard_drain(&domain);
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
