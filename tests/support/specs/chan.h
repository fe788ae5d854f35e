/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan.h - sequential specification of channels and select, one or two channels at a time.
 *
 * Every call is a select of one to four cases. How to record:
 *   argument  the cases: chan_case_recv(channel) or chan_case_send(channel, value), each packed by
 *             chan_cases(0, ...) and on; for CHAN_CLOSE the channel
 *   status    CHAN_SELECT, CHAN_TRY_SELECT: the index of the chosen case, or -1 (time is up; none
 *             ready); CHAN_CLOSE: true, or false if it was closed
 *   value     what chan_result() makes of the chosen case's status and the value that came; else 0
 *
 * A call that may wait has two parts: it comes, and either does a case at once or joins the line of
 * those who wait; and it returns with the answer that it got then or later. So who waits is part of
 * the state: a try that overlooks a waiting peer is wrong, and so is who is served out of turn.
 */
#ifndef WEIR_TESTS_SPECS_CHAN_H
#define WEIR_TESTS_SPECS_CHAN_H

#include "../linearize.h"

enum chan_operation { CHAN_SELECT, CHAN_TRY_SELECT, CHAN_CLOSE, CHAN_RETURN /* part two */ };

/* A case in 16 bits; value is 1 to 255, channel 0 or 1. */
static inline uint64_t chan_case_recv(unsigned channel) {
    return 0x8000u | channel << 9;
}
static inline uint64_t chan_case_send(unsigned channel, uint64_t value) {
    return 0x8100u | channel << 9 | value;
}
static inline uint64_t chan_cases(uint64_t before, unsigned index, uint64_t one) {
    return before | one << 16 * index;
}

static inline uint64_t chan_result(bool closed, uint64_t received) {
    return closed ? 0x100 : received;
}

linearize_spec chan_spec(size_t capacity, size_t capacity_of_second);

#endif
