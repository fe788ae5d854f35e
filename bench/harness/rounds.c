/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors */
#define _GNU_SOURCE
#include "rounds.h"

#include "histogram.h"
#include "remote.h"
#include "wait.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MOST_THREADS = 64,
    PAIRS_AT_ONCE = 512,
    STACK_HEIGHT = 1000,
    STUCK_SECONDS = 30,
    LINE_TRIPS = 200
};

const double bench_quantiles[3] = {0.5, 0.99, 0.999};

/* One thread's job in the present round. A cache line or two of its own: no false sharing. */
typedef struct job {
    bench_turn turn;
    bench_loop *loop;
    enum bench_role role;
    uint64_t cpu_ns;
} __attribute__((aligned(256))) job;

/* Everything that the main thread and the workers share. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t start[MOST_THREADS]; /* wanted moved */
    pthread_cond_t end;                 /* running became 0 */
    pthread_t thread[MOST_THREADS];
    uint64_t wanted[MOST_THREADS]; /* how often the thread should have worked */
    unsigned active;               /* threads 0 to active - 1 work in this round */
    unsigned running;              /* of those, still at it */
    unsigned made;                 /* threads that exist */
    __attribute__((aligned(256))) uint32_t arrived;
    __attribute__((aligned(256))) uint32_t go;
    __attribute__((aligned(256))) uint32_t stop;
    __attribute__((aligned(256))) uint32_t line; /* see line_ns */
    job jobs[MOST_THREADS];
} pool = {.mutex = PTHREAD_MUTEX_INITIALIZER, .end = PTHREAD_COND_INITIALIZER};

static void fail(const char *text, const bench_subject *subject, const bench_workload *workload) {
    fprintf(stderr, "\nbench: %s: %s %s, %s\n", text, subject->suite, workload->name,
            subject->name);
    exit(1);
}

/* -- the workers ------------------------------------------------------------------------------ */

static uint64_t clock_ns(clockid_t clock) {
    struct timespec used;
    clock_gettime(clock, &used);
    return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

static uint64_t thread_cpu_ns(void) {
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void work(job *mine) {
    __atomic_fetch_add(&pool.arrived, 1, __ATOMIC_ACQ_REL);
    for (unsigned tries = 0; !__atomic_load_n(&pool.go, __ATOMIC_ACQUIRE);)
        bench_wait(&tries);
    const uint64_t before = thread_cpu_ns();
    const bool again = mine->role == BENCH_PAIR || mine->role == BENCH_PAIR_N ||
                       mine->role == BENCH_STACK || mine->role == BENCH_FORK;
    do {
        mine->loop(&mine->turn);
    } while (again && !bench_stopped(&mine->turn));
    mine->cpu_ns = thread_cpu_ns() - before;
}

static void *worker(void *argument) {
    const unsigned index = (unsigned)(uintptr_t)argument;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool.mutex);
    for (;;) {
        while (pool.wanted[index] == seen)
            pthread_cond_wait(&pool.start[index], &pool.mutex);
        seen++;
        pthread_mutex_unlock(&pool.mutex);
        work(&pool.jobs[index]);
        pthread_mutex_lock(&pool.mutex);
        if (--pool.running == 0)
            pthread_cond_signal(&pool.end);
    }
    return NULL;
}

unsigned bench_processors(void) {
    cpu_set_t allowed;
    sched_getaffinity(0, sizeof allowed, &allowed);
    return (unsigned)CPU_COUNT(&allowed);
}

/* The index-th of the processors allowed, round and round. */
static cpu_set_t processor(unsigned index) {
    cpu_set_t allowed, one;
    sched_getaffinity(0, sizeof allowed, &allowed);
    unsigned skip = index % (unsigned)CPU_COUNT(&allowed);
    CPU_ZERO(&one);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &allowed) && skip-- == 0) {
            CPU_SET(cpu, &one);
            break;
        }
    }
    return one;
}

static void make_threads(unsigned wanted) {
    for (; pool.made < wanted; pool.made++) {
        const cpu_set_t where = processor(pool.made);
        pthread_attr_t attributes;
        pthread_cond_init(&pool.start[pool.made], NULL);
        pthread_attr_init(&attributes);
        pthread_attr_setaffinity_np(&attributes, sizeof where, &where);
        if (pthread_create(&pool.thread[pool.made], &attributes, worker,
                           (void *)(uintptr_t)pool.made) != 0) {
            perror("bench: pthread_create");
            exit(1);
        }
        pthread_attr_destroy(&attributes);
    }
}

