/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What is more than its bytes is not copied as bytes.
 * expect: an element travels as bytes
 */
#include <weir/lfring.h>

#include <string>

#ifdef MISTAKE
typedef std::string text;
#else
typedef std::string *text;
#endif
WEIR_LFRING(texts, text)

size_t count(const texts *q);
size_t count(const texts *q) {
    return texts_len(q);
}
