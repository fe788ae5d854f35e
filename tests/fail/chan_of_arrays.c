/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * An array does not travel by value.
 * expect gcc: declared as function returning an array
 * expect clang: function cannot return array type
 */
#include <weir/chan.h>

#ifdef MISTAKE
typedef char name[16];
#else
typedef struct name {
    char text[16];
} name;
#endif
WEIR_CHAN(names, name)

size_t count(names *ch);
size_t count(names *ch) {
    return names_len(ch);
}
