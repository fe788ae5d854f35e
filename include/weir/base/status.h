/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * status.h - what a call that can fail returns.
 */
#ifndef WEIR_BASE_STATUS_H
#define WEIR_BASE_STATUS_H

#include <weir/base/config.h>

WEIR_I_BEGIN

typedef enum weir_status {
    WEIR_OK = 0,       /* done */
    WEIR_AGAIN = 1,    /* would have to wait: full or empty */
    WEIR_BUSY = 2,     /* lost a race to another thread; not full, not empty */
    WEIR_TIMEOUT = 3,  /* the deadline passed */
    WEIR_CANCELED = 4, /* the context was cancelled */
    WEIR_CLOSED = 5,   /* the channel is closed (and, for a receiver, drained) */
    WEIR_NOMEM = 6,    /* no memory; the object is as it was */
    WEIR_INVALID = 7   /* an argument that can never work */
} weir_status;

/* The name of a status, "WEIR_OK" and so on; "WEIR_UNKNOWN" for a value that is none. */
WEIR_I_FUNC const char *weir_status_name(weir_status status) {
    switch (status) {
    case WEIR_OK: return "WEIR_OK";
    case WEIR_AGAIN: return "WEIR_AGAIN";
    case WEIR_BUSY: return "WEIR_BUSY";
    case WEIR_TIMEOUT: return "WEIR_TIMEOUT";
    case WEIR_CANCELED: return "WEIR_CANCELED";
    case WEIR_CLOSED: return "WEIR_CLOSED";
    case WEIR_NOMEM: return "WEIR_NOMEM";
    case WEIR_INVALID: return "WEIR_INVALID";
    }
    return "WEIR_UNKNOWN";
}

WEIR_I_END

#endif
