/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * deque.c - the deque and the injector, explored. Deques start where their indices overflow on the
 * way, and with arrays of one and two slots, since an order that only slot reuse needs goes
 * unnoticed otherwise; injectors have blocks of one and three slots.
 */
#include "specs/deque.h"
#include "explore.h"
#include "judge.h"
#include "specs/queue.h"

#include <weir/deque.h>

enum { MOST = 8, THREADS = 5 };

/* Two words: a thief that puts an element together from two of them is seen. */
typedef struct item {
    uint64_t value;
    uint64_t inverted;
} item;

WEIR_DEQUE(items, item)
WEIR_DEQUE_FIFO(lines, uint64_t)
WEIR_INJECTOR(inbox, item, items)

static items deque, other;
static lines line, other_line;
static inbox in;
static unsigned char times_taken[MOST]; /* by value: written by the one that took it */

/* One copy of each operation in this file, so that each of its accesses is one site, which threads
 * share: a copy that only one thread runs could be weakened and nobody would notice. */
#define ONE_COPY static __attribute__((noinline))

static item item_of(uint64_t value) {
    const item i = {value, ~value};
    return i;
}

/* Each value is taken once; twice is a race on its counter, or shows in the count. */
static void took(uint64_t value) {
    explore_check(value < MOST);
    times_taken[value]++;
}

static void took_item(item i) {
    explore_check(i.inverted == ~i.value);
    took(i.value);
}

static void check_taken(unsigned count) {
    for (unsigned i = 0; i < MOST; i++)
        explore_check(times_taken[i] == (i < count));
}

ONE_COPY weir_status push(items *to, uint64_t value) {
    return items_push(to, item_of(value));
}

ONE_COPY bool pop(items *from, item *i) {
    return items_pop(from, i);
}

ONE_COPY weir_status steal(items *from, item *i) {
    return items_steal(from, i);
}

ONE_COPY size_t steal_half(items *victim, items *own) {
    return items_steal_half(victim, own);
}

/* `before` pushes until the index overflows. */
static void start_one(items *d, size_t initial, bool bounded, uint64_t before) {
    explore_check(weir_deque_init_raw_with(&d->raw, initial, sizeof(item), bounded, NULL) ==
                  WEIR_OK);
    weir_i_deque_start(&d->raw, 0 - before);
}

static void start(size_t initial, bool bounded) {
    start_one(&deque, initial, bounded, 1);
    explore_name(&deque, sizeof deque, "deque");
}

/* Nothing in flight: empty is exact, and so is full. Takes what is left. */
static void finish_one(items *d) {
    item i;
    const size_t left = items_len(d);
    for (size_t n = 0; n < left; n++) {
        explore_check(pop(d, &i));
        took_item(i);
    }
    explore_check(items_len(d) == 0 && !pop(d, &i) && steal(d, &i) == WEIR_AGAIN);
    explore_check(push(d, 0) == WEIR_OK && items_len(d) == 1);
    explore_check(steal(d, &i) == WEIR_OK && i.value == 0 && items_len(d) == 0);
    if (!explore_stopped())
        items_destroy(d);
}

static void finish(unsigned count) {
    finish_one(&deque);
    check_taken(count);
}

static void steal_one(items *from) {
    item i;
    if (steal(from, &i) == WEIR_OK)
        took_item(i);
}

static void thief_once(void *unused) {
    (void)unused;
    steal_one(&deque);
}

static void thief_twice(void *unused) {
    (void)unused;
    steal_one(&deque);
    steal_one(&deque);
}

static void pop_one(items *from) {
    item i;
    if (pop(from, &i))
        took_item(i);
}

/* Pushes the value, or pops until it fits. */
static void push_sure(uint64_t value) {
    while (push(&deque, value) != WEIR_OK)
        pop_one(&deque);
}

static void run_thieves(unsigned thieves, void (*thief)(void *)) {
    for (unsigned i = 0; i < thieves; i++)
        explore_spawn(thief, NULL);
}

/* -- exactly once, through arrays that are used again and again ------------------------------- */

