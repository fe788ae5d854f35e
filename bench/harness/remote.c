/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors */
#define _GNU_SOURCE
#include "remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_REMOTES = 16, MOST_THREADS = 64 };

/* Both processes are the same program: a table's place and a place in it name the same thing. */
typedef struct request {
    unsigned subject[2];
    unsigned workload[2];
    uint64_t length_ns;
} request;

typedef struct answer {
    bench_round round;
    double thread_done[MOST_THREADS];
} answer;

static struct {
    const char *preload; /* by name: subjects that differ in size only share a process */
    int socket;
} remotes[MOST_REMOTES];

static bool serving;

bool bench_is_remote(const bench_subject *subject) {
    return subject->preload && !serving;
}

static void fail(const char *what) {
    fprintf(stderr, "\nbench: remote: %s: %s\n", what, strerror(errno));
    exit(1);
}

static bool transfer(bool out, int socket, void *data, size_t size) {
    for (size_t done = 0; done < size;) {
        char *const at = (char *)data + done;
        const ssize_t n = out ? write(socket, at, size - done) : read(socket, at, size - done);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* -- this side -------------------------------------------------------------------------------- */

/* The other process talks on standard input; what it prints goes where ours does. */
static int start(const char *preload) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        fail("socketpair");
    const pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, 9);
        if (*preload && setenv("LD_PRELOAD", preload, 1) != 0)
            _exit(1);
        if (dup2(pair[1], 0) == 0)
            execl("/proc/self/exe", "weir_bench", BENCH_REMOTE, (char *)NULL);
        _exit(1);
    }
    close(pair[1]);
    return pair[0];
}

static int socket_of(const bench_subject *subject) {
    for (unsigned i = 0; i < MOST_REMOTES; i++) {
        if (!remotes[i].preload) {
            remotes[i].preload = subject->preload;
            remotes[i].socket = start(subject->preload);
        }
        if (strcmp(remotes[i].preload, subject->preload) == 0)
            return remotes[i].socket;
    }
    errno = E2BIG;
    fail("too many");
    return -1;
}

static void find_subject(const bench_subject *subject, unsigned at[2]) {
    for (at[0] = 0; bench_subjects[at[0]]; at[0]++)
        for (at[1] = 0; bench_subjects[at[0]][at[1]].suite; at[1]++)
            if (&bench_subjects[at[0]][at[1]] == subject)
                return;
    abort();
}

static void find_workload(const bench_workload *workload, unsigned at[2]) {
    for (at[0] = 0; bench_workloads[at[0]]; at[0]++)
        for (at[1] = 0; bench_workloads[at[0]][at[1]].suite; at[1]++)
            if (&bench_workloads[at[0]][at[1]] == workload)
                return;
    abort();
}

void bench_remote_round(const bench_subject *subject, const bench_workload *workload,
                        uint64_t length_ns, bench_round *round) {
    const int socket = socket_of(subject);
    double *const thread_done = round->thread_done;
    request ask = {.length_ns = length_ns};
    answer got;
    find_subject(subject, ask.subject);
    find_workload(workload, ask.workload);
    if (!transfer(true, socket, &ask, sizeof ask) || !transfer(false, socket, &got, sizeof got))
        fail(subject->name);
    *round = got.round;
    round->thread_done = thread_done;
    for (unsigned i = 0; thread_done && i < bench_threads(workload); i++)
        thread_done[i] += got.thread_done[i];
}

/* -- the other side --------------------------------------------------------------------------- */

int bench_serve(void) {
    request asked;
    serving = true;
    while (transfer(false, 0, &asked, sizeof asked)) {
        answer done;
        memset(&done, 0, sizeof done);
        done.round.thread_done = done.thread_done;
        bench_run_round(&bench_subjects[asked.subject[0]][asked.subject[1]],
                        &bench_workloads[asked.workload[0]][asked.workload[1]], asked.length_ns,
                        &done.round);
        if (!transfer(true, 0, &done, sizeof done))
            return 1;
    }
    return 0;
}
