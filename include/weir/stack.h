/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * stack.h - an unbounded last-in first-out stack for any number of threads.
 *
 * Do this:
 *   WEIR_STACK(jobs, struct job)
 *   jobs s;
 *   if (jobs_init(&s) != WEIR_OK) ...;
 *   if (jobs_push(&s, job) != WEIR_OK) ...;   // any thread: WEIR_NOMEM
 *   if (jobs_try_pop(&s, &job)) ...;          // any thread: false, empty
 *   jobs_destroy(&s);                         // when no thread is inside any more
 *
 * Guarantees
 *   push and try_pop are lock-free, but for the allocator in push, and linearizable (one that lost
 * a race pauses for some microseconds at most): empty means that at one instant within the call
 * nothing was inside. Memory: a node of 4 pointers and the element for each element inside; and
 * what was popped and not yet reclaimed, at most the bound of hazard.h for all stacks and queues
 * together. Any number of threads may be in push, try_pop and empty at once; init and destroy stand
 * alone. No call may come from a signal handler. A child of fork() may use a stack whatever the
 * other threads were doing.
 *
 * Invariants. I1 head is the last node pushed that is not popped, next the one before. I2 who moves
 * head from a node to its next owns the node. I3 next does not change while the node can be found,
 * and a node that is protected does not come back: so a head that is the same has the same next.
 *
 * Orders
 *   O1 push moves head, release: the element and next.  Read by the acquire of the guard's protect
 *      (hazard.h).
 *   O2 pop moves head, release: what the thread did before, to other objects too. A pop that finds
 *      nothing fences and looks again: that acquires what others had done before they left nothing,
 *      and of two threads that each push to one stack and then find another empty, one sees the
 *      other's push (fence.h: publish, then look).
 *
 * Not for: a fixed number of nodes of the caller's (no header yet); much contention: all calls meet
 * at one word, where queue.h spreads them. Override: WEIR_RECLAIM_URCU_MEMB, WEIR_RECLAIM_URCU_BP
 * (reclaim/urcu.h). Source: R. K. Treiber, Coping with Parallelism (1986); hazard pointers against
 * ABA (Michael 2004).
 */
#ifndef WEIR_STACK_H
#define WEIR_STACK_H

#include <weir/base/alloc.h>
#include <weir/base/atomic.h>
#include <weir/base/copy.h>
#include <weir/base/cpu.h>
#include <weir/base/fence.h>
#include <weir/base/status.h>
#if defined(WEIR_RECLAIM_URCU_MEMB) || defined(WEIR_RECLAIM_URCU_BP)
#include <weir/reclaim/urcu.h>
#else
#include <weir/reclaim/hazard.h>
#endif

WEIR_I_BEGIN

typedef struct weir_i_stack_node {
    weir_i_reclaim_node reclaim; /* the first member */
    struct weir_i_stack_node *next;
} weir_i_stack_node;

/* Where the element lies in its node, and how large that is. Constants in typed code. */
typedef struct weir_i_stack_cell {
    size_t size;   /* of the element */
    size_t offset; /* of the element in the node */
    size_t node;   /* of the whole */
    size_t align;
} weir_i_stack_cell;

/* The raw stack: elements of a size known at run time. Fields are private. */
typedef struct weir_stack {
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) WEIR_I_ATOMIC(weir_i_stack_node *) head; /* I1 */
    /* Never written after init. */
    WEIR_I_ALIGNED(WEIR_CACHE_LINE) weir_allocator allocator;
    bool standard; /* the default one: nodes need no stack to be freed */
    weir_i_stack_cell cell;
    /* Of nodes that need this stack's allocator. */
    weir_i_reclaim_group group;
} weir_stack;

/* The layout for elements of a size and an alignment (a power of two). */
WEIR_I_FAST weir_i_stack_cell weir_i_stack_cell_of(size_t size, size_t align) {
    const size_t head = sizeof(weir_i_stack_node);
    const size_t unit = align > sizeof(void *) ? align : sizeof(void *);
    weir_i_stack_cell cell = {size, (head + align - 1) & ~(align - 1), 0, unit};
    cell.node = (cell.offset + size + unit - 1) & ~(unit - 1);
    return cell;
}

/* -- push ------------------------------------------------------------------------------------- */

