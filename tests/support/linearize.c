/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * linearize.c - the search for a linearization; see linearize.h.
 *
 * A thread's calls follow each other, so a set of linearised calls that respects their order is a
 * prefix of each lane: a vector of positions. The search goes depth first over (positions, state).
 *
 * Invariants:
 *   I1  step s of lane t may come next iff position[t] == s and position[u] >= need[s][u] for all
 * u: everything that precedes it has been linearised. I2  a configuration is remembered once it has
 * been left without success: from it no order leads to the end. The present path never meets itself
 * again, since the positions only grow. I3  the search has succeeded when no completed step is
 * left; pending ones may remain.
 */
#include "linearize.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct buffer {
    void *data;
    size_t size;
} buffer;

/* One level of the search: what remains to be tried there, and by which lane it was left. */
typedef struct frame {
    uint64_t untried; /* bit t: the next step of lane t */
    unsigned lane;
} frame;

/* The steps of one lane within linearizer.steps. */
typedef struct track {
    size_t calls; /* those that have begun */
    size_t first; /* index of its first step */
    size_t steps;
    size_t *starts; /* starts[k]: which step, counted in the lane, call k begins with */
} track;

typedef struct slot {
    uint32_t generation; /* of the check that filled it: an older one counts as empty */
    uint32_t key;        /* offset into keys, in words */
} slot;

struct linearizer {
    size_t limit, used; /* bytes of all buffers */

    const linearize_spec *spec;
    unsigned threads;
    size_t total;     /* steps */
    size_t completed; /* steps that are not pending */
    size_t stride;    /* words from one state to the next */
    track lanes[HISTORY_THREADS];
    linearize_step *steps;
    uint32_t *need; /* a row of `threads` for each step */

    uint32_t position[HISTORY_THREADS];
    size_t depth;
    frame *frames;
    linearize_state *states; /* one for each depth */

    uint32_t generation;
    slot *slots;
    size_t slot_mask, remembered;
    uint64_t *keys; /* each: hash, length, words */
    size_t keys_used;
    uint64_t *key; /* scratch */

    linearize_order best;
    linearize_state *best_state;

    buffer steps_room, need_room, starts_room, frames_room, states_room, slots_room, keys_room,
        key_room, order_room, best_room;
};

/* Makes room for so many bytes, keeping the contents. False when that breaks the limit. */
static bool reserve(linearizer *l, buffer *b, size_t bytes) {
    if (bytes <= b->size)
        return true;
    size_t size = b->size == 0 ? 1024 : b->size;
    while (size < bytes)
        size *= 2;
    if (l->used - b->size + size > l->limit)
        return false;
    void *data = realloc(b->data, size);
    if (data == NULL)
        return false;
    l->used += size - b->size;
    *b = (buffer){data, size};
    return true;
}

linearizer *linearize_new(size_t limit) {
    linearizer *l = calloc(1, sizeof *l);
    if (l != NULL)
        l->limit = limit;
    return l;
}

void linearize_free(linearizer *l) {
    if (l == NULL)
        return;
    buffer *all[] = {&l->steps_room,  &l->need_room,  &l->starts_room, &l->frames_room,
                     &l->states_room, &l->slots_room, &l->keys_room,   &l->key_room,
                     &l->order_room,  &l->best_room};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]->data);
    free(l);
}

/* ---- The history as steps and what they need ------------------------------------------------- */

static bool is_pending(const history_call *call, uint64_t cut) {
    return call->end == HISTORY_PENDING || call->end > cut;
}

static const uint64_t *view_of(const history *h, unsigned t, size_t call) {
    return h->views + (t * h->capacity + call) * h->threads;
}

/* Has call i of lane t ended before call j of lane u began? */
static bool precedes(const history *h, unsigned t, size_t i, unsigned u, size_t j) {
    const history_call *first = &h->lanes[t].calls[i];
    if (first->end == HISTORY_PENDING)
        return false;
    if (h->seen == NULL)
        return first->end < h->lanes[u].calls[j].begin;
    return view_of(h, t, i)[t] <= view_of(h, u, j)[t];
}

static size_t begun_calls(const history_lane *from, uint64_t cut) {
    size_t n = from->count;
    while (n > 0 && from->calls[n - 1].begin > cut)
        n--;
    return n;
}

