/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * api.c - the public names, as documented, used by a program that includes all of weir: each name
 * has the type and the meaning that callers rely on. As C and as C++ (api.cc); see pair.h. `fill`
 * and `drain` are the containers; `make` is all that needs no container.
 */
#include <weir/weir.h>

#include "pair.h"

#include <string.h>

typedef struct job {
    int id;
    double weight;
} job;

typedef struct buffer {
    char bytes[100];
} buffer;

WEIR_RING(ring, job)
WEIR_SPSC(spsc, job);
WEIR_LFRING(lfring, job)
WEIR_STACK(stack, job);
WEIR_QUEUE(queue, job)
WEIR_DEQUE(deque, int);
WEIR_INJECTOR(injector, int)
WEIR_POOL(pool, buffer);
WEIR_ONCE_VALUE(answer, int)
WEIR_CHAN(chan, job);

typedef struct shared {
    ring ring_;
    lfring lfring_;
    chan chan_;
} shared;

static const pair_fact PAIR(facts)[] = {
    {"WEIR_OK", WEIR_OK},
    {"WEIR_AGAIN", WEIR_AGAIN},
    {"WEIR_BUSY", WEIR_BUSY},
    {"WEIR_TIMEOUT", WEIR_TIMEOUT},
    {"WEIR_CANCELED", WEIR_CANCELED},
    {"WEIR_CLOSED", WEIR_CLOSED},
    {"WEIR_NOMEM", WEIR_NOMEM},
    {"WEIR_INVALID", WEIR_INVALID},
    PAIR_SIZE(ring),
    PAIR_SIZE(spsc),
    PAIR_SIZE(lfring),
    PAIR_SIZE(stack),
    PAIR_SIZE(queue),
    PAIR_SIZE(deque),
    PAIR_SIZE(injector),
    PAIR_SIZE(pool),
    PAIR_SIZE(chan),
    PAIR_SIZE(weir_case),
    PAIR_SIZE(weir_once),
    PAIR_SIZE(weir_wait_group),
    PAIR_SIZE(weir_latch),
    PAIR_SIZE(weir_barrier),
    PAIR_SIZE(weir_event),
    PAIR_SIZE(weir_mutex),
    PAIR_SIZE(weir_rwmutex),
    PAIR_SIZE(weir_cond),
    PAIR_SIZE(weir_semaphore),
    PAIR_SIZE(weir_hazard),
    PAIR_SIZE(weir_hazard_node),
    PAIR_SIZE(weir_hazard_domain),
    PAIR_SIZE(weir_hazard_cohort),
    PAIR_SIZE(weir_hazard_counts),
};

#define TRY(condition)                                                                             \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return false;                                                                          \
    } while (0)

static job a_job(int id) {
    const job j = {id, 0.5};
    return j;
}

/* -- time and status --------------------------------------------------------------------------- */

static bool times(void) {
    const weir_time now = weir_now();
    const int64_t plain = now;
    TRY(WEIR_NOW < 0 && plain > WEIR_NOW && plain < WEIR_FOREVER);
    TRY(weir_in(1000) > now && weir_in(INT64_MAX) == WEIR_FOREVER);
    TRY(strcmp(weir_status_name(WEIR_OK), "WEIR_OK") == 0);
    return strcmp(weir_status_name(WEIR_CLOSED), "WEIR_CLOSED") == 0;
}

/* -- containers ---------------------------------------------------------------------------------
 */

static bool bounded_ring(ring *r) {
    const job some[3] = {a_job(2), a_job(3), a_job(4)};
    job out[3];
    job one = a_job(0);
    TRY(ring_try_push(r, a_job(1)) && ring_push_n(r, some, 3) == 2 && !ring_try_push(r, a_job(5)));
    TRY(ring_len(r) == 3 && ring_capacity(r) == 3);
    TRY(ring_try_pop(r, &one) && one.id == 1 && ring_pop_n(r, out, 3) == 2 && out[1].id == 3);
    return !ring_try_pop(r, &one) && ring_len(r) == 0;
}

