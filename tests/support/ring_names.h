/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * ring_names.h - ring.h and lfring.h promise much the same: what is asked of both is written once,
 * in a file rings.h, and ring.c and lfring.c include it after they said which they are:
 *
 *   #include <weir/lfring.h>
 *   #define RING lfring
 *   #define RING_OF WEIR_LFRING
 *   #define RING_TAIL claimed // the next push's ticket
 *   #include "rings.h"
 */
#ifndef WEIR_TESTS_RING_NAMES_H
#define WEIR_TESTS_RING_NAMES_H

#define RING_GLUE(a, b, c) RING_GLUE_NOW(a, b, c)
#define RING_GLUE_NOW(a, b, c) a##b##c

#define RING_TEXT(ring) RING_TEXT_NOW(ring)
#define RING_TEXT_NOW(ring) #ring

#define RING_NAME RING_TEXT(RING)
#define RING_RAW RING_GLUE(weir_, RING, )                       /* the raw type */
#define RING_CALL(function) RING_GLUE(weir_, RING, _##function) /* a function on it */
#define RING_START RING_GLUE(weir_i_, RING, _start)

#endif
