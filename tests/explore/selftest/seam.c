/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * seam.c - the explorer's stand-ins for libc and the kernel do what the real ones do, and every
 * answer that they may give is given in some execution.
 */
#include "explore.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

extern long syscall(long number, ...);

enum { WAIT = 9 | 128, WAKE = 1 | 128 };
static const long any = 0xffffffffL;

/* Outcomes seen over all executions; the finish demands the expected ones. */
EXPLORE_KEEP static unsigned seen;

static void demand(unsigned wanted) {
    const unsigned got = seen;
    seen = 0;
    explore_check(got == wanted);
}

/* -- futex ------------------------------------------------------------------------------------ */

static atomic_uint word;

static long wait_for(unsigned expected, const struct timespec *deadline) {
    return syscall(SYS_futex, &word, (long)WAIT, (long)expected, deadline, NULL, any);
}

static void waker(void *unused) {
    (void)unused;
    atomic_store(&word, 1);
    (void)syscall(SYS_futex, &word, (long)WAKE, 1L, NULL, NULL, 0L);
}

/* A timed wait: the value had changed, it was woken (or woke for no reason), its time was up. */
static void timed_wait_all(void) {
    demand(1 | 2 | 4);
}

EXPLORE_PROGRAM(futex_timed_wait, .finish = timed_wait_all) {
    struct timespec at;
    explore_check(clock_gettime(CLOCK_MONOTONIC, &at) == 0);
    at.tv_sec += 5;
    explore_spawn(waker, NULL);
    if (wait_for(0, &at) == 0) {
        seen |= 1;
    } else if (errno == EAGAIN) {
        seen |= 2;
        explore_check(atomic_load(&word) == 1);
    } else if (errno == ETIMEDOUT) {
        seen |= 4;
    } else {
        explore_check(errno == EINTR);
    }
    explore_join_all();
}

/* Without a deadline only a wake, or a stray return, ends the sleep. */
static void untimed_all(void) {
    demand(1 | 2 | 4);
}

EXPLORE_PROGRAM(futex_stray_wake, .finish = untimed_all) {
    explore_spawn(waker, NULL);
    if (wait_for(0, NULL) == 0)
        seen |= atomic_load(&word) ? 1u : 2u;
    else if (errno == EINTR)
        seen |= 4;
    explore_join_all();
}

EXPLORE_PROGRAM(futex_bad_arguments) {
    const struct timespec bad = {0, 1000000000}, past = {0, 0};
    explore_check(wait_for(0, &bad) == -1 && errno == EINVAL);
    explore_check(wait_for(1, NULL) == -1 && errno == EAGAIN);
    explore_check(wait_for(0, &past) == -1 && errno == ETIMEDOUT);
    explore_check(syscall(SYS_futex, &word, (long)WAKE, 1L, NULL, NULL, 0L) == 0);
}

/* Which of two sleepers a wake picks is open. */
static void both_first(void) {
    demand(1 | 2);
}

static atomic_uint winner;

static void sleeper(void *unused) {
    unsigned none = 0;
    (void)unused;
    while (atomic_load(&word) == 0)
        (void)wait_for(0, NULL);
    (void)atomic_compare_exchange_strong(&winner, &none, explore_thread());
    (void)syscall(SYS_futex, &word, (long)WAKE, 1L, NULL, NULL, 0L);
}

EXPLORE_PROGRAM(futex_wakes_any_sleeper, .finish = both_first) {
    explore_spawn(sleeper, NULL);
    explore_spawn(sleeper, NULL);
    atomic_store(&word, 1);
    (void)syscall(SYS_futex, &word, (long)WAKE, 1L, NULL, NULL, 0L);
    explore_join_all();
    seen |= atomic_load(&winner);
}

/* Each thread has an errno of its own: setting it races with nobody, and what a call says there is
 * not another's. */
static void fail_and_ask(void *unused) {
    (void)unused;
    errno = 0;
    explore_check(wait_for(1, NULL) == -1 && errno == EAGAIN);
    errno = 0;
}

EXPLORE_PROGRAM(errno_belongs_to_the_thread) {
    const struct timespec bad = {0, 1000000000};
    explore_spawn(fail_and_ask, NULL);
    explore_spawn(fail_and_ask, NULL);
    errno = 0;
    explore_check(wait_for(0, &bad) == -1 && errno == EINVAL);
    explore_join_all();
}

/* -- membarrier ------------------------------------------------------------------------------- */

EXPLORE_PROGRAM(membarrier_wants_registration) {
    explore_check(syscall(SYS_membarrier, 8L, 0L, 0L) == -1 && errno == EPERM);
    explore_check(syscall(SYS_membarrier, 16L, 0L, 0L) == 0);
    explore_check(syscall(SYS_membarrier, 8L, 0L, 0L) == 0);
}

EXPLORE_PROGRAM(membarrier_refused, .no_membarrier = true) {
    explore_check(syscall(SYS_membarrier, 16L, 0L, 0L) == -1 && errno == ENOSYS);
}

/* -- time ------------------------------------------------------------------------------------- */

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* A loop that waits for a time ends, although only time passes. */
EXPLORE_PROGRAM(clock_passes_while_all_rest) {
    const int64_t start = now();
    while (now() < start + 3000000000)
        sched_yield();
}

EXPLORE_PROGRAM(sleep_takes_time) {
    const int64_t start = now();
    const struct timespec second = {1, 0};
    nanosleep(&second, NULL);
    explore_check(now() >= start + 1000000000);
}

/* -- memory ----------------------------------------------------------------------------------- */

static void both_failures(void) {
    demand(1 | 2 | 4);
}

