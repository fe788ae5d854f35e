/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.h - Go's select: waits for many things at once and does the first that can be done.
 *
 * Do this:
 *   weir_case cases[] = {jobs_case_recv(&in, &job), answers_case_send(&out, &answer),
 *                        stop_case_recv(&stop, NULL)};
 *   switch (weir_select(cases, 3)) {
 *   case 0: if (cases[0].status == WEIR_CLOSED) ...; else use(job); break;
 *   case 1: ... answer was sent ...
 *   }
 * weir_try_select does not wait (-1: nothing was ready), weir_select_until not for ever (-1: time
 * is up). Each picks one of those that are ready, every one as likely as the others;
 * weir_select_first and its kin pick the first in the array.
 *
 * Guarantees
 *   Exactly one case is done, or none. cases[i].status of the chosen one says WEIR_OK or
 *   WEIR_CLOSED; all else stays as it was: other statuses, what other cases point to. What a send
 *   case points to is read only if it is chosen. A try says -1 only if at one instant within the
 *   call no case was ready. A case that is ready is done even past the deadline. Waiters are served
 *   in order of arrival, those in a select among all others.
 *
 *   Cases may name the same channel several times, in both directions too: a select never pairs
 *   with itself, and it is one call to that channel. It does not go back to what it has chosen: its
 *   peer may destroy that as if the call were a plain one. All others it leaves before it returns.
 *   NULL channels, and n = 0, are never ready. The array may be used again, by one select at a
 *   time.
 *
 *   Up to 16 cases nothing is allocated; beyond, once per wait. Without memory such a select waits
 *   for 16 cases at a time, a millisecond each, and looks at all in between: it stands in line for
 *   those only, but it sleeps, and two of them meet at a rendezvous.
 *
 *   Cost of a case that is not ready while another is: two or three loads, no store. A select that
 *   waits locks each list once to enter and once to leave.
 *
 * Invariants. I1 the waiter's frame lives until every node of it has been taken out of its list,
 * by a claimer or by itself. I2 when the locks of all lists are held each case that can decide has
 * decided NONE before any node enters: so no claimer of one case can miss another.
 *
 * Orders: none of its own. Locks, claims and fences are those of wait.h.
 *
 * Not for: one channel (its own calls are faster).
 * Override: WEIR_SPIN_MOST.
 * Source: Go's runtime/select.go: random order, locks by address, one claim for all.
 */
#ifndef WEIR_SELECT_H
#define WEIR_SELECT_H

#include <weir/base/cpus.h>
#include <weir/base/random.h>
#include <weir/wait.h>

#include <stdlib.h>

WEIR_I_BEGIN

enum {
    WEIR_I_SELECT_SMALL = 16, /* so many cases need no memory but the stack's */
    WEIR_I_SELECT_DRAWN = 4,  /* so many of them go into one draw of 32 bits */
    WEIR_I_SELECT_LOOKS = WEIR_SPIN_MOST < 8 ? WEIR_SPIN_MOST : 8,
    WEIR_I_SELECT_WATCHES = WEIR_SPIN_MOST > 1,
    WEIR_I_SELECT_GLANCES = 32,       /* watching, before it counts as one that spins */
    WEIR_I_SELECT_YIELDS = 6,         /* then, before it enters: see chan/wait.h */
    WEIR_I_SELECT_TURN = 1000 * 1000, /* so long it waits for some, if there is no room for all */
    WEIR_I_SELECT_NONE = -1,
    WEIR_I_SELECT_AGAIN = -2
};

/* -- looking ---------------------------------------------------------------------------------- */

WEIR_I_FAST bool weir_i_select_attempt(weir_case *c) {
    return c->kind && c->kind->attempt(c);
}

WEIR_I_FAST bool weir_i_select_ready(const weir_case *c, uint64_t *stamp) {
    *stamp = 0;
    return c->kind && c->kind->ready(c, stamp);
}

/* Does the first case that can be done. */
WEIR_I_FUNC int weir_i_select_in_order(weir_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (weir_i_select_attempt(&cases[i]))
            return WEIR_I_CAST(int, i);
    }
    return WEIR_I_SELECT_NONE;
}

