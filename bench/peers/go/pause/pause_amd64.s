// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

// func Pause()
TEXT ·Pause(SB), 4, $0-0
	PAUSE
	RET
