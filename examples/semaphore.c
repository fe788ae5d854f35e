/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * semaphore.c - jobs of different sizes share a memory of 100 units; the largest gets its turn.
 */
#include <weir/semaphore.h>

#include <pthread.h>
#include <stdio.h>

enum { UNITS = 100, JOBS = 12 };

static weir_semaphore memory;
static WEIR_I_ATOMIC(unsigned) used;
static WEIR_I_ATOMIC(unsigned) most;

static void *run(void *argument) {
    const uint32_t size = *(const uint32_t *)argument;
    for (int i = 0; i < 100; i++) {
        weir_semaphore_acquire(&memory, size);
        const unsigned now = weir_i_fetch_add(&used, size, relaxed) + size;
        if (now > weir_i_load(&most, relaxed))
            weir_i_store(&most, now, relaxed);
        weir_i_fetch_sub(&used, size, relaxed);
        weir_semaphore_release(&memory, size);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[JOBS];
    uint32_t sizes[JOBS];
    if (weir_semaphore_init(&memory, UNITS) != WEIR_OK)
        return 1;
    for (uint32_t i = 0; i < JOBS; i++) {
        sizes[i] = i == 0 ? UNITS : i * 5;
        if (pthread_create(&threads[i], NULL, run, &sizes[i]) != 0)
            return 1;
    }
    for (int i = 0; i < JOBS; i++)
        pthread_join(threads[i], NULL);
    const weir_status status = weir_semaphore_acquire_until(&memory, UNITS + 1, WEIR_FOREVER);
    printf("never more than %u of %d units; one more: %s\n", weir_i_load(&most, relaxed), UNITS,
           weir_status_name(status));
    return weir_i_load(&most, relaxed) <= UNITS && status == WEIR_INVALID ? 0 : 1;
}
