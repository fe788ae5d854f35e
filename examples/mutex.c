/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * mutex.c - accounts, each with a lock of one word: transfers between them, and one that gives up.
 *
 * Two accounts are locked in the order of their addresses, so that no two transfers wait for each
 * other.
 */
#include <weir/mutex.h>

#include <pthread.h>
#include <stdio.h>

enum { ACCOUNTS = 8, CLERKS = 4, TRANSFERS = 1000 };

typedef struct account {
    weir_mutex mutex;
    long balance;
} account;

static account bank[ACCOUNTS]; /* zeroed: all mutexes are free */

static void transfer(account *from, account *to, long amount) {
    account *first = from < to ? from : to;
    account *second = from < to ? to : from;
    if (from == to)
        return;
    weir_mutex_lock(&first->mutex);
    weir_mutex_lock(&second->mutex);
    from->balance -= amount;
    to->balance += amount;
    weir_mutex_unlock(&second->mutex);
    weir_mutex_unlock(&first->mutex);
}

static void *work(void *argument) {
    const unsigned me = *(const unsigned *)argument;
    for (unsigned i = 0; i < TRANSFERS; i++)
        transfer(&bank[(i + me) % ACCOUNTS], &bank[i * (me + 3) % ACCOUNTS], (long)(i % 10));
    return NULL;
}

int main(void) {
    pthread_t threads[CLERKS];
    unsigned numbers[CLERKS];
    long sum = 0;
    for (int i = 0; i < ACCOUNTS; i++)
        bank[i].balance = 100;
    for (unsigned i = 0; i < CLERKS; i++) {
        numbers[i] = i;
        if (pthread_create(&threads[i], NULL, work, &numbers[i]) != 0)
            return 1;
    }
    for (int i = 0; i < CLERKS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < ACCOUNTS; i++)
        sum += bank[i].balance;
    weir_mutex_lock(&bank[0].mutex);
    const weir_status status = weir_mutex_lock_until(&bank[0].mutex, weir_in(1000 * 1000));
    weir_mutex_unlock(&bank[0].mutex);
    printf("%ld in all, locking it again: %s\n", sum, weir_status_name(status));
    return sum == 100 * ACCOUNTS && status == WEIR_TIMEOUT ? 0 : 1;
}