/* -- the main thread -------------------------------------------------------------------------- */

/* Lets all active workers go at once, and stops them. Returns for how long they had. */
static uint64_t open_and_close(uint64_t length_ns) {
    const struct timespec length = {(time_t)(length_ns / 1000000000u),
                                    (long)(length_ns % 1000000000u)};
    pthread_mutex_lock(&pool.mutex);
    pool.running = pool.active;
    for (unsigned i = 0; i < pool.active; i++) {
        pool.wanted[i]++;
        pthread_cond_signal(&pool.start[i]);
    }
    pthread_mutex_unlock(&pool.mutex);
    while (__atomic_load_n(&pool.arrived, __ATOMIC_ACQUIRE) < pool.active)
        sched_yield();
    const uint64_t start = bench_now();
    __atomic_store_n(&pool.go, 1, __ATOMIC_RELEASE);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL);
    const uint64_t end = bench_now();
    __atomic_store_n(&pool.stop, 1, __ATOMIC_RELEASE);
    return end - start;
}

static bool all_ended(void) {
    struct timespec until;
    int error = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += STUCK_SECONDS;
    pthread_mutex_lock(&pool.mutex);
    while (pool.running > 0 && error == 0)
        error = pthread_cond_timedwait(&pool.end, &pool.mutex, &until);
    pthread_mutex_unlock(&pool.mutex);
    return error == 0;
}

/* -- how far apart the processors are --------------------------------------------------------- */

/* Takes the line when it shows turn->first, and shows the next number; LINE_TRIPS times. */
static void pass_line(bench_turn *turn) {
    const uint32_t last = (uint32_t)turn->first + 2 * LINE_TRIPS;
    const uint64_t start = bench_now();
    for (uint32_t mine = (uint32_t)turn->first; mine != last; mine += 2) {
        while (__atomic_load_n(&pool.line, __ATOMIC_ACQUIRE) != mine)
            continue;
        __atomic_store_n(&pool.line, mine + 1, __ATOMIC_RELEASE);
    }
    turn->sum = bench_now() - start;
}

/* Nanoseconds that a bare cache line takes from the first processor to the second and back. On a
 * virtual machine the host may move its processors any time: onto one core, or far apart. */
static double line_ns(void) {
    memset(pool.jobs, 0, 2 * sizeof pool.jobs[0]);
    for (uint32_t i = 0; i < 2; i++) {
        pool.jobs[i].loop = pass_line;
        pool.jobs[i].turn.first = i;
    }
    pool.active = 2;
    pool.line = pool.arrived = pool.go = 0;
    open_and_close(0);
    if (!all_ended())
        abort();
    return (double)pool.jobs[0].turn.sum / LINE_TRIPS;
}

/* -- rounds ----------------------------------------------------------------------------------- */

unsigned bench_threads(const bench_workload *workload) {
    return workload->crew[0].threads + workload->crew[1].threads;
}

bool bench_can(const bench_subject *subject, const bench_workload *workload) {
    return strcmp(subject->suite, workload->suite) == 0 && subject->item == workload->item &&
           (!workload->crew[0].threads || subject->loop[workload->crew[0].role]) &&
           (!workload->crew[1].threads || subject->loop[workload->crew[1].role]) &&
           (!subject->consumers || workload->crew[1].role != BENCH_CONSUME ||
            workload->crew[1].threads <= subject->consumers);
}

/* Processor time of all threads but this one and the workers, which sleep now. */
static uint64_t others_cpu_ns(void) {
    uint64_t known = thread_cpu_ns();
    for (unsigned i = 0; i < pool.made; i++) {
        clockid_t clock;
        if (pthread_getcpuclockid(pool.thread[i], &clock) == 0)
            known += clock_ns(clock);
    }
    const uint64_t all = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    return all > known ? all - known : 0;
}

