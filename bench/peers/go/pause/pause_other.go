// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

//go:build !amd64 && !arm64

package pause

// Pause is nothing here, as in harness/wait.h.
func Pause() {}
