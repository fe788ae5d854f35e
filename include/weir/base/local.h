/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * local.h - one pointer per thread, and a call when the thread leaves.
 *
 * Do this:
 *   static void record_leave(void *record);      // called at the thread's exit
 *   WEIR_I_LOCAL(record_local, record_leave)
 *   record *r = record_local_get();              // NULL until set in this thread
 *   if (!r && !record_local_set(r = record_new())) ... out of memory
 *
 * What a thread owns lives on the heap and is found through this pointer; the address of the
 * thread-local itself is never published. So a checker whose threads share one OS thread replaces
 * two functions, and no other thread can hold an address that dies with this one.
 *
 * WEIR_I_LOCAL is one pointer per thread and translation unit; WEIR_I_LOCAL_SHARED one per thread
 * and process, as far as WEIR_STATE in config.h carries.
 *
 * The call at exit comes from pthread_key_create, which also runs for threads that C11's
 * thrd_create or C++ started, and not for the one that returns from main. A set made during exit
 * hooks runs the hook again, as POSIX says. A thread may leave after dlclose has unloaded the
 * object whose hook it would call, and a hook that runs in one thread cannot be recalled from
 * another: so the first set pins its object in memory, and dlclose of it only counts down.
 */
#ifndef WEIR_BASE_LOCAL_H
#define WEIR_BASE_LOCAL_H

#include <weir/base/config.h>

#include <pthread.h>

WEIR_I_BEGIN

/* The key by which the exit hook is registered; one per WEIR_I_LOCAL. */
typedef struct weir_i_local_state {
    pthread_once_t once;
    pthread_key_t key;
    bool ok;
} weir_i_local_state;

#if WEIR_EXPLORE

void **weir_explore_local(void *key);
#define WEIR_I_LOCAL_SLOT(name) (*weir_explore_local(&name##_state))
#define WEIR_I_LOCAL_DECLARE(name)
#define WEIR_I_LOCAL_DECLARE_SHARED(name)

#else

#define WEIR_I_LOCAL_SLOT(name) name##_slot
#define WEIR_I_LOCAL_DECLARE(name) static __thread void *name##_slot;
#define WEIR_I_LOCAL_DECLARE_SHARED(name) WEIR_I_STATE(__thread void *, name##_slot, NULL);

#endif

#if defined(__linux__) && !WEIR_EXPLORE

/* Under names of our own: libc shows them to some programs only, and old ones keep them in a
 * library that a static or a never dlopening program lacks. */
typedef struct weir_i_object {
    const char *file;
    void *base;
    const char *symbol;
    void *address;
} weir_i_object;
extern int weir_i_dladdr(const void *address, weir_i_object *object) __asm__("dladdr")
    __attribute__((weak));
extern void *weir_i_dlopen(const char *file, int mode) __asm__("dlopen") __attribute__((weak));
extern char *weir_i_dlerror(void) __asm__("dlerror") __attribute__((weak));

/* The object that holds this address stays in memory until the process ends. */
WEIR_I_FUNC void weir_i_local_pin(const void *address) {
    const int mode = 0x1 | 0x4 | 0x1000; /* RTLD_LAZY, RTLD_NOLOAD, RTLD_NODELETE */
    weir_i_object object;
    if (weir_i_dladdr && weir_i_dlopen && weir_i_dlerror && weir_i_dladdr(address, &object) != 0 &&
        !weir_i_dlopen(object.file, mode))
        (void)weir_i_dlerror(); /* the program itself: not for the user to see */
}

#else

WEIR_I_FUNC void weir_i_local_pin(const void *address) {
    (void)address;
}

#endif

WEIR_I_END

#define WEIR_I_LOCAL_INIT                                                                          \
    { PTHREAD_ONCE_INIT, 0, false }

/* Defines name_get, name_set, name_point and name_self for the enclosing translation unit.
 * leave(pointer) runs when a thread exits that has set a pointer that is not NULL. name_set returns
 * false, and keeps the old pointer, if the system has no key or no memory to remember it by.
 * name_point changes what name_get returns and not what leave gets. name_self is an address to tell
 * live threads apart, not to be used as one. */
#define WEIR_I_LOCAL(name, leave)                                                                  \
    static weir_i_local_state name##_state = WEIR_I_LOCAL_INIT;                                    \
    WEIR_I_LOCAL_DECLARE(name)                                                                     \
    WEIR_I_LOCAL_CALLS(name, leave)
#define WEIR_I_LOCAL_SHARED(name, leave)                                                           \
    WEIR_I_STATE(weir_i_local_state, name##_state, WEIR_I_LOCAL_INIT);                             \
    WEIR_I_LOCAL_DECLARE_SHARED(name)                                                              \
    WEIR_I_LOCAL_CALLS(name, leave)

#define WEIR_I_LOCAL_CALLS(name, leave)                                                            \
    WEIR_I_FUNC void name##_exit(void *pointer) {                                                  \
        WEIR_I_LOCAL_SLOT(name) = NULL;                                                            \
        leave(pointer);                                                                            \
    }                                                                                              \
    WEIR_I_FUNC void name##_start(void) {                                                          \
        static const char here = 0; /* of the object that has the hook */                          \
        name##_state.ok = pthread_key_create(&name##_state.key, name##_exit) == 0;                 \
        weir_i_local_pin(&here);                                                                   \
    }                                                                                              \
    WEIR_I_FUNC void *name##_get(void) {                                                           \
        return WEIR_I_LOCAL_SLOT(name);                                                            \
    }                                                                                              \
    WEIR_I_FUNC const void *name##_self(void) {                                                    \
        return &WEIR_I_LOCAL_SLOT(name);                                                           \
    }                                                                                              \
    WEIR_I_FUNC void name##_point(void *pointer) {                                                 \
        WEIR_I_LOCAL_SLOT(name) = pointer;                                                         \
    }                                                                                              \
    WEIR_I_FUNC bool name##_set(void *pointer) {                                                   \
        (void)pthread_once(&name##_state.once, name##_start);                                      \
        if (!name##_state.ok || pthread_setspecific(name##_state.key, pointer) != 0)               \
            return false;                                                                          \
        WEIR_I_LOCAL_SLOT(name) = pointer;                                                         \
        return true;                                                                               \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
