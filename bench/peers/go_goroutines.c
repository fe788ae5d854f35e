/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * Go as its users have it: goroutines, which Go's scheduler switches without the system, with
 * channels, select and wait groups between them. The loops are in Go: go/goroutines.go. */
#include "../harness/chan_loops.h"
#include "../harness/go.h"

BENCH_GO_OBJECT(goroutine)
BENCH_GO_LOOP(goroutine, pair)
BENCH_GO_LOOP(goroutine, produce)
BENCH_GO_LOOP(goroutine, consume)
BENCH_GO_LOOP(goroutine, drain)

BENCH_GO_OBJECT(go_fan)
BENCH_GO_LOOP(go_fan, pair)
BENCH_GO_LOOP(go_fan, produce)
BENCH_GO_LOOP(go_fan, produce_n)
BENCH_GO_LOOP(go_fan, consume)
BENCH_GO_LOOP(go_fan, drain)

BENCH_GO_OBJECT(go_work)
BENCH_GO_LOOP(go_work, ping)
BENCH_GO_LOOP(go_work, echo)

static const char note[] = "between goroutines, on as many threads as processors";

const bench_subject bench_peer_go_goroutines[] = {
    {"chan",
     "Go channel",
     note,
     8,
     0,
     goroutine_create,
     goroutine_destroy,
     {BENCH_CHAN_ROLES(goroutine)},
     .own_threads = 1},
    {"select",
     "Go select",
     note,
     8,
     0,
     go_fan_create,
     go_fan_destroy,
     {BENCH_CHAN_ROLES(go_fan), [BENCH_PRODUCE_N] = go_fan_produce_n,
      [BENCH_CONSUME_N] = go_fan_consume},
     .own_threads = 1},
    {"wait_group",
     "Go goroutines",
     note,
     8,
     0,
     go_work_create,
     go_work_destroy,
     {[BENCH_PING] = go_work_ping, [BENCH_ECHO] = go_work_echo},
     .own_threads = 1},
    {NULL},
};