static void hand_out_jobs(const bench_subject *subject, const bench_workload *workload,
                          void *object, void *reply, bench_histogram *delays) {
    unsigned index = 0;
    for (unsigned crew = 0; crew < 2; crew++) {
        for (unsigned i = 0; i < workload->crew[crew].threads; i++, index++) {
            job *const next = &pool.jobs[index];
            memset(next, 0, sizeof *next);
            next->role = workload->crew[crew].role;
            next->loop = subject->loop[next->role];
            next->turn.object = object;
            next->turn.reply = reply;
            next->turn.stop = &pool.stop;
            next->turn.limit = next->role == BENCH_STACK ? STACK_HEIGHT : PAIRS_AT_ONCE;
            next->turn.first = ((uint64_t)index << 40) + 1;
            next->turn.delays = delays;
        }
    }
    pool.active = index;
    pool.arrived = pool.go = pool.stop = 0;
}

/* How many were pushed less how many were popped, and the sums of the values likewise: both must be
 * what is still inside. */
static void check_nothing_lost(const bench_subject *subject, const bench_workload *workload,
                               void *object) {
    uint64_t count = 0;
    uint64_t sum = 0;
    for (unsigned i = 0; i < pool.active; i++) {
        const job *done = &pool.jobs[i];
        const bool owner = done->role == BENCH_OWNER;
        const uint64_t n = owner ? done->turn.limit : done->turn.done;
        if (owner || done->role == BENCH_PRODUCE || done->role == BENCH_PRODUCE_N) {
            count += owner ? n - done->turn.done : n;
            sum -= owner ? done->turn.sum : 0;
            sum += n * done->turn.first + (n % 2 ? n * ((n - 1) / 2) : n / 2 * (n - 1));
        } else if (done->role == BENCH_CONSUME || done->role == BENCH_CONSUME_N) {
            count -= n;
            sum -= done->turn.sum;
        } else {
            return;
        }
    }
    bench_turn rest = {.object = object};
    subject->loop[BENCH_DRAIN](&rest);
    if (rest.done != count || rest.sum != sum)
        fail("elements were lost, doubled or changed", subject, workload);
}

static void report(const bench_workload *workload, uint64_t length_ns, uint64_t others_ns,
                   bench_round *round) {
    const bool one_crew = !workload->crew[1].threads || workload->crew[0].role == BENCH_OWNER;
    const unsigned first = one_crew ? 0 : workload->crew[0].threads;
    uint64_t done = 0;
    uint64_t cpu_ns = others_ns;
    for (unsigned i = 0; i < pool.active; i++) {
        cpu_ns += pool.jobs[i].cpu_ns;
        done += i >= first ? pool.jobs[i].turn.done : 0;
        if (round->thread_done)
            round->thread_done[i] += (double)pool.jobs[i].turn.done;
    }
    round->ns = done ? (double)length_ns / (double)done : (double)INFINITY;
    round->cpu_ns = done ? (double)cpu_ns / (double)done : (double)INFINITY;
}

/* Infinite if nothing came back. */
static double quantile(const bench_histogram *delays, double share) {
    return delays->total ? bench_histogram_quantile(delays, share) : (double)INFINITY;
}

void bench_run_round(const bench_subject *subject, const bench_workload *workload,
                     uint64_t length_ns, bench_round *round) {
    if (bench_is_remote(subject)) {
        bench_remote_round(subject, workload, length_ns, round);
        return;
    }
    const bool has_delays = workload->crew[1].role == BENCH_PING;
    bench_histogram *delays = has_delays ? calloc(1, sizeof *delays) : NULL;
    void *object = subject->create(workload->capacity);
    void *reply = has_delays ? subject->create(workload->capacity) : NULL;
    make_threads(bench_threads(workload));
    const bool is_far = bench_threads(workload) > 1 && bench_processors() > 1;
    round->line_ns = is_far ? line_ns() : 0;
    hand_out_jobs(subject, workload, object, reply, delays);
    const uint64_t others_before = subject->own_threads ? others_cpu_ns() : 0;
    const uint64_t took_ns = open_and_close(length_ns);
    if (!all_ended())
        fail("a thread does not come back", subject, workload);
    const uint64_t others_ns = subject->own_threads ? others_cpu_ns() - others_before : 0;
    report(workload, took_ns, others_ns, round);
    check_nothing_lost(subject, workload, object);
    subject->destroy(object);
    for (unsigned i = 0; i < 3; i++)
        round->delay[i] = has_delays ? quantile(delays, bench_quantiles[i]) : 0;
    if (reply)
        subject->destroy(reply);
    free(delays);
}
