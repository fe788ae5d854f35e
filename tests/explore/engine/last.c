/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * last.c - linked after the program's objects: where their globals end. See run.c.
 */
_Alignas(64) char program_data_end[64] = {1};
_Alignas(64) char program_bss_end[64];
