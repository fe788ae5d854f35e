/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * remote.h - rounds in another process, for what replaces malloc: there can be one in a process.
 *
 * A subject with `preload` set runs in a process of its own: this program once more, with the
 * library loaded before all others. It is started at the subject's first round and sleeps between
 * rounds, so rounds of subjects here and there take turns as all others do.
 */
#ifndef BENCH_REMOTE_H
#define BENCH_REMOTE_H

#include "rounds.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The argument that makes this program such a process. */
#define BENCH_REMOTE "--remote"

bool bench_is_remote(const bench_subject *subject);

/* As bench_run_round. */
void bench_remote_round(const bench_subject *subject, const bench_workload *workload,
                        uint64_t length_ns, bench_round *round);

/* The other side, until this one ends. */
int bench_serve(void);

#ifdef __cplusplus
}
#endif

#endif
