/* SPDX-License-Identifier: BSD-3-Clause
 * SPDX-FileCopyrightText: 2009 The Go Authors
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.c - the select tests of Go's src/runtime/chan_test.go and test/chan, said again for
 * weir/select.h.
 *
 * Not here: TestSelectStackAdjust (moving stacks), select4.go and select5.go (in which order Go
 * evaluates operands: in C the caller does), sendstmt.go (syntax), select8.go (break).
 */
#include "support/check.h"
#include "support/spawn.h"

#include <weir/chan.h>
#include <weir/select.h>

WEIR_CHAN(ints, int)

enum { MILLISECOND = 1000 * 1000 };

static WEIR_I_ATOMIC(int) wrong;

static void expect(bool right) {
    if (!right)
        weir_i_fetch_add(&wrong, 1, relaxed);
}

static void check_workers(spawned *threads) {
    cr_assert(spawn_join(threads), "no threads");
    cr_assert_eq(weir_i_load(&wrong, relaxed), 0);
}

static void pause_for(int64_t ns) {
    cr_assert_eq(weir_select_until(NULL, 0, weir_in(ns)), -1);
}

/* TestNonblockSelectRace and TestNonblockSelectRace2: at every instant one of two is ready. */
typedef struct two {
    ints c1, c2;
} two;

static void *try_either(void *argument) {
    two *t = (two *)argument;
    int v;
    weir_case cases[] = {ints_case_recv(&t->c1, &v), ints_case_recv(&t->c2, &v)};
    expect(weir_try_select(cases, 2) >= 0);
    return NULL;
}

static void nonblock_race(bool closes) {
    for (int i = 0; i < 500; i++) {
        two t;
        int v;
        spawned threads = {0};
        cr_assert_eq(ints_init(&t.c1, 1), WEIR_OK);
        cr_assert_eq(ints_init(&t.c2, closes ? 0 : 1), WEIR_OK);
        cr_assert_eq(ints_send(&t.c1, 1), WEIR_OK);
        spawn(&threads, try_either, &t);
        if (closes)
            cr_assert_eq(ints_close(&t.c2), WEIR_OK);
        else
            cr_assert_eq(ints_send(&t.c2, 1), WEIR_OK);
        (void)!ints_try_recv(&t.c1, &v);
        check_workers(&threads);
        ints_destroy(&t.c1);
        ints_destroy(&t.c2);
    }
}

Test(go_select, nonblocking_acts_at_one_moment, .timeout = 60) {
    nonblock_race(false);
}

Test(go_select, nonblocking_acts_at_one_moment_with_close, .timeout = 60) {
    nonblock_race(true);
}

/* TestSelfSelect. */
typedef struct self {
    ints *c;
    int me;
    bool rendezvous;
} self;

static void *send_and_receive(void *argument) {
    const self *s = (const self *)argument;
    for (int i = 0; i < 1000; i++) {
        int v = -1;
        const weir_case to = ints_case_send(s->c, &s->me);
        const weir_case from = ints_case_recv(s->c, &v);
        const bool first = s->me == 0 || i % 2 == 0;
        weir_case cases[] = {first ? to : from, first ? from : to};
        (void)weir_select(cases, 2);
        expect(!s->rendezvous || v != s->me);
    }
    return NULL;
}

Test(go_select, of_both_directions, .timeout = 60) {
    for (size_t capacity = 0; capacity <= 10; capacity += 10) {
        ints c;
        spawned threads = {0};
        cr_assert_eq(ints_init(&c, capacity), WEIR_OK);
        self selves[] = {{&c, 0, capacity == 0}, {&c, 1, capacity == 0}};
        spawn(&threads, send_and_receive, &selves[0]);
        spawn(&threads, send_and_receive, &selves[1]);
        check_workers(&threads);
        ints_destroy(&c);
    }
}

/* TestSelectStress. */
enum { STRESS = 2000 };
static ints stress[4];

static void *send_all(void *c) {
    for (int i = 0; i < STRESS; i++)
        expect(ints_send((ints *)c, 0) == WEIR_OK);
    return NULL;
}

static void *recv_all(void *c) {
    int v;
    for (int i = 0; i < STRESS; i++)
        expect(ints_recv((ints *)c, &v) == WEIR_OK);
    return NULL;
}

