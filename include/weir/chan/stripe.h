/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan/stripe.h - the line of receivers in several lists, as long as nobody sends (I8 of chan.h).
 *
 * On Go's done channel thousands wait, each select that waits enters and leaves, and nothing ever
 * comes but close. In one list they would all take its lock. So when many have entered behind
 * others and nobody has come to serve them, the line is *scattered* over stripes, each with its own
 * lock, and a receiver enters the stripe that the address of its case falls into. Whoever comes
 * with a message, or with the end, *gathers* them again in the order in which they came, and for
 * good.
 */
#ifndef WEIR_CHAN_STRIPE_H
#define WEIR_CHAN_STRIPE_H

#include <weir/base/clock.h>
#include <weir/chan/ticket.h>

WEIR_I_BEGIN

/* Do the receivers stand in the stripes? Changes only while the locks of their line and of all
 * stripes are held: who holds one of them knows. */
WEIR_I_FAST bool weir_i_chan_scattered(const weir_chan *ch) {
    return weir_i_wait_list_last(&ch->receivers) == &ch->mark;
}

/* The stripe of a case: threads have their cases on their own stacks. */
WEIR_I_FUNC weir_wait_list *weir_i_chan_stripe_of(weir_chan *ch, const void *at) {
    const uint32_t mixed = WEIR_I_CAST(uint32_t, (uintptr_t)at / sizeof(weir_case)) * 0x9e3779b1u;
    return &ch->stripes[(mixed >> 24) % WEIR_I_CHAN_STRIPES].list;
}

/* In the order of their addresses, and behind that of the line: as a select locks. */
WEIR_I_FUNC void weir_i_chan_lock_stripes(weir_chan *ch) {
    for (int i = 0; i < WEIR_I_CHAN_STRIPES; i++)
        weir_wait_list_lock(&ch->stripes[i].list);
}

WEIR_I_FUNC void weir_i_chan_unlock_stripes(weir_chan *ch) {
    for (int i = 0; i < WEIR_I_CHAN_STRIPES; i++)
        weir_wait_list_unlock(&ch->stripes[i].list);
}

/* Spreads the line, if it is not empty and has never been served, and nobody waits to send. Without
 * any lock. */
WEIR_I_SLOW void weir_i_chan_scatter(weir_chan *ch) {
    weir_wait_node *node;
    weir_time since = INT64_MIN; /* those who stand here came before all who will read a clock */
    weir_wait_list_lock(&ch->receivers);
    if (weir_i_wait_list_last(&ch->receivers) && !weir_i_chan_scattered(ch) &&
        !weir_i_load(&ch->served, relaxed) && !weir_i_wait_list_last(&ch->senders)) {
        weir_i_chan_lock_stripes(ch);
        while ((node = weir_wait_list_first(&ch->receivers)) != NULL) {
            weir_wait_list_remove(&ch->receivers, node);
            node->since = since++;
            weir_wait_list_push(weir_i_chan_stripe_of(ch, node->of), node);
        }
        weir_wait_list_push(&ch->receivers, &ch->mark);
        weir_i_chan_unlock_stripes(ch);
    }
    weir_wait_list_unlock(&ch->receivers);
}

/* With the locks of all stripes: the list whose first node came first; NULL: all are empty. */
WEIR_I_FUNC weir_wait_list *weir_i_chan_eldest(weir_chan *ch) {
    weir_wait_list *eldest = NULL;
    weir_time since = INT64_MAX;
    for (int i = 0; i < WEIR_I_CHAN_STRIPES; i++) {
        const weir_wait_node *first = weir_wait_list_first(&ch->stripes[i].list);
        if (first && (!eldest || first->since < since)) {
            eldest = &ch->stripes[i].list;
            since = first->since;
        }
    }
    return eldest;
}

/* Under the lock of the line: all stand in it again, first come first. */
WEIR_I_SLOW void weir_i_chan_gather(weir_chan *ch) {
    weir_wait_list *eldest;
    weir_i_chan_lock_stripes(ch);
    weir_wait_list_remove(&ch->receivers, &ch->mark);
    while ((eldest = weir_i_chan_eldest(ch)) != NULL) {
        weir_wait_node *node = weir_wait_list_first(eldest);
        weir_wait_list_remove(eldest, node);
        weir_wait_list_push(&ch->receivers, node);
    }
    weir_i_chan_unlock_stripes(ch);
}

WEIR_I_END

#endif
