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
 * The call at exit comes from pthread_key_create, which also runs for threads that C11's
 * thrd_create or C++ started, and not for the one that returns from main. A set made during exit
 * hooks runs the hook again, as POSIX says.
 */
#ifndef WEIR_BASE_LOCAL_H
#define WEIR_BASE_LOCAL_H

#include <weir/base/config.h>

#include <pthread.h>

#if WEIR_EXPLORE
WEIR_I_BEGIN
void **weir_explore_local(void *key);
WEIR_I_END
#define WEIR_I_LOCAL_SLOT(name) (*weir_explore_local(&name##_state))
#define WEIR_I_LOCAL_DECLARE(name)
#else
#define WEIR_I_LOCAL_SLOT(name) name##_slot
#define WEIR_I_LOCAL_DECLARE(name) static __thread void *name##_slot;
#endif

/* The key by which the exit hook is registered; one per WEIR_I_LOCAL. */
typedef struct weir_i_local_state {
    pthread_once_t once;
    pthread_key_t key;
    bool ok;
} weir_i_local_state;

/* Defines name_get and name_set for the enclosing translation unit. leave(pointer) runs when a
 * thread exits that has set a pointer that is not NULL. name_set returns false, and keeps the old
 * pointer, if the system has no key or no memory to remember it by. */
#define WEIR_I_LOCAL(name, leave)                                                                  \
    static weir_i_local_state name##_state = {PTHREAD_ONCE_INIT, 0, false};                        \
    WEIR_I_LOCAL_DECLARE(name)                                                                     \
    WEIR_I_FUNC void name##_exit(void *pointer) {                                                  \
        WEIR_I_LOCAL_SLOT(name) = NULL;                                                            \
        leave(pointer);                                                                            \
    }                                                                                              \
    WEIR_I_FUNC void name##_start(void) {                                                          \
        name##_state.ok = pthread_key_create(&name##_state.key, name##_exit) == 0;                 \
    }                                                                                              \
    WEIR_I_FUNC void *name##_get(void) {                                                           \
        return WEIR_I_LOCAL_SLOT(name);                                                            \
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
