/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * first.c - linked before the program's objects: where their globals begin. See run.c.
 */
_Alignas(64) char program_data[64] = {1};
_Alignas(64) char program_bss[64];