static void push_and_pop(unsigned thieves, size_t slots) {
    start(slots, true);
    run_thieves(thieves, thief_twice);
    for (uint64_t value = 0; value < 4; value += 2) {
        push_sure(value);
        push_sure(value + 1);
        pop_one(&deque);
    }
    explore_join_all();
    finish(4);
}

EXPLORE_PROGRAM(deque_one_slot_one_thief) {
    push_and_pop(1, 1);
}

EXPLORE_PROGRAM(deque_one_slot_two_thieves) {
    push_and_pop(2, 1);
}

EXPLORE_PROGRAM(deque_two_slots_two_thieves) {
    push_and_pop(2, 2);
}

EXPLORE_PROGRAM(deque_two_slots_three_thieves) {
    push_and_pop(3, 2);
}

/* Two elements, two pops, two steals: without both fences one is taken twice. */
static void last_elements(unsigned thieves) {
    start(2, false);
    explore_check(push(&deque, 0) == WEIR_OK && push(&deque, 1) == WEIR_OK);
    run_thieves(thieves, thief_once);
    pop_one(&deque);
    pop_one(&deque);
    explore_join_all();
    finish(2);
}

EXPLORE_PROGRAM(deque_last_elements_one_thief) {
    last_elements(1);
}

EXPLORE_PROGRAM(deque_last_elements_two_thieves) {
    last_elements(2);
}

EXPLORE_PROGRAM(deque_last_elements_three_thieves) {
    last_elements(3);
}

/* A pop lowers bottom by a store of its own; who reads that one must see the elements below. */
EXPLORE_PROGRAM(deque_pop_publishes_what_lies_below) {
    start(4, false);
    explore_spawn(thief_once, NULL);
    explore_check(push(&deque, 0) == WEIR_OK && push(&deque, 1) == WEIR_OK);
    pop_one(&deque);
    explore_join_all();
    finish(2);
}

/* -- growth: a thief with an old array, or with a new one and an old bottom ------------------- */

static void grow(unsigned thieves, uint64_t pushes, void (*thief)(void *)) {
    start(1, false);
    run_thieves(thieves, thief);
    for (uint64_t value = 0; value < pushes; value++)
        explore_check(push(&deque, value) == WEIR_OK);
    pop_one(&deque);
    explore_join_all();
    finish((unsigned)pushes);
}

EXPLORE_PROGRAM(deque_grows_twice_one_thief) {
    grow(1, 3, thief_twice);
}

EXPLORE_PROGRAM(deque_grows_twice_two_thieves) {
    grow(2, 3, thief_twice);
}

EXPLORE_PROGRAM(deque_grows_once_three_thieves) {
    grow(3, 2, thief_once);
}

/* The thief reads top, the element is taken, its slot filled again and the array replaced: what the
 * old array holds there is another element (as in CVE-2021-32810). */
EXPLORE_PROGRAM(deque_old_array_is_not_believed) {
    start(2, false);
    explore_check(push(&deque, 0) == WEIR_OK && push(&deque, 1) == WEIR_OK);
    run_thieves(2, thief_twice);
    explore_check(push(&deque, 2) == WEIR_OK && push(&deque, 3) == WEIR_OK);
    pop_one(&deque);
    explore_check(push(&deque, 4) == WEIR_OK);
    explore_join_all();
    finish(5);
}

/* -- the asymmetric fence --------------------------------------------------------------------- */

static void favoured(bool expected) {
    start(2, false);
    explore_check(items_favour_owner(&deque) == expected);
    explore_check(push(&deque, 0) == WEIR_OK && push(&deque, 1) == WEIR_OK);
    run_thieves(2, thief_once);
    pop_one(&deque);
    pop_one(&deque);
    explore_join_all();
    finish(2);
}

EXPLORE_PROGRAM(deque_favoured_owner_has_no_fence) {
    favoured(true);
}

/* A thief looks, others take what is below, and pops go past: bottom is then below the top it saw.
 */
