/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * hazard.h - hazard pointers: when may memory be freed that other threads may still be reading?
 *
 * Do this:
 *   struct config { weir_hazard_node node; int port; };    // the node comes first
 *   _Atomic(struct config *) current;
 *
 *   weir_hazard h;                                          // a reader
 *   if (weir_hazard_open(&h, weir_hazard_default()) != WEIR_OK) ...;
 *   struct config *c = WEIR_HAZARD_PROTECT(&h, &current);   // *c stays valid ...
 *   weir_hazard_clear(&h);                                  // ... until here
 *   weir_hazard_close(&h);
 *
 *   old = atomic_exchange(&current, new);                   // a writer: first unlink, then retire
 *   weir_hazard_retire(weir_hazard_default(), &old->node, config_free);
 *
 * Guarantees
 *   protect is lock-free: it tries again only when another thread has changed the pointer.
 *   try_protect is wait-free. retire, defer and drain are lock-free and wait for nobody. What
 * waits: cohort_drain (for readers of its nodes, and for other threads' reclaimers of them) and
 * destroy. A node is given to its reclaim function exactly once, after it was retired and when no
 * holder protects it; what readers did with it happens before. reclaim runs inside some thread's
 * retire, drain or exit, with nothing held. It may retire, drain, open, protect, and drain a cohort
 * of which no caller of it is reclaiming a node; a drain in it is carried out when it has returned.
 * So nothing recurses, however long the chain of nodes that retire nodes. It has to return: neither
 * throw nor jump; if its thread ends in it, its node counts as waiting for good. Memory: at most
 * records * (batch + 2 * slots) nodes wait, however long a reader stalls (`bound` of
 * weir_hazard_count); records is the most threads that were in the domain at once, plus one, slots
 * the most holders open at once, rounded up to what threads take at a time. On top come nodes that
 * were deferred, what reclaimers retire while they run, and what a thread has in hand that is
 * stopped within a drain. Any number of threads may be in any call but init and destroy. A holder
 * serves one thread at a time; it may be handed on, and closed by another. Signal handlers may only
 * read what the interrupted thread protects. A child of fork() may go on whatever the other threads
 * were doing, with the holders that its thread opened itself.
 *
 * Invariants
 *   I1 a slot is NULL, or the node that its holder protects. I2 a reader stores the slot, then
 * finds the source unchanged; a reclaimer unlinks, then reads the slots; a fence on either side
 * keeps the two from missing each other (fence.h: light in the reader, heavy in the reclaimer). I3
 * a retired node is on exactly one list: of a record (`retired`; `ready`, once a scan has found
 * that nobody protects it), which anybody may take by an exchange, or in the hand of the thread
 * that took it. I4 a record belongs to one thread, or to nobody; who takes it gets its slots, and
 * the nodes on its list. I5 `turns` is odd from before a thread takes nodes from lists until it
 * has none in hand: so who finds all even, no node on any list, and then all as before, knows that
 * there is none.
 *
 * Orders
 *   O1 protect, clear and close store the slot, release: what was read under the last protection.
 *   O2 the reclaimer loads slots, acquire: that is done before it reclaims.       Pairs with O1.
 *   O3 protect loads the source again, acquire: the node's contents, from the user's release.
 *   O4 retire adds to the list, a scan sets what is ready, release: the nodes, and all that was
 *      done with them.
 *   O5 the reclaimer takes a list, acquire.                                       Pairs with O4.
 *   O6 a record is linked, release: its fields.        O7 the list of records is loaded, acquire.
 *   O8 a record is given back, or put in order by who adopts it, release: its fields.
 *   O9 it is taken, or its owner is loaded by who may be that, acquire.
 *   O10 a block of slots is linked, release.           O11 the list of blocks is loaded, acquire.
 *   O12 a slot comes back from another thread, release.  O13 the owner takes it, acquire.
 *   O14 a cohort's count falls, release: the reclaimer is done.  O15 cohort_drain loads it,
 * acquire.
 *   O16 turns become even, release: the lists as they were left.  O17 a list is taken, release:
 *      that turns are odd.  O18 turns, and lists that may be empty, are loaded, acquire, by who
 *      looks whether a fork cut nodes off.
 *   O19 a thread without a record asks the reserve's owner to drain, release: what is to be
 *      reclaimed.  O20 the owner takes note, acquire.
 *
 * Not for: readers that hold many nodes for long (an epoch or RCU has cheaper reads, and no bound:
 * reclaim/urcu.h).
 * Override: WEIR_HAZARD_BATCH, WEIR_CACHE_LINE, WEIR_STATE (docs/lifecycle.md).
 * Source: M. Michael, Hazard Pointers (2004); the asymmetric fence, holders and cohorts after
 * folly. Different here: retired nodes stand on a list per thread that anybody may take; records
 * come back; a scan needs no memory, however many holders there are.
 */
#ifndef WEIR_HAZARD_H
#define WEIR_HAZARD_H

#include <weir/base/alloc.h>
#include <weir/base/atomic.h>
#include <weir/base/cpu.h>
#include <weir/base/cpus.h>
#include <weir/base/fence.h>
#include <weir/base/local.h>
#include <weir/base/panic.h>
#include <weir/base/status.h>

#include <string.h>
#include <unistd.h>

/* How many nodes a thread collects, beside twice the number of holders, before it looks which it
 * can reclaim. A look costs about a microsecond or two, for the kernel to fence the other threads.
 */
#ifndef WEIR_HAZARD_BATCH
#define WEIR_HAZARD_BATCH 1000
#endif

WEIR_I_BEGIN

typedef struct weir_hazard_domain weir_hazard_domain;
typedef struct weir_hazard_cohort weir_hazard_cohort;
typedef struct weir_hazard_node weir_hazard_node;
typedef struct weir_i_hazard_record weir_i_hazard_record;

/* The first member of what is to be reclaimed. No need to initialise it. */
struct weir_hazard_node {
    weir_hazard_node *next;
    void (*reclaim)(weir_hazard_node *node);
    weir_hazard_cohort *cohort;
};

/* The nodes of one structure. Zeroed, it is one of the default domain. */
struct weir_hazard_cohort {
    weir_hazard_domain *domain;
    WEIR_I_ATOMIC(size_t) live; /* retired, and not yet reclaimed */
};

/* Of a domain, all calls so far. */
typedef struct weir_hazard_counts {
    uint64_t retired;
    uint64_t reclaimed;
    uint64_t peak;  /* the most that waited when a scan or this call looked */
    uint64_t scans; /* looks at all slots */
    uint64_t bound; /* what may wait now, see Memory above */
    size_t records; /* of threads; one per thread that is in the domain, and of those that left */
    size_t slots;   /* holders that could be open */
} weir_hazard_counts;

typedef struct weir_i_hazard_slot {
    WEIR_I_ATOMIC(const void *) node; /* I1 */
    struct weir_i_hazard_slot *next;  /* free ones of a record */
} weir_i_hazard_slot;

/* More slots for a record; they follow it in memory. */
typedef struct weir_i_hazard_block {
    struct weir_i_hazard_block *next;
    size_t count;
} weir_i_hazard_block;

/* Slots in a record, of which the first is for calls of weir itself; and at most in a block. */
#ifndef WEIR_I_HAZARD_SLOTS
#define WEIR_I_HAZARD_SLOTS 8
#endif
#define WEIR_I_HAZARD_GROWTH 128

/* What a record's owner word says, beside the process in its upper bits. */
enum {
    WEIR_I_HAZARD_FREE = 0, /* the whole word: nobody's */
    WEIR_I_HAZARD_OWNED = 1,
    WEIR_I_HAZARD_LEAVING = 2, /* the thread exits, and works in the domain once more */
    WEIR_I_HAZARD_CLOSING = 3, /* the domain is being destroyed; the thread stays away */
    WEIR_I_HAZARD_DEAD = 4,    /* the domain is gone; the thread frees the record */
    WEIR_I_HAZARD_ADOPTED = 5  /* taken from a thread that is gone, and not yet put in order */
};
#define WEIR_I_HAZARD_KIND 7u

/* What a thread has in a domain. */
struct weir_i_hazard_record {
    /* Read by whoever reclaims. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_i_hazard_slot slot[WEIR_I_HAZARD_SLOTS];
    /* The owner's; the list may be taken, returned may be added to. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(weir_hazard_node *) retired; /* I3 */
    WEIR_I_ATOMIC(weir_hazard_node *) ready; /* found free: each retire reclaims one */
    WEIR_I_ATOMIC(uint64_t) count;           /* at most so many are on retired */
    WEIR_I_ATOMIC(uint64_t) limit;           /* of count; then we scan */
    WEIR_I_ATOMIC(uint64_t) retires;
    WEIR_I_ATOMIC(uint64_t) reclaims;
    WEIR_I_ATOMIC(uint64_t) scans;
    weir_hazard_node *hand; /* to be reclaimed by the owner, who is in it */
    weir_i_hazard_slot *free;
    WEIR_I_ATOMIC(weir_i_hazard_slot *) returned; /* closed by other threads */
    WEIR_I_ATOMIC(uint32_t) turns;                /* odd: the owner has nodes in hand, I5 */
    WEIR_I_ATOMIC(bool) again;                    /* and drains once more when done */
    /* Seldom written. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(weir_hazard_domain *) domain; /* NULL: gone */
    WEIR_I_ATOMIC(bool) light; /* in the default domain, where readers need no fence */
    WEIR_I_ATOMIC(uint32_t) owner;
    weir_i_fence_mode mode;
    weir_i_hazard_record *next;    /* of the domain */
    weir_i_hazard_record *sibling; /* of the thread, in a circle */
    WEIR_I_ATOMIC(weir_i_hazard_block *) blocks;
    weir_allocator allocator;
};

/* Zeroed, it is a domain with the default allocator. Fields are private. */
struct weir_hazard_domain {
    /* 0 until the first thread comes; else 1 + the fence mode, on which all agree. */
    WEIR_I_ATOMIC(uint32_t) mode;
    WEIR_I_ATOMIC(bool) lost; /* in a forked child: threads are gone, perhaps with nodes in hand */
    WEIR_I_ATOMIC(size_t) batch; /* 0: WEIR_HAZARD_BATCH */
    WEIR_I_ATOMIC(size_t) slots;
    WEIR_I_ATOMIC(size_t) records_made;
    WEIR_I_ATOMIC(weir_i_hazard_record *) records;
    WEIR_I_ATOMIC(uint64_t) peak;
    weir_allocator allocator; /* alloc NULL: the default */
    /* For threads that find no memory for a record of their own, all together. One at a time owns
     * it, to reclaim; its slots are given out by bits, since one that protects nothing is NULL. */
    WEIR_I_ATOMIC(const void *) at_reserve; /* the identity of the owner */
    WEIR_I_ATOMIC(uint32_t) guards;         /* of the default domain: slots of the reserve in use */
    weir_i_hazard_record reserve;
};

/* A holder of one hazard pointer. Zeroed, it is a closed one. Fields are private. */
typedef struct weir_hazard {
    weir_i_hazard_slot *slot;
    weir_i_hazard_record *record;
    weir_i_fence_mode mode;
} weir_hazard;

#ifdef __cplusplus
#define WEIR_I_HAZARD_ZERO                                                                         \
    {}
#else
#define WEIR_I_HAZARD_ZERO                                                                         \
    { 0 }
#endif
WEIR_I_STATE(weir_hazard_domain, weir_i_hazard_domain_default, WEIR_I_HAZARD_ZERO);
WEIR_I_STATE(pthread_once_t, weir_i_hazard_fork_once, PTHREAD_ONCE_INIT);

/* The domain of the process: of those who share its state, see WEIR_STATE in docs/lifecycle.md. */
WEIR_I_FUNC weir_hazard_domain *weir_hazard_default(void) {
    return &weir_i_hazard_domain_default;
}

/* -- lists ------------------------------------------------------------------------------------ */

/* Puts a chain of nodes onto a record's list. */
WEIR_I_FAST void weir_i_hazard_put(weir_i_hazard_record *record, weir_hazard_node *first,
                                   weir_hazard_node *last) {
    weir_hazard_node *head = weir_i_load(&record->retired, relaxed);
    do
        last->next = head;
    while (
        !weir_i_compare_exchange_weak(&record->retired, &head, first, release, relaxed)); /* O4 */
}

WEIR_I_SLOW void weir_i_hazard_put_back(weir_i_hazard_record *record, weir_hazard_node *first,
                                        weir_hazard_node *last) {
    weir_i_hazard_put(record, first, last);
}

/* Takes all of a list. */
WEIR_I_SLOW weir_hazard_node *weir_i_hazard_take(WEIR_I_ATOMIC(weir_hazard_node *) *list) {
    if (!weir_i_load(list, acquire)) /* O18 */
        return NULL;
    return weir_i_exchange(list, NULL, acq_rel); /* O5, O17 */
}

/* Sets the record's nodes that may be reclaimed at once. Its owner only; the list was taken. */
WEIR_I_FAST void weir_i_hazard_set_ready(weir_i_hazard_record *record, weir_hazard_node *first) {
    if (first)
        weir_i_store(&record->ready, first, release); /* O4 */
}

/* What the one thread counts that may write the number. */
WEIR_I_FAST uint64_t weir_i_hazard_bump(WEIR_I_ATOMIC(uint64_t) *number, uint64_t by) {
    const uint64_t now = weir_i_load(number, relaxed) + by;
    weir_i_store(number, now, relaxed);
    return now;
}

/* The owner reclaims, or this call runs within a reclaimer. */
WEIR_I_FAST bool weir_i_hazard_is_busy(const weir_i_hazard_record *record) {
    return weir_i_load(&record->turns, relaxed) % 2 != 0;
}

/* The owner is about to take nodes from lists. */
WEIR_I_FAST void weir_i_hazard_begin(weir_i_hazard_record *record) {
    weir_i_store(&record->turns, weir_i_load(&record->turns, relaxed) + 1, relaxed);
}

/* It has none any more. */
WEIR_I_FAST void weir_i_hazard_end(weir_i_hazard_record *record) {
    weir_i_store(&record->turns, weir_i_load(&record->turns, relaxed) + 1, release); /* O16 */
}

/* -- records ---------------------------------------------------------------------------------- */

/* An owner word of this process. A system call: a walk over the records asks once. */
WEIR_I_FUNC uint32_t weir_i_hazard_owner(uint32_t kind) {
    return WEIR_I_CAST(uint32_t, getpid()) << 3 | kind;
}

/* The owner is a thread that a fork left behind in the parent; `ours` is any owner word of this
 * process. */
WEIR_I_FUNC bool weir_i_hazard_is_orphan(uint32_t owner, uint32_t ours) {
    return owner != WEIR_I_HAZARD_FREE && (owner ^ ours) > WEIR_I_HAZARD_KIND;
}

WEIR_I_FUNC weir_i_hazard_slot *weir_i_hazard_block_slots(weir_i_hazard_block *block) {
    return (weir_i_hazard_slot *)(void *)((unsigned char *)block + sizeof(weir_i_hazard_slot));
}
WEIR_I_STATIC_ASSERT(sizeof(weir_i_hazard_block) <= sizeof(weir_i_hazard_slot),
                     "weir: a block's head takes the place of one slot");

/* A walk over all slots of a domain. */
typedef struct weir_i_hazard_walk {
    weir_i_hazard_record *record;
    weir_i_hazard_slot *slot; /* the next one */
    weir_i_hazard_slot *end;
    weir_i_hazard_block *block; /* the block after that */
} weir_i_hazard_walk;

WEIR_I_SLOW weir_i_hazard_walk weir_i_hazard_walk_record(weir_i_hazard_record *record) {
    weir_i_hazard_walk walk = {record, record->slot, record->slot + WEIR_I_HAZARD_SLOTS, NULL};
    walk.block = weir_i_load(&record->blocks, acquire); /* O11 */
    return walk;
}

/* The next slot of the record; NULL at its end. */
WEIR_I_FUNC weir_i_hazard_slot *weir_i_hazard_walk_on(weir_i_hazard_walk *walk) {
    if (walk->slot == walk->end) {
        if (!walk->block)
            return NULL;
        walk->slot = weir_i_hazard_block_slots(walk->block);
        walk->end = walk->slot + walk->block->count;
        walk->block = walk->block->next;
    }
    return walk->slot++;
}

/* The records of a domain: first the reserve. */
WEIR_I_SLOW weir_i_hazard_record *weir_i_hazard_next(weir_hazard_domain *domain,
                                                     weir_i_hazard_record *record) {
    return record == &domain->reserve ? weir_i_load(&domain->records, acquire) /* O7 */
                                      : record->next;
}

/* An orphan's slots are free, and what its thread had in hand, or was about to put onto a list, is
 * lost. The reserve's slots are not its owner's. */
WEIR_I_SLOW void weir_i_hazard_adopt(weir_hazard_domain *domain, weir_i_hazard_record *record) {
    weir_i_hazard_walk walk = weir_i_hazard_walk_record(record);
    weir_i_hazard_slot *slot;
    weir_i_store(&domain->lost, true, relaxed);
    if (weir_i_hazard_is_busy(record)) /* nothing was done in this turn */
        weir_i_store(&record->turns, weir_i_load(&record->turns, relaxed) + 1, relaxed);
    record->hand = NULL;
    weir_i_store(&record->again, false, relaxed);
    if (record == &domain->reserve) {
        weir_i_store(&domain->at_reserve, NULL, relaxed);
        return;
    }
    record->free = NULL;
    weir_i_store(&record->returned, NULL, relaxed);
    while ((slot = weir_i_hazard_walk_on(&walk))) {
        weir_i_store(&slot->node, NULL, relaxed);
        if (slot != record->slot) {
            slot->next = record->free;
            record->free = slot;
        }
    }
}

/* Takes a record, of which the owner word says `owner`, a fork's orphan. It then says `owned`, once
 * all is in order. What the parent's thread did to it is not to be waited for: it came with the
 * memory. */
WEIR_I_SLOW bool weir_i_hazard_claim_orphan(weir_hazard_domain *domain,
                                            weir_i_hazard_record *record, uint32_t owner,
                                            uint32_t owned) {
    const uint32_t adopted = (owned & ~WEIR_I_HAZARD_KIND) | WEIR_I_HAZARD_ADOPTED;
    if (!weir_i_compare_exchange_strong(&record->owner, &owner, adopted, relaxed, relaxed))
        return false;
    weir_i_hazard_adopt(domain, record);
    weir_i_store(&record->owner, owned, release); /* O8 */
    return true;
}

/* The same, or one that is nobody's. */
WEIR_I_SLOW bool weir_i_hazard_claim(weir_hazard_domain *domain, weir_i_hazard_record *record,
                                     uint32_t owner, uint32_t owned) {
    if (owner != WEIR_I_HAZARD_FREE)
        return weir_i_hazard_is_orphan(owner, owned) &&
               weir_i_hazard_claim_orphan(domain, record, owner, owned);
    return weir_i_compare_exchange_strong(&record->owner, &owner, owned, acquire, /* O9 */
                                          relaxed);
}

WEIR_I_SLOW void weir_i_hazard_give_back(weir_i_hazard_record *record) {
    weir_i_store(&record->owner, WEIR_I_HAZARD_FREE, release); /* O8 */
}

WEIR_I_FUNC void weir_i_hazard_free(weir_i_hazard_record *record) {
    const weir_allocator allocator = record->allocator;
    weir_i_hazard_block *block = weir_i_load(&record->blocks, relaxed);
    while (block) {
        weir_i_hazard_block *next = block->next;
        allocator.free(block, (block->count + 1) * sizeof(weir_i_hazard_slot), allocator.ctx);
        block = next;
    }
    allocator.free(record, sizeof *record, allocator.ctx);
}

/* The owner is done with the record. Destroy may be at it, or may have been. */
WEIR_I_FUNC void weir_i_hazard_give_up(weir_i_hazard_record *record) {
    for (;;) {
        uint32_t owner = weir_i_load(&record->owner, acquire); /* O9 */
        if ((owner & WEIR_I_HAZARD_KIND) == WEIR_I_HAZARD_DEAD) {
            weir_i_hazard_free(record);
            return;
        }
        if (weir_i_compare_exchange_weak(&record->owner, &owner, WEIR_I_HAZARD_FREE,
                                         release, /* O8 */
                                         relaxed))
            return;
    }
}

/* Agrees with all others on how to fence. */
WEIR_I_FUNC weir_i_fence_mode weir_i_hazard_mode(weir_hazard_domain *domain) {
    uint32_t mode = weir_i_load(&domain->mode, relaxed);
    if (mode == 0) {
        const uint32_t probed = 1 + WEIR_I_CAST(uint32_t, weir_i_fence_mode_probe());
        if (weir_i_compare_exchange_strong(&domain->mode, &mode, probed, relaxed, relaxed))
            mode = probed;
    }
    return WEIR_I_CAST(weir_i_fence_mode, mode - 1);
}

/* After how many retires a thread scans. A batch beyond any number of nodes means never; it is cut,
 * so that no sum or product wraps. */
WEIR_I_FUNC uint64_t weir_i_hazard_limit(weir_hazard_domain *domain) {
    const uint64_t batch = weir_i_load(&domain->batch, relaxed);
    const uint64_t slots = weir_i_load(&domain->slots, relaxed);
    const uint64_t most = UINT64_C(1) << 44;
    return (batch == 0 ? WEIR_HAZARD_BATCH : batch < most ? batch : most) + 2 * slots;
}

WEIR_I_FUNC weir_i_hazard_record *weir_i_hazard_make(weir_hazard_domain *domain) {
    const weir_allocator *chosen = domain->allocator.alloc ? &domain->allocator : NULL;
    const weir_allocator allocator = weir_i_allocator(chosen);
    weir_i_hazard_record *record = WEIR_I_CAST(
        weir_i_hazard_record *, allocator.alloc(sizeof *record, WEIR_CACHE_LINE, allocator.ctx));
    if (!record)
        return NULL;
    memset((void *)record, 0, sizeof *record);
    record->allocator = allocator;
    record->mode = weir_i_hazard_mode(domain);
    for (int i = 1; i < WEIR_I_HAZARD_SLOTS; i++) {
        record->slot[i].next = record->free;
        record->free = &record->slot[i];
    }
    weir_i_store(&record->domain, domain, relaxed);
    weir_i_store(&record->light,
                 domain == weir_hazard_default() && record->mode == WEIR_I_FENCE_ASYMMETRIC,
                 relaxed);
    weir_i_store(&record->owner, weir_i_hazard_owner(WEIR_I_HAZARD_OWNED), relaxed);
    weir_i_fetch_add(&domain->slots, WEIR_I_HAZARD_SLOTS, relaxed);
    weir_i_fetch_add(&domain->records_made, 1, relaxed);
    record->next = weir_i_load(&domain->records, relaxed);
    while (!weir_i_compare_exchange_weak(&domain->records, &record->next, record, release, /* O6 */
                                         relaxed)) {
    }
    return record;
}

/* -- the thread's records --------------------------------------------------------------------- */

WEIR_I_SLOW void weir_i_hazard_leave(void *last);
WEIR_I_LOCAL_SHARED(weir_i_hazard_local, weir_i_hazard_leave);

/* Takes the record after `before` out of the circle of siblings. The thread then points to before,
 * or to nothing. */
WEIR_I_FUNC void weir_i_hazard_unlink(weir_i_hazard_record *before) {
    weir_i_hazard_record *record = before->sibling;
    before->sibling = record->sibling;
    (void)weir_i_hazard_local_set(record == before ? NULL : before);
}

/* The thread's record in the domain; NULL if it has none yet. Throws away those of domains that are
 * gone. */
WEIR_I_SLOW weir_i_hazard_record *weir_i_hazard_find(const weir_hazard_domain *domain) {
    weir_i_hazard_record *before = WEIR_I_CAST(weir_i_hazard_record *, weir_i_hazard_local_get());
    const weir_i_hazard_record *first = before;
    while (before) {
        weir_i_hazard_record *record = before->sibling;
        const weir_hazard_domain *of = weir_i_load(&record->domain, relaxed);
        if (of == domain) {
            weir_i_hazard_local_point(record);
            return record;
        }
        if (!of && (weir_i_load(&record->owner, acquire) & WEIR_I_HAZARD_KIND) == /* O9 */
                       WEIR_I_HAZARD_DEAD) {
            const bool alone = record == before;
            weir_i_hazard_unlink(before);
            weir_i_hazard_free(record);
            if (alone)
                return NULL;
            first = before; /* once more round */
        } else {
            before = record;
            if (before == first)
                return NULL;
        }
    }
    return NULL;
}

/* The calling thread owns the reserve: this call runs within one of its reclaimers. The owner
 * first: in a child the identity may be that of a thread of the parent, which was at the reserve
 * and has the address that one of the child's has now, until somebody has adopted the reserve. */
WEIR_I_FUNC bool weir_i_hazard_is_at_reserve(weir_hazard_domain *domain) {
    return weir_i_load(&domain->reserve.owner, acquire) == /* O9 */
               weir_i_hazard_owner(WEIR_I_HAZARD_OWNED) &&
           weir_i_load(&domain->at_reserve, relaxed) == weir_i_hazard_local_self();
}

/* In a child: nobody is inside a guard, since the thread that forked was not, and the others are
 * gone; and the reserve stays that thread's if it was. */
WEIR_I_FUNC void weir_i_hazard_clear_reserve(weir_hazard_domain *domain) {
    if (weir_i_load(&domain->at_reserve, relaxed) == weir_i_hazard_local_self())
        weir_i_store(&domain->reserve.owner, weir_i_hazard_owner(WEIR_I_HAZARD_OWNED), relaxed);
    for (int i = 0; i < WEIR_I_HAZARD_SLOTS; i++)
        weir_i_store(&domain->reserve.slot[i].node, NULL, relaxed);
    weir_i_store(&domain->guards, 0, relaxed);
}

/* A child of fork() has one thread, which keeps its records; the others' are orphans. */
WEIR_I_FUNC void weir_i_hazard_after_fork(void) {
    weir_i_hazard_clear_reserve(weir_hazard_default());
    weir_i_hazard_record *first = WEIR_I_CAST(weir_i_hazard_record *, weir_i_hazard_local_get());
    weir_i_hazard_record *record = first;
    while (record) {
        const uint32_t owner = weir_i_load(&record->owner, relaxed);
        weir_i_store(&record->owner, weir_i_hazard_owner(owner & WEIR_I_HAZARD_KIND), relaxed);
        record = record->sibling == first ? NULL : record->sibling;
    }
}

WEIR_I_FUNC void weir_i_hazard_watch_forks(void) {
    static const char here = 0;
    (void)pthread_atfork(NULL, NULL, weir_i_hazard_after_fork);
    weir_i_local_pin(&here);
}

/* Gives the thread a record in the domain: one that was left, or a new one. NULL: no memory. */
WEIR_I_SLOW weir_i_hazard_record *weir_i_hazard_join(weir_hazard_domain *domain) {
    weir_i_hazard_record *record = weir_i_hazard_find(domain);
    if (record)
        return record;
    (void)pthread_once(&weir_i_hazard_fork_once, weir_i_hazard_watch_forks);
    const uint32_t owned = weir_i_hazard_owner(WEIR_I_HAZARD_OWNED);
    record = weir_i_hazard_next(domain, &domain->reserve);
    while (record &&
           !weir_i_hazard_claim(domain, record, weir_i_load(&record->owner, relaxed), owned))
        record = record->next;
    if (!record && !(record = weir_i_hazard_make(domain)))
        return NULL;
    weir_i_hazard_record *last = WEIR_I_CAST(weir_i_hazard_record *, weir_i_hazard_local_get());
    record->sibling = last ? last->sibling : record;
    if (last) {
        last->sibling = record;
        weir_i_hazard_local_point(record);
    } else if (!weir_i_hazard_local_set(record)) {
        weir_i_hazard_give_back(record);
        return NULL;
    }
    weir_i_store(&record->limit, weir_i_hazard_limit(domain), relaxed);
    return record;
}

/* The thread's record; NULL: none yet. */
WEIR_I_FAST weir_i_hazard_record *weir_i_hazard_mine(weir_hazard_domain *domain) {
    weir_i_hazard_record *record = WEIR_I_CAST(weir_i_hazard_record *, weir_i_hazard_local_get());
    if (WEIR_I_LIKELY(record && weir_i_load(&record->domain, relaxed) == domain))
        return record;
    return weir_i_hazard_join(domain);
}

/* -- the scan --------------------------------------------------------------------------------- */

/* Protected nodes as a table, as many at a time as fit: the stack of whoever reclaims may be small,
 * and there may be no memory to ask for. */
#ifndef WEIR_I_HAZARD_TABLE
#define WEIR_I_HAZARD_TABLE 512
#endif
typedef struct weir_i_hazard_table {
    const void *node[WEIR_I_HAZARD_TABLE];
    size_t used;
} weir_i_hazard_table;

WEIR_I_FAST size_t weir_i_hazard_table_at(const weir_i_hazard_table *table, const void *node) {
    uintptr_t mixed = ((uintptr_t)node >> 4) * WEIR_I_CAST(uintptr_t, 0x9e3779b1u);
    size_t at = (mixed >> 12) % WEIR_I_HAZARD_TABLE;
    while (table->node[at] && table->node[at] != node)
        at = (at + 1) % WEIR_I_HAZARD_TABLE;
    return at;
}

/* Fills the table from where the last call stopped. False: there is more. */
WEIR_I_FUNC bool weir_i_hazard_table_fill(weir_i_hazard_table *table, weir_hazard_domain *domain,
                                          weir_i_hazard_walk *walk) {
    memset(table, 0, sizeof *table);
    for (;;) {
        weir_i_hazard_slot *slot = weir_i_hazard_walk_on(walk);
        if (!slot) {
            weir_i_hazard_record *next = weir_i_hazard_next(domain, walk->record);
            if (!next)
                return true;
            *walk = weir_i_hazard_walk_record(next);
            continue;
        }
        const void *node = weir_i_load(&slot->node, acquire); /* O2 */
        if (!node)
            continue;
        const size_t at = weir_i_hazard_table_at(table, node);
        table->used += !table->node[at];
        table->node[at] = node;
        if (table->used > WEIR_I_HAZARD_TABLE / 2)
            return false;
    }
}

typedef struct weir_i_hazard_chain {
    weir_hazard_node *first;
    weir_hazard_node *last;
    uint64_t count;
} weir_i_hazard_chain;

/* Moves from `taken` what a slot holds. */
WEIR_I_FUNC weir_i_hazard_chain weir_i_hazard_sort(weir_hazard_domain *domain,
                                                   weir_hazard_node **taken) {
    weir_i_hazard_walk walk = weir_i_hazard_walk_record(&domain->reserve);
    weir_i_hazard_chain kept = {NULL, NULL, 0};
    weir_i_hazard_table table;
    bool all;
    do {
        all = weir_i_hazard_table_fill(&table, domain, &walk);
        weir_hazard_node **link = taken;
        for (weir_hazard_node *node = *link; table.used > 0 && node; node = *link) {
            if (!table.node[weir_i_hazard_table_at(&table, node)]) {
                link = &node->next;
                continue;
            }
            *link = node->next;
            node->next = kept.first;
            kept.first = node;
            if (kept.count++ == 0)
                kept.last = node;
        }
    } while (!all);
    return kept;
}

/* Puts a chain back to wait on. */
WEIR_I_FUNC void weir_i_hazard_keep(weir_i_hazard_record *record, weir_hazard_node *first) {
    weir_hazard_node *last = first;
    uint64_t count = 1;
    if (!first)
        return;
    for (; last->next; last = last->next)
        count++;
    weir_i_hazard_put_back(record, first, last);
    weir_i_fetch_add(&record->count, count, relaxed);
}

/* Takes a list and puts it before `rest`. */
WEIR_I_FUNC weir_hazard_node *weir_i_hazard_take_before(WEIR_I_ATOMIC(weir_hazard_node *) *list,
                                                        weir_hazard_node *rest) {
    weir_hazard_node *first = weir_i_hazard_take(list);
    weir_hazard_node *last = first;
    if (!first)
        return rest;
    if (rest) {
        while (last->next)
            last = last->next;
        last->next = rest;
    }
    return first;
}

/* Takes what waits: on the own lists, on those of threads that are gone, and if `all`, on
 * everyone's.
 */
WEIR_I_FUNC weir_hazard_node *weir_i_hazard_collect(weir_hazard_domain *domain,
                                                    weir_i_hazard_record *mine, bool all) {
    const uint32_t owned = weir_i_hazard_owner(WEIR_I_HAZARD_OWNED);
    weir_i_hazard_record *record = &domain->reserve;
    weir_i_store(&mine->count, 0, relaxed);
    weir_hazard_node *taken = weir_i_hazard_take(&mine->retired);
    taken = weir_i_hazard_take_before(&mine->ready, taken);
    for (; record; record = weir_i_hazard_next(domain, record)) {
        const uint32_t owner = weir_i_load(&record->owner, relaxed);
        if (record == mine)
            continue;
        if (weir_i_hazard_is_orphan(owner, owned) &&
            weir_i_hazard_claim_orphan(domain, record, owner, owned))
            weir_i_hazard_give_back(record);
        else if (!all && owner != WEIR_I_HAZARD_FREE)
            continue;
        taken = weir_i_hazard_take_before(&record->retired, taken);
        taken = weir_i_hazard_take_before(&record->ready, taken);
    }
    return taken;
}

/* How many wait; rather too few than too many while others go on. Keeps the peak. */
WEIR_I_FUNC uint64_t weir_i_hazard_waiting(weir_hazard_domain *domain) {
    uint64_t reclaims = 0;
    uint64_t retires = 0;
    weir_i_hazard_record *record = &domain->reserve;
    for (; record; record = weir_i_hazard_next(domain, record))
        retires += weir_i_load(&record->retires, relaxed);
    for (record = &domain->reserve; record; record = weir_i_hazard_next(domain, record))
        reclaims += weir_i_load(&record->reclaims, relaxed);
    const uint64_t waiting = retires > reclaims ? retires - reclaims : 0;
    uint64_t peak = weir_i_load(&domain->peak, relaxed);
    while (waiting > peak &&
           !weir_i_compare_exchange_weak(&domain->peak, &peak, waiting, relaxed, relaxed)) {
    }
    return waiting;
}

/* Takes what waits and finds what of it nobody protects. That comes back; the rest waits on. */
WEIR_I_SLOW weir_hazard_node *weir_i_hazard_scan(weir_hazard_domain *domain,
                                                 weir_i_hazard_record *mine, bool all) {
    (void)weir_i_hazard_waiting(domain);
    weir_hazard_node *taken = weir_i_hazard_collect(domain, mine, all);
    if (!taken)
        return NULL;
    if (!weir_i_fence_heavy(weir_i_hazard_mode(domain))) {
        /* The kernel has come to refuse membarrier, and readers do not fence: who knows what they
         * protect. All waits, for good if it stays so. */
        weir_i_hazard_keep(mine, taken);
        weir_i_store(&mine->limit, weir_i_load(&mine->count, relaxed) + weir_i_hazard_limit(domain),
                     relaxed);
        return NULL;
    }
    const weir_i_hazard_chain kept = weir_i_hazard_sort(domain, &taken);
    if (kept.first) {
        weir_i_hazard_put_back(mine, kept.first, kept.last);
        weir_i_fetch_add(&mine->count, kept.count, relaxed);
    }
    weir_i_store(&mine->limit, weir_i_hazard_limit(domain), relaxed);
    weir_i_hazard_bump(&mine->scans, 1);
    return taken;
}

WEIR_I_SLOW void weir_i_hazard_reclaim_node(weir_i_hazard_record *record, weir_hazard_node *node) {
    weir_hazard_cohort *cohort = node->cohort;
    node->reclaim(node);
    weir_i_hazard_bump(&record->reclaims, 1);
    if (cohort)
        weir_i_fetch_sub(&cohort->live, 1, release); /* O14 */
}

/* Reclaims what is in the record's hand. A nested call may take from the hand too. */
WEIR_I_SLOW void weir_i_hazard_reclaim(weir_i_hazard_record *record) {
    weir_hazard_node *node;
    while ((node = record->hand)) {
        record->hand = node->next;
        weir_i_hazard_reclaim_node(record, node);
    }
}

/* Reclaims what can be, of the own nodes or of all. Within a reclaimer it only leaves a note for
 * the call that runs the reclaimer. */
WEIR_I_SLOW void weir_i_hazard_work(weir_hazard_domain *domain, weir_i_hazard_record *mine,
                                    bool all) {
    if (weir_i_hazard_is_busy(mine)) {
        if (all)
            weir_i_store(&mine->again, true, relaxed);
        return;
    }
    weir_i_hazard_begin(mine);
    do {
        (void)weir_i_exchange(&mine->again, false, acquire); /* O20 */
        mine->hand = weir_i_hazard_scan(domain, mine, all);
        weir_i_hazard_reclaim(mine);
        all = weir_i_load(&mine->again, relaxed);
    } while (all || weir_i_load(&mine->count, relaxed) >= weir_i_load(&mine->limit, relaxed));
    weir_i_hazard_end(mine);
}

/* What a retire does: finds what can be reclaimed, and leaves it to be reclaimed node by node. So
 * no retire takes long, and the allocator gets a node back for each that it gives. What the last
 * look left and is not reclaimed by now, since reclaimers retired besides, is so first: else it
 * would become more each time. */
WEIR_I_SLOW void weir_i_hazard_look(weir_hazard_domain *domain, weir_i_hazard_record *mine) {
    if (weir_i_hazard_is_busy(mine))
        return;
    weir_i_hazard_begin(mine);
    mine->hand = weir_i_hazard_take(&mine->ready);
    weir_i_hazard_reclaim(mine);
    const bool again = weir_i_load(&mine->again, relaxed);
    if (!again)
        weir_i_hazard_set_ready(mine, weir_i_hazard_scan(domain, mine, false));
    weir_i_hazard_end(mine);
    if (again)
        weir_i_hazard_work(domain, mine, true); /* as a reclaimer asked */
}

WEIR_I_SLOW void weir_i_hazard_reclaim_one(weir_hazard_domain *domain, weir_i_hazard_record *mine) {
    if (weir_i_hazard_is_busy(mine))
        return; /* within a reclaimer: nothing recurses */
    weir_i_hazard_begin(mine);
    weir_hazard_node *node = weir_i_exchange(&mine->ready, NULL, release); /* O17; our own store */
    if (node) {
        weir_i_hazard_set_ready(mine, node->next);
        weir_i_hazard_reclaim_node(mine, node);
    }
    weir_i_hazard_end(mine);
    if (WEIR_I_UNLIKELY(weir_i_load(&mine->again, relaxed)))
        weir_i_hazard_work(domain, mine, true); /* as the reclaimer asked */
}

/* Makes the calling thread the owner of the reserve; false: another is, or it is already. */
WEIR_I_FUNC bool weir_i_hazard_take_reserve(weir_hazard_domain *domain) {
    weir_i_hazard_record *reserve = &domain->reserve;
    if (!weir_i_hazard_claim(domain, reserve, weir_i_load(&reserve->owner, relaxed),
                             weir_i_hazard_owner(WEIR_I_HAZARD_OWNED)))
        return false;
    weir_i_store(&domain->at_reserve, weir_i_hazard_local_self(), relaxed);
    weir_i_store(&reserve->limit, weir_i_hazard_limit(domain), relaxed);
    return true;
}

WEIR_I_FUNC void weir_i_hazard_leave_reserve(weir_hazard_domain *domain) {
    weir_i_store(&domain->at_reserve, NULL, relaxed);
    weir_i_hazard_give_back(&domain->reserve);
}

/* For a thread without a record: the work is done with the reserve, by one such thread at a time.
 * Who finds it taken leaves a note and then looks again; who gives it back looks for a note then:
 * one of the two finds what the other did. */
WEIR_I_SLOW void weir_i_hazard_work_on_reserve(weir_hazard_domain *domain, bool all) {
    weir_i_hazard_record *reserve = &domain->reserve;
    do {
        if (weir_i_hazard_take_reserve(domain)) {
            weir_i_hazard_work(domain, reserve, all);
            weir_i_hazard_leave_reserve(domain);
            all = true; /* as the note says */
        } else if (all) {
            /* clang makes a store of a release exchange that nobody reads: a note would be lost */
            (void)weir_i_exchange(&reserve->again, true, acq_rel); /* O19 */
        } else {
            return;
        }
        weir_i_fence_store_load();
    } while (weir_i_load(&reserve->again, relaxed) &&
             weir_i_load(&reserve->owner, relaxed) == WEIR_I_HAZARD_FREE);
}

/* Lets what is in the owner's hand wait again. */
WEIR_I_FUNC void weir_i_hazard_put_down(weir_i_hazard_record *record) {
    if (record->hand)
        weir_i_store(&record->again, true, relaxed);
    weir_i_hazard_keep(record, record->hand);
    record->hand = NULL;
}

/* The thread exits. Reclaimers may retire and protect again, in this domain and in others: so the
 * record stays the thread's until its work is done, and new ones join the circle. What is still
 * protected stays on the record's list, for whoever scans next. */
WEIR_I_SLOW void weir_i_hazard_leave(void *last) {
    weir_i_hazard_record *record = WEIR_I_CAST(weir_i_hazard_record *, last);
    weir_i_hazard_local_point(record);
    do {
        weir_i_hazard_record *before =
            WEIR_I_CAST(weir_i_hazard_record *, weir_i_hazard_local_get());
        record = before->sibling;
        if (weir_i_hazard_is_busy(record)) { /* it ended within a reclaimer */
            weir_i_hazard_put_down(record);
            weir_i_hazard_end(record);
        }
        uint32_t owner = weir_i_hazard_owner(WEIR_I_HAZARD_OWNED);
        if ((weir_i_load(&record->retired, relaxed) || weir_i_load(&record->ready, relaxed)) &&
            weir_i_compare_exchange_strong(&record->owner, &owner,
                                           weir_i_hazard_owner(WEIR_I_HAZARD_LEAVING), relaxed,
                                           relaxed))
            weir_i_hazard_work(weir_i_load(&record->domain, relaxed), record, false);
        for (before = record; before->sibling != record;)
            before = before->sibling;
        weir_i_hazard_unlink(before);
        weir_i_hazard_give_up(record);
    } while (weir_i_hazard_local_get());
}

/* -- retire ----------------------------------------------------------------------------------- */

/* Without a record, since there was no memory for one. */
WEIR_I_SLOW void weir_i_hazard_retire_poor(weir_hazard_domain *domain, weir_hazard_node *node,
                                           uint64_t weight, bool reclaims) {
    weir_i_hazard_record *reserve = &domain->reserve;
    weir_i_hazard_put_back(reserve, node, node);
    weir_i_fetch_add(&reserve->retires, 1, relaxed);
    if (weir_i_fetch_add(&reserve->count, weight, relaxed) + weight >=
            weir_i_hazard_limit(domain) &&
        reclaims)
        weir_i_hazard_work_on_reserve(domain, false);
}

/* weight: how many ordinary nodes it counts for. A large one is reclaimed sooner. */
WEIR_I_FAST void weir_i_hazard_retire(weir_hazard_domain *domain, weir_hazard_node *node,
                                      uint64_t weight, bool reclaims) {
    weir_i_hazard_record *record = weir_i_hazard_mine(domain);
    if (WEIR_I_UNLIKELY(!record)) {
        weir_i_hazard_retire_poor(domain, node, weight, reclaims);
        return;
    }
    weir_i_hazard_put(record, node, node);
    weir_i_hazard_bump(&record->retires, 1);
    if (WEIR_I_UNLIKELY(weir_i_hazard_bump(&record->count, weight) >=
                        weir_i_load(&record->limit, relaxed)) &&
        reclaims)
        weir_i_hazard_look(domain, record);
    if (reclaims && weir_i_load(&record->ready, relaxed))
        weir_i_hazard_reclaim_one(domain, record);
}

/* Hands over a node that no reader can find any more: reclaim(node) is called once nobody protects
 * it. Allocates nothing. Every so many calls this one looks what of its own and of what
 * threads that have left retired can be reclaimed, and every call reclaims one of those. Any
 * thread. */
WEIR_I_FUNC void weir_hazard_retire(weir_hazard_domain *domain, weir_hazard_node *node,
                                    void (*reclaim)(weir_hazard_node *node)) {
    node->reclaim = reclaim;
    node->cohort = NULL;
    weir_i_hazard_retire(domain, node, 1, true);
}

/* The same, but never reclaims: a dozen instructions, always, once the thread has opened a holder
 * or retired in this domain. Another thread is to call drain now and then; until it does, all that
 * was deferred waits. */
WEIR_I_FUNC void weir_hazard_defer(weir_hazard_domain *domain, weir_hazard_node *node,
                                   void (*reclaim)(weir_hazard_node *node)) {
    node->reclaim = reclaim;
    node->cohort = NULL;
    weir_i_hazard_retire(domain, node, 1, false);
}

/* Reclaims all that is retired and not protected now, whichever thread retired it. Waits for
 * nobody: nodes that another thread is reclaiming may still wait on return. Within a reclaimer it
 * is carried out when the reclaimer has returned. A thread for which there was no memory leaves the
 * drain to another such thread that is in one. */
WEIR_I_FUNC void weir_hazard_drain(weir_hazard_domain *domain) {
    weir_i_hazard_record *record = weir_i_hazard_mine(domain);
    const bool at_reserve = weir_i_load(&domain->at_reserve, relaxed) == weir_i_hazard_local_self();
    if (record && !at_reserve)
        weir_i_hazard_work(domain, record, true);
    else
        weir_i_hazard_work_on_reserve(domain, true); /* or leaves a note there */
}

/* -- cohorts ---------------------------------------------------------------------------------- */

/* An owner word of the process in which the first cohort was made. */
WEIR_I_STATE(WEIR_I_ATOMIC(uint32_t), weir_i_hazard_birth, 0);

/* In a child of that process threads of the parent may have been cut off without a trace: they had
 * counted a node, and had no record yet. */
WEIR_I_FUNC bool weir_i_hazard_is_child(void) {
    return weir_i_hazard_is_orphan(weir_i_load(&weir_i_hazard_birth, relaxed),
                                   weir_i_hazard_owner(WEIR_I_HAZARD_OWNED));
}

/* A cohort in domain; NULL: in the default one. It may be freed when it was drained. */
WEIR_I_FUNC void weir_hazard_cohort_init(weir_hazard_cohort *cohort, weir_hazard_domain *domain) {
    if (weir_i_load(&weir_i_hazard_birth, relaxed) == 0)
        weir_i_store(&weir_i_hazard_birth, weir_i_hazard_owner(WEIR_I_HAZARD_OWNED), relaxed);
    cohort->domain = domain;
    weir_i_store(&cohort->live, 0, relaxed);
}

WEIR_I_FAST weir_hazard_domain *weir_i_hazard_domain_of(const weir_hazard_cohort *cohort) {
    return cohort->domain ? cohort->domain : weir_hazard_default();
}

WEIR_I_FAST void weir_i_hazard_cohort_retire(weir_hazard_cohort *cohort, weir_hazard_node *node,
                                             void (*reclaim)(weir_hazard_node *node),
                                             uint64_t weight) {
    node->reclaim = reclaim;
    node->cohort = cohort;
    weir_i_fetch_add(&cohort->live, 1, relaxed);
    weir_i_hazard_retire(weir_i_hazard_domain_of(cohort), node, weight, true);
}

/* As weir_hazard_retire, in the cohort's domain, of a node of the cohort. */
WEIR_I_FUNC void weir_hazard_cohort_retire(weir_hazard_cohort *cohort, weir_hazard_node *node,
                                           void (*reclaim)(weir_hazard_node *node)) {
    weir_i_hazard_cohort_retire(cohort, node, reclaim, 1);
}

/* Reclaims the cohort's nodes in this thread's hand; all others go on waiting. True: there was one.
 */
WEIR_I_FUNC bool weir_i_hazard_reclaim_of(weir_i_hazard_record *record,
                                          const weir_hazard_cohort *cohort,
                                          weir_hazard_node *taken) {
    weir_hazard_node *ours = NULL;
    weir_hazard_node **link = &taken;
    while (*link) {
        weir_hazard_node *node = *link;
        if (node->cohort != cohort) {
            link = &node->next;
            continue;
        }
        *link = node->next;
        node->next = ours;
        ours = node;
    }
    weir_i_hazard_keep(record, taken);
    record->hand = ours;
    weir_i_hazard_reclaim(record);
    return ours != NULL;
}

/* A number that changes whenever another thread takes nodes from lists; 0: one has some in hand. */
WEIR_I_SLOW uint64_t weir_i_hazard_others(weir_hazard_domain *domain,
                                          const weir_i_hazard_record *mine) {
    weir_i_hazard_record *record = &domain->reserve;
    uint64_t sum = 1;
    for (; record; record = weir_i_hazard_next(domain, record)) {
        const uint32_t turns = weir_i_load(&record->turns, acquire); /* O18 */
        if (record != mine && turns % 2 != 0)
            return 0;
        sum += record != mine ? turns : 0;
    }
    return sum;
}

/* In a forked child: true if the cohort has no node on any list or in any hand, so that those it
 * still counts were in hands that the fork cut off. Nobody may have taken any while this one
 * looked, so with other threads at work it often cannot tell. */
WEIR_I_SLOW bool weir_i_hazard_rest_is_lost(weir_hazard_domain *domain, weir_i_hazard_record *mine,
                                            const weir_hazard_cohort *cohort) {
    const bool cut_off = weir_i_load(&domain->lost, relaxed) || weir_i_hazard_is_child();
    const uint64_t before = cut_off ? weir_i_hazard_others(domain, mine) : 0;
    bool none = true;
    if (before == 0)
        return false;
    weir_hazard_node *taken = weir_i_hazard_collect(domain, mine, true);
    for (const weir_hazard_node *node = taken; node; node = node->next)
        none = none && node->cohort != cohort;
    weir_i_hazard_keep(mine, taken);
    return none && weir_i_hazard_others(domain, mine) == before;
}

/* One round. What an outer call has in hand waits again from now on: two threads that each drain a
 * cohort of which the other has nodes do not wait for each other. */
WEIR_I_FUNC bool weir_i_hazard_cohort_round(weir_hazard_domain *domain,
                                            weir_i_hazard_record *record,
                                            weir_hazard_cohort *cohort) {
    const bool nested = weir_i_hazard_is_busy(record);
    if (!nested)
        weir_i_hazard_begin(record);
    weir_i_hazard_put_down(record);
    const bool found =
        weir_i_hazard_reclaim_of(record, cohort, weir_i_hazard_scan(domain, record, true));
    if (!found && weir_i_hazard_rest_is_lost(domain, record, cohort))
        weir_i_store(&cohort->live, 0, relaxed);
    if (nested)
        return found;
    weir_i_hazard_end(record);
    if (weir_i_load(&record->again, relaxed))
        weir_i_hazard_work(domain, record, true); /* as a reclaimer asked */
    return found;
}

/* The same for any thread, also one that has no record, or got one while it is at the reserve. */
WEIR_I_FUNC bool weir_i_hazard_cohort_try(weir_hazard_domain *domain, weir_hazard_cohort *cohort) {
    weir_i_hazard_record *record = weir_i_hazard_mine(domain);
    const bool at_reserve = weir_i_hazard_is_at_reserve(domain);
    if (at_reserve && record)
        weir_i_hazard_put_down(&domain->reserve);
    if (at_reserve && !record)
        record = &domain->reserve;
    if (record)
        return weir_i_hazard_cohort_round(domain, record, cohort);
    if (!weir_i_hazard_take_reserve(domain))
        return false;
    const bool found = weir_i_hazard_cohort_round(domain, &domain->reserve, cohort);
    weir_i_hazard_leave_reserve(domain);
    weir_i_fence_store_load(); /* as in work_on_reserve */
    if (weir_i_load(&domain->reserve.again, relaxed))
        weir_i_hazard_work_on_reserve(domain, true);
    return found;
}

/* Reclaims all nodes of the cohort, before their memory, or the code that reclaims them, goes away.
 * Nobody may retire into it any more. Waits for readers that protect one of its nodes, and for
 * threads that are reclaiming one; a reclaimer of its nodes must not call it. */
WEIR_I_FUNC void weir_hazard_cohort_drain(weir_hazard_cohort *cohort) {
    weir_hazard_domain *domain = weir_i_hazard_domain_of(cohort);
    unsigned times = 0;
    while (weir_i_load(&cohort->live, acquire) > 0) { /* O15 */
        if (weir_i_hazard_cohort_try(domain, cohort))
            times = 0;
        else
            weir_i_step_aside(times++);
    }
}

/* -- holders ---------------------------------------------------------------------------------- */

/* More slots: what other threads closed, or a new block. */
WEIR_I_SLOW bool weir_i_hazard_more(weir_hazard_domain *domain, weir_i_hazard_record *record) {
    record->free = weir_i_exchange(&record->returned, NULL, acquire); /* O13 */
    if (record->free)
        return true;
    weir_i_hazard_block *last = weir_i_load(&record->blocks, relaxed);
    size_t count = last ? 2 * last->count : WEIR_I_HAZARD_SLOTS;
    if (count > WEIR_I_HAZARD_GROWTH)
        count = WEIR_I_HAZARD_GROWTH;
    weir_i_hazard_block *block = WEIR_I_CAST(
        weir_i_hazard_block *, record->allocator.alloc((count + 1) * sizeof(weir_i_hazard_slot),
                                                       WEIR_CACHE_LINE, record->allocator.ctx));
    if (!block)
        return false;
    weir_i_hazard_slot *slot = weir_i_hazard_block_slots(block);
    block->next = last;
    block->count = count;
    for (size_t i = 0; i < count; i++, slot++) {
        weir_i_store(&slot->node, NULL, relaxed);
        slot->next = record->free;
        record->free = slot;
    }
    weir_i_fetch_add(&domain->slots, count, relaxed);
    weir_i_store(&record->blocks, block, release); /* O10 */
    return true;
}

/* Opens a holder in the domain. WEIR_NOMEM; then there is nothing to close. A thread takes slots
 * for several holders at once and keeps them, so the usual cost is a dozen instructions. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_hazard_open(weir_hazard *holder,
                                                          weir_hazard_domain *domain) {
    weir_i_hazard_record *record = weir_i_hazard_mine(domain);
    holder->slot = NULL;
    holder->record = record;
    holder->mode = WEIR_I_FENCE_SYMMETRIC;
    if (!record || (!record->free && !weir_i_hazard_more(domain, record)))
        return WEIR_NOMEM;
    holder->slot = record->free;
    holder->mode = record->mode;
    record->free = holder->slot->next;
    return WEIR_OK;
}

/* Ends the protection. A second clear is harmless. */
WEIR_I_FAST void weir_hazard_clear(weir_hazard *holder) {
    weir_i_store(&holder->slot->node, NULL, release); /* O1 */
}

/* Ends the protection and the holder. On a closed one it does nothing. Any thread, if the holder
 * was handed to it. */
WEIR_I_FUNC void weir_hazard_close(weir_hazard *holder) {
    weir_i_hazard_slot *slot = holder->slot;
    weir_i_hazard_record *record = holder->record;
    if (!slot || !record)
        return;
    holder->slot = NULL;
    weir_i_store(&slot->node, NULL, release); /* O1 */
    if (WEIR_I_LIKELY(record == weir_i_hazard_local_get()) ||
        weir_i_hazard_find(weir_i_load(&record->domain, relaxed)) == record) {
        slot->next = record->free;
        record->free = slot;
        return;
    }
    slot->next = weir_i_load(&record->returned, relaxed);
    while (!weir_i_compare_exchange_weak(&record->returned, &slot->next, slot, release, /* O12 */
                                         relaxed)) {
    }
}

/* Exchanges what two holders protect, for a walk along a list. */
WEIR_I_FUNC void weir_hazard_swap(weir_hazard *a, weir_hazard *b) {
    const weir_hazard kept = *a;
    *a = *b;
    *b = kept;
}

/* The half of protect that stores; the caller loads its source again behind it. */
WEIR_I_FAST void weir_i_hazard_set(const weir_hazard *holder, const void *node) {
    weir_i_store(&holder->slot->node, node, release); /* O1 */
}

/* -- domains ---------------------------------------------------------------------------------- */

/* Makes a domain whose memory comes from allocator (NULL: the default), which must serve until the
 * threads that were in the domain have left. Always WEIR_OK: memory is taken later. */
WEIR_I_FUNC weir_status weir_hazard_domain_init_with(weir_hazard_domain *domain,
                                                     const weir_allocator *allocator) {
    memset((void *)domain, 0, sizeof *domain);
    if (allocator)
        domain->allocator = *allocator;
    (void)weir_i_hazard_mode(domain);
    return WEIR_OK;
}

WEIR_I_FUNC weir_status weir_hazard_domain_init(weir_hazard_domain *domain) {
    return weir_hazard_domain_init_with(domain, NULL);
}

/* After how many retires, beside twice the slots, a thread reclaims; 0: WEIR_HAZARD_BATCH. */
WEIR_I_FUNC void weir_hazard_domain_set_batch(weir_hazard_domain *domain, size_t batch) {
    weir_i_hazard_record *record = weir_i_hazard_next(domain, &domain->reserve);
    weir_i_store(&domain->batch, batch, relaxed);
    for (; record; record = record->next)
        weir_i_store(&record->limit, weir_i_hazard_limit(domain), relaxed);
}

/* The domain's end of one record: what is on its list is reclaimed whoever may protect it, since
 * nobody may. */
WEIR_I_FUNC bool weir_i_hazard_empty(weir_hazard_domain *domain, weir_i_hazard_record *mine) {
    mine->hand = weir_i_hazard_collect(domain, mine, true);
    if (!mine->hand)
        return false;
    weir_i_hazard_begin(mine);
    weir_i_hazard_reclaim(mine);
    weir_i_store(&mine->turns, weir_i_load(&mine->turns, relaxed) + 1, relaxed); /* for nobody */
    return true;
}

/* From now on threads that exit leave their records as they are. Waits for those that are at it. */
WEIR_I_FUNC void weir_i_hazard_shut(weir_i_hazard_record *record, uint32_t ours) {
    uint32_t owner = weir_i_load(&record->owner, relaxed);
    unsigned times = 0;
    for (;;) {
        const uint32_t kind = owner & WEIR_I_HAZARD_KIND;
        if (kind == WEIR_I_HAZARD_LEAVING && !weir_i_hazard_is_orphan(owner, ours)) {
            weir_i_step_aside(times++);
            owner = weir_i_load(&record->owner, relaxed);
        } else if (owner == WEIR_I_HAZARD_FREE ||
                   weir_i_compare_exchange_weak(
                       &record->owner, &owner,
                       (owner & ~WEIR_I_HAZARD_KIND) | WEIR_I_HAZARD_CLOSING, relaxed, relaxed)) {
            return;
        }
    }
}

WEIR_I_FUNC void weir_i_hazard_check_clear(weir_i_hazard_record *record, uint32_t ours) {
    weir_i_hazard_walk walk = weir_i_hazard_walk_record(record);
    weir_i_hazard_slot *slot;
    if (weir_i_hazard_is_orphan(weir_i_load(&record->owner, relaxed), ours))
        return;
    while ((slot = weir_i_hazard_walk_on(&walk)))
        if (weir_i_load(&slot->node, relaxed))
            WEIR_PANIC("weir_hazard_domain_destroy: a holder still protects a node");
}

/* Reclaims all that was retired in the domain and ends it. No thread may be inside a call on it, or
 * have a holder open; threads that have used it may live on. Not within a reclaimer. Waits for
 * threads that are just exiting. The domain is zeroed, and so may be used again. */
WEIR_I_FUNC void weir_hazard_domain_destroy(weir_hazard_domain *domain) {
    const uint32_t ours = weir_i_hazard_owner(WEIR_I_HAZARD_OWNED);
    weir_i_hazard_record *record = &domain->reserve;
    for (; record; record = weir_i_hazard_next(domain, record)) {
        weir_i_hazard_shut(record, ours);
        weir_i_hazard_check_clear(record, ours);
    }
    (void)weir_i_hazard_take_reserve(domain); /* a reclaimer finds this thread at it */
    do
        record = weir_i_hazard_find(domain); /* a reclaimer may have made one */
    while (weir_i_hazard_empty(domain, record ? record : &domain->reserve));
    record = weir_i_hazard_next(domain, &domain->reserve);
    while (record) {
        weir_i_hazard_record *next = record->next;
        weir_i_store(&record->domain, NULL, relaxed);
        weir_i_store(&record->light, false, relaxed);
        const uint32_t owner =
            weir_i_exchange(&record->owner, WEIR_I_HAZARD_DEAD, acq_rel); /* O8, O9 */
        if (owner == WEIR_I_HAZARD_FREE || weir_i_hazard_is_orphan(owner, ours))
            weir_i_hazard_free(record);
        record = next;
    }
    (void)weir_i_hazard_find(domain); /* throws away this thread's */
    memset((void *)domain, 0, sizeof *domain);
}

/* Fills in what has happened in the domain so far. Exact while no other thread is in it. */
WEIR_I_FUNC void weir_hazard_count(weir_hazard_domain *domain, weir_hazard_counts *counts) {
    weir_i_hazard_record *record = &domain->reserve;
    memset(counts, 0, sizeof *counts);
    (void)weir_i_hazard_waiting(domain);
    for (; record; record = weir_i_hazard_next(domain, record)) {
        counts->reclaimed += weir_i_load(&record->reclaims, relaxed);
        counts->scans += weir_i_load(&record->scans, relaxed);
    }
    for (record = &domain->reserve; record; record = weir_i_hazard_next(domain, record))
        counts->retired += weir_i_load(&record->retires, relaxed);
    counts->peak = weir_i_load(&domain->peak, relaxed);
    counts->records = weir_i_load(&domain->records_made, relaxed);
    counts->slots = weir_i_load(&domain->slots, relaxed);
    counts->bound = (counts->records + 1) * weir_i_hazard_limit(domain);
}

WEIR_I_END

/* -- protect: loads through the caller's own pointer type ------------------------------------- */

/* WEIR_HAZARD_PROTECT(&holder, &source): loads the pointer and protects what it points to. What it
 * returns stays valid until the holder is cleared, closed, or protects something else. source is an
 * _Atomic(T *) (in C++ a std::atomic<T *>, or the plain field of a struct shared with C) that loses
 * a node before the node is retired. Cost: a store and a load; where membarrier is missing, a full
 * fence.
 *
 * WEIR_HAZARD_TRY_PROTECT(&holder, &source, &out): the same, once: false if the source changed
 * meanwhile. Then out is as it was, and the holder clear.
 *
 * WEIR_HAZARD_PROTECT_N(holders, sources, outs, n): n holders, n pointers to sources of one type,
 * n pointers: protects all with one fence. */
#ifndef __cplusplus

#define WEIR_HAZARD_PROTECT(holder, source) WEIR_I_HAZARD_PROTECT(holder, source, __COUNTER__)
#define WEIR_HAZARD_TRY_PROTECT(holder, source, out)                                               \
    WEIR_I_HAZARD_TRY(holder, source, out, __COUNTER__)
#define WEIR_HAZARD_PROTECT_N(holders, sources, outs, n)                                           \
    WEIR_I_HAZARD_PROTECT_N(holders, sources, outs, n, __COUNTER__)

/* A number in each name, so that one may stand in another's argument. */
#define WEIR_I_HAZARD_PROTECT(holder, source, id) WEIR_I_HAZARD_PROTECT_(holder, source, id)
#define WEIR_I_HAZARD_PROTECT_(holder, source, id)                                                 \
    __extension__({                                                                                \
        const weir_hazard *weir_h_##id = (holder);                                                 \
        __typeof__(source) weir_s_##id = (source);                                                 \
        __typeof__(weir_i_load(weir_s_##id, relaxed)) weir_node_##id;                              \
        __typeof__(weir_i_load(weir_s_##id, relaxed)) weir_seen_##id;                              \
        weir_seen_##id = weir_i_load(weir_s_##id, relaxed);                                        \
        do {                                                                                       \
            weir_node_##id = weir_seen_##id;                                                       \
            weir_i_hazard_set(weir_h_##id, weir_node_##id);                                        \
            weir_i_fence_light(weir_h_##id->mode);                                                 \
            weir_seen_##id = weir_i_load(weir_s_##id, acquire); /* O3 */                           \
        } while (WEIR_I_UNLIKELY(weir_seen_##id != weir_node_##id));                               \
        weir_seen_##id;                                                                            \
    })

#define WEIR_I_HAZARD_TRY(holder, source, out, id) WEIR_I_HAZARD_TRY_(holder, source, out, id)
#define WEIR_I_HAZARD_TRY_(holder, source, out, id)                                                \
    __extension__({                                                                                \
        const weir_hazard *weir_h_##id = (holder);                                                 \
        __typeof__(source) weir_s_##id = (source);                                                 \
        __typeof__(weir_i_load(weir_s_##id, relaxed)) weir_node_##id;                              \
        weir_node_##id = weir_i_load(weir_s_##id, relaxed);                                        \
        weir_i_hazard_set(weir_h_##id, weir_node_##id);                                            \
        weir_i_fence_light(weir_h_##id->mode);                                                     \
        const bool weir_ok_##id = weir_i_load(weir_s_##id, acquire) == weir_node_##id; /* O3 */    \
        if (weir_ok_##id)                                                                          \
            *(out) = weir_node_##id;                                                               \
        else                                                                                       \
            weir_i_hazard_set(weir_h_##id, NULL);                                                  \
        weir_ok_##id;                                                                              \
    })

#define WEIR_I_HAZARD_PROTECT_N(holders, sources, outs, n, id)                                     \
    WEIR_I_HAZARD_PROTECT_N_(holders, sources, outs, n, id)
#define WEIR_I_HAZARD_PROTECT_N_(holders, sources, outs, n, id)                                    \
    __extension__({                                                                                \
        const weir_hazard *weir_h_##id = (holders);                                                \
        const size_t weir_n_##id = (n);                                                            \
        bool weir_same_##id;                                                                       \
        do {                                                                                       \
            weir_same_##id = true;                                                                 \
            for (size_t weir_i_##id = 0; weir_i_##id < weir_n_##id; weir_i_##id++) {               \
                (outs)[weir_i_##id] = weir_i_load((sources)[weir_i_##id], relaxed);                \
                weir_i_hazard_set(&weir_h_##id[weir_i_##id], (outs)[weir_i_##id]);                 \
            }                                                                                      \
            if (weir_n_##id > 0)                                                                   \
                weir_i_fence_light(weir_h_##id->mode);                                             \
            for (size_t weir_i_##id = 0; weir_i_##id < weir_n_##id; weir_i_##id++)                 \
                weir_same_##id &= weir_i_load((sources)[weir_i_##id], acquire) == /* O3 */         \
                                  (outs)[weir_i_##id];                                             \
        } while (!weir_same_##id);                                                                 \
    })

#else

extern "C++" {

template <class T> inline T *weir_i_hazard_load(T *const *source) {
    return __atomic_load_n(source, __ATOMIC_ACQUIRE); /* O3 */
}

template <class A> inline auto weir_i_hazard_load(const A *source) -> decltype(source->load()) {
    return source->load();
}

template <class S>
inline auto weir_i_hazard_try(const weir_hazard *holder, S *source,
                              decltype(weir_i_hazard_load(source)) *out) -> bool {
    const auto node = weir_i_hazard_load(source);
    weir_i_hazard_set(holder, node);
    weir_i_fence_light(holder->mode);
    if (WEIR_I_UNLIKELY(weir_i_hazard_load(source) != node)) {
        weir_i_hazard_set(holder, NULL);
        return false;
    }
    *out = node;
    return true;
}

template <class S>
inline auto weir_i_hazard_protect(const weir_hazard *holder, S *source)
    -> decltype(weir_i_hazard_load(source)) {
    decltype(weir_i_hazard_load(source)) node;
    while (!weir_i_hazard_try(holder, source, &node)) {
    }
    return node;
}

template <class S, class T>
inline void weir_i_hazard_protect_n(const weir_hazard *holders, S *const *sources, T *outs,
                                    size_t n) {
    bool same = false;
    while (!same) {
        for (size_t i = 0; i < n; i++)
            weir_i_hazard_set(&holders[i], outs[i] = weir_i_hazard_load(sources[i]));
        if (n > 0)
            weir_i_fence_light(holders->mode);
        same = true;
        for (size_t i = 0; i < n; i++)
            same &= weir_i_hazard_load(sources[i]) == outs[i];
    }
}
}

#define WEIR_HAZARD_PROTECT(holder, source) weir_i_hazard_protect((holder), (source))
#define WEIR_HAZARD_TRY_PROTECT(holder, source, out) weir_i_hazard_try((holder), (source), (out))
#define WEIR_HAZARD_PROTECT_N(holders, sources, outs, n)                                           \
    weir_i_hazard_protect_n((holders), (sources), (outs), (n))

#endif

#endif
