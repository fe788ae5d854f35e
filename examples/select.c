/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * select.c - a server of one thread: it takes requests, gives answers, ticks, and stops when told.
 *
 * It always waits for everything at once; a case that makes no sense now gets a NULL channel.
 */
#include <weir/chan.h>
#include <weir/select.h>

#include <pthread.h>
#include <stdio.h>

WEIR_CHAN(numbers, int)
WEIR_CHAN(signals, char)

static numbers requests, answers;
static signals stop;

typedef struct counts {
    int answered;
    int ticks;
} counts;

static void *serve(void *argument) {
    counts *n = (counts *)argument;
    int request = 0;
    int answer = 0;
    bool busy = false; /* there is an answer that nobody has taken yet */
    for (;;) {
        weir_case cases[] = {
            numbers_case_recv(busy ? NULL : &requests, &request),
            numbers_case_send(busy ? &answers : NULL, &answer),
            signals_case_recv(&stop, NULL),
        };
        switch (weir_select_until(cases, 3, weir_in(5 * 1000 * 1000))) {
        case 0:
            answer = request * request;
            busy = true;
            break;
        case 1:
            n->answered++;
            busy = false;
            break;
        case 2: return NULL; /* closed */
        default: n->ticks++; break;
        }
    }
}

int main(void) {
    pthread_t server;
    counts n = {0, 0};
    int sum = 0;
    int answer;
    if (numbers_init(&requests, 0) != WEIR_OK || numbers_init(&answers, 0) != WEIR_OK ||
        signals_init(&stop, 0) != WEIR_OK || pthread_create(&server, NULL, serve, &n) != 0)
        return 1;
    for (int i = 1; i <= 4; i++) {
        if (numbers_send(&requests, i) != WEIR_OK || numbers_recv(&answers, &answer) != WEIR_OK)
            return 1;
        sum += answer;
    }
    signals_close(&stop);
    pthread_join(server, NULL);
    numbers_destroy(&requests);
    numbers_destroy(&answers);
    signals_destroy(&stop);
    printf("%d answers, their sum is %d\n", n.answered, sum);
    return sum == 30 && n.answered == 4 ? 0 : 1;
}