static bool bounded_lfring(lfring *r) {
    const job some[3] = {a_job(2), a_job(3), a_job(4)};
    job out[3];
    job one = a_job(0);
    TRY(lfring_try_push(r, a_job(1)) && lfring_push_n(r, some, 3) == 2);
    TRY(!lfring_try_push(r, a_job(5)) && lfring_len(r) == 3 && lfring_capacity(r) == 3);
    TRY(lfring_try_pop(r, &one) && one.id == 1 && lfring_pop_n(r, out, 3) == 2 && out[1].id == 3);
    return !lfring_try_pop(r, &one) && lfring_len(r) == 0;
}

static bool two_threads(void) {
    spsc q;
    job out = a_job(0);
    job *slot;
    TRY(spsc_init(&q, 0) == WEIR_INVALID && spsc_init(&q, 2) == WEIR_OK);
    TRY((slot = spsc_reserve(&q)) != NULL);
    *slot = a_job(1);
    spsc_commit(&q);
    TRY(spsc_try_push(&q, a_job(2)) && !spsc_reserve(&q) && spsc_len(&q) == 2);
    TRY((slot = spsc_front(&q)) != NULL && slot->id == 1);
    spsc_release(&q);
    TRY(spsc_try_pop(&q, &out) && out.id == 2 && !spsc_front(&q));
    TRY(spsc_push_n(&q, &out, 1) == 1 && spsc_pop_n(&q, &out, 1) == 1);
    TRY(spsc_capacity(&q) == 2);
    spsc_destroy(&q);
    return true;
}

static bool unbounded(void) {
    stack s;
    queue q;
    job out = a_job(0);
    TRY(stack_init(&s) == WEIR_OK && queue_init(&q) == WEIR_OK);
    TRY(stack_empty(&s) && queue_empty(&q) && !stack_try_pop(&s, &out) && !queue_try_pop(&q, &out));
    TRY(stack_push(&s, a_job(1)) == WEIR_OK && stack_push(&s, a_job(2)) == WEIR_OK);
    TRY(queue_push(&q, a_job(1)) == WEIR_OK && queue_push(&q, a_job(2)) == WEIR_OK);
    TRY(!stack_empty(&s) && stack_try_pop(&s, &out) && out.id == 2);
    TRY(!queue_empty(&q) && queue_try_pop(&q, &out) && out.id == 1);
    stack_destroy(&s);
    queue_destroy(&q);
    return true;
}

static bool stealing(void) {
    deque d, own;
    injector i;
    int out = 0;
    TRY(deque_init(&d, 0) == WEIR_OK && deque_init(&own, 4) == WEIR_OK);
    TRY(injector_init(&i) == WEIR_OK);
    TRY(deque_steal(&d, &out) == WEIR_AGAIN && !deque_pop(&d, &out) && deque_len(&d) == 0);
    for (int n = 1; n <= 5; n++)
        TRY(deque_push(&d, n) == WEIR_OK);
    TRY(deque_pop(&d, &out) && out == 5 && deque_steal(&d, &out) == WEIR_OK && out == 1);
    TRY(deque_steal_half(&d, &own) == 2 && deque_len(&own) == 2 && deque_len(&d) == 1);
    TRY(injector_steal(&i, &out) == WEIR_AGAIN);
    TRY(injector_push(&i, 6) == WEIR_OK && injector_push(&i, 7) == WEIR_OK);
    TRY(injector_steal(&i, &out) == WEIR_OK && out == 6);
    (void)injector_steal_batch(&i, &own);
    injector_destroy(&i);
    deque_destroy(&own);
    deque_destroy(&d);
    return true;
}

static bool create_buffer(buffer *b, void *ctx) {
    memset(b, 'x', sizeof *b);
    ++*WEIR_I_CAST(int *, ctx);
    return true;
}

static void reset_buffer(buffer *b, void *ctx) {
    (void)ctx;
    b->bytes[0] = 'r';
}