static void *select_all(void *sending) {
    ints *c[4] = {&stress[0], &stress[1], &stress[2], &stress[3]};
    int n[4] = {0, 0, 0, 0};
    const int zero = 0;
    int v;
    for (int i = 0; i < 4 * STRESS; i++) {
        weir_case cases[4];
        for (int k = 0; k < 4; k++)
            cases[k] = sending ? ints_case_send(c[k], &zero) : ints_case_recv(c[k], &v);
        const int k = weir_select(cases, 4);
        expect(k >= 0 && cases[k].status == WEIR_OK);
        if (++n[k] == STRESS)
            c[k] = NULL;
    }
    return NULL;
}

Test(go_select, stress, .timeout = 120) {
    const size_t capacities[4] = {0, 0, 2, 3};
    static int yes;
    spawned threads = {0};
    for (int k = 0; k < 4; k++)
        cr_assert_eq(ints_init(&stress[k], capacities[k]), WEIR_OK);
    for (int k = 0; k < 4; k++) {
        spawn(&threads, send_all, &stress[k]);
        spawn(&threads, recv_all, &stress[k]);
    }
    spawn(&threads, select_all, &yes);
    spawn(&threads, select_all, NULL);
    check_workers(&threads);
    for (int k = 0; k < 4; k++)
        ints_destroy(&stress[k]);
}

/* TestSelectFairness. */
enum { TRIALS = 10000 };

typedef struct fairness {
    ints c1, c2, c3, c4, out, done;
} fairness;

static void *choose_and_tell(void *argument) {
    fairness *f = (fairness *)argument;
    for (;;) {
        int b = 0;
        weir_case in[] = {ints_case_recv(&f->c3, &b), ints_case_recv(&f->c4, &b),
                          ints_case_recv(&f->c1, &b), ints_case_recv(&f->c2, &b)};
        expect(weir_select(in, 4) >= 2);
        weir_case out[] = {ints_case_send(&f->out, &b), ints_case_recv(&f->done, NULL)};
        if (weir_select(out, 2) == 1)
            return NULL;
    }
}

Test(go_select, fairness, .timeout = 60) {
    static fairness f;
    spawned threads = {0};
    int count[3] = {0, 0, 0};
    cr_assert_eq(ints_init(&f.c1, TRIALS + 1), WEIR_OK);
    cr_assert_eq(ints_init(&f.c2, TRIALS + 1), WEIR_OK);
    cr_assert(ints_init(&f.c3, 0) == WEIR_OK && ints_init(&f.c4, 0) == WEIR_OK);
    cr_assert(ints_init(&f.out, 0) == WEIR_OK && ints_init(&f.done, 0) == WEIR_OK);
    for (int i = 0; i <= TRIALS; i++)
        cr_assert(ints_send(&f.c1, 1) == WEIR_OK && ints_send(&f.c2, 2) == WEIR_OK);
    spawn(&threads, choose_and_tell, &f);
    for (int i = 0; i < TRIALS; i++) {
        int b = 0;
        cr_assert_eq(ints_recv(&f.out, &b), WEIR_OK);
        count[b]++;
    }
    cr_assert_eq(ints_close(&f.done), WEIR_OK);
    check_workers(&threads);
    const int off = count[1] - TRIALS / 2;
    cr_assert(off < 10 * 50 && off > -10 * 50, "unfair: %d and %d", count[1], count[2]); /* 10 s */
    ints *all[] = {&f.c1, &f.c2, &f.c3, &f.c4, &f.out, &f.done};
    for (int i = 0; i < 6; i++)
        ints_destroy(all[i]);
}

/* TestPseudoRandomSend. */
enum { SENT = 100 };

typedef struct collected {
    ints c;
    int values[SENT];
} collected;

static void *collect(void *argument) {
    collected *l = (collected *)argument;
    for (int i = 0; i < SENT; i++)
        expect(ints_recv(&l->c, &l->values[i]) == WEIR_OK);
    return NULL;
}