static size_t add_steps(linearizer *l, const history_call *call, uint64_t cut) {
    history_call parts[LINEARIZE_PARTS];
    unsigned n = 1;
    bool pending = is_pending(call, cut);
    parts[0] = *call;
    if (pending)
        parts[0].end = HISTORY_PENDING;
    if (l->spec->parts != NULL) {
        history_call whole = parts[0];
        n = l->spec->parts(l->spec, &whole, parts);
        assert(n <= LINEARIZE_PARTS);
    }
    for (unsigned k = 0; k < n; k++)
        l->steps[l->total++] = (linearize_step){.call = parts[k], .pending = pending};
    if (!pending)
        l->completed += n;
    return n;
}

/* Cuts the calls of each lane into steps. */
static bool load_steps(linearizer *l, const history *h, uint64_t cut) {
    size_t calls = 0;
    for (unsigned t = 0; t < l->threads; t++)
        calls += l->lanes[t].calls = begun_calls(&h->lanes[t], cut);
    size_t most = calls * (l->spec->parts == NULL ? 1 : LINEARIZE_PARTS);
    if (!reserve(l, &l->steps_room, most * sizeof *l->steps) ||
        !reserve(l, &l->starts_room, (calls + l->threads) * sizeof(size_t)))
        return false;
    l->steps = l->steps_room.data;
    l->total = l->completed = 0;
    size_t *starts = l->starts_room.data;
    for (unsigned t = 0; t < l->threads; t++) {
        track *lane = &l->lanes[t];
        lane->first = l->total;
        lane->steps = 0;
        lane->starts = starts;
        for (size_t i = 0; i < lane->calls; i++) {
            *starts++ = lane->steps;
            lane->steps += add_steps(l, &h->lanes[t].calls[i], cut);
        }
        *starts++ = lane->steps;
    }
    return true;
}

/* What the steps of call i of lane t need of lane u, and what of lane u is concurrent with them.
 * before: how many calls of lane u preceded the call before this one; returns how many precede it.
 */
static size_t relate(linearizer *l, const history *h, unsigned t, size_t i, unsigned u,
                     size_t before) {
    const track *mine = &l->lanes[t], *other = &l->lanes[u];
    while (before < other->calls && precedes(h, u, before, t, i))
        before++;
    uint32_t concurrent = 0;
    for (size_t j = before; j < other->calls && !precedes(h, t, i, u, j); j++)
        concurrent |= UINT32_C(1) << h->lanes[u].calls[j].operation;
    for (size_t s = mine->first + mine->starts[i]; s < mine->first + mine->starts[i + 1]; s++) {
        l->need[s * l->threads + u] = (uint32_t)other->starts[before];
        l->steps[s].concurrent |= concurrent;
        l->steps[s].rivals += concurrent != 0;
    }
    return before;
}

static bool load_needs(linearizer *l, const history *h) {
    if (!reserve(l, &l->need_room, l->total * l->threads * sizeof *l->need))
        return false;
    l->need = l->need_room.data;
    for (unsigned t = 0; t < l->threads; t++) {
        for (unsigned u = 0; u < l->threads; u++) {
            size_t before = 0;
            for (size_t i = 0; u != t && i < l->lanes[t].calls; i++)
                before = relate(l, h, t, i, u, before);
        }
        for (size_t s = 0; s < l->lanes[t].steps; s++) /* I1 has its own position settled */
            l->need[(l->lanes[t].first + s) * l->threads + t] = 0;
    }
    return true;
}

static bool load(linearizer *l, const history *h, const linearize_spec *spec, uint64_t cut) {
    l->spec = spec;
    l->threads = h->threads;
    if (!load_steps(l, h, cut) || !load_needs(l, h))
        return false;
    l->stride = 1 + spec->longest(spec, l->total);
    size_t levels = l->total + 1, key = 3 + l->threads / 2 + l->stride;
    if (!reserve(l, &l->frames_room, levels * sizeof *l->frames) ||
        !reserve(l, &l->states_room, levels * l->stride * sizeof *l->states) ||
        !reserve(l, &l->key_room, key * sizeof *l->key) ||
        !reserve(l, &l->order_room, levels * sizeof *l->best.steps) ||
        !reserve(l, &l->best_room, l->stride * sizeof *l->best_state))
        return false;
    l->frames = l->frames_room.data;
    l->states = l->states_room.data;
    l->key = l->key_room.data;
    l->best.steps = l->order_room.data;
    l->best.state = l->best_state = l->best_room.data;
    return true;
}