EXPLORE_PROGRAM(deque_favoured_owner_pops_past_a_thief) {
    start(4, false);
    explore_check(items_favour_owner(&deque));
    for (uint64_t value = 0; value < 3; value++)
        explore_check(push(&deque, value) == WEIR_OK);
    explore_spawn(thief_once, NULL);
    explore_spawn(thief_twice, NULL);
    pop_one(&deque);
    pop_one(&deque);
    explore_join_all();
    finish(3);
}

/* The bottom that a thief reads after its heavy fence may be newer than the one before. */
EXPLORE_PROGRAM(deque_favoured_owner_pushes_meanwhile) {
    start(2, true);
    explore_check(items_favour_owner(&deque));
    run_thieves(2, thief_once);
    for (uint64_t value = 0; value < 4; value++)
        push_sure(value);
    pop_one(&deque);
    pop_one(&deque);
    explore_join_all();
    finish(4);
}

EXPLORE_PROGRAM(deque_favoured_owner_without_membarrier, .no_membarrier = true) {
    favoured(false);
}

/* -- steal_half ------------------------------------------------------------------------------- */

static void thief_half(void *unused) {
    (void)unused;
    const size_t came = steal_half(&deque, &other);
    explore_check(came <= 2 && items_len(&other) <= came);
    pop_one(&other);
}

static void halves(uint64_t pushes, void (*rival)(void *)) {
    start(4, false);
    start_one(&other, 1, false, 1);
    for (uint64_t value = 0; value < pushes; value++)
        explore_check(push(&deque, value) == WEIR_OK);
    explore_spawn(thief_half, NULL);
    if (rival)
        explore_spawn(rival, NULL);
    pop_one(&deque);
    pop_one(&deque);
    explore_join_all();
    finish_one(&other);
    finish((unsigned)pushes);
}

EXPLORE_PROGRAM(deque_steal_half_of_three) {
    halves(3, NULL);
}

EXPLORE_PROGRAM(deque_steal_half_of_four_beside_a_thief) {
    halves(4, thief_once);
}

static void thief_of_other(void *unused) {
    (void)unused;
    steal_one(&other);
    steal_one(&other);
}

EXPLORE_PROGRAM(deque_steal_half_is_stolen_from) {
    halves(3, thief_of_other);
}

static void thief_half_once(void *unused) {
    (void)unused;
    (void)steal_half(&deque, &other);
}

EXPLORE_PROGRAM(deque_steal_half_of_its_own_moves_nothing) {
    start(4, false);
    explore_check(push(&deque, 0) == WEIR_OK && push(&deque, 1) == WEIR_OK);
    explore_check(steal_half(&deque, &deque) == 0);
    finish(2);
}

EXPLORE_PROGRAM(deque_steal_half_makes_all_the_room_it_needs) {
    start(1, false);
    start_one(&other, 1, false, 1);
    for (uint64_t value = 0; value < 5; value++)
        explore_check(push(&deque, value) == WEIR_OK);
    explore_check(steal_half(&deque, &other) == 3);
    finish_one(&other);
    finish(5);
}

/* While the owner pushes, grows and pops. */
EXPLORE_PROGRAM(deque_steal_half_while_it_grows) {
    start(1, false);
    start_one(&other, 1, false, 1);
    explore_spawn(thief_half_once, NULL);
    for (uint64_t value = 0; value < 3; value++)
        explore_check(push(&deque, value) == WEIR_OK);
    pop_one(&deque);
    explore_join_all();
    finish_one(&other);
    finish(3);
}

/* A pop that lowers bottom, met by the second look of the batch. */
EXPLORE_PROGRAM(deque_steal_half_of_what_pops_uncover) {
    start(4, false);
    start_one(&other, 2, false, 1);
    explore_spawn(thief_half_once, NULL);
    for (uint64_t value = 0; value < 4; value++)
        explore_check(push(&deque, value) == WEIR_OK);
    for (int i = 0; i < 3; i++)
        pop_one(&deque);
    explore_join_all();
    finish_one(&other);
    finish(4);
}

/* -- the flavour whose owner takes the oldest ------------------------------------------------- */

