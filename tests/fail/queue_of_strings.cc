/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What is more than its bytes is not copied as bytes.
 * expect: an element travels as bytes
 */
#include <weir/queue.h>

#include <string>

#ifdef MISTAKE
typedef std::string text;
#else
typedef std::string *text;
#endif
WEIR_QUEUE(texts, text)

bool idle(const texts *q);
bool idle(const texts *q) {
    return texts_empty(q);
}