EXPLORE_PROGRAM(allocation_fails_somewhere, .alloc_failures = 1, .finish = both_failures) {
    char *a = malloc(10), *b = calloc(3, 3);
    seen |= !a ? 1 : !b ? 2 : 4;
    explore_check(a || b);
    for (int i = 0; b && i < 9; i++)
        explore_check(b[i] == 0);
    if (a)
        memset(a, 1, 10);
    char *c = a ? realloc(a, 20) : NULL;
    if (c)
        explore_check(c[9] == 1);
    free(c ? c : a);
    free(b);
}

EXPLORE_PROGRAM(aligned_memory) {
    void *p = aligned_alloc(256, 512), *q = NULL;
    explore_check((uintptr_t)p % 256 == 0);
    explore_check(posix_memalign(&q, 4096, 1) == 0 && (uintptr_t)q % 4096 == 0);
    free(p);
    free(q);
    free(malloc(0));
}

static void *kept;

EXPLORE_PROGRAM(reachable_at_the_end, .keep_reachable = true) {
    kept = malloc(8);
    explore_check(kept != NULL);
    *(void **)kept = malloc(8);
}

/* Globals of every kind are as at the start, each time. */
static int zeroed, initialised = 5;
static int *pointed = &initialised;
__attribute__((weak)) int weak_global = 7;
static struct { char bytes[300]; } large = {"text"};

EXPLORE_PROGRAM(globals_are_restored) {
    static int inner = 3;
    explore_check(zeroed == 0 && initialised == 5 && pointed == &initialised && weak_global == 7);
    explore_check(inner == 3 && large.bytes[0] == 't' && large.bytes[299] == 0);
    zeroed = initialised = weak_global = inner = 1;
    pointed = NULL;
    memset(&large, 1, sizeof large);
}

/* -- threads ---------------------------------------------------------------------------------- */

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int hooks, made;

static void hook(void *value) {
    atomic_fetch_add(&hooks, 1);
    if (value == &key) /* again, once */
        pthread_setspecific(key, &made);
}

static void make_key(void) {
    atomic_fetch_add(&made, 1);
    explore_check(pthread_key_create(&key, hook) == 0);
}

static void *posix_thread(void *argument) {
    pthread_once(&once, make_key);
    explore_check(pthread_getspecific(key) == NULL);
    pthread_setspecific(key, &key);
    void **local = weir_explore_local(&key);
    explore_check(*local == NULL);
    *local = argument;
    sched_yield();
    explore_check(*weir_explore_local(&key) == argument);
    return argument;
}

EXPLORE_PROGRAM(threads_keys_once) {
    pthread_t a, b;
    void *result;
    explore_check(pthread_create(&a, NULL, posix_thread, &hooks) == 0);
    explore_check(pthread_create(&b, NULL, posix_thread, &made) == 0);
    explore_check(!pthread_equal(a, b) && pthread_self() != a);
    explore_check(pthread_join(a, &result) == 0 && result == &hooks);
    explore_check(pthread_join(b, &result) == 0 && result == &made);
    explore_check(made == 1 && hooks == 4);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int item;

static void give_item(void *unused) {
    (void)unused;
    pthread_mutex_lock(&mutex);
    item = 1;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
}

EXPLORE_PROGRAM(condition_wakes) {
    explore_spawn(give_item, NULL);
    pthread_mutex_lock(&mutex);
    while (!item)
        pthread_cond_wait(&condition, &mutex);
    pthread_mutex_unlock(&mutex);
    explore_join_all();
}

static void condition_all(void) {
    demand(1 | 2);
}

EXPLORE_PROGRAM(condition_times_out, .finish = condition_all) {
    const struct timespec at = {100000, 0};
    int result = 0;
    explore_spawn(give_item, NULL);
    pthread_mutex_lock(&mutex);
    while (!item && result == 0)
        result = pthread_cond_timedwait(&condition, &mutex, &at);
    seen |= result ? 1 : 2;
    explore_check(result == 0 || result == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
    explore_join_all();
}

/* -- choices ---------------------------------------------------------------------------------- */

static void all_chosen(void) {
    demand(7);
}

EXPLORE_PROGRAM(every_choice_is_taken, .finish = all_chosen) {
    seen |= 1u << explore_choose(3);
}

/* Whether waiting spins is chosen once for an execution, and both are. */
static void both_ways(void) {
    demand(1 | 2);
}

static void ask_whether_to_spin(void *first) {
    explore_check(weir_explore_spins() == *(const bool *)first);
}

EXPLORE_PROGRAM(some_executions_spin, .finish = both_ways) {
    static bool first;
    first = weir_explore_spins();
    seen |= first ? 1 : 2;
    explore_spawn(ask_whether_to_spin, &first);
    explore_join_all();
}

/* Threads are dealt to the processors in turns, and may move. */
static void ask_where(void *unused) {
    (void)unused;
    explore_check(weir_explore_cpu() == 1);
    explore_run_on(0);
    explore_check(weir_explore_cpu() == 0);
}

EXPLORE_PROGRAM(processors) {
    explore_check(weir_explore_cpus() == EXPLORE_CPUS && weir_explore_cpu() == 0);
    explore_run_on(EXPLORE_CPUS + 1);
    explore_spawn(ask_where, NULL);
    explore_join_all();
    explore_check(weir_explore_cpu() == 1);
}

/* A spin loop without any hint ends too. */
static void set_word(void *unused) {
    (void)unused;
    atomic_store(&word, 1);
}

EXPLORE_PROGRAM(spin_without_a_hint) {
    explore_spawn(set_word, NULL);
    while (!atomic_load_explicit(&word, memory_order_relaxed))
        continue;
    explore_join_all();
}