ONE_COPY weir_status line_push(lines *to, uint64_t value) {
    return lines_push(to, value);
}

ONE_COPY bool line_pop(lines *from, uint64_t *value) {
    return lines_pop(from, value);
}

ONE_COPY weir_status line_steal(lines *from, uint64_t *value) {
    return lines_steal(from, value);
}

ONE_COPY size_t line_steal_half(lines *victim, lines *own) {
    return lines_steal_half(victim, own);
}

static void line_start(lines *l, size_t initial, bool bounded) {
    explore_check(weir_deque_init_raw_with(&l->raw, initial, 8, bounded, NULL) == WEIR_OK);
    weir_i_deque_start(&l->raw, 0 - (uint64_t)1);
}

static void line_pop_one(lines *from) {
    uint64_t value;
    if (line_pop(from, &value))
        took(value);
}

static void line_thief(void *unused) {
    uint64_t value;
    (void)unused;
    if (line_steal(&line, &value) == WEIR_OK)
        took(value);
}

static void line_thief_half(void *unused) {
    (void)unused;
    (void)line_steal_half(&line, &other_line);
    line_pop_one(&other_line);
}

static void line_thief_of_other(void *unused) {
    uint64_t value;
    (void)unused;
    if (line_steal(&other_line, &value) == WEIR_OK)
        took(value);
}

static void line_finish_one(lines *l) {
    uint64_t value;
    while (lines_len(l) > 0)
        line_pop_one(l);
    explore_check(!line_pop(l, &value) && line_steal(l, &value) == WEIR_AGAIN);
    if (!explore_stopped())
        lines_destroy(l);
}

/* The owner pushes `pushes` values, popping one now and then; both thieves meet it. */
static void in_line(size_t initial, bool bounded, uint64_t pushes, void (*one)(void *),
                    void (*two)(void *)) {
    line_start(&line, initial, bounded);
    line_start(&other_line, 1, false);
    explore_spawn(one, NULL);
    explore_spawn(two, NULL);
    for (uint64_t value = 0; value < pushes; value++) {
        while (line_push(&line, value) != WEIR_OK)
            line_pop_one(&line);
    }
    line_pop_one(&line);
    explore_join_all();
    line_finish_one(&line);
    line_finish_one(&other_line);
    check_taken((unsigned)pushes);
}

EXPLORE_PROGRAM(deque_fifo_one_slot) {
    in_line(1, true, 3, line_thief, line_thief);
}

EXPLORE_PROGRAM(deque_fifo_two_slots) {
    in_line(2, true, 4, line_thief, line_thief);
}

EXPLORE_PROGRAM(deque_fifo_grows) {
    in_line(1, false, 3, line_thief, line_thief);
}

EXPLORE_PROGRAM(deque_fifo_steal_half_two_slots) {
    in_line(2, true, 4, line_thief_half, line_thief);
}

EXPLORE_PROGRAM(deque_fifo_steal_half_grows) {
    in_line(1, false, 4, line_thief_half, line_thief_of_other);
}

/* -- every history is that of a deque --------------------------------------------------------- */

static void judged_push(uint64_t value) {
    judge_begin(DEQUE_PUSH, value);
    judge_end(push(&deque, value) == WEIR_OK, 0);
}

static void judged_pop(void) {
    item i = {0, 0};
    judge_begin(DEQUE_POP, 0);
    const bool came = pop(&deque, &i);
    judge_end(came, i.value);
}

static void judged_steal(void) {
    item i = {0, 0};
    judge_begin(DEQUE_STEAL, 0);
    const weir_status status = steal(&deque, &i);
    judge_end((int)status, i.value);
}

static void judged_thief(void *unused) {
    (void)unused;
    judged_steal();
    judged_steal();
}

static void judged(size_t initial) {
    start(initial, false);
    judge_start();
    run_thieves(2, judged_thief);
    judged_push(1);
    judged_push(2);
    judged_pop();
    judged_pop();
    judged_push(3);
    judged_pop();
    explore_join_all();
    judged_pop();
    judged_steal();
    judge(deque_spec());
    items_destroy(&deque);
}

