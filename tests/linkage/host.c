/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * host.c - who shares the default domain with whom: the rows of docs/lifecycle.md.
 *
 *   host shared|separate [plugin.so]
 *
 * The other part is linked, or loaded with RTLD_LOCAL. Shared: one domain, and what this part
 * protects the other does not reclaim. Separate: two domains, and a domain of one's own that is
 * handed over still works across. A plugin that is loaded is unloaded while threads that were in it
 * live on.
 */
#include "plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : (fprintf(stderr, "host.c:%d: %s\n", __LINE__, #condition), exit(1)))

enum { THREADS = 4, ITEMS = 100 };

static weir_hazard_domain *(*domain_there)(void);
static void (*retire_there)(weir_hazard_domain *, plugin_item *);
static void (*work_there)(int *, int);
static void (*finish_there)(void);

/* What is protected here is retired there. True if it waited for its clear. */
static bool protection_counts(weir_hazard_domain *here, weir_hazard_domain *there) {
    static _Atomic(plugin_item *) source;
    weir_hazard h;
    int gone = 0;
    plugin_item *fresh = (plugin_item *)malloc(sizeof *fresh);
    CHECK(fresh && weir_hazard_open(&h, here) == WEIR_OK);
    fresh->gone = &gone;
    atomic_store(&source, fresh);
    plugin_item *item = WEIR_HAZARD_PROTECT(&h, &source);
    retire_there(there, item);
    const bool waited = gone == 0;
    weir_hazard_close(&h);
    weir_hazard_drain(there);
    CHECK(gone == 1);
    return waited;
}

static _Atomic(int) step;
static int gone;

static void *work(void *unused) {
    (void)unused;
    work_there(&gone, ITEMS);
    atomic_fetch_add(&step, 1);
    while (atomic_load(&step) < THREADS + 1)
        usleep(1000);
    return NULL; /* and out through the exit hook */
}

/* Threads that have used the plugin's copy leave after it was unloaded. */
static void unload_under_threads(void *object) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
    while (atomic_load(&step) < THREADS)
        usleep(1000);
    finish_there();
    CHECK(__atomic_load_n(&gone, __ATOMIC_RELAXED) == THREADS * ITEMS);
    CHECK(dlclose(object) == 0);
    atomic_fetch_add(&step, 1);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

/* The other part: what is loaded, or NULL if it is linked. */
#if LINKED
static void *other_part(int argc, char **argv) {
    (void)argv;
    CHECK(argc == 2);
    domain_there = plugin_default;
    retire_there = plugin_retire;
    work_there = plugin_work;
    finish_there = plugin_finish;
    return NULL;
}
#else
static void *other_part(int argc, char **argv) {
    CHECK(argc == 3);
    void *object = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
    if (!object)
        fprintf(stderr, "%s\n", dlerror());
    CHECK(object);
    *(void **)(void *)&domain_there = dlsym(object, "plugin_default");
    *(void **)(void *)&retire_there = dlsym(object, "plugin_retire");
    *(void **)(void *)&work_there = dlsym(object, "plugin_work");
    *(void **)(void *)&finish_there = dlsym(object, "plugin_finish");
    return object;
}
#endif

int main(int argc, char **argv) {
    static weir_hazard_domain own;
    void *object = other_part(argc, argv);
    const bool shared = strcmp(argv[1], "shared") == 0;
    CHECK((domain_there() == weir_hazard_default()) == shared);
    if (shared) {
        weir_hazard_counts counts;
        CHECK(protection_counts(weir_hazard_default(), domain_there()));
        weir_hazard_count(weir_hazard_default(), &counts);
        CHECK(counts.records == 1); /* one for the thread, not one for each part */
    }
    CHECK(protection_counts(&own, &own));
    weir_hazard_domain_destroy(&own);
    if (object)
        unload_under_threads(object);
    puts(argv[1]);
    return 0;
}
