/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * chan/typed.h - the functions that WEIR_CHAN of chan.h makes. No logic.
 */
#ifndef WEIR_CHAN_TYPED_H
#define WEIR_CHAN_TYPED_H

#include <weir/chan/message.h>

#define WEIR_I_CHAN_CELL(T) weir_i_ring_cell_of(sizeof(T), WEIR_I_ALIGNOF(T))
#define WEIR_I_CHAN_RAW(ch) ((ch) ? &(ch)->raw : NULL)

#define WEIR_I_CHAN_LIFE(name, T)                                                                  \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_with(name *ch_, size_t capacity_,         \
                                                              const weir_allocator *allocator_) {  \
        ch_->dispose = NULL;                                                                       \
        return weir_chan_init_raw_with(&ch_->raw, capacity_, sizeof(T), WEIR_I_ALIGNOF(T),         \
                                       allocator_);                                                \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init(name *ch_, size_t capacity_) {            \
        return name##_init_with(ch_, capacity_, NULL);                                             \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_init_in(name *ch_, size_t capacity_,           \
                                                            void *storage_, size_t bytes_) {       \
        ch_->dispose = NULL;                                                                       \
        return weir_chan_init_raw_in(&ch_->raw, capacity_, sizeof(T), WEIR_I_ALIGNOF(T), storage_, \
                                     bytes_);                                                      \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_storage(size_t capacity_) {                                          \
        size_t bytes_ = 0;                                                                         \
        size_t align_;                                                                             \
        (void)weir_chan_needs(capacity_, sizeof(T), WEIR_I_ALIGNOF(T), &bytes_, &align_);          \
        return bytes_;                                                                             \
    }                                                                                              \
    WEIR_I_FUNC void name##_set_dispose(name *ch_, void (*dispose_)(T *)) {                        \
        if (ch_)                                                                                   \
            ch_->dispose = dispose_;                                                               \
    }                                                                                              \
    WEIR_I_FUNC void name##_destroy(name *ch_) {                                                   \
        if (!ch_)                                                                                  \
            return;                                                                                \
        weir_i_chan_settle(&ch_->raw);                                                             \
        for (T * left_; ch_->dispose && (left_ = WEIR_I_CAST(T *, weir_i_chan_oldest(&ch_->raw))); \
             weir_i_chan_drop(&ch_->raw))                                                          \
            ch_->dispose(left_);                                                                   \
        weir_i_chan_free(&ch_->raw);                                                               \
    }                                                                                              \
    WEIR_I_FUNC weir_status name##_close(name *ch_) {                                              \
        return weir_chan_close(WEIR_I_CHAN_RAW(ch_));                                              \
    }                                                                                              \
    WEIR_I_FUNC bool name##_closed(const name *ch_) {                                              \
        return weir_chan_closed(WEIR_I_CHAN_RAW(ch_));                                             \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_len(const name *ch_) {                                               \
        return weir_chan_len(WEIR_I_CHAN_RAW(ch_));                                                \
    }                                                                                              \
    WEIR_I_FUNC size_t name##_capacity(const name *ch_) {                                          \
        return weir_chan_capacity(WEIR_I_CHAN_RAW(ch_));                                           \
    }