EXPLORE_PROGRAM(deque_is_a_deque_from_one_slot) {
    judged(1);
}

EXPLORE_PROGRAM(deque_is_a_deque_of_four_slots) {
    judged(4);
}

/* Thieves that know of every push: while a pop has lowered bottom and then finds that it has to
 * race for the last element, nobody may be told AGAIN who, or whose successor, could still get it.
 */
static void judged_thief_once(void *unused) {
    (void)unused;
    judged_steal();
}

EXPLORE_PROGRAM(deque_is_a_deque_to_thieves_who_know_what_is_inside) {
    start(2, false);
    judge_start();
    judged_push(1);
    judged_push(2);
    explore_spawn(judged_thief_once, NULL);
    explore_spawn(judged_thief, NULL);
    judged_pop();
    explore_join_all();
    judge(deque_spec());
    items_destroy(&deque);
}

/* Who sees how far another thief has come must not take an older bottom for the end. */
EXPLORE_PROGRAM(deque_is_a_deque_to_a_thief_behind_another) {
    start(4, false);
    judge_start();
    judged_push(1);
    judged_push(2);
    explore_spawn(judged_thief_once, NULL);
    explore_spawn(judged_thief, NULL);
    judged_push(3);
    explore_join_all();
    judge(deque_spec());
    items_destroy(&deque);
}

/* The FIFO flavour is a queue, to its owner and to thieves who try again when they lost a race. */
static void judged_line_push(uint64_t value) {
    judge_begin(QUEUE_PUSH, value);
    judge_end(line_push(&line, value) == WEIR_OK, 0);
}

static void judged_line_pop(void) {
    uint64_t value = 0;
    judge_begin(QUEUE_POP, 0);
    const bool came = line_pop(&line, &value);
    judge_end(came, value);
}

static void judged_line_thief(void *unused) {
    (void)unused;
    for (int i = 0; i < 2; i++) {
        uint64_t value = 0;
        weir_status status;
        judge_begin(QUEUE_POP, 0);
        while ((status = line_steal(&line, &value)) == WEIR_BUSY)
            weir_i_relax();
        judge_end(status == WEIR_OK, value);
    }
}

EXPLORE_PROGRAM(deque_fifo_is_a_queue) {
    line_start(&line, 1, false);
    judge_start();
    judged_line_push(1);
    explore_spawn(judged_line_thief, NULL);
    explore_spawn(judged_line_thief, NULL);
    judged_line_push(2);
    judged_line_pop();
    judged_line_push(3);
    judged_line_pop();
    explore_join_all();
    judged_line_pop();
    judge(queue_spec(100));
    lines_destroy(&line);
}

/* Empty means empty: what was pushed before the thief began is seen, and BUSY needs a rival. */
static void thief_of_two(void *unused) {
    item i;
    (void)unused;
    explore_check(steal(&deque, &i) == WEIR_OK && i.value == 0);
    explore_check(steal(&deque, &i) == WEIR_OK && i.value == 1);
    explore_check(steal(&deque, &i) == WEIR_AGAIN);
}

EXPLORE_PROGRAM(deque_steal_without_a_rival_is_exact) {
    start(1, false);
    explore_check(push(&deque, 0) == WEIR_OK && push(&deque, 1) == WEIR_OK);
    explore_spawn(thief_of_two, NULL);
    explore_join_all();
    items_destroy(&deque);
}

/* -- len and memory --------------------------------------------------------------------------- */

static void look(void *unused) {
    (void)unused;
    explore_check(items_len(&deque) <= 2);
    explore_check(items_len(&deque) <= 2);
}

/* Top and bottom are read one after the other, and both may have moved far in between. */
static void fills_and_steals(void *unused) {
    (void)unused;
    for (uint64_t n = 0; n < 4; n++) {
        explore_check(push(&deque, n) == WEIR_OK);
        if (n > 0)
            steal_one(&deque);
    }
}