static void destroy_buffer(buffer *b, void *ctx) {
    (void)b;
    --*WEIR_I_CAST(int *, ctx);
}

static bool pooled(void) {
    int alive = 0;
    pool p;
    pool_options options;
    memset(&options, 0, sizeof options);
    options.create = create_buffer;
    options.reset = reset_buffer;
    options.destroy = destroy_buffer;
    options.ctx = &alive;
    options.max_idle = 2;
    TRY(pool_init(&p, &options) == WEIR_OK);
    buffer *one = pool_get(&p);
    TRY(one && one->bytes[1] == 'x' && alive == 1);
    pool_put(&p, one);
    pool_put(&p, NULL);
    TRY(pool_idle(&p) == 1);
    TRY(pool_get(&p) == one && one->bytes[0] == 'r' && alive == 1);
    pool_put(&p, one);
    pool_age(&p);
    pool_age(&p);
    TRY(pool_idle(&p) == 0 && alive == 0);
    pool_destroy(&p);
    TRY(pool_init(&p, NULL) == WEIR_OK);
    one = pool_get(&p);
    TRY(one && one->bytes[0] == 0 && one->bytes[99] == 0);
    pool_put(&p, one);
    pool_destroy(&p);
    return true;
}

/* -- reclamation ----------------------------------------------------------------------------------
 */

typedef struct node {
    weir_hazard_node hazard; /* first */
    int value;
    int *reclaimed;
} node;

static void reclaim_node(weir_hazard_node *hazard) {
    node *n = (node *)(void *)hazard;
    ++*n->reclaimed;
}

static bool reclaimed(void) {
    static WEIR_I_ATOMIC(node *) head;
    int count = 0;
    node n;
    weir_hazard h;
    weir_hazard_counts counts;
    weir_hazard_domain *domain = weir_hazard_default();
    memset(&n, 0, sizeof n);
    n.value = 7;
    n.reclaimed = &count;
    weir_i_store(&head, &n, release);
    TRY(weir_hazard_open(&h, domain) == WEIR_OK);
    node *seen = WEIR_HAZARD_PROTECT(&h, &head);
    TRY(seen == &n && seen->value == 7);
    weir_i_store(&head, WEIR_I_CAST(node *, NULL), relaxed);
    weir_hazard_retire(domain, &n.hazard, reclaim_node);
    weir_hazard_drain(domain);
    TRY(count == 0);
    weir_hazard_clear(&h);
    weir_hazard_drain(domain);
    TRY(count == 1);
    weir_hazard_close(&h);
    weir_hazard_count(domain, &counts);
    return counts.retired >= 1 && counts.reclaimed >= 1 && counts.peak >= 1 && counts.scans >= 1 &&
           counts.bound >= 1;
}

/* -- once and groups ------------------------------------------------------------------------------
 */

static void add_one(void *sum) {
    ++*WEIR_I_CAST(int *, sum);
}

static weir_status fail_once(void *sum) {
    return ++*WEIR_I_CAST(int *, sum) == 1 ? WEIR_NOMEM : WEIR_OK;
}

static bool make_answer(int *value, void *unused) {
    (void)unused;
    *value = 42;
    return true;
}

static bool grouped(void) {
    weir_once once = WEIR_ONCE_INIT;
    weir_once retried = WEIR_ONCE_INIT;
    static answer value;
    int sum = 0;
    int tries = 0;
    TRY(!weir_once_done(&once));
    weir_once_do(&once, add_one, &sum);
    weir_once_do(&once, add_one, &sum);
    TRY(sum == 1 && weir_once_done(&once));
    TRY(weir_once_try(&retried, fail_once, &tries) == WEIR_NOMEM && !weir_once_done(&retried));
    TRY(weir_once_try(&retried, fail_once, &tries) == WEIR_OK && tries == 2);
    TRY(weir_once_try(&retried, fail_once, &tries) == WEIR_OK && tries == 2);
    const int *made = answer_get(&value, make_answer, NULL);
    TRY(made && *made == 42 && answer_get(&value, make_answer, NULL) == made);
    weir_wait_group group;
    memset(&group, 0, sizeof group);
    weir_wait_group_wait(&group);
    weir_wait_group_add(&group, 2);
    weir_wait_group_done(&group);
    TRY(weir_wait_group_wait_until(&group, WEIR_NOW) == WEIR_TIMEOUT);
    weir_wait_group_done(&group);
    return weir_wait_group_wait_until(&group, WEIR_NOW) == WEIR_OK;
}

