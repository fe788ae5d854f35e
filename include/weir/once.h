/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * once.h - something is done once, by whoever comes first; the others wait until it is done.
 *
 * Do this:
 *   static weir_once once = WEIR_ONCE_INIT;          // or all zero
 *   weir_once_do(&once, load_tables, NULL);          // on return load_tables has returned
 * and, for what may fail, and for what has a result:
 *   status = weir_once_try(&once, connect, &server); // not WEIR_OK: the next caller tries again
 *   WEIR_ONCE_VALUE(config, struct config)
 *   const struct config *c = config_get(&the_config, read_config, "path");   // NULL: failed
 *
 * Guarantees
 *   Exactly one call runs its function to success; every call that says WEIR_OK, do included,
 *   returns after that, and sees all that it did. What a failed attempt did is seen by the next
 *   one. Once done, a call costs one plain load and a branch. Others wait (blocking); one that
 *   times out leaves nothing behind. Any thread may call anything at any time; the memory may go
 *   when no thread is inside a call.
 *   A function that calls its own once would wait for itself: panic.
 *   A function that does not return: after pthread_exit(), cancellation, or a C++ exception in code
 *   compiled as C++, the once is not done, and the next caller tries, as after a failure. After
 *   longjmp(), or if a task (wait.h) is abandoned inside, it stays running for ever.
 *
 * Invariants. I1 state is 0: not done; 1: done, for ever; else the number of who runs
 * (weir_wait_self). Only 0 is replaced by a runner, and only by the runner is its number replaced:
 * so whoever reads its own number is the runner, and calls itself.
 *
 * Orders
 *   O1 the runner stores "done", or "not done" after a failure, release: what its function did.
 *      Read by O2 and O3.
 *   O2 a call loads the state, acquire.
 *   O3 the next runner's compare-and-swap, acquire: what the failed attempt did.
 *
 * Override: WEIR_PANIC.
 * Source: Go's sync.Once, POSIX's pthread_once; try after folly's try_call_once. Different here: a
 * failure wakes one waiter, not all, and the runner's number makes recursion an error, no deadlock.
 */
#ifndef WEIR_ONCE_H
#define WEIR_ONCE_H

#include <weir/base/cleanup.h>
#include <weir/base/panic.h>
#include <weir/wait.h>

WEIR_I_BEGIN

enum { WEIR_I_ONCE_NEW = 0, WEIR_I_ONCE_DONE = 1 };

/* All zero: not done. Fields are private. */
typedef struct weir_once {
    WEIR_I_ATOMIC(uintptr_t) state; /* I1 */
    weir_event_count left;          /* who waits for the runner to leave */
} weir_once;

#define WEIR_ONCE_INIT                                                                             \
    { 0, WEIR_EVENT_COUNT_INIT }

/* True if it is done: what was done is visible then. */
WEIR_I_FAST bool weir_once_done(const weir_once *once) {
    return WEIR_I_LIKELY(weir_i_load(&once->state, acquire) == WEIR_I_ONCE_DONE); /* O2 */
}

/* -- who comes before it is done --------------------------------------------------------------- */

/* One call: what it would run, and whether it does. */
typedef struct weir_i_once_call {
    weir_once *once;
    void (*act)(void *);
    weir_status (*attempt)(void *); /* or NULL: act */
    void *arg;
    weir_status status;
    bool runs;
} weir_i_once_call;

/* True if the call needs not wait: it is done, or the call has become the runner. */
WEIR_I_SLOW bool weir_i_once_enter(void *argument) {
    weir_i_once_call *call = WEIR_I_CAST(weir_i_once_call *, argument);
    const uintptr_t self = weir_wait_self();
    uintptr_t state = weir_i_load(&call->once->state, acquire); /* O2 */
    while (state == WEIR_I_ONCE_NEW) {
        if (weir_i_compare_exchange_weak(&call->once->state, &state, self, acquire,
                                         acquire)) { /* O3, O2 */
            call->runs = true;
            return true;
        }
    }
    if (state == self)
        WEIR_PANIC("weir_once: called again by the function that it runs");
    return state == WEIR_I_ONCE_DONE;
}

/* The runner leaves. If it failed one waiter is enough: that one tries, or finds another runner,
 * and each of those leaves by here. */
WEIR_I_FUNC void weir_i_once_leave(weir_once *once, uintptr_t state) {
    weir_i_store(&once->state, state, release); /* O1 */
    weir_event_count_notify(&once->left, state == WEIR_I_ONCE_DONE ? SIZE_MAX : 1);
}