EXPLORE_PROGRAM(deque_len_is_never_above_the_capacity_of_a_bounded_one) {
    start(2, true);
    explore_spawn(fills_and_steals, NULL);
    explore_check(items_len(&deque) <= 2);
    explore_check(items_len(&deque) <= 2);
    explore_join_all();
    finish(4);
}

EXPLORE_PROGRAM(deque_len_is_never_negative) {
    start(2, true);
    explore_spawn(look, NULL);
    for (uint64_t value = 0; value < 2; value++) {
        explore_check(push(&deque, value) == WEIR_OK);
        pop_one(&deque);
        item i;
        explore_check(!pop(&deque, &i));
    }
    explore_join_all();
    finish(2);
}

EXPLORE_PROGRAM(deque_without_memory, .alloc_failures = 2) {
    item i;
    if (items_init(&deque, 1) != WEIR_OK)
        return;
    explore_check(push(&deque, 1) == WEIR_OK);
    const weir_status status = push(&deque, 2);
    explore_check(status == WEIR_OK || (status == WEIR_NOMEM && items_len(&deque) == 1));
    if (items_init(&other, 1) == WEIR_OK) {
        explore_check(push(&other, 3) == WEIR_OK);
        const size_t came = steal_half(&deque, &other);
        explore_check(came <= 1 && items_len(&other) == 1 + came);
        items_destroy(&other);
    }
    explore_check(steal(&deque, &i) != WEIR_BUSY);
    items_destroy(&deque);
}

/* -- the injector ----------------------------------------------------------------------------- */

ONE_COPY weir_status inject(uint64_t value) {
    return inbox_push(&in, item_of(value));
}

ONE_COPY weir_status eject(item *i) {
    return inbox_steal(&in, i);
}

ONE_COPY size_t eject_batch(items *own) {
    return inbox_steal_batch(&in, own);
}

/* Blocks of lap - 1 slots; the tickets overflow on the way. */
static void in_start(uint64_t lap) {
    explore_check(weir_i_injector_init(&in.raw, sizeof(item), lap, 0 - lap, NULL) == WEIR_OK);
    explore_name(&in, sizeof in, "injector");
}

static void in_finish(unsigned count) {
    item i;
    while (inbox_len(&in) > 0) {
        explore_check(eject(&i) == WEIR_OK);
        took_item(i);
    }
    explore_check(eject(&i) == WEIR_AGAIN);
    inbox_destroy(&in);
    check_taken(count);
}

static void inject_two(void *first) {
    explore_check(inject((uintptr_t)first) == WEIR_OK);
    explore_check(inject((uintptr_t)first + 1) == WEIR_OK);
}

static void eject_one(void) {
    item i;
    if (eject(&i) == WEIR_OK)
        took_item(i);
}

static void eject_two(void *unused) {
    (void)unused;
    eject_one();
    eject_one();
}

static void inject_and_eject(uint64_t lap, unsigned pushers, unsigned thieves) {
    in_start(lap);
    for (unsigned i = 0; i < pushers; i++)
        explore_spawn(inject_two, (void *)(uintptr_t)(2 * i));
    run_thieves(thieves, eject_two);
    explore_join_all();
    in_finish(2 * pushers);
}

EXPLORE_PROGRAM(injector_one_slot_blocks_two_to_one) {
    inject_and_eject(2, 2, 1);
}

EXPLORE_PROGRAM(injector_one_slot_blocks_one_to_two) {
    inject_and_eject(2, 1, 2);
}

EXPLORE_PROGRAM(injector_one_slot_blocks_two_to_two) {
    inject_and_eject(2, 2, 2);
}

EXPLORE_PROGRAM(injector_three_slot_blocks_two_to_two) {
    inject_and_eject(4, 2, 2);
}

/* Batches into deques of their own, while others inject and eject. */
static void eject_half(void *own) {
    items *mine = own;
    (void)eject_batch(mine);
    pop_one(mine);
}

