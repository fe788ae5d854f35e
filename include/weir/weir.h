/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * weir.h - all of weir. Each header also stands alone.
 */
#ifndef WEIR_WEIR_H
#define WEIR_WEIR_H

#include <weir/cond.h>
#include <weir/mutex.h>
#include <weir/ring.h>
#include <weir/rwmutex.h>
#include <weir/semaphore.h>
#include <weir/spsc.h>
#include <weir/wait.h>

#include <weir/base/clock.h>

#define WEIR_VERSION_MAJOR 0
#define WEIR_VERSION_MINOR 1
#define WEIR_VERSION_PATCH 0

#endif