/* ---- The memory of configurations that led nowhere ------------------------------------------- */

static void forget_all(linearizer *l) {
    l->remembered = l->keys_used = 0;
    if (++l->generation == 0) { /* wrapped: old stamps could look new */
        if (l->slots != NULL)
            memset(l->slots, 0, (l->slot_mask + 1) * sizeof *l->slots);
        l->generation = 1;
    }
}

/* Writes hash, length and words of (position, state) to l->key; returns how many words that is. */
static size_t make_key(linearizer *l, const linearize_state *state) {
    uint64_t *key = l->key;
    size_t n = 2;
    for (unsigned t = 0; t < l->threads; t += 2) {
        uint64_t high = t + 1 < l->threads ? l->position[t + 1] : 0;
        key[n++] = high << 32 | l->position[t];
    }
    memcpy(key + n, state, linearize_words(state) * sizeof *state);
    n += linearize_words(state);
    uint64_t hash = n;
    for (size_t i = 2; i < n; i++) {
        hash = (hash ^ key[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    key[0] = hash;
    key[1] = n;
    return n;
}

/* The slot that holds l->key, or the empty one where it belongs. */
static slot *find(const linearizer *l) {
    for (size_t i = (size_t)l->key[0];; i++) {
        slot *s = &l->slots[i & l->slot_mask];
        if (s->generation != l->generation)
            return s;
        const uint64_t *key = l->keys + s->key;
        if (key[0] == l->key[0] && memcmp(key, l->key, (size_t)l->key[1] * sizeof *key) == 0)
            return s;
    }
}

static bool is_known(linearizer *l, const linearize_state *state) {
    if (l->remembered == 0)
        return false;
    make_key(l, state);
    return find(l)->generation == l->generation;
}

/* Doubles the table and puts the keys back. */
static bool grow_slots(linearizer *l) {
    size_t count = l->slots == NULL ? 1024 : 2 * (l->slot_mask + 1);
    if (!reserve(l, &l->slots_room, count * sizeof *l->slots))
        return false;
    l->slots = l->slots_room.data;
    l->slot_mask = count - 1;
    memset(l->slots, 0, count * sizeof *l->slots);
    l->generation = 1;
    for (size_t at = 0; at < l->keys_used; at += (size_t)l->keys[at + 1]) {
        size_t i = (size_t)l->keys[at];
        while (l->slots[i & l->slot_mask].generation == 1)
            i++;
        l->slots[i & l->slot_mask] = (slot){1, (uint32_t)at};
    }
    return true;
}

static bool remember(linearizer *l, const linearize_state *state) {
    if ((l->slots == NULL || 2 * l->remembered > l->slot_mask) && !grow_slots(l))
        return false;
    size_t n = make_key(l, state);
    if (l->keys_used + n > UINT32_MAX ||
        !reserve(l, &l->keys_room, (l->keys_used + n) * sizeof *l->keys))
        return false;
    l->keys = l->keys_room.data;
    memcpy(l->keys + l->keys_used, l->key, n * sizeof *l->keys);
    *find(l) = (slot){l->generation, (uint32_t)l->keys_used};
    l->keys_used += n;
    l->remembered++;
    return true;
}

/* ---- The search ------------------------------------------------------------------------------ */

static linearize_state *state_at(const linearizer *l, size_t depth) {
    return l->states + depth * l->stride;
}

static const linearize_step *next_step(const linearizer *l, unsigned t) {
    return &l->steps[l->lanes[t].first + l->position[t]];
}

/* I1, for all lanes: the lanes whose next step may be linearised now. */
static uint64_t candidates(const linearizer *l) {
    uint64_t mask = 0;
    for (unsigned t = 0; t < l->threads; t++) {
        if (l->position[t] == l->lanes[t].steps)
            continue;
        const uint32_t *need = l->need + (l->lanes[t].first + l->position[t]) * l->threads;
        bool ready = true;
        for (unsigned u = 0; u < l->threads; u++)
            ready &= l->position[u] >= need[u];
        mask |= (uint64_t)ready << t;
    }
    return mask;
}

/* The lane whose step ended first: in a right history that is most often the right choice. */
static unsigned most_urgent(const linearizer *l, uint64_t mask) {
    unsigned best = (unsigned)__builtin_ctzll(mask);
    for (mask &= mask - 1; mask != 0; mask &= mask - 1) {
        unsigned t = (unsigned)__builtin_ctzll(mask);
        if (next_step(l, t)->call.end < next_step(l, best)->call.end)
            best = t;
    }
    return best;
}

/* Of the steps already in the order, how many are concurrent with the next of lane t and watched.
 */
static uint32_t count_unseen(const linearizer *l, unsigned t) {
    const size_t s = l->lanes[t].first + l->position[t];
    const uint32_t watched = l->spec->watched[l->steps[s].call.operation];
    uint32_t n = 0;
    for (unsigned u = 0; u < l->threads && watched != 0; u++) {
        const linearize_step *other = &l->steps[l->lanes[u].first];
        for (uint32_t i = l->need[s * l->threads + u]; u != t && i < l->position[u]; i++)
            if (other[i].pending || other[i].call.status != 0)
                n += watched >> other[i].call.operation & 1;
    }
    return n;
}

/* Tries one lane of the present frame. True if that led one level down. */
static bool advance(linearizer *l) {
    frame *f = &l->frames[l->depth];
    unsigned t = most_urgent(l, f->untried);
    linearize_step *step = &l->steps[l->lanes[t].first + l->position[t]];
    f->untried &= ~(UINT64_C(1) << t);
    if (l->spec->watched != NULL)
        step->unseen = count_unseen(l, t);
    const linearize_state *state = state_at(l, l->depth);
    linearize_state *next = state_at(l, l->depth + 1);
    memcpy(next, state, linearize_words(state) * sizeof *next);
    if (!l->spec->step(l->spec, next, step))
        return false;
    assert(next[0] < l->stride);
    l->position[t]++;
    if (is_known(l, next)) {
        l->position[t]--;
        return false;
    }
    f->lane = t;
    l->depth++;
    l->completed -= !step->pending;
    l->frames[l->depth] = (frame){.untried = candidates(l)};
    return true;
}

static void retreat(linearizer *l) {
    l->depth--;
    unsigned t = l->frames[l->depth].lane;
    l->position[t]--;
    l->completed += !next_step(l, t)->pending;
}

/* Keeps the present path if it is the longest so far. */
static void note_best(linearizer *l) {
    linearize_order *best = &l->best;
    if (l->depth < best->length || (l->depth == best->length && l->depth > 0))
        return;
    uint32_t position[HISTORY_THREADS] = {0};
    for (size_t d = 0; d < l->depth; d++) {
        unsigned t = l->frames[d].lane;
        best->steps[d] = &l->steps[l->lanes[t].first + position[t]++];
    }
    best->length = l->depth;
    const linearize_state *state = state_at(l, l->depth);
    memcpy(l->best_state, state, linearize_words(state) * sizeof *state);
    best->candidates = 0;
    for (uint64_t mask = candidates(l); mask != 0; mask &= mask - 1)
        best->next[best->candidates++] = next_step(l, (unsigned)__builtin_ctzll(mask));
}

static linearize_verdict search(linearizer *l) {
    while (l->completed > 0) { /* I3 */
        if (l->frames[l->depth].untried != 0) {
            advance(l);
            continue;
        }
        note_best(l);
        if (l->depth == 0)
            return LINEARIZE_FAIL;
        if (!remember(l, state_at(l, l->depth))) /* I2 */
            return LINEARIZE_UNKNOWN;
        retreat(l);
    }
    l->best.length = 0; /* a path that got stuck may hold more pending steps */
    note_best(l);
    return LINEARIZE_OK;
}

linearize_verdict linearize_until(linearizer *l, const history *h, const linearize_spec *spec,
                                  uint64_t cut) {
    l->best.length = l->best.candidates = 0;
    if (!load(l, h, spec, cut))
        return LINEARIZE_UNKNOWN;
    forget_all(l);
    memset(l->position, 0, l->threads * sizeof l->position[0]);
    l->depth = 0;
    l->states[0] = l->best_state[0] = 0;
    if (spec->init != NULL)
        spec->init(spec, l->states);
    l->frames[0] = (frame){.untried = candidates(l)};
    return search(l);
}

linearize_verdict linearize(linearizer *l, const history *h, const linearize_spec *spec) {
    return linearize_until(l, h, spec, HISTORY_PENDING);
}

const linearize_order *linearize_best(const linearizer *l) {
    return &l->best;
}
