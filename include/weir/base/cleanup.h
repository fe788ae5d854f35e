/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * cleanup.h - runs the user's code with something to undo if that code does not return.
 *
 * Do this:
 *   weir_i_cleanup_run(f, arg, undo, object, on_thread);
 *
 * undo(object) is called if the thread ends inside f, by pthread_exit() or by cancellation, and if
 * a C++ exception leaves f; not if f returns. After longjmp() out of f nothing is called. In plain
 * C the system keeps a list of what is to be undone for each thread, to which a task that may move
 * to another thread must not belong: with on_thread false nothing is registered there. Where C++
 * or -fexceptions unwinds the stack instead, on_thread makes no difference.
 */
#ifndef WEIR_BASE_CLEANUP_H
#define WEIR_BASE_CLEANUP_H

#include <weir/base/config.h>

#include <pthread.h>

WEIR_I_BEGIN

#if WEIR_EXPLORE

/* Logical threads are not cancelled. */
WEIR_I_SLOW void weir_i_cleanup_run(void (*f)(void *), void *arg, void (*undo)(void *),
                                    void *object, bool on_thread) {
    (void)undo;
    (void)object;
    (void)on_thread;
    f(arg);
}

#else

WEIR_I_SLOW void weir_i_cleanup_run(void (*f)(void *), void *arg, void (*undo)(void *),
                                    void *object, bool on_thread) {
#if !defined(__EXCEPTIONS)
    if (!on_thread) {
        f(arg);
        return;
    }
#endif
    (void)on_thread;
    pthread_cleanup_push(undo, object);
    f(arg);
    pthread_cleanup_pop(0);
}

#endif

WEIR_I_END

#endif