Test(go_select, pseudo_random_send, .timeout = 60) {
    for (size_t capacity = 0; capacity <= SENT; capacity += SENT) {
        static collected l;
        const int one = 1;
        const int zero = 0;
        int ones = 0;
        spawned threads = {0};
        cr_assert_eq(ints_init(&l.c, capacity), WEIR_OK);
        spawn(&threads, collect, &l);
        for (int i = 0; i < SENT; i++) {
            weir_case cases[] = {ints_case_send(&l.c, &one), ints_case_send(&l.c, &zero)};
            cr_assert_geq(weir_select(cases, 2), 0);
        }
        check_workers(&threads);
        for (int i = 0; i < SENT; i++)
            ones += l.values[i];
        cr_assert(ones > SENT / 10 && ones < SENT - SENT / 10, "%d of %d", ones, SENT);
        ints_destroy(&l.c);
    }
}

/* TestSelectDuplicateChannel. */
typedef struct duplicate {
    ints c, d, e;
} duplicate;

static void *first_in_line(void *argument) {
    duplicate *t = (duplicate *)argument;
    weir_case cases[] = {ints_case_recv(&t->c, NULL), ints_case_recv(&t->c, NULL),
                         ints_case_recv(&t->d, NULL)};
    expect(weir_select(cases, 3) == 2);
    expect(ints_send(&t->e, 9) == WEIR_OK);
    return NULL;
}

static void *second_in_line(void *argument) {
    duplicate *t = (duplicate *)argument;
    int v = 0;
    expect(ints_recv(&t->c, &v) == WEIR_OK && v == 8);
    return NULL;
}

Test(go_select, of_the_same_channel_twice, .timeout = 60) {
    duplicate t;
    int v = 0;
    spawned threads = {0};
    cr_assert_eq(ints_init(&t.c, 0), WEIR_OK);
    cr_assert_eq(ints_init(&t.d, 0), WEIR_OK);
    cr_assert_eq(ints_init(&t.e, 0), WEIR_OK);
    spawn(&threads, first_in_line, &t);
    pause_for(MILLISECOND);
    spawn(&threads, second_in_line, &t);
    pause_for(MILLISECOND);
    cr_assert_eq(ints_send(&t.d, 7), WEIR_OK);
    cr_assert(ints_recv(&t.e, &v) == WEIR_OK && v == 9);
    cr_assert_eq(ints_send(&t.c, 8), WEIR_OK);
    check_workers(&threads);
    ints_destroy(&t.c);
    ints_destroy(&t.d);
    ints_destroy(&t.e);
}

/* TestChanSendSelectBarrier, without the garbage collector. */
static void *select_in_turn(void *unused) {
    ints c;
    (void)unused;
    expect(ints_init(&c, 1) == WEIR_OK);
    for (int i = 0; i < 1000; i++) {
        int v = -1;
        weir_case to = ints_case_send(&c, &i);
        weir_case from = ints_case_recv(&c, &v);
        expect(weir_select(&to, 1) == 0 && weir_select(&from, 1) == 0 && v == i);
    }
    ints_destroy(&c);
    return NULL;
}

Test(go_select, many_in_turn, .timeout = 60) {
    spawned threads = {0};
    for (int i = 0; i < 8; i++)
        spawn(&threads, select_in_turn, NULL);
    check_workers(&threads);
}

/* test/chan/doubleselect.go: no value arrives twice. */
enum { DOUBLE = 5000 };

typedef struct doubles {
    ints c[4];
    ints out;
    WEIR_I_ATOMIC(int) left;
} doubles;

static void *send_by_select(void *argument) {
    doubles *d = (doubles *)argument;
    for (int i = 0; i < DOUBLE; i++) {
        weir_case cases[4];
        for (int k = 0; k < 4; k++)
            cases[k] = ints_case_send(&d->c[k], &i);
        expect(weir_select(cases, 4) >= 0);
    }
    for (int k = 0; k < 4; k++)
        expect(ints_close(&d->c[k]) == WEIR_OK);
    return NULL;
}

typedef struct mux_in {
    doubles *d;
    ints *in;
} mux_in;

static void *mux(void *argument) {
    const mux_in *m = (const mux_in *)argument;
    int v;
    while (ints_recv(m->in, &v) == WEIR_OK)
        expect(ints_send(&m->d->out, v) == WEIR_OK);
    if (weir_i_fetch_sub(&m->d->left, 1, acq_rel) == 1)
        expect(ints_close(&m->d->out) == WEIR_OK);
    return NULL;
}