WEIR_I_FUNC void weir_i_once_run(void *argument) {
    weir_i_once_call *call = WEIR_I_CAST(weir_i_once_call *, argument);
    if (call->attempt)
        call->status = call->attempt(call->arg);
    else
        call->act(call->arg);
}

WEIR_I_FUNC void weir_i_once_abandon(void *argument) {
    weir_i_once_call *call = WEIR_I_CAST(weir_i_once_call *, argument);
    weir_i_once_leave(call->once, WEIR_I_ONCE_NEW);
}

WEIR_I_FUNC weir_status weir_i_once_call_until(weir_i_once_call *call, weir_time deadline) {
    const weir_status status =
        weir_event_count_await(&call->once->left, weir_i_once_enter, call, deadline);
    if (!call->runs)
        return status;
    weir_i_cleanup_run(weir_i_once_run, call, weir_i_once_abandon, call, !weir_wait_task_get());
    weir_i_once_leave(call->once, call->status == WEIR_OK ? WEIR_I_ONCE_DONE : WEIR_I_ONCE_NEW);
    return call->status;
}

WEIR_I_SLOW void weir_i_once_do(weir_once *once, void (*f)(void *), void *arg) {
    weir_i_once_call call = {once, f, NULL, arg, WEIR_OK, false};
    (void)weir_i_once_call_until(&call, WEIR_FOREVER);
}

WEIR_I_SLOW weir_status weir_i_once_try(weir_once *once, weir_status (*f)(void *), void *arg,
                                        weir_time deadline) {
    weir_i_once_call call = {once, NULL, f, arg, WEIR_OK, false};
    return weir_i_once_call_until(&call, deadline);
}

/* -- the calls -------------------------------------------------------------------------------- */

/* Runs f(arg), unless that or another function was run here before; waits while another runs. */
WEIR_I_FAST void weir_once_do(weir_once *once, void (*f)(void *), void *arg) {
    if (WEIR_I_UNLIKELY(!weir_once_done(once)))
        weir_i_once_do(once, f, arg);
}

/* The same for a function that can fail. WEIR_OK: done, by this call or by another. Any other
 * status is that of f, run by this call: not done, and the next caller, or one that waits, tries.
 */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_once_try(weir_once *once, weir_status (*f)(void *),
                                                       void *arg) {
    return weir_once_done(once) ? WEIR_OK : weir_i_once_try(once, f, arg, WEIR_FOREVER);
}

/* The same, and waits for others only until deadline: WEIR_TIMEOUT, another was still running. */
WEIR_I_FAST WEIR_I_NODISCARD weir_status weir_once_try_until(weir_once *once,
                                                             weir_status (*f)(void *), void *arg,
                                                             weir_time deadline) {
    return weir_once_done(once) ? WEIR_OK : weir_i_once_try(once, f, arg, deadline);
}

WEIR_I_END

/* -- the typed form --------------------------------------------------------------------------- */

/* A value of type T that is made once. name_get(v, make, arg) returns it, made by make(&value, arg)
 * if it was not there, or NULL if that returned false: the next caller tries. name_done(v) says
 * whether it is there. */
#define WEIR_ONCE_VALUE(name, T)                                                                   \
    typedef struct name {                                                                          \
        weir_once once;                                                                            \
        T value;                                                                                   \
    } name;                                                                                        \
    typedef struct name##_i_call {                                                                 \
        name *self;                                                                                \
        bool (*make)(T *, void *);                                                                 \
        void *arg;                                                                                 \
    } name##_i_call;                                                                               \
    WEIR_I_FUNC weir_status name##_i_make(void *argument_) {                                       \
        const name##_i_call *call_ = WEIR_I_CAST(const name##_i_call *, argument_);                \
        return call_->make(&call_->self->value, call_->arg) ? WEIR_OK : WEIR_AGAIN;                \
    }                                                                                              \
    WEIR_I_SLOW const T *name##_i_get(name *value_, bool (*make_)(T *, void *), void *arg_) {      \
        name##_i_call call_ = {value_, make_, arg_};                                               \
        return weir_once_try(&value_->once, name##_i_make, &call_) == WEIR_OK ? &value_->value     \
                                                                              : NULL;              \
    }                                                                                              \
    WEIR_I_FAST const T *name##_get(name *value_, bool (*make_)(T *, void *), void *arg_) {        \
        return weir_once_done(&value_->once) ? &value_->value : name##_i_get(value_, make_, arg_); \
    }                                                                                              \
    WEIR_I_FAST bool name##_done(const name *value_) {                                             \
        return weir_once_done(&value_->once);                                                      \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