static void batches(uint64_t lap, void (*rival)(void *), void *argument) {
    in_start(lap);
    start(1, false);
    start_one(&other, 1, false, 1);
    inject_two((void *)0);
    explore_spawn(inject_two, (void *)2);
    explore_spawn(eject_half, &deque);
    explore_spawn(rival, argument);
    explore_join_all();
    finish_one(&other);
    finish_one(&deque);
    in_finish(4);
}

EXPLORE_PROGRAM(injector_batches_one_slot_blocks) {
    batches(2, eject_half, &other);
}

EXPLORE_PROGRAM(injector_batches_three_slot_blocks) {
    batches(4, eject_half, &other);
}

EXPLORE_PROGRAM(injector_batches_and_single_calls) {
    batches(4, eject_two, NULL);
}

EXPLORE_PROGRAM(injector_batches_are_stolen_from) {
    batches(4, thief_once, NULL);
}

EXPLORE_PROGRAM(injector_batch_is_half_within_one_block) {
    in_start(4);
    start(1, true);
    inject_two((void *)0);
    inject_two((void *)2);                   /* three in the first block, one in the second */
    explore_check(eject_batch(&deque) == 1); /* no room for two */
    pop_one(&deque);
    eject_one();
    explore_check(eject_batch(&deque) == 1); /* the last of its block */
    pop_one(&deque);
    finish_one(&deque);
    in_finish(4);
}

EXPLORE_PROGRAM(injector_batch_is_half) {
    in_start(4);
    start(4, false);
    inject_two((void *)0);
    explore_check(eject_batch(&deque) == 1 && inbox_len(&in) == 1);
    finish_one(&deque);
    in_finish(2);
}

/* It is a queue: tried again where it lost a race, empty only when empty. */
static void judged_inject(uint64_t value) {
    judge_begin(QUEUE_PUSH, value);
    judge_end(inject(value) == WEIR_OK, 0);
}

static void judged_eject(void) {
    item i = {0, 0};
    weir_status status;
    judge_begin(QUEUE_POP, 0);
    while ((status = eject(&i)) == WEIR_BUSY)
        weir_i_relax();
    judge_end(status == WEIR_OK, i.value);
}

static void judged_injector(void *thread) {
    const uint64_t first = 10 * (uintptr_t)thread;
    judged_inject(first + 1);
    judged_eject();
    judged_inject(first + 2);
    judged_eject();
}

static void judged_queue(uint64_t lap) {
    in_start(lap);
    judge_start();
    explore_spawn(judged_injector, (void *)1);
    explore_spawn(judged_injector, (void *)2);
    judged_eject();
    explore_join_all();
    judged_eject();
    judge(queue_spec(100));
    inbox_destroy(&in);
}

EXPLORE_PROGRAM(injector_is_a_queue_one_slot_blocks) {
    judged_queue(2);
}

EXPLORE_PROGRAM(injector_is_a_queue_three_slot_blocks) {
    judged_queue(4);
}

/* No memory: nothing has changed, and nothing leaks. */
EXPLORE_PROGRAM(injector_without_memory, .alloc_failures = 2) {
    item i;
    if (weir_i_injector_init(&in.raw, sizeof(item), 2, 0, NULL) != WEIR_OK)
        return;
    const weir_status status = inject(1);
    explore_check(status == WEIR_OK || (status == WEIR_NOMEM && inbox_len(&in) == 0));
    explore_check(eject(&i) == (status == WEIR_OK ? WEIR_OK : WEIR_AGAIN));
    inbox_destroy(&in);
}

static void in_look(void *unused) {
    (void)unused;
    explore_check(inbox_len(&in) <= 2);
    explore_check(inbox_len(&in) <= 2);
}

EXPLORE_PROGRAM(injector_len_is_never_negative) {
    in_start(4);
    explore_spawn(in_look, NULL);
    inject_two((void *)0);
    eject_two(NULL);
    explore_join_all();
    in_finish(2);
}

/* -- stopped for good ------------------------------------------------------------------------- */

/* The owner at any step of a push that grows, and of its pops: thieves still get what they are
 * after, or are told that it is not there. */