/* Tries the cases in a random order, drawn as far as it is needed. */
WEIR_I_FUNC int weir_i_select_shuffled(weir_case *cases, size_t n) {
    uint8_t order[WEIR_I_SELECT_SMALL];
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++)
        order[i] = WEIR_I_CAST(uint8_t, i);
    for (size_t left = n; left > 0; left--) {
        if ((n - left) % WEIR_I_SELECT_DRAWN == 0)
            bits = weir_i_random_bits();
        const size_t pick = weir_i_random_split(&bits, WEIR_I_CAST(uint32_t, left));
        const int chosen = order[pick];
        if (weir_i_select_attempt(&cases[chosen]))
            return chosen;
        order[pick] = order[left - 1];
    }
    return WEIR_I_SELECT_NONE;
}

/* The same for any number, without memory: one of those that look ready, each as likely. */
WEIR_I_FUNC int weir_i_select_sampled(weir_case *cases, size_t n) {
    for (unsigned times = 0;; times++) {
        uint32_t ready = 0;
        size_t pick = 0;
        uint64_t stamp;
        for (size_t i = 0; i < n; i++) {
            if (weir_i_select_ready(&cases[i], &stamp) && weir_i_random_below(++ready) == 0)
                pick = i;
        }
        if (ready == 0)
            return WEIR_I_SELECT_NONE;
        if (weir_i_select_attempt(&cases[pick]))
            return WEIR_I_CAST(int, pick);
        weir_i_step_aside(times); /* another was first, or a peer is in the middle of it */
    }
}

WEIR_I_FUNC int weir_i_select_poll(weir_case *cases, size_t n, bool in_order) {
    if (in_order)
        return weir_i_select_in_order(cases, n);
    return n <= WEIR_I_SELECT_SMALL ? weir_i_select_shuffled(cases, n)
                                    : weir_i_select_sampled(cases, n);
}

/* True if no case looks ready; *stamps then stands for all their stamps. */
WEIR_I_FUNC bool weir_i_select_quiet(const weir_case *cases, size_t n, uint64_t *stamps) {
    uint64_t mixed = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t stamp;
        if (weir_i_select_ready(&cases[i], &stamp))
            return false;
        mixed = (mixed ^ stamp) * 0x9e3779b97f4a7c15u;
        mixed ^= mixed >> 32;
    }
    *stamps = mixed;
    return true;
}

/* Does a case, or says NONE: then at one instant no case was ready, that between two rounds in
 * which none was and nothing changed from the one to the other. */
WEIR_I_FUNC int weir_i_select_try(weir_case *cases, size_t n, bool in_order) {
    for (unsigned times = 0;; times++) {
        uint64_t before;
        uint64_t after;
        const int chosen = weir_i_select_poll(cases, n, in_order);
        if (chosen >= 0)
            return chosen;
        if (weir_i_select_quiet(cases, n, &before) && weir_i_select_quiet(cases, n, &after) &&
            before == after)
            return WEIR_I_SELECT_NONE;
        weir_i_step_aside(times); /* a peer is in the middle of it */
    }
}

/* -- waiting ---------------------------------------------------------------------------------- */

/* What one wait needs. All have a place for each case. */
typedef struct weir_i_select_room {
    weir_waiter waiter;
    weir_wait_node *nodes;
    weir_wait_list **lists; /* of each case, when it was locked */
    uint32_t *sorted; /* the cases by their lists, those of one object together: for locking */
    uint32_t *order;  /* of deciding and entering */
    size_t count;     /* of sorted: those that have a list */
    size_t most;      /* places */
} weir_i_select_room;

WEIR_I_FAST weir_wait_list *weir_i_select_list(const weir_i_select_room *room, size_t at) {
    return room->lists[room->sorted[at]];
}

WEIR_I_FUNC void weir_i_select_swap(uint32_t *sorted, size_t a, size_t b) {
    const uint32_t moved = sorted[a];
    sorted[a] = sorted[b];
    sorted[b] = moved;
}

/* Moves what stands at `at` in the heap sorted[0, count) down to its place. */
WEIR_I_FUNC void weir_i_select_sift(const weir_i_select_room *room, size_t at, size_t count) {
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count && (uintptr_t)weir_i_select_list(room, child) <
                                     (uintptr_t)weir_i_select_list(room, child + 1))
            child++;
        if ((uintptr_t)weir_i_select_list(room, at) >= (uintptr_t)weir_i_select_list(room, child))
            return;
        weir_i_select_swap(room->sorted, at, child);
        at = child;
    }
}