#define WEIR_I_CHAN_CALLS(name, T)                                                                 \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_send_until(name *ch_, T value_,                \
                                                               weir_time deadline_) {              \
        return weir_i_chan_send(WEIR_I_CHAN_RAW(ch_), &value_, WEIR_I_CHAN_CELL(T), deadline_,     \
                                WEIR_TIMEOUT);                                                     \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_send(name *ch_, T value_) {                    \
        return name##_send_until(ch_, value_, WEIR_FOREVER);                                       \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_try_send(name *ch_, T value_) {                \
        return weir_i_chan_send(WEIR_I_CHAN_RAW(ch_), &value_, WEIR_I_CHAN_CELL(T), WEIR_NOW,      \
                                WEIR_AGAIN);                                                       \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_recv_until(name *ch_, T *out_,                 \
                                                               weir_time deadline_) {              \
        return weir_i_chan_recv(WEIR_I_CHAN_RAW(ch_), out_, WEIR_I_CHAN_CELL(T), deadline_,        \
                                WEIR_TIMEOUT);                                                     \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_recv(name *ch_, T *out_) {                     \
        return name##_recv_until(ch_, out_, WEIR_FOREVER);                                         \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_try_recv(name *ch_, T *out_) {                 \
        return weir_i_chan_recv(WEIR_I_CHAN_RAW(ch_), out_, WEIR_I_CHAN_CELL(T), WEIR_NOW,         \
                                WEIR_AGAIN);                                                       \
    }                                                                                              \
    WEIR_I_FUNC weir_case name##_case_recv(name *ch_, T *out_) {                                   \
        return weir_chan_case_recv_raw(WEIR_I_CHAN_RAW(ch_), out_);                                \
    }                                                                                              \
    WEIR_I_FUNC weir_case name##_case_send(name *ch_, T const *value_) {                           \
        return weir_chan_case_send_raw(WEIR_I_CHAN_RAW(ch_), value_);                              \
    }

#define WEIR_I_CHAN_BATCHES(name, T)                                                               \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_send_n_until(                                  \
        name *ch_, T const *values_, size_t n_, size_t *went_, weir_time deadline_) {              \
        return weir_i_chan_batch(WEIR_I_CHAN_RAW(ch_), true, (void *)(uintptr_t)values_, n_, n_,   \
                                 went_, deadline_, WEIR_TIMEOUT);                                  \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_send_n(name *ch_, T const *values_, size_t n_, \
                                                           size_t *went_) {                        \
        return name##_send_n_until(ch_, values_, n_, went_, WEIR_FOREVER);                         \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_try_send_n(name *ch_, T const *values_,        \
                                                               size_t n_, size_t *went_) {         \
        return weir_i_chan_batch(WEIR_I_CHAN_RAW(ch_), true, (void *)(uintptr_t)values_, n_,       \
                                 n_ > 0, went_, WEIR_NOW, WEIR_AGAIN);                             \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_recv_n_until(                                  \
        name *ch_, T *out_, size_t n_, size_t *came_, weir_time deadline_) {                       \
        return weir_i_chan_batch(WEIR_I_CHAN_RAW(ch_), false, out_, n_, n_ > 0, came_, deadline_,  \
                                 WEIR_TIMEOUT);                                                    \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_recv_n(name *ch_, T *out_, size_t n_,          \
                                                           size_t *came_) {                        \
        return name##_recv_n_until(ch_, out_, n_, came_, WEIR_FOREVER);                            \
    }                                                                                              \
    WEIR_I_FUNC WEIR_I_NODISCARD weir_status name##_try_recv_n(name *ch_, T *out_, size_t n_,      \
                                                               size_t *came_) {                    \
        return weir_i_chan_batch(WEIR_I_CHAN_RAW(ch_), false, out_, n_, n_ > 0, came_, WEIR_NOW,   \
                                 WEIR_AGAIN);                                                      \
    }

#define WEIR_I_CHAN_VIEWS(name, T)                                                                 \
    typedef struct name##_sender {                                                                 \
        name *ch_;                                                                                 \
    } name##_sender;                                                                               \
    typedef struct name##_receiver {                                                               \
        name *ch_;                                                                                 \
    } name##_receiver;                                                                             \
    WEIR_I_FUNC name##_sender name##_as_sender(name *ch_) {                                        \
        const name##_sender view_ = {ch_};                                                         \
        return view_;                                                                              \
    }                                                                                              \
    WEIR_I_FUNC name##_receiver name##_as_receiver(name *ch_) {                                    \
        const name##_receiver view_ = {ch_};                                                       \
        return view_;                                                                              \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_sender_send(name##_sender to_, T value_) {     \
        return name##_send(to_.ch_, value_);                                                       \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_sender_try_send(name##_sender to_, T value_) { \
        return name##_try_send(to_.ch_, value_);                                                   \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_sender_send_until(name##_sender to_, T value_, \
                                                                      weir_time deadline_) {       \
        return name##_send_until(to_.ch_, value_, deadline_);                                      \
    }                                                                                              \
    WEIR_I_FUNC weir_status name##_sender_close(name##_sender to_) {                               \
        return name##_close(to_.ch_);                                                              \
    }                                                                                              \
    WEIR_I_FUNC weir_case name##_sender_case(name##_sender to_, T const *value_) {                 \
        return name##_case_send(to_.ch_, value_);                                                  \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_receiver_recv(name##_receiver from_,           \
                                                                  T *out_) {                       \
        return name##_recv(from_.ch_, out_);                                                       \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_receiver_try_recv(name##_receiver from_,       \
                                                                      T *out_) {                   \
        return name##_try_recv(from_.ch_, out_);                                                   \
    }                                                                                              \
    WEIR_I_FAST WEIR_I_NODISCARD weir_status name##_receiver_recv_until(                           \
        name##_receiver from_, T *out_, weir_time deadline_) {                                     \
        return name##_recv_until(from_.ch_, out_, deadline_);                                      \
    }                                                                                              \
    WEIR_I_FUNC weir_case name##_receiver_case(name##_receiver from_, T *out_) {                   \
        return name##_case_recv(from_.ch_, out_);                                                  \
    }

#endif
