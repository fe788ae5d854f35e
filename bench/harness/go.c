/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors */
#include "go.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* What peers/go/main.go exports. */
static struct {
    uintptr_t (*create)(const char *name, size_t capacity);
    void (*destroy)(uintptr_t object);
    int (*find)(const char *name);
    void (*run)(int number, void *turn);
} go;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "\nbench: peers in Go: %s: %s\n", what, why);
    exit(1);
}

/* POSIX lets a function's address go through void *; C does not. */
static void *symbol(void *library, const char *name) {
    void *const address = dlsym(library, name);
    if (!address)
        fail(name, dlerror());
    return address;
}

/* Go's runtime starts here. It cannot be closed. */
static void open_library(void) {
    void *const library = dlopen(BENCH_GO_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        fail("cannot be opened", dlerror());
    *(void **)&go.create = symbol(library, "bench_go_create");
    *(void **)&go.destroy = symbol(library, "bench_go_destroy");
    *(void **)&go.find = symbol(library, "bench_go_find");
    *(void **)&go.run = symbol(library, "bench_go_run");
}

void *bench_go_new(const char *name, size_t capacity) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    const uintptr_t handle = go.create(name, capacity);
    if (handle == 0)
        fail(name, "no such object");
    return (void *)handle; /* an index that Go gives out: nothing to look at */
}

void bench_go_delete(void *object) {
    go.destroy((uintptr_t)object);
}

void bench_go_turn(const char *name, int *number, bench_turn *turn) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int known = __atomic_load_n(number, __ATOMIC_ACQUIRE); /* one more than Go's */
    if (known == 0) {
        pthread_mutex_lock(&lock);
        known = *number ? *number : go.find(name) + 1;
        __atomic_store_n(number, known, __ATOMIC_RELEASE);
        pthread_mutex_unlock(&lock);
        if (known == 0)
            fail(name, "no such loop");
    }
    go.run(known - 1, turn);
}
