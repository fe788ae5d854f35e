/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * queue_urcu.c - the queue on liburcu (reclaim/urcu.h), for which urcu/urcu-bp.h stands in.
 */
#define WEIR_RECLAIM_URCU_BP 1
#include "queue.c"
