// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

//go:build amd64 || arm64

// Package pause has the processor's hint that a thread waits, which Go keeps to itself.
package pause

// Pause is one such instruction.
//
//go:noescape
func Pause()
