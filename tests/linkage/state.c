/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * state.c - the one translation unit that holds the state, where the others say WEIR_STATE_EXTERN.
 */
#define WEIR_STATE
#include <weir/hazard.h>
