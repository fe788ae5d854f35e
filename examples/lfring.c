/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * lfring.c - a log that anybody may write to, signal handlers too: also one that has interrupted
 * its thread in the middle of writing to the log.
 *
 * printf and malloc are forbidden in a handler, and a lock would wait for the very thread that the
 * handler interrupted. Here everybody pushes a line into a lock-free ring, and one thread writes
 * them out. A line for which there is no room is counted, not waited for.
 */
#define _POSIX_C_SOURCE 200809L

#include <weir/lfring.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/time.h>

typedef struct line {
    char text[24];
    unsigned number;
} line;

WEIR_LFRING(lines, line)

enum { TICKS = 20 };

static lines pending;
static atomic_uint lost;
static volatile sig_atomic_t ticks;

/* Safe everywhere: in threads, in handlers, in handlers that interrupted it. */
static void put(const char *text, unsigned number) {
    line l = {"", number};
    for (unsigned i = 0; text[i] != '\0' && i < sizeof l.text - 1; i++)
        l.text[i] = text[i];
    if (!lines_try_push(&pending, l))
        atomic_fetch_add(&lost, 1);
}

static void tick(int number) {
    (void)number;
    put("tick", (unsigned)++ticks);
}

/* Writes lines out until one says stop, and counts the ticks among them. */
static void *write_out(void *written_ticks) {
    unsigned *written = (unsigned *)written_ticks;
    for (;;) {
        line l;
        if (!lines_try_pop(&pending, &l)) {
            sched_yield();
            continue;
        }
        if (strcmp(l.text, "stop") == 0)
            return NULL;
        if (strcmp(l.text, "tick") == 0) {
            ++*written;
            printf("%s %u\n", l.text, l.number);
        }
    }
}

int main(void) {
    struct sigaction on_alarm;
    const struct itimerval every_millisecond = {{0, 1000}, {0, 1000}};
    const struct itimerval never = {{0, 0}, {0, 0}};
    sigset_t alarm_only;
    pthread_t writer;
    unsigned written = 0;
    unsigned steps = 0;
    memset(&on_alarm, 0, sizeof on_alarm);
    on_alarm.sa_handler = tick;
    on_alarm.sa_flags = SA_RESTART;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    if (lines_init(&pending, 64) != WEIR_OK || sigaction(SIGALRM, &on_alarm, NULL) != 0)
        return 1;
    /* The writer takes no alarms: all of them interrupt main, most of them within put. */
    if (pthread_sigmask(SIG_BLOCK, &alarm_only, NULL) != 0 ||
        pthread_create(&writer, NULL, write_out, &written) != 0 ||
        pthread_sigmask(SIG_UNBLOCK, &alarm_only, NULL) != 0 ||
        setitimer(ITIMER_REAL, &every_millisecond, NULL) != 0)
        return 1;
    while (ticks < TICKS) {
        put("step", ++steps);
        while (lines_len(&pending) > 32) /* leaves room for the handlers */
            sched_yield();
    }
    (void)setitimer(ITIMER_REAL, &never, NULL);
    (void)pthread_sigmask(SIG_BLOCK, &alarm_only, NULL);
    const line stop = {"stop", 0};
    while (!lines_try_push(&pending, stop))
        sched_yield();
    pthread_join(writer, NULL);
    lines_destroy(&pending);
    printf("%u ticks written, %u steps, %u lines without room\n", written, steps,
           atomic_load(&lost));
    return written <= (unsigned)ticks && written + atomic_load(&lost) >= (unsigned)ticks ? 0 : 1;
}