Test(go_select, doubleselect, .timeout = 60) {
    static doubles d;
    static bool seen[DOUBLE];
    mux_in in[4];
    spawned threads = {0};
    int v;
    int n = 0;
    cr_assert_eq(ints_init(&d.out, 0), WEIR_OK);
    weir_i_store(&d.left, 4, relaxed);
    for (int k = 0; k < 4; k++)
        cr_assert_eq(ints_init(&d.c[k], 0), WEIR_OK);
    spawn(&threads, send_by_select, &d);
    for (int k = 0; k < 4; k++) {
        in[k].d = &d;
        in[k].in = &d.c[k];
        spawn(&threads, mux, &in[k]);
    }
    for (; ints_recv(&d.out, &v) == WEIR_OK; n++) {
        cr_assert_not(seen[v], "%d came twice", v);
        seen[v] = true;
    }
    cr_assert_eq(n, DOUBLE);
    check_workers(&threads);
    for (int k = 0; k < 4; k++)
        ints_destroy(&d.c[k]);
    ints_destroy(&d.out);
}

/* test/chan/select.go: cases that are done are taken out by a NULL channel. */
static unsigned shift;

static int send_both(ints *a, ints *b) {
    int i = 0;
    for (;; shift++) {
        const int value = 1 << shift;
        weir_case cases[] = {ints_case_send(a, &value), ints_case_send(b, &value)};
        switch (weir_try_select(cases, 2)) {
        case 0: a = NULL; break;
        case 1: b = NULL; break;
        default: return i;
        }
        i++;
    }
}

Test(go_select, with_channels_taken_out) {
    ints a, b;
    int av = 0;
    int bv = 0;
    cr_assert(ints_init(&a, 1) == WEIR_OK && ints_init(&b, 1) == WEIR_OK);
    cr_assert_eq(send_both(&a, &b), 2);
    cr_assert(ints_recv(&a, &av) == WEIR_OK && ints_recv(&b, &bv) == WEIR_OK);
    cr_assert_eq(av | bv, 3);
    cr_assert_eq(send_both(&a, NULL), 1);
    ints_destroy(&a);
    ints_destroy(&b);
}

/* test/chan/select2.go: nothing is allocated. What is left here: a case that never fires. */
static void *send_many(void *c) {
    for (int i = 0; i < 20000; i++)
        expect(ints_send((ints *)c, 1) == WEIR_OK);
    return NULL;
}

Test(go_select, beside_a_channel_that_is_never_ready, .timeout = 60) {
    ints c, dummy;
    spawned threads = {0};
    cr_assert(ints_init(&c, 0) == WEIR_OK && ints_init(&dummy, 0) == WEIR_OK);
    spawn(&threads, send_many, &c);
    for (int i = 0; i < 20000; i++) {
        weir_case cases[] = {ints_case_recv(&c, NULL), ints_case_recv(&dummy, NULL)};
        cr_assert_eq(weir_select(cases, 2), 0);
    }
    check_workers(&threads);
    ints_destroy(&c);
    ints_destroy(&dummy);
}

/* test/chan/select3.go: what blocks, and what never does. */
static bool blocks(weir_case *cases, size_t n) {
    return weir_try_select(cases, n) == -1 &&
           weir_select_until(cases, n, weir_in(MILLISECOND)) == -1;
}