static void owner_stoppable(void *unused) {
    item i;
    (void)unused;
    explore_begin("push");
    (void)push(&deque, 1);
    explore_end();
    explore_begin("pop");
    (void)pop(&deque, &i);
    explore_end();
    explore_begin("push that grows");
    (void)push(&deque, 2);
    (void)push(&deque, 3);
    explore_end();
    explore_begin("pop of the last");
    while (pop(&deque, &i))
        continue;
    explore_end();
}

static void thief_until_empty(void *unused) {
    item i;
    (void)unused;
    while (steal(&deque, &i) != WEIR_AGAIN)
        weir_i_relax();
}

EXPLORE_PROGRAM(deque_thieves_get_on_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start(1, false);
    explore_check(push(&deque, 0) == WEIR_OK);
    explore_spawn(owner_stoppable, NULL);
    run_thieves(2, thief_until_empty);
    explore_join_all();
    if (!explore_stopped())
        items_destroy(&deque);
}

/* A thief in mid-steal: the owner and the other thief still empty the deque. */
static void thief_stoppable(void *unused) {
    item i;
    (void)unused;
    explore_begin("steal");
    (void)steal(&deque, &i);
    explore_end();
    explore_begin("steal_half");
    (void)steal_half(&deque, &other);
    explore_end();
}

static void owner_empties(void *unused) {
    item i;
    (void)unused;
    for (uint64_t value = 1; value < 4; value++)
        explore_check(push(&deque, value) == WEIR_OK);
    while (pop(&deque, &i))
        continue;
    explore_check(items_len(&deque) == 0);
}

EXPLORE_PROGRAM(deque_owner_gets_on_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    start(1, false);
    start_one(&other, 1, false, 1);
    explore_check(push(&deque, 0) == WEIR_OK);
    explore_spawn(thief_stoppable, NULL);
    explore_spawn(owner_empties, NULL);
    explore_spawn(thief_until_empty, NULL);
    explore_join_all();
    if (!explore_stopped()) {
        items_destroy(&deque);
        items_destroy(&other);
    }
}

static void line_thief_stoppable(void *unused) {
    uint64_t value;
    (void)unused;
    explore_begin("steal");
    (void)line_steal(&line, &value);
    explore_end();
    explore_begin("steal_half");
    (void)line_steal_half(&line, &other_line);
    explore_end();
}

static void line_owner_stoppable(void *unused) {
    uint64_t value;
    (void)unused;
    explore_begin("push");
    (void)line_push(&line, 1);
    (void)line_push(&line, 2);
    explore_end();
    explore_begin("pop");
    (void)line_pop(&line, &value);
    explore_end();
}

static void line_thief_until_empty(void *unused) {
    uint64_t value;
    (void)unused;
    while (line_steal(&line, &value) != WEIR_AGAIN)
        weir_i_relax();
}

EXPLORE_PROGRAM(deque_fifo_gets_on_whoever_is_stopped, .stop = EXPLORE_STOP_PASSES) {
    line_start(&line, 1, false);
    line_start(&other_line, 1, false);
    explore_spawn(line_thief_stoppable, NULL);
    explore_spawn(line_owner_stoppable, NULL);
    explore_spawn(line_thief_until_empty, NULL);
    explore_join_all();
    if (!explore_stopped()) {
        lines_destroy(&line);
        lines_destroy(&other_line);
    }
}

/* What the injector does not promise. */
static void inject_stoppable(void *unused) {
    (void)unused;
    explore_begin("push");
    (void)inject(0);
    explore_end();
}

static void inject_and_take_one(void *unused) {
    item i;
    (void)unused;
    explore_check(inject(1) == WEIR_OK);
    while (eject(&i) != WEIR_OK)
        weir_i_relax();
}

EXPLORE_PROGRAM(injector_push_stopped_blocks_others, .stop = EXPLORE_STOP_BLOCKS) {
    in_start(4);
    explore_spawn(inject_stoppable, NULL);
    explore_spawn(inject_and_take_one, NULL);
    explore_join_all();
    if (!explore_stopped())
        inbox_destroy(&in);
}
