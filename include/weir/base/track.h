/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * track.h - what a checked build remembers of objects that go out to callers and come back.
 *
 * An owner tells of each object when it makes it, gives it out, takes it back and destroys it; the
 * answers tell misuse. An object that is in can be sealed: its bytes are kept aside and poison
 * stands in their place, so who reads it by mistake reads nonsense, and who wrote it is found out
 * when it is opened.
 *
 * Nothing of an object is looked at before its address is known to be one: a stray pointer is safe.
 * All calls may run at once, under one lock; it is for checked builds, where time does not matter.
 */
#ifndef WEIR_BASE_TRACK_H
#define WEIR_BASE_TRACK_H

#include <weir/base/alloc.h>

#include <pthread.h>
#include <string.h>

WEIR_I_BEGIN

enum { WEIR_I_TRACK_BUCKETS = 256, WEIR_I_TRACK_POISON = 0xdb };

/* One object; its bytes, when sealed, stand behind. */
typedef struct weir_i_tracked {
    struct weir_i_tracked *next;
    void *object;
    bool is_in;
    bool is_sealed;
} weir_i_tracked;

typedef struct weir_i_track {
    pthread_mutex_t lock;
    size_t size; /* of every object */
    size_t out;
    weir_allocator allocator;
    weir_i_tracked *bucket[WEIR_I_TRACK_BUCKETS];
} weir_i_track;

typedef enum weir_i_track_answer {
    WEIR_I_TRACK_OK,
    WEIR_I_TRACK_UNKNOWN, /* no object of this owner */
    WEIR_I_TRACK_TWICE,   /* it is in already */
    WEIR_I_TRACK_WRITTEN  /* it was written while it was sealed */
} weir_i_track_answer;

/* NULL: no memory. */
WEIR_I_FUNC weir_i_track *weir_i_track_new(size_t size, weir_allocator allocator) {
    weir_i_track *track =
        WEIR_I_CAST(weir_i_track *,
                    allocator.alloc(sizeof *track, WEIR_I_ALIGNOF(weir_i_track), allocator.ctx));
    if (!track)
        return NULL;
    memset(track, 0, sizeof *track);
    (void)pthread_mutex_init(&track->lock, NULL);
    track->size = size;
    track->allocator = allocator;
    return track;
}

/* Where the pointer to the object's entry stands, or would stand. Under the lock. */
WEIR_I_FUNC weir_i_tracked **weir_i_track_link(weir_i_track *track, const void *object) {
    const uintptr_t mixed = ((uintptr_t)object >> 4) * WEIR_I_CAST(uintptr_t, 0x9e3779b1u);
    weir_i_tracked **link = &track->bucket[(mixed >> 16) % WEIR_I_TRACK_BUCKETS];
    while (*link && (*link)->object != object)
        link = &(*link)->next;
    return link;
}

/* A new object, which is out. False: no memory to remember it by. */
WEIR_I_FUNC bool weir_i_track_add(weir_i_track *track, void *object) {
    weir_i_tracked *entry =
        WEIR_I_CAST(weir_i_tracked *,
                    track->allocator.alloc(sizeof *entry + track->size,
                                           WEIR_I_ALIGNOF(weir_i_tracked), track->allocator.ctx));
    if (!entry)
        return false;
    entry->next = NULL;
    entry->object = object;
    entry->is_in = entry->is_sealed = false;
    (void)pthread_mutex_lock(&track->lock);
    *weir_i_track_link(track, object) = entry;
    track->out++;
    (void)pthread_mutex_unlock(&track->lock);
    return true;
}

/* The object comes back. */
WEIR_I_FUNC weir_i_track_answer weir_i_track_in(weir_i_track *track, const void *object) {
    weir_i_track_answer answer = WEIR_I_TRACK_OK;
    (void)pthread_mutex_lock(&track->lock);
    weir_i_tracked *entry = *weir_i_track_link(track, object);
    if (!entry) {
        answer = WEIR_I_TRACK_UNKNOWN;
    } else if (entry->is_in) {
        answer = WEIR_I_TRACK_TWICE;
    } else {
        entry->is_in = true;
        track->out--;
    }
    (void)pthread_mutex_unlock(&track->lock);
    return answer;
}

/* It stays in, for nobody to touch. */
WEIR_I_FUNC void weir_i_track_seal(weir_i_track *track, void *object) {
    (void)pthread_mutex_lock(&track->lock);
    weir_i_tracked *entry = *weir_i_track_link(track, object);
    memcpy(entry + 1, object, track->size);
    memset(object, WEIR_I_TRACK_POISON, track->size);
    entry->is_sealed = true;
    (void)pthread_mutex_unlock(&track->lock);
}

/* Puts back what seal kept aside, if it did. */
WEIR_I_FUNC weir_i_track_answer weir_i_track_open(weir_i_track *track, void *object) {
    weir_i_track_answer answer = WEIR_I_TRACK_OK;
    const unsigned char *byte = WEIR_I_CAST(const unsigned char *, object);
    (void)pthread_mutex_lock(&track->lock);
    weir_i_tracked *entry = *weir_i_track_link(track, object);
    if (entry->is_sealed) {
        for (size_t i = 0; i < track->size; i++)
            if (byte[i] != WEIR_I_TRACK_POISON)
                answer = WEIR_I_TRACK_WRITTEN;
        memcpy(object, entry + 1, track->size);
        entry->is_sealed = false;
    }
    (void)pthread_mutex_unlock(&track->lock);
    return answer;
}

/* The object goes out again. */
WEIR_I_FUNC void weir_i_track_out(weir_i_track *track, const void *object) {
    (void)pthread_mutex_lock(&track->lock);
    (*weir_i_track_link(track, object))->is_in = false;
    track->out++;
    (void)pthread_mutex_unlock(&track->lock);
}

/* The object is destroyed; it was in. */
WEIR_I_FUNC void weir_i_track_remove(weir_i_track *track, const void *object) {
    (void)pthread_mutex_lock(&track->lock);
    weir_i_tracked **link = weir_i_track_link(track, object);
    weir_i_tracked *entry = *link;
    *link = entry->next;
    (void)pthread_mutex_unlock(&track->lock);
    track->allocator.free(entry, sizeof *entry + track->size, track->allocator.ctx);
}

/* Ends it. Returns how many objects were still out. */
WEIR_I_FUNC size_t weir_i_track_delete(weir_i_track *track) {
    const weir_allocator allocator = track->allocator;
    const size_t out = track->out;
    for (size_t i = 0; i < WEIR_I_TRACK_BUCKETS; i++) {
        while (track->bucket[i]) {
            weir_i_tracked *entry = track->bucket[i];
            track->bucket[i] = entry->next;
            allocator.free(entry, sizeof *entry + track->size, allocator.ctx);
        }
    }
    (void)pthread_mutex_destroy(&track->lock);
    allocator.free(track, sizeof *track, allocator.ctx);
    return out;
}

WEIR_I_END

#endif