/* Collects the lists of all cases, and sorts them by address. Each node gets its rank in order. */
WEIR_I_FUNC void weir_i_select_sort(weir_i_select_room *room, weir_case *cases, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t at = room->order[i];
        weir_wait_node_init(&room->nodes[at], &room->waiter);
        room->nodes[at].since = WEIR_I_CAST(int64_t, i);
        if (!cases[at].kind)
            continue;
        if (cases[at].kind->prepare)
            cases[at].kind->prepare(&cases[at]);
        room->lists[at] = cases[at].kind->list(&cases[at]);
        room->sorted[count++] = at;
    }
    room->count = count;
    for (size_t i = count / 2; i > 0; i--)
        weir_i_select_sift(room, i - 1, count);
    for (size_t i = count; i > 1; i--) {
        weir_i_select_swap(room->sorted, 0, i - 1);
        weir_i_select_sift(room, 0, i - 1);
    }
}

WEIR_I_FUNC void weir_i_select_lock(const weir_i_select_room *room) {
    for (size_t i = 0; i < room->count; i++) {
        if (i == 0 || weir_i_select_list(room, i) != weir_i_select_list(room, i - 1))
            weir_wait_list_lock(weir_i_select_list(room, i));
    }
}

WEIR_I_FUNC void weir_i_select_unlock(const weir_i_select_room *room) {
    for (size_t i = room->count; i > 0; i--) {
        if (i == room->count || weir_i_select_list(room, i - 1) != weir_i_select_list(room, i))
            weir_wait_list_unlock(weir_i_select_list(room, i - 1));
    }
}

/* With the locks: are they those of the cases still? */
WEIR_I_FUNC bool weir_i_select_holds(const weir_i_select_room *room, const weir_case *cases,
                                     size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (cases[i].kind && cases[i].kind->list(&cases[i]) != room->lists[i])
            return false;
    }
    return true;
}

/* Of two cases that wait for the very same, the one that is later in order does not enter. */
WEIR_I_FUNC bool weir_i_select_alike(const weir_i_select_room *room, const weir_case *cases,
                                     uint32_t a, uint32_t b) {
    if (cases[a].kind == cases[b].kind && cases[a].detail == cases[b].detail)
        room->nodes[room->nodes[a].since < room->nodes[b].since ? b : a].waiter = NULL;
    return true;
}

/* R6: two that are to enter know each other. False: they would stand under two locks. */
WEIR_I_FUNC bool weir_i_select_twins(const weir_i_select_room *room, const weir_case *cases,
                                     uint32_t a, uint32_t b) {
    if (cases[a].kind == cases[b].kind)
        return true;
    if (room->nodes[a].waiter && room->nodes[b].waiter) {
        room->nodes[a].twin = &room->nodes[b];
        room->nodes[b].twin = &room->nodes[a];
    }
    return room->lists[a] == room->lists[b];
}

/* Calls it for all pairs of cases of one object, while it says true. */
WEIR_I_FUNC bool weir_i_select_pairs(const weir_i_select_room *room, const weir_case *cases,
                                     bool (*each)(const weir_i_select_room *room,
                                                  const weir_case *cases, uint32_t a, uint32_t b)) {
    for (size_t i = 1; i < room->count; i++) {
        const uint32_t at = room->sorted[i];
        for (size_t j = i; j > 0 && cases[room->sorted[j - 1]].object == cases[at].object; j--) {
            if (!each(room, cases, room->sorted[j - 1], at))
                return false;
        }
    }
    return true;
}

/* The order given, or one by chance. */
WEIR_I_FUNC void weir_i_select_shuffle(uint32_t *order, size_t n, bool in_order) {
    uint32_t bits = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!in_order && i % WEIR_I_SELECT_DRAWN == 0)
            bits = weir_i_random_bits();
        const uint32_t at = in_order ? i : weir_i_random_split(&bits, i + 1);
        order[i] = i;
        order[i] = order[at];
        order[at] = i;
    }
}