Test(go_select, what_blocks) {
    ints *nil = NULL;
    ints ch, closed, one;
    const int seven = 7;
    int v = 42;
    cr_assert(ints_init(&ch, 0) == WEIR_OK && ints_init(&closed, 0) == WEIR_OK);
    cr_assert_eq(ints_init(&one, 1), WEIR_OK);
    cr_assert_eq(ints_close(&closed), WEIR_OK);
    weir_case nils[] = {ints_case_recv(nil, &v), ints_case_send(nil, &seven)};
    cr_assert(blocks(NULL, 0));
    cr_assert(blocks(nils, 1) && blocks(nils + 1, 1) && blocks(nils, 2));
    weir_case both[] = {ints_case_send(&ch, &seven), ints_case_recv(&ch, &v)};
    cr_assert(blocks(both, 1) && blocks(both + 1, 1) && blocks(both, 2));
    weir_case room = ints_case_send(&one, &seven);
    cr_assert_eq(weir_select(&room, 1), 0);
    cr_assert(blocks(&room, 1));
    weir_case there = ints_case_recv(&one, &v);
    cr_assert(weir_select(&there, 1) == 0 && there.status == WEIR_OK && v == 7);
    cr_assert(blocks(&there, 1));
    weir_case after[] = {ints_case_recv(&closed, &v), ints_case_send(&closed, &seven)};
    cr_assert(weir_select(after, 1) == 0 && after[0].status == WEIR_CLOSED);
    cr_assert(weir_select(after + 1, 1) == 0 && after[1].status == WEIR_CLOSED);
    cr_assert_eq(v, 7);
    ints_destroy(&ch);
    ints_destroy(&closed);
    ints_destroy(&one);
}

/* test/chan/select6.go: a select that left does not take the place of who stands behind it. */
typedef struct six {
    ints c1, c2, c3;
} six;

static void *six_receives(void *argument) {
    expect(ints_recv(&((six *)argument)->c1, NULL) == WEIR_OK);
    return NULL;
}

static void *six_selects(void *argument) {
    six *s = (six *)argument;
    weir_case cases[] = {ints_case_recv(&s->c1, NULL), ints_case_recv(&s->c2, NULL)};
    expect(weir_select(cases, 2) == 1);
    expect(ints_send(&s->c3, 1) == WEIR_OK);
    expect(ints_recv(&s->c1, NULL) == WEIR_OK);
    return NULL;
}

static void *six_sends(void *argument) {
    expect(ints_send(&((six *)argument)->c2, 1) == WEIR_OK);
    return NULL;
}

Test(go_select, that_lost_leaves_its_place, .timeout = 60) {
    six s;
    spawned threads = {0};
    cr_assert(ints_init(&s.c1, 0) == WEIR_OK && ints_init(&s.c2, 0) == WEIR_OK);
    cr_assert_eq(ints_init(&s.c3, 0), WEIR_OK);
    spawn(&threads, six_receives, &s);
    spawn(&threads, six_selects, &s);
    spawn(&threads, six_sends, &s);
    cr_assert_eq(ints_recv(&s.c3, NULL), WEIR_OK);
    cr_assert_eq(ints_send(&s.c1, 1), WEIR_OK);
    cr_assert_eq(ints_send(&s.c1, 1), WEIR_OK);
    check_workers(&threads);
    ints_destroy(&s.c1);
    ints_destroy(&s.c2);
    ints_destroy(&s.c3);
}

/* test/chan/select7.go: every kind of send meets every kind of receive. */
typedef struct seven {
    ints c, other;
    int way;
} seven_;

static void *seven_receives(void *argument) {
    seven_ *s = (seven_ *)argument;
    weir_case cases[] = {ints_case_recv(&s->c, NULL), ints_case_recv(&s->other, NULL)};
    if (s->way == 0)
        expect(ints_recv(&s->c, NULL) == WEIR_OK);
    else
        expect(weir_select(cases, s->way == 1 ? 1 : 2) == 0);
    return NULL;
}

Test(go_select, of_every_kind_meets_every_kind, .timeout = 60) {
    for (int way = 0; way < 9; way++) {
        seven_ s;
        ints c2;
        const int one = 1;
        spawned threads = {0};
        cr_assert(ints_init(&s.c, 0) == WEIR_OK && ints_init(&s.other, 0) == WEIR_OK);
        cr_assert_eq(ints_init(&c2, 0), WEIR_OK);
        s.way = way / 3;
        spawn(&threads, seven_receives, &s);
        pause_for(MILLISECOND / 10);
        weir_case cases[] = {ints_case_send(&s.c, &one), ints_case_send(&c2, &one)};
        if (way % 3 == 0)
            cr_assert_eq(ints_send(&s.c, 1), WEIR_OK);
        else
            cr_assert_eq(weir_select(cases, way % 3 == 1 ? 1 : 2), 0);
        check_workers(&threads);
        ints_destroy(&s.c);
        ints_destroy(&s.other);
        ints_destroy(&c2);
    }
}