/* -- locks
 * ------------------------------------------------------------------------------------------ */

static bool locked(void) {
    weir_mutex m;
    weir_rwmutex rw;
    weir_cond c;
    weir_semaphore s;
    memset(&m, 0, sizeof m);
    memset(&rw, 0, sizeof rw);
    memset(&c, 0, sizeof c);
    weir_mutex_lock(&m);
    TRY(!weir_mutex_try_lock(&m) && weir_mutex_lock_until(&m, WEIR_NOW) == WEIR_TIMEOUT);
    TRY(weir_cond_wait_until(&c, &m, weir_in(1000)) == WEIR_TIMEOUT);
    weir_cond_signal(&c);
    weir_cond_broadcast(&c);
    weir_mutex_unlock(&m);
    TRY(weir_mutex_lock_until(&m, WEIR_NOW) == WEIR_OK);
    weir_mutex_unlock(&m);
    weir_rwmutex_rlock(&rw);
    TRY(weir_rwmutex_try_rlock(&rw) && !weir_rwmutex_try_lock(&rw));
    TRY(weir_rwmutex_lock_until(&rw, WEIR_NOW) == WEIR_TIMEOUT);
    TRY(weir_rwmutex_rlock_until(&rw, WEIR_NOW) == WEIR_OK);
    weir_rwmutex_runlock(&rw);
    weir_rwmutex_runlock(&rw);
    weir_rwmutex_runlock(&rw);
    weir_rwmutex_lock(&rw);
    TRY(!weir_rwmutex_try_rlock(&rw));
    weir_rwmutex_unlock(&rw);
    TRY(weir_semaphore_init(&s, 3) == WEIR_OK);
    weir_semaphore_acquire(&s, 2);
    TRY(!weir_semaphore_try_acquire(&s, 2) && weir_semaphore_try_acquire(&s, 1));
    TRY(weir_semaphore_acquire_until(&s, 1, WEIR_NOW) == WEIR_TIMEOUT);
    TRY(weir_semaphore_acquire_until(&s, 4, WEIR_NOW) == WEIR_INVALID);
    weir_semaphore_release(&s, 3);
    return true;
}

/* -- channels
 * ----------------------------------------------------------------------------------------- */

static bool nil_channel(void) {
    chan *nil = NULL;
    job j = a_job(1);
    weir_case cases[2];
    cases[0] = chan_case_recv(nil, &j);
    cases[1] = chan_case_send(nil, &j);
    TRY(chan_try_send(nil, j) == WEIR_AGAIN && chan_try_recv(nil, &j) == WEIR_AGAIN);
    TRY(chan_send_until(nil, j, weir_in(1000)) == WEIR_TIMEOUT);
    TRY(chan_recv_until(nil, &j, WEIR_NOW) == WEIR_TIMEOUT && chan_close(nil) == WEIR_INVALID);
    TRY(chan_len(nil) == 0 && chan_capacity(nil) == 0);
    return weir_try_select(cases, 2) == -1 && weir_select_until(cases, 2, weir_in(1000)) == -1 &&
           weir_try_select(NULL, 0) == -1;
}

static int disposed;

static void dispose_job(job *j) {
    disposed += j->id;
}

