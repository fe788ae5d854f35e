/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * vacant.h - does nobody stand in the lines of a channel? For when no call is under way.
 */
#ifndef WEIR_TESTS_VACANT_H
#define WEIR_TESTS_VACANT_H

#include <weir/chan.h>

/* A line that is scattered over its stripes (I8 of chan.h) keeps its mark and WAITERS until it is
 * served. */
static inline bool chan_is_vacant(const weir_chan *ch) {
    const bool scattered = weir_i_chan_scattered(ch);
    const uint64_t senders = weir_i_load(ch->capacity ? &ch->tail : &ch->senders_met, relaxed);
    const uint64_t receivers = weir_i_load(ch->capacity ? &ch->head : &ch->receivers_met, relaxed);
    const uint64_t words = senders | (scattered ? 0 : receivers);
    for (int i = 0; i < WEIR_I_CHAN_STRIPES; i++)
        if (weir_i_wait_list_last(&ch->stripes[i].list))
            return false;
    return !weir_i_wait_list_last(&ch->senders) && (words & WEIR_I_CHAN_WAITERS) == 0 &&
           (scattered || !weir_i_wait_list_last(&ch->receivers));
}

#endif
