/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * What is more than its bytes does not travel.
 * expect: weir: an element travels as bytes
 */
#include <weir/chan.h>

#include <string>

#ifdef MISTAKE
WEIR_CHAN(strings, std::string)
#else
WEIR_CHAN(strings, const char *)
#endif

std::size_t count(strings *ch);
std::size_t count(strings *ch) {
    return strings_len(ch);
}