/* How long a lost race makes a thread wait at first and at most, in pauses: one microsecond, and
 * five to ten. */
enum { WEIR_I_STACK_LEAST_PAUSES = 32, WEIR_I_STACK_MOST_PAUSES = 256 };

WEIR_I_FAST weir_status weir_i_stack_push(weir_stack *stack, const void *element,
                                          weir_i_stack_cell cell) {
    weir_i_stack_node *node =
        WEIR_I_CAST(weir_i_stack_node *,
                    WEIR_I_LIKELY(stack->standard)
                        ? weir_i_default_alloc(cell.node, cell.align, NULL)
                        : stack->allocator.alloc(cell.node, cell.align, stack->allocator.ctx));
    unsigned pauses = WEIR_I_STACK_LEAST_PAUSES;
    if (WEIR_I_UNLIKELY(!node))
        return WEIR_NOMEM;
    weir_i_copy((unsigned char *)node + cell.offset, element, cell.size);
    node->next = weir_i_load(&stack->head, relaxed);
    while (WEIR_I_UNLIKELY(!weir_i_compare_exchange_weak(&stack->head, &node->next, node, release,
                                                         relaxed))) { /* O1 */
        pauses = weir_i_back_off(pauses, WEIR_I_STACK_MOST_PAUSES);
        node->next = weir_i_load(&stack->head, relaxed);
    }
    return WEIR_OK;
}

/* -- pop -------------------------------------------------------------------------------------- */

WEIR_I_FUNC void weir_i_stack_free_standard(weir_i_reclaim_node *node) {
    weir_i_default_free(node, 0, NULL);
}

WEIR_I_FUNC void weir_i_stack_free(weir_i_reclaim_node *node) {
    unsigned char *group = (unsigned char *)weir_i_reclaim_group_of(node);
    const weir_stack *stack =
        (const weir_stack *)(const void *)(group - offsetof(weir_stack, group));
    stack->allocator.free(node, stack->cell.node, stack->allocator.ctx);
}

/* Nothing inside? Behind a fence: what a push of this thread published, others see by now. */
WEIR_I_FUNC bool weir_i_stack_is_empty(const weir_stack *stack) {
    if (weir_i_load(&stack->head, relaxed))
        return false;
    weir_i_fence_store_load();
    return !weir_i_load(&stack->head, relaxed);
}

/* Takes the topmost node; NULL: empty. */
WEIR_I_FAST weir_i_stack_node *weir_i_stack_take(weir_stack *stack) {
    const weir_i_guard guard = weir_i_guard_enter();
    unsigned pauses = WEIR_I_STACK_LEAST_PAUSES;
    weir_i_stack_node *node;
    for (;;) {
        node = WEIR_I_GUARD_PROTECT(&guard, &stack->head);
        if (WEIR_I_UNLIKELY(!node)) {
            if (weir_i_stack_is_empty(stack))
                break;
            continue;
        }
        weir_i_stack_node *seen = node;
        if (WEIR_I_LIKELY(weir_i_compare_exchange_weak(&stack->head, &seen, node->next, release,
                                                       relaxed))) /* O2; I2, I3 */
            break;
        pauses = weir_i_back_off(pauses, WEIR_I_STACK_MOST_PAUSES);
    }
    weir_i_guard_leave(guard);
    return node;
}

WEIR_I_FAST bool weir_i_stack_pop(weir_stack *stack, void *element, weir_i_stack_cell cell) {
    weir_i_stack_node *node = weir_i_stack_take(stack);
    if (!node)
        return false;
    weir_i_copy(element, (unsigned char *)node + cell.offset, cell.size);
    if (WEIR_I_LIKELY(stack->standard))
        weir_i_reclaim(&node->reclaim, weir_i_stack_free_standard);
    else
        weir_i_reclaim_in(&stack->group, &node->reclaim, weir_i_stack_free, 1);
    return true;
}

/* -- life ------------------------------------------------------------------------------------- */

/* Makes stack an empty stack for elements of size bytes, aligned to align, whose nodes come from
 * allocator (NULL: the default). WEIR_INVALID if size is 0 or too large or align no power of two.
 * Only on WEIR_OK is there something to destroy. */
WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_stack_init_raw_with(weir_stack *stack, size_t size,
                                                                  size_t align,
                                                                  const weir_allocator *allocator) {
    const size_t most = PTRDIFF_MAX / 4;
    if (size == 0 || size > most || align == 0 || align > most || (align & (align - 1)) != 0)
        return WEIR_INVALID;
    weir_i_store(&stack->head, NULL, relaxed);
    stack->cell = weir_i_stack_cell_of(size, align);
    stack->standard = !allocator;
    stack->allocator = weir_i_allocator(allocator);
    weir_i_reclaim_group_init(&stack->group);
    return WEIR_OK;
}

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_stack_init_raw(weir_stack *stack, size_t size,
                                                             size_t align) {
    return weir_stack_init_raw_with(stack, size, align, NULL);
}

/* Gives the memory back. Elements still inside are dropped. No thread may be inside any call. With
 * an allocator of the caller's it waits until popped nodes are freed to it, too. */
WEIR_I_FUNC void weir_stack_destroy(weir_stack *stack) {
    weir_i_stack_node *node = weir_i_load(&stack->head, relaxed);
    while (node) {
        weir_i_stack_node *next = node->next;
        stack->allocator.free(node, stack->cell.node, stack->allocator.ctx);
        node = next;
    }
    weir_i_store(&stack->head, NULL, relaxed);
    weir_i_reclaim_group_drain(&stack->group);
}

/* True if there was nothing inside at one instant within the call. */
WEIR_I_FUNC bool weir_stack_empty(const weir_stack *stack) {
    return weir_i_stack_is_empty(stack);
}

/* -- elements of a run-time size -------------------------------------------------------------- */

/* Each takes the size given to init again, and reads or writes that many bytes at element. */

WEIR_I_FUNC WEIR_I_NODISCARD weir_status weir_stack_push_raw(weir_stack *stack, const void *element,
                                                             size_t size) {
    weir_i_stack_cell cell = stack->cell;
    cell.size = size;
    return weir_i_stack_push(stack, element, cell);
}

WEIR_I_FUNC bool weir_stack_try_pop_raw(weir_stack *stack, void *element, size_t size) {
    weir_i_stack_cell cell = stack->cell;
    cell.size = size;
    return weir_i_stack_pop(stack, element, cell);
}

WEIR_I_END

/* -- typed stacks ----------------------------------------------------------------------------- */

/* WEIR_STACK(name, T): the type `name`, a stack of T, and its functions.
 *   weir_status name_init(name *)
 *   weir_status name_init_with(name *, const weir_allocator *)
 *   void        name_destroy(name *)
 *   weir_status name_push(name *, T)                   WEIR_NOMEM: the value stays the caller's
 *   bool        name_try_pop(name *, T *)              false: empty, nothing is written
 *   bool        name_empty(const name *)
 * Cost of a push: an allocation and one locked instruction; of a pop: two, and the reclamation. */
#define WEIR_STACK(name, T)                                                                        \
    WEIR_I_ELEMENT(name, T);                                                                       \
    typedef struct name {                                                                          \
        weir_stack raw;                                                                            \
    } name;                                                                                        \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(name *stack_,                        \
                                                              const weir_allocator *allocator_) {  \
        return weir_stack_init_raw_with(&stack_->raw, sizeof(T), WEIR_I_ALIGNOF(T), allocator_);   \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *stack_) {                           \
        return name##_init_with(stack_, NULL);                                                     \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *stack_) {                                                \
        weir_stack_destroy(&stack_->raw);                                                          \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_push(name *stack_, T value_) {                 \
        return weir_i_stack_push(&stack_->raw, &value_,                                            \
                                 weir_i_stack_cell_of(sizeof(T), WEIR_I_ALIGNOF(T)));              \
    }                                                                                              \
    WEIR_I_FAST bool name##_try_pop(name *stack_, T *out_) {                                       \
        return weir_i_stack_pop(&stack_->raw, out_,                                                \
                                weir_i_stack_cell_of(sizeof(T), WEIR_I_ALIGNOF(T)));               \
    }                                                                                              \
    WEIR_I_FUNC bool name##_empty(const name *stack_) {                                            \
        return weir_stack_empty(&stack_->raw);                                                     \
    }                                                                                              \
    WEIR_I_SEMICOLON

#endif