/* With the locks: asks each case that can decide. */
WEIR_I_FUNC weir_turn weir_i_select_decide(const weir_i_select_room *room, weir_case *cases,
                                           size_t n, weir_grip *grip, size_t *chosen) {
    for (size_t i = 0; i < n; i++) {
        weir_case *c = &cases[room->order[i]];
        if (!c->kind || !c->kind->decide)
            continue;
        const weir_turn turn = c->kind->decide(c, grip);
        *chosen = room->order[i];
        if (turn != WEIR_TURN_NONE)
            return turn;
    }
    return WEIR_TURN_NONE;
}

/* Locks all lists and enters them, unless a case can be done instead: that one is the choice. */
WEIR_I_FUNC int weir_i_select_enter(weir_i_select_room *room, weir_case *cases, size_t n,
                                    bool in_order) {
    weir_grip grip = {NULL, 0};
    size_t chosen = 0;
    weir_waiter_init(&room->waiter);
    weir_i_select_shuffle(room->order, n, in_order);
    weir_i_select_sort(room, cases, n);
    weir_i_select_lock(room);
    weir_wait_fence();
    weir_turn turn = weir_i_select_holds(room, cases, n)
                         ? weir_i_select_decide(room, cases, n, &grip, &chosen)
                         : WEIR_TURN_AGAIN;
    if (turn == WEIR_TURN_NONE && !(weir_i_select_pairs(room, cases, weir_i_select_alike) &&
                                    weir_i_select_pairs(room, cases, weir_i_select_twins)))
        turn = WEIR_TURN_AGAIN;
    for (size_t i = 0; i < n && turn == WEIR_TURN_NONE; i++) {
        const uint32_t at = room->order[i];
        if (cases[at].kind && room->nodes[at].waiter)
            cases[at].kind->enter(&cases[at], &room->nodes[at]);
    }
    weir_i_select_unlock(room);
    if (turn == WEIR_TURN_AGAIN)
        return WEIR_I_SELECT_AGAIN;
    if (turn == WEIR_TURN_NONE)
        return WEIR_I_SELECT_NONE;
    cases[chosen].kind->finish(&cases[chosen], &grip);
    return WEIR_I_CAST(int, chosen);
}

/* Locks the list of a case, and returns it. */
WEIR_I_FUNC weir_wait_list *weir_i_select_lock_one(const weir_case *c) {
    for (;;) {
        weir_wait_list *list = c->kind->list(c);
        weir_wait_list_lock(list);
        if (c->kind->list(c) == list)
            return list;
        weir_wait_list_unlock(list);
    }
}

/* Leaves all lists but those of the object whose case won: its claimer has taken out what stood
 * there, and it may be gone. Returns that case, or NONE. */
WEIR_I_FUNC int weir_i_select_leave(weir_i_select_room *room, weir_case *cases, size_t n) {
    int won = WEIR_I_SELECT_NONE;
    for (size_t i = 0; i < n; i++) {
        if (!cases[i].kind || !room->nodes[i].waiter)
            continue;
        if (room->nodes[i].won)
            won = WEIR_I_CAST(int, i);
        if (room->nodes[i].won || (room->nodes[i].twin && room->nodes[i].twin->won))
            continue;
        weir_wait_list *list = weir_i_select_lock_one(&cases[i]);
        cases[i].kind->leave(&cases[i], &room->nodes[i]);
        weir_wait_list_unlock(list);
        if (cases[i].kind->left)
            cases[i].kind->left(&cases[i], &room->nodes[i]);
    }
    return won;
}

/* After entering: has a case become ready that could not decide under the lock? The fence between
 * the locks and this look has been: with the lock taken a list no longer looks idle. */
WEIR_I_FUNC bool weir_i_select_missed(const weir_case *cases, size_t n) {
    uint64_t stamp;
    for (size_t i = 0; i < n; i++) {
        if (cases[i].kind && !cases[i].kind->decide && cases[i].kind->ready(&cases[i], &stamp))
            return true;
    }
    return false;
}

/* What selects have learned about spinning; it only saves time. */
#define WEIR_I_SELECT_HABIT_INIT                                                                   \
    { 0, 0 }