static bool selected(chan *ch) {
    job in = a_job(0);
    job out = a_job(9);
    weir_case cases[2];
    cases[0] = chan_case_recv(ch, &in);
    cases[1] = chan_case_send(ch, &out);
    TRY(weir_select(cases, 2) == 1 && cases[1].status == WEIR_OK && chan_len(ch) == 1);
    TRY(weir_select_first(cases, 2) == 0 && cases[0].status == WEIR_OK && in.id == 9);
    TRY(weir_try_select(cases, 1) == -1 && weir_try_select_first(cases, 1) == -1);
    TRY(weir_select_until(cases, 1, WEIR_NOW) == -1);
    return weir_select_first_until(cases, 1, weir_in(1000)) == -1;
}

static bool channel(chan *ch) {
    job out = a_job(0);
    TRY(chan_capacity(ch) == 2 && !chan_closed(ch) && selected(ch));
    TRY(chan_try_recv(ch, &out) == WEIR_AGAIN &&
        chan_recv_until(ch, &out, WEIR_NOW) == WEIR_TIMEOUT);
    TRY(chan_send(ch, a_job(1)) == WEIR_OK && chan_try_send(ch, a_job(2)) == WEIR_OK);
    TRY(chan_try_send(ch, a_job(3)) == WEIR_AGAIN);
    TRY(chan_send_until(ch, a_job(3), weir_in(1000)) == WEIR_TIMEOUT && chan_len(ch) == 2);
    TRY(chan_recv(ch, &out) == WEIR_OK && out.id == 1);
    TRY(chan_close(ch) == WEIR_OK && chan_closed(ch));
    TRY(chan_close(ch) == WEIR_CLOSED);
    TRY(chan_send(ch, a_job(4)) == WEIR_CLOSED && chan_try_send(ch, a_job(4)) == WEIR_CLOSED);
    return true;
}

static bool drained(void) {
    chan ch;
    job out = a_job(0);
    TRY(chan_init(&ch, 4) == WEIR_OK);
    chan_set_dispose(&ch, dispose_job);
    for (int id = 1; id <= 3; id++)
        TRY(chan_send(&ch, a_job(id)) == WEIR_OK);
    TRY(chan_close(&ch) == WEIR_OK && chan_recv(&ch, &out) == WEIR_OK && out.id == 1);
    disposed = 0;
    chan_destroy(&ch);
    TRY(disposed == 5);
    TRY(chan_init(&ch, 0) == WEIR_OK && chan_capacity(&ch) == 0);
    TRY(chan_try_send(&ch, out) == WEIR_AGAIN && chan_close(&ch) == WEIR_OK);
    TRY(chan_recv(&ch, &out) == WEIR_CLOSED && chan_recv(&ch, NULL) == WEIR_CLOSED);
    chan_destroy(&ch);
    return true;
}

/* -- both languages on the same objects ---------------------------------------------------------
 */

static void *PAIR(make)(void) {
    static shared object;
    if (!times() || !two_threads() || !unbounded() || !stealing() || !pooled() || !reclaimed() ||
        !grouped() || !locked() || !nil_channel() || !drained())
        return NULL;
    if (ring_init(&object.ring_, 3) != WEIR_OK || lfring_init(&object.lfring_, 3) != WEIR_OK ||
        chan_init(&object.chan_, 2) != WEIR_OK)
        return NULL;
    return &object;
}

static bool PAIR(fill)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    return bounded_ring(&object->ring_) && bounded_lfring(&object->lfring_) &&
           channel(&object->chan_);
}

static bool PAIR(drain)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    job out = a_job(0);
    return bounded_ring(&object->ring_) && bounded_lfring(&object->lfring_) &&
           chan_recv(&object->chan_, &out) == WEIR_OK && out.id == 2 &&
           chan_recv(&object->chan_, &out) == WEIR_CLOSED;
}

static void PAIR(end)(void *memory) {
    shared *object = WEIR_I_CAST(shared *, memory);
    ring_destroy(&object->ring_);
    lfring_destroy(&object->lfring_);
    chan_destroy(&object->chan_);
}

PAIR_SIDE
