/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * pool.h - sequential specification of an object pool.
 *
 * An object that somebody holds is not given to anybody else, and is put back once. Which idle
 * object a get returns, and whether it makes a new one, is free.
 */
#ifndef WEIR_TESTS_SPECS_POOL_H
#define WEIR_TESTS_SPECS_POOL_H

#include "../linearize.h"

/* How to record: argument, status, value. */
enum pool_operation {
    POOL_GET, /* 0; true or false (none to be had); the object's address or number */
    POOL_PUT  /* the object; true; 0 */
};

linearize_spec pool_spec(void);

#endif