WEIR_I_STATE(weir_wait_habit, weir_i_select_habit, WEIR_I_SELECT_HABIT_INIT);
#undef WEIR_I_SELECT_HABIT_INIT

/* One wait. The chosen case; NONE: time is up; AGAIN: look again. *told: a case that said so. */
WEIR_I_FUNC int weir_i_select_wait(weir_i_select_room *room, weir_case *cases, size_t n,
                                   bool in_order, weir_time deadline, int *told) {
    const int chosen = weir_i_select_enter(room, cases, n, in_order);
    if (chosen != WEIR_I_SELECT_NONE)
        return chosen;
    if (weir_i_select_missed(cases, n) && weir_waiter_cancel(&room->waiter)) {
        (void)weir_i_select_leave(room, cases, n);
        return WEIR_I_SELECT_AGAIN;
    }
    const weir_status status = weir_waiter_await(&room->waiter, &weir_i_select_habit, deadline);
    const int won = weir_i_select_leave(room, cases, n);
    if (status != WEIR_OK)
        return WEIR_I_SELECT_NONE;
    if (cases[won].kind->collect(&cases[won], &room->nodes[won]))
        return won;
    *told = won;
    return WEIR_I_SELECT_AGAIN;
}

/* Without room for all cases: one wait for those from *at on, for a while; then the next are next.
 * A look at all cases has come before. */
WEIR_I_FUNC int weir_i_select_window(weir_i_select_room *room, weir_case *cases, size_t n,
                                     size_t *at, bool in_order, weir_time deadline, int *told) {
    const size_t first = *at;
    const size_t count = n - first < room->most ? n - first : room->most;
    const weir_time turn = weir_in(WEIR_I_SELECT_TURN);
    int told_here = WEIR_I_SELECT_NONE;
    const int chosen = weir_i_select_wait(room, cases + first, count, in_order,
                                          turn < deadline ? turn : deadline, &told_here);
    if (told_here >= 0)
        *told = WEIR_I_CAST(int, first) + told_here;
    if (chosen >= 0)
        return WEIR_I_CAST(int, first) + chosen;
    if (chosen == WEIR_I_SELECT_AGAIN)
        return chosen;
    *at = first + count < n ? first + count : 0;
    return turn < deadline ? WEIR_I_SELECT_AGAIN : weir_i_select_try(cases, n, in_order);
}

/* May it look for long? Not beside a rendezvous. */
WEIR_I_FUNC bool weir_i_select_watched(const weir_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (cases[i].kind && !(cases[i].kind->watched && cases[i].kind->watched(&cases[i])))
            return false;
    }
    return true;
}

/* Looks some times more before it enters the lists; a task does not keep its thread that long. For
 * as long as it may spin once it has entered only if it watches: of two selects that only look none
 * ever meets the other at a rendezvous. */
WEIR_I_FUNC int weir_i_select_spin(weir_case *cases, size_t n, bool in_order) {
    weir_wait_spin spin;
    int chosen = WEIR_I_SELECT_NONE;
    const bool watched = WEIR_I_SELECT_WATCHES && weir_i_select_watched(cases, n);
    if (weir_i_cpus() == 1 || weir_wait_task_get())
        return chosen;
    for (unsigned left = watched ? WEIR_I_SELECT_GLANCES : WEIR_I_SELECT_LOOKS;
         chosen < 0 && left > 0; left--) {
        weir_i_relax();
        chosen = weir_i_select_poll(cases, n, in_order);
    }
    if (chosen >= 0 || !watched)
        return chosen;
    weir_wait_spin_init(&spin, &weir_i_select_habit);
    while (chosen < 0 && weir_wait_spin_more(&spin))
        chosen = weir_i_select_poll(cases, n, in_order);
    weir_wait_spin_end(&spin, chosen >= 0);
    for (int i = 0; i < WEIR_I_SELECT_YIELDS && chosen < 0; i++) {
        weir_i_yield();
        chosen = weir_i_select_poll(cases, n, in_order);
    }
    return chosen;
}

/* Looks, for a while again and again; then waits; until a case has been done or time is up. If the
 * room does not suffice it waits for as many cases as it can at a time, and looks at all in
 * between.
 */
