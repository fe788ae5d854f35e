/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * libc.h - what a program may have included before weir, and without _GNU_SOURCE: libc has then
 * decided what to declare, and weir must declare itself what it needs beyond that.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#if defined(_GNU_SOURCE) && !defined(__cplusplus)
#error "this test wants libc's headers without _GNU_SOURCE"
#endif
