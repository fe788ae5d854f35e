/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * A reserved slot is a pointer to the element's type.
 * expect gcc: incompatible return type
 * expect clang: incompatible pointer types returning
 */
#include <weir/spsc.h>

struct frame {
    float samples[64];
};
WEIR_SPSC(frames, struct frame)

#ifdef MISTAKE
double *reserve(frames *q);
double *reserve(frames *q) {
    return frames_reserve(q);
}
#else
struct frame *reserve(frames *q);
struct frame *reserve(frames *q) {
    return frames_reserve(q);
}
#endif