WEIR_I_FUNC int weir_i_select_loop(weir_i_select_room *room, weir_case *cases, size_t n,
                                   bool in_order, weir_time deadline) {
    int told = WEIR_I_SELECT_NONE;
    int chosen = weir_i_select_spin(cases, n, in_order);
    size_t at = 0;
    if (chosen >= 0)
        return chosen;
    chosen = WEIR_I_SELECT_AGAIN;
    for (unsigned times = 0; chosen == WEIR_I_SELECT_AGAIN; times++) {
        if (times && (chosen = weir_i_select_poll(cases, n, in_order)) >= 0)
            break;
        if (n <= room->most)
            chosen = weir_i_select_wait(room, cases, n, in_order, deadline, &told);
        else
            chosen = weir_i_select_window(room, cases, n, &at, in_order, deadline, &told);
        if (chosen == WEIR_I_SELECT_AGAIN && told < 0)
            weir_i_step_aside(times);
    }
    if (told >= 0 && told != chosen && cases[told].kind->pass)
        cases[told].kind->pass(&cases[told]);
    return chosen;
}

WEIR_I_SLOW int weir_i_select_small(weir_case *cases, size_t n, bool in_order, weir_time deadline) {
    weir_wait_node nodes[WEIR_I_SELECT_SMALL];
    weir_wait_list *lists[WEIR_I_SELECT_SMALL];
    uint32_t order[2 * WEIR_I_SELECT_SMALL];
    weir_i_select_room room;
    room.nodes = nodes;
    room.lists = lists;
    room.order = order;
    room.sorted = order + WEIR_I_SELECT_SMALL;
    room.most = WEIR_I_SELECT_SMALL;
    return weir_i_select_loop(&room, cases, n, in_order, deadline);
}

WEIR_I_SLOW int weir_i_select_large(weir_case *cases, size_t n, bool in_order, weir_time deadline) {
    const size_t each = sizeof(weir_wait_node) + sizeof(weir_wait_list *) + 2 * sizeof(uint32_t);
    weir_i_select_room room;
    room.nodes = n <= SIZE_MAX / each ? WEIR_I_CAST(weir_wait_node *, malloc(n * each)) : NULL;
    if (!room.nodes)
        return weir_i_select_small(cases, n, in_order, deadline);
    room.lists = (weir_wait_list **)(void *)(room.nodes + n);
    room.order = (uint32_t *)(void *)(room.lists + n);
    room.sorted = room.order + n;
    room.most = n;
    const int chosen = weir_i_select_loop(&room, cases, n, in_order, deadline);
    free(room.nodes);
    return chosen;
}

WEIR_I_FUNC int weir_i_select(weir_case *cases, size_t n, bool in_order, weir_time deadline) {
    if (deadline == WEIR_NOW)
        return weir_i_select_try(cases, n, in_order);
    const int chosen = weir_i_select_poll(cases, n, in_order);
    if (chosen >= 0)
        return chosen;
    return n <= WEIR_I_SELECT_SMALL ? weir_i_select_small(cases, n, in_order, deadline)
                                    : weir_i_select_large(cases, n, in_order, deadline);
}

/* -- the calls -------------------------------------------------------------------------------- */

/* Each returns the index of the case that was done; -1: none. */

WEIR_I_FUNC int weir_select(weir_case *cases, size_t n) {
    return weir_i_select(cases, n, false, WEIR_FOREVER);
}

WEIR_I_FUNC int weir_try_select(weir_case *cases, size_t n) {
    return weir_i_select(cases, n, false, WEIR_NOW);
}

WEIR_I_FUNC int weir_select_until(weir_case *cases, size_t n, weir_time deadline) {
    return weir_i_select(cases, n, false, deadline);
}

WEIR_I_FUNC int weir_select_first(weir_case *cases, size_t n) {
    return weir_i_select(cases, n, true, WEIR_FOREVER);
}

WEIR_I_FUNC int weir_try_select_first(weir_case *cases, size_t n) {
    return weir_i_select(cases, n, true, WEIR_NOW);
}

WEIR_I_FUNC int weir_select_first_until(weir_case *cases, size_t n, weir_time deadline) {
    return weir_i_select(cases, n, true, deadline);
}

WEIR_I_END

#endif
